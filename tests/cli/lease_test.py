"""The lease book through the real program: static and dynamic leases, their records, and their end."""

import calendar
import json
import os
import re
import signal
import time
import unittest

from lease_case import PROGRAM, SOON, LeaseCase, exec_info
from tests.support.sessions import wait_for


class Revocable(LeaseCase):
    def test_the_record_of_a_static_lease(self):
        self.profile()
        lease = self.create("dev", "--audience", "https://a.example", "--audience",
                            "https://b.example")
        self.assertTrue(lease["revocable"])
        [secret] = self.objects.list("secrets", "ci")
        meta = secret["metadata"]
        self.assertEqual((meta["name"], secret["type"]), (lease["id"], "leasehold.dev/lease"))
        self.assertFalse(secret.get("data"), "a token must never be stored in the cluster")
        notes = {name.split("/")[1]: text for name, text in meta["annotations"].items()}
        self.assertEqual(notes["service-account"], "deployer")
        self.assertEqual(notes["jti"], lease["jti"])
        self.assertEqual(notes["expires-at"], lease["expires"])
        self.assertEqual(notes["audiences"], "https://a.example,https://b.example")
        self.assertIn("@", notes["holder"])
        self.assertNotIn(lease["token"], json.dumps(secret))

    def test_no_rights_on_secrets_means_not_revocable_said_once(self):
        self.profile()
        self.api.fault("answer", method="POST", path="/secrets$", status=403)
        result = self.leasehold("lease", "create", "--profile", "dev", "-o", "json")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertFalse(json.loads(result.stdout)["revocable"])
        self.assertIn("cannot be revoked", result.stderr)
        self.assertIn("create secrets", result.stderr)
        asked = len(self.api.requests())
        self.credential()
        paths = [one["path"] for one in self.api.requests()[asked:]]
        self.assertEqual([path for path in paths if path.endswith("/secrets")], [],
                         "the refusal is remembered")
        # Wanted in so many words, it is an error.
        self.profile("must", "--revocable")
        self.assertIn("revocable: false", self.fails(4, "lease", "create", "--profile", "must"))

    def test_a_server_without_secrets_still_leases(self):
        for status in (404, 405, 501, 201):
            with self.subTest(status=status):
                self.profile("p%d" % status)
                self.api.clear()
                self.api.fault("answer", path="/secrets", status=status, body="{}")
                result = self.leasehold("lease", "create", "--profile", "p%d" % status)
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertIn("cannot be revoked", result.stderr)

    def test_every_command_tells_the_same_end(self):
        for number, (flags, skew) in enumerate(((["--no-revocable"], 0), ([], 0), ([], 1800),
                                                (["--no-revocable"], -1800))):
            with self.subTest(flags=flags, skew=skew):
                self.api.skew(skew)
                name = "p%d" % number
                before = time.time()
                said = self.setup(name, "--ttl", "20m", *flags)
                end = re.search(r"until (\S+)", said).group(1)
                told = {"cache list": json.loads(self.ok("cache", "list", "--profile", name, "-o",
                                                         "json"))[0]["expires"]}
                [listed] = self.leases("--profile", name)
                told["lease list"] = listed["expires"]
                [listed] = self.leases("--profile", name, "--local")
                told["lease list --local"] = listed["expires"]
                told["audit"] = json.loads(self.ok("audit", "--profile", name, "-o",
                                                   "json"))[-1]["expires"]
                if not flags:
                    told["lease show"] = json.loads(self.ok("lease", "show", listed["id"],
                                                            "--profile", name, "-o",
                                                            "json"))["expires"]
                self.assertEqual(told, {command: end for command in told})
                parsed = calendar.timegm(time.strptime(end, "%Y-%m-%dT%H:%M:%SZ"))
                self.assertAlmostEqual(parsed, before + 1200, delta=30)
                client = self.credential(name)["status"]["expirationTimestamp"]
                self.assertLess(client, end)

    def test_revocable_false_makes_no_record(self):
        self.profile("dev", "--no-revocable")
        self.assertFalse(self.create("dev")["revocable"])
        self.assertEqual(self.ours(), [])
        self.credential()
        [lease] = self.leases()
        result = self.leasehold("lease", "revoke", lease["id"])
        self.assertEqual(result.returncode, 4)
        self.assertIn("its token works until", result.stdout)
        self.assertEqual(self.leases(), [], "but it is forgotten")

    def test_revoke_ends_the_token_and_every_copy(self):
        self.profile()
        token = self.credential()["status"]["token"]
        [lease] = self.leases()
        self.assertEqual((lease["state"], lease["cached"]), ("active", "fresh"))
        self.assertIn("revoked", self.ok("lease", "revoke", lease["id"]))
        self.assertEqual((self.ours(), self.leases()), ([], []))
        self.assertNotEqual(self.credential()["status"]["token"], token)
        # Ending what has ended is no error.
        self.assertIn("was gone", self.ok("lease", "revoke", lease["id"], "--profile", "dev"))

    def test_a_lease_that_was_ended_elsewhere_shows(self):
        self.profile()
        self.credential()
        [lease] = self.leases()
        self.objects.delete("secrets", "ci", lease["id"])
        [lease] = self.leases()
        self.assertEqual((lease["state"], lease["cached"]), ("revoked", ""))

    def test_renew_is_a_new_token_under_the_same_lease(self):
        self.profile()
        old = self.credential()["status"]["token"]
        [lease] = self.leases()
        result = self.leasehold("lease", "renew", lease["id"], "--ttl", "2h", "-o", "json")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("new token", result.stderr)
        renewed = json.loads(result.stdout)
        self.assertEqual(renewed["id"], lease["id"])
        self.assertEqual(renewed["ttlSeconds"], 7200)
        self.assertNotEqual(renewed["token"], old)
        self.assertEqual(self.credential()["status"]["token"], renewed["token"])
        [record] = self.objects.list("secrets", "ci")
        self.assertEqual(record["metadata"]["annotations"]["leasehold.dev/jti"], renewed["jti"])
        self.ok("lease", "revoke", lease["id"])
        self.assertEqual(self.ours(), [])
        self.fails(2, "lease", "renew", lease["id"], "--ttl", "5m", "--profile", "dev")

    def test_a_list_whose_snapshot_is_gone_is_read_once_more(self):
        """410 for a continue token: etcd has compacted what the pages were read from."""
        self.profile()
        lease = self.create("dev")
        [record] = self.objects.list("secrets", "ci")
        for field in ("uid", "resourceVersion", "creationTimestamp"):
            record["metadata"].pop(field, None)
        for number in range(120):
            record["metadata"]["name"] = "leasehold-%016d" % number
            self.objects.create("secrets", "ci", record)
        self.api.fault("answer", method="GET", path="/secrets$", status=410, skip=1, times=1)
        ids = [one["id"] for one in self.leases()]
        self.assertEqual((len(ids), len(set(ids))), (121, 121))
        self.assertIn(lease["id"], ids)

    def test_an_object_that_was_replaced_meanwhile_is_left_alone(self):
        """The uid that was seen is a precondition of the delete."""
        self.profile()
        lease = self.create("dev")
        [record] = self.objects.list("secrets", "ci")
        slow = self.api.fault("latency", seconds=2, method="DELETE", path="/secrets/", times=1)
        revoking = self.box.start(PROGRAM, "lease", "revoke", lease["id"])
        self.assertTrue(wait_for(lambda: self.api.taken(slow)), "the request did not come")
        self.objects.delete("secrets", "ci", lease["id"])
        for field in ("uid", "resourceVersion", "creationTimestamp"):
            record["metadata"].pop(field, None)
        self.objects.create("secrets", "ci", record)
        [replaced] = self.objects.list("secrets", "ci")
        revoking.communicate(timeout=60)
        [left] = self.objects.list("secrets", "ci")
        self.assertEqual(left["metadata"]["uid"], replaced["metadata"]["uid"])

    def test_logout_revokes(self):
        self.profile()
        self.credential()
        self.create("dev")
        self.assertEqual(len(self.ours()), 2)
        self.ok("logout", "--profile", "dev")
        self.assertEqual((self.ours(), self.leases("--local")), ([], []))

    def test_a_server_that_is_gone_loses_no_list(self):
        self.profile()
        self.credential()
        self.api.fault("reset")
        result = self.leasehold("lease", "list", "-o", "json")
        self.assertEqual(result.returncode, 0)
        self.assertEqual(json.loads(result.stdout)[0]["cached"], "fresh")
        self.assertIn("left out", result.stderr)
        result = self.leasehold("lease", "revoke", "--all")
        self.assertEqual(result.returncode, 5)
        self.assertIn("not revoked", result.stdout)

    def test_a_token_that_is_not_bound_is_refused(self):
        self.profile("dev", "--revocable")
        self.api.fault("token", claims={"kubernetes.io": {
            "namespace": "ci", "serviceaccount": {"name": "deployer", "uid": "1"}}})
        self.assertIn("not bound", self.fails(7, "lease", "create", "--profile", "dev"))
        self.assertEqual(self.ours(), [])


