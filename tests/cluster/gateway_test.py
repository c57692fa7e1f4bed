"""packaging/gateway, as it is shipped, with a real nginx in front of the real API server."""

import json
import os
import secrets
import shutil
import socket
import ssl
import subprocess
import time
import unittest

from real_cluster import RealCluster, claims, wait_for
from tests.integration.authority import Authority
from tests.support.sandbox import Sandbox

HERE = os.path.dirname(os.path.abspath(__file__))
SHIPPED = os.path.join(HERE, "..", "..", "packaging", "gateway")
SUBJECT = "system:serviceaccount:ci:deployer"
GATEWAY = "system:serviceaccount:leasehold:leasehold-gateway"
TOKEN = "/api/v1/namespaces/ci/serviceaccounts/deployer/token"
LEASE = "leasehold-0123456789abcdef"  # the name of one
OURS = "?limit=100&labelSelector=app.kubernetes.io%2Fmanaged-by%3Dleasehold"
LISTED = "/api/v1/namespaces/ci/secrets" + OURS


class Nginx:
    """gateway.sh with the directories that the Deployment mounts."""

    def __init__(self, box, cluster, token):
        self.box = box
        for name in ("nginx.conf", "gateway.sh"):
            with open(os.path.join(SHIPPED, name), encoding="utf-8") as file:
                box.write("files/" + name, file.read())
        for source, target in ((box.path("server.crt"), "tls/tls.crt"),
                               (box.path("server.key"), "tls/tls.key"),
                               (box.path("clients-ca.crt"), "client-ca/ca.crt"),
                               (cluster.facts["ca"], "cluster/ca.crt")):
            with open(source, encoding="utf-8") as file:
                box.write("files/" + target, file.read())
        box.write("files/cluster/token", token)
        os.makedirs(box.path("run-gateway"))
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        host, port = cluster.server.removeprefix("https://").rsplit(":", 1)
        self.log = open(box.path("gateway.log"), "wb")
        self.process = subprocess.Popen(
            ["/bin/sh", box.path("files/gateway.sh")], stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=self.log, start_new_session=True,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "GATEWAY_FILES": box.path("files"),
                 "GATEWAY_RUN": box.path("run-gateway"), "GATEWAY_PERIOD": "1",
                 "GATEWAY_LISTEN": "127.0.0.1:%d" % self.port, "KUBERNETES_SERVICE_HOST": host,
                 "KUBERNETES_SERVICE_PORT": port})
        wait_for(self.listens, 60, "nginx listening\n" + self.lines())

    def listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def lines(self):
        with open(self.box.path("gateway.log"), encoding="utf-8") as file:
            return file.read()

    def close(self):
        # Its own session holds nginx and the loop, and nothing else.
        os.killpg(self.process.pid, 15)
        self.process.wait(20)
        self.log.close()


