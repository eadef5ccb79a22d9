package atlas

import (
	"strings"
	"testing"
)

func TestParseDigest(t *testing.T) {
	// The sample of RFC 2617, section 3.5, as the Go client and as curl would write it.
	whole := digest{
		username: "Mufasa", realm: "testrealm@host.com", nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093", uri: "/dir/index.html",
		response: "6629fae49393a05397450978507c4ef1", algorithm: "MD5", cnonce: "0a4f113b", qop: "auth", nc: "00000001",
	}
	for _, header := range []string{
		`Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/dir/index.html", response="6629fae49393a05397450978507c4ef1", algorithm="MD5", qop=auth, nc=00000001, cnonce="0a4f113b"`,
		`Digest username="Mufasa",realm="testrealm@host.com",nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093",uri="/dir/index.html",cnonce="0a4f113b",nc=00000001,algorithm=MD5,response="6629fae49393a05397450978507c4ef1",qop="auth",opaque="5ccc"`,
		`digest  ,USERNAME = "Muf\asa" , realm="testrealm@host.com" ,,nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/dir/index.html", response=6629fae49393a05397450978507c4ef1,algorithm=MD5, qop=auth,nc=00000001,cnonce=0a4f113b, ` + "\t",
	} {
		if got, ok := parseDigest(header); !ok || got != whole {
			t.Errorf("%s\nis read as %+v, %t", header, got, ok)
		}
	}
	if sum(sum("Mufasa:testrealm@host.com:Circle Of Life")+":"+whole.nonce+":00000001:0a4f113b:auth:"+sum("GET:/dir/index.html")) != whole.response {
		t.Error("the sample's response is not what its parts make")
	}
}

func TestParseDigestRefuses(t *testing.T) {
	rest := `, realm="r", nonce="n", uri="/", response="r", qop=auth, nc=00000001, cnonce="c"`
	for _, header := range []string{
		"", "Digest", "Digest ", "Bearer x", "Basic YTpi", "Digestusername=a" + rest, "Digest realm=r", "Digest username" + rest,
		`Digest username="a`, `Digest username="a\`, `Digest username="a"b` + rest, `Digest username=a"b` + rest, `Digest username=""` + rest,
		`Digest username="a", username="b"` + rest, `Digest ="a"` + rest, `Digest user name="a"` + rest, `Digest username="a", realm="r"`,
		`Digest username="a"` + strings.Replace(rest, "cnonce", "CNONCE2", 1),
	} {
		if got, ok := parseDigest(header); ok {
			t.Errorf("%s\nis read as %+v", header, got)
		}
	}
}

func TestNonceCount(t *testing.T) {
	for nc, want := range map[string]uint64{
		"00000001": 1, "0000000a": 10, "FFFFFFFF": 1<<32 - 1, "00000000": 0, "1": 0, "000000001": 0, "0000000g": 0, "": 0, "-0000001": 0, "0x000001": 0,
	} {
		if n, ok := (digest{nc: nc}).count(); ok != (want > 0) || ok && n != want {
			t.Errorf("count(%q) = %d, %t", nc, n, ok)
		}
	}
}

// FuzzDigest: whatever a header says, reading it ends, and what was read can be written and read again.
func FuzzDigest(f *testing.F) {
	for _, seed := range []string{
		`Digest username="a", realm="MMS Public API", nonce="n", uri="/x?y=\"z\"", response="r", algorithm="MD5", qop=auth, nc=00000001, cnonce="c"`,
		`Digest username="a\\\"b",nonce=n,uri=/,response=r,nc=1,cnonce=c`, `Digest ,,,`, `Digest a="`, `Digest a=b=c`, "Digest \t=\"\"",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		d, ok := parseDigest(header)
		if !ok {
			return
		}
		quote := func(text string) string { return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"` }
		written := "Digest username=" + quote(d.username) + ", realm=" + quote(d.realm) + ", nonce=" + quote(d.nonce) + ", uri=" + quote(d.uri) +
			", response=" + quote(d.response) + ", algorithm=" + quote(d.algorithm) + ", cnonce=" + quote(d.cnonce) + ", qop=" + quote(d.qop) + ", nc=" + quote(d.nc)
		if again, ok := parseDigest(written); !ok || again != d {
			t.Errorf("%q\nis read as %+v, and its own form %q as %+v, %t", header, d, written, again, ok)
		}
	})
}
