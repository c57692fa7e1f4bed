"""A dynamic lease with four roles in three namespaces on a real API server: made, used, renewed,
revoked, and taken back at each step that fails. The requester holds packaging/rbac/
dynamic-roles.yaml and nothing else, and is confined by the admission policy."""

import json
import os
import unittest

import lease_book_test as book
import yaml
from real_cluster import wait_for

REQUESTER = "system:serviceaccount:leasehold:leasehold-requester"
SPACES = ("ci", "stage", "prod")
ROLES = """
  roles:
  - {namespace: ci, role: reader}
  - {namespace: ci, cluster-role: view}
  - {namespace: stage, role: reader}
  - namespace: prod
    rules:
    - {apiGroups: [""], resources: [configmaps], verbs: [get, list]}
"""
MANIFEST = os.path.join(book.RBAC, "dynamic-roles.yaml")


class Roles(book.Book):
    @classmethod
    def confine_requesters(cls):
        """As packaging/rbac/README.md says: with ci among the homes."""
        super().confine_requesters()
        with open(os.path.join(book.RBAC, "admission-policy.yaml"), encoding="utf-8") as file:
            text = file.read()
        homes = "name: homes\n    expression: \"['-']\""
        assert text.count(homes) == 1
        cls.cluster.apply(text.replace(homes, homes.replace("'-'", "'ci'")))

        def enforced():
            try:
                cls.cluster.kubectl("create", "-f", "-", "--dry-run=server", "--as", "somebody",
                                    "--as-group", "leasehold-requesters", "--as-group",
                                    "system:masters", input=cls.probe())
            except AssertionError:
                return False
            return True
        wait_for(enforced, 30, "the changed policy's enforcement")

    @classmethod
    def probe(cls):
        """A binding as a lease has it in another namespace."""
        name = "leasehold-0123456789abcdef"
        return yaml.safe_dump({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
            "metadata": {"name": name, "namespace": "stage", "labels": {
                "app.kubernetes.io/managed-by": "leasehold", "leasehold.dev/lease": name},
                "annotations": {"leasehold.dev/expires-at": "2026-01-01T00:00:00Z"}},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole",
                        "name": "view"},
            "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": "ci"}]})

    def take_rights(self):
        self.cluster.kubectl("delete", book.KINDS, "--namespace", "prod", "-l", book.OURS)
        super().take_rights()

    def several(self, name="many", roles=ROLES, namespaces="[ci]"):
        """A profile as a person writes it."""
        path = self.box.write(".config/leasehold/profiles/%s.yaml" % name, """
cluster:
  server: %s
  certificate-authority: %s
kubernetes:
  credential: dynamic
  namespaces: %s%s
  requester: {token-file: %s}
""" % (self.cluster.server, self.ca, namespaces, roles.rstrip(), self.token_file))
        os.chmod(path, 0o600)

    def requests(self):
        """How many requests of the requester the API server has answered so far."""
        return sum(1 for event in self.cluster.audit() if event["user"]["username"] == REQUESTER
                   and event["stage"] == "ResponseComplete")

    def counted(self, what, call):
        before = self.requests()
        answer = call()
        print("%s: %d requests" % (what, self.requests() - before), flush=True)
        return answer

    def may_now(self, allowed, *what):
        """Waits until RBAC has taken up a change of the requester's rights."""
        def settled():
            result = self.box.run(self.cluster.kubectl_path, "--kubeconfig",
                                  self.cluster.facts["kubeconfig"], "auth", "can-i", *what, "--as",
                                  REQUESTER)
            return (result.stdout.strip() == "yes") == allowed
        wait_for(settled, 30, "a change of rights: " + " ".join(what))


