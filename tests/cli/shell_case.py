"""What tests at a terminal share: a shell with job control there, as people have it."""

import os
import pty
import subprocess

from tests.support.sessions import wait_for


class AtShell:
    """Beside a test case."""

    def open_terminal(self, shell, environment):
        """Starts the shell, a command line, at a terminal of its own; `shown` is what that shows."""
        self.terminal, theirs = pty.openpty()
        self.open = True
        self.addCleanup(self.hang_up)
        self.shown = b""
        # The session's leader opens the terminal, which so becomes its own.
        self.shell = subprocess.Popen(["setsid", "sh", "-c", f"exec {shell} <>{os.ttyname(theirs)} "
                                       ">&0 2>&0"], env=environment)
        os.close(theirs)
        self.addCleanup(self.shell.wait)
        self.addCleanup(self.shell.kill)

    def hang_up(self):
        if self.open:
            self.open = False
            os.close(self.terminal)

    def read(self):
        os.set_blocking(self.terminal, False)
        try:
            self.shown += os.read(self.terminal, 65536)
        except (BlockingIOError, OSError):
            pass
        return self.shown

    def until(self, text):
        self.assertTrue(wait_for(lambda: text in self.read()), (text, self.shown))

    def type(self, text):
        """What was shown until now is forgotten."""
        self.shown = b""
        os.write(self.terminal, text)
