"""Starts and steers the Infisical test server from tests.

    with InfisicalServer() as infisical:
        infisical.add_project("shop")
        infisical.add_environment("shop", "prod", folders=["/k8s"])
        robot = infisical.add_identity("robot")
        login = infisical.add_client_secret(robot["id"])  # clientId, clientSecret
        infisical.grant(robot["id"], "shop")
        infisical.add_definition("shop", "prod", "deployer", path="/k8s",
                                 inputs=static_inputs(api.server, token, ca, "ci", "deployer"))
        …
        infisical.fault("answer", path="/leases$", status=503, times=2)
        assert infisical.counters()["leases-issued"] == 1

Where it is: `site` (https://127.0.0.1:N, without /api), `ca` (a PEM file), `log`, `control`.
"""

import json
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "serve.py")
HTML = "<!DOCTYPE html>\n<html><body><h1>{} {}</h1><hr>nginx</body></html>\n"


class Steering:
    """The control port of a running server."""

    def __init__(self, url):
        self._url = url
        # A proxy in the environment has no business with loopback.
        self._open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open

    def add_organization(self, slug):
        """A sub-organisation of "home", which is there from the start."""
        return self._call("organization", slug=slug)

    def add_project(self, slug, organization="home"):
        return self._call("project", slug=slug, organization=organization)

    def add_environment(self, project, slug, folders=()):
        return self._call("environment", project=project, slug=slug, folders=list(folders))

    def add_identity(self, name, **settings):
        """A machine identity; answers its id. Settings: organization, token_ttl, token_max_ttl,
        token_period (seconds), token_uses, admin, trusted_ips, sub_organizations (slugs),
        lockout {"enabled", "threshold", "duration", "reset"}."""
        return self._call("identity", name=name, **settings)

    def change_identity(self, identity, **settings):
        """Changes settings of an identity that is there."""
        self._call("change-identity", identity=identity, **settings)

    def add_person(self, email, **settings):
        """Answers id, password, organizationId and a session's token."""
        return self._call("person", email=email, **settings)

    def add_client_secret(self, identity, uses=0, ttl=0):
        """Universal Auth; answers clientId and clientSecret."""
        return self._call("client-secret", identity=identity, uses=uses, ttl=ttl)

    def add_client_certificate(self, name):
        """The files of a certificate that the site takes, {"certificate", "key"}, with that common
        name; they go with the server."""
        return self._call("client-certificate", name=name)

    def set_method(self, identity, method, **wanted):
        """Another way to log in; logins.py has the fields of each."""
        return self._call("method", identity=identity, name=method, **wanted)

    def grant(self, who, project, actions=("lease",), environment=None, path=None):
        """`who` is an identity's id or a person's e-mail address; `path` may be a pattern."""
        self._call("grant", who=who, project=project, actions=list(actions),
                   environment=environment, path=path)

    def ungrant(self, who, project):
        self._call("ungrant", who=who, project=project)

    def add_gateway(self, url, token, ca=None, delay=0, healthy=True, pool=None):
        """A way to a cluster with the gateway's own credentials; `delay` in seconds is added to
        each lease and revocation, `ca` is PEM text. Answers its id, for inputs' gatewayId."""
        return self._call("gateway", url=url, token=token, ca=ca, delay=delay, healthy=healthy,
                          pool=pool)

    def slow_gateway(self, gateway, seconds):
        self._call("gateway-delay", id=gateway, seconds=seconds)

    def add_definition(self, project, environment, name, inputs, **settings):
        """A dynamic secret; see static_inputs and dynamic_inputs. Settings: path, default_ttl,
        max_ttl, username_template, metadata, test (False: saves without trying to connect)."""
        return self._call("definition", project=project, environment=environment, name=name,
                          given=inputs, **settings)

    def fill(self, project, environment, name, count, path="/"):
        """That many leases of others, in the site's book alone."""
        self._call("fill", project=project, environment=environment, name=name, count=count,
                   path=path)

    def switch(self, **changes):
        """See switches.py; answers all of them as they stand."""
        return self._call("switch", **changes)

    def fault(self, do, **fields):
        """Adds a fault and returns its number. Kinds and fields are those of the stand-in's
        faults.py ("_" stands for "-"): latency, answer (with status, message, error, details,
        headers or body), hang, reset, drop-body, garbage."""
        spec = {"do": do} | {key.replace("_", "-"): value for key, value in fields.items()}
        return self._call("fault", **spec)["number"]

    def rate_limit(self, seconds=2, **fields):
        return self.fault("answer", status=429, headers={"Retry-After": str(seconds)},
                          message=f"Rate limit exceeded. Please try again in {seconds} seconds",
                          **fields)

    def token_error(self, **fields):
        return self.fault("answer", status=403, error="TokenError",
                          message="Your token has expired. Please re-authenticate.", **fields)

    def validation_failure(self, **fields):
        """The 422 whose message is an array."""
        issue = {"code": "invalid_type", "expected": "string", "received": "undefined",
                 "path": ["projectSlug"], "message": "Required"}
        return self.fault("answer", status=422, message=[issue], error="ValidationFailure",
                          **fields)

    def html_page(self, status=502, text="Bad Gateway", **fields):
        return self.fault("answer", status=status, body=HTML.format(status, text),
                          headers={"Content-Type": "text/html"}, **fields)

    def permission_denied(self, action="lease", **fields):
        return self.fault(
            "answer", status=403, error="PermissionDenied",
            message=f"You are not allowed to {action} on dynamic-secrets",
            details=[{"action": action, "inverted": False, "subject": "dynamic-secrets",
                      "conditions": {}}], **fields)

    def clear(self, number=None):
        """Ends all faults, or one."""
        self._call("clear", number=number)

    def skew(self, seconds):
        """Puts the server's clock off."""
        self._call("skew", seconds=seconds)

    def expire(self, retry=False):
        """Runs the scheduled revocation of every lease that has expired, or (`retry`) the one of
        those that failed; answers {"gone": how many, "stay": how many}."""
        return self._call("expire", retry=retry)

    def leases(self):
        return self._call("leases")["leases"]

    def forget_sessions(self):
        """Every access token is unknown from now on (401)."""
        return self._call("forget-sessions")["ended"]

    def rekey(self):
        """Every access token's signature is wrong from now on (403 TokenError)."""
        self._call("rekey")

    def unlock(self):
        """Ends every lockout."""
        self._call("unlock")

    def canaries(self):
        """Every secret it was given or has issued; none may turn up anywhere else."""
        return self._call("canaries")["canaries"]

    def counters(self):
        return self._call("counters")

    def audit(self):
        return self._call("audit")["events"]

    def _call(self, command, **arguments):
        request = urllib.request.Request(f"{self._url}/{command}", json.dumps(arguments).encode(),
                                         method="POST")
        try:
            with self._open(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise ValueError(error.read().decode()) from None


class InfisicalServer(Steering):
    """A server of one's own, stopped at the end of the with block. What it printed is in `facts`,
    and each fact is an attribute."""

    def __init__(self):
        self._process = subprocess.Popen([sys.executable, "-B", PROGRAM], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True)
        line = self._process.stdout.readline()
        if not line:
            self._process.wait(10)
            raise RuntimeError("the Infisical test server did not start; its stderr says why")
        self.facts = json.loads(line)
        super().__init__(self.facts["control"])

    def __getattr__(self, name):
        try:
            return self.__dict__["facts"][name]
        except KeyError:
            raise AttributeError(name) from None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def requests(self):
        """The log, oldest first: connection (number), method, path, authorization (bool),
        user_agent, content_type, fields (names in the body), status, fault."""
        with open(self.facts["log"], encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def stop(self):
        """Ends it; its directory is gone afterwards in any case."""
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        shutil.rmtree(self.facts["dir"], ignore_errors=True)


def static_inputs(url, token, ca, namespace, account, audiences=(), **more):
    """Inputs of a definition whose leases are tokens of one account; `ca` is PEM text."""
    return _inputs(url, token, ca, namespace, audiences) | {
        "credentialType": "static", "serviceAccountName": account} | more


def dynamic_inputs(url, token, ca, namespaces, role, role_type="role", audiences=(), **more):
    """Inputs of a definition whose leases are accounts of their own."""
    return _inputs(url, token, ca, namespaces, audiences) | {
        "credentialType": "dynamic", "role": role, "roleType": role_type} | more


def gateway_inputs(inputs, gateway=None, pool=None):
    """The same, by way of a gateway's own credentials."""
    kept = {key: value for key, value in inputs.items()
            if key not in ("url", "clusterToken", "ca", "sslEnabled")}
    return kept | {"authMethod": "gateway", "gatewayId": gateway, "gatewayPoolId": pool}


def _inputs(url, token, ca, namespace, audiences):
    return {"authMethod": "api", "url": url, "clusterToken": token, "ca": ca, "sslEnabled": True,
            "audiences": list(audiences), "namespace": namespace}


def site_with_shop(test):
    """A site of the test's own with the project `shop` and the folder /k8s of its environment
    `prod`, and the id of an identity that may use it."""
    site = InfisicalServer()
    test.addCleanup(site.stop)
    site.add_project("shop")
    site.add_environment("shop", "prod", folders=["/k8s"])
    robot = site.add_identity("robot")["id"]
    site.grant(robot, "shop")
    return site, robot
