"""Another user of the machine, by sudo and its relatives (KR-1, SEC-5), and with the small quota
that everybody but root has (KR-3)."""

import glob
import json
import os
import pwd
import shutil
import subprocess
import tempfile
import time
import unittest

from case import PROGRAM
from tests.support import everybody
from tests.support.machine import left_out, need_root
from moods_case import MoodsCase
from tests.support.sandbox import Sandbox, exec_info

tempfile.tempdir = "/tmp"  # TMPDIR may be one user's alone
NOBODY = pwd.getpwnam("nobody")
BECOME = {"sudo": ("sudo", "-E", "-u", "nobody"),
          "runuser": ("/usr/sbin/runuser", "-u", "nobody", "--"),
          "setpriv": ("setpriv", "--reuid", str(NOBODY.pw_uid), "--regid", str(NOBODY.pw_gid),
                      "--clear-groups")}


class UsersCase(MoodsCase):
    """`self.theirs` is a sandbox of nobody's."""

    @classmethod
    def setUpClass(cls):
        need_root()
        cls.program = everybody.copy_of(PROGRAM)
        super().setUpClass()

    def setUp(self):
        super().setUp()
        self.theirs = Sandbox()
        self.addCleanup(self.theirs.close)
        self.addCleanup(self.as_nobody, "cache", "clear")
        shutil.copy(self.box.path("admin"), self.theirs.path("admin"))
        for path in (self.theirs.home, self.theirs.runtime, self.theirs.path("admin")):
            os.chown(path, NOBODY.pw_uid, NOBODY.pw_gid)

    def as_nobody(self, *arguments):
        return self.theirs.run(*BECOME["setpriv"], self.program, *arguments)

    def their_profile(self, name, *more):
        result = self.as_nobody("profile", "add", name, "--from-context", "admin",
                                "--from-kubeconfig", self.theirs.path("admin"), "--namespace",
                                "ci", "--service-account", "deployer", *more)
        self.assertEqual(result.returncode, 0, result.stderr)

    def their_token(self, how="setpriv", profile="dev"):
        # runuser sets HOME by the user database.
        return self.quiet_token(*BECOME[how], "env", "HOME=" + self.theirs.home, profile=profile,
                                box=self.theirs)

    def owners_below(self, directory):
        return {os.lstat(os.path.join(root, name)).st_uid
                for root, directories, files in os.walk(directory) for name in directories + files}


class Sudo(UsersCase):
    def test_KR_1_another_user_has_leases_of_their_own(self):
        self.profile()
        mine = self.credential()["status"]["token"]
        self.their_profile("dev")
        theirs = self.their_token()
        self.assertNotEqual(theirs, mine)
        before = len(self.api.requests())
        for how in BECOME:
            with self.subTest(how=how):
                if not shutil.which(BECOME[how][0]):
                    left_out("no %s here" % how)
                self.assertEqual(self.their_token(how), theirs)
        self.assertEqual(self.credential()["status"]["token"], mine)
        self.assertEqual(len(self.api.requests()), before)
        self.assertEqual(self.owners_below(self.theirs.home), {NOBODY.pw_uid})

    def test_KR_5_a_lease_outlives_its_users_last_process(self):
        self.their_profile("dev", "--store", "kernel-keyring")
        token = self.their_token()
        end = time.monotonic() + 20
        while time.monotonic() < end and subprocess.run(["pgrep", "-u", "nobody"], check=False,
                                                        capture_output=True).returncode == 0:
            time.sleep(0.1)
        before = len(self.api.requests())
        self.assertEqual(self.their_token(), token)
        self.assertEqual(len(self.api.requests()), before)

    def test_SEC_5_my_profile_is_no_other_users(self):
        self.profile()
        self.credential()
        for root, directories, files in os.walk(self.box.home):
            for name in directories + files:
                os.chmod(os.path.join(root, name), 0o755)
        os.chmod(self.box.home, 0o755)
        before = self.token_requests()
        os.chmod(self.box.path("admin"), 0o600)
        result = self.box.run(*BECOME["setpriv"], self.program, "credential", "--profile", "dev")
        self.assertEqual((result.returncode, result.stdout), (3, ""))
        self.assertEqual(self.token_requests(), before)
        self.assertEqual(self.owners_below(self.box.home), {0})

    def test_SEC_5_root_in_a_users_home_leaves_nothing_behind(self):
        """What `sudo` does where it keeps HOME."""
        self.theirs.environment["SUDO_UID"] = str(NOBODY.pw_uid)
        for full in (False, True):
            with self.subTest(user_has_used_leasehold=full):
                if full:
                    self.their_profile("dev")
                    self.their_token()
                for arguments in (("credential", "--profile", "dev"), ("doctor",), ("audit",),
                                  ("cache", "list"), ("cache", "clear"), ("profile", "list"),
                                  ("profile", "add", "mine", "--server", self.api.server,
                                   "--namespace", "ci", "--service-account", "deployer"),
                                  ("lease", "list"), ("kubeconfig", "add", "dev"),
                                  ("lease", "create", "--profile", "dev")):
                    self.theirs.run(self.program, *arguments)
                    self.assertLessEqual(self.owners_below(self.theirs.home), {NOBODY.pw_uid},
                                         arguments)

    def test_root_of_a_container_may_have_anybodys_home(self):
        """GitHub's container jobs: HOME belongs to the runner's uid, and nobody is behind root."""
        os.chown(self.theirs.path("admin"), 0, 0)
        added = self.theirs.run(self.program, "profile", "add", "dev", "--from-context", "admin",
                                "--from-kubeconfig", self.theirs.path("admin"), "--namespace", "ci",
                                "--service-account", "deployer")
        self.assertEqual(added.returncode, 0, added.stderr)
        result = self.theirs.run(self.program, "credential", "--profile", "dev")
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_SEC_5_root_in_a_users_home_is_told_so(self):
        self.their_profile("dev")
        result = self.theirs.run(self.program, "credential", "--profile", "dev")
        self.assertEqual((result.returncode, result.stdout), (3, ""))
        self.assertIn("another user", result.stderr)

    def test_any_uid_whose_home_is_the_root_directory(self):
        """As some engines start containers."""
        result = self.theirs.run(
            *BECOME["setpriv"], "env", "HOME=/", self.program, "profile", "add", "dev", "--server",
            "https://kubernetes.example", "--namespace", "ci", "--service-account", "deployer",
            "--requester-token-file", "/token")
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertIn("hint: set HOME or LEASEHOLD_CONFIG_DIR", result.stderr)

    def test_SEC_5_setuid_is_refused(self):
        copied = self.theirs.path("leasehold")
        shutil.copy(self.program, copied)
        os.chown(copied, 0, 0)
        os.chmod(copied, 0o4755)
        result = self.theirs.run(*BECOME["setpriv"], copied, "version")
        if "cannot run" in result.stderr:
            left_out("a file system without setuid")
        self.assertEqual((result.returncode, result.stdout), (3, ""))
        self.assertIn("setuid", result.stderr)


