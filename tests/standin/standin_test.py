"""The stand-in itself: does it answer as the real API server does, and do its faults work?"""

import base64
import http.client
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import unittest

import client
from tests.support.machine import need_program

TOKEN = "/api/v1/namespaces/ci/serviceaccounts/deployer/token"
SECRETS = "/api/v1/namespaces/ci/secrets"
REVIEW = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
ACCESS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


class StandinTest(unittest.TestCase):
    def setUp(self):
        self.api = client.Standin()
        self.addCleanup(self.api.stop)

    def ask(self, method, path, body=None, token=None, headers=None, certificate=None):
        """Status, JSON value (or text) and headers of the answer; as admin unless told."""
        context = ssl.create_default_context(cafile=self.api.ca)
        if certificate:
            context.load_cert_chain(*certificate)
        port = int(self.api.server.rpartition(":")[2])
        connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=60)
        self.addCleanup(connection.close)
        sent = {"Content-Type": "application/json"} | (headers or {})
        if certificate is None and token != "":
            sent["Authorization"] = f"Bearer {token or self.api.token()}"
        # An iterator goes out in chunks.
        data = body if body is None or hasattr(body, "__next__") else json.dumps(body)
        connection.request(method, path, data, sent)
        answer = connection.getresponse()
        text = answer.read().decode()
        is_json = answer.getheader("Content-Type") == "application/json"
        return answer.status, json.loads(text) if is_json else text, answer.headers

    def lease(self, **spec):
        status, body, _ = self.ask("POST", TOKEN, {"spec": spec})
        self.assertEqual(status, 201, body)
        return body["status"]["token"]

    def who(self, token):
        status, body, _ = self.ask("POST", REVIEW, {}, token)
        return body["status"]["userInfo"]["username"] if status == 201 else status


class Tokens(StandinTest):
    def test_a_leased_token_is_the_service_account(self):
        self.assertEqual(self.who(self.lease()), "system:serviceaccount:ci:deployer")

    def test_claims_have_the_real_layout(self):
        status, body, _ = self.ask("POST", TOKEN, {"spec": {"expirationSeconds": 700}})
        self.assertEqual(status, 201)
        header, claims = (json.loads(part) for part in decoded(body["status"]["token"])[:2])
        self.assertEqual((header["alg"], sorted(header)), ("RS256", ["alg", "kid"]))
        self.assertEqual(len(decoded(body["status"]["token"])[2]), 256)
        self.assertEqual(sorted(claims), ["aud", "exp", "iat", "iss", "jti", "kubernetes.io", "nbf",
                                          "sub"])
        self.assertEqual(claims["exp"] - claims["iat"], 700)
        self.assertEqual(sorted(claims["kubernetes.io"]), ["namespace", "serviceaccount"])

    def test_too_short_is_invalid(self):
        status, body, _ = self.ask("POST", TOKEN, {"spec": {"expirationSeconds": 300}})
        self.assertEqual((status, body["reason"]), (422, "Invalid"))
        self.assertEqual(body["message"], 'TokenRequest.authentication.k8s.io "" is invalid: '
                         'spec.expirationSeconds: Invalid value: 300: may not specify a duration '
                         'less than 10 minutes')

    def test_unknown_account(self):
        status, body, _ = self.ask("POST", TOKEN.replace("deployer", "nobody"), {})
        self.assertEqual((status, body["message"]), (404, 'serviceaccounts "nobody" not found'))

    def test_a_token_for_others_does_not_authenticate(self):
        self.assertEqual(self.who(self.lease(audiences=["vault"])), 401)
        self.assertEqual(self.who("nonsense"), 401)

    def test_a_token_ends(self):
        token = self.lease(expirationSeconds=600)
        self.api.skew(570)
        self.assertEqual(self.who(token), "system:serviceaccount:ci:deployer")
        self.api.skew(630)
        self.assertEqual(self.who(token), 401)

    def test_deleting_the_bound_secret_revokes(self):
        secret = self.ask("POST", SECRETS, {"metadata": {"generateName": "lease-"}})[1]["metadata"]
        bound = {"apiVersion": "v1", "kind": "Secret", "name": secret["name"], "uid": secret["uid"]}
        token = self.lease(boundObjectRef=bound)
        self.assertEqual(self.who(token), "system:serviceaccount:ci:deployer")
        wrong = {"preconditions": {"uid": "another"}}
        self.assertEqual(self.ask("DELETE", f"{SECRETS}/{secret['name']}", wrong)[0], 409)
        right = {"preconditions": {"uid": secret["uid"]}}
        self.assertEqual(self.ask("DELETE", f"{SECRETS}/{secret['name']}", right)[0], 200)
        self.assertEqual(self.who(token), 401)

    def test_deleting_the_account_revokes(self):
        token = self.lease()
        self.ask("DELETE", TOKEN.rpartition("/")[0])
        self.assertEqual(self.who(token), 401)


