package emulator_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator"
)

const acmeID = "org_Acme000000000001"

// list reads the organizations over the wire, as names.
func (c *console) organizationNames() string {
	c.t.Helper()
	return gjson.Get(c.want(200, "GET", organizations, ""), "#.name").Raw
}

func TestPutChangesWhatIsThere(t *testing.T) {
	e, err := emulator.New(emulator.WithCheckedReplies())
	if err != nil {
		t.Fatal(err)
	}
	c, w := &console{t: t, handler: e.Handler(), host: "localhost"}, e.Default()
	put := func(kind, doc string) string {
		t.Helper()
		id, err := w.Put("auth0", kind, doc)
		if err != nil {
			t.Fatalf("%s: %v", doc, err)
		}
		return id
	}
	put("organizations", `{"id":"`+acmeID+`","display_name":"Other"}`)
	if got := c.want(200, "GET", acme, ""); gjson.Get(got, "display_name").Str != "Other" || gjson.Get(got, "name").Str != "acme" {
		t.Errorf("what was left out did not stay: %s", got)
	}
	for _, kind := range []string{"organizations", "connections", "clients", "users", "members", "organization_connections"} {
		section := gjson.GetBytes(w.Export().FormatJSON(), "auth0."+kind)
		for _, doc := range section.Array() { // every document goes back as it was read
			put(kind, doc.Raw)
		}
		if again := gjson.GetBytes(w.Export().FormatJSON(), "auth0."+kind); again.Raw != section.Raw || !section.Exists() {
			t.Errorf("%s: %s became %s", kind, section, again)
		}
	}
	connections := c.want(200, "GET", acme+"/enabled_connections", "")
	relation := gjson.GetBytes(w.Export().FormatJSON(), "auth0.organization_connections.0").Raw
	relation = strings.Replace(relation, `"`+acmeID+`"`, `"acme"`, 1) // the same object, by name
	put("organization_connections", relation)
	if got := c.want(200, "GET", acme+"/enabled_connections", ""); got != connections {
		t.Errorf("%s became %s", connections, got)
	}

	before := c.organizationNames()
	put("organizations", `{"id":"`+acmeID+`","created_at":"2029-01-01T00:00:00.000Z"}`) // lists go by it
	if got := c.organizationNames(); len(got) != len(before) {
		t.Errorf("%s became %s", before, got)
	}
	if total := gjson.Get(c.want(200, "GET", organizations+"?include_totals=true", ""), "total").Int(); total != gjson.Get(before, "#").Int() {
		t.Errorf("%d in all, want as many as in %s", total, before)
	}
}

func TestPutRefusesWhatTheTableRefuses(t *testing.T) {
	e, err := emulator.New()
	if err != nil {
		t.Fatal(err)
	}
	w := e.Default()
	other, err := w.Put("auth0", "organizations", `{"name":"initech"}`)
	if err != nil {
		t.Fatal(err)
	}
	relation := gjson.GetBytes(w.Export().FormatJSON(), "auth0.organization_connections.0").Raw
	connection := gjson.GetBytes(w.Export().FormatJSON(), "auth0.connections.0.id").Str
	before, version := string(w.Export().Format()), w.Version()
	for _, test := range []struct {
		kind, doc string
		words     []string
	}{
		{"organizations", `{"id":"` + acmeID + `","nonsense":5}`, []string{"organizations", "nonsense"}},
		{"organizations", `{"id":"` + acmeID + `","display_name":5}`, []string{"display_name"}},
		{"organizations", `{"id":"` + acmeID + `","name":"Not A Name"}`, []string{"name"}},
		{"organization_connections", strings.TrimSuffix(relation, "}") + `,"nonsense":5}`, []string{"nonsense"}},
		{"connections", `{"id":"` + connection + `","enabled_clients":["nowhere"]}`, []string{"enabled_clients", "clients", "nowhere"}},
		{"organizations", `[]`, []string{""}},
	} {
		_, err := w.Put("auth0", test.kind, test.doc)
		if err == nil {
			t.Errorf("%s: no error", test.doc)
			continue
		}
		for _, word := range test.words {
			if !strings.Contains(err.Error(), word) {
				t.Errorf("%s: %v", test.doc, err)
			}
		}
	}
	for _, doc := range []string{`{"id":"` + other + `","name":"acme"}`, `{"id":"org_0123456789abcdef","name":"acme"}`} {
		id := gjson.Get(doc, "id").Str
		want := fmt.Sprintf("already exists: organizations: another object has the id %q or the name %q", id, "acme")
		if _, err := w.Put("auth0", "organizations", doc); !errors.Is(err, emulator.ErrExists) || err.Error() != want {
			t.Errorf("%s: %v", doc, err)
		}
	}
	if string(w.Export().Format()) != before || w.Version() != version {
		t.Error("a refused document changed the world")
	}
}