class Dynamic(LeaseCase):
    def owners(self, kind):
        namespace = "" if kind.startswith("cluster") else "ci"
        return [owner["kind"] + "/" + owner["name"] for item in self.objects.list(kind, namespace)
                for owner in item["metadata"].get("ownerReferences", [])]

    def test_a_role_binding_is_owned_by_its_account(self):
        self.dynamic()
        lease = self.create("dyn")
        name = lease["id"]
        self.assertEqual(lease["subject"], "system:serviceaccount:ci:" + name)
        self.assertEqual(self.ours(), ["rolebindings/" + name, "serviceaccounts/" + name])
        self.assertEqual(self.owners("rolebindings"), ["ServiceAccount/" + name])
        [account] = self.objects.list("serviceaccounts", "ci")
        self.assertIs(account["automountServiceAccountToken"], False)
        self.objects.delete("serviceaccounts", "ci", name)
        self.assertEqual(self.ours(), [], "the owner takes all with it")

    def test_a_cluster_role_binding_owns_its_account(self):
        self.dynamic("dyn", "--role-type", "cluster-role", "--binding", "cluster",
                     role=("--role", "view"))
        name = self.create("dyn")["id"]
        self.assertEqual(self.ours(), ["clusterrolebindings/" + name, "serviceaccounts/" + name])
        self.assertEqual(self.owners("serviceaccounts"), ["ClusterRoleBinding/" + name])
        self.objects.delete("clusterrolebindings", "", name)
        self.assertEqual(self.ours(), [])

    def test_rules_of_the_profiles_own(self):
        rules = self.box.write("rules.yaml", "- apiGroups: [\"\"]\n  resources: [configmaps]\n"
                               "  verbs: [get]\n  resourceNames: [one]\n")
        self.dynamic(role=("--rules-file", rules))
        name = self.create("dyn")["id"]
        [role] = self.objects.list("roles", "ci")
        self.assertEqual(role["rules"], [{"apiGroups": [""], "resources": ["configmaps"],
                                          "verbs": ["get"], "resourceNames": ["one"]}])
        [binding] = self.objects.list("rolebindings", "ci")
        self.assertEqual(binding["roleRef"]["name"], name)
        self.ok("lease", "revoke", name)
        self.assertEqual(self.ours(), [])

    def test_namespaces(self):
        self.dynamic("dyn", "--namespace", "default")
        self.assertIn(":ci:", self.create("dyn")["subject"])
        self.assertIn(":default:", self.create("dyn", "--namespace", "default")["subject"])
        asked = len(self.api.requests())
        error = self.fails(4, "lease", "create", "--profile", "dyn", "--namespace", "prod")
        self.assertIn("ci, default", error)
        self.assertEqual(len(self.api.requests()), asked, "refused before any request")

    def test_name_templates(self):
        self.dynamic("dyn", "--name-template", "x-{profile}-{user}-{unixtime}-{random}")
        self.assertRegex(self.create("dyn")["id"], r"^x-dyn-[a-z0-9-]+-[0-9]+-[a-z0-9]{16}$")
        self.assertEqual(len(self.ours()), 2)
        self.api.skew(SOON)
        self.ok("lease", "prune")
        self.assertEqual(self.ours(), [], "the profile's own template counts")
        for template in ("no-random", "{random}-", "Upper-{random}", "{random}" + "x" * 60):
            self.fails(3, "profile", "add", "bad", "--server", self.api.server, "--namespace", "ci",
                       "--credential", "dynamic", "--role", "r", "--name-template", template)

    def test_a_dynamic_lease_is_cached_like_any_other(self):
        self.dynamic()
        first = self.credential("dyn")
        self.assertEqual(self.credential("dyn")["status"]["token"], first["status"]["token"])
        self.assertEqual(len(self.ours()), 2)

    def test_renew(self):
        self.dynamic()
        name = self.create("dyn")["id"]
        renewed = json.loads(self.ok("lease", "renew", name, "--ttl", "4h", "-o", "json"))
        self.assertEqual(renewed["subject"], "system:serviceaccount:ci:" + name)
        self.api.skew(SOON)
        self.ok("lease", "prune")
        self.assertEqual(len(self.ours()), 2, "a renewed lease has not expired")


