"""What tests may do to a running server: a method for each command, called over the control port
with a JSON object as its arguments (client.py says what they mean)."""

import json
import os
import secrets
import urllib.parse

import inputs
import provider
import refusals
import username
import world as model


class Steering:
    """Every public method is a command; what it returns is the answer."""

    def __init__(self, instance, journal, authority):
        self._instance = instance
        self._world = instance.world
        self._journal = journal
        self._authority = authority

    def organization(self, slug):
        made = self._world.organizations.setdefault(slug, model.Organization(slug))
        return {"id": made.id, "slug": made.slug}

    def project(self, slug, organization="home"):
        made = model.Project(slug, self._world.organizations[organization])
        self._world.projects.append(made)
        return {"id": made.id, "slug": slug}

    def environment(self, project, slug, folders=()):
        """The folder / is always there."""
        self._project(project).folders[slug] = {path: model.new_id() for path in ("/", *folders)}
        return {"slug": slug}

    def identity(self, name, organization="home", **settings):
        made = model.Identity(name, self._world.organizations[organization], **settings)
        self._world.identities[made.id] = made
        return {"id": made.id, "name": name}

    def change_identity(self, identity, **settings):
        """The fields of world.Identity that say how long and how often its tokens serve, etc."""
        for name, value in settings.items():
            if not hasattr(model.Identity, name) and name not in ("lockout", "methods"):
                raise ValueError(f"no such setting: {name}")
            setattr(self._world.identities[identity], name, value)
        return {}

    def person(self, email, organization="home", **settings):
        password = self._world.secret(secrets.token_urlsafe(16))
        home = self._world.organizations[organization]
        made = model.Person(email, password, home, **settings)
        self._world.people[email] = made
        return {"id": made.id, "email": email, "password": password, "organizationId": home.id,
                "token": self._instance.sessions.start_person(made, home.id)}

    def method(self, identity, name, **wanted):
        """Sets one way for an identity to log in; every value in it that is a secret is a
        canary from now on."""
        for key in ("password", "token"):
            self._world.secret(wanted.get(key))
        for secret in (*wanted.get("jwts", ()), *wanted.get("keys", {}).values()):
            self._world.secret(secret)
        self._world.identities[identity].methods[name] = wanted
        return wanted

    def client_certificate(self, name):
        """One of the site's own authority, with that common name; answers its files."""
        place = os.path.join(os.path.dirname(self._authority.certificate), f"client-{name}")
        self._authority.issue("client", f"/CN={name}", place + ".pem", place + ".key")
        return {"certificate": place + ".pem", "key": place + ".key"}

    def client_secret(self, identity, uses=0, ttl=0):
        """Another client secret of Universal Auth, set up if need be."""
        methods = self._world.identities[identity].methods
        universal = methods.setdefault("universal", {"clientId": model.new_id(), "secrets": []})
        value = self._world.secret(secrets.token_hex(32))
        universal["secrets"].append({"value": value, "uses": uses, "ttl": ttl,
                                     "created": self._instance.clock.now()})
        return {"clientId": universal["clientId"], "clientSecret": value}

    def grant(self, who, project, actions=("lease",), environment=None, path=None):
        """`who` is the id of an identity or the e-mail address of a person."""
        someone = self._world.identities.get(who) or self._world.people[who]
        someone.grants.append(model.Grant(self._project(project), tuple(actions), environment,
                                          path))
        return {}

    def ungrant(self, who, project):
        someone = self._world.identities.get(who) or self._world.people[who]
        someone.grants = [g for g in someone.grants if g.project.slug != project]
        return {}

    def gateway(self, id=None, url="", token="", ca=None, delay=0, healthy=True, pool=None):
        name = id or model.new_id()
        self._world.gateways[name] = {"url": url, "token": self._world.secret(token), "ca": ca,
                                      "delay": delay, "healthy": healthy}
        if pool:
            self._world.gateway_pools.setdefault(pool, []).append(name)
        return {"id": name}

    def gateway_delay(self, id, seconds):
        self._world.gateways[id]["delay"] = seconds
        return {}

    def definition(self, project, environment, name, given, path="/", default_ttl="1h",
                   max_ttl="24h", username_template=None, metadata=(), test=True):
        """`test` tries the connection as saving does."""
        where = self._project(project)
        self._world.check_folder(where, environment, path)
        kept = inputs.read(given, ("provider", "inputs"))
        self._world.secret(kept["clusterToken"])
        if test:
            self._instance.definitions.test(kept)
        made = model.Definition(name, where, environment, path, kept, default_ttl, max_ttl,
                                list(metadata), username_template, self._instance.clock.now())
        self._world.definitions.append(made)
        return made.as_json()

    def switch(self, **changes):
        self._instance.switches.turn(changes)
        return dict(self._instance.switches)

    def fault(self, **spec):
        return {"number": self._instance.faults.add(spec)}

    def clear(self, number=None):
        self._instance.faults.clear(number)
        return {}

    def skew(self, seconds):
        self._instance.clock.skew = float(seconds)
        return {}

    def expire(self, retry=False):
        gone, stay = self._instance.leases.expire(retry)
        return {"gone": gone, "stay": stay}

    def fill(self, project, environment, name, count, path="/"):
        """That many records of leases, with nothing in the cluster behind them."""
        with self._world.lock:
            definition = self._world.find_definition(self._project(project), environment, path,
                                                     name)
            now = self._world.clock.now()
            for _ in range(count):
                lease = model.Lease(definition, username.random_name(), now + 3600, None, now, now)
                self._world.leases[lease.id] = lease
        return {}

    def leases(self):
        with self._world.lock:
            return {"leases": [lease.as_json() for lease in self._world.leases.values()]}

    def forget_sessions(self):
        return {"ended": self._instance.sessions.forget()}

    def rekey(self):
        self._instance.sessions.rekey()
        return {}

    def unlock(self):
        self._instance.lockout.clear()
        return {}

    def canaries(self):
        return {"canaries": self._world.canaries()}

    def counters(self):
        return self._journal.counters()

    def audit(self):
        with self._world.lock:
            return {"events": list(self._world.audit)}

    def _project(self, slug):
        return next(p for p in self._world.projects if p.slug == slug)


def carry_out(steering, command, arguments):
    """(status, answer) of a command; `arguments` is JSON."""
    name = urllib.parse.unquote(command).replace("-", "_")
    if name.startswith("_") or not hasattr(Steering, name):
        return 404, {"error": f"no such command: {command}"}
    try:
        return 200, getattr(steering, name)(**json.loads(arguments))
    except refusals.Refusal as refusal:
        return 400, {"error": refusal.body["message"]}
    except (KeyError, TypeError, ValueError, StopIteration, provider.ProviderError) as error:
        return 400, {"error": f"{command}: {error!r}"}
