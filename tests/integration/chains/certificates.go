package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"time"
)

// A certificate and the key that it is for.
type party struct {
	template *x509.Certificate
	der      []byte
	key      crypto.Signer
}

type change func(*x509.Certificate)

var serial int64

func newKey() crypto.Signer {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	return key
}

// Signed by `issuer`, or by itself if that is nil.
func issue(template *x509.Certificate, key crypto.Signer, issuer *party) *party {
	serial++
	if template.SerialNumber == nil {
		template.SerialNumber = big.NewInt(serial)
	}
	made := &party{template: template, key: key}
	if issuer == nil {
		issuer = made
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer.template, key.Public(),
		issuer.key)
	must(err)
	made.der = der
	return made
}

func inTime(template *x509.Certificate) *x509.Certificate {
	template.NotBefore = time.Now().Add(-time.Hour)
	template.NotAfter = time.Now().Add(24 * time.Hour)
	return template
}

func expired(c *x509.Certificate) {
	c.NotBefore, c.NotAfter = time.Now().Add(-48*time.Hour), time.Now().Add(-24*time.Hour)
}

func future(c *x509.Certificate) {
	c.NotBefore, c.NotAfter = time.Now().Add(24*time.Hour), time.Now().Add(48*time.Hour)
}

func authority(name string, key crypto.Signer, issuer *party, changes ...change) *party {
	template := inTime(&x509.Certificate{
		Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign})
	for _, change := range changes {
		change(template)
	}
	return issue(template, key, issuer)
}

// The same certificate in an issuer's place, with another key identifier.
func (p *party) callingItself(identifier []byte) *party {
	template := *p.template
	template.SubjectKeyId = identifier
	return &party{&template, p.der, p.key}
}

func extension(critical bool, value []byte, id ...int) change {
	return func(c *x509.Certificate) {
		c.ExtraExtensions = append(c.ExtraExtensions,
			pkix.Extension{Id: asn1.ObjectIdentifier(id), Critical: critical, Value: value})
	}
}

func usages(list ...x509.ExtKeyUsage) change {
	return func(c *x509.Certificate) { c.ExtKeyUsage = list }
}

// A name as subjectAltName holds it, by its tag there.
func named(tag int, value string) asn1.RawValue {
	return asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: tag, Bytes: []byte(value)}
}

// A subjectAltName, whatever its content.
func rawNames(critical bool, names ...asn1.RawValue) change {
	value, err := asn1.Marshal(names)
	must(err)
	return extension(critical, value, 2, 5, 29, 17)
}
