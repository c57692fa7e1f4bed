"""The auth methods of an OpenBao, set up, and what somebody logs in with."""

import base64
import json
import os
import ssl
import subprocess
import time
import urllib.parse
import urllib.request


def approle(bao, name="ci", **role):
    """(role id, secret id) of a role whose login may lease."""
    bao.call("POST", "sys/auth/approle", {"type": "approle"})
    bao.write(f"auth/approle/role/{name}", {"token_policies": ["lease"], "token_ttl": "1h",
                                            "token_max_ttl": "4h", **role})
    return bao.read(f"auth/approle/role/{name}/role-id")["role_id"], secret_id(bao, name)


def secret_id(bao, name="ci", wrapped=None):
    """A secret id, or the wrapping token of one."""
    headers = {"X-Vault-Wrap-TTL": wrapped} if wrapped else {}
    answer = bao.write(f"auth/approle/role/{name}/secret-id", headers=headers)
    return answer["wrap_info"]["token"] if wrapped else answer["data"]["secret_id"]


def userpass(bao, user, password, **more):
    bao.call("POST", "sys/auth/userpass", {"type": "userpass"})
    bao.write(f"auth/userpass/users/{user}",
              {"password": password, "token_policies": ["lease"], "token_ttl": "1h", **more})


def kubernetes(bao, cluster):
    """Logins of the account ci/robot, which the cluster reviews; answers its token."""
    cluster.kubectl("create", "serviceaccount", "robot", "--namespace", "ci")
    reviewer = cluster.kubectl("create", "token", "vault", "--namespace", "vault").strip()
    bao.write("sys/auth/kubernetes", {"type": "kubernetes"})
    bao.write("auth/kubernetes/config",
              {"kubernetes_host": cluster.server, "token_reviewer_jwt": reviewer,
               "kubernetes_ca_cert": base64.b64decode(cluster.ca_data).decode(),
               "disable_local_ca_jwt": True})
    bao.write("auth/kubernetes/role/pod",
              {"bound_service_account_names": ["robot"],
               "bound_service_account_namespaces": ["ci"], "token_policies": ["lease"]})
    return cluster.kubectl("create", "token", "robot", "--namespace", "ci").strip()


def certificate(bao, cluster):
    """Logins by the cluster's client certificates; answers the files of one."""
    bao.write("sys/auth/cert", {"type": "cert"})
    bao.write("auth/cert/certs/dev",
              {"certificate": base64.b64decode(cluster.ca_data).decode(),
               "token_policies": ["lease"]})
    return cluster.facts["admin_cert"], cluster.facts["admin_key"]


class Issuer:
    """Whose JWTs the mount `jwt` takes: those of jobs, for the audience `vault`."""

    def __init__(self, bao):
        self.key = os.path.join(bao.dir, "issuer.pem")
        subprocess.run(["openssl", "genrsa", "-out", self.key, "2048"], check=True,
                       capture_output=True)
        public = subprocess.run(["openssl", "rsa", "-in", self.key, "-pubout"], check=True,
                                capture_output=True, text=True).stdout
        bao.write("sys/auth/jwt", {"type": "jwt"})
        bao.write("auth/jwt/config", {"jwt_validation_pubkeys": [public],
                                      "bound_issuer": "https://ci.example"})
        bao.write("auth/jwt/role/job", {"role_type": "jwt", "user_claim": "sub",
                                        "bound_audiences": ["vault"],
                                        "token_policies": ["lease"]})

    def jwt(self, subject="job-1", audience="vault"):
        now = int(time.time())
        claims = {"iss": "https://ci.example", "sub": subject, "aud": audience, "iat": now,
                  "exp": now + 600}
        signed = ".".join(encoded(json.dumps(part).encode())
                          for part in ({"alg": "RS256", "typ": "JWT"}, claims))
        signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.key], check=True,
                                   input=signed.encode(), capture_output=True).stdout
        return f"{signed}.{encoded(signature)}"


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Person:
    """Somebody whom the server knows, in front of a browser: it is its own identity provider."""

    def __init__(self, bao, port):
        self.bao = bao
        self.port = port
        self.client = {"redirect_uris": [self.callback, self.direct], "assignments": ["allow_all"]}
        bao.write("identity/oidc/client/leasehold", self.client)
        bao.write("identity/oidc/provider/default", {"issuer": bao.address,
                                                     "allowed_client_ids": ["*"]})
        known = bao.read("identity/oidc/client/leasehold")
        with open(bao.ca, encoding="ascii") as file:
            authority = file.read()
        bao.write("sys/auth/oidc", {"type": "oidc"})
        bao.write("auth/oidc/config", {
            "oidc_discovery_url": f"{bao.address}/v1/identity/oidc/provider/default",
            "oidc_discovery_ca_pem": authority, "oidc_client_id": known["client_id"],
            "oidc_client_secret": known["client_secret"]})
        for name, more in (("dev", {}), ("direct", {"callback_mode": "direct",
                                                    "poll_interval": 1})):
            bao.write(f"auth/oidc/role/{name}", {
                "role_type": "oidc", "user_claim": "sub", "token_policies": ["lease"],
                "bound_audiences": [known["client_id"]],
                "allowed_redirect_uris": self.client["redirect_uris"], **more})
        userpass(bao, "erin", "correct-horse")
        bao.policy("browser", {"identity/oidc/provider/default/authorize": ["read"]})
        bao.write("auth/userpass/users/erin", {"token_policies": ["browser"]})
        self.token = bao.write("auth/userpass/login/erin",
                               {"password": "correct-horse"})["auth"]["client_token"]

    @property
    def callback(self):
        return f"http://localhost:{self.port}/oidc/callback"

    @property
    def direct(self):
        return f"{self.bao.address}/v1/auth/oidc/oidc/callback"

    def visit(self, page):
        """Logs in at the page, and goes where it sends the browser; answers what is shown there."""
        query = page.split("?", 1)[1]
        status, answer = self.bao.call(
            "GET", f"identity/oidc/provider/default/authorize?{query}", token=self.token)
        if status != 200:
            raise AssertionError(f"the provider refuses: {status} {answer}")
        [back] = urllib.parse.parse_qs(query)["redirect_uri"]
        mine = {"code": answer["code"], "state": answer["state"]}
        if back == self.direct:
            mine["confirmation"] = "1"
        with urllib.request.urlopen(f"{back}?{urllib.parse.urlencode(mine)}", timeout=60,
                                    context=ssl.create_default_context(cafile=self.bao.ca)) as shown:
            return shown.read().decode()
