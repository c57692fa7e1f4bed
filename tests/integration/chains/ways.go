package main

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"net"
)

// Who signs the server's certificate, what the server sends besides, and what is trusted.
type way struct {
	name          string
	issuer        *party
	sent, trusted []*party
	trustsLeaf    bool
}

type parties = []*party

var rootKey, middleKey, strangerKey = newKey(), newKey(), newKey()
var root = authority("root", rootKey, nil)
var stranger = authority("stranger", strangerKey, nil)
var middle = authority("middle", middleKey, root)

func allWays() []way {
	ways := []way{
		{name: "by a root", issuer: root, trusted: parties{root}},
		{name: "by a root that is sent along", issuer: root, sent: parties{root, stranger},
			trusted: parties{root}},
		{name: "by a stranger", issuer: stranger, trusted: parties{root}},
		{name: "with nothing trusted", issuer: root, sent: parties{root}},
		{name: "itself trusted", issuer: stranger, trustsLeaf: true},
		{name: "self-signed", trusted: parties{root}},
		{name: "self-signed and trusted", trustsLeaf: true},
		{name: "by an intermediate", issuer: middle, sent: parties{middle}, trusted: parties{root}},
		{name: "by an intermediate that is not sent", issuer: middle, trusted: parties{root}},
		{name: "by an intermediate that is trusted, too", issuer: middle,
			trusted: parties{middle, root}},
		{name: "by an intermediate that alone is trusted", issuer: middle, sent: parties{middle},
			trusted: parties{middle}},
	}
	ways = append(ways, renewedWays()...)
	ways = append(ways, authoritiesOfOneName()...)
	ways = append(ways, oddAuthorities()...)
	ways = append(ways, constrained()...)
	ways = append(ways, longWays()...)
	return append(ways, signatures()...)
}

// The authority's certificate was made anew, with its key.
func renewedWays() []way {
	identifier := func(id string) change {
		return func(c *x509.Certificate) { c.SubjectKeyId = []byte(id) }
	}
	first := authority("root", rootKey, nil, identifier("first"))
	second := authority("root", rootKey, nil, identifier("second"))
	old := authority("root", rootKey, nil, expired)
	return []way{
		{name: "by a root renewed with another identifier", issuer: first, trusted: parties{second}},
		{name: "by a root without identifiers", issuer: root.callingItself(nil), trusted: parties{first}},
		{name: "by an expired root", issuer: old, trusted: parties{old}},
		{name: "by a root whose expired twin comes first", issuer: root, trusted: parties{old, root}},
		{name: "by a root whose expired twin comes last", issuer: root, trusted: parties{root, old}},
		{name: "by an intermediate with an identifier that misleads",
			issuer: middle.callingItself(stranger.template.SubjectKeyId), sent: parties{middle},
			trusted: parties{root}},
	}
}

func authoritiesOfOneName() []way {
	twin := authority("root", newKey(), nil)
	sameIdentifier := authority("root", newKey(), nil, func(c *x509.Certificate) {
		c.SubjectKeyId = []byte("same")
	})
	lower := authority("ROOT", rootKey, nil)
	spaced := authority("root ", rootKey, nil)
	crossed := authority("middle", middleKey, stranger)
	clients := authority("middle", middleKey, root, usages(x509.ExtKeyUsageClientAuth))
	short := authority("middle", middleKey, root, expired)
	ways := []way{
		{name: "by the second root of a name", issuer: root, trusted: parties{twin, root}},
		{name: "by the first root of a name", issuer: root, trusted: parties{root, twin}},
		{name: "by a root of that name only", issuer: root, trusted: parties{twin}},
		{name: "by a root of that name and identifier", issuer: root.callingItself([]byte("same")),
			trusted: parties{sameIdentifier, root}},
		{name: "by a root in other letters", issuer: root, trusted: parties{lower}},
		{name: "by a root with a space more", issuer: root, trusted: parties{spaced}},
	}
	for name, wrong := range map[string]*party{
		"cross-signed": crossed, "for clients": clients, "expired": short} {
		ways = append(ways,
			way{name: "by an intermediate after its twin " + name, issuer: middle,
				sent: parties{wrong, middle}, trusted: parties{root}},
			way{name: "by an intermediate before its twin " + name, issuer: middle,
				sent: parties{middle, wrong}, trusted: parties{root}},
			way{name: "by an intermediate's twin " + name, issuer: middle, sent: parties{wrong},
				trusted: parties{root}})
	}
	return ways
}

