"""What a plugin must stand beyond upstream's own tests: scenarios 1 to 7 and 10, with leasehold as
its clients run it, against the real API server (README.md has the others)."""

import glob
import json
import os
import re
import signal
import subprocess
import time
import unittest

from case import PATIENCE, ClientCase, wait_for
from tests.cluster.slow_wire import SlowWire
from tests.support.clocks import by_clock, need_clockwork
from tests.support.machine import need_mounts
from tests.support.sandbox import PROGRAM, exec_info
from tests.support.secret_service import SecretServices

V1 = "client.authentication.k8s.io/v1"
CREDENTIAL = ("credential", "--profile", "dev")
ASKER = """import subprocess, sys
for line in sys.stdin:
    done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
    print((done.stdout or done.stderr).replace("\\n", " "), flush=True)
"""


def setUpModule():
    ClientCase.start_cluster()


class PluginCase(ClientCase):
    def setUp(self):
        super().setUp()
        self.info = exec_info(self.cluster.server, self.cluster.ca_data)

    def ask(self, *under, **environment):
        return self.box.run(*under, PROGRAM, *CREDENTIAL, environment=environment)

    def token(self, *under, **environment):
        """Of a call that must succeed, silently."""
        result = self.ask(*under, **environment)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return json.loads(result.stdout)["status"]["token"]

    def over_a_slow_wire(self, name="dev", delay=0.4):
        """A profile whose every byte takes its time, so that a lease can be met half-way."""
        host, port = self.cluster.server[len("https://"):].split(":")
        wire = SlowWire(host, int(port), delay)
        self.addCleanup(wire.close)
        self.profile(name, admin=self.admin_at(f"https://127.0.0.1:{wire.port}"))

    def admin_at(self, server):
        """The administrator's kubeconfig, for the cluster as it is met at this address."""
        with open(self.cluster.facts["kubeconfig"], encoding="utf-8") as file:
            return self.box.write("admin", file.read().replace(self.cluster.server, server))


class Bytes(PluginCase):
    def test_1_one_write_and_nothing_else(self):
        self.profile("dev")
        trace = self.box.path("trace")
        for turn in "cold", "hit":
            with self.subTest(turn):
                result = self.box.run("strace", "-f", "-e", "trace=write,writev", "-o", trace,
                                      PROGRAM, *CREDENTIAL)
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                self.assertLess(len(result.stdout.encode()), 4096)
                self.assertTrue(result.stdout.startswith('{"') and result.stdout.endswith("}\n"))
                self.assertEqual(result.stdout.count("\n"), 1)
                with open(trace, encoding="utf-8") as file:
                    self.assertEqual(len(re.findall(r"writev?\(1, ", file.read())), 1)
        self.assertEqual(self.token_requests(), 1)

    def test_1_nothing_on_stdout_on_every_path_that_fails(self):
        self.profile("refused", "--requester-token-file", self.box.write("bad", "no.such.token"))
        self.profile("nobody", "--service-account", "nobody")
        self.profile("nowhere", admin=self.admin_at("https://127.0.0.1:1"))
        self.profile("another")
        self.profile("hollow")
        self.box.write(".config/leasehold/profiles/hollow.yaml", "provider: [\n")
        other = {"KUBERNETES_EXEC_INFO": exec_info("https://127.0.0.1:2", self.cluster.ca_data)}
        for name, code, environment in (("refused", 4, {}), ("nobody", 3, {}), ("nowhere", 5, {}),
                                        ("hollow", 3, {}), ("another", 4, other), ("none", 3, {})):
            for turn in "first", "remembered":
                with self.subTest(name, turn=turn):
                    said = self.fails(code, "credential", "--profile", name,
                                      environment=environment)
                    self.assertRegex(said, r"^leasehold: error: .*\n")
                    self.assertRegex(said, r"\nhint: |\.yaml:\d+:\d+: ")  # the place is a hint
        self.assertEqual(self.token_requests(), 0)


