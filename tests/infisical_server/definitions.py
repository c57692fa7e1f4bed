"""The routes for the definitions of dynamic secrets (contract, section 3)."""

import re

import forms
import inputs
import provider
import refusals
import ttl
import username
import world as model

SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")


class Definitions:
    def __init__(self, world, switches, cluster_provider, leases):
        self._world = world
        self._switches = switches
        self._provider = cluster_provider
        self._leases = leases

    def create(self, request, actor):
        form = forms.Form(request.content())
        name = form.text("name", 1, 64)
        _check_slug(form, "name", name)
        place = form.text("projectSlug", 1), form.text("environmentSlug", 1), form.folder()
        settings = self._settings(form, form.text("defaultTTL"))
        kept = _provider_inputs(form)
        with self._world.lock:
            project, environment, path = self._may(actor, "create-root-credential", place, "create")
            if self._world.find_definition(project, environment, path, name):
                raise refusals.bad_request("Provided dynamic secret already exist under the folder")
        self.test(kept)
        definition = model.Definition(name, project, environment, path, kept,
                                      created=self._world.clock.now(), **settings)
        with self._world.lock:
            self._world.definitions.append(definition)
            self._note("create", actor, definition)
        return {"dynamicSecret": definition.as_json(with_inputs=True)}

    def list(self, request, actor):
        with self._world.lock:
            project, environment, path = self._may(actor, "read-root-credential",
                                                   _place(forms.Form(request.query)))
            found = [definition.as_json() for definition in self._world.definitions
                     if (definition.project, definition.environment, definition.path) ==
                     (project, environment, path)]
            self._world.note("list-dynamic-secrets", actor, count=len(found))
            return {"dynamicSecrets": found}

    def get(self, request, actor, name):
        """Shows the cluster's token in clear, as the original (B8)."""
        place = _place(forms.Form(request.query))
        with self._world.lock:
            where = self._may(actor, "read-root-credential", place)
            self._world.check_permission(actor, "edit-root-credential", *where)
            definition = self._world.definition(*where, name)
            self._note("get", actor, definition)
            return {"dynamicSecret": definition.as_json(with_inputs=True)}

    def update(self, request, actor, name):
        form = forms.Form(request.content())
        changes = forms.Form(form.object("data"), ("data",))
        new_name = changes.text("newName", 1, 64, default=None)
        _check_slug(changes, "newName", new_name)
        settings = self._settings(changes, changes.text("defaultTTL", default=None))
        new_inputs = changes.object("inputs", default=None)
        form.issues += changes.issues
        place = _place(form)
        with self._world.lock:
            where = self._may(actor, "edit-root-credential", place, "update")
            definition = self._world.definition(*where, name)
            if new_name and new_name != name and self._world.find_definition(*where, new_name):
                raise refusals.bad_request("Provided dynamic secret already exist under the folder")
        if new_inputs is not None:
            definition.inputs = self._merged(definition.inputs, new_inputs)
        self._change(definition, changes, settings, new_name)
        self._note("update", actor, definition)
        return {"dynamicSecret": definition.as_json(with_inputs=True)}

    def delete(self, request, actor, name):
        form = forms.Form(request.content())
        forced = form.boolean("isForced", default=False)
        place = _place(form)
        with self._world.lock:
            where = self._may(actor, "delete-root-credential", place)
            definition = self._world.definition(*where, name)
            leases = self._world.leases_of(definition)
            definition.status = "Deleting" if leases and not forced else None
        if not forced:
            self._prune(definition, leases)
        with self._world.lock:
            self._drop(definition)
            self._note("delete", actor, definition)
        return {"dynamicSecret": definition.as_json()}

    def _prune(self, definition, leases):
        """Here and now, where the original has a job do it."""
        problems = [p for lease in leases if (p := self._leases.revoke(lease, lease.config))]
        if problems:
            definition.status = "Failed to delete"
            definition.status_details = str(problems[0])[:255]

    def _drop(self, definition):
        """Unless pruning failed: then it stays, with its status."""
        if definition.status == "Failed to delete":
            return
        for lease in self._world.leases_of(definition):
            del self._world.leases[lease.id]
        self._world.definitions.remove(definition)

    def _settings(self, form, default_ttl):
        settings = {
            "default_ttl": default_ttl, "max_ttl": form.text("maxTTL", default=None),
            "metadata": form.array("metadata", default=None) or [],
            "username_template": form.text("usernameTemplate", default=None),
        }
        for name, key in (("defaultTTL", "default_ttl"), ("maxTTL", "max_ttl")):
            ttl.check(form, name, settings[key], strict=not self._switches["B4"])
        for index, item in enumerate(settings["metadata"]):
            inner = forms.Form(item, ("metadata", index))
            inner.text("key", 1), inner.text("value")
            form.issues += inner.issues
        username.check(form, "usernameTemplate", settings["username_template"])
        return settings

    def _merged(self, old, new):
        kept = inputs.read(old | new, ("data", "inputs"))
        self.test(kept)
        return kept

    def test(self, kept):
        """Remembers the token as a secret, and tests the connection."""
        self._world.secret(kept["clusterToken"])
        inputs.check_address(kept, self._switches["internal_ips"])
        try:
            self._provider.test(kept)
        except provider.ProviderError as error:
            raise refusals.bad_request(f"Failed to connect with provider: {error}") from None

    def _change(self, definition, changes, settings, new_name):
        with self._world.lock:
            definition.name = new_name or definition.name
            for field, key in (("defaultTTL", "default_ttl"), ("maxTTL", "max_ttl"),
                               ("metadata", "metadata"),
                               ("usernameTemplate", "username_template")):
                if changes.given(field):
                    setattr(definition, key, settings[key])
            definition.version += 1
            definition.updated = self._world.clock.now()

    def _may(self, actor, action, place, licensed=None):
        slug, environment, path = place
        project = self._world.project(actor, slug)
        self._world.check_permission(actor, action, project, environment, path)
        if licensed and not self._switches["licence"]:
            raise refusals.bad_request(f"Failed to {licensed} dynamic secret due to plan "
                                       f"restriction. Upgrade plan to {licensed} dynamic secret.")
        self._world.check_folder(project, environment, path)
        return project, environment, path

    def _note(self, verb, actor, definition):
        self._world.note(f"{verb}-dynamic-secret", actor, dynamicSecretName=definition.name,
                         dynamicSecretId=definition.id, environment=definition.environment,
                         secretPath=definition.path)


def _place(form):
    place = form.text("projectSlug", 1), form.text("environmentSlug", 1), form.folder()
    form.done()
    return place


def _check_slug(form, field, name):
    if name and not SLUG.fullmatch(name):
        form.issue(field, "custom", f"{field} must be slug friendly")


def _provider_inputs(form):
    """Checks the rest of the form, too."""
    chosen = form.object("provider")
    if chosen is None:
        form.done()
    inner = forms.Form(chosen, ("provider",))
    kind = inner.text("type")
    if kind is not None and kind != "kubernetes":
        inner.issue("type", "invalid_union_discriminator", "Invalid discriminator value. This "
                    "server has only 'kubernetes'", options=["kubernetes"])
    given = inner.object("inputs")
    form.issues += inner.issues
    if given is not None:
        try:
            return inputs.read(given, ("provider", "inputs")) if not form.issues else form.done()
        except refusals.Refusal as refusal:
            form.issues += refusal.body["message"]
    return form.done()