// What an authority's certificate may say of itself, as a root and as an intermediate.
func oddAuthorities() []way {
	odd := map[string][]change{
		"no authority": {func(c *x509.Certificate) { c.IsCA = false }},
		"without basic constraints": {func(c *x509.Certificate) {
			c.BasicConstraintsValid, c.IsCA = false, false
		}},
		"that may not sign":           {func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageDigitalSignature }},
		"without key usage":           {func(c *x509.Certificate) { c.KeyUsage = 0 }},
		"for servers":                 {usages(x509.ExtKeyUsageServerAuth)},
		"for clients":                 {usages(x509.ExtKeyUsageClientAuth)},
		"for any usage":               {usages(x509.ExtKeyUsageAny)},
		"with an unknown extension":   {extension(true, []byte{5, 0}, 1, 2, 3, 4)},
		"of the future":               {future},
		"with a path of length 0":     {func(c *x509.Certificate) { c.MaxPathLenZero = true }},
		"that asks for a policy":      {extension(true, []byte("\x30\x03\x80\x01\x00"), 2, 5, 29, 36)},
		"with a critical identifier":  {extension(true, []byte{4, 1, 7}, 2, 5, 29, 14)},
		"with names of its own":       {func(c *x509.Certificate) { c.DNSNames = []string{"ca.example.net"} }},
		"with constraints on nothing": {extension(true, []byte{0x30, 0}, 2, 5, 29, 30)},
		"with two empty constraints":  {extension(true, []byte("\x30\x04\xa0\x00\xa1\x00"), 2, 5, 29, 30)},
		"with information unreadable": {extension(false, unreadable, informationAccess...)},
		"with policies unreadable":    {extension(false, unreadable, 2, 5, 29, 32)},
		"with a policy of every kind": {extension(false, []byte("\x30\x08\x30\x06\x06\x04\x55\x1d\x20\x00"), 2, 5, 29, 32)},
	}
	var ways []way
	for name, changes := range odd {
		key := newKey()
		asRoot := authority("odd "+name, key, nil, changes...)
		asMiddle := authority("odd "+name, key, root, changes...)
		below := authority("below "+name, middleKey, asRoot)
		ways = append(ways,
			way{name: "by a root " + name, issuer: asRoot, trusted: parties{asRoot}},
			way{name: "by an intermediate " + name, issuer: asMiddle, sent: parties{asMiddle},
				trusted: parties{root}},
			way{name: "by an intermediate below a root " + name, issuer: below, sent: parties{below},
				trusted: parties{asRoot}},
			way{name: "by an intermediate below one " + name, issuer: below,
				sent: parties{below, asMiddle}, trusted: parties{root}})
	}
	return ways
}

func constrained() []way {
	network := func(text string) *net.IPNet {
		_, parsed, err := net.ParseCIDR(text)
		must(err)
		return parsed
	}
	limits := map[string]change{
		"permitted":             func(c *x509.Certificate) { c.PermittedDNSDomains = []string{"test.local"} },
		"permitted below":       func(c *x509.Certificate) { c.PermittedDNSDomains = []string{".test.local"} },
		"permitted by one":      func(c *x509.Certificate) { c.PermittedDNSDomains = []string{"x.org", "test.local"} },
		"others permitted":      func(c *x509.Certificate) { c.PermittedDNSDomains = []string{"example.com"} },
		"permitted in capitals": func(c *x509.Certificate) { c.PermittedDNSDomains = []string{"TEST.LOCAL"} },
		"excluded":              func(c *x509.Certificate) { c.ExcludedDNSDomains = []string{"test.local"} },
		"others excluded":       func(c *x509.Certificate) { c.ExcludedDNSDomains = []string{"est.local", "example.com"} },
		"excluded beside it":    func(c *x509.Certificate) { c.ExcludedDNSDomains = []string{"other.test.local"} },
		"all addresses excluded": func(c *x509.Certificate) {
			c.ExcludedIPRanges = []*net.IPNet{network("0.0.0.0/0"), network("::/0")}
		},
		"its network permitted":   func(c *x509.Certificate) { c.PermittedIPRanges = []*net.IPNet{network("10.0.0.0/8")} },
		"other network permitted": func(c *x509.Certificate) { c.PermittedIPRanges = []*net.IPNet{network("192.168.0.0/16")} },
		"mail permitted":          func(c *x509.Certificate) { c.PermittedEmailAddresses = []string{"b.example"} },
		"mail excluded":           func(c *x509.Certificate) { c.ExcludedEmailAddresses = []string{"b.example"} },
		"critical directory":      extension(true, directoryLimit("server"), 2, 5, 29, 30),
		"directory":               extension(false, directoryLimit("server"), 2, 5, 29, 30),
		"another directory":       extension(false, directoryLimit("other"), 2, 5, 29, 30),
	}
	var ways []way
	for name, limit := range limits {
		critical := func(c *x509.Certificate) { c.PermittedDNSDomainsCritical = true }
		key := newKey()
		asRoot := authority("limited", key, nil, limit, critical)
		asMiddle := authority("limited", key, root, limit)
		below := authority("below", middleKey, asMiddle)
		ways = append(ways,
			way{name: "by a root, " + name, issuer: asRoot, trusted: parties{asRoot}},
			way{name: "by an intermediate, " + name, issuer: asMiddle, sent: parties{asMiddle},
				trusted: parties{root}},
			way{name: "below an intermediate, " + name, issuer: below, sent: parties{below, asMiddle},
				trusted: parties{root}})
	}
	return ways
}

