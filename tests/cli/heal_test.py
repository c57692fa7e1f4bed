"""A token that its server does not take any more: clients do not say so, some ask again (H12,
CACHE-6)."""

import json
import os
import struct
import subprocess
import sys
import time
import unittest

from lease_case import PROGRAM, LeaseCase
from tests.support.clocks import by_clock, need_clockwork
from tests.support.machine import SLACK
from tests.support.sandbox import exec_info

REVIEWS = "selfsubjectreviews"
# cache/notes/handing.cpp: four times and, for 64 clients each, process, start, token, time, checks.
TIMES, SLOT, SLOTS = "<qqqq", "<QQQqq", 64


def wait_until(condition, what):
    end = time.monotonic() + 5 + SLACK
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(what + " did not come")
        time.sleep(0.05)


class Client:
    """A process that runs the plugin as often as it is told, as client-go does after a 401."""

    SCRIPT = ("import subprocess, sys\n"
              "for line in sys.stdin:\n"
              "    run = subprocess.run([*sys.argv[2:], sys.argv[1], 'credential', '--profile',\n"
              "                          line.strip()], capture_output=True, text=True)\n"
              "    print(run.stdout.strip() or run.stderr.strip(), flush=True)\n")

    def __init__(self, box, info, by=()):
        environment = dict(box.environment, **({"KUBERNETES_EXEC_INFO": info} if info else {}))
        self.process = subprocess.Popen([sys.executable, "-c", self.SCRIPT, PROGRAM, *by],
                                        env=environment, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def token(self, profile="dev"):
        self.process.stdin.write(profile + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())["status"]["token"]

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


class HealCase(LeaseCase):
    @classmethod
    def setUpClass(cls):
        need_clockwork()
        super().setUpClass()

    def setUp(self):
        super().setUp()
        self.reviewed = self.all_reviews()

    def client(self, info=True, by=()):
        client = Client(self.box, exec_info(self.api.server, self.api.ca_data) if info else None,
                        by)
        self.addCleanup(client.close)
        return client

    def new_client(self):
        """What one that has never asked before is handed."""
        return self.client(info=False).token()

    def reviews(self):
        return self.all_reviews() - self.reviewed

    def all_reviews(self):
        return sum(1 for one in self.api.requests() if one.get("path", "").endswith(REVIEWS))

    def lease(self, ago):
        """A token that was leased so many seconds ago by every clock; one call has been served."""
        argv = by_clock(-ago, -ago, PROGRAM, "credential", "--profile", "dev")
        result = self.box.run(*argv)
        self.assertEqual(result.returncode, 0, result.stderr)
        token = json.loads(result.stdout)["status"]["token"]
        self.assertEqual(self.new_client(), token)
        return token

    def handings(self):
        runtime = os.path.join(self.box.runtime, "leasehold")
        [name] = [one for one in os.listdir(runtime) if one.endswith(".handed")]
        return os.path.join(runtime, name)

    def pass_time(self, seconds):
        """As if every handing and check so far had been so much earlier."""
        with open(self.handings(), "r+b") as file:
            data = file.read().ljust(struct.calcsize(TIMES) + SLOTS * struct.calcsize(SLOT), b"\0")
            earlier = lambda then: max(then - seconds, 0)
            checked, replaced, replacements, started = struct.unpack_from(TIMES, data)
            out = [struct.pack(TIMES, earlier(checked), earlier(replaced), replacements,
                               earlier(started))]
            for pid, start, tag, at, caused in struct.iter_unpack(
                    SLOT, data[struct.calcsize(TIMES):]):
                out.append(struct.pack(SLOT, pid, start, tag, earlier(at), caused))
            file.seek(0)
            file.write(b"".join(out))

    def revoke_behind_our_back(self):
        for secret in self.objects.list("secrets", "ci"):
            self.objects.delete("secrets", "ci", secret["metadata"]["name"])

    def wait_for_another(self, token):
        """Until whoever asks for the first time is handed another token."""
        found = []
        wait_until(lambda: found.append(self.new_client()) or found[-1] != token,
                   "another token for a new client")
        return found[-1]

    def asks_again(self, client, revoked):
        """The client was handed a token that is refused now: it comes back and gets another."""
        first = client.token()
        self.assertEqual((first, self.reviews()), (revoked, 0))
        self.revoke_behind_our_back()
        self.pass_time(3)
        leased = self.token_requests()
        second = client.token()
        self.assertNotEqual(second, first)
        self.assertEqual(self.token_requests(), leased + 1)
        self.assertEqual(self.reviews(), 1)
        self.assertEqual(self.new_client(), second, "for everybody")


class Heal(HealCase):
    def test_CACHE_6_a_revoked_token_is_replaced_when_its_client_asks_again(self):
        self.profile()
        self.asks_again(self.client(), self.lease(30))
        [event] = json.loads(self.ok("audit", "--event", "notice", "-o", "json"))
        self.assertIn("refuses the cached token", event["detail"])

    def test_CACHE_6_whether_it_says_what_it_asks_for_or_not(self):
        self.profile()
        self.asks_again(self.client(info=False), self.lease(30))

    def test_CACHE_6_also_one_that_asks_by_way_of_a_shell(self):
        self.profile()
        self.asks_again(self.client(info=False, by=("/bin/sh", "-c", '"$0" "$@"; exit $?')),
                        self.lease(30))

    def test_CACHE_6_who_asks_again_at_once_is_served_and_the_server_asked_behind(self):
        self.profile()
        token = self.lease(30)
        self.revoke_behind_our_back()
        client = self.client()
        self.api.fault("latency", path=REVIEWS, seconds=1)
        self.assertEqual([client.token() for _ in range(3)], [token] * 3, "as kube-rs does")
        fresh = self.wait_for_another(token)
        self.assertEqual((client.token(), self.reviews()), (fresh, 1))

    def test_CACHE_6_a_revoked_token_is_found_out_within_a_minute_whoever_asks(self):
        self.profile()
        self.lease(55)
        self.assertEqual(self.reviews(), 0)
        self.ok("cache", "clear")
        token = self.lease(61)  # and one call has been served, with a check behind
        wait_until(lambda: self.reviews() == 1, "a check")
        self.revoke_behind_our_back()
        for client in [self.client(info=False) for _ in range(5)]:
            self.assertEqual(client.token(), token)
        self.assertEqual(self.reviews(), 1, "the minute is not over")
        self.pass_time(60)
        leased = self.token_requests()
        clients = [self.box.start(PROGRAM, "credential", "--profile", "dev") for _ in range(20)]
        for client in clients:
            client.communicate(timeout=60)
        self.wait_for_another(token)
        self.assertEqual(self.reviews(), 2, "one for all of them")
        self.assertEqual(self.token_requests(), leased + 1)

    def test_CACHE_6_unless_the_profile_says_off(self):
        self.profile("dev", "--recheck", "off")
        self.assertRegex(self.ok("profile", "show", "dev"), r"recheck +off")
        token = self.lease(600)
        self.assertEqual({self.new_client() for _ in range(5)}, {token})
        self.assertEqual(self.reviews(), 0)

    def test_CACHE_6_as_often_as_the_profile_says(self):
        self.profile("dev", "--recheck", "20s")
        self.lease(10)
        self.assertEqual(self.reviews(), 0)
        self.pass_time(100)
        self.ok("cache", "clear")
        token = self.lease(21)
        wait_until(lambda: self.reviews() == 1, "a check")
        self.assertEqual(self.new_client(), token)

    def test_CACHE_6_in_stores_that_the_front_does_not_ask(self):
        self.profile("dev", "--store", "file")
        token = self.lease(61)
        wait_until(lambda: self.reviews() == 1, "a check")
        self.revoke_behind_our_back()
        self.pass_time(60)
        self.assertEqual(self.new_client(), token)
        self.assertNotEqual(self.wait_for_another(token), token)

    def test_CACHE_6_clients_that_ask_twice_for_other_reasons_cause_no_lease(self):
        self.profile()
        first = self.lease(30)
        client = self.client()
        leased = self.token_requests()
        for _ in range(10):
            self.assertEqual(client.token(), first)
            self.pass_time(6)
        self.assertEqual(self.token_requests(), leased)
        self.assertIn(self.reviews(), (3, 4), "at 5, 10, 20 and 40 seconds, but not at each")

    def test_CACHE_6_at_most_one_lease_a_minute(self):
        self.profile()
        self.lease(30)
        self.api.fault("answer", path=REVIEWS, status=401)
        client = self.client()
        before = self.token_requests()
        for _ in range(7):
            client.token()
            self.pass_time(8)
        self.assertEqual(self.token_requests(), before + 1)

    def test_a_server_that_says_nothing_clear_keeps_the_token(self):
        self.profile()
        first = self.lease(30)
        client = self.client()
        self.assertEqual(client.token(), first)
        for fault, fields in (("answer", {"status": 500}), ("answer", {"status": 403}),
                              ("reset", {}), ("hang", {})):
            self.api.clear()
            self.api.fault(fault, path=REVIEWS, **fields)
            self.pass_time(100)
            begin = time.monotonic()
            self.assertEqual(client.token(), first)
            self.assertLess(time.monotonic() - begin, 5 + SLACK)
        self.assertEqual(self.reviews(), 3, "and one that was cut off")

    def test_an_old_server_is_asked_in_another_way(self):
        self.profile()
        first = self.lease(30)
        self.api.fault("answer", path=REVIEWS, status=404)
        client = self.client()
        self.assertEqual(client.token(), first)
        self.revoke_behind_our_back()
        self.pass_time(3)
        self.assertNotEqual(client.token(), first)

    def test_a_hostile_file_in_its_place_is_harmless(self):
        self.profile()
        first = self.lease(61)
        client = self.client()
        path = self.handings()
        noise = self.box.write("noise", "x" * 5000)
        for make in (lambda: os.mkfifo(path), lambda: os.mkdir(path),
                     lambda: os.symlink("/dev/zero", path), lambda: os.link(noise, path)):
            if os.path.isdir(path) and not os.path.islink(path):
                os.rmdir(path)
            else:
                os.remove(path)
            make()
            self.assertEqual(client.token(), first)
        os.remove(path)


class People(HealCase):
    """Who asks with a command of ours wants to know now."""

    def revoked(self):
        self.profile()
        token = self.lease(30)
        self.revoke_behind_our_back()
        return token

    def test_setup_asks_about_the_token_that_it_finds(self):
        self.setup()
        token = self.new_client()
        self.setup("dev", "--force")
        self.assertEqual((self.new_client(), self.reviews()), (token, 1))
        self.revoke_behind_our_back()
        leased = self.token_requests()
        self.setup("dev", "--force")
        self.assertEqual(self.token_requests(), leased + 1)
        self.assertNotEqual(self.new_client(), token)

    def test_profile_check_and_doctor_tell(self):
        self.profile()
        self.assertNotIn("cached token", self.ok("profile", "check", "dev"))
        token = self.lease(30)
        for words in (("profile", "check", "dev"), ("doctor", "--profile", "dev")):
            self.assertIn("cached token: the API server takes it", self.leasehold(*words).stdout)
        self.revoke_behind_our_back()
        for words in (("profile", "check", "dev"), ("doctor", "--profile", "dev")):
            said = self.leasehold(*words).stdout
            self.assertIn("cached token: the API server refuses the token in the store", said)
            self.assertIn("leasehold cache clear --profile dev", said)
        self.assertEqual(self.new_client(), token, "they change nothing")

    def test_lease_list_forgets_what_it_finds_revoked(self):
        token = self.revoked()
        self.assertEqual(self.leases("--local")[0]["cached"], "fresh")
        [lease] = self.leases()
        self.assertEqual((lease["state"], lease["cached"], lease["stores"]), ("revoked", "", []))
        self.assertEqual(self.leases(), [])
        self.assertNotEqual(self.new_client(), token)


if __name__ == "__main__":
    unittest.main()
