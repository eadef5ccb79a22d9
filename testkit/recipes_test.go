package testkit_test

import (
	"os"
	"regexp"
	"testing"
	"testing/synctest"

	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/testkit"
)

var recipe = regexp.MustCompile("(?ms)^```yaml\n(understudy: .*?)^```$")

// TestRecipes plays each recipe of the scenarios' page to the careful job, which passes. A rule that never fires fails the
// test.
func TestRecipes(t *testing.T) {
	page, err := os.ReadFile("../scenarios/README.md")
	if err != nil {
		t.Fatal(err)
	}
	found := recipe.FindAllSubmatch(page, -1)
	if len(found) < 10 {
		t.Fatalf("the page has %d recipes", len(found))
	}
	for _, m := range found {
		s, err := scenarios.Parse("README.md", m[1])
		if err != nil {
			t.Fatal(err)
		}
		t.Run(s.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := testkit.Start(t)
				w.Play(t, s)
				job := provisioners["careful"](w.Client(), w.URL("auth0"))
				switch s.Name {
				case "second-page":
					_, err = job.names(t.Context())
				default:
					err = job.provision(t.Context(), newcomer)
				}
				if mustEnd := s.Name == "not-allowed"; mustEnd != (err != nil) {
					t.Errorf("it ended with: %v", err)
				}
				w.Passed(t)
			})
		})
	}
}
