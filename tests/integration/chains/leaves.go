package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"net"
)

type leafKind struct {
	name    string
	key     crypto.Signer
	changes []change
}

func (k leafKind) issuedBy(issuer *party) *party {
	template := inTime(&x509.Certificate{
		Subject: pkix.Name{CommonName: "server"}, DNSNames: []string{usualHost},
		BasicConstraintsValid: true})
	for _, change := range k.changes {
		change(template)
	}
	return issue(template, k.key, issuer)
}

var hosts = []string{usualHost, "API.test.LOCAL", "api.test.local.", "other.test.local", "test.local",
	"a.b.test.local", "a_b.test.local", "-a.test.local", "api.local", "localhost", "127.0.0.1", "::1",
	"::ffff:127.0.0.1", "10.0.0.1"}

func leaf(name string, changes ...change) leafKind { return leafKind{name, leafKey, changes} }

var leafKey = newKey()

func allLeaves() []leafKind {
	const nsCertType = "\x03\x02\x07\x80" // the client's bit
	leaves := []leafKind{
		leaf("plain"),
		leaf("server", usages(x509.ExtKeyUsageServerAuth)),
		leaf("client", usages(x509.ExtKeyUsageClientAuth)),
		leaf("client and server", usages(x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth)),
		leaf("any usage", usages(x509.ExtKeyUsageAny)),
		leaf("mail", usages(x509.ExtKeyUsageEmailProtection)),
		leaf("server gated", usages(x509.ExtKeyUsageMicrosoftServerGatedCrypto)),
		leaf("no usage listed", extension(false, []byte{0x30, 0}, 2, 5, 29, 37)),
		leaf("expired", expired), leaf("future", future),
		leaf("nsCertType", extension(false, []byte(nsCertType), 2, 16, 840, 1, 113730, 1, 1)),
		leaf("critical nsCertType", extension(true, []byte(nsCertType), 2, 16, 840, 1, 113730, 1, 1)),
		leaf("unknown extension", extension(false, []byte{5, 0}, 1, 2, 3, 4)),
		leaf("unknown critical extension", extension(true, []byte{5, 0}, 1, 2, 3, 4)),
		leaf("critical authority key identifier", extension(true, []byte{0x30, 0}, 2, 5, 29, 35)),
		leaf("critical subject key identifier", extension(true, []byte{4, 1, 7}, 2, 5, 29, 14)),
		leaf("an authority", func(c *x509.Certificate) { c.IsCA = true }),
		leaf("no basic constraints", func(c *x509.Certificate) { c.BasicConstraintsValid = false }),
		leaf("common name only", func(c *x509.Certificate) {
			c.DNSNames, c.Subject.CommonName = nil, usualHost
		}),
		leaf("another name", func(c *x509.Certificate) { c.DNSNames = []string{"other.test.local"} }),
		leaf("a thousand names", func(c *x509.Certificate) {
			for i := 0; i < 1000; i++ {
				c.DNSNames = append([]string{"x.example.org"}, c.DNSNames...)
			}
		}),
		leaf("a mail address", func(c *x509.Certificate) { c.EmailAddresses = []string{"a@b.example"} }),
		leaf("an address", func(c *x509.Certificate) { c.IPAddresses = []net.IP{{10, 0, 0, 1}} }),
		leaf("names in two domains", func(c *x509.Certificate) {
			c.DNSNames = append(c.DNSNames, "a.example.com")
		}),
		leaf("a wildcard", func(c *x509.Certificate) { c.DNSNames = []string{"*.test.local"} }),
		leaf("a name not in ASCII", rawNames(false, named(2, usualHost), named(2, "\xe9.local"))),
		leaf("an empty label in another name", rawNames(false, named(2, usualHost), named(2, ".test.local"))),
		leaf("a dot behind another name", rawNames(false, named(2, usualHost), named(2, "test.local."))),
		leaf("a space in another name", rawNames(false, named(2, usualHost), named(2, "a b.test.local"))),
		leaf("an address of five bytes", rawNames(false, named(2, usualHost), named(7, "12345"))),
		leaf("a policy", extension(false, []byte("\x30\x05\x30\x03\x06\x01\x2a"), 2, 5, 29, 32)),
		leaf("explicit policy", extension(true, []byte("\x30\x03\x80\x01\x00"), 2, 5, 29, 36)),
	}
	for _, bits := range []byte{0x80, 0x40, 0x20, 0x08, 0x04, 0x01} {
		leaves = append(leaves, leaf("key usage "+string("0123456789abcdef"[bits>>4])+
			string("0123456789abcdef"[bits&15]), extension(true, []byte{3, 2, 0, bits}, 2, 5, 29, 15)))
	}
	for name, key := range keys() {
		leaves = append(leaves, leafKind{name: "key " + name, key: key})
	}
	return leaves
}

