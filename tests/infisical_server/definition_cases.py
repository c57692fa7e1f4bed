"""The routes for definitions, with their permissions; each rule for the provider's inputs."""

from case import DEFINITIONS, PLACE, QUERY, ROOT_ACTIONS, Case
from tests.infisical_server.client import dynamic_inputs, gateway_inputs, static_inputs


class DefinitionCase(Case):
    def setUp(self):
        super().setUp()
        self.infisical.grant(self.robot, "shop", ROOT_ACTIONS)
        self.bearer = self.token()
        self.static = static_inputs(*self.reach, "ci", "deployer")

    def body(self, inputs=None, **more):
        provider = {"type": "kubernetes", "inputs": self.static if inputs is None else inputs}
        return PLACE | {"name": "deployer", "defaultTTL": "1h", "provider": provider} | more

    def create(self, *arguments, **more):
        return self.good("POST", DEFINITIONS, self.body(*arguments, **more), self.bearer)


class Routes(DefinitionCase):
    def test_create_get_list_update_delete(self):
        made = self.create(maxTTL="2h")["dynamicSecret"]
        self.assertEqual((made["inputs"]["sslRejectUnauthorized"], made["maxTTL"]), (True, "2h"))
        got = self.good("GET", f"{DEFINITIONS}/deployer{QUERY}", token=self.bearer)
        self.assertEqual(got["dynamicSecret"]["inputs"]["clusterToken"], self.reach[1], "in clear")
        listed = self.good("GET", DEFINITIONS + QUERY, token=self.bearer)["dynamicSecrets"]
        self.assertEqual([secret["name"] for secret in listed], ["deployer"])
        self.assertNotIn("inputs", listed[0])
        changed = self.good("PATCH", f"{DEFINITIONS}/deployer", PLACE | {"data": {
            "newName": "other", "maxTTL": None, "inputs": {"audiences": ["a"]}}}, self.bearer)
        self.assertEqual((changed["dynamicSecret"]["maxTTL"], changed["dynamicSecret"]["name"],
                          changed["dynamicSecret"]["inputs"]["audiences"]), (None, "other", ["a"]))
        self.good("DELETE", f"{DEFINITIONS}/other", PLACE, self.bearer)
        self.refused(404, "NotFound", "'other'", "DELETE", f"{DEFINITIONS}/other", PLACE,
                     self.bearer)

    def test_refusals(self):
        self.create()
        self.refused(400, "BadRequest", "already exist", "POST", DEFINITIONS, self.body(),
                     self.bearer)
        for more, text in (({"name": "No Slug"}, "slug friendly"), ({"name": "x" * 65}, "64"),
                           ({"defaultTTL": "1s"}, "1min"), ({"maxTTL": "11y"}, "10 years"),
                           ({"metadata": [{"key": ""}]}, "metadata"),
                           ({"usernameTemplate": "{{other}}"}, "Invalid username template"),
                           ({"usernameTemplate": "a/b"}, "Invalid username template"),
                           ({"usernameTemplate": "x" * 256}, "255"),
                           ({"provider": {"type": "aws-iam", "inputs": {}}}, "discriminator"),
                           ({"provider": None}, "provider"), ({"defaultTTL": None}, "defaultTTL")):
            self.refused(422, "ValidationFailure", text, "POST", DEFINITIONS, self.body(**more),
                         self.bearer)
        self.infisical.switch(licence=False)
        self.refused(400, "BadRequest", "plan restriction", "POST", DEFINITIONS, self.body(),
                     self.bearer)
        self.refused(400, "BadRequest", "plan restriction", "PATCH", f"{DEFINITIONS}/deployer",
                     PLACE | {"data": {}}, self.bearer)
        self.good("GET", f"{DEFINITIONS}/deployer{QUERY}", token=self.bearer)
        self.good("DELETE", f"{DEFINITIONS}/deployer", PLACE, self.bearer)

    def test_username_templates(self):
        for number, template in enumerate((
                "{{dynamicSecret.name}}-{{random 5}}", "x-{{lowercase (truncate identity.name 3)}}",
                "x-{{replace dynamicSecret.name \"_\" '-'}}", "{{dynamicSecret.type}}(")):
            self.good("POST", DEFINITIONS, self.body(name=f"t{number}", usernameTemplate=template),
                      self.bearer)
        for template in ("{{random}}", "{{lowercase (truncate identity.name 3}}", "{{upper x}}",
                         "{{identity.name extra}}", "{{random five}}"):
            self.refused(422, "ValidationFailure", "Invalid username template", "POST", DEFINITIONS,
                         self.body(name="bad", usernameTemplate=template), self.bearer)

    def test_each_route_wants_its_permission(self):
        self.create()
        one = f"{DEFINITIONS}/deployer"
        for missing, method, path, body in (
                ("create-root-credential", "POST", DEFINITIONS, self.body()),
                ("read-root-credential", "GET", DEFINITIONS + QUERY, None),
                ("read-root-credential", "GET", one + QUERY, None),
                ("edit-root-credential", "GET", one + QUERY, None),
                ("edit-root-credential", "PATCH", one, PLACE | {"data": {}}),
                ("delete-root-credential", "DELETE", one, PLACE)):
            self.infisical.ungrant(self.robot, "shop")
            self.infisical.grant(self.robot, "shop",
                                 ["lease", *(a for a in ROOT_ACTIONS if a != missing)])
            self.refused(403, "PermissionDenied", missing, method, path, body, self.bearer)

    def test_deletion_revokes_the_leases(self):
        self.addCleanup(self.sweep)
        for forced, remains in ((False, 0), (True, 2)):
            self.add_dynamic()
            self.lease(self.bearer, "dynamic")
            self.good("DELETE", f"{DEFINITIONS}/dynamic", PLACE | {"isForced": forced},
                      self.bearer)
            self.assertEqual((len(self.remains()), self.infisical.leases()), (remains, []))