class Objects(StandinTest):
    def test_labels_select_and_pages_continue(self):
        for number in range(5):
            self.ask("POST", SECRETS, {"metadata": {"generateName": "s-", "labels": {
                "odd": str(number % 2)}}})
        odd = self.ask("GET", f"{SECRETS}?labelSelector=odd%3D1")[1]["items"]
        self.assertEqual(len(odd), 2)
        first = self.ask("GET", f"{SECRETS}?limit=3")[1]
        rest = self.ask("GET", f"{SECRETS}?limit=3&continue={first['metadata']['continue']}")[1]
        names = [item["metadata"]["name"] for item in first["items"] + rest["items"]]
        self.assertEqual(len(set(names)), 5)
        self.assertNotIn("continue", rest["metadata"])

    def test_merge_patch(self):
        self.ask("POST", SECRETS, {"metadata": {"name": "a", "annotations": {"x": "1", "y": "2"}}})
        status, body, _ = self.ask("PATCH", f"{SECRETS}/a", {"metadata": {"annotations": {
            "x": None, "z": "3"}}}, headers={"Content-Type": "application/merge-patch+json"})
        self.assertEqual((status, body["metadata"]["annotations"]), (200, {"y": "2", "z": "3"}))

    def test_owned_objects_go_with_their_owner(self):
        account = self.ask("GET", TOKEN.rpartition("/")[0])[1]
        owner = {"apiVersion": "v1", "kind": "ServiceAccount", "name": "deployer",
                 "uid": account["metadata"]["uid"]}
        self.ask("POST", SECRETS, {"metadata": {"name": "owned", "ownerReferences": [owner]}})
        self.ask("DELETE", TOKEN.rpartition("/")[0])
        self.assertEqual(self.ask("GET", f"{SECRETS}/owned")[0], 404)

    def test_missing_namespace_and_taken_name(self):
        missing = self.ask("POST", SECRETS.replace("/ci/", "/no/"), {"metadata": {"name": "a"}})
        self.assertEqual((missing[0], missing[1]["message"]), (404, 'namespaces "no" not found'))
        self.ask("POST", SECRETS, {"metadata": {"name": "a"}})
        taken = self.ask("POST", SECRETS, {"metadata": {"name": "a"}})
        self.assertEqual((taken[0], taken[1]["reason"]), (409, "AlreadyExists"))


class Identities(StandinTest):
    def test_client_certificates(self):
        good = (self.api.admin_cert, self.api.admin_key)
        self.assertEqual(self.ask("POST", REVIEW, {}, certificate=good)[0], 201)
        expired = (self.api.expired_cert, self.api.expired_key)
        self.assertEqual(self.ask("POST", REVIEW, {}, certificate=expired)[0], 401)

    def test_without_credentials(self):
        self.assertEqual(self.ask("GET", "/version", token="")[0], 200)
        status, body, _ = self.ask("POST", TOKEN, {}, token="")
        self.assertEqual(status, 403)
        self.assertIn('User "system:anonymous"', body["message"])

    def test_a_body_in_chunks(self):
        text = json.dumps({"metadata": {"name": "of-chunks"}}).encode()
        pieces = iter([text[:5], text[5:]])
        status, body, _ = self.ask("POST", SECRETS, pieces)
        self.assertEqual((status, body["metadata"]["name"]), (201, "of-chunks"))

    def test_impersonation(self):
        as_bob = {"Impersonate-User": "bob", "Impersonate-Group": "ops"}
        _, body, _ = self.ask("POST", REVIEW, {}, headers=as_bob)
        self.assertEqual(body["status"]["userInfo"],
                         {"username": "bob", "groups": ["ops", "system:authenticated"]})
        self.assertEqual(self.ask("POST", REVIEW, {}, self.api.token("alice"), as_bob)[0], 403)


