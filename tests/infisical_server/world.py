"""What an Infisical instance holds: organisations, projects, folders, identities and people, what
each may do, dynamic-secret definitions and their leases. All in memory, under one lock."""

import dataclasses
import datetime
import fnmatch
import threading
import uuid

import refusals

SUBJECT = "dynamic-secrets"


def new_id():
    return str(uuid.uuid4())


def iso(seconds):
    """As JavaScript writes a Date."""
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds(text):
    """The other way round; also without milliseconds."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


@dataclasses.dataclass
class Organization:
    slug: str
    id: str = dataclasses.field(default_factory=new_id)


@dataclasses.dataclass
class Project:
    slug: str
    organization: Organization
    id: str = dataclasses.field(default_factory=new_id)
    folders: dict = dataclasses.field(default_factory=dict)  # environment: {path: folder id}


@dataclasses.dataclass
class Grant:
    """What somebody may do with the dynamic secrets of a project; `environment` and `path` (a
    pattern) narrow it."""

    project: Project
    actions: tuple
    environment: str = None
    path: str = None

    def allows(self, action, environment, path):
        return (action in self.actions and self.environment in (None, environment)
                and (self.path is None or fnmatch.fnmatchcase(path, self.path)))

    def conditions(self):
        narrow = {"environment": self.environment,
                  "secretPath": self.path and {"$glob": self.path}}
        return {key: value for key, value in narrow.items() if value is not None}


@dataclasses.dataclass
class Identity:
    """A machine identity. `methods` has what each way to log in wants to see (logins.py)."""

    name: str
    organization: Organization
    token_ttl: int = 2592000
    token_max_ttl: int = 2592000
    token_period: int = 0
    token_uses: int = 0
    admin: bool = False
    trusted_ips: tuple = ()
    sub_organizations: tuple = ()
    lockout: dict = dataclasses.field(default_factory=dict)
    methods: dict = dataclasses.field(default_factory=dict)
    grants: list = dataclasses.field(default_factory=list)
    id: str = dataclasses.field(default_factory=new_id)
    kind = "identity"


@dataclasses.dataclass
class Person:
    email: str
    password: str
    organization: Organization
    admin: bool = False
    grants: list = dataclasses.field(default_factory=list)
    id: str = dataclasses.field(default_factory=new_id)
    kind = "user"

    @property
    def name(self):
        return self.email.partition("@")[0]


@dataclasses.dataclass
class Actor:
    """Who asks, and for which organisation the session is."""

    who: object
    organization: str  # its id


@dataclasses.dataclass
class Definition:
    """A dynamic secret."""

    name: str
    project: Project
    environment: str
    path: str
    inputs: dict
    default_ttl: str
    max_ttl: str
    metadata: list
    username_template: str
    created: float
    updated: float = 0.0
    version: int = 1
    status: str = None
    status_details: str = None
    id: str = dataclasses.field(default_factory=new_id)

    def as_json(self, with_inputs=False):
        shown = {
            "id": self.id, "name": self.name, "version": self.version, "type": "kubernetes",
            "defaultTTL": self.default_ttl, "maxTTL": self.max_ttl,
            "folderId": self.project.folders[self.environment][self.path],
            "status": self.status, "statusDetails": self.status_details,
            "createdAt": iso(self.created), "updatedAt": iso(self.updated or self.created),
            "gatewayId": None, "gatewayV2Id": self.inputs.get("gatewayId"),
            "gatewayPoolId": self.inputs.get("gatewayPoolId"),
            "usernameTemplate": self.username_template, "metadata": self.metadata,
        }
        return shown | ({"inputs": self.inputs} if with_inputs else {})


@dataclasses.dataclass
class Lease:
    definition: Definition
    entity: str
    expires: float
    config: dict
    created: float
    updated: float
    status: str = None
    status_details: str = None
    version: int = 1
    id: str = dataclasses.field(default_factory=new_id)

    def as_json(self):
        return {
            "id": self.id, "version": self.version, "externalEntityId": self.entity,
            "expireAt": iso(self.expires), "status": self.status,
            "statusDetails": self.status_details, "dynamicSecretId": self.definition.id,
            "createdAt": iso(self.created), "updatedAt": iso(self.updated), "config": self.config,
        }


class World:
    def __init__(self, clock):
        self.lock = threading.RLock()
        self.clock = clock
        self.organization = Organization("home")
        self.organizations = {"home": self.organization}
        self.projects = []
        self.identities = {}
        self.people = {}
        self.gateways = {}  # id: how it reaches its cluster (cluster.py)
        self.gateway_pools = {}  # id: [gateway id]
        self.definitions = []
        self.leases = {}
        self.audit = []
        self._canaries = []

    def secret(self, text):
        """Remembers a value that must not turn up anywhere; returns it."""
        with self.lock:
            if text and text not in self._canaries:
                self._canaries.append(text)
        return text

    def canaries(self):
        with self.lock:
            return list(self._canaries)

    def project(self, actor, slug):
        """By slug, as `actor` sees it: 404 for those of other organisations, 403 for strangers."""
        project = next((p for p in self.projects
                        if p.slug == slug and p.organization.id == actor.organization), None)
        if project is None:
            raise refusals.not_found(f"Project with slug '{slug}' not found")
        if not any(grant.project is project for grant in actor.who.grants):
            kind = "Identity is not a member" if actor.who.kind == "identity" else \
                "User not a part"
            raise refusals.forbidden(f"{kind} of the specified project")
        return project

    def check_folder(self, project, environment, path):
        if path not in project.folders.get(environment, {}):
            raise refusals.not_found(f"Folder with path '{path}' in environment with slug "
                                     f"'{environment}' not found")

    def check_permission(self, actor, action, project, environment, path):
        grants = [grant for grant in actor.who.grants if grant.project is project]
        if any(grant.allows(action, environment, path) for grant in grants):
            return
        narrowed = next((g.conditions() for g in grants if action in g.actions), {})
        raise refusals.permission_denied(action, SUBJECT, narrowed)

    def find_definition(self, project, environment, path, name):
        return next((d for d in self.definitions
                     if (d.project, d.environment, d.path, d.name) ==
                     (project, environment, path, name)), None)

    def definition(self, project, environment, path, name):
        found = self.find_definition(project, environment, path, name)
        if found is None:
            raise refusals.not_found(f"Dynamic secret with name '{name}' in folder with path "
                                     f"'{path}' not found")
        return found

    def leases_of(self, definition):
        return [lease for lease in self.leases.values() if lease.definition is definition]

    def note(self, event, actor, **metadata):
        """An audit event, as far as the contract (section 7) knows it."""
        with self.lock:
            self.audit.append({"event": event, "actor": actor.who.name, "metadata": metadata})
