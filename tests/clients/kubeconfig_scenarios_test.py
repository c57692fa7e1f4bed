"""What leasehold writes for clients: scenarios 9 and 11 with the real kubectl against the real API
server (README.md)."""

import json
import os
import stat
import threading
import unittest

from case import ClientCase
from tests.support.machine import need_mounts
from tests.support.sandbox import PROGRAM

ROUNDS = int(os.environ.get("LEASEHOLD_TEST_ROUNDS", "10"))
PLAIN = """\
# mine
apiVersion: v1
kind: Config
clusters:
- cluster: {server: "https://a.example"}  # theirs
  name: a
contexts:
- context: {cluster: a, user: a}
  name: a
users:
- name: a
  user: {token: abc}
"""
FORMS = {
    "comments": PLAIN,
    "anchors": PLAIN.replace("{token: abc}", "&who {token: abc}") + "- name: b\n  user: *who\n",
    "CRLF": PLAIN.replace("\n", "\r\n"),
    "JSON": '{"apiVersion": "v1", "kind": "Config", "clusters": [], "contexts": null}\n',
    "empty": "",
    "YAML 1.1": PLAIN + "extensions:\n- {name: x, extension: {n: 1, y: 2, on: 3, off: 0123}}\n",
    "lists without a cluster": "apiVersion: v1\nkind: Config\nclusters: []\nusers:\n",
}
BROKEN = {
    "tabs": PLAIN.replace("  name: a", "\tname: a"),
    "a duplicate name": PLAIN + "- name: a\n  user: {token: def}\n",
    "a duplicate of ours": PLAIN + "- name: leasehold-dev\n  user: {token: x}\n" * 2,
}


def setUpModule():
    ClientCase.start_cluster()


class KubeconfigCase(ClientCase):
    def setUp(self):
        super().setUp()
        self.profile("dev")
        os.remove(self.box.kubeconfig)

    def read(self, name="kubeconfig"):
        with open(self.box.path(name), "rb") as file:
            return file.read()

    def kubectl(self, *arguments, **options):
        return self.box.run(self.cluster.kubectl_path, *arguments, **options)

    def works(self, **options):
        """kubectl gets its answer with what leasehold wrote."""
        result = self.kubectl("get", "configmaps", "--namespace", "ci", "--context", "dev",
                              **options)
        self.assertEqual(result.returncode, 0, result.stderr)

    def ours(self):
        view = json.loads(self.kubectl("config", "view", "--raw", "-o", "json").stdout)
        [user] = [one["user"] for one in view["users"] if one["name"] == "leasehold-dev"]
        return user["exec"]


class Arguments(KubeconfigCase):
    def test_9_what_could_be_read_in_two_ways_is_no_name(self):
        for name in ("a b", "a;b", "$(id)", "`id`", "a&b", "a'b", 'a"b', "a\\b", "a\nb", "~", "a*",
                     "-x", "../a", "A", "ä", ""):
            with self.subTest(name):
                self.fails(2, "kubeconfig", "add", name)
                self.fails(2, "profile", "add", name, "--server", "https://127.0.0.1:1")
        self.fails(2, "kubeconfig", "add", "dev", "--exec-api-version", "v1; id")
        self.assertFalse(os.path.exists(self.box.kubeconfig))

    def test_9_every_client_makes_the_same_arguments_of_it(self):
        """fabric8 gives the line to a shell with few quotes, the client in C with none; the one in
        C# joins by spaces, and splits again."""
        shown = self.box.write("bin/show", '#!/bin/sh\nprintf "%s\\n" "$@"\n', 0o700)
        for name in "dev", "a-name.of-its-own_1":
            for version in "v1", "v1beta1":
                with self.subTest(name, version=version):
                    if name != "dev":
                        self.profile(name)
                    self.ok("kubeconfig", "add", name, "--exec-api-version", version,
                            "--kubeconfig", self.box.path("one"))
                    user = json.loads(self.kubectl("--kubeconfig", self.box.path("one"), "config",
                                                   "view", "--raw", "-o", "json").stdout)
                    entry = user["users"][0]["user"]["exec"]
                    words = [entry["command"], *entry["args"]]
                    self.assertEqual(" ".join(words).split(" "), words)
                    said = self.box.run("/bin/sh", "-c", " ".join([shown, *words]))
                    self.assertEqual(said.stdout.split("\n")[:-1], words)
                    result = self.box.run("/bin/sh", "-c", " ".join(words))
                    self.assertEqual(result.returncode, 0, result.stderr)
                    self.leasehold("profile", "remove", name) if name != "dev" else None
                    os.remove(self.box.path("one"))


