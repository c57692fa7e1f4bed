"""Leases from Infisical through the real program: counts, sessions, errors, revocation, secrets."""

import json
import os
import time

from infisical_case import (
    PLACE, SECRET, InfisicalCase, dynamic_inputs, gateway_inputs, main)


class Counts(InfisicalCase):
    def test_a_cold_call_takes_two_requests_on_one_connection_and_a_hit_none(self):
        self.universal()
        answer = self.credential()
        self.assertEqual(answer["status"]["token"].count("."), 2)
        self.assertEqual(self.asked(), (1, 2, 1, 1))
        self.assertEqual(self.credential()["status"]["token"], answer["status"]["token"])
        self.assertEqual(self.asked(), (1, 2, 1, 1))

    def test_a_warm_login_leaves_one_request(self):
        self.universal()
        self.credential()
        self.forget_leases()
        self.count_from_here()
        self.credential()
        self.assertEqual(self.asked(), (1, 1, 0, 1))

    def test_setup_in_one_step_with_the_secret_in_the_environment(self):
        said = self.ok("setup", "ci", *self.arguments("--client-id", self.login["clientId"]),
                       environment={SECRET: self.login["clientSecret"]})
        self.assertIn("lease ", said)
        # Login, lease, and whether the definition says what a revocation comes to.
        self.assertEqual(self.asked()[1:], (3, 1, 1))

    def test_setup_leaves_the_secret_in_the_file_that_the_profile_names(self):
        file = self.box.write("secret", self.login["clientSecret"])
        said = self.ok("setup", "ci", *self.arguments("--client-id", self.login["clientId"],
                                                      "--client-secret-file", file))
        self.assertIn("lease ", said)
        self.assertIn(file, self.ok("profile", "show", "ci"))
        self.forget_leases("ci")
        self.credential("ci")

    def test_setup_keeps_the_secret_that_it_is_handed(self):
        self.ok("setup", "ci", *self.arguments("--client-id", self.login["clientId"],
                                               "--client-secret-stdin"),
                input=self.login["clientSecret"])
        self.forget_leases("ci")
        self.credential("ci")

    def test_two_profiles_of_one_identity_share_the_login(self):
        self.universal("one")
        self.universal("two", secret="dynamic")
        self.credential("one")
        self.credential("two")
        self.assertEqual(self.asked()[2], 1)

    def test_the_namespace_is_chosen(self):
        self.universal("dev", "--namespace", "default", secret="dynamic")
        token = json.loads(self.ok("lease", "create", "--profile", "dev", "-o", "json"))
        self.assertRegex(token["subject"], r"^system:serviceaccount:default:dynamic-secret-sa-")

    def test_a_lease_through_a_gateway_that_takes_its_time(self):
        gateway = self.site.add_gateway(self.reach[0], self.reach[1], ca=self.reach[2], delay=17)
        self.site.add_definition("shop", "prod", "far", gateway_inputs(
            dynamic_inputs(*self.reach, "ci", "view"), gateway["id"]), path="/k8s")
        self.universal(secret="far")
        self.credential()


class Sessions(InfisicalCase):
    def test_a_revoked_token_is_replaced_once(self):
        self.universal()
        self.credential()
        self.forget_leases()
        self.site.forget_sessions()
        self.count_from_here()
        self.credential()
        self.assertEqual(self.asked()[1:], (3, 1, 2))

    def test_a_token_error_leads_to_one_login(self):
        self.universal()
        self.credential()
        self.forget_leases()
        self.site.rekey()
        self.count_from_here()
        self.credential()
        self.assertEqual(self.asked()[1:], (3, 1, 2))

    def test_a_token_error_that_stays_ends_after_one_login(self):
        self.universal()
        self.credential()
        self.forget_leases()
        self.site.token_error(path="/leases$", times=9)
        self.count_from_here()
        said = self.fails(4, "credential", "--profile", "dev")
        self.assertIn("TokenError", said)
        self.assertEqual(self.asked()[1:], (3, 1, 2))

    def test_a_denied_permission_leads_to_no_login(self):
        self.universal()
        self.site.permission_denied(path="/leases$", times=1)
        said = self.fails(4, "credential", "--profile", "dev")
        self.assertIn('"lease" on "dynamic-secrets"', said)
        self.assertEqual(self.asked()[2:], (1, 1))

    def test_tokens_of_every_kind_of_server(self):
        for renew in ("new", "old", "oldest"):
            with self.subTest(renew):
                self.site.switch(renew=renew)
                self.universal(renew)
                self.forget_leases(renew)
                self.credential(renew)

    def test_logout_ends_the_session_at_the_site(self):
        self.universal()
        self.credential()
        self.ok("logout", "--profile", "dev")
        self.assertEqual(self.last_request("/token/revoke")["status"], 200)
        self.count_from_here()
        self.credential()
        self.assertEqual(self.asked()[2], 1)


