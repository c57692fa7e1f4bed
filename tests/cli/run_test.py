"""leasehold exec: a command with leases, files and a kubeconfig of its own, and nothing behind it."""

import contextlib
import json
import os
import signal
import time
import unittest

from case import exec_info
from run_case import RunCase
from tests.support.machine import left_out, need_plain_programs
from tests.support.sandbox import PROGRAM
from tests.support.sessions import wait_for
from tests.support.system_calls import calls_of, spoiled

KUBECONFIG = 'cat "$KUBECONFIG"'


class Run(RunCase):
    def test_the_command_has_a_kubeconfig_of_its_own_and_nothing_stays(self):
        result = self.exec("sh", "-c", KUBECONFIG + '; stat -c "%a %n" "$KUBECONFIG" '
                           '"${KUBECONFIG%/*}"; stat -f -c %T "$KUBECONFIG"')
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("current-context: dev", result.stdout)
        self.assertIn("namespace: ci", result.stdout)
        self.assertIn("\ntmpfs\n", result.stdout)
        modes = [line.split()[0] for line in result.stdout.splitlines() if self.place in line]
        self.assertEqual(modes, ["600", "700"])
        self.assertNotIn(self.box.kubeconfig, result.stdout)
        self.assertEqual(self.leased(), 1)
        self.assert_nothing_is_left()
        events = json.loads(self.ok("audit", "-o", "json"))
        self.assertEqual([event["event"] for event in events], ["lease", "revocation"])
        self.assertEqual(events[0]["lease"], events[1]["lease"])

    def plugin_of_the_run(self, then="exit $?"):
        """A command that asks as kubectl does: the kubeconfig's plugin, with the cluster's name."""
        script = self.box.write("client", r'''
import json, os, re, subprocess, sys
text = open(os.environ["KUBECONFIG"]).read()
args = re.search(r"args:\n((?:\s+- .*\n)+)", text).group(1)
words = [re.search("command: (.*)", text).group(1)] + re.findall(r'- "?([^"\n]*)', args)
sys.exit(subprocess.run(words + sys.argv[1:], env=dict(os.environ, KUBERNETES_EXEC_INFO=%r)).returncode)
''' % exec_info(self.api.server, self.api.ca_data))
        return ("sh", "-c", f'python3 {script} && python3 {script}; {then}')

    def test_the_plugin_answers_with_the_runs_own_lease(self):
        result = self.exec(*self.plugin_of_the_run())
        self.assertEqual(result.returncode, 0, result.stderr)
        first, second = [json.loads(line) for line in result.stdout.splitlines()]
        self.assertEqual(first, second)
        self.assertEqual(self.leased(), 1, "the plugin leased by itself")
        # The user's own stores know nothing of it.
        self.assertEqual(json.loads(self.ok("cache", "list", "-o", "json")), [])
        self.assert_nothing_is_left()

    def test_the_plugin_works_whatever_the_command_makes_of_its_environment(self):
        words = self.plugin_of_the_run()
        # Where the place of runs is this test's own it is the one thing that must stay.
        result = self.exec("sh", "-c", 'exec env -i LEASEHOLD_RUNTIME_DIR="$LEASEHOLD_RUNTIME_DIR" '
                           'KUBECONFIG="$KUBECONFIG" HOME=/nowhere PATH="$PATH" "$@"', "sh", *words)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(len(result.stdout.splitlines()), 2)

    def test_the_run_is_bound_to_its_cluster_and_ends_with_it(self):
        keep = self.box.path("keep")
        result = self.exec("sh", "-c", f'cp "$KUBECONFIG" {keep}; basename "${{KUBECONFIG%/*}}"')
        run = result.stdout.strip()
        info = exec_info(self.api.server, self.api.ca_data)
        message = self.fails(3, "credential", "--profile", "dev", "--run", run,
                             environment={"KUBERNETES_EXEC_INFO": info})
        self.assertIn("has ended", message)
        self.fails(2, "credential", "--profile", "dev", "--run", "../../tmp/evil")
        other = exec_info("https://evil.example:6443", self.api.ca_data)
        result = self.exec("sh", "-c", 'run=${KUBECONFIG%/*}; KUBERNETES_EXEC_INFO=$1 "$2" '
                           'credential --profile dev --run "${run##*/}"; echo $?', "sh", other,
                           PROGRAM)
        self.assertEqual(result.stdout, "4\n")
        self.assertIn("evil.example", result.stderr)

    def test_a_kubeconfig_may_not_start_a_run(self):
        info = exec_info(self.api.server, self.api.ca_data)
        message = self.fails(2, "exec", "--profile", "dev", "--", "touch", self.box.path("made"),
                             environment={"KUBERNETES_EXEC_INFO": info})
        self.assertIn("a kubeconfig may not run 'leasehold exec'", message)
        self.assertFalse(os.path.exists(self.box.path("made")))

    def test_exit_codes_are_the_commands(self):
        for words, code in ((("true",), 0), (("sh", "-c", "exit 42"), 42),
                            (("sh", "-c", "kill -9 $$"), 137), (("sh", "-c", "kill -15 $$"), 143),
                            (("no-such-command",), 127), ((self.box.write("plain", "x"),), 126),
                            (("/no/such/command",), 127)):
            with self.subTest(words=words):
                self.assertEqual(self.exec(*words).returncode, code)
        self.assert_nothing_is_left()

    def test_the_command_gets_what_it_would_have_had(self):
        # No Python here: it sets signals by itself.
        words = ("sh", "-c", 'umask; grep -E "^(Sig(Blk|Ign|Cgt)|NoNewPrivs|Threads)" '
                 '/proc/self/status; echo "$MY_SECRET"; ls /proc/self/fd; ulimit -n')
        environment = {"MY_SECRET": "s3cret"}
        mine = self.box.run("sh", "-c", 'umask 027; exec "$@"', "sh", *words,
                            environment=environment)
        theirs = self.box.run("sh", "-c", 'umask 027; exec "$@"', "sh", PROGRAM, "exec",
                              "--profile", "dev", "--", *words, environment=environment)
        self.assertEqual(theirs.stdout, mine.stdout, theirs.stderr)
        self.assertIn("s3cret", mine.stdout)

    def test_arguments_reach_the_command_as_they_are(self):
        result = self.exec("printf", "%s|", "a\nb", "--help", "", "--profile")
        self.assertEqual(result.stdout, "a\nb|--help||--profile|")

    def test_without_a_command_or_a_profile(self):
        self.assertIn("no command is given", self.fails(2, "exec", "--profile", "dev"))
        self.assertIn("must stand behind '--'", self.fails(2, "exec", "--profile", "dev", "ls"))
        self.assertIn("for which profile?", self.fails(2, "exec", "--", "true"))
        self.assertIn("--server makes a profile", self.fails(
            2, "exec", "--profile", "dev", "--server", "https://x", "--", "true"))
        self.assertIn("is given twice", self.fails(
            2, "exec", "--profile", "dev", "--profile", "dev", "--", "true"))
        self.assertIn("too short", self.fails(2, "exec", "--profile", "dev", "--ttl", "1m", "--",
                                              "true"))
        self.assertEqual(self.runs(), [])

    def test_a_lease_that_fails_keeps_the_command_from_running(self):
        made = self.box.path("made")
        self.profile("two")
        self.rewrite_profile("two", "service-account: deployer", "service-account: nobody")
        result = self.leasehold("exec", "--profile", "dev", "--profile", "two", "--", "touch", made)
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertIn("no lease for profile two", result.stderr)
        self.assertFalse(os.path.exists(made))
        self.assert_nothing_is_left()

    def test_several_profiles_are_several_contexts(self):
        self.profile("two")
        result = self.leasehold("exec", "--profile", "two", "--profile", "dev", "--", "sh", "-c",
                                KUBECONFIG)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("current-context: two", result.stdout)
        for name in ("two", "dev"):
            self.assertIn(f"- name: {name}\n", result.stdout)
        self.assertEqual(self.leased(), 2)
        self.assert_nothing_is_left()

    def test_a_token_file_for_clients_without_plugins(self):
        result = self.exec("--token-file", "--", "sh", "-c", KUBECONFIG +
                           '; stat -c "mode %a" "$LEASEHOLD_TOKEN_FILE"; '
                           'echo "token $(cat "$LEASEHOLD_TOKEN_FILE")"')
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("tokenFile: ", result.stdout)
        self.assertNotIn("exec:", result.stdout)
        self.assertIn("mode 600", result.stdout)
        self.assertRegex(result.stdout, r"token [\w-]+\.[\w-]+\.[\w-]+\n$")
        self.assert_nothing_is_left()

    def test_a_profile_of_this_run_alone(self):
        result = self.exec("--from-context", "admin", "--from-kubeconfig", self.box.path("admin"),
                           "--namespace", "ci", "--service-account", "deployer", "--", "sh", "-c",
                           KUBECONFIG)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("current-context: run", result.stdout)
        self.assertEqual(os.listdir(os.path.dirname(self.box.profile_path("dev"))), ["dev.yaml"])
        self.assert_nothing_is_left()

    def test_shared_leases_stay(self):
        for _ in range(2):
            result = self.exec("--shared", "--", "sh", "-c", KUBECONFIG)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertNotIn("--run", result.stdout)
        self.assertEqual(self.leased(), 1)
        self.assertEqual(self.runs(), [])
        self.assertEqual(len(json.loads(self.ok("cache", "list", "-o", "json"))), 1)
        self.assertIn("no leases to share", self.fails(
            2, "exec", "--shared", "--from-context", "admin", "--from-kubeconfig",
            self.box.path("admin"), "--namespace", "ci", "--service-account", "deployer", "--",
            "true"))

    def test_two_runs_do_not_see_each_other(self):
        names = [self.exec("sh", "-c", 'echo "$KUBECONFIG"').stdout for _ in range(2)]
        self.assertNotEqual(*names)
        inner = self.exec("--", PROGRAM, "exec", "--profile", "dev", "--", "sh", "-c", KUBECONFIG)
        self.assertEqual(inner.returncode, 0, inner.stderr)
        self.assertEqual(self.leased(), 4)
        self.assert_nothing_is_left()

    def test_no_memory_file_system_is_said(self):
        self.box.environment["LEASEHOLD_RUNTIME_DIR"] = self.box.path("on-disk")
        result = self.box.run("unshare", "--mount", "sh", "-c", 'mkdir -p /run/user && for place in '
                              '/dev/shm /run/user; do mount --bind /var/tmp "$place" || exit; done; '
                              'exec "$@"', "sh",
                              PROGRAM, "exec", "--profile", "dev", "--", "true")
        if "unshare:" in result.stderr or "mount:" in result.stderr:
            left_out("no mounts of one's own: " + result.stderr)
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertIn("no memory file system", result.stderr)
        self.assertEqual(self.leased(), 0)