class Book(LeaseCase):
    def test_two_people_do_not_see_or_end_each_others_leases(self):
        self.profile("one")
        self.profile("two")
        one = self.create("one")["id"]
        two = self.create("two")["id"]
        self.assertEqual([lease["id"] for lease in self.leases("--profile", "one")], [one])
        self.fails(3, "lease", "show", two, "--profile", "one")
        self.assertIn("was gone", self.ok("lease", "revoke", two, "--profile", "one"))
        self.api.skew(SOON)
        self.ok("lease", "prune", "--profile", "one")
        self.assertEqual(self.ours(), ["secrets/" + two])
        self.api.skew(0)
        everyone = self.leases("--profile", "one", "--all-holders")
        self.assertIn(two, [lease["id"] for lease in everyone])
        self.api.skew(SOON)
        self.ok("lease", "prune", "--profile", "one", "--all-holders")
        self.assertEqual(self.ours(), [])

    def test_show(self):
        self.profile()
        lease = self.create("dev")
        shown = json.loads(self.ok("lease", "show", lease["id"], "-o", "json"))
        self.assertEqual((shown["jti"], shown["namespace"], shown["state"], shown["profile"]),
                         (lease["jti"], "ci", "active", "dev"))
        self.assertNotIn(lease["token"], self.ok("lease", "show", lease["id"]))
        self.assertIn("lease list", self.fails(3, "lease", "show", "leasehold-nothing"))

    def test_revoke_wants_to_know_what(self):
        self.profile()
        self.assertIn("--all", self.fails(2, "lease", "revoke"))
        self.fails(2, "lease", "revoke", "x", "--all")
        self.create("dev")
        self.create("dev")
        self.assertIn("no leases", self.ok("lease", "revoke", "--expired"))
        self.ok("lease", "revoke", "--all")
        self.assertEqual(self.ours(), [])

    def test_hostile_records_are_shown_safely(self):
        self.profile()
        name = self.create("dev")["id"]
        [record] = self.objects.list("secrets", "ci")
        record["metadata"]["annotations"]["leasehold.dev/holder"] = "\x1b[31mroot\n@x"
        self.objects.call("PUT", "/api/v1/namespaces/ci/secrets/" + name, record)
        self.assertNotIn("\x1b", self.ok("lease", "list"))