class ExecInfo(PluginCase):
    def test_2_sloppy_ones_are_served(self):
        self.profile("dev", "--no-require-cluster-info")
        cluster = json.loads(self.info)["spec"]["cluster"]
        whole = {"kind": "ExecCredential", "apiVersion": V1, "spec": {"interactive": False}}
        served = ("", "\n", "{}", self.info, self.info.strip(),
                  json.dumps(dict(whole, kind="ExecCredentials")),  # C#
                  json.dumps(dict(whole, kind=None)),
                  json.dumps(dict(whole, extra=[1], spec={"response": {"code": 401}})),
                  json.dumps(dict(whole, spec={"cluster": dict(  # Python
                      cluster, extensions=[{"name": "x", "extension": {}}], config=None)})))
        for info in served:
            with self.subTest(info[:90]):
                self.token(KUBERNETES_EXEC_INFO=info)
        self.assertEqual(self.token_requests(), 1)

    def test_2_others_are_refused_without_an_echo(self):
        self.profile("dev")
        huge = "Q" * 120_000
        for code, info in ((2, "CANARY"), (2, "[]"), (2, '{"kind":"Pod"}'),
                           (2, '{"apiVersion":"client.authentication.k8s.io/v1alpha1"}'),
                           (4, exec_info(self.cluster.server, huge))):
            with self.subTest(info[:60]):
                result = self.ask(KUBERNETES_EXEC_INFO=info)
                self.assertEqual((result.returncode, result.stdout), (code, ""), result.stderr)
                self.assertNotIn("CANARY", result.stderr)
                self.assertLess(len(result.stderr), 2000)

    def test_2_a_bundle_too_large_for_the_environment_stays_out_of_it(self):
        with open(self.cluster.facts["ca"], encoding="utf-8") as file:
            bundle = self.box.write("bundle.pem", file.read() * 230)
        self.assertGreater(os.path.getsize(bundle), 120 * 1024)
        self.profile("dev", "--certificate-authority", bundle, "--no-require-cluster-info")
        self.ok("kubeconfig", "add", "dev", "--set-current")
        result = self.box.run(self.cluster.kubectl_path, "get", "configmaps", "--namespace", "ci")
        self.assertEqual(result.returncode, 0, result.stderr)


class Descriptors(PluginCase):
    def test_3_no_stdin_is_read_or_waited_for(self):
        self.profile("dev")
        asks = json.loads(self.info)
        asks["spec"]["interactive"] = True
        for info in None, json.dumps(asks):
            reader, writer = os.pipe()  # never ends
            try:
                if info:
                    self.box.environment["KUBERNETES_EXEC_INFO"] = info
                for _ in "cold", "hit":
                    done = subprocess.run(
                        ["/bin/sh", "-c", '"$@"; exit $?', "sh", PROGRAM, *CREDENTIAL],
                        stdin=reader, capture_output=True, env=self.box.environment,
                        timeout=PATIENCE, check=False)
                    self.assertEqual(done.returncode, 0, done.stderr)
            finally:
                os.close(reader)
                os.close(writer)
            self.box.environment.pop("KUBERNETES_EXEC_INFO", None)
            self.ok("cache", "clear")

    def test_3_closed_descriptors(self):
        self.profile("dev")
        words = " ".join((PROGRAM, *CREDENTIAL))
        for closed in "<&-", "2>&-", "<&- 2>&-", ">&-", "<&- >&- 2>&-":
            for turn in "cold", "hit":
                with self.subTest(closed, turn=turn):
                    result = self.box.run("/bin/sh", "-c", f"{words} {closed}; exit $?")
                    self.assertEqual(result.returncode, 0, result.stderr)
                    self.assertEqual(bool(result.stdout), ">" not in closed.split("2")[0])
            self.ok("cache", "clear")


