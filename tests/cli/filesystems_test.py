"""Homes and runtime directories as they are met: without locks, read-only, missing, full, not ours
(FILE-5, LOCK-1, LOCK-6). A credential comes all the same, and nothing half written stays."""

import json
import os
import resource
import subprocess
import unittest

from case import PROGRAM
from tests.support.machine import left_out, need_plain_programs, need_program, need_root
from moods_case import MoodsCase, REFUSE_CALLS

PARALLEL = 20
STORES = {"keyring": ("--store", "kernel-keyring"),
          "file": ("--store", "file"),
          "both": ("--store", "kernel-keyring", "--store", "file")}

# The commands that mount, in a mount namespace, and the program after them. 97: they failed.
MOUNT = 'mounts=$1; shift; eval "$mounts" || exit 97; exec "$@"'


class FilesystemsCase(MoodsCase):
    # That nothing can be written down is all that there is to tell.
    may_be_said = ("sudo: unable to resolve host ",
                   "leasehold: the audit log cannot be written: ")

    def setUp(self):
        super().setUp()
        # The profile lies apart from HOME and the rest, which are to be unusable.
        self.box.environment["LEASEHOLD_CONFIG_DIR"] = self.box.path("config")
        self.here = self.box.path("here")
        os.mkdir(self.here, 0o700)

    def living_in(self, directory):
        """HOME, state and locks are all there."""
        return {"HOME": directory, "XDG_RUNTIME_DIR": directory}

    def parallel(self, *command, environment):
        """Cold calls at the same time; answers their tokens and how many leases they cost."""
        self.ok("cache", "clear")
        before = self.token_requests()
        processes = [self.box.start(*command, PROGRAM, "credential", "--profile", "dev",
                                    environment=environment) for _ in range(PARALLEL)]
        tokens = set()
        for process in processes:
            output, error = process.communicate(timeout=120)
            self.assertEqual((process.returncode, error), (0, ""))
            tokens.add(json.loads(output)["status"]["token"])
        return tokens, self.token_requests() - before

    def nothing_half_written(self, directory):
        """Lock files are empty; no temporary file is left."""
        for root, _, files in os.walk(directory):
            for name in files:
                self.assertNotIn(".tmp", name, root)
                if name.endswith(".lock"):
                    self.assertEqual(os.path.getsize(os.path.join(root, name)), 0)


class Locks(FilesystemsCase):
    def test_LOCK_1_without_locks_each_call_leases_and_none_hangs(self):
        for error in ("ENOLCK", "EOPNOTSUPP", "EIO"):
            with self.subTest(error=error):
                self.profile("dev", *STORES["keyring"])
                tokens, leases = self.parallel(REFUSE_CALLS, error, "flock", "--",
                                               environment=self.living_in(self.here))
                self.assertEqual(len(tokens), leases)
                self.assertLessEqual(leases, PARALLEL)
                before = self.token_requests()
                token = self.quiet_token(REFUSE_CALLS, error, "flock", "--",
                                         environment=self.living_in(self.here))
                self.assertIn(token, tokens)
                self.assertEqual(self.token_requests(), before, "what was leased is kept")
                self.nothing_half_written(self.here)
                self.ok("profile", "remove", "dev")

    def test_an_fsync_that_fails_keeps_no_token_from_its_caller(self):
        self.profile("dev", *STORES["file"])
        self.quiet_token(REFUSE_CALLS, "EIO", "fsync", "--", environment=self.living_in(self.here))
        self.nothing_half_written(self.here)

    def test_LOCK_6_a_lock_directory_that_is_not_ours(self):
        self.profile("dev", *STORES["keyring"])
        elsewhere = self.box.path("elsewhere")
        os.mkdir(elsewhere, 0o700)
        for what in ("others may write", "a link", "a file", "another user's"):
            with self.subTest(what=what):
                directory = os.path.join(self.here, what)
                os.mkdir(directory, 0o700)
                lock = os.path.join(directory, "leasehold")
                if what == "a link":
                    os.symlink(elsewhere, lock)
                elif what == "a file":
                    with open(lock, "w", encoding="ascii"):
                        pass
                else:
                    os.mkdir(lock)
                    os.chmod(lock, 0o777)
                if what == "another user's":
                    if os.geteuid() != 0:
                        continue
                    os.chown(lock, 65534, 65534)
                    os.chmod(lock, 0o700)
                self.ok("cache", "clear")
                self.quiet_token(environment={"XDG_RUNTIME_DIR": directory, "HOME": self.here})
                self.assertEqual(os.listdir(elsewhere), [])
                if os.path.isdir(lock):  # follows the link
                    self.assertEqual(os.listdir(lock), [])