class Interrupted(LeaseCase):
    def interrupt(self, path, skip, number):
        if not os.path.exists(self.box.profile_path("dyn")):
            self.dynamic("dyn", "--deadline", "20s")
        self.api.clear()
        slow = self.api.fault("latency", seconds=0.5, method="POST", path=path, skip=skip, times=1)
        process = self.box.start(PROGRAM, "lease", "create", "--profile", "dyn")
        self.assertTrue(wait_for(lambda: self.api.taken(slow)), "the request did not come")
        process.send_signal(number)
        output, error = process.communicate(timeout=60)
        self.assertEqual((process.returncode, output), (130, ""), error)
        self.assertIn("interrupted", error)

    def test_LEASE_4_a_lease_in_the_making_is_taken_back(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            for skip in (0, 1, 2):
                with self.subTest(signal=number, step=skip):
                    self.interrupt("/(serviceaccounts|rolebindings|token)$", skip, number)
                    self.assertEqual(self.ours(), [])

    def test_LEASE_4_a_server_that_hangs_does_not_hold_ctrl_c(self):
        self.profile()
        hang = self.api.fault("hang", path="/secrets$", times=1)
        process = self.box.start(PROGRAM, "credential", "--profile", "dev")
        self.assertTrue(wait_for(lambda: self.api.taken(hang)), "the request did not come")
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        self.assertIsNone(process.poll(), "a lease may still be on its way")
        process.send_signal(signal.SIGINT)
        output, error = process.communicate(timeout=60)
        self.assertEqual((process.returncode, output), (130, ""))
        self.assertIn("interrupted, before it was known whether a lease was made\n", error)
        self.assertIn("'leasehold lease list' shows one", error)

    def test_LEASE_4_what_takes_too_long_to_take_back_is_told_and_can_be_revoked(self):
        self.dynamic("dyn", "--deadline", "30s")
        hang = self.api.fault("hang", path="/token$", times=1)
        process = self.box.start(PROGRAM, "lease", "create", "--profile", "dyn")
        self.assertTrue(wait_for(lambda: self.api.taken(hang)), "the request did not come")
        process.send_signal(signal.SIGINT)
        output, error = process.communicate(timeout=60)
        self.assertEqual((process.returncode, output), (130, ""))
        self.assertIn("'leasehold lease list' shows one", error)
        [lease] = self.leases()
        self.ok("lease", "revoke", lease["id"])
        self.assertEqual(self.ours(), [])

    def test_nohup_is_respected(self):
        self.profile()
        slow = self.api.fault("latency", seconds=1, path="/token$", times=1)
        process = self.box.start("nohup", PROGRAM, "credential", "--profile", "dev")
        self.assertTrue(wait_for(lambda: self.api.taken(slow)), "the request did not come")
        process.send_signal(signal.SIGHUP)
        output, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0)
        self.assertIn("ExecCredential", output)