class Faults(StandinTest):
    def test_deny_has_the_real_wording_and_access_reviews_know(self):
        self.api.fault("deny", user="alice", resource="serviceaccounts/token")
        alice = self.api.token("alice")
        status, body, _ = self.ask("POST", TOKEN, {}, alice)
        self.assertEqual(status, 403)
        self.assertEqual(body["message"], 'serviceaccounts "deployer" is forbidden: User "alice" '
                         'cannot create resource "serviceaccounts/token" in API group "" in the '
                         'namespace "ci"')
        question = {"spec": {"resourceAttributes": {
            "verb": "create", "resource": "serviceaccounts", "subresource": "token",
            "namespace": "ci"}}}
        self.assertFalse(self.ask("POST", ACCESS, question, alice)[1]["status"]["allowed"])
        self.assertTrue(self.ask("POST", ACCESS, question)[1]["status"]["allowed"])
        self.api.clear()
        self.assertEqual(self.ask("POST", TOKEN, {}, alice)[0], 201)

    def test_answers_as_ordered_and_then_well_again(self):
        self.api.fault("answer", path="/token$", status=429, times=2,
                       headers={"Retry-After": "1"}, details={"retryAfterSeconds": 1})
        first = self.ask("POST", TOKEN, {})
        self.assertEqual((first[0], first[2]["Retry-After"]), (429, "1"))
        self.assertEqual(first[1]["reason"], "TooManyRequests")
        codes = [self.ask("POST", TOKEN, {})[0] for _ in range(2)]
        self.assertEqual(codes, [429, 201])
        counters = self.api.counters()
        self.assertEqual((counters["token-requests"], counters["tokens-issued"]), (3, 1))

    def test_spoilt_tokens(self):
        self.api.fault("token", claims={"sub": "somebody", "jti": None}, header={"alg": "none"},
                       claims_from_now={"exp": -5})
        header, claims, signature = decoded(self.lease())
        claims = json.loads(claims)
        self.assertEqual(json.loads(header)["alg"], "none")
        self.assertEqual((claims["sub"], signature), ("somebody", b""))
        self.assertLess(claims["exp"], time.time())
        self.assertNotIn("jti", claims)

    def test_shortened_with_a_warning(self):
        self.api.fault("token", shorten_to=1200)
        _, body, headers = self.ask("POST", TOKEN, {"spec": {"expirationSeconds": 7200}})
        self.assertEqual(headers["Warning"], '299 - "requested expiration of 7200 seconds '
                         'shortened to 1200 seconds"')
        self.assertEqual(body["spec"]["expirationSeconds"], 1200)

    def test_reset_before_and_after(self):
        before = self.api.fault("reset")
        with self.assertRaises(OSError):
            self.ask("POST", SECRETS, {"metadata": {"name": "before"}})
        self.api.clear(before)
        after = self.api.fault("reset", when="after")
        with self.assertRaises(OSError):
            self.ask("POST", SECRETS, {"metadata": {"name": "after"}})
        self.api.clear(after)
        found = [self.ask("GET", f"{SECRETS}/{name}")[0] for name in ("before", "after")]
        self.assertEqual(found, [404, 200])

    def test_hang_half_a_body_and_garbage(self):
        hang = self.api.fault("hang")
        port = int(self.api.server.rpartition(":")[2])
        waiting = http.client.HTTPSConnection(
            "127.0.0.1", port, context=ssl.create_default_context(cafile=self.api.ca), timeout=0.3)
        self.addCleanup(waiting.close)
        waiting.request("GET", "/version")
        self.assertRaises(TimeoutError, waiting.getresponse)
        self.api.clear(hang)
        for do, expected in (("drop-body", http.client.IncompleteRead),
                             ("garbage", http.client.BadStatusLine)):
            self.api.fault(do, times=1)
            self.assertRaises(expected, self.ask, "GET", "/version")

    def test_latency_and_clock(self):
        self.api.fault("latency", seconds=0.3)
        begin = time.monotonic()
        self.api.skew(-3600)
        _, body, headers = self.ask("POST", TOKEN, {})
        self.assertGreaterEqual(time.monotonic() - begin, 0.3)
        claims = json.loads(decoded(body["status"]["token"])[1])
        self.assertAlmostEqual(claims["iat"], time.time() - 3600, delta=60)
        self.assertNotIn(time.strftime(" %H:", time.gmtime()), headers["Date"])

    def test_nonsense_is_refused(self):
        self.assertRaises(ValueError, self.api.fault, "explode")
        self.assertRaises(ValueError, self.api.fault, "answer", path="(")