class Mounts(FilesystemsCase):
    """On file systems other than the machine's own, all calls of a case in one mount namespace."""

    def setUp(self):
        super().setUp()
        need_root()
        if subprocess.run(["unshare", "--mount", "true"], check=False).returncode:
            left_out("no mount namespaces here")

    def mounted(self, mounts, *command):
        result = self.box.run("unshare", "--mount", "sh", "-c", MOUNT, "sh", mounts, *command,
                              environment=self.living_in(self.here))
        if result.returncode == 97:
            left_out("cannot mount here: " + result.stderr.strip())
        return result

    def one_lease_on(self, mounts):
        """Many cold calls at once on one mount cost one lease: its locks work."""
        self.profile("dev", *STORES["keyring"])
        script = ("for i in $(seq %d); do \"$0\" credential --profile dev & done; wait" % PARALLEL)
        before = self.token_requests()
        result = self.mounted(mounts, "sh", "-c", script, PROGRAM)
        self.assertEqual(result.stderr, "")
        tokens = [json.loads(line)["status"]["token"] for line in result.stdout.splitlines()]
        self.assertEqual((len(tokens), len(set(tokens))), (PARALLEL, 1))
        self.assertEqual(self.token_requests(), before + 1)

    def test_LOCK_1_tmpfs(self):
        self.one_lease_on("mount -t tmpfs -o mode=700 tmpfs " + self.here)

    def test_LOCK_1_overlay(self):
        self.one_lease_on("mount -t tmpfs tmpfs /mnt && mkdir -m 700 /mnt/lower /mnt/upper "
                          "/mnt/work && mount -t overlay -o lowerdir=/mnt/lower,"
                          "upperdir=/mnt/upper,workdir=/mnt/work overlay " + self.here)

    def test_LOCK_1_fuse(self):
        need_program("bindfs")
        if not os.path.exists("/dev/fuse"):
            left_out("no /dev/fuse here")
        source = self.box.path("source")
        os.mkdir(source, 0o700)
        self.one_lease_on("bindfs %s %s" % (source, self.here))

    def test_LOCK_1_nfs(self):
        with open("/proc/filesystems", encoding="ascii") as file:
            if "nfs" not in file.read().split():
                left_out("this kernel has no NFS; Locks has calls whose locks are refused")
        left_out("no NFS server is set up by these tests")

    def credential_on(self, mounts, stores):
        name = stores
        self.profile(name, *STORES[stores])
        result = self.mounted(mounts, "sh", "-c", "\"$0\" credential --profile %s; echo; df -k %s "
                              ">&2; find %s -name '*.tmp*' >&2" % (name, self.here, self.here),
                              PROGRAM)
        json.loads(result.stdout)
        self.assertNotIn(".tmp", result.stderr)
        said = [line for line in result.stderr.splitlines() if line.startswith("leasehold: ")
                and not line.startswith(self.may_be_said)]
        self.assertEqual(said, [])

    def test_FILE_5_read_only(self):
        for stores in STORES:
            with self.subTest(stores=stores):
                self.credential_on("mount --bind {0} {0} && mount -o remount,ro,bind {0}"
                                   .format(self.here), stores)

    def test_FILE_5_a_full_disk(self):
        full = "mount -t tmpfs -o mode=700,%s tmpfs {0}%s".format(self.here)
        fill = " && (head -c 1000000 /dev/zero > %s/ballast 2>&- || true)" % self.here
        for what, mounts in (("blocks", full % ("size=16k", fill)),
                             ("nearly", full % ("size=24k", "")),
                             ("inodes", full % ("nr_inodes=1", ""))):
            for stores in STORES:
                with self.subTest(full=what, stores=stores):
                    self.ok("cache", "clear")
                    self.credential_on(mounts, stores)
                    self.ok("profile", "remove", stores)


class Homes(FilesystemsCase):
    def each_store(self, environment, where=None, **options):
        for name, stores in STORES.items():
            with self.subTest(stores=name):
                self.profile(name, *stores)
                self.ok("cache", "clear")
                command = ["env", *(word for variable, value in environment.items()
                                    if value is None for word in ("-u", variable)),
                           *(variable + "=" + value for variable, value in environment.items()
                             if value is not None)]
                for _ in range(2):
                    self.quiet_token(*command, profile=name, **options)
                self.ok("profile", "remove", name)
        self.nothing_half_written(where or self.here)

    def test_FILE_5_missing_and_odd_homes(self):
        file = self.box.write("a-file", "")
        for home in ("/nonexistent/home", "/proc/nonexistent", "/dev/null", file, "relative", ""):
            with self.subTest(home=home):
                self.each_store({"HOME": home, "XDG_RUNTIME_DIR": None})

    def test_FILE_5_odd_xdg_directories(self):
        for value in (None, "", "relative/dir", "./here", "/nonexistent/run", "/dev/null", "/"):
            with self.subTest(value=value):
                self.each_store({"HOME": self.here, "XDG_RUNTIME_DIR": value,
                                 "XDG_CACHE_HOME": value, "XDG_STATE_HOME": value},
                                cwd=self.here)
                self.assertFalse(os.path.exists(os.path.join(self.here, "relative")),
                                 "a relative path is none (XDG base directories)")

    def test_FILE_5_nothing_is_set(self):
        unset = dict.fromkeys(("HOME", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "XDG_STATE_HOME"))
        if os.geteuid() == 0:  # HOME is then the user database's, which is not this test's.
            left_out("root's real home is to stay as it is")
        self.each_store(unset)

    def test_FILE_5_no_right_to_write(self):
        if os.geteuid() == 0:
            left_out("root may write anywhere; other_users_test asks as nobody")
        os.chmod(self.here, 0o500)
        self.each_store(self.living_in(self.here))

    def test_FILE_5_no_file_may_grow(self):
        """RLIMIT_FSIZE: a write past it is a signal, not just an error."""
        need_plain_programs("limited files")
        for most in (0, 100, 1000):
            with self.subTest(most=most):
                self.each_store(self.living_in(self.here), preexec_fn=lambda: resource.setrlimit(
                    resource.RLIMIT_FSIZE, (most, most)))

    def test_FILE_5_no_descriptors_to_speak_of(self):
        need_plain_programs("few descriptors")
        self.profile("dev", *STORES["keyring"])
        self.quiet_token()
        for most in (8, 5):
            self.quiet_token(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE,
                                                                   (most, most)))


if __name__ == "__main__":
    unittest.main(verbosity=1)