class SeveralNamespaces(Roles):
    def test_made_used_renewed_and_revoked(self):
        self.give_rights("dynamic-roles")
        self.several()
        lease = self.counted("create, 4 roles in 3 namespaces", lambda: self.create("many"))
        name = lease["id"]
        self.assertEqual(self.ours(), sorted([
            "serviceaccount/" + name,
            "rolebinding.rbac.authorization.k8s.io/" + name,  # ci
            "rolebinding.rbac.authorization.k8s.io/%s-2" % name,
            "rolebinding.rbac.authorization.k8s.io/" + name,  # stage
            "role.rbac.authorization.k8s.io/" + name,  # prod
            "rolebinding.rbac.authorization.k8s.io/" + name]))
        self.assert_rights(lease)
        shown = json.loads(self.counted("show", lambda: self.ok("lease", "show", name, "-o",
                                                                "json")))
        self.assertEqual(shown["state"], "active")
        self.assertEqual(shown["objects"].count(name), 6)
        self.assertIn("clusterrole/view in namespace ci; role/reader in namespace stage; "
                      "rules of the profile in namespace prod", shown["grant"])
        renewed = json.loads(self.counted("renew", lambda: self.ok("lease", "renew", name, "-o",
                                                                   "json")))
        self.assert_rights(renewed)
        self.counted("revoke", lambda: self.ok("lease", "revoke", name))
        self.assertEqual(self.ours(), [])
        self.assert_ends(lease, "dynamic, of 3 namespaces")
        self.assert_ends(renewed, "dynamic, of 3 namespaces (renewed)")

    def assert_rights(self, lease):
        for namespace in SPACES:
            self.may(lease, "get", "configmaps", "--namespace", namespace)
            self.may_not(lease, "get", "secrets", "--namespace", namespace)
        self.may(lease, "get", "pods", "--namespace", "ci")
        self.may_not(lease, "get", "pods", "--namespace", "stage")
        self.may_not(lease, "get", "pods", "--namespace", "prod")
        self.may_not(lease, "get", "configmaps", "--namespace", "default")

    def test_the_flags_write_such_a_profile(self):
        self.give_rights("dynamic-roles")
        self.dynamic("flags", "--role-in", "ci/reader", "--role-in", "stage/reader",
                     "--cluster-role-in", "ci/view")
        lease = self.create("flags")
        self.may(lease, "get", "configmaps", "--namespace", "stage")
        self.may(lease, "get", "pods", "--namespace", "ci")
        self.ok("logout", "--profile", "flags")
        self.ok("lease", "revoke", lease["id"])
        self.assertEqual(self.ours(), [])

    def test_check_names_each_missing_right_and_its_manifest_is_enough(self):
        self.cluster.kubectl("create", "serviceaccount", "fresh", "--namespace", "leasehold")
        self.token_file = self.requester("fresh")
        self.several()
        result = self.box.leasehold("profile", "check", "many", "-o", "json")
        self.assertEqual(result.returncode, 4, result.stdout)
        [step] = [one for one in json.loads(result.stdout) if one["check"] == "rbac"]
        manifest = step["hint"][step["hint"].index("apiVersion"):].replace(
            "name: leasehold-requester", "name: of-fresh")
        # A role that is made grants what the requester holds.
        holds = ("prod", "create", "role", "holds", "--verb=get,list", "--resource=configmaps")
        self.cluster.kubectl("--namespace", *holds)
        self.cluster.kubectl("create", "rolebinding", "holds", "--namespace", "prod", "--role",
                             "holds", "--serviceaccount", "leasehold:fresh")
        self.cluster.apply(manifest)
        wait_for(lambda: self.box.leasehold("profile", "check", "many").returncode == 0, 60,
                 "a check that finds nothing missing")
        self.ok("lease", "revoke", self.create("many")["id"])
        self.assertEqual(self.ours(), [])


