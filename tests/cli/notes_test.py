"""What is noted about profiles on this machine goes with them, and locks with nobody behind them."""

import fcntl
import os
import time
import unittest

from case import Case
from tests.support.sessions import wait_for

DAY = 24 * 3600
MOST = 2000  # most_strange_notes of helper/upkeep/gone_profiles.hpp


class NotesTest(Case):
    def files(self):
        """All that there is in the state and runtime directories, but what is everybody's."""
        found = set()
        for top in (".local/state/leasehold", "run/leasehold"):
            for place, _, names in os.walk(self.box.path(top)):
                found |= {os.path.join(place, name) for name in names}
        return {path for path in found if os.path.basename(path) not in
                ("audit.jsonl", "identity-key")}

    def used(self, name):
        self.profile(name)
        self.credential(name)

    def test_a_profile_takes_its_notes_along_and_no_others(self):
        self.used("stays")
        others = self.files()
        self.used("goes")
        self.assertGreater(len(self.files() - others), 3)
        self.ok("profile", "remove", "goes")
        self.assertEqual(self.files(), others)
        self.assertTrue([path for path in others if "/issuers/" in path])
        self.ok("profile", "remove", "stays")
        self.assertEqual(self.files(), set())

    def test_a_new_name_leaves_nothing_under_the_old(self):
        self.used("old")
        before = self.files()
        self.ok("profile", "rename", "old", "new")
        self.assertEqual({path for path in before & self.files() if "/issuers/" not in path}, set())
        self.credential("new")

    def age(self, path, days):
        then = time.time() - days * DAY
        os.utime(path, (then, then))

    def sweep(self):
        """A lease an hour after the last sweep has one in the background."""
        [stamp] = [path for path in self.files() if "/sweeps/" in path and path not in self.gone]
        os.utime(stamp, (1, 1))
        self.ok("cache", "clear")
        self.credential("stays")
        self.assertTrue(wait_for(lambda: os.stat(stamp).st_mtime > 1))

    def test_what_went_without_a_word_is_swept_after_a_while(self):
        self.used("goes")
        self.gone = self.files()
        os.remove(self.box.profile_path("goes"))
        self.used("stays")
        kept = self.files() - self.gone
        for path in kept:
            self.age(path, 1 / 48)
        for path in self.gone:
            self.age(path, 91)
        [lock] = [path for path in self.gone if path.endswith(".lock")]
        with open(lock, "wb") as held:
            self.age(lock, 91)
            fcntl.flock(held, fcntl.LOCK_EX)
            self.sweep()
            self.assertTrue(wait_for(lambda: {path for path in self.gone & self.files()
                                              if "/issuers/" not in path} == {lock}))
        self.assertEqual(kept - self.files(), set())
        self.sweep()
        self.assertTrue(wait_for(lambda: lock not in self.files()))
        self.credential("stays")

    def test_notes_of_other_configuration_directories_stay(self):
        self.used("elsewhere")
        self.gone = self.files()
        os.rename(self.box.path(".config"), self.box.path("other"))
        self.used("stays")
        self.sweep()
        time.sleep(1)
        self.assertEqual(self.gone - self.files(), set())

    def folder(self, name):
        return self.box.path(".local/state/leasehold/" + name)

    def many(self, folder):
        """So many notes of profiles elsewhere, none of them old; the first are the oldest."""
        os.makedirs(self.folder(folder), mode=0o700, exist_ok=True)
        for number in range(2 * MOST + 10):
            path = os.path.join(self.folder(folder), "%032x" % number)
            with open(path, "wb"):
                pass
            os.utime(path, (time.time() - DAY + number, time.time() - DAY + number))

    def test_a_host_whose_jobs_have_profiles_of_their_own_keeps_few_notes(self):
        self.profile("dev")
        for words in (("credential", "--profile", "dev"), ("lease", "create", "dev"),
                      ("exec", "--profile", "dev", "--", "true")):
            with self.subTest(words=words):
                for folder in ("askers", "accounts", "sweeps", "leases"):
                    self.many(folder)
                self.ok("cache", "clear")
                self.ok(*words)
                for folder in ("askers", "accounts", "sweeps"):
                    left = [name for name in os.listdir(self.folder(folder))
                            if name.startswith("0" * 26)]
                    self.assertEqual(len(left), MOST, folder)
                    self.assertEqual(min(left), "%032x" % (MOST + 10), "not the oldest")
                self.assertEqual(len(os.listdir(self.folder("leases"))), 2 * MOST + 10, "a book")


if __name__ == "__main__":
    unittest.main()
