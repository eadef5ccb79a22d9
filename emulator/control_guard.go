package emulator

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// guard keeps web pages away from the control API. A page that rebinds its own name to a loopback address sends that
// name as Host; a page of another origin sends its Origin.
func (c *controlCall) guard() error {
	if c.options.controlToken == "" && !c.ownHost(hostName(c.r.Host)) {
		return refuse(http.StatusForbidden, "foreign_host",
			"The control API is not for the host %q. If it is yours, start understudy with --host %s, or set --control-token.", c.r.Host, hostName(c.r.Host))
	}
	for _, origin := range c.r.Header.Values("Origin") {
		if u, err := url.Parse(origin); err != nil || u.Host == "" || !strings.EqualFold(u.Host, c.r.Host) {
			return refuse(http.StatusForbidden, "foreign_origin", "The control API takes no calls from pages of %q.", origin)
		}
	}
	return nil
}

func hostName(hostPort string) string {
	host, _, err := net.SplitHostPort(hostPort)
	if err != nil {
		host = strings.Trim(hostPort, "[]")
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// ownHost takes what no stranger's DNS can point here: addresses, localhost names, single-label names, and the names
// that this emulator was given.
func (c *controlCall) ownHost(host string) bool {
	if host == "" {
		return false
	}
	return net.ParseIP(host) != nil || !strings.Contains(host, ".") || strings.HasSuffix(host, ".localhost") ||
		slices.ContainsFunc(leafHosts(c.server.Vendors(), c.options.hosts), func(own string) bool { return hostName(own) == host })
}

// checkToken compares in constant time; hashing makes all tokens equally long.
func (c *controlCall) checkToken(open bool) error {
	if c.options.controlToken == "" || open {
		return nil
	}
	given, want := sha256.Sum256([]byte(c.r.Header.Get("X-Understudy-Control-Token"))), sha256.Sum256([]byte(c.options.controlToken))
	if subtle.ConstantTimeCompare(given[:], want[:]) == 1 {
		return nil
	}
	return refuse(http.StatusUnauthorized, "control_token", "This call needs the control token in the header X-Understudy-Control-Token.")
}
