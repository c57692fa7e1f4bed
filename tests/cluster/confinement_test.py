"""packaging/rbac/admission-policy.yaml on a real API server: a requester that RBAC lets do anything
to Secrets, accounts, roles and bindings does none of it but to leasehold's own objects. Each abuse
is also asked for by a bystander with the same rights, for whom it must work."""

import copy
import json
import ssl
import unittest
import urllib.error
import urllib.request

import lease_book_test as book
from real_cluster import wait_for

CORE = "/api/v1/namespaces/ci/"
RBAC = "/apis/rbac.authorization.k8s.io/v1/"
IN_CI = RBAC + "namespaces/ci/"
NAME = "leasehold-0123456789abcdef"
JSON, MERGE = "application/json", "application/merge-patch+json"
APPLY = "application/apply-patch+yaml"
# Far more than the manifests give: what stops a requester here is the policy.
EVERYTHING = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: everything}
rules:
- {apiGroups: ["*"], resources: ["*"], verbs: ["*"]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: everything}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: everything}
subjects:
- {kind: ServiceAccount, name: leasehold-requester, namespace: leasehold}
- {kind: ServiceAccount, name: bystander, namespace: default}
"""


def marked(**more):
    """An object as leasehold makes it; later keyword arguments replace or add fields."""
    body = {"metadata": {"name": NAME,
                         "labels": {"app.kubernetes.io/managed-by": "leasehold",
                                    "leasehold.dev/lease": NAME,
                                    "leasehold.dev/profile-hash": "00112233"},
                         "annotations": {"leasehold.dev/expires-at": "2026-01-01T00:00:00Z"}}}
    return body | more


def secret(**more):
    return marked(**({"type": "leasehold.dev/lease"} | more))


def account(**more):
    return marked(**({"automountServiceAccountToken": False} | more))


def binding(subjects=None, role="view", **more):
    subjects = subjects or [{"kind": "ServiceAccount", "name": NAME, "namespace": "ci"}]
    return marked(**({"subjects": subjects, "roleRef": {
        "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role}} | more))


def with_metadata(body, **more):
    body = copy.deepcopy(body)
    for name, value in more.items():
        known = body["metadata"].get(name)
        body["metadata"][name] = known | value if isinstance(known, dict) else value
    return body


PERSON = [{"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": "eve"}]
EVERYONE = [{"kind": "Group", "apiGroup": "rbac.authorization.k8s.io",
             "name": "system:authenticated"}]
OTHER = [{"kind": "ServiceAccount", "name": "other", "namespace": "ci"}]
RULES = [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}]
LABEL = {"app.kubernetes.io/managed-by": "leasehold"}

# What is made anew: (what it is, collection, body).
CREATIONS = [
    ("a token Secret of another account", CORE + "secrets", secret(
        type="kubernetes.io/service-account-token")
     | with_metadata(marked(), annotations={"kubernetes.io/service-account.name": "other"})),
    ("a token Secret under a name of its own", CORE + "secrets",
     {"type": "kubernetes.io/service-account-token", "metadata": {
         "name": "grab", "annotations": {"kubernetes.io/service-account.name": "other"}}}),
    ("a Secret that holds something", CORE + "secrets", secret(data={"a": "Yg=="})),
    ("a Secret that is given text", CORE + "secrets", secret(stringData={"a": "b"})),
    ("a Secret of another type", CORE + "secrets", secret(type="Opaque")),
    ("a Secret of another name", CORE + "secrets", with_metadata(secret(), name="app")),
    ("a name that only begins right", CORE + "secrets",
     with_metadata(secret(), name=NAME + ".x", labels={"leasehold.dev/lease": "x"})),
    ("a Secret of a name the server makes", CORE + "secrets",
     {"type": "leasehold.dev/lease", "metadata": {"generateName": "app-", "labels": LABEL}}),
    ("a Secret without label", CORE + "secrets",
     {"type": "leasehold.dev/lease", "metadata": {"name": NAME}}),
    ("a Secret without expiry", CORE + "secrets",
     {"type": "leasehold.dev/lease", "metadata": marked()["metadata"] | {"annotations": {}}}),
    ("a Secret that another owns", CORE + "secrets", with_metadata(secret(), ownerReferences=[
        {"apiVersion": "v1", "kind": "ServiceAccount", "name": "other", "uid": "x"}])),
    ("a Secret that stays", CORE + "secrets", with_metadata(secret(), finalizers=["x.example/y"])),
    ("an account of another name", CORE + "serviceaccounts", with_metadata(account(), name="app")),
    ("an account with a right in a cloud", CORE + "serviceaccounts", with_metadata(
        account(), annotations={"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/admin"})),
    ("an account with Secrets", CORE + "serviceaccounts", account(secrets=[{"name": "private"}])),
    ("an account for pods", CORE + "serviceaccounts",
     account(automountServiceAccountToken=True)),
    ("a binding to cluster-admin for a person", IN_CI + "rolebindings",
     binding(PERSON, "cluster-admin")),
    ("a binding for everyone", IN_CI + "rolebindings", binding(EVERYONE)),
    ("a binding for another account", IN_CI + "rolebindings", binding(OTHER)),
    ("a binding for one more", IN_CI + "rolebindings", binding(
        binding()["subjects"] + PERSON)),
    ("a binding for an account elsewhere", IN_CI + "rolebindings", binding(
        [{"kind": "ServiceAccount", "name": NAME, "namespace": "kube-system"}])),
    ("a binding whose count is none", IN_CI + "rolebindings",
     with_metadata(binding(), name=NAME + "-02")),
    ("a binding that is counted for another lease", IN_CI + "rolebindings",
     with_metadata(binding(), name="leasehold-aaaaaaaaaaaaaaaa-2")),
    ("an account that is counted", CORE + "serviceaccounts",
     with_metadata(account(), name=NAME + "-2")),
    ("a binding of another name", IN_CI + "rolebindings", with_metadata(binding(), name="app")),
    ("a binding of the whole cluster for a person", RBAC + "clusterrolebindings",
     binding(PERSON, "cluster-admin")),
    ("a binding of the whole cluster for everyone", RBAC + "clusterrolebindings",
     binding(EVERYONE)),
    ("a role of another name", IN_CI + "roles", with_metadata(marked(rules=RULES), name="app")),
    ("a role that becomes part of view", RBAC + "clusterroles", with_metadata(
        marked(rules=RULES), labels={"rbac.authorization.k8s.io/aggregate-to-view": "true"})),
    ("a role that is made of others", RBAC + "clusterroles", marked(rules=[], aggregationRule={
        "clusterRoleSelectors": [{"matchLabels": {"a": "b"}}]})),
]

# What is done to other people's objects: (what it is, method, path, body, content type).
FOREIGN = [
    ("a merge patch", "PATCH", CORE + "secrets/private", {"data": {"password": "eA=="}}, MERGE),
    ("a patch that puts the label on", "PATCH", CORE + "secrets/private",
     {"metadata": {"labels": LABEL}}, MERGE),
    ("a JSON patch", "PATCH", CORE + "secrets/private",
     [{"op": "add", "path": "/metadata/annotations", "value": {}},
      {"op": "copy", "from": "/data/password", "path": "/metadata/annotations/x"}],
     "application/json-patch+json"),
    ("an apply", "PATCH", CORE + "secrets/private?fieldManager=x", {
        "apiVersion": "v1", "kind": "Secret",
        "metadata": {"name": "private", "labels": LABEL}}, APPLY),
    ("an apply that makes it", "PATCH", CORE + "secrets/new?fieldManager=x",
     {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "new"}}, APPLY),
    ("a replacement", "PUT", CORE + "secrets/private",
     {"type": "Opaque", "metadata": {"name": "private", "labels": LABEL}}, JSON),
    ("a patch of a name like ours", "PATCH", CORE + "secrets/leasehold-aaaaaaaaaaaaaaaa",
     {"metadata": {"labels": LABEL}}, MERGE),
    ("a delete", "DELETE", CORE + "secrets/private", None, JSON),
    ("a delete of a name like ours", "DELETE", CORE + "secrets/leasehold-aaaaaaaaaaaaaaaa", None,
     JSON),
    ("a delete of what is only labelled", "DELETE", CORE + "secrets/labelled", None, JSON),
    ("a delete of all", "DELETE", CORE + "secrets?fieldSelector=metadata.name%3Dprivate", None,
     JSON),
    ("a patch of an account", "PATCH", CORE + "serviceaccounts/other",
     {"metadata": {"annotations": {"eks.amazonaws.com/role-arn": "arn"}}}, MERGE),
    ("a delete of an account", "DELETE", CORE + "serviceaccounts/other", None, JSON),
    ("a delete of a role", "DELETE", IN_CI + "roles/reader", None, JSON),
    ("a delete of a binding", "DELETE", IN_CI + "rolebindings/foreign", None, JSON),
    ("a patch of a binding", "PATCH", IN_CI + "rolebindings/foreign", {"subjects": PERSON}, MERGE),
    ("a delete of all bindings", "DELETE", IN_CI + "rolebindings", None, JSON),
    ("a delete of the administrators' binding", "DELETE",
     RBAC + "clusterrolebindings/cluster-admin", None, JSON),
    ("a delete of all bindings of the cluster", "DELETE", RBAC + "clusterrolebindings", None, JSON),
    ("a delete of a cluster role", "DELETE", RBAC + "clusterroles/view", None, JSON),
    ("a patch of a cluster role", "PATCH", RBAC + "clusterroles/view",
     {"metadata": {"labels": LABEL}}, MERGE),
    ("a token of another account", "POST", CORE + "serviceaccounts/other/token",
     {"spec": {"expirationSeconds": 600}}, JSON),
]

# What is done to a lease's own Secret and binding.
CHANGES = [
    ("data", "secrets", {"data": {"a": "Yg=="}}),
    ("another label", "secrets", {"metadata": {"labels": {"a": "b"}}}),
    ("no label", "secrets", {"metadata": {"labels": {"app.kubernetes.io/managed-by": None}}}),
    ("another annotation", "secrets", {"metadata": {"annotations": {"a": "b"}}}),
    ("a finalizer", "secrets", {"metadata": {"finalizers": ["x.example/y"]}}),
    ("an owner", "secrets", {"metadata": {"ownerReferences": [
        {"apiVersion": "v1", "kind": "ServiceAccount", "name": NAME, "uid": "x"}]}}),
    ("permanence", "secrets", {"immutable": True}),
    ("Secrets", "serviceaccounts", {"secrets": [{"name": "private"}]}),
    ("a mount", "serviceaccounts", {"automountServiceAccountToken": True}),
    ("subjects", "rolebindings", {"subjects": PERSON}),
    ("rules", "roles", {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]}),
]


class Confinement(book.Book):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        kubectl = cls.cluster.kubectl
        kubectl("create", "serviceaccount", "bystander", "--namespace", "default")
        kubectl("create", "serviceaccount", "other", "--namespace", "ci")
        kubectl("create", "rolebinding", "foreign", "--namespace", "ci", "--clusterrole", "view",
                "--user", "ada")
        for name in ("private", "labelled", "leasehold-aaaaaaaaaaaaaaaa"):
            kubectl("create", "secret", "generic", name, "--namespace", "ci",
                    "--from-literal=password=hunter2")
        # Under a name that leasehold never gives.
        kubectl("label", "secret", "labelled", "--namespace", "ci", book.OURS)
        cls.cluster.apply(EVERYTHING)
        cls.tokens = {
            "requester": kubectl("create", "token", "leasehold-requester", "-n", "leasehold"),
            "bystander": kubectl("create", "token", "bystander", "-n", "default")}
        cls.tls = ssl.create_default_context(cafile=cls.cluster.facts["ca"])
        wait_for(lambda: cls.ask("bystander", "GET", CORE + "secrets")[0] == 200, 10,
                 "the bystander's rights")

    def take_rights(self):
        """Each test removes what it made; what others own stays for the next."""

    @classmethod
    def ask(cls, who, method, path, body=None, content_type=JSON, dry_run=False):
        if dry_run:
            path += ("&" if "?" in path else "?") + "dryRun=All"
        request = urllib.request.Request(
            cls.cluster.server + path, method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": "Bearer " + cls.tokens[who].strip(),
                     "Content-Type": content_type})
        try:
            with urllib.request.urlopen(request, context=cls.tls, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def only_a_bystander_may(self, what, *request):
        with self.subTest(what):
            status, body = self.ask("bystander", *request, dry_run=True)
            self.assertIn(status, (200, 201, 202), "no abuse, since nobody may: " + body)
            status, body = self.ask("requester", *request)
            self.assertIn(status, (403, 422), body)
            self.assertIn("leasehold-requesters:", json.loads(body)["message"])

    def test_nothing_but_a_lease_is_made(self):
        for what, path, body in CREATIONS:
            self.only_a_bystander_may(what, "POST", path, body)

    def test_what_is_not_leaseholds_stays_as_it_is(self):
        def state():
            objects = json.loads(self.cluster.kubectl(
                "get", book.KINDS, "--namespace", "ci", "-o", "json"))["items"]
            return {(o["kind"], o["metadata"]["name"], o["metadata"]["resourceVersion"])
                    for o in objects}
        before = state()
        for what, *request in FOREIGN:
            self.only_a_bystander_may(what, *request)
        self.assertEqual(state(), before)

    def test_of_a_lease_nothing_but_its_annotations_changes(self):
        for kind, body in (("secrets", secret()), ("serviceaccounts", account()),
                           ("rolebindings", binding()), ("roles", marked(rules=RULES))):
            collection = (CORE if kind in ("secrets", "serviceaccounts") else IN_CI) + kind
            status, text = self.ask("requester", "POST", collection, body)
            self.assertEqual(status, 201, text)
            self.addCleanup(self.ask, "bystander", "DELETE", collection + "/" + NAME)
            for what, of, patch in CHANGES:
                if of == kind:
                    self.only_a_bystander_may(what, "PATCH", collection + "/" + NAME, patch, MERGE)
            note = {"metadata": {"annotations": {"leasehold.dev/jti": "1"}}}
            status, text = self.ask("requester", "PATCH", collection + "/" + NAME, note, MERGE)
            self.assertEqual(status, 200, text)
            status, text = self.ask("requester", "DELETE", collection + "/" + NAME)
            self.assertEqual(status, 200, text)

    def test_a_delete_by_collection_ends_leases_only(self):
        """The API server asks the policy for each object of the collection."""
        self.assertEqual(self.ask("requester", "POST", CORE + "secrets", secret())[0], 201)
        self.addCleanup(self.ask, "bystander", "DELETE", CORE + "secrets/" + NAME)
        selected = CORE + "secrets?labelSelector=leasehold.dev%2Flease%3D" + NAME
        status, body = self.ask("requester", "DELETE", selected)
        self.assertEqual(status, 200, body)
        self.assertEqual(self.ask("bystander", "GET", CORE + "secrets/" + NAME)[0], 404)
        status, body = self.ask("requester", "DELETE", CORE + "secrets")
        self.assertEqual(status, 422, body)
        for name in ("private", "labelled"):
            self.assertEqual(self.ask("bystander", "GET", CORE + "secrets/" + name)[0], 200)

    def test_who_is_confined(self):
        """By group as well as by name; nobody else, and not leasehold's objects for others."""
        make = ("create", "secret", "generic", "x", "--namespace", "ci", "--dry-run=server", "--as",
                "somebody", "--as-group", "system:masters")
        self.cluster.kubectl(*make)
        for group in ("leasehold-requesters", "system:serviceaccounts:leasehold"):
            with self.assertRaisesRegex(AssertionError, "leasehold-requesters:"):
                self.cluster.kubectl(*make, "--as-group", group)
        for method in ("POST", "DELETE"):
            path = CORE + "secrets" + ("/" + NAME if method == "DELETE" else "")
            status, body = self.ask("bystander", method, path,
                                    secret() if method == "POST" else None)
            self.assertIn(status, (200, 201), body)

    def test_reading_is_not_confined(self):
        """What README.md says of it: no admission policy sees a list."""
        self.assertIn("aHVudGVyMg==", self.ask("requester", "GET", CORE + "secrets")[1])


if __name__ == "__main__":
    unittest.main()
