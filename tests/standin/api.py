"""From a request of a known user to the answer of the API server."""

import dataclasses
import json

import access
import protobuf
import resources
import status
import tables
import tokens

VERSION = {"major": "1", "minor": "32", "gitVersion": "v1.32.0+standin", "gitCommit": "standin",
           "gitTreeState": "clean", "buildDate": "2024-12-11T00:00:00Z", "goVersion": "none",
           "compiler": "none", "platform": "linux/amd64"}
HEALTH = ("/healthz", "/livez", "/readyz")
PATCHES = ("application/merge-patch+json", "application/strategic-merge-patch+json")


@dataclasses.dataclass
class Request:
    method: str
    path: str
    query: dict
    headers: object  # case-insensitive get()
    body: bytes
    user: tokens.User
    token_fault: dict = None

    def content(self):
        """The body as an object; none at all is an empty one."""
        if not self.body:
            return {}
        coded = "protobuf" in (self.headers.get("Content-Type") or "")
        try:
            value = protobuf.read(self.body) if coded else json.loads(self.body)
        except ValueError as error:
            raise status.bad_request(f"the body of the request cannot be read: {error}") from None
        if not isinstance(value, dict):
            raise status.bad_request("the body of the request is no object")
        return value


@dataclasses.dataclass
class Answer:
    code: int
    body: object  # a JSON value, or text
    headers: dict = dataclasses.field(default_factory=dict)


class Api:
    def __init__(self, objects, office, faults, clock, address):
        self._objects = objects
        self._office = office
        self._faults = faults
        self._clock = clock
        self._address = address

    def answer(self, request):
        try:
            action = access.action_of(request.method, request.path, request.query)
            if not access.allowed(request.user, action, self._faults.denials()):
                raise status.forbidden(request.user.name, action)
            return self._path(request) if action.path else self._resource(request, action)
        except status.ApiError as error:
            return Answer(error.code, error.body, error.headers)

    def _path(self, request):
        document = VERSION if request.path == "/version" else \
            resources.discovery(request.path.rstrip("/"), self._address)
        if request.method != "GET":
            raise status.ApiError(405, "the server does not allow this method on the requested "
                                  "resource")
        if document is not None:
            return Answer(200, document)
        if request.path.startswith(HEALTH):
            return Answer(200, "ok")
        raise status.no_such_path()

    def _resource(self, request, action):
        if action.full_resource == "serviceaccounts/token" and action.verb == "create":
            return self._token(request, action)
        resource = resources.find(action.group, action.resource)
        if action.subresource or action.verb not in resource.verbs:
            raise status.ApiError(405, "the server does not allow this method on the requested "
                                  "resource")
        if resource in resources.REVIEWS:
            return self._review(request, resource)
        namespace = action.namespace if resource.namespaced else ""
        return getattr(self, f"_{action.verb}")(request, resource, namespace, action.name)

    def _token(self, request, action):
        body, warning = self._office.request(action.namespace, action.name, request.content(),
                                             request.token_fault)
        return Answer(201, body, {"Warning": f'299 - "{warning}"'} if warning else {})

    def _create(self, request, resource, namespace, _):
        return Answer(201, self._objects.create(resource, namespace, request.content()))

    def _get(self, request, resource, namespace, name):
        return self._shown(request, resource, self._objects.get(resource, namespace, name))

    def _list(self, request, resource, namespace, _):
        return self._shown(request, resource,
                           self._objects.list(resource, namespace, request.query))

    def _update(self, request, resource, namespace, name):
        return Answer(200, self._objects.update(resource, namespace, name, request.content()))

    def _patch(self, request, resource, namespace, name):
        kind = (request.headers.get("Content-Type") or "").partition(";")[0]
        if kind not in PATCHES:
            raise status.ApiError(415, "the body of the request was in an unknown format - "
                                  f"accepted media types include: {', '.join(PATCHES)}")
        return Answer(200, self._objects.patch(resource, namespace, name, request.content()))

    def _delete(self, request, resource, namespace, name):
        return Answer(200, self._objects.delete(resource, namespace, name, request.content()))

    def _deletecollection(self, request, resource, namespace, _):
        return Answer(200, self._objects.delete_collection(resource, namespace, request.query))

    def _shown(self, request, resource, answer):
        version = tables.wanted(request.headers.get("Accept") or "")
        if version:
            answer = tables.table(version, resource, answer, self._clock.now())
        return Answer(200, answer)

    def _review(self, request, resource):
        body = request.content()
        spec = body.get("spec") or {}
        if resource.kind == "SelfSubjectReview":
            outcome = {"userInfo": request.user.as_json()}
        elif resource.kind == "TokenReview":
            outcome = self._token_review(spec)
        else:
            action = access.action_of_review(spec)
            outcome = {"allowed": access.allowed(request.user, action, self._faults.denials())}
        meta = {"creationTimestamp": self._clock.stamp()}
        answer = {"kind": resource.kind, "apiVersion": resource.api_version, "metadata": meta}
        return Answer(201, answer | ({"spec": spec} if spec else {}) | {"status": outcome})

    def _token_review(self, spec):
        audience = (spec.get("audiences") or [self._office.issuer])[0]
        user = self._office.authenticate(spec.get("token", ""), audience)
        if user is None:
            return {"authenticated": False, "user": {}, "error": "invalid bearer token"}
        return {"authenticated": True, "user": user.as_json(), "audiences": [audience]}
