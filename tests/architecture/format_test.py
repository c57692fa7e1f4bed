"""The sources are formatted, as packaging/format does it."""

import os
import subprocess
import unittest

import project
from tests.support.machine import left_out

NO_FORMATTER = 3


class Format(unittest.TestCase):
    def test_every_source_is_formatted(self):
        done = subprocess.run([os.path.join(project.ROOT, "packaging/format"), "--check"],
                              capture_output=True, text=True, check=False)
        if done.returncode == NO_FORMATTER:
            left_out(done.stderr.strip())
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
