"""What a running leasehold gives to nobody: no dump, no tracing, no rights, no variable of
OpenSSL's, no write to a kubeconfig."""

import glob
import json
import os
import re
import resource
import subprocess
import unittest

from case import PROGRAM, TOKEN_PATH, Case, exec_info
from other_users_test import NOBODY, UsersCase
from tests.support.machine import need_plain_programs
from tests.support.sessions import wait_for


def full_programs(owner):
    """The processes of that user that run the full program."""
    found = []
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            process = os.path.dirname(path)
            with open(path, "rb") as file:
                words = file.read().split(b"\0")
            with open(process + "/status", encoding="utf-8") as file:
                uid = int(re.search(r"Uid:\s+(\d+)", file.read()).group(1))
            if uid == owner and b"credential" in words and b"hardened" in words:
                found.append(process)
        except OSError:
            pass
    return found


class Process(UsersCase):
    def test_SEC_1_no_core_dump_no_tracing_no_new_rights(self):
        self.their_profile("hardened", "--store", "none")
        slow = self.api.fault("latency", seconds=3, path=TOKEN_PATH, times=1)
        call = subprocess.Popen(
            ["setpriv", "--reuid", str(NOBODY.pw_uid), "--regid", str(NOBODY.pw_gid),
             "--clear-groups", self.program, "credential", "--profile", "hardened"],
            env=self.theirs.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        self.assertTrue(wait_for(lambda: self.api.taken(slow)), "the request did not come")
        [process] = full_programs(NOBODY.pw_uid)
        with open(process + "/limits", encoding="utf-8") as file:
            self.assertRegex(file.read(), r"Max core file size +0 +0 ")
        with open(process + "/status", encoding="utf-8") as file:
            self.assertRegex(file.read(), r"NoNewPrivs:\s+1")
        # What may not be dumped belongs to root (proc(5)).
        self.assertEqual(os.stat(process + "/environ").st_uid, 0)
        output, error = call.communicate(timeout=60)
        self.assertEqual(call.returncode, 0, error)
        self.assertIn(b"ExecCredential", output)


class Memory(Case):
    def test_SEC_6_too_little_memory_ends_in_words(self):
        """RLIMIT_AS, from where the kernel can start a program at all to where all fits."""
        need_plain_programs("too little memory")
        self.profile("dev", "--store", "none")
        served = 0
        image = -(-os.path.getsize(os.environ["LEASEHOLD_FULL"]) >> 20)
        for size in range(image, 100, 2):
            limit = size << 20
            result = self.box.run(
                PROGRAM, "credential", "--profile", "dev",
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
            with self.subTest(mebibytes=size):
                if result.returncode == 0:
                    self.assertTrue(json.loads(result.stdout)["status"]["token"])
                    served += 1
                    continue
                self.assertGreater(result.returncode, 0, "killed by a signal")
                self.assertEqual(result.stdout, "")
                # The dynamic loader has words of its own.
                self.assertRegex(result.stderr,
                                 "^leasehold: error: |error while loading shared libraries")
        self.assertGreater(served, 0, "it is never served")


class Cost(Case):
    def test_h1_a_hit_makes_few_system_calls(self):
        """Counted, since time is the machine's: it is what an empty process costs, and little."""
        need_plain_programs("system calls of a hit")
        info = exec_info(self.api.server, self.api.ca_data)
        self.profile()
        for _ in range(2):
            self.credential(environment={"KUBERNETES_EXEC_INFO": info})
        trace = self.box.path("trace")
        result = self.box.run("strace", "-f", "-o", trace, PROGRAM, "credential", "--profile",
                              "dev", environment={"KUBERNETES_EXEC_INFO": info})
        self.assertEqual(result.returncode, 0, result.stderr)
        with open(trace, encoding="utf-8", errors="replace") as file:
            calls = [line.split(maxsplit=1)[1].split("(")[0] for line in file if "(" in line]
        self.assertEqual(calls.count("execve"), 1, "the full program was called")
        self.assertFalse({"socket", "connect"} & set(calls), calls)
        self.assertLessEqual(len(calls), 40, calls)


class Variables(Case):
    def test_TLS_7_no_variable_of_openssls_is_obeyed(self):
        self.profile("dev", "--store", "none")
        trace = self.box.path("trace")
        names = {"OPENSSL_CONF": "conf", "OPENSSL_MODULES": "modules", "OPENSSL_ENGINES": "engines",
                 "SSLKEYLOGFILE": "keys", "CTLOG_FILE": "logs"}
        environment = {name: self.box.path("of-openssl-" + file) for name, file in names.items()}
        self.box.write("of-openssl-conf", "openssl_conf = x\n[x]\nssl_conf = y\n[y]\n"
                       "system_default = z\n[z]\nMinProtocol = TLSv9\n")
        result = self.box.run("strace", "-f", "-o", trace, "-e", "trace=%file", PROGRAM,
                              "credential", "--profile", "dev", environment=environment)
        self.assertEqual(result.returncode, 0, result.stderr)
        with open(trace, encoding="utf-8") as file:
            self.assertNotIn("of-openssl-", file.read())

    def test_H16_the_plugin_writes_to_no_kubeconfig(self):
        self.setup()
        before = os.stat(self.box.kubeconfig)
        trace = self.box.path("trace")
        self.ok("cache", "clear")
        result = self.box.run("strace", "-f", "-o", trace, "-e", "trace=%file", PROGRAM,
                              "credential", "--profile", "dev")
        self.assertEqual(result.returncode, 0, result.stderr)
        after = os.stat(self.box.kubeconfig)
        self.assertEqual((after.st_ino, after.st_mtime_ns, after.st_ctime_ns),
                         (before.st_ino, before.st_mtime_ns, before.st_ctime_ns))
        with open(trace, encoding="utf-8") as file:
            self.assertNotIn(self.box.kubeconfig + "\"", file.read())


if __name__ == "__main__":
    unittest.main(verbosity=1)