class Interrupted(PluginCase):
    def leaseholds(self):
        """Processes of this test's home that still run."""
        found = []
        for path in glob.glob("/proc/[0-9]*/environ"):
            try:
                with open(path, "rb") as file:
                    if f"HOME={self.box.home}\0".encode() in file.read():
                        found.append(path)
            except OSError:  # it ended, or is none of ours
                pass
        return found

    def half_way(self, *under):
        """A call that has the key's lock and waits for the server."""
        call = self.box.start(*under, PROGRAM, *CREDENTIAL)
        wait_for(lambda: glob.glob(self.box.runtime + "/leasehold/*.lock"), PATIENCE, "a lock")
        time.sleep(0.3)
        return call

    def test_4_and_5_whoever_comes_next_is_served(self):
        self.over_a_slow_wire()
        for number in signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL:
            with self.subTest(number.name):
                call = self.half_way()
                waiting = [self.box.start(PROGRAM, *CREDENTIAL) for _ in range(3)]
                call.send_signal(number)
                call.communicate(timeout=PATIENCE)
                made = {one.communicate(timeout=PATIENCE)[0] for one in waiting}
                self.assertEqual({one.returncode for one in waiting}, {0})
                self.assertEqual(len({json.loads(out)["status"]["token"] for out in made}), 1)
                wait_for(lambda: not self.leaseholds(), PATIENCE, "the end of all of them")
                before = self.token_requests()
                self.token()
                self.assertEqual(self.token_requests(), before, "it was stored")
                self.ok("cache", "clear")
                for lock in glob.glob(self.box.runtime + "/leasehold/*.lock"):
                    os.remove(lock)

    def test_4_a_client_that_dies_leaves_a_lease_and_no_process(self):
        self.over_a_slow_wire()
        client = self.half_way("/bin/sh", "-c", '"$0" "$@"; exit $?')
        client.kill()  # the shell, which is the client here
        client.stdout.close()
        client.stderr.close()
        client.wait(PATIENCE)
        wait_for(lambda: not self.leaseholds(), PATIENCE, "the end of the plugin")
        self.assertEqual(self.token_requests(), 1)
        self.token()
        self.assertEqual(self.token_requests(), 1)


class Crowd(PluginCase):
    def crowd(self, names):
        calls = [self.box.start(PROGRAM, "credential", "--profile", name) for name in names]
        said = [call.communicate(timeout=PATIENCE) for call in calls]
        self.assertEqual({call.returncode for call in calls}, {0}, said[0][1])
        return {json.loads(out)["status"]["token"] for out, _ in said}

    def test_5_a_hundred_cold_calls_are_one_lease(self):
        self.profile("dev")
        self.assertEqual((len(self.crowd(["dev"] * 100)), self.token_requests()), (1, 1))

    def test_5_twenty_keys_are_twenty_leases(self):
        names = [f"p{number}" for number in range(20)]
        for number, name in enumerate(names):
            self.profile(name, "--ttl", f"{3600 + number}s")
        self.assertEqual((len(self.crowd(names * 3)), self.token_requests()), (20, 20))