class LifeCycle(unittest.TestCase):
    def start(self, **options):
        process = subprocess.Popen([sys.executable, client.PROGRAM], stdout=subprocess.PIPE,
                                   text=True, **options)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process, json.loads(process.stdout.readline())

    def test_ends_with_its_stdin(self):
        process, facts = self.start(stdin=subprocess.PIPE)
        process.stdin.close()
        self.assertEqual(process.wait(60), 0)
        self.assertFalse(os.path.exists(facts["dir"]))

    def test_ends_on_sigterm_with_a_client_hanging(self):
        process, facts = self.start(stdin=subprocess.DEVNULL)
        client.Switches(facts["control"]).fault("hang")
        port = int(facts["server"].rpartition(":")[2])
        waiting = http.client.HTTPSConnection(
            "127.0.0.1", port, context=ssl.create_default_context(cafile=facts["ca"]), timeout=60)
        self.addCleanup(waiting.close)
        waiting.request("GET", "/version")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(60), 0)
        self.assertFalse(os.path.exists(facts["dir"]))

    def test_ends_with_its_parent(self):
        parent = subprocess.run(
            ["sh", "-c", '"$0" "$1" </dev/null >"$2" & while ! [ -s "$2" ]; do sleep 0.1; done',
             sys.executable, client.PROGRAM, self.scratch()], timeout=120, check=False)
        self.assertEqual(parent.returncode, 0)
        with open(self.printed, encoding="utf-8") as file:
            facts = json.load(file)
        end = time.monotonic() + 60
        while os.path.exists(facts["dir"]) and time.monotonic() < end:
            time.sleep(0.05)
        self.assertFalse(os.path.exists(facts["dir"]), "the directory outlives the parent")
        self.assertFalse(os.path.exists(f"/proc/{facts['pid']}/exe"), "the process does, too")

    def scratch(self):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        self.printed = os.path.join(folder, "printed")
        return self.printed


class Kubectl(unittest.TestCase):
    def setUp(self):
        need_program("kubectl", path=None)
        self.api = client.Standin()
        self.addCleanup(self.api.stop)

    def kubectl(self, *arguments):
        environment = {"KUBECONFIG": self.api.kubeconfig, "HOME": self.api.dir,
                       "PATH": os.environ["PATH"]}
        return subprocess.run(["kubectl", *arguments], env=environment, capture_output=True,
                              text=True, timeout=60, stdin=subprocess.DEVNULL, check=False)

    def test_reads_and_writes(self):
        pods = self.kubectl("get", "pods", "--namespace", "ci")
        self.assertEqual(pods.stdout.split()[:5], ["NAME", "READY", "STATUS", "RESTARTS", "AGE"],
                         pods.stderr)
        for arguments in (("create", "namespace", "new"),
                          ("create", "serviceaccount", "a", "--namespace", "new"),
                          ("create", "secret", "generic", "s", "--from-literal=k=v"),
                          ("annotate", "secret", "s", "note=1"), ("delete", "secret", "s"),
                          ("delete", "namespace", "new")):
            done = self.kubectl(*arguments)
            self.assertEqual(done.returncode, 0, f"{arguments}: {done.stderr}")
        self.assertEqual(self.api.counters()["troubles"], 0)


def decoded(token):
    return [base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split(".")]


if __name__ == "__main__":
    unittest.main()