class Lockout(InfisicalCase):
    def test_a_loop_of_wrong_secrets_is_one_login(self):
        self.universal(client_secret="wrong")
        began = time.monotonic()
        for _ in range(50):
            said = self.fails(4, "credential", "--profile", "dev")
        if time.monotonic() - began < 60:
            self.assertEqual(self.asked()[2:], (1, 0))
        self.assertIn("Invalid credentials", said)
        self.assertIn("lockout", said)

    def test_another_secret_is_tried_at_once(self):
        self.universal(client_secret="wrong")
        self.fails(4, "credential", "--profile", "dev")
        self.box.write("dev.secret", self.login["clientSecret"])
        self.ok("profile", "check", "dev")

    def test_a_lockout_is_told(self):
        for number in range(3):
            self.universal(f"p{number}", client_secret=f"wrong{number}")
            self.fails(4, "credential", "--profile", f"p{number}")
        self.universal()
        self.assertIn("locked", self.fails(4, "credential", "--profile", "dev"))


class Errors(InfisicalCase):
    """The table of the contract, 6.1: code, and what must be said."""

    def refused(self, code, *words):
        said = self.fails(code, "lease", "create", "--profile", "dev")
        for word in words:
            self.assertIn(word, said)
        return said

    def setUp(self):
        super().setUp()
        self.universal()

    def answer(self, status, message, error=None):
        self.site.clear()
        self.site.fault("answer", path="/leases$", status=status, message=message,
                        **({"error": error} if error else {}))

    def test_each_status(self):
        for status, code, words in ((400, 4, "BadRequest"), (409, 4, "Conflict"),
                                    (404, 3, "NotFound"), (500, 5, "InternalServerError"),
                                    (504, 6, "GatewayTimeoutError")):
            with self.subTest(status):
                self.answer(status, "Something went wrong")
                self.refused(code, words, "request req-", "the server says: Something went wrong")
        self.answer(403, "You are not allowed", "ForbiddenError")
        self.refused(4, "ForbiddenError")

    def test_a_validation_failure_names_the_field(self):
        self.site.validation_failure(path="/leases$")
        self.refused(3, "projectSlug: Required")

    def test_the_rate_limit_is_waited_for_if_it_is_short(self):
        self.site.rate_limit(1, path="/leases$", times=1)
        self.ok("lease", "create", "--profile", "dev")
        self.site.rate_limit(50, path="/leases$")
        self.count_from_here()
        self.refused(5, "try again in 50 s")
        self.assertEqual(self.asked()[3], 1)

    def test_a_proxys_page(self):
        self.site.html_page(path="/leases$", times=1)
        self.count_from_here()
        self.refused(5, "502", "proxy")
        self.assertEqual(self.asked()[3], 1, "a lease was asked for twice")
        self.site.clear()
        self.site.html_page(200, "OK", path="/leases$")
        self.refused(7, "JSON")

    def test_a_lost_answer_is_not_asked_for_again(self):
        self.site.fault("drop-body", path="/leases$")
        self.count_from_here()
        said = self.fails(5, "lease", "create", "--profile", "dev")
        self.assertIn("before its answer was complete", said)
        self.assertEqual(self.asked()[3], 1)

    def test_a_licence_that_lacks_it(self):
        self.site.switch(licence=False)
        self.refused(4, "plan restriction", "licence")

    def test_the_clusters_words_come_through(self):
        self.site.switch(max_leases=0)
        self.refused(4, "Max lease limit", "lease revoke")

    def test_ttls(self):
        said = self.fails(2, "lease", "create", "--profile", "dev", "--ttl", "10m")
        self.assertIn("11m", said)
        self.site.add_definition("shop", "prod", "short", dynamic_inputs(*self.reach, "ci", "view"),
                                 path="/k8s", default_ttl="12m", max_ttl="15m")
        self.universal("short", secret="short")
        result = self.leasehold("lease", "create", "--profile", "short")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("15m", result.stderr)
        self.ok("lease", "create", "--profile", "short", "--ttl", "11m")

    def test_places_that_are_not_there(self):
        for old, new in (("project-slug: shop", "project-slug: nowhere"),
                         ("environment: prod", "environment: test"),
                         ("path: /k8s", "path: /nowhere"),
                         ("dynamic-secret: deployer", "dynamic-secret: other")):
            with self.subTest(new):
                self.rewrite_profile("dev", old, new)
                said = self.fails(3, "lease", "create", "--profile", "dev")
                self.assertIn("404 NotFound", said)
                self.rewrite_profile("dev", new, old)

    def test_a_stranger_to_the_project(self):
        self.site.ungrant(self.robot, "shop")
        self.refused(4, "not a member")

    def test_a_site_that_is_not_trusted_names_the_setting(self):
        self.rewrite_profile("dev", self.site.ca, self.api.ca)
        said = self.fails(5, "lease", "create", "--profile", "dev")
        self.assertIn(self.api.ca, said)
        self.rewrite_profile("dev", f"  certificate-authority: {self.api.ca}\n", "")
        said = self.fails(5, "lease", "create", "--profile", "dev")
        self.assertIn("--site-certificate-authority", said)

    def test_a_site_that_is_not_there(self):
        self.rewrite_profile("dev", self.site.site, "https://127.0.0.1:1")
        self.fails(5, "lease", "create", "--profile", "dev")


