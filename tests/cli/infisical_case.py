"""What the Infisical tests of this folder share: a site in front of a stand-in API server, a static
and a dynamic secret there, and an identity that may lease them."""

import json
import ssl
import time
import unittest
import urllib.error
import urllib.request

import case
from tests.infisical_server.client import (  # noqa: F401
    dynamic_inputs, gateway_inputs, site_with_shop, static_inputs)

PLACE = ("--project-slug", "shop", "--environment", "prod", "--path", "/k8s")
SECRET = "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET"


class InfisicalCase(case.Case):
    """Each test has its own site."""

    def setUp(self):
        super().setUp()
        self.site, self.robot = site_with_shop(self)
        with open(self.api.ca, encoding="ascii") as file:
            self.reach = (self.api.server, self.api.token(), file.read())
        self.site.add_definition("shop", "prod", "deployer",
                                 static_inputs(*self.reach, "ci", "deployer"), path="/k8s")
        self.site.add_definition("shop", "prod", "dynamic",
                                 dynamic_inputs(*self.reach, "ci,default", "view"), path="/k8s")
        self.login = self.site.add_client_secret(self.robot)
        self.start = self.site.counters()

    def arguments(self, *more, secret="deployer"):
        return ("--provider", "infisical", "--from-context", "admin", "--from-kubeconfig",
                self.box.path("admin"), "--site", self.site.site, "--site-certificate-authority",
                self.site.ca, *PLACE, "--dynamic-secret", secret, *more)

    def universal(self, name="dev", *more, secret="deployer", client_secret=None):
        """A profile with universal auth, its secret in a file."""
        file = self.box.write(f"{name}.secret", client_secret or self.login["clientSecret"])
        return self.ok("profile", "add", name, *self.arguments(
            "--client-id", self.login["clientId"], "--client-secret-file", file, *more,
            secret=secret))

    def with_method(self, method, *more, name="dev"):
        return self.ok("profile", "add", name, *self.arguments("--auth", method, *more))

    def asked(self):
        """Connections, requests, logins and lease requests since the test began."""
        now = self.site.counters()
        return tuple(now[what] - self.start[what]
                     for what in ("connections", "requests", "logins", "lease-requests"))

    def count_from_here(self):
        self.start = self.site.counters()

    def add_account(self, namespace, name):
        request = urllib.request.Request(
            f"{self.api.server}/api/v1/namespaces/{namespace}/serviceaccounts", method="POST",
            data=json.dumps({"metadata": {"name": name, "namespace": namespace}}).encode(),
            headers={"Authorization": f"Bearer {self.api.token()}",
                     "Content-Type": "application/json"})
        try:
            urllib.request.urlopen(request, timeout=30,
                                   context=ssl.create_default_context(cafile=self.api.ca))
        except urllib.error.HTTPError as error:
            if error.code != 409:  # another test's, in the same cluster
                raise

    def works(self, token):
        """Whether the cluster takes it."""
        request = urllib.request.Request(
            self.api.server + "/api/v1/namespaces", headers={"Authorization": f"Bearer {token}"})
        try:
            urllib.request.urlopen(request, timeout=30,
                                   context=ssl.create_default_context(cafile=self.api.ca))
        except urllib.error.HTTPError as error:
            return error.code != 401
        return True

    def wait_until(self, holds):
        for _ in range(600):
            if holds():
                return
            time.sleep(0.05)
        self.fail("it did not come to pass")

    def forget_leases(self, name="dev"):
        self.ok("cache", "clear", "--profile", name)

    def last_request(self, ending):
        return [r for r in self.site.requests() if r["path"].endswith(ending)][-1]


main = unittest.main
