package auth0_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/fixtures"
)

// login is a tenant whose connections stand in another order by id than by name, by creation or bytewise. Its clock stands
// at nine.
const login = `
understudy: 1
clock: 2026-08-01T08:00:00Z
auth0:
  connections:
    - {id: con_Zeta000000000001, name: passwords, strategy: auth0}
    - {id: con_alpha00000000001, name: workforce, strategy: okta, options: {domain: acme.okta.com, client_id: acme}}
    - {id: con_Beta000000000001, name: developers, strategy: github}
    - {id: con_gamma00000000001, name: partners, strategy: ad}
    - {id: con_Delta00000000001, name: codes, strategy: sms}
  organizations:
    - {id: org_Login00000000001, name: login, display_name: Login}
    - {id: org_Hollow0000000001, name: hollow, display_name: Hollow}
`

const (
	loginOrg = "/api/v2/organizations/org_Login00000000001"
	newer    = loginOrg + "/connections"
	older    = loginOrg + "/enabled_connections"

	database = "/con_Zeta000000000001"
	okta     = "/con_alpha00000000001"
	github   = "/con_Beta000000000001"
	adLDAP   = "/con_gamma00000000001"
	sms      = "/con_Delta00000000001"
)

func newLogin(t *testing.T) *tenant {
	t.Helper()
	f, err := fixtures.Parse("login", []byte(login))
	if err != nil {
		t.Fatal(err)
	}
	e, err := emulator.New(emulator.WithFixture(f), emulator.WithCheckedReplies())
	if err != nil {
		t.Fatal(err)
	}
	world := e.Default()
	world.Freeze()
	nine := time.Date(2026, 8, 1, 9, 0, 0, 0, time.UTC)
	if err := world.Advance(nine.Sub(world.Now())); err != nil {
		t.Fatal(err)
	}
	return &tenant{t, e}
}

// step is a request and its whole answer.
type step struct {
	method, path, body string
	status             int
	reply              string
}

func (w *tenant) walk(steps []step) {
	w.Helper()
	for _, s := range steps {
		if got := w.call(s.status, s.method, s.path, s.body); got.Raw != s.reply {
			w.Errorf("%s %s %s answers %s\nwant %s", s.method, s.path, s.body, got.Raw, s.reply)
		}
	}
}

// ask is a request's body that names a connection.
func ask(connection, members string) string {
	return strings.TrimSuffix(`{"connection_id":"`+connection[1:]+`",`+members, ",") + "}"
}

// The envelopes in which this part of the API refuses.
func badBody(detail string) string  { return refusal("invalid_body", detail) }
func badQuery(detail string) string { return refusal("invalid_query_string", detail) }
func badPath(detail string) string  { return refusal("invalid_uri", detail) }

func refusal(code, detail string) string {
	return `{"statusCode":400,"error":"Bad Request","message":"` + detail + `","errorCode":"` + code + `"}`
}

const (
	noOrganization = `{"statusCode":404,"error":"Not Found","message":"No organization found by that id or name"}`
	noConnection   = `{"statusCode":404,"error":"Not Found","message":"No connection found by that id"}`
	existsAlready  = `{"statusCode":409,"error":"Conflict","message":"The organization connection already exists."}`

	signupWithoutMembership = "Only database connections with assign_membership_on_login = true support is_signup_enabled = true."
	signupWithoutDatabase   = "Only database connections support is_signup_enabled"
	buttonWithoutEnterprise = "Only enterprise connections support show_as_button = false."
)

