"""A real LDAP server for tests: Debian's slapd in a directory of its own, on loopback."""

import os
import shutil
import socket
import subprocess
import tempfile
import time

from tests.openbao.raft import free_port

SLAPD = "/usr/sbin/slapd"
PEOPLE = "ou=people,dc=example"
CONFIG = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
database mdb
suffix dc=example
directory {dir}
"""
ENTRIES = """
dn: dc=example
objectClass: dcObject
objectClass: organization
o: example
dc: example

dn: ou=people,dc=example
objectClass: organizationalUnit
ou: people
"""
ENTRY = """
dn: uid={name},ou=people,dc=example
objectClass: inetOrgPerson
uid: {name}
cn: {name}
sn: {name}
userPassword: {password}
"""


class Directory:
    """People with their passwords; it has to be stopped."""

    def __init__(self, people):
        self.dir = tempfile.mkdtemp(prefix="leasehold-slapd-")
        self.config = self.write("slapd.conf", CONFIG.format(dir=self.dir))
        entries = self.write("entries.ldif", ENTRIES + "".join(
            ENTRY.format(name=name, password=password) for name, password in people.items()))
        subprocess.run([SLAPD, "-T", "add", "-f", self.config, "-l", entries], check=True,
                       capture_output=True)
        self.port = free_port()
        self.url = f"ldap://127.0.0.1:{self.port}"
        self.process = None
        self.start()

    def start(self):
        # With -d it stays in the foreground, whatever is logged.
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            [SLAPD, "-f", self.config, "-h", self.url, "-d", "0"], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 60
        while self.process.poll() is None and time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError("slapd does not answer")

    def halt(self):
        self.process.terminate()
        self.process.wait(30)

    def write(self, name, text):
        path = os.path.join(self.dir, name)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        return path

    def stop(self):
        self.halt()
        shutil.rmtree(self.dir, ignore_errors=True)
