"""A desktop's session bus with a real keyring on it."""

import os
import signal
import subprocess


class Desktop:
    """A session bus with a real gnome-keyring, private to one test."""

    def __init__(self, box, unlock=True):
        script = ("printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; "
                  if unlock else "") + "echo $DBUS_SESSION_BUS_ADDRESS; exec sleep 600"
        environment = dict(box.environment, XDG_DATA_HOME=box.path("data"))
        self.process = subprocess.Popen(["dbus-run-session", "--", "sh", "-c", script],
                                        env=environment, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        text=True, start_new_session=True)
        address = self.process.stdout.readline().strip()
        self.environment = {"DBUS_SESSION_BUS_ADDRESS": address}

    def daemon(self):
        """The process id of this session's gnome-keyring-daemon."""
        for name in os.listdir("/proc"):
            if not name.isdigit():
                continue
            try:
                with open("/proc/%s/environ" % name, "rb") as file:
                    environment = file.read()
                with open("/proc/%s/comm" % name, encoding="utf-8") as file:
                    command = file.read()
            except OSError:
                continue
            if command.startswith("gnome-keyring") and \
                    self.environment["DBUS_SESSION_BUS_ADDRESS"].encode() in environment:
                return int(name)
        raise AssertionError("no gnome-keyring-daemon in this session")

    def lock(self):
        """What is in its login collection cannot be read from now on."""
        subprocess.run(["gdbus", "call", "--session", "--dest", "org.freedesktop.secrets",
                        "--object-path", "/org/freedesktop/secrets", "--method",
                        "org.freedesktop.Secret.Service.Lock",
                        "['/org/freedesktop/secrets/collection/login']"],
                       env=os.environ | self.environment, check=True, stdout=subprocess.DEVNULL)

    def close(self):
        try:
            pid = self.daemon()
            os.kill(pid, signal.SIGCONT)
            os.kill(pid, signal.SIGKILL)
        except (AssertionError, OSError):
            pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except OSError:
            pass
        self.process.stdout.close()
        self.process.wait()
