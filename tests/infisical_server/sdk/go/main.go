// What a user of the official Go SDK does, step by step; ends with status 0 if each step works as the
// SDK expects. Reads the variables that sdk_test.py sets.
package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	infisical "github.com/infisical/go-sdk"
)

var check struct {
	Site       string `json:"site"`
	Authority  string `json:"authority"`
	IdentityID string `json:"identityId"`
	Universal  struct {
		ClientID     string `json:"clientId"`
		ClientSecret string `json:"clientSecret"`
	} `json:"universal"`
	Oracle infisical.OciAuthLoginOptions `json:"oracle"`
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func hold(truth bool, what string) {
	if !truth {
		must(fmt.Errorf("%s", what))
	}
}

func subject(token string) string {
	data, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	must(err)
	var claims struct {
		Sub string `json:"sub"`
	}
	must(json.Unmarshal(data, &claims))
	return claims.Sub
}

func client() infisical.InfisicalClientInterface {
	renew := false
	return infisical.NewInfisicalClient(context.Background(), infisical.Config{
		SiteUrl: check.Site, CaCertificate: check.Authority, AutoTokenRefresh: &renew,
		SilentMode: true})
}

func leaseLife(session infisical.InfisicalClientInterface) {
	leases := session.DynamicSecrets().Leases()
	data, secret, made, err := leases.Create(infisical.CreateDynamicSecretLeaseOptions{
		DynamicSecretName: "deployer", ProjectSlug: "shop", EnvironmentSlug: "prod",
		SecretPath: "/k8s", TTL: "20m"})
	must(err)
	hold(subject(data["TOKEN"].(string)) == "system:serviceaccount:ci:deployer", "another subject")
	hold(secret.Type == "kubernetes", "another type")
	listed, err := leases.List(infisical.ListDynamicSecretLeasesOptions{
		DynamicSecretName: "deployer", ProjectSlug: "shop", EnvironmentSlug: "prod",
		SecretPath: "/k8s"})
	must(err)
	hold(len(listed) == 1 && listed[0].Id == made.Id, "another list")
	one, err := leases.GetById(infisical.GetDynamicSecretLeaseByIdOptions{
		LeaseId: made.Id, ProjectSlug: "shop", EnvironmentSlug: "prod", SecretPath: "/k8s"})
	must(err)
	hold(one.Id == made.Id, "another lease")
	renewed, err := leases.RenewById(infisical.RenewDynamicSecretLeaseOptions{
		LeaseId: made.Id, ProjectSlug: "shop", EnvironmentSlug: "prod", SecretPath: "/k8s",
		TTL: "15m"})
	must(err)
	hold(renewed.ExpireAt.After(made.ExpireAt), "the renewal gains nothing")
	gone := infisical.DeleteDynamicSecretLeaseOptions{
		LeaseId: made.Id, ProjectSlug: "shop", EnvironmentSlug: "prod", SecretPath: "/k8s"}
	_, err = leases.DeleteById(gone)
	must(err)
	_, err = leases.DeleteById(gone)
	hold(err != nil && strings.Contains(err.Error(), "404"), "deleted twice")
	// No TTL and no configuration, which it sends as "" and null.
	_, _, usual, err := leases.Create(infisical.CreateDynamicSecretLeaseOptions{
		DynamicSecretName: "deployer", ProjectSlug: "shop", EnvironmentSlug: "prod",
		SecretPath: "/k8s/"})
	must(err)
	gone.LeaseId, gone.IsForced = usual.Id, true
	_, err = leases.DeleteById(gone)
	must(err)
}

func main() {
	must(json.Unmarshal([]byte(os.Getenv("CHECK")), &check))
	session := client()
	_, err := session.Auth().UniversalAuthLogin(check.Universal.ClientID,
		check.Universal.ClientSecret)
	must(err)
	leaseLife(session)
	_, err = client().Auth().UniversalAuthLogin(check.Universal.ClientID, "wrong")
	hold(err != nil && strings.Contains(err.Error(), "401"), "a wrong secret is taken")
	aws := client()
	_, err = aws.Auth().AwsIamAuthLogin(check.IdentityID)
	must(err)
	leaseLife(aws)
	check.Oracle.IdentityID = check.IdentityID
	_, err = client().Auth().OciAuthLogin(check.Oracle)
	must(err)
	check.Oracle.Fingerprint = "00:00"
	_, err = client().Auth().OciAuthLogin(check.Oracle)
	hold(err != nil && strings.Contains(err.Error(), "500"), "another key is taken")
	fmt.Println("the SDK is content")
}
