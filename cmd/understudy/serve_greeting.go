package main

import (
	"encoding/json"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/emulator"
)

// greeting is what serve says at its start: at most 10 lines.
func (f *serveFlags) greeting(e *emulator.Emulator) (string, error) {
	at := e.Listeners()
	lines := []string{fmt.Sprintf("understudy %s: fixture %s, auth %s, limits %s", version(), e.Default().Fixture(), f.auth, f.limits)}
	if f.evidence != "any" {
		lines[0] += ", evidence " + f.evidence + " or better"
	}
	if at.HTTP != "" {
		lines = append(lines, "HTTP   "+at.HTTP)
	}
	if at.HTTPS != "" {
		lines = append(lines, "HTTPS  "+at.HTTPS+" (`understudy ca` says how to trust "+at.CA+")")
	}
	var own []string
	for _, vendor := range emulator.Vendors() {
		if url := at.Vendors[vendor]; url != "" {
			own = append(own, vendor+" "+url)
		}
	}
	if own != nil {
		lines = append(lines, "Alone  "+strings.Join(own, ", "))
	}
	vendor := emulator.Vendors()[0]
	token := "any"
	if f.auth == "strict" {
		minted, err := mintToken(e, vendor)
		if err != nil {
			return "", err
		}
		token = minted
		lines = append(lines, "Token  "+token+" ("+vendor+", all scopes, until a reset; `understudy token` makes others)")
	} else {
		lines = append(lines, "Token  any bearer token, client id and secret will do, with all scopes; `understudy token` makes narrower ones")
	}
	lines = append(lines, "Try    "+f.curl(at, vendor, token))
	if open := f.exposed(); open != "" {
		lines = append(lines, open)
	}
	return strings.Join(lines, "\n") + "\n", nil
}

func mintToken(e *emulator.Emulator, vendor string) (string, error) {
	fields, err := e.Default().Mint(vendor, emulator.Credential{})
	if err != nil {
		return "", err
	}
	var minted struct {
		AccessToken string `json:"access_token"`
	}
	err = json.Unmarshal([]byte(fields), &minted)
	return minted.AccessToken, err
}

// curl is a line that answers with a list when it is pasted into a shell.
func (f *serveFlags) curl(at emulator.Listeners, vendor, token string) string {
	line, base := "curl", at.HTTP
	if base == "" {
		base = at.Vendors[vendor]
	}
	if base == "" {
		line, base = "curl --cacert '"+at.CA+"'", at.HTTPS
	}
	all := emulator.Operations()
	i := slices.IndexFunc(all, func(o emulator.Operation) bool {
		return o.Vendor == vendor && o.Method == "GET" && len(o.Needs) > 0 && !strings.Contains(o.Path, "{")
	})
	return fmt.Sprintf("%s -H 'Authorization: Bearer %s' %s%s", line, token, base, all[i].Path)
}

// exposed says what an address beyond this machine gives away.
func (f *serveFlags) exposed() string {
	addresses := []string{f.http, f.https}
	for _, pair := range f.listen {
		_, address, _ := strings.Cut(pair, "=")
		addresses = append(addresses, address)
	}
	var open []string
	for _, address := range addresses {
		host, _, err := net.SplitHostPort(address)
		if err == nil && host != "localhost" && !net.ParseIP(host).IsLoopback() {
			open = append(open, address)
		}
	}
	if open == nil {
		return ""
	}
	guard := "; --control-token would guard the control API"
	if f.controlToken != "" {
		guard = "; the control API asks for its token"
	}
	return "Note   whoever reaches " + strings.Join(open, ", ") + " can read and change every world and its credentials" + guard
}
