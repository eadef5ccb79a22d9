package qovery_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestLargeBodiesAreAnsweredAtOnce: the work grows with the body and with the organization, not with both at once.
func TestLargeBodiesAreAnsweredAtOnce(t *testing.T) {
	const clusters, bytes = 5000, 1 << 20
	var section, roles, mappings strings.Builder
	section.WriteString("  organizations:\n    - {name: b, id: bb000000-0000-4000-8000-000000000000}\n    - name: a\n      id: aa000000-0000-4000-8000-000000000000\n      projects: [{id: dd000000-0000-4000-8000-000000000001, name: p}]\n      clusters:\n")
	roles.WriteString("  custom_roles:\n")
	for i := range clusters {
		fmt.Fprintf(&section, "        - {id: cc000000-0000-4000-8000-00000000%04x, name: c}\n", i)
	}
	for i := range 2000 {
		fmt.Fprintf(&roles, "    - {organization_id: b, name: r%d, id: ee000000-0000-4000-8000-00000000%04x}\n", i, i)
		fmt.Fprintf(&mappings, `"ee000000-0000-4000-8000-00000000%04x":[%s],`, i, strings.TrimSuffix(strings.Repeat(`"g",`, 100), ","))
	}
	c := newCompany(t, of(t, section.String()+roles.String()+"    - {organization_id: a, name: x, id: ee000000-0000-4000-8000-00000000ffff}\n  enterprise_connections: [{organization_id: b, connection_name: c}]\n"))
	var unknown strings.Builder
	for i := range 60_000 {
		fmt.Fprintf(&unknown, `"role%d":[],`, i)
	}
	put := func(mappings string) string {
		return `PUT /organization/bb000000-0000-4000-8000-000000000000/enterpriseconnection/c {"default_role":"viewer","enforce_group_sync":true,"group_mappings":{` + strings.TrimSuffix(mappings, ",") + `}}`
	}
	role := func(clusters, projects string) string {
		return `PUT /organization/aa000000-0000-4000-8000-000000000000/customRole/ee000000-0000-4000-8000-00000000ffff {"name":"x","cluster_permissions":[` + strings.TrimSuffix(clusters, ",") +
			`],"project_permissions":[` + strings.TrimSuffix(projects, ",") + `]}`
	}
	const cluster = `{"cluster_id":"CC000000-0000-4000-8000-000000001387","permission":"ADMIN"},`
	const project = `{"project_id":"dd000000-0000-4000-8000-000000000001","is_admin":true`
	const permission = `{"environment_type":"STAGING","permission":"VIEWER"},`
	for call, want := range map[string]int{
		put(unknown.String()):  400,
		put(mappings.String()): 200,
		put(`"viewer":[` + strings.TrimSuffix(strings.Repeat(`"g",`, bytes/5), ",") + `]`): 200,
		role(strings.Repeat(cluster, bytes/len(cluster)-10), ""):                           200,
		role("", project+`,"permissions":[`+strings.TrimSuffix(strings.Repeat(permission, bytes/2/len(permission)), ",")+`]},`+
			strings.Repeat(project+"},", bytes/3/len(project))): 200,
	} {
		began := time.Now()
		answer := c.send(call)
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("%.200s took %s", call, took)
		}
		if answer.Code != want {
			t.Errorf("%.200s answered %d %.200s", call, answer.Code, answer.Body)
		}
	}
}