func TestOrganizationConnectionIsAddedReadChangedAndRemoved(t *testing.T) {
	const (
		fresh = `{"connection_id":"con_Zeta000000000001","is_signup_enabled":false,"assign_membership_on_login":false,"show_as_button":true,"is_enabled":true,"organization_access_level":"none","connection":{"name":"passwords","strategy":"auth0"}}`
		full  = `{"connection_id":"con_Zeta000000000001","organization_connection_name":"Staff","is_signup_enabled":true,"assign_membership_on_login":true,"show_as_button":true,"is_enabled":false,"organization_access_level":"limited","connection":{"name":"passwords","strategy":"auth0"}}`
		plain = `{"connection_id":"con_alpha00000000001","assign_membership_on_login":false,"show_as_button":true,"is_enabled":true,"organization_access_level":"none","connection":{"name":"workforce","strategy":"okta"}}`
		staff = `{"connection_id":"con_alpha00000000001","organization_connection_name":"Staff","assign_membership_on_login":true,"show_as_button":false,"is_enabled":false,"organization_access_level":"full","connection":{"name":"workforce","strategy":"okta"}}`
	)
	newLogin(t).walk([]step{
		{"GET", newer, "", 200, `[]`},
		{"GET", newer + "?include_totals=true", "", 200, `{"connections":[],"start":0,"limit":50,"total":0}`},
		{"POST", newer, ask(database, ""), 201, fresh},
		{"GET", newer + database, "", 200, fresh},
		{"PATCH", newer + database, `{"organization_access_level":"limited","is_enabled":false,"is_signup_enabled":true,"assign_membership_on_login":true,"show_as_button":true,"organization_connection_name":"Staff"}`, 200, full},
		{"GET", newer + database, "", 200, full},
		{"PATCH", newer + database, `{}`, 200, full},
		{"POST", newer, ask(okta, `"is_enabled":false,"organization_access_level":"full","show_as_button":false,"assign_membership_on_login":true,"organization_connection_name":"Staff"`), 201, staff},
		{"GET", newer, "", 200, "[" + staff + "," + full + "]"},
		{"DELETE", newer + okta, "", 204, ""},
		{"DELETE", newer + okta, "", 204, ""},
		{"GET", newer + okta, "", 404, noConnection},
		{"PATCH", newer + okta, `{}`, 404, noConnection},
		{"GET", newer, "", 200, "[" + full + "]"},
		{"POST", newer, ask(okta, ""), 201, plain},
	})
}

// TestOrganizationConnectionMerges: what a change leaves out stays, and null takes a member back to its default.
func TestOrganizationConnectionMerges(t *testing.T) {
	named := func(name, enabled, level string) string {
		return `{"connection_id":"con_gamma00000000001",` + name + `"assign_membership_on_login":true,"show_as_button":false,"is_enabled":` + enabled +
			`,"organization_access_level":"` + level + `","connection":{"name":"partners","strategy":"ad"}}`
	}
	const name = `"organization_connection_name":"Partners",`
	newLogin(t).walk([]step{
		{"POST", newer, ask(adLDAP, name+`"assign_membership_on_login":true,"show_as_button":false,"is_enabled":false,"organization_access_level":"readonly"`), 201, named(name, "false", "readonly")},
		{"PATCH", newer + adLDAP, `{"organization_access_level":"full"}`, 200, named(name, "false", "full")},
		{"PATCH", newer + adLDAP, `{"is_enabled":null}`, 200, named(name, "true", "full")},
		{"PATCH", newer + adLDAP, `{"is_enabled":false}`, 200, named(name, "false", "full")},
		{"PATCH", newer + adLDAP, `{"organization_access_level":null}`, 200, named(name, "false", "none")},
		{"PATCH", newer + adLDAP, `{"organization_connection_name":null}`, 200, named("", "false", "none")},
		{"PATCH", newer + adLDAP, `{"organization_connection_name":null}`, 200, named("", "false", "none")},
		{"PATCH", newer + adLDAP, `{"organization_connection_name":"Partners"}`, 200, named(name, "false", "none")},
		{"GET", newer + adLDAP, "", 200, named(name, "false", "none")},
		{"PATCH", newer + adLDAP, `{"is_enabled":null,"organization_access_level":null,"organization_connection_name":null}`, 200, named("", "true", "none")},
		{"PATCH", newer + adLDAP, `{"show_as_button":null}`, 400, badBody(`Payload validation error: 'Expected type boolean but found type null' on property show_as_button (Determines whether a connection should be displayed on this organization’s login prompt. Only applicable for enterprise connections. Default: true.).`)},
		{"GET", newer + adLDAP, "", 200, named("", "true", "none")},
	})
}

