"""Session buses with a Secret Service on them that works, is locked or misbehaves."""

import os
import signal
import subprocess
import time

from tests.support.sessions import wait_for

SCRIPTED = os.environ.get("SCRIPTED_SECRET_SERVICE", "scripted_secret_service")


class SecretServices:
    """For a SandboxCase. `session` is what a program on the last bus needs in its environment."""

    def setUp(self):
        super().setUp()
        self.log = self.box.write("service.log", "")

    def service(self, *script):
        """A session bus with the scripted service on it, locked from the start."""
        self.box.write("service.log.armed", "")
        self.bus(f'"{SCRIPTED}" "$0" "$@" &', self.log, *script)

    def bus(self, start, *arguments):
        script = start + ' echo "$DBUS_SESSION_BUS_ADDRESS"; exec sleep 600'
        process = subprocess.Popen(
            ["dbus-run-session", "--", "sh", "-c", script, *arguments],
            env=dict(self.box.environment, XDG_DATA_HOME=self.box.path("data")), text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            start_new_session=True)
        self.addCleanup(process.wait)
        self.addCleanup(os.killpg, process.pid, signal.SIGKILL)
        self.addCleanup(process.stdout.close)
        self.session = {"DBUS_SESSION_BUS_ADDRESS": process.stdout.readline().strip()}
        self.send("org.freedesktop.DBus", "/", "org.freedesktop.DBus.ListNames")

    def send(self, destination, path, *words):
        """Calls a method, again until the service is there."""
        for _ in range(600):
            done = self.box.run("dbus-send", "--session", "--print-reply", "--dest=" + destination,
                                path, *words, environment=self.session)
            if done.returncode == 0:
                return done.stdout
            time.sleep(0.1)
        self.fail("%s does not answer: %s" % (destination, done.stderr))

    def wait_for_service(self):
        self.assertTrue(wait_for(lambda: "org.freedesktop.secrets" in self.send(
            "org.freedesktop.DBus", "/", "org.freedesktop.DBus.ListNames")),
                        "the Secret Service did not start")
