"""Where keyrings are forbidden, as the usual profiles of container engines do: the store memory."""

import glob
import os
import shutil
import subprocess
import tempfile
import unittest

from case import PROGRAM, Case
from tests.support.machine import left_out, need_mounts, need_root
from tests.support.sandbox import exec_info

REFUSE_CALLS = os.environ.get("REFUSE_CALLS", "refuse_calls")
FORBIDDEN = [REFUSE_CALLS, "EPERM", "keyctl", "add_key", "request_key", "--"]
INFO = {"KUBERNETES_EXEC_INFO": exec_info()}
UNBOUND = "--no-require-cluster-info"


def in_memory(path):
    return subprocess.run(["stat", "-f", "-c", "%T", path], capture_output=True, text=True,
                          check=False).stdout.strip() in ("tmpfs", "ramfs")


class MemoryCase(Case):
    """The runtime directory lies in memory; nothing that the program runs may use a keyring."""

    forbidden = FORBIDDEN

    def setUp(self):
        super().setUp()
        if not in_memory("/dev/shm"):
            left_out("/dev/shm is not in memory")
        runtime = tempfile.mkdtemp(prefix="leasehold-run-", dir="/dev/shm")
        self.addCleanup(shutil.rmtree, runtime, ignore_errors=True)
        self.box.environment["XDG_RUNTIME_DIR"] = runtime
        self.place = os.path.join(runtime, "leasehold")

    def leasehold(self, *arguments, **options):
        result = self.box.run(*self.forbidden, PROGRAM, *arguments, **options)
        if result.returncode == 99:
            left_out("no seccomp here")
        return result

    def token(self, name="dev"):
        return self.credential(name, environment=INFO)["status"]["token"]

    def front_alone(self):
        """The front where it has no full program to call: answers only what it serves itself."""
        alone = self.box.path("alone/bin/leasehold")
        os.makedirs(os.path.dirname(alone), exist_ok=True)
        shutil.copy(PROGRAM, alone)
        # A shell of its own: the same parent that asks again has the server asked about the token.
        return self.box.run("sh", "-c", "\"$@\"; exit $?", "sh", *self.forbidden, alone,
                            "credential", "--profile", "dev", environment=INFO)

    def files(self, ending):
        return glob.glob(os.path.join(self.place, "*" + ending))


class Memory(MemoryCase):
    def test_the_default_stores_make_one_lease(self):
        self.profile("dev", UNBOUND)
        token = self.token()
        before = self.token_requests()
        self.assertEqual([self.token() for _ in range(5)], [token] * 5)
        self.assertEqual(self.token_requests(), before)

    def test_a_hit_stays_in_the_front(self):
        self.profile("dev", UNBOUND)
        token = self.token()
        result = self.front_alone()
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn(token, result.stdout)

    def test_it_is_private_and_on_no_disk(self):
        self.profile("dev", UNBOUND)
        token = self.token().encode()
        self.assertEqual(os.stat(self.place).st_mode & 0o777, 0o700)
        for path in self.files(".token") + self.files(".clearance"):
            self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        for root, _, names in os.walk(self.box.home):
            for name in names:
                with open(os.path.join(root, name), "rb") as file:
                    self.assertNotIn(token, file.read())

    def test_without_a_runtime_directory_in_memory_dev_shm_serves(self):
        need_root()
        need_mounts()
        self.box.environment["XDG_RUNTIME_DIR"] = self.box.runtime
        if in_memory(self.box.runtime):
            left_out("the tests' own directory is in memory")
        self.forbidden = ["unshare", "--mount", "sh", "-c",
                          "mount -t tmpfs -o mode=1777 none /dev/shm || exit 99; \"$@\"; rc=$?; "
                          "stat -c %a /dev/shm/leasehold-$(id -u) >&2; exit $rc", "sh",
                          *FORBIDDEN]
        self.profile("dev", UNBOUND)
        result = self.leasehold("credential", "--profile", "dev")
        self.assertEqual((result.returncode, result.stderr), (0, "700\n"))

    def test_what_others_reach_is_no_store(self):
        self.profile("dev", UNBOUND, "--store", "memory")
        token = self.token()
        os.chmod(self.place, 0o755)
        self.assertNotEqual(self.front_alone().returncode, 0)
        os.chmod(self.place, 0o700)
        self.assertIn(token, self.front_alone().stdout)

    def test_a_hundred_calls_at_once_make_one_lease(self):
        self.profile("dev", UNBOUND)
        before = self.token_requests()
        calls = [self.box.start(*FORBIDDEN, PROGRAM, "credential", "--profile", "dev",
                                environment=INFO) for _ in range(100)]
        outputs = {call.communicate(timeout=300)[0] for call in calls}
        self.assertEqual([call.returncode for call in calls], [0] * 100)
        self.assertEqual(len(outputs), 1)
        self.assertEqual(self.token_requests(), before + 1)

    def test_the_commands_know_it(self):
        self.setup("dev", UNBOUND)
        token = self.token()
        self.assertIn("memory", self.ok("cache", "list"))
        self.assertIn("forgot 1 token", self.ok("cache", "clear"))
        self.assertEqual(self.files(".token"), [])
        self.assertNotEqual(self.front_alone().returncode, 0, "the clearance alone is no hit")
        renewed = self.token()
        self.assertNotEqual(renewed, token)
        self.ok("logout", "--profile", "dev")
        self.assertEqual(self.files(".token"), [])
        self.assertEqual(self.ok("cache", "list"), "the cache is empty\n")

    def test_a_login_is_kept_there(self):
        self.ok("profile", "add", "dev", "--server", self.api.server, "--certificate-authority",
                self.api.ca, "--namespace", "ci", "--service-account", "deployer", UNBOUND)
        with open(self.api.admin_token_file, encoding="utf-8") as file:
            text = self.ok("login", "--profile", "dev", "--token-stdin", input=file.read())
        self.assertIn("memory", text)
        self.token()

    def test_an_ended_lease_is_removed(self):
        self.profile("dev", UNBOUND)
        self.token()
        path, = self.files(".token")
        with open(path, encoding="ascii") as file:
            text = file.read()
        end = next(line for line in text.splitlines() if line.startswith("end "))
        with open(path, "w", encoding="ascii") as file:
            file.write(text.replace(end, "end 1600000000"))
        self.assertEqual(self.ok("cache", "list"), "the cache is empty\n")
        self.assertEqual(self.files(".token"), [])


