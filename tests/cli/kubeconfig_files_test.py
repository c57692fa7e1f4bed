"""leasehold kubeconfig and the files it meets: their forms, their places, and who else writes."""

import os
import subprocess
import threading
import time
import unittest

from case import Case
from tests.support.machine import left_out, need_program
from tests.support.sandbox import PROGRAM

REFUSE_CALLS = os.environ.get("REFUSE_CALLS", "refuse_calls")
SAMPLE = """\
apiVersion: v1
kind: Config
clusters:
- cluster: {server: "https://a.example"}
  name: a
contexts:
- context: {cluster: a, user: a}
  name: a
users:
- name: a
  user: {token: abc}
"""


class Files(Case):
    def setUp(self):
        super().setUp()
        self.profile()

    def read(self, path=None):
        with open(path or self.box.kubeconfig, "rb") as file:
            return file.read()

    def write(self, data, name="kubeconfig"):
        path = self.box.path(name)
        with open(path, "wb") as file:
            file.write(data if isinstance(data, bytes) else data.encode())
        os.chmod(path, 0o600)
        return path

    def contexts(self, path=None):
        result = self.box.run("kubectl", "--kubeconfig", path or self.box.kubeconfig, "config",
                              "get-contexts", "-o", "name")
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout.split()

    def test_forms_that_kubectl_reads_are_edited_and_restored(self):
        large = "".join("- name: n%d\n  context: {cluster: a, user: a}\n" % i
                        for i in range(10000))
        for text in (SAMPLE + "---\n", SAMPLE + "...\n---\n# the end\n",
                     "\ufeff".encode("utf-16-le") + SAMPLE.encode("utf-16-le"),
                     "\ufeff".encode("utf-16-be") + SAMPLE.encode("utf-16-be"),
                     SAMPLE.replace("users:", large + "users:") + "#" + "x" * 5000000 + "\n"):
            self.write(text)
            before = self.read()
            self.ok("kubeconfig", "add", "dev")
            self.assertEqual({"a", "dev"} - set(self.contexts()), set())
            self.assertIn("dev", self.ok("kubeconfig", "list"))
            self.ok("kubeconfig", "remove", "dev")
            self.assertEqual(self.read(), before)

    def test_what_would_change_somebody_elses_entry_is_refused(self):
        for text in (SAMPLE + "---\n" + SAMPLE,
                     SAMPLE.replace("users:", "users: &u") + "x-copy: *u\n",
                     "x-base: &b {contexts: [{name: z, context: {}}]}\n<<: *b\n",
                     "apiVersion: apps/v1\nkind: Deployment\n", "kind: Secret\n", "- a\n"):
            self.write(text)
            self.fails(3, "kubeconfig", "add", "dev")
            self.assertEqual(self.read(), text.encode())

    def test_only_what_is_written_makes_directories(self):
        for arguments in (("remove", "dev"), ("remove", "dev", "--dry-run"),
                          ("add", "dev", "--dry-run"), ("add", "dev", "--context", "\u202e")):
            self.leasehold("kubeconfig", *arguments, "--kubeconfig", self.box.path("new/dir/kc"))
            self.assertFalse(os.path.exists(self.box.path("new")), arguments)
        for path in ("k/l/kc", "./m/kc", "n"):
            self.ok("kubeconfig", "add", "dev", "--kubeconfig", path, cwd=self.box.path(""))
            self.assertEqual(self.contexts(self.box.path(path)), ["dev"])

    def test_streams_are_read_and_never_edited(self):
        self.write(SAMPLE)
        self.ok("kubeconfig", "add", "dev")
        for arguments, code in ((("list",), 0), (("add", "dev"), 3)):
            reader, writer = os.pipe()
            os.write(writer, self.read())
            os.close(writer)
            result = self.leasehold("kubeconfig", *arguments, "--kubeconfig",
                                    "/dev/fd/%d" % reader, pass_fds=(reader,))
            os.close(reader)
            self.assertEqual(result.returncode, code, result.stderr)
            self.assertEqual("leasehold-dev" in result.stdout, code == 0)
        self.ok("kubeconfig", "list", "--kubeconfig", "/dev/null")
        self.fails(3, "kubeconfig", "add", "dev", "--kubeconfig", "/dev/null")

    def test_locks(self):
        self.write(SAMPLE)
        lock = self.write("", "kubeconfig.lock")
        self.assertNotIn("run the command again with --break-lock",
                         self.fails(3, "kubeconfig", "add", "dev", "--break-lock"))
        ahead = time.time() + 3600
        os.utime(lock, (ahead, ahead))
        self.assertIn("ahead of the clock", self.fails(3, "kubeconfig", "add", "dev"))
        self.ok("kubeconfig", "add", "dev", "--break-lock")

    def beside_a_writer(self, first, pause, *under):
        """Adds while another program is writing `first`, a pause and the rest."""
        text = SAMPLE + "".join("# line %d\n" % i for i in range(2000))
        self.write(text)
        begun = threading.Event()

        def write():
            with open(self.box.kubeconfig, "w", encoding="utf-8") as file:
                file.write(text[:first])
                file.flush()
                begun.set()
                time.sleep(pause)
                file.write(text[first:])

        writer = threading.Thread(target=write)
        writer.start()
        begun.wait()
        result = self.box.run(*under, PROGRAM, "kubeconfig", "add", "dev")
        writer.join()
        return result, text

    def test_a_writer_without_a_lock_is_waited_for(self):
        for first in (0, 40, SAMPLE.index("users:"), len(SAMPLE)):
            result, text = self.beside_a_writer(first, 0.7)
            self.assertEqual(result.returncode, 0, result.stderr)
            now = self.read().decode()
            self.assertIn("leasehold-dev", now)
            for line in text.splitlines():
                self.assertIn(line, now)
            self.assertEqual(self.contexts(), ["a", "dev"])

    def test_where_the_kernel_has_no_leases_a_file_must_be_left_alone_for_a_time(self):
        """As on NFS, CIFS and FUSE."""
        for first in (0, 40, SAMPLE.index("users:")):
            result, text = self.beside_a_writer(first, 0.2, REFUSE_CALLS, "EINVAL", "lease", "--")
            self.assertEqual(result.returncode, 0, result.stderr)
            now = self.read().decode()
            for line in ["leasehold-dev", *text.splitlines()]:
                self.assertIn(line, now)

    def test_a_writer_that_does_not_end_is_named(self):
        result, text = self.beside_a_writer(10, 7)
        self.assertEqual(result.returncode, 3)
        self.assertIn("another program is writing", result.stderr)
        self.assertEqual(self.read().decode(), text)

    def until_it_is_quiet(self, what):
        """Against a writer without a pause leasehold may give up, but says so and changes nothing;
        a machine that others use makes that likely. Then the writer's pauses become longer."""
        for _ in range(10):
            result = self.leasehold("kubeconfig", what, "dev")
            if result.returncode == 0:
                return
            self.assertIn("is being changed by another program all the time", result.stderr)
            self.pause *= 2
        self.fail("it never came to its turn")

    def test_a_crowd_of_writers_loses_nothing(self):
        self.write("count: 0\n" + SAMPLE)
        stop = threading.Event()
        counts = []
        self.pause = 0.01

        def write():
            while not stop.is_set():
                with open(self.box.kubeconfig, "r+", encoding="utf-8") as file:
                    text = file.read()
                    if os.fstat(file.fileno()).st_nlink == 0 or not text:
                        continue
                    counts.append(len(counts) + 1)
                    file.seek(0)
                    file.write("count: %d\n" % counts[-1] + text[text.index("\n") + 1:])
                    file.truncate()
                time.sleep(self.pause)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for _ in range(20):
                self.until_it_is_quiet("add")
                self.until_it_is_quiet("remove")
        finally:
            stop.set()
            writer.join()
        # The number is the last one: every write is in the file that is there.
        self.assertEqual(self.read().decode(), "count: %d\n" % counts[-1] + SAMPLE)

    def test_extended_attributes_are_kept(self):
        path = self.write(SAMPLE)
        try:
            os.setxattr(path, "user.note", b"mine")
        except OSError as error:
            left_out("no extended attributes here: %s" % error)
        need_program("setfacl")
        subprocess.run(["setfacl", "-m", "u:1:r", path], check=True)
        names = sorted(os.listxattr(path))
        self.ok("kubeconfig", "add", "dev")
        self.assertEqual(sorted(os.listxattr(path)), names)
        self.assertEqual(os.getxattr(path, "user.note"), b"mine")


if __name__ == "__main__":
    unittest.main(verbosity=1)
