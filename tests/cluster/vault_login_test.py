"""People who log in to a real OpenBao: with a second factor, and by a real LDAP server."""

import os

from tests.openbao import logins, world
from tests.openbao.directory import SLAPD, Directory, PEOPLE
from tests.openbao.program import NEWEST, WITH_LDAP
from tests.openbao.server import OpenBao
from tests.openbao.totp import Authenticator
from tests.support.machine import need_program
from tests.support.sandbox import PROGRAM
from tests.support.terminal import on_terminal
from vault_case import VaultCase, lease_of, main

PASSWORD = "correct-horse"
LOG_IN = "leasehold login --profile ci"


class LoginCase(VaultCase):
    def setUp(self):
        super().setUp()
        self.variables = {}

    def add(self, method, user):
        self.profile("profile add ci", "binding", "--namespace", "ci", "--force",
                     auth=("--auth", method, "--username", user))

    def login(self, *typed):
        """`leasehold login` on a terminal where this is typed; (code, what the terminal showed)"""
        return on_terminal((PROGRAM, "login", "--profile", "ci"), self.box.environment, typed)

    def logins(self):
        """How often somebody tried since the last look."""
        return sum("/login" in path for _, path in self.asked())

    def check_second_factor(self, method, user):
        factor = Authenticator(self.bao, method, user, PASSWORD)
        self.add(method, user)
        # Who cannot be asked is not, and the server is not asked again either.
        self.variables = {"VAULT_PASSWORD": PASSWORD}
        self.asked()
        for _ in range(3):
            said = self.credential(code=4).stderr
            self.assertIn("wants a second factor, which only a person can give", said)
            self.assertIn(LOG_IN, said)
        self.assertEqual(self.logins(), 1)
        self.variables = {}
        code, shown = self.login(("password", PASSWORD), ("code of totp", factor.wrong()))
        self.assertEqual(code, 4, shown)
        self.assertIn("cannot give the second factor", shown)
        self.assertIn("wait for the next one, and log in again", shown)
        self.credential(code=4)
        right = factor.code()
        code, shown = self.login(("password", PASSWORD), ("code of totp", right))
        self.assertEqual(code, 0, shown)
        self.assertIn("logged in for profile ci", shown)
        for secret in (PASSWORD, right):
            self.assertNotIn(secret, shown)
        self.asked()
        self.credential()
        self.assertEqual(self.asked(), [lease_of("binding")])
        # A code is good for one login.
        code, shown = self.login(("password", PASSWORD), ("code of totp", right))
        self.assertEqual(code, 4, shown)


class SecondFactor(LoginCase):
    def test_of_a_user_with_a_password(self):
        logins.userpass(self.bao, "carol", PASSWORD)
        self.check_second_factor("userpass", "carol")

    def test_without_a_terminal_nobody_is_asked(self):
        logins.userpass(self.bao, "frank", PASSWORD)
        Authenticator(self.bao, "userpass", "frank", PASSWORD)
        self.add("userpass", "frank")
        said = self.leasehold("login", "--profile", "ci", "--password-stdin", input=PASSWORD + "\n",
                              code=2, start_new_session=True).stderr
        self.assertIn("there is no terminal to ask on for the code of totp", said)


class Ldap(LoginCase):
    """By the last release that has this method."""

    @classmethod
    def setUpClass(cls):
        need_program(os.path.basename(SLAPD))
        cls.directory = Directory({name: PASSWORD for name in ("dana", "emil", "gus", "hal")})
        cls.addClassCleanup(cls.directory.stop)
        super().setUpClass()
        cls.bao.write("sys/auth/ldap", {"type": "ldap"})
        cls.bao.write("auth/ldap/config", {"url": cls.directory.url, "userdn": PEOPLE,
                                           "userattr": "uid", "token_policies": ["lease"],
                                           "token_ttl": "1h"})

    @classmethod
    def start_server(cls):
        bao = OpenBao(WITH_LDAP)
        world.mount(bao, cls.cluster)
        return bao

    def test_a_person_with_the_directorys_password(self):
        self.add("ldap", "dana")
        self.assertIn(LOG_IN, self.credential(code=4).stderr)
        code, shown = self.login(("password", "wrong"))
        self.assertEqual(code, 4, shown)
        self.assertIn("the server does not accept the login (400)", shown)
        self.assertIn("failed to bind as user", shown)
        code, shown = self.login(("password", PASSWORD))
        self.assertEqual((code, PASSWORD in shown), (0, False), shown)
        self.credential()
        self.leasehold("cache", "clear", "--profile", "ci")
        self.asked()
        self.credential()
        self.assertEqual(self.asked(), [lease_of("binding")])

    def test_with_a_second_factor(self):
        self.check_second_factor("ldap", "emil")

    def test_a_loop_does_not_lock_the_user(self):
        self.add("ldap", "gus")
        self.variables = {"VAULT_PASSWORD": "wrong"}
        self.asked()
        for _ in range(50):
            self.assertIn("five wrong passwords lock the user", self.credential(code=4).stderr)
        self.assertEqual(self.logins(), 1)
        code, shown = self.login(("password", PASSWORD))
        self.assertEqual(code, 0, shown)

    def test_who_is_locked_is_told_so(self):
        self.add("ldap", "hal")
        for _ in range(6):
            self.assertEqual(self.login(("password", "wrong"))[0], 4)
        code, shown = self.login(("password", PASSWORD))
        self.assertEqual(code, 4, shown)
        self.assertIn("locked for 15 minutes, with the right secret too", " ".join(shown.split()))

    # Nobody's password is wrong then, and the next call asks again.
    def test_the_directory_is_down(self):
        self.add("ldap", "dana")
        self.variables = {"VAULT_PASSWORD": PASSWORD}
        self.directory.halt()
        try:
            said = self.credential(code=5).stderr
        finally:
            self.directory.start()
        self.assertIn("the server does not reach what it asks about logins (400)", said)
        self.leasehold("lease", "create", "--profile", "ci")


if __name__ == "__main__":
    main(NEWEST, WITH_LDAP)