func TestOlderFamilyShowsTheSameRelation(t *testing.T) {
	const (
		fresh = `{"connection_id":"con_Zeta000000000001","assign_membership_on_login":false,"is_signup_enabled":false,"show_as_button":true,"connection":{"name":"passwords","strategy":"auth0"}}`
		open  = `{"connection_id":"con_Zeta000000000001","assign_membership_on_login":true,"is_signup_enabled":true,"show_as_button":true,"connection":{"name":"passwords","strategy":"auth0"}}`
		staff = `{"connection_id":"con_alpha00000000001","assign_membership_on_login":true,"show_as_button":false,"connection":{"name":"workforce","strategy":"okta"}}`
	)
	newLogin(t).walk([]step{
		{"GET", older, "", 200, `[]`},
		{"GET", older + "?include_totals=true", "", 200, `{"enabled_connections":[],"start":0,"limit":0,"total":0}`},
		{"POST", older, ask(database, ""), 201, fresh},
		{"GET", older + database, "", 200, fresh},
		{"PATCH", older + database, `{}`, 200, fresh},
		{"PATCH", older + database, `{"is_signup_enabled":true,"assign_membership_on_login":true}`, 200, open},
		{"PATCH", newer + database, `{"organization_access_level":"full","organization_connection_name":"Staff"}`, 200, `{"connection_id":"con_Zeta000000000001","organization_connection_name":"Staff","is_signup_enabled":true,"assign_membership_on_login":true,"show_as_button":true,"is_enabled":true,"organization_access_level":"full","connection":{"name":"passwords","strategy":"auth0"}}`},
		{"GET", older + database, "", 200, open},
		{"POST", older, ask(okta, `"assign_membership_on_login":true,"show_as_button":false`), 201, staff},
		{"GET", newer + okta, "", 200, `{"connection_id":"con_alpha00000000001","assign_membership_on_login":true,"show_as_button":false,"is_enabled":true,"organization_access_level":"none","connection":{"name":"workforce","strategy":"okta"}}`},
		{"GET", older, "", 200, "[" + staff + "," + open + "]"},
		{"GET", older + "?include_totals=true", "", 200, `{"enabled_connections":[` + staff + "," + open + `],"start":0,"limit":2,"total":2}`},
		{"GET", older + "?include_totals=true&per_page=1", "", 200, `{"enabled_connections":[` + staff + `],"start":0,"limit":1,"total":2}`},
		{"GET", older + "?include_totals=true&per_page=1&page=2", "", 200, `{"enabled_connections":[],"start":2,"limit":0,"total":2}`},
		{"POST", newer, ask(okta, ""), 409, existsAlready},
		{"DELETE", older + okta, "", 204, ""},
		{"DELETE", older + okta, "", 204, ""},
		{"GET", older + okta, "", 404, noConnection},
		{"GET", newer + okta, "", 404, noConnection},
		{"POST", older, ask(okta, `"assign_membership_on_login":true,"show_as_button":false`), 201, staff},
	})
}

