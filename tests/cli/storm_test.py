"""Crowds of calls, servers that fail all of them, and locks that others sit on (LOCK-1 to LOCK-6)."""

import glob
import json
import math
import os
import signal
import time
import unittest

from case import PROGRAM, TOKEN_PATH, Case
from tests.support.machine import SLACK, left_out, need_program

CROWD = 100
ROUNDS = int(os.environ.get("LEASEHOLD_STORM_ROUNDS", "50"))
BUSY = {"message": "slow down", "reason": "TooManyRequests", "status": 429}
REVIEW = "/apis/authentication.k8s.io/v1/selfsubjectreviews"


class StormCase(Case):
    def start(self, name="dev", **environment):
        return self.box.start(PROGRAM, "credential", "--profile", name, environment=environment)

    @staticmethod
    def messages(results):
        """What was said, without the line by which a remembered failure says that it is one."""
        return {"".join(line for line in err.splitlines(keepends=True)
                        if "this is what was answered last" not in line)
                for _, _, err in results}

    def crowd(self, names):
        """All at once; answers [(code, stdout, stderr)] and how long the last one took."""
        begin = time.monotonic()
        running = [self.start(name) for name in names]
        results = []
        for process in running:
            out, err = process.communicate(timeout=300)
            results.append((process.returncode, out, err))
        return results, time.monotonic() - begin

    def same_token(self, results):
        self.assertEqual({code for code, _, _ in results}, {0}, results[0][2])
        tokens = {json.loads(out)["status"]["token"] for _, out, _ in results}
        self.assertEqual(len(tokens), 1)
        return tokens.pop()

    def lock_path(self):
        paths = glob.glob(os.path.join(self.box.runtime, "leasehold", "*.lock"))
        self.assertEqual(len(paths), 1)
        return paths[0]

    def until(self, what, condition):
        end = time.monotonic() + 60
        while not condition():
            self.assertLess(time.monotonic(), end, what)
            time.sleep(0.01)


class CrowdTest(StormCase):
    def test_LOCK_1_a_hundred_cold_calls_make_one_lease_every_time(self):
        self.profile()
        for number in range(ROUNDS):
            self.ok("cache", "clear")
            before = self.token_requests()
            results, _ = self.crowd(["dev"] * CROWD)
            self.same_token(results)
            self.assertEqual(self.token_requests() - before, 1, f"in round {number}")

    def test_LOCK_1_twenty_keys_are_leased_in_parallel(self):
        names = [f"p{number}" for number in range(20)]
        for name in names:
            self.profile(name)
        self.api.fault("latency", path=TOKEN_PATH, seconds=2)
        before = self.token_requests()
        results, took = self.crowd(names)
        self.assertEqual({code for code, _, _ in results}, {0})
        self.assertEqual(self.token_requests() - before, 20)
        self.assertLess(took, 40, "they waited for each other: 20 times 2 s")

    def test_LOCK_1_a_thousand_warm_calls_ask_nobody(self):
        self.profile("dev", "--recheck", "off")  # a slow machine takes longer than its minute
        self.credential()
        begin = time.monotonic()
        self.crowd(["dev"] * 100)  # what the first lease began behind itself is done by then
        before = len(self.api.requests())
        for _ in range(10):
            results, _ = self.crowd(["dev"] * 100)
            self.same_token(results)
        # A client that asks again and again has its token looked at: after 5 s, twice as many
        # after each time, and at last once a minute (cache/notes/handing.hpp).
        asked = [request["path"] for request in self.api.requests()[before:]]
        took = time.monotonic() - begin
        most = int(math.log2(took / 5 + 1)) + int(took) // 60
        self.assertIn(asked, [[REVIEW] * count for count in range(most + 1)])


