package vendors_test

import "maps"

// knownDifferences says why a table differs from the vendor's own description of it: for one row where the key names it,
// else for every row.
var knownDifferences = map[string]map[string]string{
	"devrev": joined(
		map[string]string{
			"POST /dev-orgs.auth-connections.update: body value is ours alone": "the older client writes an empty value beside the type none",
			"reply dev_org.dev_slug is ours alone":                             "newer than this specification: the SDK requires it",
			"GET /internal/dev-orgs.self.get is ours alone":                    "a support article calls it",
			`body (samlp) signing_cert is "shortest 1", theirs ""`:             "an empty certificate can't be meant",
			`parameter limit is "least 1", theirs ""`:                          noPage,
			`body limit is "least 1", theirs ""`:                               noPage,
		},
		theirsAlone(oneDays, "POST /dev-users.list: body ", "created_date.(preset) (last_n_days) days", "created_date.(preset) (next_n_days) days",
			"modified_date.(preset) (last_n_days) days", "modified_date.(preset) (next_n_days) days"),
		differences(oneDays, "POST /dev-users.list: body ", " is ours alone", "created_date.(preset) days", "modified_date.(preset) days"),
		theirsAlone(noProfile, "reply dev_org.", "created_by", "modified_by"),
		theirsAlone(noProfile, "reply dev_user.", profile...),
		theirsAlone(noProfile, "reply dev_users[].", profile...),
	),
	"qovery": joined(
		map[string]string{
			"PUT /organization/{organizationId}/enterpriseconnection/{connectionName}: body connection_name is required by one":                                                                                   "it is younger than the operation, and the path's name counts",
			"PUT /organization/{organizationId}: body plan is \"one of BUSINESS,BUSINESS_2025,ENTERPRISE,ENTERPRISE_2025,ENTERPRISE_YEARLY,FREE,PROFESSIONAL,TEAM,TEAM_2025,TEAM_YEARLY,USER_2025\", theirs \"\"": "they require the plan without saying what it is: one of those of a creation",
			`body name is "shortest 1", theirs ""`:                                                   "nothing can have an empty name",
			`body user_id is "shortest 1", theirs ""`:                                                "nobody has an empty id",
			`body default_role is "shortest 1", theirs ""`:                                           "no role has an empty name",
			"reply results[].role is theirs alone":                                                   "deprecated, and role_name says it",
			"GET /organization/{organizationId}/enterpriseConnection is ours alone":                  otherSpelling,
			"GET /organization/{organizationId}/enterpriseConnection/{connectionName} is ours alone": otherSpelling,
			"PUT /organization/{organizationId}/enterpriseConnection/{connectionName} is ours alone": otherSpelling,
		},
		differences("what a permission is of, and which, can't be left out", "PUT /organization/{organizationId}/customRole/{customRoleId}: body ", " is required by one",
			"cluster_permissions[].cluster_id", "cluster_permissions[].permission", "project_permissions[].project_id",
			"project_permissions[].permissions[].environment_type", "project_permissions[].permissions[].permission"),
	),
}

const oneDays = "every preset has days, so that the table has them once"

const noPage = "a page without users leads nowhere"

const otherSpelling = "the same rows under the spelling of the other paths"

const noProfile = "optional, and read by no client of auth connections"

var profile = []string{
	"created_by", "display_picture", "experience_start_date", "job_history", "modified_by", "phone_numbers", "primary_identity", "reports_to", "skills",
}

// theirsAlone are differences of one reason: members that only the vendor's description has.
func theirsAlone(reason, prefix string, names ...string) map[string]string {
	return differences(reason, prefix, " is theirs alone", names...)
}

func differences(reason, prefix, suffix string, names ...string) map[string]string {
	all := map[string]string{}
	for _, name := range names {
		all[prefix+name+suffix] = reason
	}
	return all
}

func joined(parts ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, part := range parts {
		maps.Copy(all, part)
	}
	return all
}