// TestOrganizationConnectionRules holds both families to what the service demands of the relation that results.
func TestOrganizationConnectionRules(t *testing.T) {
	for _, family := range []string{newer, older} {
		w := newLogin(t)
		on := func(members string) string { return `"is_signup_enabled":true,"assign_membership_on_login":` + members }
		refused := func(method, path, body, message string) {
			t.Helper()
			w.walk([]step{{method, path, body, 400, badBody(message)}})
		}
		state := func(connection, want string) {
			t.Helper()
			w.is(w.call(200, "GET", family+connection, "").Get("[is_signup_enabled,assign_membership_on_login,show_as_button]"), want)
		}
		refused("POST", family, ask(database, `"is_signup_enabled":true`), signupWithoutMembership)
		refused("POST", family, ask(database, on("false")), signupWithoutMembership)
		w.walk([]step{{"GET", family + database, "", 404, noConnection}})
		w.call(201, "POST", family, ask(database, on("true")))
		state(database, `[true,true,true]`)

		// a change is judged by what comes of it, not by what it says
		refused("PATCH", family+database, `{"assign_membership_on_login":false}`, signupWithoutMembership)
		refused("PATCH", family+database, `{`+on("false")+`}`, signupWithoutMembership)
		state(database, `[true,true,true]`)
		w.call(200, "PATCH", family+database, `{"assign_membership_on_login":false,"is_signup_enabled":false}`)
		state(database, `[false,false,true]`)
		refused("PATCH", family+database, `{"is_signup_enabled":true}`, signupWithoutMembership)
		w.call(200, "PATCH", family+database, `{"assign_membership_on_login":true}`)
		w.call(200, "PATCH", family+database, `{"is_signup_enabled":true}`)
		w.call(200, "PATCH", family+database, `{"is_signup_enabled":false}`)
		state(database, `[false,true,true]`)

		for _, connection := range []string{okta, adLDAP, github, sms} {
			refused("POST", family, ask(connection, on("true")), signupWithoutDatabase)
			w.call(201, "POST", family, ask(connection, `"is_signup_enabled":false,"assign_membership_on_login":true`))
			refused("PATCH", family+connection, `{"is_signup_enabled":true}`, signupWithoutDatabase)
			w.call(200, "PATCH", family+connection, `{"is_signup_enabled":false}`)
			state(connection, `[true,true]`) // no is_signup_enabled
			w.call(204, "DELETE", family+connection, "")
		}
		for _, connection := range []string{database, github, sms} {
			w.call(204, "DELETE", family+connection, "")
			refused("POST", family, ask(connection, `"show_as_button":false`), buttonWithoutEnterprise)
			w.call(201, "POST", family, ask(connection, `"show_as_button":true`))
			refused("PATCH", family+connection, `{"show_as_button":false}`, buttonWithoutEnterprise)
			w.is(w.call(200, "PATCH", family+connection, `{"show_as_button":true}`).Get("show_as_button"), "true")
		}
		for _, connection := range []string{okta, adLDAP} {
			w.is(w.call(201, "POST", family, ask(connection, `"show_as_button":false`)).Get("show_as_button"), "false")
			w.is(w.call(200, "PATCH", family+connection, `{"show_as_button":true}`).Get("show_as_button"), "true")
			w.is(w.call(200, "PATCH", family+connection, `{"show_as_button":false}`).Get("show_as_button"), "false")
		}
	}
}