class Keeping(RunCase):
    """A server that grants eight seconds stands for a command that runs for hours."""

    LOOK = """
import base64, json, os, re, subprocess, sys, time
text = open(os.environ["KUBECONFIG"]).read()
run = re.search(r'- "?([0-9a-f]{24})', text)
end = time.time() + 11
tokens = []
while time.time() < end:
    if run:
        words = [sys.argv[1], "credential", "--profile", "dev", "--run", run.group(1)]
        token = json.loads(subprocess.run(words, capture_output=True).stdout)["status"]["token"]
    else:
        token = open(os.environ["LEASEHOLD_TOKEN_FILE"]).read()
    claims = token.split(".")[1]
    left = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["exp"] - time.time()
    if left <= 0:
        sys.exit(f"an expired token, {left} s")
    if token not in tokens:
        tokens.append(token)
    time.sleep(0.2)
print(len(tokens))
"""

    def keep(self, *options):
        self.api.fault("token", shorten_to=8)
        look = self.box.write("look", self.LOOK)
        result = self.exec(*options, "--", "python3", look, PROGRAM)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertGreaterEqual(int(result.stdout), 3)
        self.assertEqual(self.leased(), int(result.stdout), "the plugin leased by itself")
        self.assert_nothing_is_left()

    def test_the_lease_is_kept_fresh(self):
        self.keep()

    def test_the_token_file_is_kept_fresh(self):
        self.keep("--token-file")

    def test_a_keeper_that_is_killed_is_replaced(self):
        ready = self.box.path("ready")
        process = self.start_exec("sh", "-c", 'touch "$0"; exec sleep 1000', ready)
        self.assertTrue(wait_for(lambda: os.path.exists(ready)))
        others = set(self.processes()) - {process.pid}
        [keeper] = [pid for pid in others if b"exec" in self.command_line(pid)]
        os.kill(keeper, signal.SIGKILL)
        self.assertTrue(wait_for(lambda: len(set(self.processes()) - others - {process.pid}) == 1))
        process.terminate()
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 143)
        self.assert_nothing_is_left()

    @staticmethod
    def command_line(pid):
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read()