class TakingBack(Roles):
    # (what the requester lacks, where the rule is, how it is changed)
    STEPS = (
        ("the account", "ci", ("create", "serviceaccounts")),
        ("the first binding", "ci", ("create", "rolebindings.rbac.authorization.k8s.io")),
        ("the second binding of a namespace", "ci",
         ("bind", "clusterroles.rbac.authorization.k8s.io/view")),
        ("the binding of a second namespace", "stage",
         ("create", "rolebindings.rbac.authorization.k8s.io")),
        ("the role of a third namespace", "prod",
         ("create", "roles.rbac.authorization.k8s.io")),
        ("the binding of a third namespace", "prod",
         ("create", "rolebindings.rbac.authorization.k8s.io")),
        ("the token", "ci", ("create", "serviceaccounts --subresource=token")),
    )

    def without(self, namespace, verb, resource):
        """The requester's rights but for one verb on one resource."""
        resource = resource.split(".")[0] if "--" not in resource else "serviceaccounts/token"
        if verb == "bind":
            resource = "clusterroles"
        with open(MANIFEST, encoding="utf-8") as file:
            documents = list(yaml.safe_load_all(file))
        for document in documents:
            if document["kind"] != "Role" or document["metadata"]["namespace"] != namespace:
                continue
            rules = []
            for rule in document["rules"]:
                if resource in rule["resources"] and verb in rule["verbs"]:
                    others = [one for one in rule["resources"] if one != resource]
                    rules.append(rule | {"resources": [resource],
                                         "verbs": [one for one in rule["verbs"] if one != verb]})
                    rule = rule | {"resources": others}
                rules.append(rule)
            document["rules"] = [one for one in rules if one["resources"] and one["verbs"]]
        self.cluster.apply(yaml.safe_dump_all(documents))

    def test_nothing_is_left_whichever_step_fails(self):
        self.several()
        for what, namespace, (verb, resource) in self.STEPS:
            with self.subTest(what):
                self.give_rights("dynamic-roles")
                self.without(namespace, verb, resource)
                question = (verb, *resource.split(), "--namespace", namespace)
                self.may_now(False, *question)
                result = self.counted("fails at " + what, lambda: self.box.leasehold(
                    "lease", "create", "--profile", "many"))
                self.assertEqual((result.returncode, result.stdout), (4, ""), result.stderr)
                self.assertNotIn("left behind", result.stderr)
                self.assertEqual(self.ours(), [])

    def test_a_namespace_or_a_role_that_is_not_there(self):
        self.give_rights("dynamic-roles")
        # Rights that do not stop it before: those of the whole cluster, and of looking at roles.
        self.cluster.kubectl("create", "clusterrolebinding", "looks", "--clusterrole",
                             "cluster-admin", "--serviceaccount", "leasehold:leasehold-requester")
        self.addCleanup(self.cluster.kubectl, "delete", "clusterrolebinding", "looks")
        self.may_now(True, "create", "rolebindings.rbac.authorization.k8s.io", "--namespace",
                     "nowhere")
        self.several("gone", ROLES + "  - {namespace: nowhere, cluster-role: view}\n")
        result = self.counted("fails at a namespace that is not there", lambda: self.box.leasehold(
            "lease", "create", "--profile", "gone"))
        self.assertEqual((result.returncode, result.stdout), (3, ""), result.stderr)
        self.assertIn("nowhere", result.stderr)
        self.assertEqual(self.ours(), [])
        self.several("gone", ROLES + "  - {namespace: stage, role: view}\n")
        result = self.box.leasehold("lease", "create", "--profile", "gone")
        self.assertEqual((result.returncode, result.stdout), (3, ""), result.stderr)
        self.assertIn('there is no Role "view" in namespace "stage"', result.stderr)
        self.assertIn("write 'cluster-role:' in its place", result.stderr)
        self.assertEqual(self.ours(), [])


class Marks(Roles):
    def test_a_reason_and_labels_of_the_profiles_own(self):
        self.give_rights("static", "revocable", "dynamic-roles")
        self.static("dev", "--label", "team=infra", "--annotation", "example.com/link=https://x/ y",
                    "--reason", "daily work")
        # The policy has not been told of them.
        self.assertIn("leasehold-requesters", self.box.leasehold(
            "lease", "create", "--profile", "dev", "-o", "json").stderr)
        with open(os.path.join(book.RBAC, "admission-policy.yaml"), encoding="utf-8") as file:
            text = file.read()
        added = "name: added\n    expression: \"['-']\""
        self.assertEqual(text.count(added), 1)
        self.cluster.apply(text.replace(added, added.replace("'-'", "'team', 'example.com/link'")))
        self.addCleanup(self.confine_requesters)
        wait_for(lambda: self.create("dev")["revocable"], 30, "the changed policy's enforcement")
        lease = self.create("dev", "--reason", 'ticket "7"')
        [secret] = [one for one in json.loads(self.cluster.kubectl(
            "get", "secrets", "--namespace", "ci", "-l", "team=infra", "-o", "json"))["items"]
                    if one["metadata"]["name"] == lease["id"]]
        self.assertEqual(secret["metadata"]["annotations"]["example.com/link"], "https://x/ y")
        self.assertEqual(secret["metadata"]["annotations"]["leasehold.dev/reason"], 'ticket "7"')
        shown = json.loads(self.ok("lease", "show", lease["id"], "-o", "json"))
        self.assertEqual(shown["reason"], 'ticket "7"')
        self.assertEqual({one["reason"] for one in json.loads(self.ok("lease", "list", "-o", "json"))},
                         {"daily work", 'ticket "7"'})
        lines = json.loads(self.ok("audit", "--event", "lease", "-o", "json"))
        self.assertEqual(lines[-1]["reason"], 'ticket "7"')


