"""A terminal of one's own for a command: what a person would see and type."""

import os
import pty
import select
import subprocess
import time


def on_terminal(command, environment, typed=(), columns=80, seconds=120):
    """Runs a command; answers its exit code and all that the terminal showed. Each of `typed` is a
    pair: what is waited for, and what is then typed, with Enter."""
    ours, theirs = pty.openpty()
    # The session's leader opens the terminal, which so becomes its own.
    script = 'exec <>"$0" >&0 2>&0; stty cols %d rows 40; exec "$@"' % columns
    process = subprocess.Popen(["sh", "-c", script, os.ttyname(theirs), *command],
                               stdin=subprocess.DEVNULL, env=environment, start_new_session=True)
    os.close(theirs)
    shown, todo, end = b"", list(typed), time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            if select.select([ours], [], [], 0.05)[0]:
                try:
                    shown += os.read(ours, 65536)
                except OSError:  # nobody has it: not yet, or not any more
                    if process.poll() is not None:
                        break
                    time.sleep(0.05)
            if todo and todo[0][0].encode() in shown:
                os.write(ours, todo.pop(0)[1].encode() + b"\n")
        if todo:
            raise AssertionError("%r was not asked: %r" % (todo[0][0], shown))
        return process.wait(60), shown.decode().replace("\r\n", "\n")
    finally:
        process.kill()
        process.wait()
        os.close(ours)
