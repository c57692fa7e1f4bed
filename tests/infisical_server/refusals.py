"""Errors as Infisical words them: {reqId, statusCode, message, error, details?}."""

import random
import string

NAMES = {400: "BadRequest", 401: "UnauthorizedError", 403: "ForbiddenError", 404: "NotFound",
         409: "Conflict", 422: "ValidationFailure", 429: "RateLimitExceeded",
         500: "InternalServerError", 504: "GatewayTimeoutError"}


class Refusal(Exception):
    """Ends the handling of a request."""

    def __init__(self, code, message, error=None, details=None, headers=None):
        super().__init__(message)
        self.code = code
        self.headers = headers or {}
        self.body = body(code, message, error, details)


def body(code, message, error=None, details=None):
    answer = {"reqId": request_id(), "statusCode": code, "message": message,
              "error": error or NAMES.get(code, "Error")}
    return answer | ({} if details is None else {"details": details})


def request_id():
    return "req-" + "".join(random.choices(string.ascii_letters + string.digits, k=14))


def bad_request(message):
    return Refusal(400, message)


def unauthorized(message):
    return Refusal(401, message)


def forbidden(message):
    return Refusal(403, message)


def not_found(message):
    return Refusal(404, message)


def conflict(message):
    return Refusal(409, message)


def invalid(issues):
    """`issues` are those of Zod; this is the one error whose message is an array."""
    return Refusal(422, issues)


def internal():
    return Refusal(500, "Something went wrong")


def permission_denied(action, subject, conditions):
    details = [{"action": action, "inverted": False, "subject": subject,
                "conditions": conditions}]
    return Refusal(403, f"You are not allowed to {action} on {subject}", "PermissionDenied",
                   details)


TOKEN_ERRORS = {
    "expired": "Your token has expired. Please re-authenticate.",
    "malformed": "The provided access token is malformed. Please use a valid token or generate a "
                 "new one and try again.",
    "algorithm": "The access token is signed with an invalid algorithm. Please provide a valid "
                 "token and try again.",
    "signature": "The access token's signature is invalid. Please provide a valid token and try "
                 "again.",
}


def token_error(what):
    """`what` is a key of TOKEN_ERRORS."""
    return Refusal(403, TOKEN_ERRORS[what], "TokenError")
