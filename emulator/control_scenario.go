package emulator

import (
	"net/http"
	"slices"

	"github.com/understudy-dev/understudy/fixtures/tree"
	"github.com/understudy-dev/understudy/scenarios"
)

// putScenario arms a scenario, of the body or shipped, in place of the one before.
func (c *controlCall) putScenario() error {
	w, err := c.world()
	if err != nil {
		return err
	}
	from, err := c.scenarioSource()
	if err != nil {
		return err
	}
	s, err := from.Scenario()
	if err == nil {
		s, err = c.narrowed(s)
	}
	if err == nil {
		err = w.Play(s)
	}
	if err != nil {
		return refusalOfScenario(err)
	}
	return c.getScenario()
}

// scenarioSource is the shipped scenario that the query names, or else the body.
func (c *controlCall) scenarioSource() (scenarios.Source, error) {
	name := c.r.URL.Query().Get("name")
	if name != "" && !slices.Contains(scenarios.ShippedNames(), name) {
		return nil, refuse(http.StatusNotFound, "unknown_scenario", "No scenario %q is shipped%s.", name, tree.Meant(name, scenarios.ShippedNames()))
	}
	body, err := c.body(scenarios.MaxSize)
	switch {
	case err != nil:
		return nil, err
	case name != "" && len(body) > 0:
		return nil, refuse(http.StatusBadRequest, "invalid_body", "Give a body or the parameter name, not both.")
	case name != "":
		return scenarios.Shipped(name), nil
	}
	return scenarios.YAML(string(body)), nil
}

// narrowed is the scenario for one vendor, where the query names it.
func (c *controlCall) narrowed(s *scenarios.Scenario) (*scenarios.Scenario, error) {
	vendor := c.r.URL.Query().Get("vendor")
	if vendor == "" {
		return s, nil
	}
	if !slices.Contains(Vendors(), vendor) {
		return nil, refuse(http.StatusBadRequest, "unknown_vendor", "There is no vendor %q%s.", vendor, tree.Meant(vendor, Vendors()))
	}
	n := s.For(vendor)
	if len(n.Rules) == 0 && len(s.Rules) > 0 {
		return nil, refuse(http.StatusBadRequest, "invalid_scenario", "No rule of the scenario is about %s.", vendor)
	}
	return n, nil
}

func refusalOfScenario(err error) error {
	if scenarios.Problems(err) == nil {
		return err
	}
	return &refusal{http.StatusBadRequest, "invalid_scenario", err.Error()}
}

func (c *controlCall) getScenario() error {
	w, err := c.world()
	if err != nil {
		return err
	}
	r := w.Scenario()
	if r == nil {
		return refuse(http.StatusNotFound, "no_scenario", "No scenario is armed.")
	}
	return c.reply(http.StatusOK, r)
}

func (c *controlCall) releaseHold() error {
	w, err := c.world()
	if err != nil {
		return err
	}
	n, err := w.Release(c.r.PathValue("hold"))
	if err != nil {
		return err
	}
	return c.reply(http.StatusOK, map[string]int{"released": n})
}

func (c *controlCall) deleteScenario() error {
	w, err := c.world()
	if err != nil {
		return err
	}
	w.Disarm()
	return c.done()
}

func (c *controlCall) getVerdicts() error {
	w, err := c.world()
	if err != nil {
		return err
	}
	if w.Scenario() == nil {
		return refuse(http.StatusNotFound, "no_scenario", "No scenario is armed.")
	}
	verdicts := w.Verdicts()
	if verdicts == nil {
		verdicts = []scenarios.Verdict{}
	}
	return c.reply(http.StatusOK, map[string]any{"verdicts": verdicts})
}