class Working(MemoryCase):
    """A keyring that works is not replaced."""

    forbidden = []

    def test_with_a_keyring_nothing_lies_in_memory(self):
        if subprocess.run(["keyctl", "show", "@u"], capture_output=True, check=False).returncode:
            left_out("this machine forbids the kernel keyring")
        self.profile("dev", UNBOUND)
        token = self.token()
        self.assertEqual(self.token(), token)
        self.assertEqual(self.files(".token") + self.files(".clearance"), [])

    def test_what_memory_held_moves_to_the_keyring(self):
        if subprocess.run(["keyctl", "show", "@u"], capture_output=True, check=False).returncode:
            left_out("this machine forbids the kernel keyring")
        self.forbidden = FORBIDDEN
        self.profile("dev", UNBOUND)
        token = self.token()
        self.forbidden = []
        # Another exec info: the full program is asked.
        other = {"KUBERNETES_EXEC_INFO": exec_info(api_version="v1beta1")}
        self.assertEqual(self.credential(environment=other)["status"]["token"], token)
        self.assertEqual(self.files(".token"), [])


class Nowhere(MemoryCase):
    """No keyring, no bus, no memory: said wherever somebody looks, and no call fails."""

    def setUp(self):
        super().setUp()
        need_root()
        need_mounts()
        self.box.environment["XDG_RUNTIME_DIR"] = self.box.runtime
        if in_memory(self.box.runtime):
            left_out("the tests' own directory is in memory")
        self.forbidden = ["unshare", "--mount", "sh", "-c",
                          "mount --bind \"$HOME\" /dev/shm || exit 99; exec \"$@\"", "sh",
                          *FORBIDDEN]

    def test_doctor_fails_with_8(self):
        for profile in (False, True):
            if profile:
                self.profile("dev", UNBOUND)
            result = self.leasehold("doctor", "--offline")
            self.assertEqual(result.returncode, 8, result.stdout)
            self.assertIn("each call of a client leases anew", result.stdout)
            self.assertIn("/dev/shm", result.stdout)
        self.profile("meant", UNBOUND, "--store", "none")
        result = self.leasehold("doctor", "--offline", "--profile", "meant")
        self.assertEqual(result.returncode, 0, result.stdout)

    def test_setup_and_lease_create_say_so(self):
        result = self.leasehold("setup", "dev", "--from-context", "admin", "--from-kubeconfig",
                                self.box.path("admin"), "--namespace", "ci", "--service-account",
                                "deployer")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("no store keeps this lease", result.stderr)
        self.assertIn("hint: allow the kernel keyring", result.stderr)
        result = self.leasehold("lease", "create", "--profile", "dev")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("no store keeps this lease", result.stderr)
        result = self.leasehold("credential", "--profile", "dev")
        self.assertEqual((result.returncode, result.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main(verbosity=1)
