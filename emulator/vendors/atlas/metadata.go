package atlas

import (
	"encoding/xml"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// metadataOf is a row with what its base takes in the query: v2 declares nothing. To XML it makes no difference.
func metadataOf(query []spec.Param) spec.Operation {
	return spec.Operation{
		ID: "identity_provider_metadata.get", Method: "GET", Path: idpPath + "/metadata.xml",
		Summary: "Get the service provider's SAML metadata for an identity provider",
		Needs:   owners, Limit: "user",
		PathParams: []spec.Param{federationIDParam, oktaIDParam},
		Query:      query,
		Status:     200, Reply: &spec.Schema{},
		Errors: idpErrors,
		Handle: getMetadata,
	}
}

// spMetadata is the metadata of a SAML 2.0 service provider.
type spMetadata struct {
	XMLName    xml.Name     `xml:"urn:oasis:names:tc:SAML:2.0:metadata EntityDescriptor"`
	EntityID   string       `xml:"entityID,attr"`
	Descriptor spDescriptor `xml:"SPSSODescriptor"`
}

type spDescriptor struct {
	AuthnRequestsSigned  bool             `xml:"AuthnRequestsSigned,attr"`
	WantAssertionsSigned bool             `xml:"WantAssertionsSigned,attr"`
	Protocols            string           `xml:"protocolSupportEnumeration,attr"`
	NameIDFormats        []string         `xml:"NameIDFormat"`
	Consumer             assertionService `xml:"AssertionConsumerService"`
}

type assertionService struct {
	Binding   string `xml:"Binding,attr"`
	Location  string `xml:"Location,attr"`
	Index     int    `xml:"index,attr"`
	IsDefault bool   `xml:"isDefault,attr"`
}

// getMetadata answers with XML under the JSON type that the specification declares: clients read it as a text.
func getMetadata(c *spec.Call) (spec.Reply, error) {
	idp, err := idpOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	text, err := xml.Marshal(spMetadata{
		EntityID: idp.Doc.Text("audienceUri"),
		Descriptor: spDescriptor{
			AuthnRequestsSigned: true, WantAssertionsSigned: true, Protocols: "urn:oasis:names:tc:SAML:2.0:protocol",
			NameIDFormats: []string{
				"urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified", "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
				"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
			},
			Consumer: assertionService{
				Binding: "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST", Location: idp.Doc.Text("acsUrl"), IsDefault: true,
			},
		},
	})
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: state.Doc(xml.Header + string(text))}, nil
}
