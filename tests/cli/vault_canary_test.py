"""No secret of a login to Vault is seen where it does not belong, right or wrong."""

import json
import time

from canary_case import CanaryCase, main
from tests.support.metadata import Metadata
from tests.support.rsa import RsaKey
from tests.support.sandbox import PROGRAM
from tests.support.terminal import on_terminal


class Vault(CanaryCase):
    """Its logins, right and wrong. Each has a mount of its own, so that none is remembered."""

    def profile(self, method, *more, name=None):
        name = name or method
        self.with_method(method, *more, name=name)
        return name

    def opens(self, path):
        """The login below auth/ that lets somebody in."""
        token = self.plant("session of " + path)
        self.vault.sessions[token] = "me"
        for _ in range(4):
            self.vault.answer("POST", f"auth/{path}", 200, {"auth": {
                "client_token": token, "lease_duration": 3600, "renewable": True, "num_uses": 0}})

    def refuses(self, path, given):
        """A server that repeats what it was given, as some do."""
        for _ in range(3):
            self.vault.answer("POST", f"auth/{path}", 400, [f"invalid: {given}"])

    def test_tokens(self):
        token = self.plant("VAULT_TOKEN")
        self.vault.sessions[token] = "me"
        self.live(self.profile("token"), {"VAULT_TOKEN": token})
        self.goes_wrong(4, "token", {"VAULT_TOKEN": self.plant("wrong token")})
        self.goes_wrong(3, "token", {"VAULT_TOKEN": token, "VAULT_ADDR": "https://other.example"})
        file = self.keep("token", token)
        self.live(self.profile("token", "--token-file", file, name="file"))
        self.keep(".vault-token", token)
        self.live(self.profile("cli"))
        helper = self.box.write("helper", f"#!/bin/sh\ncat {file}\n", 0o755)
        self.box.write(".vault", f'token_helper = "{helper}"\n')
        self.live("cli", {"VAULT_SECRET_ID": self.plant("another's secret id")})

    def test_what_login_keeps(self):
        token = self.plant("kept token")
        self.vault.sessions[token] = "me"
        self.profile("token")
        self.watched("login", "--profile", "token", "--token-stdin", input=token + "\n")
        self.live("token")
        password = self.plant("password")
        self.profile("userpass", "--username", "ann")
        self.watched("login", "--profile", "userpass", "--password-stdin", code=4,
                     input=self.plant("wrong password") + "\n")
        self.opens("userpass/login/ann")
        self.watched("login", "--profile", "userpass", "--password-stdin", input=password + "\n")
        self.live("userpass")

    def test_a_code_of_a_second_factor(self):
        password, code = self.plant("password"), self.plant("code")
        token = self.plant("session")
        self.profile("userpass", "--username", "ann")
        self.vault.answer("POST", "auth/userpass/login/ann", 200, {"auth": {
            "client_token": "", "mfa_requirement": {"mfa_request_id": "q", "mfa_constraints": {
                "e": {"any": [{"type": "totp", "id": "m", "uses_passcode": True}]}}}}})
        self.vault.sessions[token] = "ann"
        self.vault.answer("POST", "sys/mfa/validate", 200, {"auth": {
            "client_token": token, "lease_duration": 3600, "renewable": True, "num_uses": 0}})
        done, shown = on_terminal([PROGRAM, "login", "--profile", "userpass", "-v"],
                                  self.box.environment,
                                  typed=(("assword", password), ("code", code)))
        self.assertEqual((done, self.canaries.seen(shown)), (0, set()), shown)
        self.live("userpass")

    def test_secret_ids(self):
        secret = self.plant("secret id")
        for name, more, environment in (
                ("variable", (), {"VAULT_SECRET_ID": secret}),
                ("file", ("--secret-id-file", self.keep("secret-id", secret)), None)):
            self.opens(f"{name}/login")
            self.live(self.profile("approle", "--auth-mount", name, "--role-id", "r", *more,
                                   name=name), environment)
        wrong = self.plant("wrong secret id")
        self.refuses("wrong/login", wrong)
        self.profile("approle", "--auth-mount", "wrong", "--role-id", "r", name="wrong")
        self.goes_wrong(4, "wrong", {"VAULT_SECRET_ID": wrong})

    def test_a_wrapped_secret_id(self):
        wrapping = {"VAULT_SECRET_ID": self.plant("wrapping token")}
        self.profile("approle", "--role-id", "r", "--secret-id-wrapped")
        self.vault.answer("POST", "sys/wrapping/unwrap", 200,
                          {"data": {"secret_id": self.plant("unwrapped secret id")}})
        self.opens("approle/login")
        self.ok("credential", "--profile", "approle", environment=wrapping)
        self.ask_around("approle", wrapping)
        self.vault.answer("POST", "sys/wrapping/unwrap", 400,
                          ["wrapping token is not valid or does not exist"])
        self.vault.end_sessions()
        self.watched("lease", "create", "--profile", "approle", code=4, environment=wrapping)
        self.check_files()

    def test_jwts_and_a_key(self):
        key = RsaKey(self.box.path("client.key"))
        self.mine.add(key.path)
        self.plant("client key", key.pem().splitlines()[3])
        jwt = key.jwt("k", {"iss": "i", "sub": self.plant("subject of the JWT")})
        self.plant("JWT", jwt.rpartition(".")[2])
        self.opens("jwt/login")
        self.live(self.profile("jwt", "--auth-role", "r", "--jwt-variable", "JOB"), {"JOB": jwt})
        self.refuses("no/login", jwt)
        self.profile("jwt", "--auth-role", "r", "--auth-mount", "no", "--jwt-file",
                     self.keep("jwt", jwt), name="no")
        self.goes_wrong(4, "no")

    def test_clouds(self):
        clouds, key = self.vault.clouds, RsaKey(self.box.path("cloud.pem"))
        clouds.signers["k1"] = key
        clouds.machines.add(("s", "g", "vm_name", "m"))
        jwt = {}
        for name, claims in {"gcp": {"aud": "http://vault/ci", "google": {"compute_engine": {
                "instance_name": "m"}}}, "azure": {"aud": clouds.resource, "oid": "m"}}.items():
            jwt[name] = key.jwt("k1", claims | {"exp": int(time.time()) + 3600})
            self.plant(name + "'s JWT", jwt[name].rpartition(".")[2])
        service = Metadata({
            ("GET", "/computeMetadata/v1/instance/service-accounts/default/identity"): jwt["gcp"],
            ("GET", "/metadata/identity/oauth2/token"): json.dumps({"access_token": jwt["azure"]}),
            ("GET", "/metadata/instance"): json.dumps({"compute": {
                "subscriptionId": "s", "resourceGroupName": "g", "name": "m"}})})
        self.addCleanup(service.stop)
        for method in ("gcp", "azure"):
            self.live(self.profile(method, "--auth-role", "ci", "--metadata-endpoint", service.url))
        keys = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
                "AWS_SECRET_ACCESS_KEY": self.plant("AWS secret key"),
                "AWS_SESSION_TOKEN": self.plant("AWS session token")}
        clouds.keys["AKIDEXAMPLE"] = keys["AWS_SECRET_ACCESS_KEY"]
        clouds.session_tokens["AKIDEXAMPLE"] = keys["AWS_SESSION_TOKEN"]
        self.live(self.profile("aws", "--auth-role", "ci"), keys)
        clouds.expired.add(keys["AWS_SESSION_TOKEN"])
        self.goes_wrong(4, "aws", keys)

    def test_a_browsers_login(self):
        self.profile("oidc", "--auth-role", "dev", "--callback-mode", "direct")
        state, code = self.plant("state"), self.plant("OIDC refresh token")
        self.vault.answer("POST", "auth/oidc/oidc/auth_url", 200, {"data": {
            "auth_url": "https://idp.example/?x=1", "state": state, "poll_interval": "1"}})
        token = self.plant("session")
        self.vault.sessions[token] = "erin"
        self.vault.answer("POST", "auth/oidc/oidc/poll", 200, {"auth": {
            "client_token": token, "lease_duration": 3600, "renewable": True, "num_uses": 0,
            "metadata": {"refresh_token": code}}})
        self.watched("login", "--profile", "oidc")
        self.live("oidc")

    def test_passwords_of_proxies(self):
        password = self.plant("password of the proxy")
        proxy = f"http://ann:{password}@127.0.0.1:1"
        token = self.plant("VAULT_TOKEN")
        result = self.leasehold("profile", "add", "named", *self.arguments(
            "--vault-proxy-url", proxy))
        self.assertEqual((result.returncode, self.canaries.seen(result.stderr)), (3, set()))
        self.profile("token")
        self.rewrite_profile("token", self.vault.address, "https://vault.example")
        self.goes_wrong(5, "token", {"VAULT_TOKEN": token, "HTTPS_PROXY": proxy})


del CanaryCase

if __name__ == "__main__":
    main()
