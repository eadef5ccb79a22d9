package scenarios

// Kind is the kind that the change is about, with its vendor, or Target.
func (c *Change) Kind() string { return c.Delete + c.Update + c.Create }

// Kinds lists the kinds that the scenario's expectations speak of, each with its vendor.
func (s *Scenario) Kinds() (kinds []string) {
	for _, e := range s.Expect {
		for kind := range e.State {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}
