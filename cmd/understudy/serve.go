package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/fixtures"
)

// serveFlags are the flags of serve.
type serveFlags struct {
	worldFlags
	http, https  string
	listen       []string
	hosts        []string
	readyFile    string
	importFile   string
	exportFile   string
	caDir        string
	controlToken string
	quiet        bool
	log          string
}

func serveCommand() *cobra.Command {
	var f serveFlags
	c := &cobra.Command{
		Use: "serve", Short: "Answer as the emulated vendors do", Args: cobra.NoArgs,
		Long: "serve answers as all emulated vendors do, on one HTTP and one HTTPS port, until SIGTERM or SIGINT.",
		Example: "  understudy serve\n" +
			"  understudy serve --http 127.0.0.1:0 --https off --ready-file ready.json\n" +
			"  understudy serve --fixture company.yaml --auth strict --limits on\n" +
			"  understudy serve --scenario rate-limit-burst",
		RunE: func(c *cobra.Command, _ []string) error { return serve(c, &f) },
	}
	flags := c.Flags()
	f.worldFlags.add(flags)
	f.worldFlags.addScenario(flags)
	flags.StringVar(&f.http, "http", "localhost:4010", `address for HTTP; port 0 picks a free one, "off" is none`)
	flags.StringVar(&f.https, "https", "localhost:4443", `address for HTTPS; port 0 picks a free one, "off" is none`)
	flags.StringSliceVar(&f.listen, "listen", nil, "an HTTP address for one vendor alone, such as auth0=127.0.0.1:4020 (repeatable)")
	flags.StringSliceVar(&f.hosts, "host", nil, "a further name of this machine, for the certificate and the control API (repeatable)")
	flags.StringVar(&f.readyFile, "ready-file", "", "file that gets the URLs as JSON once all listeners accept")
	flags.StringVar(&f.importFile, "import", "", "file with the state that the default world begins with, and that its resets go back to")
	flags.StringVar(&f.exportFile, "export-on-exit", "", "file that gets the default world's state at the end")
	flags.StringVar(&f.caDir, "ca-dir", "", "folder of the certificate authority (default: understudy in the user's data folder)")
	flags.StringVar(&f.controlToken, "control-token", "", "secret that guards the control API")
	flags.BoolVar(&f.quiet, "quiet", false, "print nothing but errors")
	flags.StringVar(&f.log, "log", "text", "form of the line for each call: text or json")
	return c
}

func serve(c *cobra.Command, f *serveFlags) error {
	scenario, err := f.openScenario(c.Flags().Changed("fixture"))
	if err != nil {
		return err
	}
	options, err := f.options(c)
	if err != nil {
		return err
	}
	e, err := emulator.New(options...)
	if err != nil {
		return err
	}
	if err := f.checkFiles(); err != nil {
		return err
	}
	if err := e.Start(); err != nil {
		return err
	}
	if scenario != nil { // when the listeners are open, that it may be about
		if err := e.Default().Play(scenario); err != nil {
			return errors.Join(fmt.Errorf("--scenario: %w", err), e.Close())
		}
	}
	if err := f.announce(c, e); err != nil {
		_ = e.Close()
		return err
	}
	<-c.Context().Done()
	err = f.finish(e)
	if !f.quiet {
		printVerdicts(c.OutOrStdout(), e.Default())
	}
	return err
}

func (f *serveFlags) options(c *cobra.Command) ([]emulator.Option, error) {
	for _, address := range []*string{&f.http, &f.https} {
		if *address == "off" {
			*address = ""
		}
	}
	if f.http == "" && f.https == "" && len(f.listen) == 0 {
		return nil, fmt.Errorf("--http, --https and --listen are all off: nothing to serve")
	}
	options, err := f.worldFlags.options()
	if err != nil {
		return nil, err
	}
	options = append(options, emulator.WithHTTP(f.http), emulator.WithHTTPS(f.https), emulator.WithHosts(f.hosts...), emulator.WithControlToken(f.controlToken))
	if f.importFile != "" {
		imported, err := fixtures.Load(f.importFile)
		if err != nil {
			return nil, fmt.Errorf("--import: %w", err)
		}
		options = append(options, emulator.WithImport(imported))
	}
	if f.https != "" {
		if f.caDir == "" {
			if f.caDir, err = emulator.DefaultCADir(); err != nil {
				return nil, err
			}
		}
		options = append(options, emulator.WithCA(f.caDir))
	}
	for _, pair := range f.listen {
		vendor, address, found := strings.Cut(pair, "=")
		if !found {
			return nil, fmt.Errorf("--listen %s: want VENDOR=HOST:PORT, such as auth0=127.0.0.1:4020", pair)
		}
		options = append(options, emulator.WithVendorListener(vendor, address))
	}
	line, err := logLine(f.log, c.ErrOrStderr())
	if err != nil {
		return nil, err
	}
	if !f.quiet {
		options = append(options, emulator.WithLog(line))
	}
	return options, nil
}

// checkFiles makes sure, before anything runs, that the files can be written, and removes the ready file of an earlier
// run.
func (f *serveFlags) checkFiles() error {
	if err := writable(f.exportFile); err != nil {
		return fmt.Errorf("--export-on-exit: %w", err)
	}
	if err := errors.Join(writable(f.readyFile), removeStale(f.readyFile)); err != nil {
		return fmt.Errorf("--ready-file: %w", err)
	}
	return nil
}

// writable tells whether writeWhole can put a file there. The path may be empty.
func writable(path string) error {
	if path == "" {
		return nil
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a folder", path)
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".understudy-*")
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

func (f *serveFlags) announce(c *cobra.Command, e *emulator.Emulator) error {
	if !f.quiet {
		text, err := f.greeting(e)
		if err != nil {
			return err
		}
		fmt.Fprint(c.OutOrStdout(), text)
	}
	if f.readyFile == "" {
		return nil
	}
	ready, err := json.Marshal(e.Listeners())
	if err == nil {
		err = writeWhole(f.readyFile, append(ready, '\n'), 0o644)
	}
	if err != nil {
		return fmt.Errorf("--ready-file: %w", err)
	}
	return nil
}

// removeStale keeps a waiting process from reading what an earlier run has left.
func removeStale(readyFile string) error {
	if err := os.Remove(readyFile); readyFile != "" && err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// finish lets running calls end, closes the ports and saves the state.
func (f *serveFlags) finish(e *emulator.Emulator) error {
	err := e.Close()
	if f.exportFile == "" {
		return err
	}
	state := e.Default().Export()
	text := state.Format()
	if filepath.Ext(f.exportFile) == ".json" {
		text = state.FormatJSON()
	}
	if bad := writeWhole(f.exportFile, text, 0o600); bad != nil {
		err = errors.Join(err, fmt.Errorf("--export-on-exit: %w", bad))
	}
	return err
}

// writeWhole puts a file in place all at once: who sees it sees all of it.
func writeWhole(path string, text []byte, mode fs.FileMode) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".understudy-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // fails once it is renamed
	_, err = file.Write(text)
	if err := errors.Join(err, file.Chmod(mode), file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
