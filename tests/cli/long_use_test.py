"""Two days of a laptop by a moved clock, and a few hundred hits; a month of them is
tests/bench/month.py, a hundred thousand tests/bench/hits.py."""

import os
import unittest

from case import Case

from tests.support.clocks import need_clockwork, why_no_boot
from tests.support.hits import many_hits
from tests.support.laptop import Laptop
from tests.support.machine import left_out
from moods_case import has_keyring


def need_keyring():
    if not has_keyring():
        left_out("this machine forbids the kernel keyring")


class Month(unittest.TestCase):
    def test_two_days_with_changing_networks_and_clocks(self):
        need_clockwork()
        need_keyring()
        for path in ("/etc/hosts", "/etc/resolv.conf"):
            if not os.path.exists(path):
                left_out("no " + path + " here")
        laptop = Laptop()
        self.addCleanup(laptop.close)
        if why_no_boot(laptop.boot_id):
            left_out(why_no_boot(laptop.boot_id))
        for number in range(2):
            laptop.day(number)
        laptop.end()
        print(dict(laptop.found))
        self.assertEqual(laptop.wrong, [])
        self.assertGreater(laptop.found["hits"], 10)
        self.assertGreater(laptop.found["leases"], 5)


class Hits(Case):
    def test_two_hundred_of_them_leave_nothing(self):
        need_keyring()
        before, after, right = many_hits(self.box, self.api, 200)
        self.assertTrue(right, f"before: {before}\nafter: {after}")
        self.assertGreater(after.keys.files, 1)
        self.assertEqual(self.api.counters()["tokens-issued"], 1)


if __name__ == "__main__":
    unittest.main()
