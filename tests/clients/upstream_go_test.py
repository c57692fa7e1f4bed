"""Upstream's own scenarios for exec plugins, by their letters, with a client-go program (`go`) and
leasehold as the plugin: those that take one process for several calls. upstream_test.py has those of
kubectl."""

import json
import os
import time
import unittest

import install
from case import PATIENCE, RECHECK, ClientCase, Steered, wait_for
from tests.support.machine import left_out
from tests.support.pki import Authority
from watching import Watching

HINTS_AN_HOUR = 10  # client-go's


def setUpModule():
    ClientCase.start_cluster()
    # Who leases where a test must be able to take that away.
    ClientCase.cluster.kubectl("create", "serviceaccount", "leaser", "--namespace", "ci")
    ClientCase.cluster.kubectl("create", "clusterrolebinding", "leaser", "--clusterrole",
                               "cluster-admin", "--serviceaccount", "ci:leaser")


class ClientGo(ClientCase):
    @classmethod
    def setUpClass(cls):
        try:
            [cls.program], _ = install.go()
        except install.CannotInstall as trouble:
            left_out(str(trouble))
        super().setUpClass()

    def client(self, *words, kind=Steered):
        """A process; `words`: its flags, kubeconfig and contexts."""
        client = kind([self.program, *words], self.box.environment)
        self.addCleanup(client.end)
        return client

    def dev(self, *flags, kind=Steered):
        return self.client(*flags, self.box.kubeconfig, "dev", kind=kind)

    def good(self, client, count=1, parallel=1):
        self.assertEqual(client.calls(count, parallel), {"ok": count, "errors": []})

    def view(self):
        return json.loads(self.box.run(self.cluster.kubectl_path, "config", "view", "--raw", "-o",
                                       "json").stdout)

    def test_A_equal_entries_share_a_credential_and_others_do_not(self):
        self.setup(requester=("--no-require-cluster-info",))
        whole = self.view()
        [cluster] = [one for one in whole["clusters"] if one["name"] == "dev"] or \
            whole["clusters"][-1:]
        [exec_] = [one["user"]["exec"] for one in whole["users"] if one["name"] == "leasehold-dev"]
        group = exec_["apiVersion"].split("/")[0]
        users = [exec_, exec_, dict(exec_, args=["credential", "--profile=dev"]),
                 dict(exec_, env=[{"name": "COLOUR", "value": "red"}]),
                 dict(exec_, apiVersion=group + "/v1beta1"), dict(exec_, installHint="another"),
                 dict(exec_, interactiveMode="IfAvailable"),
                 dict(exec_, provideClusterInfo=False)]
        names = [f"c{number}" for number in range(len(users) + 1)]
        extension = [{"name": group + "/exec", "extension": {"a": 1}}]
        extended = {"name": "e", "cluster": dict(cluster["cluster"], extensions=extension)}
        text = json.dumps({
            "apiVersion": "v1", "kind": "Config", "clusters": [cluster, extended],
            "users": [{"name": name, "user": {"exec": user}}
                      for name, user in zip(names, [*users, exec_])],
            "contexts": [{"name": name, "context": {"user": name, "cluster": cluster["name"]}}
                         for name in names[:-1]] +
                        [{"name": names[-1], "context": {"user": names[-1], "cluster": "e"}}]})
        self.good(self.client(self.box.write("all", text), *names), 3 * len(names))
        self.assertEqual((self.runs(), self.token_requests()), (len(names) - 1, 1))

    def test_A_two_identities_in_one_process_stay_apart(self):
        self.setup()
        other = self.account + "-too"
        self.cluster.kubectl("create", "serviceaccount", other, "--namespace", "ci")
        self.cluster.kubectl("create", "rolebinding", other, "--namespace", "ci", "--role=reader",
                             f"--serviceaccount=ci:{other}")
        self.profile("other", "--service-account", other)
        self.ok("kubeconfig", "add", "other")
        self.good(self.client(self.box.kubeconfig, "dev", "other"), 20, 5)
        self.assertEqual((self.answered(200), self.answered(200, other)), (10, 10))
        self.assertEqual((self.token_requests(), self.cluster.token_requests(other)), (1, 1))

    def test_E_a_token_is_kept_until_it_is_refused(self):
        """Nobody else asks meanwhile: the second run is what has the server asked."""
        self.setup()
        client = self.dev()
        self.good(client, 5)
        self.assertEqual(self.runs(), 1)
        self.revoke()
        self.assertEqual([client.calls()["ok"] for _ in range(3)], [0, 1, 1])
        self.assertEqual((self.runs(), self.token_requests(), self.reviews()), (2, 2, 1))

    def test_E_or_ends_and_then_nothing_is_refused(self):
        self.box.write("ends", "3")
        self.setup()
        client = self.dev()
        for runs in 1, 2:
            self.good(client, 5)
            self.assertEqual((self.runs(), self.token_requests()), (runs, 1))
            time.sleep(3.5)

    def test_G_another_certificate_is_another_handshake(self):
        ours = Authority(self.box.path("ours"), self.cluster.facts["ca"],
                         self.cluster.facts["ca_key"])
        theirs = Authority(self.box.path("theirs"))
        user = "system:serviceaccount:ci:" + self.account
        self.box.write("ends", "2")
        self.wrap_certificates()
        client = self.dev()
        for authority, name, ok in ((ours, user, 1), (theirs, user, 0), (ours, user, 1),
                                    (ours, "nobody", 0)):
            with self.subTest(name=name, ok=ok):
                self.answer(authority.pair("/CN=" + name))
                self.ok("cache", "clear")
                time.sleep(2.5)  # what it had ends
                said = client.calls()
                self.assertEqual(said["ok"], ok, said)
        self.assertIn("nobody", said["errors"][0])

    def answer(self, pair):
        self.box.write("answer", json.dumps({
            "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
            "status": dict(zip(("clientCertificateData", "clientKeyData"), pair))}))

    def wrap_certificates(self):
        """A profile whose provider is a plugin that prints the file `answer`."""
        tool = self.box.write("bin/tool", f"#!/bin/sh\ncat {self.box.path('answer')}\n", 0o700)
        self.ok("profile", "add", "dev", "--provider", "exec", "--server", self.cluster.server,
                "--certificate-authority", self.cluster.facts["ca"], "--command", tool)
        self.ok("kubeconfig", "add", "dev", "--set-current")
        self.rewrite(r"(command: )\S+", r"\g<1>" + self.wrapper)

    def test_H_clients_made_at_once_share_one_run(self):
        self.setup()
        self.good(self.dev("-each-new"), 100, 50)
        self.assertEqual((self.runs(), self.token_requests()), (1, 1))

    def test_I_the_hint_of_the_entry_is_told_and_not_over_and_over(self):
        self.setup()
        self.rewrite(r"(command: )\S+", r"\g<1>no-such-leasehold")
        said = self.dev().calls(3 * HINTS_AN_HOUR)["errors"]
        told = [one for one in said if "leasehold is not installed where" in one]
        self.assertEqual((len(said), len(told)), (3 * HINTS_AN_HOUR, HINTS_AN_HOUR), said)

    def test_K_metrics_tell_how_the_plugin_ended(self):
        self.setup()
        self.assertEqual(self.dev("-metrics").calls(5, 5)["plugin"], {"no_error 0": 1})
        self.rewrite(r"(command: )\S+", r"\g<1>/nonexistent/leasehold")
        self.assertEqual(set(self.dev("-metrics").calls()["plugin"]), {"plugin_not_found_error 1"})
        self.rewrite(r"(command: )\S+", r"\g<1>" + self.wrapper)
        os.remove(self.box.profile_path("dev"))
        self.assertEqual(set(self.dev("-metrics").calls()["plugin"]), {"plugin_execution_error 3"})

    def test_L_an_informer_over_a_rotation(self):
        self.box.write("ends", "5")
        good = self.cluster.kubectl("create", "token", "leaser", "--namespace", "ci").strip()
        requester = self.box.write("requester", good)
        self.setup(requester=("--requester-token-file", requester))
        # It begins with a token that is refused, and syncs with the next one.
        self.ok("credential", "--profile", "dev")
        time.sleep(RECHECK)  # so young a token is not suspected
        self.revoke()
        informer = self.dev("-watch", kind=Watching)
        informer.wait("synced", "")
        self.assertEqual(self.token_requests(), 2)
        self.make("one")
        informer.wait("added", self.account + "-one")
        # It goes over tokens' ends as if there were none.
        runs = self.runs()
        wait_for(lambda: self.runs() > runs + 1, PATIENCE, "a token's end")
        self.make("two")
        informer.wait("added", self.account + "-two")
        # Nobody leases any more, and what it has ends: it sees nothing.
        self.box.write("requester", "no.such.token")
        self.ok("cache", "clear")
        wait_for(lambda: [one for one in informer.events() if one[0] == "error"], PATIENCE,
                 "a request without a token")
        self.make("three")
        time.sleep(3)
        self.assertNotIn(("added", self.account + "-three"), informer.events())
        # And goes on where it was, without being started anew.
        self.box.write("requester", good)
        informer.wait("added", self.account + "-three")


if __name__ == "__main__":
    unittest.main(verbosity=2)
