package scenarios

// Catalogue is what an emulator offers, as plain data: what a scenario is checked against.
type Catalogue struct {
	Vendors    []string
	Operations []Operation
	Buckets    []string // with the vendor: auth0.organizations.write
	Kinds      []Kind
	Fixtures   []string
	HTTP1Only  map[Fault]string // why HTTP/2 can't show a fault of the network
}

// Operation is one row of a vendor's table.
type Operation struct {
	ID      string // with the vendor
	Family  string
	Vendor  string
	Intents []Intent
	Reads   bool     // it changes nothing
	Public  bool     // nobody is asked who calls
	Codes   []string // of its errors
	Classes []string // portable, of those that its errors have
	Ends    []string // of revoke and expire, what its callers' credentials can suffer
	Vars    []string // path parameters
	Query   []string
}

// Kind is a sort of object.
type Kind struct {
	Name    string   // with the vendor
	Members []string // that a document may have; nil: any
}
