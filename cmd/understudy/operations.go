package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/understudy-dev/understudy/emulator"
)

func operationsCommand() *cobra.Command {
	var match string
	var evidence, asJSON bool
	c := &cobra.Command{
		Use: "operations", Short: "List what is emulated, and how it is known", Args: cobra.NoArgs,
		Example: "  understudy operations\n" +
			"  understudy operations --match 'PATCH /api/v2/organizations/x/connections/y'\n" +
			"  understudy operations --evidence",
		RunE: func(c *cobra.Command, _ []string) error {
			to := c.OutOrStdout()
			switch {
			case match != "" && evidence:
				return fmt.Errorf("--match and --evidence don't go together")
			case match != "":
				return showMatch(to, match, asJSON)
			case evidence && asJSON:
				return writeJSON(to, emulator.Ledger())
			case evidence:
				return showLedger(to)
			case asJSON:
				return writeJSON(to, emulator.Operations())
			}
			return showOperations(to)
		},
	}
	c.Flags().StringVar(&match, "match", "", "METHOD PATH: name the operation that answers it")
	c.Flags().BoolVar(&evidence, "evidence", false, "list every operation, error, header, limit and default with its grade and source")
	c.Flags().BoolVar(&asJSON, "json", false, "write JSON")
	return c
}

func writeJSON(to io.Writer, value any) error {
	e := json.NewEncoder(to)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(value)
}

func showOperations(to io.Writer) error {
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "OPERATION\tMETHOD\tPATH\tBUCKET\tEVIDENCE")
	for _, o := range emulator.Operations() {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", name(o), o.Method, o.Path, o.Bucket, o.Grade)
	}
	return table.Flush()
}

func name(o emulator.Operation) string {
	if o.Family == "" {
		return o.ID
	}
	return o.ID + " (" + o.Family + ")"
}

// showMatch names the operation that answers a request, with what a scenario needs to know of it.
func showMatch(to io.Writer, match string, asJSON bool) error {
	method, path, found := strings.Cut(strings.TrimSpace(match), " ")
	if !found {
		return fmt.Errorf("--match %q: want a method and a path, such as 'GET /api/v2/organizations'", match)
	}
	e, err := emulator.New()
	if err != nil {
		return err
	}
	o, found := e.Match(strings.ToUpper(method), strings.TrimSpace(path))
	if !found {
		return fmt.Errorf("no operation answers %s; `understudy operations` lists them", match)
	}
	if asJSON {
		return writeJSON(to, o)
	}
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "operation\t%s\nrow\t%s %s\nsummary\t%s\nneeds\t%s\nbucket\t%s\nstatus\t%d\nerrors\t%s\nevidence\t%s: %s\n",
		name(o), o.Method, o.Path, o.Summary, orNone(strings.Join(o.Needs, " or ")), orNone(o.Bucket), o.Status, strings.Join(o.Errors, ", "), o.Grade, o.Evidence)
	return table.Flush()
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func showLedger(to io.Writer) error {
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "GRADE\tSORT\tABOUT\tWHAT\tSOURCE")
	for _, c := range emulator.Ledger() {
		about := c.Vendor
		if c.About != "" {
			about += "." + c.About
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", c.Grade, c.Sort, about, c.What, c.Source)
	}
	return table.Flush()
}
