package atlas

import (
	"github.com/understudy-dev/understudy/emulator/internal/spec"
)

// The bases under which an operation may stand, which are its families.
const (
	v2Family     = "v2"     // resources versioned by date
	v1Family     = "v1"     // the unversioned Atlas API
	publicFamily = "public" // Cloud Manager's

	v2Prefix     = "/api/atlas/v2"
	v1Prefix     = "/api/atlas/v1.0"
	publicPrefix = "/api/public/v1.0"
)

const (
	specification = "Atlas Administration API v2 OpenAPI document, f84b8e43"
	v1Pages       = "Atlas Administration API v1.0 OpenAPI document and reference pages, 02b92a41"
	publicPages   = "Cloud Manager public API reference pages, 1713fe33"
	legacyClient  = "go-client-mongodb-atlas 5efe06b"
	errorPages    = "Atlas API error codes, 1713fe33"
)

// base is where an operation stands, and how that is known.
type base struct {
	family, prefix string
	evidence       spec.Evidence
}

func v2(evidence spec.Evidence) base { return base{v2Family, v2Prefix, evidence} }

var (
	onV2     = v2(spec.Documented(specification))
	onV1     = base{v1Family, v1Prefix, spec.Documented(v1Pages)}
	onPublic = base{publicFamily, publicPrefix, spec.Documented(publicPages)}

	// organizations and projects off v2
	inLegacy = base{v1Family, v1Prefix, spec.ClientCode(legacyClient)}
	inPublic = base{publicFamily, publicPrefix, spec.Assumed("the pages at hand are those of federations; that Atlas's answer too")}
)

// on makes a row of an operation for each base that has it. The operation's path goes on from the base's.
func on(op spec.Operation, bases ...base) []spec.Operation {
	rows := make([]spec.Operation, len(bases))
	for i, b := range bases {
		rows[i] = op
		rows[i].Family, rows[i].Path, rows[i].Evidence = b.family, b.prefix+op.Path, b.evidence
	}
	return rows
}