class Time(PluginCase):
    TTL = 600

    @classmethod
    def setUpClass(cls):
        need_clockwork()
        super().setUpClass()

    def told(self, realtime, boottime, name="dev"):
        """The token by that clock, and how many seconds it promises."""
        result = self.box.run(*by_clock(realtime, boottime, PROGRAM, "credential", "--profile",
                                        name))
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        status = json.loads(result.stdout)["status"]
        end = time.mktime(time.strptime(status["expirationTimestamp"], "%Y-%m-%dT%H:%M:%SZ"))
        return status["token"], end - time.timezone - time.time() - realtime

    def test_6_as_the_end_comes_near(self):
        self.profile("dev", "--ttl", f"{self.TTL}s")
        for left in 400, 301, 299, 61, 59, 31, 29, 0, -60:
            with self.subTest(left=left):
                self.ok("cache", "clear")
                first, promised = self.told(0, 0)
                later = int(promised) - left
                token, promised = self.told(later, later)
                self.assertGreater(promised, 0)
                if left > 330:
                    self.assertEqual(token, first)
                    continue
                # Handed out while it lasts; renewed behind the call.
                self.until(lambda: self.told(later, later)[0] != first, PATIENCE, "another token")
                self.assertGreater(self.told(later, later)[1], 300)

    def test_6_clocks_ten_minutes_off(self):
        for skew in -600, 600:
            with self.subTest(skew=skew):
                name, ttl = f"by{skew + 600}", self.TTL + skew + 1200
                self.profile(name, "--ttl", f"{ttl}s")
                before = self.token_requests()
                first, promised = self.told(skew, 0, name)
                self.assertTrue(0 < promised < ttl, promised)
                self.assertEqual(self.told(skew, 0, name)[0], first)
                self.assertEqual(self.token_requests(), before + 1)


class SilentRefusal(PluginCase):
    def asker(self):
        """A client that lives on and asks whenever it is told to."""
        process = subprocess.Popen(["python3", "-c", ASKER, PROGRAM, *CREDENTIAL],
                                   env=self.box.environment, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)

        def ask():
            process.stdin.write("\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())["status"]["token"]
        return ask

    def test_7_who_comes_back_gets_another_once_and_others_theirs(self):
        self.profile("dev", "--recheck", "off")
        one, other = self.asker(), self.asker()
        first = one()
        # kube-rs asks three times at once, C# twice: nothing is wrong.
        self.assertEqual([one(), one(), other()], [first] * 3)
        self.revoke()
        again = []
        self.until(lambda: again.append(one()) or again[-1] != first, PATIENCE, "another token")
        self.assertEqual(other(), again[-1])
        self.assertEqual([one() for _ in range(3)], [again[-1]] * 3)
        self.assertEqual(self.token_requests(), 2)


class Starved(SecretServices, PluginCase):
    def test_10_poor_environments(self):
        self.profile("dev")
        config = "LEASEHOLD_CONFIG_DIR=" + self.box.path(".config/leasehold")
        poor = (("env", "-i", config), ("env", "-i", config, "PATH=/usr/bin:/bin"),
                ("env", "-u", "HOME", config), ("env", "-u", "XDG_RUNTIME_DIR"),
                ("env", "HOME=" + self.box.path("no-such-home"), config),
                ("env", "DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent"),
                ("sh", "-c", 'cd /; ulimit -n 8; umask 777; exec "$@"', "sh"))
        for words in poor:
            with self.subTest(words):
                self.token(*words)
                self.token(*words)

    def test_10_a_home_that_nobody_can_write(self):
        self.profile("dev", "--store", "file")
        mount = ('mount --bind "$HOME" "$HOME" && mount -o remount,bind,ro "$HOME" && '
                 'touch "$HOME/x" 2>/dev/null || exec "$@"')
        under = ("unshare", "--mount", "sh", "-c", mount, "sh")
        need_mounts()
        result = self.ask(*under)
        self.assertEqual((result.returncode, bool(result.stdout)), (0, True), result.stderr)

    def test_10_a_keyring_that_is_locked_or_hangs(self):
        for script in ("prompt=never",), ("SearchItems=silent",), ("OpenSession=silent",):
            with self.subTest(script):
                self.service(*script)
                self.wait_for_service()
                self.leasehold("profile", "remove", "dev")
                self.profile("dev", "--store", "secret-service", "--deadline", "30s")
                before = self.token_requests()
                begin = time.monotonic()
                result = self.ask(**self.session)
                self.assertEqual(result.returncode, 0, result.stderr)
                # One that waited for it would have come to the deadline.
                self.assertLess(time.monotonic() - begin, 25)
                self.assertEqual(self.token_requests(), before + 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
