"""The lease routes (contract, section 2)."""

import forms
import jwts
import provider
import refusals
import ttl
import world as model

FAILED = "Failed to delete"


class Leases:
    def __init__(self, world, switches, cluster_provider):
        self._world = world
        self._switches = switches
        self._provider = cluster_provider

    def create(self, request, actor):
        return self._create(request, actor, typed=False)

    def create_kubernetes(self, request, actor):
        return self._create(request, actor, typed=True)

    def _create(self, request, actor, typed):
        form = forms.Form(request.content())
        name = form.text("dynamicSecretName", 1)
        slug, environment = form.text("projectSlug", 1), form.text("environmentSlug", 1)
        path, span = form.folder(), form.text("ttl", default=None)
        ttl.check(form, "ttl", span, strict=not self._switches["B4"],
                  **({"too_short": "TTL must be greater than 1min"} if typed else {}))
        config = form.object("config", default=None)
        if typed and config is not None:
            inner = forms.Form(config, ("config",))
            inner.text("namespace", 1, default=None)
            form.issues += inner.issues
        form.done()
        with self._world.lock:
            definition = self._may_lease(actor, slug, environment, path, name.lower(), "create")
            self._check_room(definition)
        expires = self._expiry(definition, span or definition.default_ttl)
        entity, token = self._issue(definition, actor, expires, config)
        lease = self._record(definition, entity, token, expires, config)
        if not typed:  # that route forgets the audit log
            self._note("create", actor, lease, leaseExpireAt=model.iso(lease.expires))
        return {"lease": lease.as_json(), "dynamicSecret": definition.as_json(),
                "data": {"TOKEN": token}}

    def get(self, request, actor, lease_id):
        slug, environment, path = _place(forms.Form(request.query))
        with self._world.lock:
            lease = self._find(actor, slug, environment, path, lease_id)
            definition = lease.definition.as_json()
            self._note("get", actor, lease, leaseExpireAt=model.iso(lease.expires))
            return {"lease": lease.as_json() | {"dynamicSecret": definition}}

    def list(self, request, actor, name):
        slug, environment, path = _place(forms.Form(request.query))
        with self._world.lock:
            project = self._world.project(actor, slug)
            self._world.check_folder(project, environment, path)
            definition = self._world.definition(project, environment, path, name)
            self._world.check_permission(actor, "lease", project, environment, path)
            leases = [lease.as_json() for lease in self._world.leases_of(definition)]
            self._world.note("list-dynamic-secret-leases", actor, leaseCount=len(leases))
            return {"leases": leases}

    def renew(self, request, actor, lease_id):
        form = forms.Form(request.content())
        span = form.text("ttl", default=None)
        ttl.check(form, "ttl", span, strict=not self._switches["B4"])
        slug, environment, path = _place(form, shortest_path=1)
        with self._world.lock:
            self._world.project(actor, slug)
            self._check_licence("renew")
            lease = self._find(actor, slug, environment, path, lease_id)
            self._extend(lease, span)
            self._note("renew", actor, lease, newLeaseExpireAt=model.iso(lease.expires))
            return {"lease": lease.as_json()}

    def delete(self, request, actor, lease_id):
        form = forms.Form(request.content())
        forced = form.boolean("isForced", default=False)
        slug, environment, path = _place(form)
        with self._world.lock:
            lease = self._find(actor, slug, environment, path, lease_id)
        problem = self.revoke(lease, lease.config, forced)
        if problem is not None and not self._switches["B6"]:
            raise refusals.bad_request(lease.status_details)
        self._note("delete", actor, lease, leaseStatus=lease.status, isForced=forced)
        return {"lease": lease.as_json()}

    def expire(self, retry):
        """The scheduled job for every lease whose time has come, or (`retry`) the one for those
        that could not be revoked; returns how many are gone and how many stay."""
        with self._world.lock:
            due = [lease for lease in self._world.leases.values()
                   if lease.expires <= self._world.clock.now() and
                   retry == (lease.status == FAILED)]
        stay = [lease for lease in due
                if self.revoke(lease, None if self._switches["B3"] else lease.config)]
        return len(due) - len(stay), len(stay)

    def revoke(self, lease, config, forced=False):
        """Revokes in the cluster and drops the lease; returns the ProviderError that kept it."""
        try:
            self._provider.revoke(lease.definition, lease.entity, config)
        except provider.ProviderError as error:
            if not forced:
                with self._world.lock:
                    lease.status = FAILED
                    text = f"Failed to revoke lease from provider: {error}"
                    lease.status_details = text[:255]
                    lease.updated = self._world.clock.now()
                return error
        with self._world.lock:
            self._world.leases.pop(lease.id, None)
        return None

    def _may_lease(self, actor, slug, environment, path, name, verb):
        """The checks in the order of section 2.1."""
        project = self._world.project(actor, slug)
        self._check_licence(verb)
        self._world.check_folder(project, environment, path)
        definition = self._world.definition(project, environment, path, name)
        self._world.check_permission(actor, "lease", project, environment, path)
        return definition

    def _check_licence(self, verb):
        if not self._switches["licence"]:
            raise refusals.bad_request(f"Failed to {verb} lease due to plan restriction. Upgrade "
                                       "plan to create dynamic secret.")

    def _check_room(self, definition):
        most = self._switches["max_leases"]
        if len(self._world.leases_of(definition)) >= most:
            raise refusals.bad_request(f"Max lease limit reached. Limit: {most}")

    def _expiry(self, definition, span):
        """Seconds since the epoch, whole milliseconds; None for a span that cannot be read."""
        length = ttl.milliseconds(span)
        if length is ttl.UNREADABLE:
            return None
        if definition.max_ttl and length > ttl.milliseconds(definition.max_ttl):
            raise refusals.bad_request("TTL cannot be larger than max TTL")
        return (int(self._world.clock.now() * 1000) + length) / 1000

    def _issue(self, definition, actor, expires, config):
        try:
            return self._provider.create(definition, actor, expires, config)
        except provider.ProviderError as error:
            code = 400 if self._switches["B9"] or not error.code else error.code
            raise refusals.Refusal(code,
                                   f"Failed to create lease from provider: {error}") from None

    def _record(self, definition, entity, token, expires, config):
        if expires is None:  # no date for the database
            raise refusals.Refusal(500, "Something went wrong", "DatabaseError")
        if not self._switches["B5"]:
            expires = min(expires, jwts.expiry(token) or expires)
        now = self._world.clock.now()
        lease = model.Lease(definition, entity, expires, config, now, now)
        with self._world.lock:
            self._world.leases[lease.id] = lease
        return lease

    def _find(self, actor, slug, environment, path, lease_id):
        project = self._world.project(actor, slug)
        self._world.check_folder(project, environment, path)
        lease = self._world.leases.get(lease_id)
        home = lease and (lease.definition.project, lease.definition.environment,
                          lease.definition.path)
        if home != (project, environment, path):
            raise refusals.not_found(f"Dynamic secret lease with ID '{lease_id}' not found")
        self._world.check_permission(actor, "lease", project, environment, path)
        return lease

    def _extend(self, lease, span):
        """From the old expiry, not from now; the token stays as it is."""
        length = ttl.milliseconds(span or lease.definition.default_ttl)
        if length is ttl.UNREADABLE:
            raise refusals.Refusal(500, "Something went wrong", "DatabaseError")
        expires = lease.expires + length / 1000
        most = lease.definition.max_ttl
        if most and expires > lease.created + ttl.milliseconds(most) / 1000:
            raise refusals.bad_request("The requested renewal would exceed the maximum allowed "
                                       "lease duration. Please choose a shorter TTL")
        lease.expires = expires
        lease.updated = self._world.clock.now()

    def _note(self, verb, actor, lease, **more):
        definition = lease.definition
        self._world.note(
            f"{verb}-dynamic-secret-lease", actor, dynamicSecretName=definition.name,
            dynamicSecretType="kubernetes", dynamicSecretId=definition.id, leaseId=lease.id,
            leaseExternalEntityId=lease.entity, environment=definition.environment,
            secretPath=definition.path, projectId=definition.project.id, **more)


def _place(form, shortest_path=0):
    """Project, environment and folder of a form that has nothing else left to check."""
    place = (form.text("projectSlug", 1), form.text("environmentSlug", 1),
             form.folder(minimum=shortest_path))
    form.done()
    return place
