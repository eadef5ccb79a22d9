package authority

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
)

// CheckHost returns an error unless host is an IP address or a host name that a
// leaf can carry: at most 253 bytes, labels of 1 to 63 letters, digits, hyphens
// (not at an end) and underscores, which compose files use in service names. A
// final dot is allowed. Wildcards are not: clients refuse them under localhost,
// and elsewhere a leaf is signed for each name asked for.
func CheckHost(host string) error {
	name := fold(host)
	if net.ParseIP(name) != nil {
		return nil
	}
	if len(name) > 253 {
		return fmt.Errorf("host name %.20q… has %d bytes; at most 253 are allowed", name, len(name))
	}
	for label := range strings.SplitSeq(name, ".") {
		if !validLabel(label) {
			return fmt.Errorf("%q is neither a host name nor an IP address: give the name alone, without scheme, port, brackets or wildcard, and in its xn-- form if it is not ASCII", host)
		}
	}
	return nil
}

func validLabel(label string) bool {
	if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
		return false
	}
	for _, c := range []byte(label) {
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}

// checkedHosts returns hosts folded, in their order, each once.
func checkedHosts(hosts []string) ([]string, error) {
	var checked []string
	for _, host := range hosts {
		if err := CheckHost(host); err != nil {
			return nil, err
		}
		if name := fold(host); !slices.Contains(checked, name) {
			checked = append(checked, name)
		}
	}
	if checked == nil {
		return nil, errors.New("a TLS listener needs at least one host name")
	}
	return checked, nil
}

// fold gives each spelling of a name or an address one form.
func fold(host string) string {
	host = strings.TrimSuffix(host, ".")
	if ip := net.ParseIP(host); ip != nil {
		return ip.String()
	}
	return lowerASCII(host)
}

// lowerASCII leaves other letters alone, where strings.ToLower would turn the
// Kelvin sign into a k and thereby make another name of it.
func lowerASCII(s string) string {
	lower := []byte(s)
	for i, c := range lower {
		if 'A' <= c && c <= 'Z' {
			lower[i] = c + 'a' - 'A'
		}
	}
	return string(lower)
}
