"""leasehold credential: what a client sees (H1 to H18)."""

import base64
import json
import os
import re
import signal
import subprocess
import time
import unittest

from case import PROGRAM, Case, exec_info
from tests.support.sessions import wait_for

V1 = "client.authentication.k8s.io/v1"
TOKEN = "/token$"


class Output(Case):
    def test_one_compact_object_and_a_silent_stderr(self):
        self.profile()
        for turn in ("cold", "warm"):
            result = self.leasehold("credential", "--profile", "dev")
            self.assertEqual((result.returncode, result.stderr), (0, ""), turn)
            self.assertLess(len(result.stdout), 4096)
            self.assertEqual(result.stdout.count("\n"), 1)
            self.assertTrue(result.stdout.endswith("}\n"))
            answer = json.loads(result.stdout)
            self.assertEqual(sorted(answer), ["apiVersion", "kind", "spec", "status"])
            self.assertEqual((answer["apiVersion"], answer["kind"], answer["spec"]),
                             (V1, "ExecCredential", {"interactive": False}))
            self.assertEqual(sorted(answer["status"]), ["expirationTimestamp", "token"])
            self.assertRegex(answer["status"]["expirationTimestamp"],
                             r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")

    def test_one_write(self):
        self.profile()
        for turn in ("cold", "warm"):
            self.ok("credential", "--profile", "dev")
            trace = self.box.path("trace")
            self.box.run("strace", "-f", "-e", "trace=write", "-o", trace, PROGRAM, "credential",
                         "--profile", "dev")
            with open(trace, encoding="utf-8") as file:
                writes = re.findall(r"write\(1, ", file.read())
            self.assertEqual(len(writes), 1, turn)

    def test_a_full_or_closed_stdout_is_a_failure(self):
        self.profile()
        for turn in ("cold", "warm"):
            with open("/dev/full", "w", encoding="utf-8") as full:
                result = subprocess.run([PROGRAM, "credential", "--profile", "dev"], stdout=full,
                                        stderr=subprocess.PIPE, env=self.box.environment,
                                        timeout=120, check=False)
            self.assertEqual(result.returncode, 1, turn)
            reader, writer = os.pipe()
            os.close(reader)
            result = subprocess.run([PROGRAM, "credential", "--profile", "dev"], stdout=writer,
                                    stderr=subprocess.PIPE, env=self.box.environment, timeout=120,
                                    check=False)
            os.close(writer)
            self.assertEqual(result.returncode, 1, turn)
            self.assertIn(b"stdout", result.stderr)
            result = self.box.run("sh", "-c", "exec %s credential --profile dev >&-" % PROGRAM)
            self.assertEqual(result.returncode, 1, turn)
            self.assertIn("stdout", result.stderr)

    def test_expiry_is_told_early_and_in_local_time(self):
        self.profile()
        for skew in (0, 3600, -3600):
            self.api.skew(skew)
            self.ok("cache", "clear")
            told = self.credential()["status"]["expirationTimestamp"]
            left = time.mktime(time.strptime(told, "%Y-%m-%dT%H:%M:%SZ")) - time.timezone \
                - time.time()
            self.assertTrue(3500 < left <= 3541, "skew %d: %d s are left" % (skew, left))


class Request(Case):
    def test_version_is_the_requests_then_the_arguments_then_v1(self):
        self.profile()
        for info, argument, version in ((None, None, "v1"), (None, "v1beta1", "v1beta1"),
                                        ("v1", "v1beta1", "v1"), ("v1beta1", None, "v1beta1"),
                                        ("v1beta1", "v1", "v1beta1")):
            environment = {} if info is None else {
                "KUBERNETES_EXEC_INFO": exec_info(self.api.server, self.api.ca_data, api_version=info)}
            arguments = [] if argument is None else ["--api-version", argument]
            for _ in range(2):
                answer = json.loads(self.ok("credential", "--profile", "dev", *arguments,
                                            environment=environment))
                self.assertEqual(answer["apiVersion"], "client.authentication.k8s.io/" + version)

    def test_sloppy_requests_are_served(self):
        self.profile("dev", "--no-require-cluster-info")
        server = {"server": self.api.server}
        for info in ("", "\n", "{}",
                     json.dumps({"kind": "ExecCredentials", "apiVersion": V1,
                                 "spec": {"interactive": True}}),
                     json.dumps({"kind": None, "apiVersion": V1, "spec": {}}),
                     json.dumps({"kind": "ExecCredential", "apiVersion": V1,
                                 "spec": {"interactive": True, "response": {"code": 401},
                                          "cluster": None}}),
                     json.dumps({"kind": "ExecCredential", "apiVersion": V1, "extra": [1],
                                 "spec": {"cluster": dict(server, extensions=[],
                                                          **{"certificate-authority": self.api.ca}),
                                          "interactive": False}}, indent=1)):
            self.credential(environment={"KUBERNETES_EXEC_INFO": info})

    def test_hostile_requests_are_refused_without_echo(self):
        self.profile()
        before = self.token_requests()
        for info in ("nonsense-CANARY", "[]", "{", "null", '"x"', '{"a":1,"a":2}',
                     '{"apiVersion":"client.authentication.k8s.io/v1alpha1"}',
                     '{"apiVersion":"v1"}', '{"kind":"Pod"}', '{"spec":{"cluster":7}}',
                     '{"spec":{"cluster":{}}}', "\x1b[31m{}", "[" * 100_000,
                     '{"spec":{"cluster":{"server":"%s","certificate-authority-data":"*"}}}'
                     % self.api.server):
            text = self.fails(2, "credential", "--profile", "dev",
                              environment={"KUBERNETES_EXEC_INFO": info})
            self.assertNotIn("CANARY", text)
            self.assertNotIn("\x1b", text)
        self.assertEqual(self.token_requests(), before)

    def test_another_cluster_is_refused_before_anything_is_touched(self):
        self.profile()
        self.ok("credential", "--profile", "dev")
        before = self.api.counters()
        other = base64.b64encode(b"-----BEGIN CERTIFICATE-----\nAAAA\n"
                                 b"-----END CERTIFICATE-----\n").decode()
        for cluster in ({"server": "https://evil.example:6443"},
                        {"server": self.api.server.replace("https", "http")},
                        {"server": self.api.server + "/prefix"},
                        {"server": self.api.server.replace("127.0.0.1", "localhost")},
                        {"server": "https://u@" + self.api.server[8:]},
                        {"server": self.api.server, "insecure-skip-tls-verify": True},
                        {"server": self.api.server, "tls-server-name": "evil"},
                        {"server": self.api.server},  # the system's CAs, and the profile pins one
                        {"server": self.api.server, "certificate-authority": self.api.other_ca},
                        {"server": self.api.server, "certificate-authority-data": other}):
            info = json.dumps({"kind": "ExecCredential", "apiVersion": V1,
                               "spec": {"interactive": False, "cluster": cluster}})
            trace = self.box.path("trace")
            result = self.box.run("strace", "-f", "-o", trace, "-e",
                                  "trace=socket,connect,keyctl,add_key", PROGRAM, "credential",
                                  "--profile", "dev", environment={"KUBERNETES_EXEC_INFO": info})
            self.assertEqual((result.returncode, result.stdout), (4, ""), result.stderr)
            with open(trace, encoding="utf-8") as file:
                text = file.read()
            self.assertNotIn("socket(", text)
            self.assertNotIn("KEYCTL_READ", text)
        self.assertEqual(self.api.counters()["requests"], before["requests"])

    def test_who_speaks_the_protocol_must_name_the_cluster(self):
        self.profile()
        self.credential()  # a shell, or a client of another language
        for info in (exec_info(), "{}"):
            said = self.fails(4, "credential", "--profile", "dev",
                              environment={"KUBERNETES_EXEC_INFO": info})
            self.assertIn("provideClusterInfo: true", said)

    def test_require_cluster_info(self):
        self.profile("dev", "--require-cluster-info")
        self.assertIn("does not say", self.fails(4, "credential", "--profile", "dev"))
        self.credential(environment={"KUBERNETES_EXEC_INFO": exec_info(self.api.server, self.api.ca_data)})

    def test_arguments_are_a_tiny_grammar(self):
        self.profile()
        for arguments in ((), ("--profile",), ("--profile", "dev", "--profile", "dev"),
                          ("--profile", "../dev"), ("--profile", "DEV"), ("dev",),
                          ("--prof", "dev"), ("--profile", "dev", "--server", "https://evil"),
                          ("--profile", "dev", "--api-version", "v2"), ("--profile=",),
                          ("--profile", "dev", "@file"), ("-p", "dev"),
                          ("--profile", "dev", "--token-file", "/etc/passwd")):
            self.fails(2, "credential", *arguments)
        self.ok("credential", "--profile=dev", "--api-version=v1beta1")

    def test_stdin_is_never_touched(self):
        self.profile()
        reader, writer = os.pipe()  # a pipe that never ends
        try:
            for _ in range(2):
                result = subprocess.run([PROGRAM, "credential", "--profile", "dev"], stdin=reader,
                                        capture_output=True, env=self.box.environment, timeout=120,
                                        check=False)
                self.assertEqual(result.returncode, 0, result.stderr)
        finally:
            os.close(reader)
            os.close(writer)

    def test_closed_descriptors_and_poor_environments(self):
        self.profile()
        shell = "exec %s credential --profile dev" % PROGRAM
        for script in (shell + " <&-", shell + " 2>&-", "ulimit -n 8; " + shell,
                       "umask 777; " + shell, "cd /; " + shell, "ulimit -c unlimited; " + shell):
            self.assertEqual(self.box.run("sh", "-c", script).returncode, 0, script)
        bare = {"LEASEHOLD_CONFIG_DIR": self.box.path(".config/leasehold")}
        result = subprocess.run([PROGRAM, "credential", "--profile", "dev"], env=bare,
                                stdin=subprocess.DEVNULL, capture_output=True, timeout=120,
                                check=False)
        self.assertEqual(result.returncode, 0, result.stderr)


class Crowd(Case):
    def storm(self, count):
        calls = [self.box.start(PROGRAM, "credential", "--profile", "dev") for _ in range(count)]
        return [(call.communicate(timeout=120), call.returncode) for call in calls]

    def test_a_crowd_against_a_failing_server_asks_it_few_times(self):
        self.profile()
        self.api.fault("answer", path=TOKEN, status=500, message="no")
        before = self.token_requests()
        for (output, error), code in self.storm(100):
            self.assertEqual((code, output), (5, ""), error)
            self.assertIn("500", error)
        self.assertLessEqual(self.token_requests() - before, 3)

    def test_a_killed_lock_holder_does_not_block_the_rest(self):
        self.profile()
        asked = self.api.fault("latency", path=TOKEN, seconds=3, times=1)
        holder = self.box.start(PROGRAM, "credential", "--profile", "dev")
        self.assertTrue(wait_for(lambda: self.api.taken(asked)), "the holder never asked")
        rest = [self.box.start(PROGRAM, "credential", "--profile", "dev") for _ in range(20)]
        holder.send_signal(signal.SIGKILL)
        holder.communicate()
        for call in rest:
            output, error = call.communicate(timeout=120)
            self.assertEqual(call.returncode, 0, error)
            json.loads(output)


if __name__ == "__main__":
    unittest.main(verbosity=1)
