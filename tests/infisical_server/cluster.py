"""What Infisical asks of a Kubernetes API server, and the text it makes of a refusal."""

import http.client
import json
import socket
import ssl
import urllib.parse

TIMEOUT = 10  # seconds, for each request, without another try
RBAC = "/apis/rbac.authorization.k8s.io/v1"


class ClusterError(Exception):
    """Its text is what goes into the answer; `code` is the status, 0 when there was no answer."""

    def __init__(self, message, code=0):
        super().__init__(message)
        self.code = code


class Cluster:
    """`url` counts up to the port; `authority` is PEM and replaces the system's roots."""

    def __init__(self, url, token, authority=None, verify=True, timeout=TIMEOUT):
        parts = urllib.parse.urlsplit(url)
        self._secure = parts.scheme == "https"
        self._host = parts.hostname
        self._port = parts.port or 443
        self._token = token
        self._authority = authority
        self._verify = verify
        self._timeout = timeout

    def account(self, namespace, name):
        return self.ask("GET", f"/api/v1/namespaces/{namespace}/serviceaccounts/{name}")

    def create_account(self, namespace, name):
        self.ask("POST", f"/api/v1/namespaces/{namespace}/serviceaccounts",
                 {"metadata": {"name": name, "namespace": namespace}})

    def bind(self, namespace, account, role, role_type):
        kind = "ClusterRole" if role_type == "cluster-role" else "Role"
        meta = {"name": f"{account}-role-binding"}
        if role_type == "role":
            meta["namespace"] = namespace
        self.ask("POST", _bindings(namespace, role_type), {
            "metadata": meta,
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": role},
            "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": namespace}]})

    def token(self, namespace, account, seconds, audiences):
        """`seconds` None is sent as null."""
        spec = {"expirationSeconds": seconds} | ({"audiences": audiences} if audiences else {})
        answer = self.ask("POST",
                          f"/api/v1/namespaces/{namespace}/serviceaccounts/{account}/token",
                          {"spec": spec})
        return answer["status"]["token"]

    def unbind(self, namespace, account, role_type):
        self.ask("DELETE", f"{_bindings(namespace, role_type)}/{account}-role-binding")

    def delete_account(self, namespace, account):
        self.ask("DELETE", f"/api/v1/namespaces/{namespace}/serviceaccounts/{account}")

    def review(self, token):
        """The user name of a token, or None."""
        answer = self.ask("POST", "/apis/authentication.k8s.io/v1/tokenreviews", {
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview",
            "spec": {"token": token}})
        status = answer.get("status") or {}
        return status["user"]["username"] if status.get("authenticated") else None

    def ask(self, method, path, body=None):
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        connection = None
        try:
            connection = self._connection()
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except socket.timeout:
            raise ClusterError(f"timeout of {self._timeout * 1000}ms exceeded") from None
        except (OSError, http.client.HTTPException) as error:
            raise ClusterError(_network_text(error, self._host, self._port)) from None
        finally:
            if connection:
                connection.close()
        if not 200 <= answer.status < 300:
            raise ClusterError(_refusal_text(answer.status, text), answer.status)
        return json.loads(text)

    def _connection(self):
        if not self._secure:
            return http.client.HTTPConnection(self._host, self._port, timeout=self._timeout)
        context = ssl.create_default_context(cadata=self._authority)
        if not self._verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return http.client.HTTPSConnection(self._host, self._port, context=context,
                                           timeout=self._timeout)


def _bindings(namespace, role_type):
    if role_type == "cluster-role":
        return f"{RBAC}/clusterrolebindings"
    return f"{RBAC}/namespaces/{namespace}/rolebindings"


def _refusal_text(code, text):
    try:
        message = json.loads(text).get("message")
    except (ValueError, AttributeError):
        message = None
    return message or text or f"Request failed with status code {code}"


def _network_text(error, host, port):
    """In the words of node."""
    if isinstance(error, ConnectionRefusedError):
        return f"connect ECONNREFUSED {host}:{port}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "unable to verify the first certificate"
    if isinstance(error, socket.gaierror):
        return f"getaddrinfo ENOTFOUND {host}"
    if isinstance(error, (ConnectionResetError, http.client.RemoteDisconnected)):
        return "socket hang up"
    return str(error)
