package auth0

import "strings"

// scimMappingOf is the default mapping, SCIM first. It is recorded for okta and waad; the others' is okta's, assumed.
func scimMappingOf(strategy string) [][2]string {
	if strategy == "waad" {
		return entraMapping
	}
	return oktaMapping
}

// both are the pairs that the two recorded defaults end with.
const both = `
	addresses[type_eq_"work"].streetAddress app_metadata.street_address
	addresses[type_eq_"work"].locality app_metadata.city
	addresses[type_eq_"work"].region app_metadata.state
	addresses[type_eq_"work"].postalCode app_metadata.postal_code
	addresses[type_eq_"work"].formatted app_metadata.postal_address
	addresses[type_eq_"work"].country app_metadata.country
	profileUrl app_metadata.profile_url
	userType app_metadata.user_type
	title app_metadata.title
	preferredLanguage app_metadata.language
	locale app_metadata.locale
	timezone app_metadata.timezone
	urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.employeeNumber app_metadata.employee_id
	urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.costCenter app_metadata.cost_center
	urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.organization app_metadata.organization
	urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.division app_metadata.division
	urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.department app_metadata.department
	urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.manager app_metadata.manager`

var (
	oktaMapping = pairs(`
	userName preferred_username
	emails[primary_eq_true].value email
	externalId app_metadata.external_id
	active blocked
	displayName name
	name.givenName given_name
	name.familyName family_name
	name.middleName app_metadata.middle_name
	name.honorificPrefix app_metadata.honorific_prefix
	name.honorificSuffix app_metadata.honorific_suffix
	nickName nickname
	photos[type_eq_"photo"].value picture
	phoneNumbers[primary_eq_true].value app_metadata.primary_phone_number
	phoneNumbers[type_eq_"mobile"].value app_metadata.mobile_phone_number` + both)
	entraMapping = pairs(`
	userName upn
	emails[type_eq_"work"].value email
	externalId app_metadata.external_id
	active blocked
	displayName name
	name.givenName given_name
	name.familyName family_name
	nickName nickname
	photos[type_eq_"photo"].value picture
	phoneNumbers[type_eq_"work"].value app_metadata.work_phone_number
	phoneNumbers[type_eq_"mobile"].value app_metadata.mobile_phone_number
	phoneNumbers[type_eq_"fax"].value app_metadata.fax_number` + both)
)

// pairs reads two words a line; inside the brackets of the first, spaces are written as underscores.
func pairs(lines string) [][2]string {
	words := strings.Fields(lines)
	list := make([][2]string, 0, len(words)/2)
	for i := 0; i < len(words); i += 2 {
		list = append(list, [2]string{strings.NewReplacer("_eq_", " eq ").Replace(words[i]), words[i+1]})
	}
	return list
}