class FailingServerTest(StormCase):
    DEADLINE = 10

    def storm(self, code, words, most=3):
        """A crowd meets a server that fails: few requests, one message, within the deadline."""
        before = self.api.counters()["requests"]
        results, took = self.crowd(["dev"] * CROWD)
        self.assertEqual({(found, out) for found, out, _ in results}, {(code, "")}, results[0][2])
        self.assertEqual(len(self.messages(results)), 1, self.messages(results))
        self.assertIn(words, results[0][2])
        self.assertLessEqual(self.api.counters()["requests"] - before, most)
        # The deadline is each call's own, and the last call starts a little late.
        self.assertLess(took, self.DEADLINE + SLACK)

    def setUp(self):
        super().setUp()
        # One request a lease; RevocableFailingServerTest has those of three.
        self.profile("dev", "--deadline", f"{self.DEADLINE}s", "--no-revocable")

    def test_LOCK_3_a_server_error(self):
        self.api.fault("answer", path=TOKEN_PATH, status=500, message="boom")
        self.storm(5, "500")

    def test_LOCK_3_a_denial(self):
        self.api.fault("answer", path=TOKEN_PATH, status=403, message="no")
        self.storm(4, "403", most=1)

    def test_LOCK_3_a_server_that_hangs(self):
        self.api.fault("hang", path=TOKEN_PATH)
        self.storm(6, "error")

    def test_LOCK_3_a_busy_server_is_asked_three_times(self):
        self.api.fault("answer", path=TOKEN_PATH, headers={"Retry-After": "1"}, **BUSY)
        self.storm(5, "429")

    def test_LOCK_3_a_busy_server_is_left_alone_for_as_long_as_it_asks(self):
        self.api.fault("answer", path=TOKEN_PATH, headers={"Retry-After": "60"}, **BUSY)
        self.storm(5, "429", most=1)
        begin = time.monotonic()
        time.sleep(6)  # past the time of a failure that names none
        self.storm(5, "429", most=0)
        self.assertLess(time.monotonic() - begin, 55, "the machine was too slow to tell")

    def test_LOCK_5_a_loop_of_failing_calls_is_no_storm(self):
        self.api.fault("answer", path=TOKEN_PATH, status=403, message="no")
        before = self.api.counters()["requests"]
        begin = time.monotonic()
        for _ in range(50):
            self.fails(4, "credential", "--profile", "dev")
        periods = int((time.monotonic() - begin) / 15) + 1
        self.assertLessEqual(self.api.counters()["requests"] - before, periods)

    def test_LOCK_3_a_failure_is_forgotten_after_five_seconds(self):
        number = self.api.fault("answer", path=TOKEN_PATH, status=500)
        self.fails(5, "credential", "--profile", "dev")
        self.api.clear(number)
        self.fails(5, "credential", "--profile", "dev")
        time.sleep(6)
        self.credential()


class RevocableFailingServerTest(StormCase):
    """The same with leases that have a record in the cluster."""

    def storm(self, code, **fault):
        self.profile("dev", "--deadline", "10s")
        self.api.fault("answer", **fault)
        before = self.api.counters()["requests"]
        results, _ = self.crowd(["dev"] * CROWD)
        self.assertEqual({(found, out) for found, out, _ in results}, {(code, "")}, results[0][2])
        self.assertEqual(len(self.messages(results)), 1, self.messages(results))
        self.assertLessEqual(self.api.counters()["requests"] - before, 3)

    def test_LOCK_3_the_token_is_refused(self):
        for status, code in ((500, 5), (503, 5), (403, 4), (429, 5)):
            with self.subTest(status=status):
                self.api.clear()
                self.leasehold("profile", "remove", "dev")
                self.storm(code, path=TOKEN_PATH, status=status)

    def test_LOCK_3_the_token_is_refused_where_there_are_no_records(self):
        for status, code in ((503, 5), (403, 4), (429, 5)):
            with self.subTest(status=status):
                self.api.clear()
                self.api.fault("answer", path="/secrets$", status=404)
                self.leasehold("profile", "remove", "dev")
                self.storm(code, path=TOKEN_PATH, status=status)

    def test_LOCK_3_everything_is_refused(self):
        for status, code in ((500, 5), (503, 5), (401, 4), (429, 5)):
            with self.subTest(status=status):
                self.api.clear()
                self.leasehold("profile", "remove", "dev")
                self.storm(code, status=status, headers={"Retry-After": "1"})