class Gateway(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin") is None:
            raise RuntimeError("nginx is not here: packaging/install-dependencies --for test")
        cls.cluster = RealCluster()
        cls.addClassCleanup(cls.cluster.stop)
        cls.cluster.kubectl("create", "namespace", "ci")
        cls.cluster.kubectl("create", "serviceaccount", "deployer", "--namespace", "ci")
        cls.cluster.kubectl("create", "serviceaccount", "other", "--namespace", "ci")
        cls.cluster.kubectl("apply", "-k", SHIPPED)
        cls.box = Sandbox()
        cls.addClassCleanup(cls.box.close)
        cls.make_certificates()
        cls.nginx = Nginx(cls.box, cls.cluster, cls.gateway_token())
        cls.addClassCleanup(cls.nginx.close)
        cls.url = "https://127.0.0.1:%d" % cls.nginx.port

    @classmethod
    def gateway_token(cls):
        return cls.cluster.kubectl("create", "token", "leasehold-gateway", "-n", "leasehold")

    @classmethod
    def make_certificates(cls):
        authority = Authority(cls.box.home)
        ca = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"]
        client = ["basicConstraints=CA:FALSE", "extendedKeyUsage=clientAuth"]
        for name in ("server-ca", "clients-ca", "foreign-ca"):
            authority.make(name, "/CN=" + name, ca)
        authority.make("server", "/CN=gateway",
                       ["subjectAltName=IP:127.0.0.1", "extendedKeyUsage=serverAuth"], "server-ca")
        authority.make("me", "/O=developers/CN=me", client, "clients-ca")
        authority.make("stranger", "/CN=stranger", client, "foreign-ca")
        authority.make("late", "/CN=late", client, "clients-ca", when="expired")
        authority.make("server-as-client", "/CN=server", ["extendedKeyUsage=serverAuth"],
                       "clients-ca")

    def profile(self, *command, certificate="me", url=None, ca="server-ca.crt", more=None):
        with open(self.cluster.facts["ca"], encoding="utf-8") as file:
            cluster_ca = self.box.write("cluster-ca.pem", file.read())
        result = self.box.leasehold(
            *(command or ("profile", "add", "p", "--force")), "--server", self.cluster.server,
            "--certificate-authority", cluster_ca, "--namespace", "ci",
            *(more or ("--service-account", "deployer")), "--store", "none", "--requester-gateway", url or self.url,
            "--requester-certificate-authority", self.box.path(ca),
            "--requester-client-certificate", self.box.path(certificate + ".crt"),
            "--requester-client-key", self.box.path(certificate + ".key"))
        self.assertEqual(result.returncode, 0, result.stderr)

    def lease(self):
        return self.box.leasehold("lease", "create", "--profile", "p", "-o", "json")

    def ask(self, request_line, *headers, certificate="me", body=b"", version=None):
        """One request as bytes; answers (status, body), or the TLS error."""
        context = ssl.create_default_context(cafile=self.box.path("server-ca.crt"))
        if version is not None:
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = version
            context.set_ciphers("ALL:@SECLEVEL=0")
        if certificate is not None:
            context.load_cert_chain(self.box.path(certificate + ".crt"),
                                    self.box.path(certificate + ".key"))
        lines = [request_line + " HTTP/1.1", "Host: gateway", "Connection: close",
                 "Content-Length: %d" % len(body), *headers]
        with socket.create_connection(("127.0.0.1", self.nginx.port), 20) as plain, \
                context.wrap_socket(plain, server_hostname="127.0.0.1") as tls:
            tls.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
            answer = b""
            while data := tls.recv(65536):
                answer += data
        head, _, content = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), content.decode()

    def token_request(self, *headers, path=TOKEN, **options):
        body = json.dumps({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
                           "spec": {"expirationSeconds": 600}}).encode()
        return self.ask("POST " + path, "Content-Type: application/json", *headers, body=body,
                        **options)

    def refused(self, answer, status=403):
        self.assertEqual(answer[0], status, answer)
        told = json.loads(answer[1])
        self.assertEqual((told["kind"], told["code"]), ("Status", status))
        self.assertIn("gateway", told["message"])

    def logged(self):
        """The log with all that was answered so far: a line comes after its answer, in order."""
        mark = "/mark-" + secrets.token_hex(4)
        self.ask("GET " + mark)
        wait_for(lambda: mark in self.nginx.lines(), 60, mark + " in the log")
        return self.nginx.lines()

    def test_leases(self):
        before = len(self.cluster.audit())
        self.profile()
        result = self.lease()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(claims(json.loads(result.stdout)["token"])["sub"], SUBJECT)
        event = [event for event in self.cluster.audit()[before:]
                 if event.get("objectRef", {}).get("subresource") == "token"][-1]
        self.assertEqual(event["user"]["username"], GATEWAY)
        self.assertEqual(event["userAgent"], "leasehold-gateway")
        line = json.loads([line for line in self.logged().splitlines() if TOKEN in line][-1])
        self.assertEqual(line["subject"], "CN=me,O=developers")

    def test_revocable_and_dynamic_leases_with_the_manifests_of_rbac(self):
        """packaging/rbac, its subject being the gateway."""
        before = len(self.logged())
        self.cluster.kubectl("create", "namespace", "stage")
        self.cluster.kubectl("create", "role", "reader", "--namespace", "ci", "--verb=get",
                             "--resource=configmaps")
        for name in ("revocable", "dynamic-role", "dynamic-cluster"):
            with open(os.path.join(SHIPPED, "..", "rbac", name + ".yaml"), encoding="utf-8") as file:
                self.cluster.apply(file.read().replace("leasehold-requester", "leasehold-gateway"))
        self.profile()
        role = ("--credential", "dynamic", "--role")
        for more in ((), (*role, "reader"),
                     (*role, "view", "--role-type", "cluster-role", "--binding", "cluster")):
            self.profile("profile", "add", "p", "--force", more=more)
            lease = json.loads(self.lease().stdout)
            self.assertTrue(lease["revocable"])
            listed = self.box.leasehold("lease", "list", "--profile", "p", "-o", "json")
            self.assertIn(lease["id"], [one["id"] for one in json.loads(listed.stdout)],
                          listed.stderr)
            for command in (("renew", lease["id"]), ("revoke", lease["id"])):
                result = self.box.leasehold("lease", *command, "--profile", "p")
                self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
            expired = json.loads(self.lease().stdout)["id"]
            result = self.box.run("faketime", "-f", "+3h", os.environ["LEASEHOLD_FULL"], "lease",
                                  "prune", "--profile", "p")
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
            self.assertIn(expired, result.stdout)
        self.assertNotIn('"body":"refused"', self.logged()[before:])

    def allow_everything(self):
        """Far more than packaging/rbac gives: what stops a caller is the gateway itself."""
        self.cluster.apply("""
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: everything, namespace: ci}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: everything}
subjects: [{kind: ServiceAccount, name: leasehold-gateway, namespace: leasehold}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: everything}
rules: [{apiGroups: ["", rbac.authorization.k8s.io], resources: ["*"], verbs: ["*"]}]
""")
        self.addCleanup(self.cluster.kubectl, "delete", "clusterrole/everything")
        self.addCleanup(self.cluster.kubectl, "delete", "-n", "ci", "rolebinding/everything")
        wait_for(lambda: self.ask("GET " + LISTED)[0] == 200, 10, "the gateway's rights")

    def make_secrets(self):
        """Someone's Secret, one under a name like a lease's, and what kubectl apply makes."""
        for name in ("private", LEASE):
            self.cluster.apply(json.dumps({
                "apiVersion": "v1", "kind": "Secret", "stringData": {"password": "hunter2"},
                "metadata": {"name": name, "namespace": "ci"}}))
            self.addCleanup(self.cluster.kubectl, "delete", "secret", name, "-n", "ci",
                            "--ignore-not-found")
        answer = self.cluster.kubectl("get", "secret", LEASE, "-n", "ci", "-o", "json")
        self.assertIn("hunter2", json.loads(answer)["metadata"]["annotations"][
            "kubectl.kubernetes.io/last-applied-configuration"])
        # Metadata alone tells that one, so it may not be what a test looks at.
        self.cluster.kubectl("annotate", "secret", LEASE, "-n", "ci",
                             "kubectl.kubernetes.io/last-applied-configuration-")
        return json.loads(answer)["metadata"]["uid"]

    def patch(self, uid, path="/api/v1/namespaces/ci/secrets/" + LEASE, **more):
        body = {"metadata": {"uid": uid, "annotations": {"leasehold.dev/jti": "1"}}} | more
        return self.ask("PATCH " + path, "Content-Type: application/merge-patch+json",
                        body=json.dumps(body, separators=(",", ":")).encode())

    def delete(self, path=None, query="", **options):
        body = {"apiVersion": "v1", "kind": "DeleteOptions"} | options
        return self.ask("DELETE " + (path or "/api/v1/namespaces/ci/secrets/" + LEASE) + query,
                        "Content-Type: application/json",
                        body=json.dumps(body, separators=(",", ":")).encode())

    def tells_nothing(self, answer):
        for secret in ("aHVudGVyMg==", "hunter2", "last-applied"):
            self.assertNotIn(secret, answer[1])
        return answer

    def there(self, kind, name):
        return bool(self.cluster.kubectl("get", kind, name, "-n", "ci", "--ignore-not-found"))

    def test_an_answer_holds_metadata_and_nothing_else(self):
        """Whatever is done to a Secret; a name like a lease's gets one past the paths."""
        uid = self.make_secrets()
        self.allow_everything()
        self.cluster.kubectl("patch", "secret", LEASE, "-n", "ci", "-p",
                             '{"metadata":{"finalizers":["x.example/y"],"labels":'
                             '{"app.kubernetes.io/managed-by":"leasehold"}}}')
        self.addCleanup(self.cluster.kubectl, "patch", "secret", LEASE, "-n", "ci", "-p",
                        '{"metadata":{"finalizers":null}}')
        status, body = self.tells_nothing(self.ask("GET " + LISTED))
        self.assertEqual((status, json.loads(body)["kind"]), (200, "PartialObjectMetadataList"))
        self.assertIn(LEASE, body)
        status, body = self.tells_nothing(self.patch(uid))
        self.assertEqual((status, json.loads(body)["kind"]), (200, "PartialObjectMetadata"))
        # With a finalizer the answer to a delete is the object, not a Status.
        status, body = self.tells_nothing(self.delete(preconditions={"uid": uid}))
        self.assertEqual((status, json.loads(body)["kind"]), (200, "PartialObjectMetadata"))
        made = {"apiVersion": "v1", "kind": "Secret", "metadata": {"generateName": "x-"},
                "stringData": {"password": "hunter2"}}
        status, body = self.tells_nothing(self.ask(
            "POST /api/v1/namespaces/ci/secrets", "Content-Type: application/json",
            body=json.dumps(made).encode()))
        self.assertEqual((status, json.loads(body)["kind"]), (201, "PartialObjectMetadata"))
        self.tells_nothing(self.ask(
            "POST /api/v1/namespaces/ci/secrets", "Content-Type: application/json",
            body=json.dumps(made | {"metadata": {"name": LEASE}}).encode()))
        # The same goes for what is no Secret.
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {
            "generateName": "x-"}, "secrets": [{"name": "private"}]}
        status, body = self.tells_nothing(self.ask(
            "POST /api/v1/namespaces/ci/serviceaccounts", "Content-Type: application/json",
            body=json.dumps(account).encode()))
        self.assertEqual((status, json.loads(body)["kind"]), (201, "PartialObjectMetadata"))

    def test_a_caller_does_not_choose_the_answers_form(self):
        uid = self.make_secrets()
        self.allow_everything()
        for accept in ("application/json", "application/yaml", "application/json;as=Table;"
                       "g=meta.k8s.io;v=v1", "application/vnd.kubernetes.protobuf"):
            for line in ("GET " + LISTED, "PATCH /api/v1/namespaces/ci/secrets/" + LEASE):
                body = b"" if line.startswith("GET") else (
                    b'{"metadata":{"uid":"%s","annotations":{"leasehold.dev/jti":"1"}}}'
                    % uid.encode())
                with self.subTest(line=line, accept=accept):
                    status, text = self.tells_nothing(self.ask(
                        line, "Accept: " + accept, "Content-Type: application/merge-patch+json",
                        body=body))
                    self.assertEqual(status, 200, text)
                    self.assertIn("PartialObjectMetadata", json.loads(text)["kind"])

    def test_no_query_but_leaseholds_own(self):
        uid = self.make_secrets()
        self.allow_everything()
        secrets = "/api/v1/namespaces/ci/secrets"
        bindings = "/apis/rbac.authorization.k8s.io/v1/namespaces/ci/rolebindings"
        for query in ("?dryRun=All", "?dryRun=All&propagationPolicy=Foreground",
                      "?propagationPolicy=Orphan", "?propagationPolicy=Foreground",
                      "?orphanDependents=true", "?gracePeriodSeconds=0", "?pretty=true", "?"):
            for path in (secrets + "/" + LEASE, bindings + "/" + LEASE):
                with self.subTest("DELETE", path=path, query=query):
                    self.refused(self.delete(path, query, preconditions={"uid": uid}))
        for query in ("?fieldManager=x", "?force=true", "?dryRun=All", "?fieldValidation=Ignore"):
            with self.subTest("PATCH", query=query):
                self.refused(self.patch(uid, secrets + "/" + LEASE + query))
            with self.subTest("POST", query=query):
                self.refused(self.ask("POST " + secrets + query, "Content-Type: application/json",
                                      body=b'{"metadata":{"name":"' + LEASE.encode() + b'"}}'))
        for path in (secrets, bindings):
            for query in ("", "?watch=true&timeoutSeconds=2", "?pretty=true", "?limit=100",
                          "?fieldSelector=metadata.name%3Dprivate", "?resourceVersion=0",
                          "?limit=100&labelSelector=", "?limit=100&labelSelector=a%3Db",
                          "?limit=100&labelSelector=%21a", OURS + "&watch=true",
                          OURS + "&pretty=true", OURS + "&fieldSelector=x", OURS + "&labelSelector=",
                          OURS + "%2Ca", "?labelSelector=&" + OURS[1:],
                          OURS.replace("%3D", "%21%3D"), OURS.replace("leasehold", "helm")):
                with self.subTest("GET", path=path, query=query):
                    self.refused(self.ask("GET " + path + query))
        self.assertTrue(self.there("secret", LEASE))

    def test_no_name_but_a_leases(self):
        """What kubectl apply made holds itself in an annotation, which is metadata."""
        uid = self.make_secrets()
        self.allow_everything()
        for name in ("private", LEASE + "0", LEASE + ".x", "x" + LEASE, LEASE[:-1],
                     "leasehold-gateway-tls"):
            for kind in ("/api/v1/namespaces/ci/secrets/", "/api/v1/namespaces/ci/serviceaccounts/",
                         "/apis/rbac.authorization.k8s.io/v1/namespaces/ci/rolebindings/",
                         "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/"):
                with self.subTest(kind=kind, name=name):
                    self.refused(self.patch(uid, kind + name))
                    self.refused(self.delete(kind + name, preconditions={"uid": uid}))
        for name in ("", "/private", "/" + LEASE):
            self.refused(self.ask("DELETE /api/v1/namespaces/ci/secrets"))
            self.refused(self.ask("PUT /api/v1/namespaces/ci/secrets" + name))
            self.refused(self.ask("GET /api/v1/namespaces/ci/secrets" + name))
        self.assertEqual(self.there("secret", "private"), True)

    def test_no_body_but_leaseholds_own(self):
        """Neither options of a delete nor a patch that moves data to where it can be read."""
        uid = self.make_secrets()
        self.allow_everything()
        path = "/api/v1/namespaces/ci/secrets/" + LEASE
        before = self.cluster.kubectl("get", "secret", LEASE, "-n", "ci", "-o", "json")
        known = {"preconditions": {"uid": uid}}
        for options in ({}, known | {"dryRun": ["All"]}, known | {"propagationPolicy": "Orphan"},
                        known | {"propagationPolicy": "Foreground"}, known | {"orphanDependents": True},
                        known | {"gracePeriodSeconds": 0}, {"preconditions": {"uid": uid, "x": 1}},
                        {"kind": "Status"} | known):
            with self.subTest("DELETE", options=options):
                status, body = self.tells_nothing(self.delete(**options))
                self.assertEqual(status, 400, body)
        self.assertEqual(self.ask("DELETE " + path)[0], 400)
        wait_for(lambda: '"body":"refused","status":400' in self.nginx.lines(), 10,
                 "the refusal in the log")
        copying = json.dumps([{"op": "add", "path": "/metadata/annotations", "value": {}},
                              {"op": "copy", "from": "/data/password",
                               "path": "/metadata/annotations/x"}]).encode()
        # Whether a test passes tells what the value is.
        guessing = b'[{"op":"test","path":"/data/password","value":"aHVudGVyMg=="}]'
        applied = json.dumps({"apiVersion": "v1", "kind": "Secret", "metadata": {
            "name": LEASE, "labels": {"a": "b"}}}).encode()
        good = ('{"metadata":{"uid":"%s","annotations":{"leasehold.dev/jti":"1"}}}' % uid).encode()
        for what, content_type, body in (
                ("a copy", "application/json-patch+json", copying),
                ("a guess", "application/json-patch+json", guessing),
                ("an apply", "application/apply-patch+yaml", applied),
                ("a strategic merge", "application/strategic-merge-patch+json",
                 b'{"data":{"password":null}}'),
                ("a copy, named a merge", "application/merge-patch+json", copying),
                ("data", "application/merge-patch+json", b'{"data":{"password":"eA=="}}'),
                # Of what is no object any more the server's error tells all.
                ("no object", "application/merge-patch+json", b'{"data":5}'),
                ("another kind", "application/merge-patch+json", b'{"kind":"X"}'),
                ("a label", "application/merge-patch+json",
                 good.replace(b'"annotations":{"leasehold.dev/jti"', b'"labels":{"a"')),
                ("a finalizer", "application/merge-patch+json",
                 good.replace(b'}}}', b'},"finalizers":["x.example/y"]}}')),
                ("another annotation", "application/merge-patch+json",
                 good.replace(b"leasehold.dev/jti", b"eks.amazonaws.com/role-arn")),
                ("no uid", "application/merge-patch+json",
                 b'{"metadata":{"annotations":{"leasehold.dev/jti":"1"}}}'),
                ("a second document", "application/merge-patch+json", good + b'\n{"data":null}')):
            with self.subTest(what):
                status, text = self.tells_nothing(
                    self.ask("PATCH " + path, "Content-Type: " + content_type, body=body))
                self.assertIn(status, (400, 409, 422), text)
        after = self.cluster.kubectl("get", "secret", LEASE, "-n", "ci", "-o", "json")
        # How a body is read the gateway says: as a JSON patch this one would be an error.
        for content_type in ("application/json-patch+json", "application/apply-patch+yaml"):
            self.assertEqual(self.ask("PATCH " + path, "Content-Type: " + content_type,
                                      body=good)[0], 200)
        self.assertEqual(json.loads(after), json.loads(before))

    def test_a_token_secret_of_another_account_stays_unread(self):
        """Its token would have no end. The controller that writes it is not in this cluster; the
        administrator does."""
        self.allow_everything()
        grab = {"apiVersion": "v1", "kind": "Secret",
                "type": "kubernetes.io/service-account-token",
                "metadata": {"name": LEASE, "labels": {"app.kubernetes.io/managed-by": "leasehold"},
                             "annotations": {"kubernetes.io/service-account.name": "other"}}}
        status, body = self.ask("POST /api/v1/namespaces/ci/secrets",
                                "Content-Type: application/json", body=json.dumps(grab).encode())
        self.assertEqual(status, 201, body)
        self.addCleanup(self.cluster.kubectl, "delete", "secret", LEASE, "-n", "ci",
                        "--ignore-not-found")
        token, uid = "ZXlKaGJHY2lPaUpT", json.loads(body)["metadata"]["uid"]
        self.cluster.kubectl("patch", "secret", LEASE, "-n", "ci", "-p",
                             json.dumps({"data": {"token": token}}))
        for answer in (self.ask("GET " + LISTED), self.patch(uid),
                       self.delete(query="?dryRun=All", preconditions={"uid": uid}),
                       self.delete(preconditions={"uid": uid})):
            self.assertNotIn(token, answer[1])

    def test_the_network_policy_names_both_sides(self):
        policy = json.loads(self.cluster.kubectl("get", "networkpolicy", "leasehold-gateway", "-n",
                                                 "leasehold", "-o", "json"))["spec"]
        self.assertEqual(sorted(policy["policyTypes"]), ["Egress", "Ingress"])
        for rules, side, ports in ((policy["ingress"], "from", [8443]),
                                   (policy["egress"], "to", [6443])):
            for rule in rules:
                self.assertEqual([one["port"] for one in rule["ports"]], ports)
                self.assertTrue(rule[side])
                for peer in rule[side]:
                    self.assertRegex(peer["ipBlock"]["cidr"], r"^192\.0\.2\.\d+/32$")

    def test_kubectl_is_the_service_account(self):
        """The lease comes through the gateway; the token goes straight to the API server."""
        self.profile("setup", "prod")
        result = self.box.run(self.cluster.kubectl_path, "--context", "prod", "auth", "whoami",
                              "-o", "jsonpath={.status.userInfo.username}")
        self.assertEqual((result.returncode, result.stdout), (0, SUBJECT), result.stderr)

    def test_leases_below_a_path(self):
        self.profile(url=self.url + "/leasehold/")
        result = self.lease()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.profile(url=self.url + "/elsewhere")
        self.assertEqual(self.lease().returncode, 4)

    def test_the_check_works_through_it(self):
        self.profile()
        result = self.box.leasehold("profile", "check", "p")
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertIn(GATEWAY, result.stdout)
        shown = self.box.leasehold("profile", "show", "p").stdout
        self.assertIn("kubernetes.requester.gateway", shown)
        self.assertIn(self.url, shown)

    def test_who_has_no_certificate_of_its_ca_is_refused(self):
        self.refused(self.token_request(certificate=None), 401)
        for certificate in ("stranger", "late", "server-as-client"):
            self.refused(self.token_request(certificate=certificate), 401)
            self.profile(certificate=certificate)
            result = self.lease()
            self.assertEqual((result.returncode, result.stdout), (4, ""), result.stderr)
            self.assertIn("client certificate", result.stderr)

    def test_a_gateway_of_another_ca_is_not_believed(self):
        self.profile(url=self.url + "/unbelieved", ca="foreign-ca.crt")
        result = self.lease()
        self.assertEqual((result.returncode, result.stdout), (5, ""), result.stderr)
        self.assertIn("not trusted", result.stderr)
        self.assertNotIn("/unbelieved", self.logged())

    def test_paths_that_are_let_through(self):
        """The API server's RBAC decides, and says no with its own words to all but the first."""
        self.assertEqual(self.token_request()[0], 201)
        rbac = "/apis/rbac.authorization.k8s.io/v1/"
        for line in ("GET /api/v1/namespaces/kube-system/secrets" + OURS,
                     "GET /api/v1/namespaces/kube-system/serviceaccounts" + OURS + "&continue=a%3D",
                     "DELETE /api/v1/namespaces/kube-system/secrets/" + LEASE,
                     "GET " + rbac + "namespaces/kube-system/rolebindings"
                     "?limit=100&labelSelector=leasehold.dev%2Flease%3D" + LEASE,
                     "DELETE " + rbac + "namespaces/kube-system/roles/" + LEASE,
                     "DELETE " + rbac + "clusterroles/" + LEASE,
                     "GET " + rbac + "clusterroles" + OURS +
                     "%2Cleasehold.dev%2Fprofile-hash%3D00%2Cleasehold.dev%2Flease%3Dx"):
            status, body = self.ask(line)
            self.assertEqual(status, 403, body)
            self.assertIn('User \\"%s\\" cannot' % GATEWAY, body)

    def test_other_paths_are_refused(self):
        requests = len(self.cluster.audit())
        for line in ("GET /", "GET /api/v1/pods", "GET /api/v1/secrets" + OURS, "GET /version", "GET /healthz", "GET /openapi/v3",
                     "GET /api/v1/namespaces/ci/configmaps", "PUT /api/v1/namespaces/ci/secrets/x",
                     "DELETE /api/v1/namespaces/ci/secrets", "GET " + TOKEN, "POST " + TOKEN + "/x",
                     "POST " + TOKEN + "?x=y", "POST /x" + TOKEN, "POST //" + TOKEN[1:],
                     "POST " + TOKEN.replace("ci/", "ci/../kube-system/"),
                     "POST " + TOKEN.replace("deployer", "..%2f..%2fsecrets"),
                     "POST " + TOKEN.replace("deployer", "%64eployer"),
                     "GET /api/v1/namespaces/ci/secrets/../pods",
                     "GET /api/v1/namespaces/ci/secrets/..", "GET /api/v1/namespaces/ci/secrets/.",
                     "GET /api/v1/namespaces/ci/secrets;x", "GET /api/v1/namespaces/ci/secrets#x",
                     "GET /leasehold/leasehold/api/v1/secrets", "POST /api/v1/namespaces/ci/pods",
                     "POST /apis/authentication.k8s.io/v1/tokenreviews",
                     "GET /api/v1/namespaces/ci/serviceaccounts/deployer/token",
                     "HEAD /api/v1/secrets"):
            with self.subTest(line=line):
                status, body = self.ask(line)
                if line.startswith("HEAD"):
                    self.assertEqual(status, 403)
                else:
                    self.refused((status, body), status if status == 400 else 403)
        seen = [event for event in self.cluster.audit()[requests:]
                if event["user"]["username"] == GATEWAY]
        self.assertEqual(seen, [])

    def test_a_client_cannot_bring_an_identity(self):
        admin = self.cluster.kubectl("create", "token", "default", "-n", "kube-system").strip()
        for header in ("Authorization: Bearer " + admin, "Impersonate-User: admin",
                       "impersonate-group: system:masters", "Impersonate-Uid: 1"):
            self.refused(self.token_request(header))
        # What cannot be listed is not sent on; the token is the gateway's own doing.
        before = len(self.cluster.audit())
        status, body = self.token_request("Impersonate-Extra-Scopes: all", "X-Remote-User: admin",
                                          "X-Remote-Group: system:masters", "Impersonate_User: a")
        self.assertEqual(status, 201, body)
        event = [event for event in self.cluster.audit()[before:]
                 if event.get("objectRef", {}).get("subresource") == "token"][-1]
        self.assertEqual(event["user"]["username"], GATEWAY)
        self.assertNotIn("impersonatedUser", event)

    def test_the_pod_is_admitted(self):
        """There are no nodes to run it, but the API server's rules for restricted pods are real."""
        deployment = json.loads(self.cluster.kubectl("get", "deployment", "leasehold-gateway", "-n",
                                                     "leasehold", "-o", "json"))
        pod = deployment["spec"]["template"] | {"apiVersion": "v1", "kind": "Pod"}
        pod["metadata"]["name"] = "probe"
        create = ("create", "--dry-run=server", "-n", "leasehold", "-f", "-")
        self.cluster.kubectl(*create, input=json.dumps(pod))
        del pod["spec"]["securityContext"]
        with self.assertRaisesRegex(AssertionError, "PodSecurity"):
            self.cluster.kubectl(*create, input=json.dumps(pod))

    def test_only_the_accounts_of_the_manifest(self):
        status, body = self.token_request(path=TOKEN.replace("deployer", "other"))
        self.assertEqual(status, 403)
        self.assertIn("cannot create resource", body)

    def test_old_tls_is_refused(self):
        self.assertEqual(self.token_request(version=ssl.TLSVersion.TLSv1_2)[0], 201)
        for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            with self.assertRaisesRegex(ssl.SSLError, "PROTOCOL_VERSION"):
                self.token_request(version=version)

    def replace_token(self, token, status):
        """Until the gateway has taken it up. For a moment workers of before answer, too."""
        reloads = self.nginx.lines().count("; reloaded")
        self.box.write("files/cluster/token", token)
        taken = wait_for(lambda: self.nginx.lines().count("; reloaded") > reloads, 60, "the reload")
        wait_for(lambda: {self.token_request()[0] for _ in range(5)} == {status}, 60,
                 "the new token's use")
        return taken

    def test_a_renewed_token_is_taken_up(self):
        """The kubelet replaces the file; the old token's end must not be the gateway's."""
        good = self.gateway_token()
        self.replace_token("a.revoked.token", 401)
        taken = self.replace_token(good, 201)
        print("a renewed token was in use after %.1f s" % taken)
        self.box.write("files/cluster/token", 'x"; evil')
        time.sleep(2.5)
        self.assertEqual(self.token_request()[0], 201, "a broken token file was taken up")
        self.box.write("files/cluster/token", good)

    def test_the_token_is_in_no_log(self):
        self.token_request()
        with open(self.box.path("files/cluster/token"), encoding="utf-8") as file:
            token = file.read().strip()
        self.assertNotIn(token, self.logged())


if __name__ == "__main__":
    unittest.main(verbosity=2)