func TestOrganizationConnectionBounds(t *testing.T) {
	w := newLogin(t)
	const where = ` on property organization_connection_name (Name of the connection in the scope of this organization.).`
	name := func(text string) string { return `"organization_connection_name":"` + text + `"` }
	refused := func(members, message string) {
		t.Helper()
		for _, s := range []step{{method: "POST", path: newer, body: ask(database, members)}, {method: "PATCH", path: newer + okta, body: `{` + members + `}`}} {
			s.status, s.reply = 400, badBody(message)
			w.walk([]step{s})
		}
	}
	accepted := func(text string) {
		t.Helper()
		w.is(w.call(200, "PATCH", newer+okta, `{`+name(text)+`}`).Get("organization_connection_name"), `"`+text+`"`)
		w.is(w.call(201, "POST", newer, ask(database, name(text))).Get("organization_connection_name"), `"`+text+`"`)
		w.call(204, "DELETE", newer+database, "")
	}
	w.call(201, "POST", newer, ask(okta, ""))
	accepted("a")
	accepted(strings.Repeat("a", 50))
	accepted(strings.Repeat("😀", 25)) // 50 units of UTF-16
	refused(name(""), `Payload validation error: 'String is too short (0 chars), minimum 1'`+where)
	refused(name(strings.Repeat("a", 51)), `Payload validation error: 'String is too long (51 chars), maximum 50'`+where)
	refused(name(strings.Repeat("😀", 26)), `Payload validation error: 'String is too long (52 chars), maximum 50'`+where)
	refused(name(`a\u0000b`), `Payload validation error: 'String does not match pattern ^[^\\u0000]*$: a\u0000b'`+where)

	for _, level := range []string{"none", "readonly", "limited", "full"} {
		member := `"organization_access_level":"` + level + `"`
		w.is(w.call(200, "PATCH", newer+okta, `{`+member+`}`).Get("organization_access_level"), `"`+level+`"`)
		w.is(w.call(201, "POST", newer, ask(database, member)).Get("organization_access_level"), `"`+level+`"`)
		w.call(204, "DELETE", newer+database, "")
	}
	for _, level := range []string{"", "Full", "write"} {
		refused(`"organization_access_level":"`+level+`"`, `Payload validation error: 'No enum match for: `+level+`' on property organization_access_level.`)
	}
	refused(`"signupEnabled":true`, `Payload validation error: 'Additional properties not allowed: signupEnabled'.`)
	w.call(404, "GET", newer+database, "")
	w.walk([]step{
		{"POST", newer, `{}`, 400, badBody(`Payload validation error: 'Missing required property: connection_id'.`)},
		{"POST", older, `{}`, 400, badBody(`Payload validation error: 'Missing required property: connection_id'.`)},
		{"POST", newer, `{"connection_id":""}`, 400, badBody(`Payload validation error: 'String is too short (0 chars), minimum 1' on property connection_id (Connection identifier.).`)},
		{"POST", newer, `{"connection_id":"` + strings.Repeat("c", 50) + `"}`, 404, noConnection},
		{"POST", newer, `{"connection_id":"` + strings.Repeat("c", 51) + `"}`, 400, badBody(`Payload validation error: 'String is too long (51 chars), maximum 50' on property connection_id (Connection identifier.).`)},
		{"POST", older, `{"connection_id":"` + strings.Repeat("c", 51) + `"}`, 400, badBody(`Payload validation error: 'String is too long (51 chars), maximum 50' on property connection_id (Connection identifier.).`)},
		{"PATCH", newer + okta, ask(okta, ""), 400, badBody(`Payload validation error: 'Additional properties not allowed: connection_id'.`)},
		{"PATCH", older + okta, ask(okta, ""), 400, badBody(`Payload validation error: 'Additional properties not allowed: connection_id'.`)},
	})
	for _, member := range []string{`"is_enabled":true`, `"organization_access_level":"none"`, `"organization_connection_name":"a"`} {
		unknown := badBody(`Payload validation error: 'Additional properties not allowed: ` + strings.Split(member, `"`)[1] + `'.`)
		w.walk([]step{{"POST", older, ask(database, member), 400, unknown}, {"PATCH", older + okta, `{` + member + `}`, 400, unknown}})
	}
}