class Usage(InfisicalCase):
    def test_missing_and_wrong_flags(self):
        said = self.fails(2, "profile", "add", "x", *self.arguments())
        self.assertIn("--client-id", said)
        said = self.fails(2, "profile", "add", "x", *self.arguments("--auth", "magic"))
        self.assertIn("universal, kubernetes", said)
        self.universal()
        self.rewrite_profile("dev", self.site.site, "http://infisical.example")
        self.assertIn("is not https", self.fails(3, "profile", "show", "dev"))

    def test_variables_are_written_into_the_profile(self):
        self.ok("profile", "add", "env", "--provider", "infisical", "--from-context", "admin",
                "--from-kubeconfig", self.box.path("admin"), "--project-slug", "shop",
                "--dynamic-secret", "deployer", environment={
                    "INFISICAL_DOMAIN": "https://eu.infisical.com/", "INFISICAL_ENVIRONMENT": "prod",
                    "INFISICAL_AUTH_METHOD": "aws-iam", "INFISICAL_SECRET_PATH": "/k8s",
                    "INFISICAL_MACHINE_IDENTITY_ID": "some-id"})
        shown = json.loads(self.ok("profile", "show", "env", "-o", "json"))["values"]
        value = lambda key: shown[f"infisical.{key}"]["value"]  # noqa: E731
        self.assertEqual([value(key) for key in ("site", "environment", "path", "auth.method",
                                                 "auth.identity-id")],
                         ["https://eu.infisical.com", "prod", "/k8s", "aws", "some-id"])

    def test_a_way_that_is_not_known_is_taken_for_no_other(self):
        said = self.fails(3, "profile", "add", "env", *self.arguments(), environment={
            "INFISICAL_AUTH_METHOD": "gcp-magic", "INFISICAL_MACHINE_IDENTITY_ID": "some-id"})
        self.assertIn("gcp-iam", said)

    def test_a_mistake_has_line_and_column(self):
        self.universal()
        self.rewrite_profile("dev", "    method: universal", "    method: universal\n    colour: red")
        self.assertRegex(self.fails(3, "profile", "show", "dev"),
                         r"dev\.yaml:\d+:5: unknown key \"infisical\.auth\.colour\"")

    def test_check_tells_step_by_step(self):
        self.universal()
        self.assertIn("accepted by universal", self.ok("profile", "check", "dev"))
        self.assertEqual(self.asked()[3], 0)


