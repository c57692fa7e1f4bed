"""A token that its server does not take any more: clients do not say so, they ask again (H12,
CACHE-6)."""

import json
import os
import subprocess
import sys
import time
import unittest

from lease_case import PROGRAM, LeaseCase
from tests.support.machine import SLACK
from tests.support.sandbox import exec_info

REVIEWS = "selfsubjectreviews"


class Client:
    """A process that runs the plugin as often as it is told, as client-go does after a 401."""

    SCRIPT = ("import subprocess, sys\n"
              "for line in sys.stdin:\n"
              "    run = subprocess.run([sys.argv[1], 'credential', '--profile', line.strip()],\n"
              "                         capture_output=True, text=True)\n"
              "    print(run.stdout.strip() or run.stderr.strip(), flush=True)\n")

    def __init__(self, box, info):
        environment = dict(box.environment, **({"KUBERNETES_EXEC_INFO": info} if info else {}))
        self.process = subprocess.Popen([sys.executable, "-c", self.SCRIPT, PROGRAM],
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


class Heal(LeaseCase):
    def setUp(self):
        super().setUp()
        self.reviewed = self.all_reviews()

    def client(self, info=True):
        client = Client(self.box, exec_info(self.api.server, self.api.ca_data) if info else None)
        self.addCleanup(client.close)
        return client

    def reviews(self):
        return self.all_reviews() - self.reviewed

    def all_reviews(self):
        return sum(1 for one in self.api.requests() if one.get("path", "").endswith(REVIEWS))

    def revoke_behind_our_back(self):
        for secret in self.objects.list("secrets", "ci"):
            self.objects.delete("secrets", "ci", secret["metadata"]["name"])

    def test_CACHE_6_a_revoked_token_is_replaced_when_its_client_asks_again(self):
        self.profile()
        client = self.client()
        first = client.token()
        self.assertEqual(self.client().token(), first, "another client is not suspected")
        self.assertEqual(self.reviews(), 0)
        self.revoke_behind_our_back()
        leased = self.token_requests()
        second = client.token()
        self.assertNotEqual(second, first)
        self.assertEqual(self.token_requests(), leased + 1)
        self.assertEqual(self.reviews(), 1)
        self.assertEqual(self.client().token(), second, "for everybody")

    def test_CACHE_6_clients_that_ask_twice_for_other_reasons_cause_no_lease(self):
        self.profile()
        client = self.client()
        first = client.token()
        leased = self.token_requests()
        begin = time.monotonic()
        for _ in range(20):
            self.assertEqual(client.token(), first)
        self.assertEqual(self.token_requests(), leased)
        self.assertLessEqual(self.reviews(), (time.monotonic() - begin) // 5 + 2)

    def test_CACHE_6_at_most_one_lease_a_minute(self):
        self.profile()
        self.api.fault("answer", path=REVIEWS, status=401)
        before = self.token_requests()
        client = self.client()
        for _ in range(7):
            client.token()
        self.assertEqual(self.token_requests(), before + 2, "the first, and one instead of it")

    def test_a_server_that_says_nothing_clear_keeps_the_token(self):
        self.profile()
        client = self.client()
        first = client.token()
        for fault, fields in (("answer", {"status": 500}), ("answer", {"status": 403}),
                              ("reset", {}), ("hang", {})):
            self.api.clear()
            self.api.fault(fault, path=REVIEWS, **fields)
            begin = time.monotonic()
            self.assertEqual(client.token(), first)
            self.assertLess(time.monotonic() - begin, 5 + SLACK)
            time.sleep(5.1)

    def test_an_old_server_is_asked_in_another_way(self):
        self.profile()
        self.api.fault("answer", path=REVIEWS, status=404)
        client = self.client()
        first = client.token()
        self.revoke_behind_our_back()
        self.assertNotEqual(client.token(), first)

    def test_who_says_nothing_is_not_suspected(self):
        self.profile()
        client = self.client(info=False)
        first = client.token()
        for _ in range(5):
            self.assertEqual(client.token(), first)
        self.assertEqual(self.reviews(), 0)

    def test_it_works_without_a_kernel_keyring(self):
        self.profile("dev", "--store", "file")
        client = self.client()
        first = client.token()
        self.assertEqual(client.token(), first)
        time.sleep(5.1)
        self.revoke_behind_our_back()
        self.assertNotEqual(client.token(), first)

    def test_a_hostile_file_in_its_place_is_harmless(self):
        self.profile()
        client = self.client()
        first = client.token()
        runtime = os.path.join(self.box.runtime, "leasehold")
        [name] = [one for one in os.listdir(runtime) if one.endswith(".handed")]
        path = os.path.join(runtime, name)
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


if __name__ == "__main__":
    unittest.main()