func keys() map[string]crypto.Signer {
	made := map[string]crypto.Signer{}
	for name, curve := range map[string]elliptic.Curve{
		"P-224": elliptic.P224(), "P-384": elliptic.P384(), "P-521": elliptic.P521()} {
		key, err := ecdsa.GenerateKey(curve, rand.Reader)
		must(err)
		made[name] = key
	}
	for name, bits := range map[string]int{"RSA 1024": 1024, "RSA 2048": 2048, "RSA 3072": 3072} {
		key, err := rsa.GenerateKey(rand.Reader, bits)
		must(err)
		made[name] = key
	}
	_, key, err := ed25519.GenerateKey(rand.Reader)
	must(err)
	made["Ed25519"] = key
	return made
}

var informationAccess = []int{1, 3, 6, 1, 5, 5, 7, 1, 1}
var unreadable = []byte("\x30\x03not")

// Each extension that there is a form for, out of it, and twice.
func brokenLeaves() []leafKind {
	var leaves []leafKind
	for name, id := range map[string][]int{
		"information access": informationAccess, "policies": {2, 5, 29, 32}, "policy constraints": {2, 5, 29, 36},
		"policy mappings": {2, 5, 29, 33}, "inhibited policy": {2, 5, 29, 54}, "revocation lists": {2, 5, 29, 31},
		"constraints": {2, 5, 29, 30}, "key usage": {2, 5, 29, 15}, "usages": {2, 5, 29, 37},
		"own identifier": {2, 5, 29, 14}, "authority's identifier": {2, 5, 29, 35}, "names": {2, 5, 29, 17}} {
		leaves = append(leaves, leaf("unreadable "+name, extension(false, unreadable, id...)))
	}
	policy := []byte("\x30\x05\x30\x03\x06\x01\x2a")
	return append(leaves, leaf("a policy twice", extension(false, policy, 2, 5, 29, 32),
		extension(false, policy, 2, 5, 29, 32)))
}

// Ways of writing names; the hosts are held against each.
func namedLeaves() []leafKind {
	var leaves []leafKind
	for _, name := range []string{usualHost, "API.TEST.local", "*.test.local", "*.local", "*", "a*.test.local",
		"*.*.local", "api.*.local", "*.test.local.", "api.test.local.", "*.TEST.local", "a_b.test.local",
		"-a.test.local", "127.0.0.1", "::1", "localhost", ".test.local", "", "."} {
		leaves = append(leaves, leaf("named "+name, rawNames(false, named(2, name))))
	}
	addresses := map[string]string{"127.0.0.1": "\x7f\x00\x00\x01", "::1": string(net.IPv6loopback),
		"mapped": string(net.IPv4(127, 0, 0, 1).To16())}
	for name, bytes := range addresses {
		leaves = append(leaves, leaf("at "+name, rawNames(false, named(7, bytes))))
	}
	return append(leaves, leaf("critical names", rawNames(true, named(2, usualHost))),
		leaf("only a registered id", rawNames(true, named(8, "\x2a\x03"))),
		leaf("mail as a name", rawNames(false, named(1, usualHost))),
		leaf("a URI as a name", rawNames(false, named(6, "https://"+usualHost))))
}
