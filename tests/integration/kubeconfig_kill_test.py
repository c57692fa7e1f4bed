"""KCFG-6: a writer that is killed leaves the old kubeconfig or the new one, and nothing that stops
the next."""

import os
import random
import signal
import subprocess
import tempfile
import time
import unittest

DRIVER = os.environ["KUBECONFIG_DRIVER"]
ROUNDS = 60


class Killed(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory(prefix="leasehold-kill-")
        self.addCleanup(place.cleanup)
        self.path = os.path.join(place.name, "config")

    def run_driver(self, *words):
        done = subprocess.run([DRIVER, *words], capture_output=True, text=True, timeout=120,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def read(self):
        with open(self.path, "rb") as file:
            return file.read()

    def test_at_any_time(self):
        self.run_driver("add", self.path, "kept")
        without = self.read()
        self.run_driver("add", self.path, "churned")
        with_it = self.read()
        self.run_driver("remove", self.path, "churned")
        self.assertEqual(self.read(), without)
        seen = set()
        for _ in range(ROUNDS):
            writer = subprocess.Popen([DRIVER, "churn", self.path, "churned", "100000"],
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(0.005 + random.random() * 0.03)
            writer.send_signal(signal.SIGKILL)
            writer.wait()
            text = self.read()
            self.assertIn(text, (without, with_it), "neither the old file nor the new one")
            seen.add(text)
            # What it leaves is a lock that nobody holds: older than a minute, it may be broken.
            lock = self.path + ".lock"
            if os.path.lexists(lock):
                os.unlink(lock)
            self.run_driver("add", self.path, "churned")
            self.run_driver("remove", self.path, "churned")
            self.assertEqual(self.read(), without)
        self.assertEqual(len(seen), 2, "the kills never met both states")


if __name__ == "__main__":
    unittest.main(verbosity=1)
