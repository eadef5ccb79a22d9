package atlas

import (
	"slices"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// updateIdentityProvider merges: what is absent stays, but for the groups' claim where users are authorized. What the
// provider's protocol or type lacks is dropped, as the recorded creation drops what workloads lack.
func updateIdentityProvider(c *spec.Call) (spec.Reply, error) {
	idp, err := idpOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	if err := checkChange(c, idp); err != nil {
		return spec.Reply{}, err
	}
	merged := idp.Doc.Merge(c.Body.Pick(changeable(idp.Doc)...)).SetText("updatedAt", timestamp(c.Now))
	saml := merged.Text("protocol") == "SAML"
	if !saml && merged.Text("authorizationType") == "USER" && !c.Body.Has("groupsClaim") {
		merged = merged.Set("groupsClaim", "null")
	}
	if saml && c.Body.Has("pemFileInfo") {
		certificates, err := pemOf(c.Body.Get("pemFileInfo"))
		if err != nil {
			return spec.Reply{}, c.Fail("VALIDATION_ERROR", "detail", err.Error())
		}
		merged = merged.Set("pemFileInfo", certificates)
	}
	if idp, err = c.Tx.Replace(idp, merged); err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shownIdentityProvider(c.Tx, idp)}, nil
}

// changeable lists the members that a provider has and a client may set.
func changeable(d state.Doc) []string {
	made := []string{"acsUrl", "audienceUri", "createdAt", "id", "idpType", "oktaIdpId", "protocol", "updatedAt"}
	return slices.DeleteFunc(membersOf(d), func(name string) bool { return slices.Contains(made, name) })
}

// checkChange holds a change to the provider's protocol and type, which stay as they are. A SAML provider that is applied
// to several organizations can't be deactivated.
func checkChange(c *spec.Call, idp *state.Object) error {
	saml := idp.Doc.Text("protocol") == "SAML"
	for _, name := range []string{"idpType", "protocol"} {
		if value := c.Body.Get(name); value.Exists() && value.Str != idp.Doc.Text(name) {
			return c.Fail("ATTRIBUTE_READ_ONLY", "name", name)
		}
	}
	if saml && !c.Body.Has("ssoDebugEnabled") {
		return c.Fail("MISSING_ATTRIBUTE", "detail", "ssoDebugEnabled")
	}
	if saml && c.Body.Text("status") == "INACTIVE" {
		return checkDeactivation(c, idp)
	}
	return nil
}

func checkDeactivation(c *spec.Call, idp *state.Object) error {
	connected := connectedTo(c.Tx, idp)
	if len(connected) > 1 {
		return c.Fail("SEVERAL_ORGS_CONNECTED")
	}
	for _, config := range connected {
		if err := owns(c, config.ID); err != nil {
			return err
		}
	}
	return nil
}
