package auth0

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// scopes writes what the provider will be asked for: the base, then the scope of each option that is true, in the options'
// order. What a request says of scope itself is written over, as recorded for line and wordpress.
func scopes(named func(state.Doc) map[string]string, base ...string) step {
	return func(e *edit) error {
		e.options = e.options.Set("scope", scopeList(append(base[:len(base):len(base)], asked(e.options, named(e.options))...)))
		return nil
	}
}

// asked lists the scopes of the options that are true.
func asked(options state.Doc, named map[string]string) []string {
	var scopes []string
	gjson.Parse(string(options)).ForEach(func(key, value gjson.Result) bool {
		if scope := named[key.Str]; scope != "" && value.Type == gjson.True {
			scopes = append(scopes, scope)
		}
		return true
	})
	return scopes
}

func scopeList(scopes []string) string {
	docs := make([]state.Doc, len(scopes))
	for i, scope := range scopes {
		docs[i] = state.Doc(state.Quote(scope))
	}
	return string(state.Array(docs))
}

func profileScope(state.Doc) map[string]string { return map[string]string{"profile": "profile"} }

func profileAndEmail(state.Doc) map[string]string {
	return map[string]string{"profile": "profile", "email": "email"}
}

// linkedInScopes differ with the version of LinkedIn's API; the third's are assumed.
func linkedInScopes(options state.Doc) map[string]string {
	switch options.Get("strategy_version").Int() {
	case 2:
		return map[string]string{"profile": "r_liteprofile", "basic_profile": "r_basicprofile", "email": "r_emailaddress"}
	case 3:
		return map[string]string{"profile": "profile", "email": "email"}
	}
	return map[string]string{"profile": "r_basicprofile", "email": "r_emailaddress"}
}

// googleScopes are recorded for calendar, gmail and youtube; the others are Google's own names for what the options say.
func googleScopes(state.Doc) map[string]string {
	const at = "https://www.googleapis.com/auth/"
	return map[string]string{
		"email": "email", "profile": "profile", "calendar": at + "calendar",
		"gmail": "https://mail.google.com/mail/feed/atom", "youtube": "https://gdata.youtube.com",
		"google_drive": at + "drive", "google_drive_files": at + "drive.file", "tasks": at + "tasks",
	}
}

// microsoftScopes are recorded for signin and graph_user; the others are Microsoft Graph's own names. The second version of
// the strategy asks for nothing to sign in.
func microsoftScopes(options state.Doc) map[string]string {
	if options.Get("strategy_version").Int() != 2 {
		return map[string]string{"signin": "wl.signin"}
	}
	const at = "https://graph.microsoft.com/"
	return map[string]string{
		"offline_access": "offline_access", "graph_user": at + "User.Read", "graph_user_update": at + "User.ReadWrite",
		"graph_user_activity": at + "UserActivity.ReadWrite.CreatedByApp", "graph_device": at + "Device.Read",
		"graph_device_command": at + "Device.Command", "graph_emails": at + "Mail.Read", "graph_emails_update": at + "Mail.ReadWrite",
		"graph_calendars": at + "Calendars.Read", "graph_calendars_update": at + "Calendars.ReadWrite",
		"graph_contacts": at + "Contacts.Read", "graph_contacts_update": at + "Contacts.ReadWrite",
		"graph_files": at + "Files.Read", "graph_files_all": at + "Files.Read.All", "graph_files_update": at + "Files.ReadWrite",
		"graph_files_all_update": at + "Files.ReadWrite.All", "graph_notes": at + "Notes.Read", "graph_notes_create": at + "Notes.Create",
		"graph_notes_update": at + "Notes.ReadWrite", "graph_tasks": at + "Tasks.Read", "graph_tasks_update": at + "Tasks.ReadWrite",
	}
}

func gitHubScopes(state.Doc) map[string]string {
	names := map[string]string{"email": "user:email", "follow": "user:follow", "read_user": "read:user", "repo_status": "repo:status"}
	for _, same := range []string{"public_repo", "repo", "repo_deployment", "delete_repo", "notifications", "gist"} {
		names[same] = same
	}
	for _, of := range []string{"repo_hook", "org", "public_key"} {
		for _, may := range []string{"read", "write", "admin"} {
			names[may+"_"+of] = may + ":" + of
		}
	}
	return names
}

// facebookScope joins the permissions that are true; only that there are none is recorded.
func facebookScope(e *edit) error {
	var permissions []string
	gjson.Parse(string(e.options)).ForEach(func(key, value gjson.Result) bool {
		if value.Type == gjson.True && key.Str != "allow_context_profile_field" {
			permissions = append(permissions, key.Str)
		}
		return true
	})
	e.options = e.options.SetText("scope", strings.Join(permissions, ","))
	return nil
}