// NameConstraints that permit subjects of this common name only (RFC 5280, section 4.2.1.10).
func directoryLimit(name string) []byte {
	subject, err := asn1.Marshal(pkix.Name{CommonName: name}.ToRDNSequence())
	must(err)
	base := asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 4, IsCompound: true, Bytes: subject}
	der, err := asn1.Marshal(struct {
		Permitted []struct{ Base asn1.RawValue } `asn1:"tag:0"`
	}{[]struct{ Base asn1.RawValue }{{base}}})
	must(err)
	return der
}

func longWays() []way {
	var ways []way
	chain := parties{root}
	for i := 1; i <= 12; i++ {
		chain = append(parties{authority(fmt.Sprint("step ", i), newKey(), chain[0])}, chain...)
		if i%4 == 0 {
			sent := append(parties{}, chain[:i]...)
			ways = append(ways, way{name: fmt.Sprint("over intermediates: ", i), issuer: chain[0],
				sent: sent, trusted: parties{root}})
		}
	}
	// Each vouches for the other, and a root for one.
	one, two := newKey(), newKey()
	first, second := authority("one", one, nil), authority("two", two, nil)
	firstBySecond, secondByFirst := authority("one", one, second), authority("two", two, first)
	ways = append(ways,
		way{name: "round and round", issuer: first, sent: parties{firstBySecond, secondByFirst},
			trusted: parties{root}},
		way{name: "round and out", issuer: first, trusted: parties{root},
			sent: parties{firstBySecond, secondByFirst, authority("two", two, root)}})
	for _, count := range []int{20, 150} {
		var decoys parties
		for i := 0; i < count; i++ {
			decoys = append(decoys, authority("root", newKey(), nil))
		}
		ways = append(ways, way{name: fmt.Sprintf("by a root after %d of its name", count),
			issuer: root, trusted: append(decoys, root)})
	}
	return ways
}

// What the authority signs with.
func signatures() []way {
	var ways []way
	for name, key := range keys() {
		by := authority("with "+name, key, nil)
		ways = append(ways, way{name: "by a root with " + name, issuer: by, trusted: parties{by}})
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(err)
	for _, algorithm := range []x509.SignatureAlgorithm{x509.SHA1WithRSA, x509.SHA384WithRSA,
		x509.SHA512WithRSA, x509.SHA256WithRSAPSS, x509.SHA512WithRSAPSS, x509.ECDSAWithSHA1,
		x509.ECDSAWithSHA384, x509.ECDSAWithSHA512} {
		var signer crypto.Signer = key
		if algorithm >= x509.ECDSAWithSHA1 && algorithm <= x509.ECDSAWithSHA512 {
			signer = rootKey
		}
		by := authority("signing", signer, nil)
		between := authority("between", middleKey, by,
			func(c *x509.Certificate) { c.SignatureAlgorithm = algorithm })
		ways = append(ways, way{name: "over an intermediate signed by " + algorithm.String(),
			issuer: between, sent: parties{between}, trusted: parties{by}})
	}
	return ways
}