class HolderTest(StormCase):
    def hold(self):
        """A call that has the lock and waits for the server."""
        before = self.token_requests()
        number = self.api.fault("latency", path=TOKEN_PATH, seconds=3, times=1)
        holder = self.start()
        self.addCleanup(holder.communicate)
        self.addCleanup(holder.kill)
        self.until("the holder never asked", lambda: self.token_requests() > before
                   or glob.glob(os.path.join(self.box.runtime, "leasehold", "*.lock")))
        time.sleep(0.2)
        return holder, number

    def test_LOCK_2_a_killed_holder_frees_the_rest(self):
        self.profile()
        before = self.token_requests()
        holder, _ = self.hold()
        waiting = [self.start() for _ in range(10)]
        time.sleep(0.2)
        holder.send_signal(signal.SIGKILL)
        results = []
        for process in waiting:
            out, err = process.communicate(timeout=300)
            results.append((process.returncode, out, err))
        self.same_token(results)
        self.assertLessEqual(self.token_requests() - before, 2)

    def test_LOCK_2_a_holder_that_hangs_costs_the_others_their_deadline_and_no_more(self):
        self.profile("dev", "--deadline", "3s")
        holder, _ = self.hold()
        holder.send_signal(signal.SIGSTOP)
        begin = time.monotonic()
        self.assertIn("another call has been leasing for too long",
                      self.fails(6, "credential", "--profile", "dev"))
        self.assertLess(time.monotonic() - begin, 3 + SLACK)
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        self.credential()


class SquatterTest(StormCase):
    """Where there is no lock to be had a lease is made all the same."""

    def setUp(self):
        super().setUp()
        self.profile()
        self.credential()
        self.lock = self.lock_path()
        os.unlink(self.lock)
        self.ok("cache", "clear")

    def leases(self, **environment):
        before = self.token_requests()
        self.credential(environment=environment)
        self.assertEqual(self.token_requests() - before, 1)
        self.ok("cache", "clear", environment=environment)

    def test_LOCK_6_a_symbolic_link_is_not_followed(self):
        os.symlink(self.box.path("victim"), self.lock)
        self.leases()
        self.assertFalse(os.path.exists(self.box.path("victim")))

    def test_LOCK_6_a_directory(self):
        os.mkdir(self.lock)
        self.leases()

    def test_LOCK_6_a_pipe(self):
        os.mkfifo(self.lock)
        self.leases()

    def test_LOCK_6_somebody_elses_file(self):
        if os.geteuid() != 0:
            left_out("only root can make files of others")
        with open(self.lock, "w", encoding="ascii"):
            pass
        os.chown(self.lock, 12345, 12345)
        self.leases()

    def test_LOCK_6_a_directory_that_others_write_to(self):
        os.chmod(os.path.dirname(self.lock), 0o777)
        self.leases()

    def test_LOCK_6_a_place_where_nothing_can_be_made(self):
        self.leases(LEASEHOLD_RUNTIME_DIR="/proc/leasehold")

    def mounted(self, options):
        """A call whose runtime directory is a file system of its own."""
        need_program("unshare")
        folder = self.box.path("small")
        os.mkdir(folder, 0o700)
        script = (f"mount -t tmpfs -o mode=0700,{options} none {folder} || exit 99; "
                  f"exec {PROGRAM} credential --profile dev")
        result = self.box.run("unshare", "--mount", "sh", "-c", script,
                              environment={"LEASEHOLD_RUNTIME_DIR": folder})
        if result.returncode == 99 or "unshare" in result.stderr:
            left_out("mounting is not allowed here")
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_LOCK_6_a_read_only_runtime_directory(self):
        self.mounted("ro")

    def test_LOCK_6_a_full_runtime_directory(self):
        self.mounted("size=4k,nr_inodes=1")


if __name__ == "__main__":
    unittest.main()