class Quota(UsersCase):
    """20 000 bytes and 200 keys in all, as everybody but root has them."""

    def setUp(self):
        super().setUp()
        with open("/proc/sys/kernel/keys/maxbytes", encoding="ascii") as file:
            if int(file.read()) > 25_000:
                left_out("this machine's quota is not the usual one")
        self.as_nobody("cache", "clear")
        # Sealing keys outlive that, and would be found where there is no room for new ones.
        self.theirs.run(*BECOME["setpriv"], "keyctl", "session", "-", "sh", "-c",
                        "keyctl clear @u; keyctl clear $(keyctl get_persistent @s)")

    def fill(self, to_the_last_byte=True):
        """Kerberos, say, uses up the quota; answers how many keys it has."""
        self.addCleanup(self.theirs.run, *BECOME["setpriv"], "keyctl", "clear", "@u")
        more = "while keyctl add user krb:$i x @u 2>&-; do i=$((i+1)); done"
        script = ("i=0; while head -c 900 /dev/zero | keyctl padd user krb:$i @u 2>&-; "
                  "do i=$((i+1)); done; " + (more if to_the_last_byte else ""))
        self.theirs.run(*BECOME["setpriv"], "sh", "-c", script)
        return self.foreign()

    def foreign(self):
        listed = self.theirs.run(*BECOME["setpriv"], "keyctl", "list", "@u").stdout
        return listed.count(" krb:")

    def test_KR_3_a_quota_used_up_by_others_means_the_next_store(self):
        count = self.fill()
        self.assertGreater(count, 10)
        self.their_profile("dev", "--store", "kernel-keyring", "--store", "file")
        token = self.their_token()
        before = len(self.api.requests())
        self.assertEqual(self.their_token(), token)
        self.assertEqual(len(self.api.requests()), before)
        self.assertEqual(self.foreign(), count, "other programs' keys stay")
        self.assertIn("quota is used up", self.keyring_check())

    def test_KR_8_more_leases_than_the_quota_holds_are_kept(self):
        names = ["p%02d" % i for i in range(40)]
        before = self.token_requests()
        tokens = {}
        for name in names:
            self.their_profile(name, "--store", "kernel-keyring")
            tokens[name] = self.their_token(profile=name)
        for _ in range(2):
            for name in names:
                self.assertEqual(self.their_token(profile=name), tokens[name])
        self.assertEqual(self.token_requests(), before + len(names))
        listed = json.loads(self.as_nobody("cache", "list", "-o", "json").stdout)
        self.assertEqual(len(listed), len(names))
        self.assertRegex(self.keyring_check(), r"^works, holds 40 entries: \d+ sealed in .*/sealed, ")
        # Some of them have no key of their own: the front opens what is sealed by itself.
        files = glob.glob(self.theirs.path("run/leasehold/sealed/*"))
        self.assertGreater(len(files), 40)
        for path in files:
            self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
            with open(path, "rb") as file:
                content = file.read()
            for token in tokens.values():
                self.assertNotIn(token[:40].encode(), content)
        front = everybody.copy_of(PROGRAM, alone=True)
        for name in names:
            result = self.theirs.run(*BECOME["setpriv"], front, "credential", "--profile", name)
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            self.assertIn(tokens[name], result.stdout)
        self.assertIn("forgot 40 tokens", self.as_nobody("cache", "clear").stdout)
        self.assertEqual(glob.glob(self.theirs.path("run/leasehold/sealed/*")), [])

    def test_KR_8_what_is_sealed_ends_with_its_key(self):
        for name in ("first", "dev"):
            self.their_profile(name, "--store", "kernel-keyring")
        self.their_token(profile="first")
        self.fill()
        token = self.their_token()
        self.assertEqual(self.their_token(), token)
        self.theirs.run(*BECOME["setpriv"], "keyctl", "clear", "@u")
        self.theirs.run(*BECOME["setpriv"], "keyctl", "session", "-", "sh", "-c",
                        "keyctl clear $(keyctl get_persistent @s)")
        self.assertNotEqual(self.their_token(), token)

    def test_KR_3_without_a_runtime_directory_the_leases_that_end_first_make_room(self):
        self.theirs.environment["LEASEHOLD_RUNTIME_DIR"] = "/proc/none"
        names = ["p%02d" % i for i in range(16)]
        tokens = {}
        for number, name in enumerate(names):
            self.their_profile(name, "--store", "kernel-keyring", "--ttl",
                               "%dm" % (11 + 2 * number))
            tokens[name] = self.their_token(profile=name)
        before = self.token_requests()
        for name in names[-5:]:
            self.assertEqual(self.their_token(profile=name), tokens[name])
        self.assertEqual(self.token_requests(), before)
        self.assertNotEqual(self.their_token(profile=names[0]), tokens[names[0]])
        self.assertRegex(self.keyring_check(), r"holds \d+ entries: this user's keys take \d+ of 200 "
                         r"keys and \d+ of 20000 bytes; \d+ gave way before their end for lack of "
                         r"room, the last at 20")
        self.as_nobody("cache", "clear")
        self.assertNotIn("gave way", self.keyring_check())

    def keyring_check(self):
        checks = json.loads(self.as_nobody("doctor", "--offline", "-o", "json").stdout)
        return next(check["finding"] for check in checks
                    if check["check"] == "store kernel-keyring")

    def test_KR_3_a_lease_does_not_make_way_for_its_own_clearance(self):
        """There is room for two small leases, and no more."""
        for name in ("one", "two", "three"):
            self.their_profile(name, "--store", "kernel-keyring")
        for name in ("one", "two"):
            self.their_token(profile=name)
        self.fill()
        token = self.their_token(profile="three")
        before = self.token_requests()
        self.assertEqual(self.their_token(profile="three"), token)
        self.assertEqual(self.token_requests(), before)

    def test_KR_3_a_full_quota_keeps_no_lease_from_being_forgotten(self):
        self.their_profile("dev", "--store", "kernel-keyring")
        token = self.their_token()
        self.fill()
        self.assertEqual(self.as_nobody("cache", "clear").returncode, 0)
        self.theirs.run(*BECOME["setpriv"], "keyctl", "clear", "@u")
        self.assertNotEqual(self.their_token(), token)

    def test_KR_3_what_has_ended_goes_before_what_is_good(self):
        # Its name is the longest, so that what it leaves is room enough for the new one.
        self.their_profile("longest", "--store", "kernel-keyring", "--ttl", "3h")
        self.their_token(profile="longest")
        ended = self.theirs.run(*BECOME["setpriv"], "keyctl", "rlist", "@u").stdout.split()
        for name in ("good", "new"):
            self.their_profile(name, "--store", "kernel-keyring", "--ttl", "30m")
        good = self.their_token(profile="good")
        self.theirs.run(*BECOME["setpriv"], "keyctl", "session", "-", "sh", "-c",
                        "keyctl link @u @s; for k; do keyctl timeout $k 2; done", "sh", *ended)
        end = time.monotonic() + 2.2
        self.fill(to_the_last_byte=False)
        time.sleep(max(0, end - time.monotonic()))
        new = self.their_token(profile="new")
        before = self.token_requests()
        self.assertEqual(self.their_token(profile="good"), good)
        self.assertEqual(self.their_token(profile="new"), new)
        self.assertEqual(self.token_requests(), before)


