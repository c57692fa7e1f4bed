"""What tests of the real programs share, whichever API server there is."""

import unittest

from tests.support.sandbox import Sandbox


class SandboxCase(unittest.TestCase):
    """Each test has a home of its own."""

    def setUp(self):
        self.box = self.sandbox()

    def sandbox(self):
        """One more home, which goes with the test."""
        box = Sandbox()
        self.addCleanup(box.close)
        return box

    def leasehold(self, *arguments, **options):
        return self.box.leasehold(*arguments, **options)

    def ok(self, *arguments, **options):
        """The command must succeed; answers its stdout."""
        result = self.leasehold(*arguments, **options)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout

    def fails(self, code, *arguments, **options):
        """The command must fail with this code and an empty stdout; answers its stderr."""
        result = self.leasehold(*arguments, **options)
        self.assertEqual((result.returncode, result.stdout), (code, ""),
                         result.stderr or "it did not fail")
        return result.stderr