class Inputs(DefinitionCase):
    def wrong(self, text, inputs):
        self.refused(422, "ValidationFailure", text, "POST", DEFINITIONS, self.body(inputs),
                     self.bearer)

    def test_rules(self):
        static, dynamic = self.static, dynamic_inputs(*self.reach, "ci", "view")
        for inputs, text in (
                ({}, "credentialType"), (static | {"credentialType": "other"}, "Invalid enum"),
                (static | {"authMethod": "connector"}, "Invalid enum"),
                (static | {"url": "ftp://x"}, "Invalid URL"),
                (static | {"url": None}, "a cluster URL must be provided"),
                (static | {"clusterToken": None}, "a cluster token must be provided"),
                (static | {"sslEnabled": "yes"}, "Expected boolean"),
                (static | {"gatewayId": "a", "gatewayPoolId": "b"}, "Only one of"),
                (static | {"audiences": [""]}, "non-empty"),
                ({k: v for k, v in static.items() if k != "audiences"}, "audiences"),
                (static | {"namespace": "a,b"}, "single value"),
                (static | {"namespace": "a_b"}, "single value"),
                (static | {"serviceAccountName": " "}, "at least 1"),
                (dynamic | {"namespace": "a,,b"}, "Invalid namespace"),
                (dynamic | {"roleType": "both"}, "Invalid enum"),
                (dynamic | {"role": ""}, "at least 1"),
                (gateway_inputs(static), "a gateway or gateway pool must be selected")):
            with self.subTest(text):
                self.wrong(text, inputs)

    def test_addresses(self):
        self.refused(400, "BadRequest", "user credentials", "POST", DEFINITIONS,
                     self.body(self.static | {"url": "https://user:word@192.0.2.1"}), self.bearer)
        self.infisical.switch(internal_ips=False)
        self.refused(400, "BadRequest", "Local IPs not allowed as URL", "POST", DEFINITIONS,
                     self.body(), self.bearer)

    def test_the_connection_is_tested(self):
        self.refused(400, "BadRequest", 'Failed to connect with provider: serviceaccounts "no" '
                     'not found', "POST", DEFINITIONS,
                     self.body(self.static | {"serviceAccountName": "no"}), self.bearer)
        self.create(dynamic_inputs(*self.reach, "ci,default", "view"), name="good")
        self.assertEqual(self.remains() + self.remains("default"), [])
        self.addCleanup(self.sweep)
        self.api.fault("answer", path="/token$", status=500, message="no tokens", times=1)
        body = self.refused(400, "BadRequest", "no tokens", "POST", DEFINITIONS,
                            self.body(dynamic_inputs(*self.reach, "ci", "view"), name="bad"),
                            self.bearer)
        left = self.remains()
        self.assertEqual(len(left), 2, "nothing is rolled back")
        self.assertIn(left[0], body["message"])
