"""Locked keyrings through the real programs: who may ask for unlocking, and how often."""

import os
import signal
import unittest

from case import Case, PROGRAM
from tests.support.secret_service import SecretServices
from tests.support.sessions import wait_for

PROMPTING = ("cache", "list"), ("doctor", "--offline")


class PromptCase(SecretServices, Case):
    def until(self, done, otherwise):
        self.assertTrue(wait_for(done), otherwise)

    def calls(self, method):
        with open(self.log, encoding="utf-8") as file:
            return file.read().split("\n").count(method)


class PromptTest(PromptCase):
    def test_SS_5_no_command_prompts_by_itself(self):
        self.service("prompt=accept")
        self.wait_for_service()
        self.profile("dev", "--store", "secret-service")
        self.credential(environment=self.session)
        for words in PROMPTING + (("lease", "create", "--profile", "dev"),):
            result = self.leasehold(*words, environment=self.session)
            # To doctor a profile whose only store is locked has none that works.
            self.assertEqual(result.returncode, 8 if words[0] == "doctor" else 0, result.stderr)
        self.assertEqual(self.calls("Unlock") + self.calls("Prompt"), 0)

    def test_SS_5_the_exec_plugin_knows_no_such_flag(self):
        self.profile("dev", "--store", "secret-service")
        self.assertIn("--allow-prompt", self.fails(2, "credential", "--profile", "dev",
                                                   "--allow-prompt"))

    def test_SS_5_with_permission_it_is_unlocked_once_and_stays_so(self):
        self.service("prompt=accept")
        self.wait_for_service()
        self.profile("dev", "--store", "secret-service")
        self.ok("cache", "list", "--allow-prompt", environment=self.session)
        self.assertEqual(self.calls("Prompt"), 1)
        first = self.credential(environment=self.session)
        leased = self.token_requests()
        self.assertEqual(self.credential(environment=self.session), first)
        self.assertEqual(self.token_requests(), leased, "what was unlocked keeps nothing")
        self.ok("doctor", "--offline", "--allow-prompt", environment=self.session)
        self.assertEqual(self.calls("Prompt"), 1)

    def test_SS_5_a_prompt_that_is_declined_costs_the_store_and_not_the_command(self):
        self.service("prompt=dismiss")
        self.wait_for_service()
        self.profile("dev", "--store", "secret-service")
        result = self.leasehold("lease", "create", "--profile", "dev", "--allow-prompt",
                                environment=self.session)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("the keyring was not unlocked", result.stderr)

    def test_SS_5_cancelling_dismisses_the_prompt(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            with self.subTest(signal=number.name):
                self.box.write("service.log", "")
                self.service("prompt=never")
                self.wait_for_service()
                process = self.box.start(PROGRAM, "cache", "list", "--allow-prompt",
                                         environment=self.session, start_new_session=True)
                self.until(lambda: self.calls("Prompt") == 1, "no prompt came")
                os.killpg(process.pid, number)
                process.communicate(timeout=120)
                self.until(lambda: self.calls("Dismiss") == 1, "the prompt was left standing")

    def test_LOCK_8_ten_commands_at_once_are_one_prompt(self):
        self.service("prompt=accept", "delay=500")
        self.wait_for_service()
        crowd = [self.box.start(PROGRAM, "cache", "list", "--allow-prompt",
                                environment=self.session) for _ in range(10)]
        for process in crowd:
            _, errors = process.communicate(timeout=120)
            self.assertEqual((process.returncode, errors), (0, ""))
        self.assertEqual(self.calls("Prompt"), 1)

    def test_LOCK_8_ten_kubectls_at_once_are_none(self):
        self.service("prompt=accept")
        self.wait_for_service()
        self.profile("dev")
        crowd = [self.box.start(PROGRAM, "credential", "--profile", "dev",
                                environment=self.session) for _ in range(10)]
        for process in crowd:
            process.communicate(timeout=120)
            self.assertEqual(process.returncode, 0)
        self.assertEqual(self.calls("Unlock") + self.calls("Prompt"), 0)


class LockedKeyringTest(PromptCase):
    def test_SS_4_ten_runs_with_a_locked_keyring_are_one_lease(self):
        self.bus("printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1;")
        self.wait_for_service()
        self.send("org.freedesktop.secrets", "/org/freedesktop/secrets",
                  "org.freedesktop.Secret.Service.Lock",
                  "array:objpath:/org/freedesktop/secrets/collection/login")
        for stores in (("secret-service", "kernel-keyring"), ("secret-service", "file")):
            with self.subTest(stores=stores):
                name = stores[1]
                self.profile(name, "--store", stores[0], "--store", stores[1])
                before = self.token_requests()
                for _ in range(10):
                    self.credential(name, environment=self.session)
                self.assertEqual(self.token_requests() - before, 1,
                                 "a locked keyring costs a lease each time")


if __name__ == "__main__":
    unittest.main()
