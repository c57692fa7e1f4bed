"""All parts of one Infisical instance, and its table of routes."""

import definitions
import leases
import lockout
import logins
import provider
import refusals
import routes
import sessions
import switches
import world


class Instance:
    def __init__(self, clock):
        self.clock = clock
        self.switches = switches.Switches()
        self.world = world.World(clock)
        self.lockout = lockout.Lockout(clock)
        self.sessions = sessions.Sessions(self.world, self.switches)
        self.logins = logins.Logins(self.world, self.switches, self.sessions, self.lockout)
        backend = provider.Provider(self.world, self.switches)
        self.leases = leases.Leases(self.world, self.switches, backend)
        self.definitions = definitions.Definitions(self.world, self.switches, backend, self.leases)
        self.router = routes.Router(self.sessions)
        self._add_logins()
        self._add_sessions()
        self._add_dynamic_secrets()
        self._add_others()

    def _add_logins(self):
        login = lambda name: f"/api/v1/auth/{name}/login"  # noqa: E731
        self.router.open("POST", login("universal-auth"), self.logins.universal)
        for method in logins.WITH_JWT:
            self.router.open("POST", login(f"{method}-auth"), self.logins.with_jwt(method))
        self.router.open("POST", login("aws-auth"), self.logins.aws)
        self.router.open("POST", login("ldap-auth"), self.logins.ldap)
        self.router.open("POST", login("oci-auth"), self.logins.oci)
        self.router.open("POST", login("alicloud-auth"), self.logins.alicloud)
        self.router.open("POST", login("tls-cert-auth"), self.logins.tls_certificate)
        self.router.closed("POST", "/api/v1/auth/token-auth/identities/{identity_id}/tokens",
                           self.logins.token)

    def _add_sessions(self):
        self.router.open("POST", "/api/v1/auth/token/renew", self.sessions.renew)
        self.router.open("POST", "/api/v1/auth/token/revoke", self.sessions.revoke)
        self.router.open("POST", "/api/v3/auth/login", self.logins.person)
        self.router.open("POST", "/api/v3/auth/select-organization",
                         self.logins.select_organization)
        self.router.closed("POST", "/api/v1/auth/checkAuth",
                           lambda request, actor: {"message": "Authenticated"})

    def _add_dynamic_secrets(self):
        top = "/api/v1/dynamic-secrets"
        for method, path, handler in (
                ("POST", "/leases", self.leases.create),
                ("POST", "/leases/kubernetes", self.leases.create_kubernetes),
                ("GET", "/leases/{lease_id}", self.leases.get),
                ("POST", "/leases/{lease_id}/renew", self.leases.renew),
                ("DELETE", "/leases/{lease_id}", self.leases.delete),
                ("GET", "/{name}/leases", self.leases.list),
                ("POST", "", self.definitions.create),
                ("GET", "", self.definitions.list),
                ("GET", "/{name}", self.definitions.get),
                ("PATCH", "/{name}", self.definitions.update),
                ("DELETE", "/{name}", self.definitions.delete)):
            self.router.closed(method, top + path, handler)

    def _add_others(self):
        self.router.open("GET", "/api/status", lambda request: {
            "date": world.iso(self.clock.now()), "message": "Ok"})
        for path, key in (("/api/v1/workspace", "workspace"), ("/api/v1/projects", "project")):
            self.router.closed("GET", path + "/{project_id}", self._project(key))

    def _project(self, key):
        def show(request, actor, project_id):
            found = next((p for p in self.world.projects
                          if p.id == project_id and p.organization.id == actor.organization), None)
            if found is None:
                raise refusals.not_found(f"Project with ID '{project_id}' not found")
            self.world.project(actor, found.slug)
            return {key: {"id": found.id, "slug": found.slug, "name": found.slug,
                          "orgId": found.organization.id,
                          "environments": [{"slug": slug, "name": slug}
                                           for slug in found.folders]}}
        return show