func TestOrganizationConnectionsThatAreNotThere(t *testing.T) {
	w := newLogin(t)
	for at, parameter := range map[string]string{"/connections": "connection_id", "/enabled_connections": "connectionId"} {
		below := func(id string) string { return "/api/v2/organizations/" + id + at }
		family := loginOrg + at
		requests := func(status int, reply string, paths ...string) {
			t.Helper()
			for _, path := range paths {
				w.walk([]step{{"GET", path, "", status, reply}, {"PATCH", path, `{}`, status, reply}})
			}
		}
		w.call(201, "POST", family, ask(okta, ""))
		w.walk([]step{{"POST", family, ask(okta, ""), 409, existsAlready}})
		w.walk([]step{{"POST", family, ask(okta, `"assign_membership_on_login":true`), 409, existsAlready}})
		w.is(w.call(200, "GET", family+okta, "").Get("assign_membership_on_login"), "false")
		w.walk([]step{{"POST", family, `{"connection_id":"con_Nobody0000000001"}`, 404, noConnection}})
		requests(404, noConnection, family+database, family+"/con_Nobody0000000001", family+"/"+strings.Repeat("c", 50),
			"/api/v2/organizations/org_Hollow0000000001"+at+okta)
		for _, id := range []string{"con_Nobody0000000001", strings.Repeat("c", 50)} {
			w.walk([]step{{"DELETE", family + "/" + id, "", 204, ""}})
		}
		long := badPath("Path validation error: 'String is too long (51 chars), maximum 50' on property " + parameter + " (Connection identifier.).")
		requests(400, long, family+"/"+strings.Repeat("c", 51))
		w.walk([]step{{"DELETE", family + "/" + strings.Repeat("c", 51), "", 400, long}})

		for _, id := range []string{"org_Nobody0000000001", strings.Repeat("o", 50)} {
			requests(404, noOrganization, below(id)+okta)
			w.walk([]step{
				{"GET", below(id), "", 404, noOrganization},
				{"POST", below(id), ask(okta, ""), 404, noOrganization},
				{"DELETE", below(id) + okta, "", 404, noOrganization},
			})
		}
		long = badPath("Path validation error: 'String is too long (51 chars), maximum 50' on property id (Organization identifier.).")
		requests(400, long, below(strings.Repeat("o", 51))+okta)
		w.walk([]step{{"GET", below(strings.Repeat("o", 51)), "", 400, long}, {"POST", below(strings.Repeat("o", 51)), ask(okta, ""), 400, long}})
		w.call(204, "DELETE", family+okta, "")
	}
}