class Selected(Roles):
    def test_only_in_namespaces_with_the_labels(self):
        self.give_rights("dynamic-role")
        self.cluster.kubectl("label", "namespace", "ci", "team=infra")
        self.addCleanup(self.cluster.kubectl, "label", "namespace", "ci", "stage", "team-")
        self.dynamic("dyn", "--role", "reader", "--namespace", "*", "--namespace-selector",
                     "team in (infra, ops)")
        result = self.box.leasehold("profile", "check", "dyn", "-o", "json")
        self.assertIn("list namespaces", result.stdout)
        self.cluster.kubectl("create", "clusterrole", "looks", "--verb=list",
                             "--resource=namespaces")
        self.cluster.kubectl("create", "clusterrolebinding", "looks", "--clusterrole", "looks",
                             "--serviceaccount", "leasehold:leasehold-requester")
        self.addCleanup(self.cluster.kubectl, "delete", "clusterrole,clusterrolebinding", "looks")
        self.may_now(True, "list", "namespaces")
        self.ok("profile", "check", "dyn")
        self.counted("create, one namespace by its labels", lambda: self.create("dyn"))
        refused = self.box.leasehold("lease", "create", "--profile", "dyn", "--namespace", "stage")
        self.assertEqual((refused.returncode, refused.stdout), (4, ""), refused.stderr)
        self.assertIn('no namespace "stage" has the labels', refused.stderr)
        self.cluster.kubectl("label", "namespace", "stage", "team=ops")
        lease = self.create("dyn", "--namespace", "stage")
        self.may(lease, "get", "configmaps", "--namespace", "stage")
        self.assertEqual(len(json.loads(self.ok("lease", "list", "-o", "json"))), 2)
        self.cluster.kubectl("label", "namespace", "stage", "team-")
        self.cluster.kubectl("label", "namespace", "stage", "team=ops")
        self.ok("lease", "revoke", "--all", "--yes")
        self.assertEqual(self.ours(), [])


class Ending(Roles):
    def test_rights_that_went_in_one_namespace_do_not_keep_the_token_alive(self):
        self.give_rights("dynamic-roles")
        self.several()
        lease = self.create("many")
        self.cluster.kubectl("delete", "rolebinding", "leasehold-dynamic-roles", "--namespace",
                             "prod")
        self.may_now(False, "list", "rolebindings.rbac.authorization.k8s.io", "--namespace", "prod")
        [ended] = json.loads(self.ok("lease", "revoke", lease["id"], "-o", "json"))
        self.assertEqual(ended["result"], "revoked")
        self.assertIn('not looked for: what the lease has in namespace "prod"', ended["detail"])
        self.assert_ends(lease, "dynamic, with a namespace out of reach")
        self.assertEqual({one.split("/")[0].split(".")[0] for one in self.ours()},
                         {"role", "rolebinding"})
        self.give_rights("dynamic-roles")
        self.may_now(True, "list", "rolebindings.rbac.authorization.k8s.io", "--namespace", "prod")
        self.ok("lease", "revoke", lease["id"])
        self.assertEqual(self.ours(), [])

    def test_a_lease_is_found_where_the_profile_no_longer_binds(self):
        self.give_rights("dynamic-roles")
        self.several()
        lease = self.create("many")
        self.several(roles="\n  role: reader\n")
        self.ok("lease", "revoke", lease["id"])
        self.assertEqual(self.ours(), [])

    def test_prune_takes_all_of_an_expired_lease_and_nothing_of_a_renewed_one(self):
        self.give_rights("dynamic-roles")
        self.several()
        lease = self.create("many", "--ttl", "10m")
        # Another profile's, which sees of it the binding in stage alone.
        self.several("other", "\n  role: reader\n", "[stage]")
        self.cluster.kubectl("create", "role", "lists", "--namespace", "stage", "--verb=list",
                             "--resource=serviceaccounts")
        self.cluster.kubectl("create", "rolebinding", "lists", "--namespace", "stage", "--role",
                             "lists", "--serviceaccount", "leasehold:leasehold-requester")
        self.addCleanup(self.cluster.kubectl, "delete", "role,rolebinding", "lists", "--namespace",
                        "stage")
        self.may_now(True, "list", "serviceaccounts", "--namespace", "stage")
        self.ok("lease", "renew", lease["id"], "--ttl", "4h")
        before = self.ours()
        prune = ("faketime", "-f", "+2h", os.environ["LEASEHOLD_FULL"], "lease", "prune")
        for more in ((), ("--profile", "other", "--all-holders")):
            result = self.box.run(*prune, *more)
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
            self.assertEqual(self.ours(), before, result.stdout)
        result = self.box.run("faketime", "-f", "+9h", *prune[3:], "--profile", "many")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertEqual(self.ours(), [])


if __name__ == "__main__":
    unittest.main()
