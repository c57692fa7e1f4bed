"""Real sessions to run one command in: an sshd and a cron of one's own, a tmux server."""

import getpass
import os
import shutil
import socket
import subprocess
import time


def wait_for(condition, seconds=60):
    """Whether it became true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Sshd:
    """An sshd on loopback with keys of its own, for this user alone; through PAM if this is root,
    as a real one: PAM gives each login a new session keyring."""

    def __init__(self, directory):
        self.port = free_port()
        self.directory = directory
        os.mkdir(directory, 0o700)
        for name in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.path(name)],
                           check=True)
        shutil.copy(self.path("user.pub"), self.path("authorized"))
        if os.geteuid() == 0:
            os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
        with open(self.path("config"), "w", encoding="ascii") as file:
            file.write("Port %d\nListenAddress 127.0.0.1\nHostKey %s\nAuthorizedKeysFile %s\n"
                       "PidFile none\nStrictModes no\nPasswordAuthentication no\n"
                       "PermitRootLogin prohibit-password\nUsePAM %s\n" %
                       (self.port, self.path("host"), self.path("authorized"),
                        "yes" if os.geteuid() == 0 else "no"))
        with open(self.path("log"), "wb") as log:
            self.process = subprocess.Popen([shutil.which("sshd", path="/usr/sbin:/usr/bin"), "-D",
                                             "-e", "-f", self.path("config")], stderr=log,
                                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        wait_for(self.listens)

    def path(self, name):
        return os.path.join(self.directory, name)

    def listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def log(self):
        with open(self.path("log"), encoding="utf-8") as file:
            return file.read()

    def command(self, *command):
        return ["ssh", "-F", "none", "-i", self.path("user"), "-p", str(self.port), "-o",
                "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o",
                "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
                getpass.getuser() + "@127.0.0.1", *command]

    def close(self):
        self.process.terminate()
        self.process.wait()


# What cron finds of its own at its usual places, in a mount namespace: a table with one line for
# the moment cron starts, and no run before this one.
CRON = """set -e
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /var/spool/cron
mount -t tmpfs tmpfs /etc/cron.d
mkdir -p /var/spool/cron/crontabs
printf '@reboot %s\\n' "$1" > /var/spool/cron/crontabs/"$2"
chmod 600 /var/spool/cron/crontabs/"$2"
exec cron -f
"""


class Cron:
    """A real cron that runs one command at once, as root; needs to be root."""

    def __init__(self, command):
        self.process = subprocess.Popen(["unshare", "--mount", "sh", "-c", CRON, "sh", command,
                                         getpass.getuser()],
                                        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True)

    def close(self):
        self.process.terminate()
        said, _ = self.process.communicate()
        return said