class Chain(UsersCase):
    def test_a_leasehold_that_is_the_plugin_of_another_knows_whose_it_is(self):
        """Nobody may read the environment of the leasehold that starts it (SEC-1), so that it is
        told: what it was given has been sifted already."""
        self.their_profile("inner")
        chain = self.theirs.write("chain", self.plugin_kubeconfig(
            self.program, args=["credential", "--profile", "inner"], provideClusterInfo=True))
        os.chown(chain, NOBODY.pw_uid, NOBODY.pw_gid)
        added = self.as_nobody("profile", "add", "outer", "--from-context", "a",
                               "--from-kubeconfig", chain, "--namespace", "ci",
                               "--service-account", "deployer")
        self.assertEqual(added.returncode, 0, added.stderr)
        info = exec_info(self.api.server, self.api.ca_data)

        def called(**author):
            words = ["env", *(f"{name}={value}" for name, value in author.items()),
                     "KUBERNETES_EXEC_INFO=" + info, self.program, "credential", "--profile",
                     "outer"]
            # The client is the user's process, too: whose environment they may read.
            return self.theirs.run(*BECOME["setpriv"], "sh", "-c", '"$@"; exit $?', "sh", *words)
        result = called()
        events = json.loads(self.as_nobody("audit", "-o", "json").stdout)
        self.assertIn(("lease", "inner"), [(one["event"], one["profile"]) for one in events],
                      result.stderr)
        self.assertIn("may not set HOME", called(HOME="/tmp").stderr)

    def test_the_mark_is_no_right_to_run_what_is_not_for_plugins(self):
        self.their_profile("dev")
        forged = ("import os, sys; f = os.memfd_create('leasehold', 3); os.write(f, b'pu'); "
                  "import fcntl; fcntl.fcntl(f, 1033, 15); os.dup2(f, 3); "
                  "os.set_inheritable(3, True); "
                  "os.execv(sys.argv[1], sys.argv[1:])")
        result = self.theirs.run(*BECOME["setpriv"], "python3", "-c", forged, self.program,
                                 "renew-in-background", "--profile", "dev")
        self.assertEqual((result.returncode, result.stdout), (2, ""), result.stderr)