class Definitions(InfisicalCase):
    def setUp(self):
        super().setUp()
        self.site.grant(self.robot, "shop", [
            "lease", "read-root-credential", "create-root-credential", "edit-root-credential",
            "delete-root-credential"])
        self.universal()
        self.token = self.box.write("cluster-token", self.reach[1])
        self.ca = self.box.write("cluster-ca", self.reach[2])

    def definition(self, *words):
        return self.ok("infisical", "definition", *words[:1], "--profile", "dev", *words[1:])

    def create(self, name, *more):
        return self.definition(
            "create", name, "--default-ttl", "1h", "--max-ttl", "8h", "--cluster-url",
            self.reach[0], "--cluster-token-file", self.token, "--cluster-certificate-authority",
            self.ca, "--ssl", "true", *more)

    def test_create_show_update_delete(self):
        said = self.create("made", "--credential-type", "static", "--namespace", "ci",
                           "--service-account", "deployer", "--metadata", "team=shop")
        self.assertNotIn(self.reach[1], said)
        self.assertIn("made", self.definition("list"))
        shown = json.loads(self.definition("show", "made", "-o", "json"))
        self.assertEqual((shown["inputs"]["clusterToken"], shown["maxTTL"]), ("********", "8h"))
        clear = json.loads(self.definition("show", "made", "-o", "json", "--show-secrets"))
        self.assertEqual(clear["inputs"]["clusterToken"], self.reach[1])
        self.definition("update", "made", "--default-ttl", "2h", "--max-ttl", "none",
                        "--audience", self.api.server)
        shown = json.loads(self.definition("show", "made", "-o", "json"))
        self.assertEqual((shown["defaultTTL"], shown["maxTTL"]), ("2h", None))
        self.assertEqual(shown["inputs"]["serviceAccountName"], "deployer")
        self.definition("delete", "made")
        self.assertNotIn("made", self.definition("list"))

    def test_a_dynamic_one_can_be_leased(self):
        self.create("temporary", "--credential-type", "dynamic", "--namespace", "ci", "--namespace",
                    "default", "--role-type", "role", "--role", "view")
        self.universal("use", secret="temporary")
        self.credential("use")

    def test_what_no_lease_can_be_made_from_is_refused(self):
        for ttls, word in ((("--default-ttl", "5m", "--max-ttl", "10m"), "too short"),
                           (("--default-ttl", "1h", "--max-ttl", "10m"), "--max-ttl 10m"),
                           (("--default-ttl", "2h", "--max-ttl", "1h"), "longer than --max-ttl")):
            said = self.fails(2, "infisical", "definition", "create", "--profile", "dev", "bad",
                              *ttls, "--credential-type", "static")
            self.assertIn(word, said)

    def test_the_table_shows_what_json_shows(self):
        self.create("named", "--credential-type", "dynamic", "--namespace", "ci", "--role-type",
                    "role", "--role", "view", "--username-template", "x-{{randomUsername}}",
                    "--metadata", "team=shop")
        self.assertIn("x-{{randomUsername}}", self.definition("list"))
        shown = self.definition("show", "named")
        for text in ("x-{{randomUsername}}", "team", "shop"):
            self.assertIn(text, shown)

    def test_what_the_server_refuses(self):
        said = self.fails(3, "infisical", "definition", "create", "--profile", "dev", "bad",
                          "--default-ttl", "1h", "--credential-type", "static")
        self.assertIn("namespace", said)
        self.assertIn("not 1h30m", self.fails(2, "infisical", "definition", "create", "--profile",
                                              "dev", "bad", "--default-ttl", "1h30m",
                                              "--credential-type", "static"))


