"""A real API server that trusts two CI platforms' issuers (structured authentication configuration),
and lets their jobs lease."""

import json
import os
import unittest

from tests.cluster.issuers import Issuers
from tests.cluster.real_cluster import RealCluster
from tests.support.sandbox import Sandbox

HERE = os.path.dirname(os.path.abspath(__file__))
RBAC = os.path.join(HERE, "..", "..", "packaging", "rbac")
AUDIENCE = "https://kubernetes.example/prod"
ACCOUNT = "system:serviceaccount:ci:deployer"
MAIN = "repo:shop/web:ref:refs/heads/main"
PIPELINE = "project_path:shop/web:ref_type:branch:ref:main"
OTHER = "project_path:shop/other:ref_type:branch:ref:main"
RUNNER = "runner-of-main"


def authentication(issuers):
    """As docs/ci.md has it: JSON is YAML."""
    with open(issuers.ca, encoding="ascii") as file:
        ca = file.read()

    def trust(name):
        return {"issuer": {"url": issuers.url(name), "audiences": [AUDIENCE],
                           "certificateAuthority": ca},
                "claimMappings": {"username": {"claim": "sub", "prefix": name + ":"}}}
    return json.dumps({"apiVersion": "apiserver.config.k8s.io/v1",
                       "kind": "AuthenticationConfiguration",
                       "jwt": [trust("github"), trust("gitlab")]})


class OidcCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Sandbox()
        cls.addClassCleanup(cls.place.close)
        cls.issuers = Issuers(cls.place.home, "github", "gitlab", "stranger")
        cls.addClassCleanup(cls.issuers.stop)
        cls.issuers.jobs[RUNNER] = MAIN
        cls.issuers.jobs["runner-of-fork"] = "repo:fork/web:ref:refs/heads/main"
        config = cls.place.write("authentication.yaml", authentication(cls.issuers))
        cls.cluster = RealCluster("--authentication-config", config)
        cls.addClassCleanup(cls.cluster.stop)
        kubectl = cls.cluster.kubectl
        for namespace in ("ci", "stage", "leasehold"):
            kubectl("create", "namespace", namespace)
        kubectl("create", "serviceaccount", "deployer", "--namespace", "ci")
        for kind in ("static", "revocable", "dynamic-role"):
            kubectl("apply", "-f", os.path.join(RBAC, kind + ".yaml"))
            role = kind.removesuffix("-role")
            kubectl("create", "rolebinding", "jobs-" + role, "--namespace", "ci",
                    "--role", "leasehold-" + role, "--user", "github:" + MAIN,
                    "--user", "gitlab:" + PIPELINE, "--user", "gitlab:" + OTHER)
        with open(cls.cluster.facts["ca"], encoding="ascii") as file:
            cls.ca = file.read()