class Files(UsersCase):
    def test_FILE_5_no_right_to_write(self):
        """What filesystems_test cannot take from root."""
        here = self.theirs.path("here")
        os.mkdir(here, 0o500)
        os.chown(here, NOBODY.pw_uid, NOBODY.pw_gid)
        nowhere = {"HOME": here, "XDG_RUNTIME_DIR": here, "XDG_STATE_HOME": here,
                   "LEASEHOLD_CONFIG_DIR": self.theirs.path(".config/leasehold")}
        for store in ("kernel-keyring", "secret-service", "memory", "file", "none"):
            with self.subTest(store=store):
                self.their_profile(store, "--store", store)
                for _ in range(2):
                    result = self.theirs.run(*BECOME["setpriv"], self.program, "credential",
                                             "--profile", store, environment=nowhere)
                    # That nothing can be written down is all that there is to tell.
                    said = [line for line in result.stderr.splitlines() if not
                            line.startswith("leasehold: the audit log cannot be written: ")]
                    self.assertEqual((result.returncode, said), (0, []))
                    self.assertTrue(json.loads(result.stdout)["status"]["token"])
        self.assertEqual(os.listdir(here), [])

    def test_a_kubeconfig_behind_a_link_into_a_directory_that_cannot_be_written(self):
        self.their_profile("dev")
        folder, link = self.theirs.path("dots"), self.theirs.kubeconfig
        os.mkdir(folder)
        target = self.theirs.write("dots/config", "apiVersion: v1\nkind: Config\ncontexts: []\n")
        with open(target, "rb") as file:
            before = file.read()
        os.symlink(target, link)
        os.chmod(folder, 0o500)
        for path in (folder, target):
            os.chown(path, NOBODY.pw_uid, NOBODY.pw_gid)
        inode = os.stat(target).st_ino
        result = self.as_nobody("kubeconfig", "add", "dev")
        self.assertEqual(result.returncode, 0, result.stderr)
        seen = self.theirs.run("kubectl", "--kubeconfig", target, "config", "get-contexts", "-o",
                               "name")
        self.assertEqual(seen.stdout.split(), ["dev"], seen.stderr)
        result = self.as_nobody("kubeconfig", "remove", "dev")
        self.assertEqual(result.returncode, 0, result.stderr)
        with open(target, "rb") as file:
            self.assertEqual(file.read(), before)
        self.assertEqual((os.stat(target).st_ino, os.listdir(folder)), (inode, ["config"]))
        self.assertEqual([name for name in os.listdir(self.theirs.home) if "backup" in name], [])


if __name__ == "__main__":
    unittest.main(verbosity=1)