class DefinitionsWithoutAProfile(InfisicalCase):
    """An administrator keeps dynamic secrets, and leases none."""

    def setUp(self):
        super().setUp()
        self.admin = self.site.add_identity("admin")["id"]
        self.site.grant(self.admin, "shop", [
            "read-root-credential", "create-root-credential", "edit-root-credential",
            "delete-root-credential"])
        login = self.site.add_client_secret(self.admin)
        self.secret = {SECRET: login["clientSecret"]}
        self.variables = self.secret | {
            "INFISICAL_DOMAIN": self.site.site, "INFISICAL_ENVIRONMENT": "prod",
            "INFISICAL_SECRET_PATH": "/k8s", "INFISICAL_AUTH_METHOD": "universal-auth",
            "INFISICAL_UNIVERSAL_AUTH_CLIENT_ID": login["clientId"]}
        self.flags = (*PLACE, "--site", self.site.site, "--site-certificate-authority",
                      self.site.ca, "--client-id", login["clientId"])

    def test_all_of_it_by_flags(self):
        token, ca = (self.box.write(name, text) for name, text in (
            ("cluster-token", self.reach[1]), ("cluster-ca", self.reach[2])))
        do = lambda *words: self.ok("infisical", "definition", *words, *self.flags,  # noqa: E731
                                    environment=self.secret)
        do("create", "made", "--default-ttl", "1h", "--credential-type", "static", "--namespace",
           "ci", "--service-account", "deployer", "--cluster-url", self.reach[0],
           "--cluster-token-file", token, "--cluster-certificate-authority", ca, "--ssl", "true")
        self.assertIn("made", do("list"))
        do("update", "made", "--max-ttl", "8h")
        shown = json.loads(do("show", "made", "-o", "json"))
        self.assertEqual((shown["maxTTL"], shown["inputs"]["namespace"]), ("8h", "ci"))
        do("delete", "made")
        self.assertNotIn("made", do("list"))

    def test_the_variables_of_infisicals_own_tool(self):
        said = self.ok("infisical", "definition", "list", "--project-slug", "shop",
                       "--site-certificate-authority", self.site.ca, environment=self.variables)
        self.assertIn("deployer", said)

    def test_nothing_is_kept_and_the_session_ends(self):
        self.count_from_here()
        for _ in range(2):
            self.ok("infisical", "definition", "list", *self.flags, environment=self.secret)
        self.assertEqual(self.asked()[1:], (6, 2, 0))  # login, list, end
        self.assertEqual(self.last_request("/token/revoke")["status"], 200)
        self.assertIn("empty", self.ok("cache", "list"))
        self.assertFalse(os.path.exists(self.box.path(".config/leasehold")))

    def test_the_session_ends_though_the_answer_is_no(self):
        self.fails(3, "infisical", "definition", "show", "none", *self.flags,
                   environment=self.secret)
        self.assertEqual(self.last_request("/token/revoke")["status"], 200)

    def test_what_is_missing_or_said_twice(self):
        words = ("infisical", "definition", "show", "deployer")
        for left_out, word in (("--environment", "--environment"), ("--client-id", "--client-id"),
                               ("--project-slug", "--project-slug")):
            flags = list(self.flags)
            at = flags.index(left_out)
            del flags[at:at + 2]
            self.assertIn(word, self.fails(2, *words, *flags))
        self.assertIn("DEFINITION", self.fails(2, *words[:3], *self.flags))
        said = self.fails(4, *words, *self.flags)
        self.assertIn("set INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET", said)
        self.assertNotIn("leasehold login", said, "that keeps nothing without a profile")
        self.universal()
        self.assertIn("--profile", self.fails(2, *words, "--profile", "dev", *self.flags))
        self.assertEqual(self.asked()[1], 0)


class Secrets(InfisicalCase):
    def test_login_keeps_the_secret_out_of_the_profile(self):
        self.ok("profile", "add", "dev", *self.arguments("--client-id", self.login["clientId"],
                                                         "--store", "file"))
        said = self.fails(4, "credential", "--profile", "dev")
        self.assertIn("leasehold login", said)
        self.ok("login", "--profile", "dev", "--client-secret-stdin",
                input=self.login["clientSecret"] + "\n")
        self.credential()
        self.assertEqual(self.asked()[2], 1)

    def test_no_secret_turns_up_anywhere(self):
        self.universal()
        said = ""
        for words in (("lease", "create", "--profile", "dev", "-v"), ("profile", "show", "dev"),
                      ("profile", "check", "dev", "-v"), ("lease", "list"), ("cache", "list"),
                      ("doctor", "--profile", "dev"), ("logout", "--profile", "dev", "-v")):
            result = self.leasehold(*words)
            said += result.stdout + result.stderr
        self.universal("bad", client_secret="a-wrong-secret")
        said += self.leasehold("lease", "create", "--profile", "bad", "-v").stderr
        for folder, _, names in os.walk(self.box.home):
            for name in names:
                if not name.endswith((".secret", "admin")) and "tokens" not in folder:
                    with open(os.path.join(folder, name), errors="replace") as file:
                        said += file.read()
        for canary in self.site.canaries() + ["a-wrong-secret"]:
            self.assertNotIn(canary, said)

    def test_custom_headers_cannot_replace_ours(self):
        self.universal()
        self.ok("lease", "create", "--profile", "dev",
                environment={"INFISICAL_CUSTOM_HEADERS": 'X-One=1 X-Two="a b"'})
        said = self.fails(3, "lease", "create", "--profile", "dev",
                          environment={"INFISICAL_CUSTOM_HEADERS": "Authorization=x"})
        self.assertIn("Authorization", said)

    def test_a_lease_for_another_account_is_refused_where_one_is_named(self):
        self.universal("dev", "--expect-account", "deployer")
        self.credential("dev")
        self.universal("other", "--expect-account", "robot")
        said = self.fails(7, "lease", "create", "--profile", "other")
        self.assertIn("deployer", said)
        self.assertIn("robot", said)

    def test_it_says_who_it_is(self):
        self.universal()
        self.credential()
        self.assertRegex(self.site.requests()[-1]["user_agent"], r"^leasehold/\S+")


if __name__ == "__main__":
    main()
