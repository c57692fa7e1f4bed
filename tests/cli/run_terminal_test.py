"""leasehold exec at a terminal, under a shell with job control as people have it."""

import os
import unittest

from run_case import RunCase
from shell_case import AtShell
from tests.support.machine import need_program
from tests.support.sandbox import PROGRAM
from tests.support.sessions import wait_for


class Terminal(AtShell, RunCase):
    def setUp(self):
        super().setUp()
        environment = dict(self.box.environment, PS1="outer$ ", TERM="xterm", LESS="",
                           LEASEHOLD=f"{PROGRAM} exec --profile dev --")
        self.open_terminal("bash --norc --noprofile -i", environment)
        self.until(b"outer$ ")

    def run_line(self, line):
        self.type(line + b"\n")

    def run_and_see(self, name, line=b"sleep 1000"):
        """What is typed before a program is there is lost by a key that sends a signal."""
        self.run_line(line)
        self.assertTrue(wait_for(lambda: any(self.is_named(pid, name)
                                             for pid in self.processes())))

    def ends_with(self, code):
        """The command is over, the shell has its terminal back, and nothing is left."""
        self.run_line(b"echo ended-$?")
        self.until(b"ended-%d\r\n" % code)
        self.shell.poll()
        self.assertTrue(wait_for(lambda: self.processes() == [self.shell.pid]), self.processes())
        self.assertEqual((self.runs(), self.ours()), ([], []))

    def test_a_shell_in_it_is_a_shell(self):
        self.run_line(b"PS1='inner$ ' $LEASEHOLD bash --norc --noprofile -i")
        self.until(b"inner$ ")
        self.assertNotIn(b"no job control", self.shown)
        self.run_and_see("sleep")
        self.type(b"\x03")
        self.until(b"inner$ ")
        self.run_line(b"echo was-$?")
        self.until(b"was-130\r\n")
        self.run_and_see("sleep")
        self.type(b"\x1a")
        self.until(b"Stopped")
        self.run_line(b"kill -9 %1; wait; test -r $KUBECONFIG && echo has-its-own")
        self.until(b"has-its-own\r\n")
        self.run_line(b"exit 3")
        self.until(b"outer$ ")
        self.ends_with(3)

    def test_less_pages_and_goes(self):
        need_program("less")
        self.box.write("page", "".join(f"line {n}\n" for n in range(500)))
        self.run_line(b"$LEASEHOLD less " + self.box.path("page").encode())
        self.until(b"line 5\r\n")
        self.type(b"G")
        self.until(b"line 499")
        self.type(b"q")
        self.until(b"outer$ ")
        self.ends_with(0)

    def test_a_pipe_into_less(self):
        need_program("less")
        self.run_line(b"$LEASEHOLD seq 1000 | less")
        self.until(b"\n5\r\n")
        self.type(b"G")
        self.until(b"1000")
        self.type(b"q")
        self.until(b"outer$ ")
        self.ends_with(0)

    def test_ctrl_z_stops_it_and_fg_goes_on(self):
        self.run_and_see("cat", b"$LEASEHOLD cat")
        self.run_line(b"before")
        self.until(b"before\r\nbefore\r\n")
        self.type(b"\x1a")
        self.until(b"Stopped")
        self.run_line(b"jobs; echo shell-is-$((1+1))")
        self.until(b"shell-is-2")
        self.run_line(b"fg")
        self.until(b"$LEASEHOLD cat\r\n")
        self.run_line(b"after")
        self.until(b"after\r\nafter\r\n")
        self.type(b"\x04")
        self.until(b"outer$ ")
        self.ends_with(0)

    @staticmethod
    def is_named(pid, name):
        try:
            with open(f"/proc/{pid}/comm", encoding="ascii") as file:
                return file.read().strip() == name
        except OSError:
            return False

    def test_ctrl_c_ends_it_once(self):
        count = self.box.path("count")
        self.run_line(b"""$LEASEHOLD bash -c 'trap "echo x >>%b; exit 7" INT; echo rea""dy; """
                      b"""while :; do read -t 1; done'""" % count.encode())
        self.until(b"ready\r\n")
        self.type(b"\x03")
        self.until(b"outer$ ")
        self.ends_with(7)
        with open(count, encoding="ascii") as file:
            self.assertEqual(file.read(), "x\n")

    def test_ctrl_c_while_the_lease_is_made(self):
        self.api.fault("latency", seconds=2, path="/token$")
        self.run_line(b"$LEASEHOLD touch " + self.box.path("made").encode())
        self.assertTrue(wait_for(self.ours))
        self.type(b"\x03")
        self.until(b"outer$ ")
        self.ends_with(130)
        self.assertFalse(os.path.exists(self.box.path("made")))

    def test_in_the_background(self):
        self.run_line(b"$LEASEHOLD sh -c 'sleep 1; echo do''ne' & wait; echo waited-$?")
        self.until(b"done\r\n")
        self.until(b"waited-0")
        self.ends_with(0)

    def test_a_closed_terminal_ends_it(self):
        self.run_line(b"PS1='inner$ ' $LEASEHOLD bash --norc --noprofile -i")
        self.until(b"inner$ ")
        self.run_and_see("sleep")
        self.hang_up()
        self.shell.wait(timeout=60)
        self.assert_nothing_is_left()


if __name__ == "__main__":
    unittest.main()
