package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/scenarios"
)

func scenarioCommand() *cobra.Command {
	c := &cobra.Command{Use: "scenario", Short: "Check, format, explain and list scenarios", Args: cobra.NoArgs}
	c.AddCommand(scenarioCheckCommand(), scenarioFmtCommand(), scenarioExplainCommand(), scenarioListCommand(), scenarioShowCommand(), scenarioSchemaCommand())
	return c
}

// tables are what scenarios are held to.
type tables struct {
	folder, vendor string
}

func (f *tables) flags(c *cobra.Command) {
	c.Flags().StringVar(&f.folder, "fixtures", "", "folder whose NAME.yaml files are fixtures by name")
	c.Flags().StringVar(&f.vendor, "vendor", "", "only what is about this vendor")
}

// read returns a scenario, a shipped one by name or a file, that the tables have all of.
func (f *tables) read(nameOrFile string) (*scenarios.Scenario, scenarios.Catalogue, error) {
	catalogue := emulator.Catalogue()
	s, err := readScenario(nameOrFile)
	if err != nil {
		return nil, catalogue, err
	}
	if f.folder != "" {
		dir, err := fixtures.OpenDir(f.folder)
		if err != nil {
			return nil, catalogue, err
		}
		if catalogue.Fixtures, err = dir.Names(); err != nil {
			return nil, catalogue, err
		}
	}
	if f.vendor != "" {
		if s, err = narrowed(s, f.vendor); err != nil {
			return nil, catalogue, err
		}
	}
	return s, catalogue, s.Check(catalogue)
}

// narrowed is what a scenario has about a vendor. Error: there is nothing.
func narrowed(s *scenarios.Scenario, vendor string) (*scenarios.Scenario, error) {
	n := s.For(vendor)
	if len(n.Rules) == 0 && len(s.Rules) > 0 {
		return nil, fmt.Errorf("--vendor: no rule of the scenario is about %q; the vendors are %s", vendor, strings.Join(emulator.Vendors(), ", "))
	}
	return n, nil
}

func scenarioCheckCommand() *cobra.Command {
	var of tables
	c := &cobra.Command{
		Use: "check FILE|NAME...", Short: "Hold scenarios to the tables of the vendors", Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return eachScenario(c.ErrOrStderr(), args, func(name string) error {
				s, catalogue, err := of.read(name)
				if err != nil {
					return err
				}
				fmt.Fprintf(c.OutOrStdout(), "%s: good, %s, %s\n", name, counted(len(s.Rules), "rule"), counted(len(s.Expect), "expectation"))
				for _, note := range s.Notes(catalogue) {
					fmt.Fprintf(c.OutOrStdout(), "%s: note: %s\n", name, note)
				}
				return nil
			})
		},
	}
	of.flags(c)
	return c
}

// eachScenario goes on after a scenario that is wrong. It shows every problem with its line and a caret under the place.
func eachScenario(stderr io.Writer, names []string, do func(name string) error) error {
	count := 0
	for _, name := range names {
		err := do(name)
		problems := scenarios.Problems(err)
		if err != nil && len(problems) == 0 {
			return err
		}
		for _, p := range problems {
			fmt.Fprintln(stderr, p)
		}
		count += len(problems)
	}
	if count > 0 {
		return fmt.Errorf("%s, shown above", counted(count, "problem"))
	}
	return nil
}

func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

func scenarioFmtCommand() *cobra.Command {
	var write bool
	c := &cobra.Command{
		Use: "fmt FILE...", Short: "Print scenarios in their canonical form, comments kept", Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return eachScenario(c.ErrOrStderr(), args, func(name string) error {
				src, err := scenarios.ReadFile(name)
				if err != nil {
					return err
				}
				canonical, err := scenarios.Reformat(name, src)
				switch {
				case err != nil:
					return err
				case !write:
					_, err = c.OutOrStdout().Write(canonical)
				case !bytes.Equal(src, canonical):
					err = overwrite(name, canonical)
				}
				return err
			})
		},
	}
	c.Flags().BoolVarP(&write, "write", "w", false, "write the files anew in place of printing")
	return c
}

// overwrite puts content in place of a file's, whole or not at all. It keeps the mode, and links to the file.
func overwrite(name string, content []byte) error {
	target, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	info, err := os.Stat(target)
	if err != nil {
		return err
	}
	return writeWhole(target, content, info.Mode().Perm())
}

func scenarioExplainCommand() *cobra.Command {
	var of tables
	c := &cobra.Command{
		Use: "explain FILE|NAME...", Short: "Say in plain words what will happen to which call", Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			var said []string
			err := eachScenario(c.ErrOrStderr(), args, func(name string) error {
				s, catalogue, err := of.read(name)
				if err == nil {
					said = append(said, s.Explain(catalogue))
				}
				return err
			})
			fmt.Fprint(c.OutOrStdout(), strings.Join(said, "\n"))
			return err
		},
	}
	of.flags(c)
	return c
}

func scenarioListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the scenarios that come with understudy", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			table := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, s := range scenarios.Library() {
				fmt.Fprintf(table, "%s\t%s\n", s.Name, s.About)
			}
			return table.Flush()
		},
	}
}

func scenarioShowCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show NAME", Short: "Print a scenario that comes with understudy", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			src, err := scenarios.ShippedText(args[0])
			if err != nil {
				return err
			}
			_, err = c.OutOrStdout().Write(src)
			return err
		},
	}
}

func scenarioSchemaCommand() *cobra.Command {
	return &cobra.Command{
		Use: "schema", Short: "Print the JSON Schema with which editors complete and check scenario files", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := c.OutOrStdout().Write(scenarios.Schema())
			return err
		},
	}
}
