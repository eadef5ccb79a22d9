package atlas

import (
	"slices"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// updateIdentityProvider merges: what is absent stays, but for the groups' claim where users are authorized. What a
// workload's provider lacks is dropped, as its recorded creation drops it.
func updateIdentityProvider(c *spec.Call) (spec.Reply, error) {
	idp, err := idpOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	if err := checkChange(c, idp); err != nil {
		return spec.Reply{}, err
	}
	changes := c.Body.Pick(changeable(idp.Doc)...)
	if changes.Get("status").Raw == "null" {
		changes = changes.Drop("status")
	}
	merged := idp.Doc.Merge(changes).SetText("updatedAt", timestamp(c.Now))
	if merged.Text("protocol") == "SAML" {
		merged, err = changedSAML(c, idp, merged)
	} else {
		merged, err = changedOIDC(c, merged)
	}
	if err != nil {
		return spec.Reply{}, err
	}
	if idp, err = c.Tx.Replace(idp, merged); err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shownIdentityProvider(c.Tx, idp)}, nil
}

// changedOIDC settles the groups' claim, which who authorizes groups must have.
func changedOIDC(c *spec.Call, merged state.Doc) (state.Doc, error) {
	if merged.Text("authorizationType") == "USER" && !c.Body.Has("groupsClaim") {
		merged = merged.Set("groupsClaim", "null")
	}
	asked := c.Body.Has("authorizationType") || c.Body.Has("groupsClaim")
	if asked && merged.Text("authorizationType") == "GROUP" && merged.Text("groupsClaim") == "" {
		return "", c.Fail("MISSING_ATTRIBUTE", "detail", "groupsClaim")
	}
	return merged, nil
}

// changedSAML reads new certificates, and settles the status: without a domain it is inactive.
func changedSAML(c *spec.Call, idp *state.Object, merged state.Doc) (state.Doc, error) {
	if c.Body.Has("pemFileInfo") {
		certificates, err := pemOf(c.Body.Get("pemFileInfo"))
		if err != nil {
			return "", c.Fail("VALIDATION_ERROR", "detail", err.Error())
		}
		merged = merged.Set("pemFileInfo", certificates)
	}
	if len(merged.Get("associatedDomains").Array()) == 0 {
		merged = merged.SetText("status", "INACTIVE")
	}
	if idp.Doc.Text("status") == "ACTIVE" && merged.Text("status") == "INACTIVE" {
		return merged, checkDeactivation(c, idp)
	}
	return merged, nil
}

// changeable lists the members that a provider has and a client may set.
func changeable(d state.Doc) []string {
	made := []string{"acsUrl", "audienceUri", "createdAt", "id", "idpType", "oktaIdpId", "protocol", "updatedAt"}
	return slices.DeleteFunc(membersOf(d), func(name string) bool { return slices.Contains(made, name) })
}

// checkChange holds a change to the provider's protocol and type, which stay as they are.
func checkChange(c *spec.Call, idp *state.Object) error {
	for _, name := range []string{"idpType", "protocol"} {
		if value := c.Body.Get(name); value.Exists() && value.Str != idp.Doc.Text(name) {
			return c.Fail("ATTRIBUTE_READ_ONLY", "name", name)
		}
	}
	protocol := idp.Doc.Text("protocol")
	if name := foreignMember(protocol, c.Body); name != "" {
		return c.Fail("INVALID_ATTRIBUTE", "detail", name)
	}
	if protocol == "SAML" && !c.Body.Has("ssoDebugEnabled") {
		return c.Fail("MISSING_ATTRIBUTE", "detail", "ssoDebugEnabled")
	}
	return nil
}

// checkDeactivation lets a SAML provider be deactivated that is applied to no organization, or to one of the caller's.
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