class Sweep(LeaseCase):
    def test_what_expired_is_removed_in_the_background_and_nothing_else(self):
        self.profile()
        self.credential()
        [lease] = self.leases()
        [record] = self.objects.list("secrets", "ci")
        record["metadata"]["annotations"]["leasehold.dev/expires-at"] = "2020-01-01T00:00:00Z"
        self.objects.call("PUT", "/api/v1/namespaces/ci/secrets/" + lease["id"], record)
        stamps = os.path.join(self.box.home, ".local/state/leasehold/sweeps")
        [stamp] = os.listdir(stamps)
        self.ok("cache", "clear")
        self.credential()
        time.sleep(1)
        self.assertEqual(len(self.ours()), 2, "not before an hour has passed")
        os.utime(os.path.join(stamps, stamp), (1, 1))
        self.ok("cache", "clear")
        self.credential()
        self.assertTrue(wait_for(lambda: "secrets/" + lease["id"] not in self.ours()))
        self.assertEqual(len(self.ours()), 2)


class Audit(LeaseCase):
    def log(self, *more):
        return json.loads(self.ok("audit", "-o", "json", *more))

    def test_every_event_is_a_line(self):
        self.profile()
        token = self.credential()["status"]["token"]
        [lease] = self.leases()
        self.credential()
        self.ok("lease", "renew", lease["id"])
        self.ok("lease", "revoke", lease["id"])
        self.api.fault("answer", path="/token$", status=403)
        self.fails(4, "lease", "create", "--profile", "dev")
        self.api.clear()
        self.api.fault("reset", path="/token$")
        self.fails(5, "lease", "create", "--profile", "dev")
        lines = self.log()
        self.assertEqual([line["event"] for line in lines],
                         ["lease", "renewal", "revocation", "refusal", "failure"])
        for line in lines[:3]:
            self.assertEqual(line["lease"], lease["id"])
            self.assertTrue(line["jti"])
            self.assertIn("python3", line["caller"])
        self.assertEqual(lines[3]["exitCode"], 4)
        self.assertEqual(len(self.log("--event", "lease")), 1)
        self.assertEqual(len(self.log("--limit", "2")), 2)
        self.assertEqual(len(self.log("--since", "1h")), 5)
        self.assertEqual(self.log("--since", "2099-01-01T00:00:00Z"), [])
        self.assertEqual(self.log("--profile", "other"), [])
        self.assertIn("EVENT", self.ok("audit"))
        path = os.path.join(self.box.home, ".local/state/leasehold/audit.jsonl")
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        with open(path, encoding="utf-8") as file:
            self.assertNotIn(token, file.read())

    def test_a_refused_cluster_is_a_line(self):
        self.profile()
        self.fails(4, "credential", "--profile", "dev",
                   environment={"KUBERNETES_EXEC_INFO": exec_info("https://evil.example:6443")})
        [line] = self.log()
        self.assertEqual((line["event"], line["exitCode"]), ("refusal", 4))
        self.assertIn("evil.example", line["detail"])

    def test_the_log_is_rotated_and_never_in_the_way(self):
        self.profile()
        path = os.path.join(self.box.home, ".local/state/leasehold/audit.jsonl")
        self.create("dev")
        with open(path, "a", encoding="utf-8") as file:
            file.write(("{\"time\":\"2026-01-01T00:00:00Z\",\"event\":\"lease\"}\n" * 90000))
        self.create("dev")
        self.assertLess(os.stat(path).st_size, 2000)
        self.assertGreater(os.stat(path + ".1").st_size, 4 << 20)
        os.remove(path)
        os.mkdir(path)
        self.create("dev")
        os.rmdir(path)
        os.symlink("/dev/full", path)
        self.create("dev")


