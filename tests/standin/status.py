"""Errors of the Kubernetes API: `Status` objects with the wording of the real API server.

https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
"""

REASONS = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    409: "Conflict",
    415: "UnsupportedMediaType",
    422: "Invalid",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
    504: "Timeout",
}


def status_object(code, message, reason=None, details=None):
    status = {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success" if code < 400 else "Failure",
    }
    if message:
        status["message"] = message
    if code >= 400:
        status["reason"] = reason or REASONS.get(code, "")
    if details:
        status["details"] = details
    status["code"] = code
    return status


class ApiError(Exception):
    """Ends the handling of a request with a Status."""

    def __init__(self, code, message, reason=None, details=None, headers=None):
        super().__init__(message)
        self.code = code
        self.headers = headers or {}
        self.body = status_object(code, message, reason, details)


def unauthorized():
    return ApiError(401, "Unauthorized")


def bad_request(message):
    return ApiError(400, message)


def no_such_path():
    return ApiError(404, "the server could not find the requested resource", details={})


def not_found(plural, name, group=""):
    suffix = f".{group}" if group else ""
    details = {"name": name, "kind": plural} | ({"group": group} if group else {})
    return ApiError(404, f'{plural}{suffix} "{name}" not found', details=details)


def already_exists(plural, name, group=""):
    suffix = f".{group}" if group else ""
    details = {"name": name, "kind": plural} | ({"group": group} if group else {})
    return ApiError(409, f'{plural}{suffix} "{name}" already exists', "AlreadyExists", details)


def conflict(plural, name, why):
    message = f'Operation cannot be fulfilled on {plural} "{name}": {why}'
    return ApiError(409, message, details={"name": name, "kind": plural})


def invalid(kind, group, name, field, why, cause="FieldValueInvalid"):
    qualified = f"{kind}.{group}" if group else kind
    details = {"name": name, "group": group, "kind": kind,
               "causes": [{"reason": cause, "message": why, "field": field}]}
    details = {key: value for key, value in details.items() if value}
    return ApiError(422, f'{qualified} "{name}" is invalid: {field}: {why}', details=details)


def forbidden(user, action):
    """What RBAC answers; `action` is an Action of access.py."""
    if action.path:
        return ApiError(403, f'forbidden: User "{user}" cannot {action.verb} path "{action.path}"',
                        details={})
    where = (f'in the namespace "{action.namespace}"' if action.namespace
             else "at the cluster scope")
    group = f".{action.group}" if action.group else ""
    named = f' "{action.name}"' if action.name else ""
    message = (f'{action.resource}{group}{named} is forbidden: User "{user}" cannot {action.verb} '
               f'resource "{action.full_resource}" in API group "{action.group}" {where}')
    details = {"name": action.name, "group": action.group, "kind": action.resource}
    return ApiError(403, message,
                    details={key: value for key, value in details.items() if value})