class Files(KubeconfigCase):
    def test_11_forms(self):
        for name, text in FORMS.items():
            with self.subTest(name):
                self.box.write("kubeconfig", "")
                with open(self.box.kubeconfig, "w", encoding="utf-8", newline="") as file:
                    file.write(text)
                before = self.read()
                self.ok("kubeconfig", "add", "dev")
                self.works()
                self.ok("kubeconfig", "remove", "dev")
                self.assertEqual(self.read(), before)

    def test_11_broken_ones_stay_as_they_are(self):
        for name, text in BROKEN.items():
            with self.subTest(name):
                self.box.write("kubeconfig", text)
                self.assertIn("kubeconfig", self.fails(3, "kubeconfig", "add", "dev"))
                self.assertEqual(self.read(), text.encode())

    def test_11_links_and_modes(self):
        real = self.box.path("elsewhere")
        os.symlink(real, self.box.kubeconfig)  # leads nowhere yet
        self.ok("kubeconfig", "add", "dev")
        self.works()
        for mode in 0o600, 0o644, 0o400:
            with self.subTest(mode=oct(mode)):
                self.ok("kubeconfig", "remove", "dev")
                os.chmod(real, mode)
                self.ok("kubeconfig", "add", "dev")
                self.assertTrue(os.path.islink(self.box.kubeconfig))
                self.assertEqual(stat.S_IMODE(os.stat(real).st_mode), mode)
                self.works()

    def test_11_a_file_that_is_a_mount(self):
        need_mounts()
        self.box.write("outside", PLAIN)
        self.box.write("kubeconfig", "")
        script = 'mount --bind "$HOME/outside" "$KUBECONFIG" && exec "$@"'
        result = self.box.run("unshare", "--mount", "sh", "-c", script, "sh", PROGRAM,
                              "kubeconfig", "add", "dev")
        self.assertEqual(result.returncode, 0, result.stderr)
        os.replace(self.box.path("outside"), self.box.kubeconfig)
        self.assertTrue(self.read().startswith(b"# mine\n"))
        self.works()

    def test_11_a_stale_lock_and_a_sibling_that_is_read_only(self):
        self.box.write("kubeconfig", PLAIN)
        self.box.write("kubeconfig.lock", "")
        self.assertIn("kubeconfig.lock", self.fails(3, "kubeconfig", "add", "dev"))
        os.utime(self.box.path("kubeconfig.lock"), (1, 1))
        self.ok("kubeconfig", "add", "dev", "--break-lock")
        self.ok("kubeconfig", "remove", "dev")
        sibling = self.box.write("sibling/config", PLAIN.replace("name: a", "name: b"), 0o400)
        before = os.stat(sibling)
        both = {"KUBECONFIG": self.box.kubeconfig + ":" + sibling}
        self.ok("kubeconfig", "add", "dev", environment=both)
        self.works(environment=both)
        after = os.stat(sibling)
        self.assertEqual((before.st_ino, before.st_mtime_ns), (after.st_ino, after.st_mtime_ns))

    def test_11_beside_kubectl(self):
        self.box.write("kubeconfig", PLAIN)
        stop, written = threading.Event(), []

        def write():
            while not stop.is_set():
                name = f"u{len(written)}"
                if self.kubectl("config", "set", f"users.{name}.token", "x").returncode == 0:
                    written.append(name)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for _ in range(ROUNDS):
                self.ok("kubeconfig", "add", "dev")
                self.ok("kubeconfig", "remove", "dev")
        finally:
            stop.set()
            writer.join()
        self.ok("kubeconfig", "add", "dev")
        view = json.loads(self.kubectl("config", "view", "--raw", "-o", "json").stdout)
        self.assertEqual(set(written) - {one["name"] for one in view["users"]}, set())
        self.assertGreater(len(written), 0)
        self.works()

    def test_11_what_kubectl_rewrites_is_no_change(self):
        self.box.write("kubeconfig", PLAIN)
        self.ok("kubeconfig", "add", "dev")
        self.assertEqual(self.kubectl("config", "set", "users.b.token", "x").returncode, 0)
        rewritten = self.read()
        self.assertNotIn(b"# mine", rewritten)
        self.assertIn("unchanged", self.ok("kubeconfig", "add", "dev"))
        self.assertEqual(self.read(), rewritten)
        self.assertTrue(os.path.isabs(self.ours()["command"]))
        self.works()


if __name__ == "__main__":
    unittest.main(verbosity=2)