class Ending(RunCase):
    def begin(self, script='trap "exit 9" TERM; touch "$0"; while :; do sleep 0.1; done'):
        ready = self.box.path("ready")
        if os.path.exists(ready):
            os.unlink(ready)
        process = self.start_exec("sh", "-c", script, ready)
        self.assertTrue(wait_for(lambda: os.path.exists(ready)), "the command did not start")
        return process

    def test_signals_reach_the_command(self):
        for number, code in ((signal.SIGTERM, 9), (signal.SIGINT, 130), (signal.SIGHUP, 129),
                             (signal.SIGQUIT, 131), (signal.SIGUSR1, 138)):
            with self.subTest(number=number):
                process = self.begin()
                process.send_signal(number)
                _, errors = process.communicate(timeout=60)
                self.assertEqual(process.returncode, code, errors)
                self.assertNotIn("leasehold", errors)
                self.assert_nothing_is_left()

    def test_a_signal_while_the_lease_is_made_takes_it_back(self):
        self.api.fault("latency", seconds=3, path="/token$")
        process = self.start_exec("touch", self.box.path("made"))
        self.assertTrue(wait_for(lambda: self.ours()), "nothing was begun")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 143)
        self.assertFalse(os.path.exists(self.box.path("made")))
        self.api.clear()
        self.assert_nothing_is_left()

    def test_what_kill_9_leaves_ends_with_it(self):
        process = self.begin()
        process.kill()
        process.communicate(timeout=60)
        # Its keeper is still there, sees it, and clears away; the command is asked to end. Nobody
        # waits for the keeper, and one look at /proc may miss a process.
        self.assertTrue(wait_for(lambda: not self.runs() and not self.ours()),
                        "the keeper has not cleared away")
        self.assert_nothing_is_left()

    def test_the_keeper_is_there_before_the_command(self):
        need_plain_programs("strace, which makes every new process wait")
        self.box.run("/usr/bin/strace", "-f", "-qq", "-o", "/dev/null",
                     "-e", "inject=clone,clone3:delay_enter=300000",
                     PROGRAM, "exec", "--profile", "dev", "--", "sh", "-c", "kill -9 $PPID")
        self.assertGreater(self.leased(), 0)
        self.assertTrue(wait_for(lambda: not self.runs() and not self.ours()),
                        "nobody has cleared away")
        self.assert_nothing_is_left()

    def kill_all(self, process):
        """As when a container is killed: nobody is left to clear away."""
        os.kill(process.pid, signal.SIGSTOP)
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):  # it has just ended
                os.kill(pid, signal.SIGKILL)
        process.communicate(timeout=60)
        self.assertTrue(wait_for(lambda: not self.processes()))

    def test_what_is_left_when_all_is_killed_is_found_by_prune(self):
        self.kill_all(self.begin())
        left = self.ours()
        self.assertEqual(len(left), 1)
        self.assertEqual(len(self.runs()), 1)
        dry = self.ok("lease", "prune", "--dry-run")
        self.assertIn("would remove lease " + left[0].split("/")[1] + " of profile dev", dry)
        self.assertEqual(self.ours(), left)
        self.assertNotIn("removed", self.ok("lease", "prune", "--profile", "other")
                         if os.path.exists(self.box.profile_path("other")) else "")
        self.assertIn("removed lease", self.ok("lease", "prune"))
        self.assert_nothing_is_left()

    def test_the_next_run_takes_the_tokens_of_a_killed_one_away(self):
        process = self.start_exec("sh", "-c", "sleep 60")
        self.assertTrue(wait_for(lambda: len(self.processes()) >= 3))
        self.assertTrue(wait_for(lambda: any(name.endswith(".token") for name in self.files())))
        self.kill_all(process)
        self.assertEqual(self.exec("sleep", "5").returncode, 0)
        self.assert_nothing_is_left()

    def files(self):
        return [name for _, _, names in os.walk(self.place) for name in names]

    def test_leases_that_cannot_be_ended_are_told_and_found_later(self):
        self.api.fault("answer", method="DELETE", status=503)
        result = self.exec("sh", "-c", "exit 5")
        self.assertEqual(result.returncode, 5)
        self.assertIn("the leases of profile dev are not revoked", result.stderr)
        self.assertIn("leasehold lease prune", result.stderr)
        self.assertFalse(any(name.endswith(".token") or name == "kubeconfig"
                             for name in self.files()), self.files())
        self.api.clear()
        self.assertIn("removed lease", self.ok("lease", "prune"))
        self.assert_nothing_is_left()

    def test_leases_that_have_ended_are_not_kept_for_ever_for_a_server_that_is_gone(self):
        self.kill_all(self.begin())
        self.api.fault("answer", method="DELETE", status=503)
        self.assertEqual(self.leasehold("lease", "prune").returncode, 5)
        self.assertEqual(len(self.runs()), 1)
        long_ago = time.time() - 9.5 * 3600  # max-ttl is 8 h
        for root, _, names in os.walk(self.place):
            for name in names:
                os.utime(os.path.join(root, name), (long_ago, long_ago))
        self.assertRegex(self.ok("lease", "prune"), "removed the note of lease .*, which has ended; "
                         "what there is of it in the cluster stays: ")
        self.assertEqual(self.runs(), [])

    def test_what_was_never_made_leaves_no_note(self):
        self.api.fault("answer", method="POST", status=403)
        result = self.exec("true")
        self.assertEqual(result.returncode, 4, result.stderr)
        self.assertEqual(self.runs(), [])

    def test_killed_at_many_points_prune_finds_everything(self):
        """LEASEHOLD_KILL_STEP=1 tries every system call: whoever comes to it is killed there."""
        need_plain_programs("each system call of a run")
        command = (PROGRAM, "exec", "--profile", "dev", "--", "true")
        calls = calls_of(self.box, *command)
        self.assertGreater(len(calls), 300)
        step = int(os.environ.get("LEASEHOLD_KILL_STEP", "29"))
        for name, count in calls[::step]:
            with self.subTest(call=name, count=count):
                spoiled(self.box, (name, count), "signal=KILL", *command)
                self.assertTrue(wait_for(lambda: not self.processes()), self.processes())
                self.ok("lease", "prune")
                self.assertEqual((self.runs(), self.ours()), ([], []))

    def test_many_runs_leave_nothing(self):
        for turn in range(int(os.environ.get("LEASEHOLD_RUNS", "20"))):
            result = self.exec("true")
            self.assertEqual((result.returncode, result.stderr), (0, ""), turn)
        self.assert_nothing_is_left()
        self.assertEqual(os.listdir(self.place), ["runs"])


if __name__ == "__main__":
    unittest.main()