func TestOrganizationConnectionsAreListed(t *testing.T) {
	w := newLogin(t)
	for _, connection := range []string{database, github, adLDAP, okta, sms} {
		w.call(201, "POST", newer, ask(connection, `"is_enabled":`+strconv.FormatBool(connection != github && connection != adLDAP)))
	}
	list := func(path, ids, totals string) {
		t.Helper()
		page := w.call(200, "GET", path, "")
		if totals != "" {
			w.is(page.Get("[start,limit,total]"), totals)
			w.is(page.Get("@this|@keys|@reverse|0"), `"total"`)
			page = page.Get("connections")
		}
		w.column(page, "connection_id", ids)
	}
	const all = "con_alpha00000000001 con_Beta000000000001 con_Delta00000000001 con_gamma00000000001 con_Zeta000000000001"
	list(newer, all, "")
	list(newer+"?is_enabled=true", "con_alpha00000000001 con_Delta00000000001 con_Zeta000000000001", "")
	list(newer+"?is_enabled=false", "con_Beta000000000001 con_gamma00000000001", "")
	list(newer+"?include_totals=true&page=0&per_page=50", all, "[0,50,5]")
	list(newer+"?include_totals=true&page=1&per_page=50", "", "[50,50,5]")
	list(newer+"?include_totals=true&page=1&per_page=2", "con_Delta00000000001 con_gamma00000000001", "[2,2,5]")
	list(newer+"?include_totals=true&page=1&per_page=2&is_enabled=true", "con_Zeta000000000001", "[2,2,3]")
	list(newer+"?include_totals=true&page=1&per_page=2&is_enabled=false", "", "[2,2,2]")
	list(newer+"?include_totals=false&page=2&per_page=2", "con_Zeta000000000001", "")

	w.column(w.call(200, "GET", older, ""), "connection_id", "con_alpha00000000001 con_Delta00000000001 con_Zeta000000000001")
	w.call(200, "PATCH", newer+github, `{"is_enabled":null}`)
	w.call(200, "PATCH", newer+okta, `{"is_enabled":false}`)
	list(newer+"?is_enabled=true", "con_Beta000000000001 con_Delta00000000001 con_Zeta000000000001", "")
	list(newer+"?is_enabled=false", "con_alpha00000000001 con_gamma00000000001", "")
	list(newer, all, "")

	for at, steps := range map[string][]step{newer: {
		{"GET", newer + "?is_enabled=yes", "", 400, badQuery("Query validation error: 'Expected type boolean but found type string' on property is_enabled (Filter connections by enabled status.).")},
	}, older: {
		{"GET", older + "?is_enabled=true", "", 400, badQuery("Query validation error: 'Additional properties not allowed: is_enabled'.")},
	}} {
		const page, perPage = " on property page (Page index of the results to return. First page is 0.).", " on property per_page (Number of results per page. Defaults to 50.)."
		w.walk(append(steps,
			step{"GET", at + "?page=19&per_page=50", "", 200, `[]`}, // the 1000th record, were there one
			step{"GET", at + "?page=9&per_page=100", "", 200, `[]`},
			step{"GET", at + "?page=20&per_page=50", "", 400, badQuery("Requesting page 20 exceeds the allowed maximum of 1000 records. To fetch results beyond 1000, use the checkpoint pagination method.")},
			step{"GET", at + "?page=20", "", 400, badQuery("Requesting page 20 exceeds the allowed maximum of 1000 records. To fetch results beyond 1000, use the checkpoint pagination method.")},
			step{"GET", at + "?page=10&per_page=100", "", 400, badQuery("Requesting page 10 exceeds the allowed maximum of 1000 records. To fetch results beyond 1000, use the checkpoint pagination method.")},
			step{"GET", at + "?page=1001", "", 400, badQuery("Query validation error: 'Value 1001 is greater than maximum 1000'" + page)},
			step{"GET", at + "?page=-1", "", 400, badQuery("Query validation error: 'Value -1 is less than minimum 0'" + page)},
			step{"GET", at + "?per_page=0", "", 400, badQuery("Query validation error: 'Value 0 is less than minimum 1'" + perPage)},
			step{"GET", at + "?per_page=101", "", 400, badQuery("Query validation error: 'Value 101 is greater than maximum 100'" + perPage)},
			step{"GET", at + "?take=10", "", 400, badQuery("Query validation error: 'Additional properties not allowed: take'.")},
		))
	}
}

func TestRelationsGoWithTheirConnection(t *testing.T) {
	w := newLogin(t)
	w.call(201, "POST", newer, ask(okta, ""))
	w.call(201, "POST", newer, ask(database, ""))
	w.is(w.call(202, "DELETE", "/api/v2/connections"+okta, ""), `{"deleted_at":"2026-08-01T09:00:00.000Z"}`)
	w.walk([]step{
		{"DELETE", "/api/v2/connections" + okta, "", 204, ""},
		{"GET", "/api/v2/connections" + okta, "", 404, `{"statusCode":404,"error":"Not Found","message":"The connection does not exist","errorCode":"inexistent_connection"}`},
		{"PATCH", "/api/v2/connections" + okta, `{"show_as_button":true}`, 404, `{"statusCode":404,"error":"Not Found","message":"The connection does not exist","errorCode":"inexistent_connection"}`},
		{"GET", newer + okta, "", 404, noConnection},
		{"POST", newer, ask(okta, ""), 404, noConnection},
		{"GET", older + "?include_totals=true", "", 200, `{"enabled_connections":[{"connection_id":"con_Zeta000000000001","assign_membership_on_login":false,"is_signup_enabled":false,"show_as_button":true,"connection":{"name":"passwords","strategy":"auth0"}}],"start":0,"limit":1,"total":1}`},
	})
}