class Reasons(LeaseCase):
    def reasons(self):
        return [one.get("reason") for one in json.loads(self.ok("audit", "-o", "json"))]

    def test_on_the_lease_and_in_the_audit_log(self):
        self.profile("dev", "--revocable", "--reason", "daily work")
        self.create("dev")
        lease = self.create("dev", "--reason", "ticket 7: \u00e4 \"quoted\"")
        self.assertEqual({one["reason"] for one in self.leases()},
                         {"daily work", "ticket 7: \u00e4 \"quoted\""})
        self.assertIn("ticket 7", self.ok("lease", "show", lease["id"]))
        self.assertIn("reason: ticket 7", self.ok("audit"))
        self.ok("lease", "renew", lease["id"])
        self.assertIn("ticket 7", self.ok("lease", "show", lease["id"]))
        self.assertEqual(self.reasons()[:2], ["daily work", "ticket 7: \u00e4 \"quoted\""])
        self.api.fault("answer", method="POST", path="/token$", status=403)
        self.fails(4, "lease", "create", "--profile", "dev", "--reason", "again")
        self.assertEqual(self.reasons()[-1], "again")

    def test_a_run_has_one(self):
        self.profile()
        self.ok("exec", "--profile", "dev", "--reason", "ticket 8", "--", "true")
        self.assertIn("ticket 8", self.reasons())

    def test_one_short_line(self):
        self.profile("dev")
        before = self.token_requests()
        for reason in ("x" * 257, "two\nlines", "\x1b[2J"):
            self.fails(2, "lease", "create", "--profile", "dev", "--reason", reason)
            self.fails(2, "profile", "add", "x", "--from-context", "admin", "--namespace", "ci",
                       "--service-account", "deployer", "--reason", reason)
        self.assertEqual(self.token_requests(), before)

    def test_what_somebody_else_wrote_there_is_cut_and_escaped(self):
        self.profile("dev", "--revocable")
        name = "leasehold-0123456789abcdef"
        self.objects.create("secrets", "ci", {"metadata": {
            "name": name, "labels": {"app.kubernetes.io/managed-by": "leasehold",
                                     "leasehold.dev/lease": name},
            "annotations": {"leasehold.dev/expires-at": "2099-01-01T00:00:00Z",
                            "leasehold.dev/reason": "\x1b[31m" + "y" * 5000}}})
        [shown] = self.leases("--all-holders")
        self.assertNotIn("\x1b", shown["reason"])
        self.assertLess(len(shown["reason"]), 400)


if __name__ == "__main__":
    unittest.main()
