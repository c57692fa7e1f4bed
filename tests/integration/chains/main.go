// Makes a matrix of server certificates and the ways from them to an anchor, judges each by Go's
// crypto/x509 as crypto/tls does for a client, and writes both down for chain_matrix_test.py. With a
// time, judges at that time what somebody else has written down (x509_limbo.py).
//
// usage: chains DIRECTORY [SECONDS-SINCE-1970]
package main

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

const usualHost = "api.test.local"

// What one server shows, what its client trusts, and the name that it was called by.
type scene struct {
	name, host string
	leaf       []byte
	sent       [][]byte // after the leaf
	trusted    [][]byte
	at         time.Time // nothing: now
}

func (s scene) judge() error {
	leaf, err := x509.ParseCertificate(s.leaf)
	if err != nil {
		return err
	}
	between := x509.NewCertPool()
	for _, der := range s.sent {
		certificate, err := x509.ParseCertificate(der)
		if err != nil {
			return err
		}
		between.AddCert(certificate)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(inPEM(s.trusted))
	if _, err := leaf.Verify(x509.VerifyOptions{
		DNSName: s.host, Roots: roots, Intermediates: between, CurrentTime: s.at}); err != nil {
		return err
	}
	switch leaf.PublicKey.(type) {
	case *rsa.PublicKey, *ecdsa.PublicKey, ed25519.PublicKey:
		return nil
	}
	return fmt.Errorf("a key of no use for TLS: %T", leaf.PublicKey)
}

func inPEM(certificates [][]byte) []byte {
	var out bytes.Buffer
	for _, der := range certificates {
		must(pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: der}))
	}
	return out.Bytes()
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	if len(os.Args) == 3 {
		judgeWritten(os.Args[1], os.Args[2])
		return
	}
	writeAll(os.Args[1])
}

func writeAll(directory string) {
	index, err := os.Create(filepath.Join(directory, "scenes"))
	must(err)
	out := bufio.NewWriter(index)
	for number, s := range allScenes() {
		shown := append([][]byte{s.leaf}, s.sent...)
		for kind, certificates := range map[string][][]byte{"shown": shown, "trusted": s.trusted} {
			name := fmt.Sprintf("%d.%s", number, kind)
			must(os.WriteFile(filepath.Join(directory, name), inPEM(certificates), 0o600))
		}
		verdict := "accepted"
		if err := s.judge(); err != nil {
			verdict = "refused: " + err.Error()
		}
		fmt.Fprintf(out, "%s\t%s\t%q\n", s.name, s.host, verdict)
	}
	must(out.Flush())
	must(index.Close())
}
