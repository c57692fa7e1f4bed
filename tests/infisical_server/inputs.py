"""The inputs of the provider `kubernetes` (contract, 3.1), checked and with their defaults."""

import ipaddress
import re
import urllib.parse

import forms
import refusals

URL = re.compile(r"https?://.+")
NAMESPACE = re.compile(r"[A-Za-z0-9-]+")


def read(value, path):
    """The inputs as they are kept; raises the 422 with everything that is wrong."""
    form = forms.Form(value, path)
    kind = form.choice("credentialType", ("static", "dynamic"))
    kept = {
        "credentialType": kind,
        "authMethod": form.choice("authMethod", ("api", "gateway"), default="api"),
        "url": form.text("url", default=None, trim=True),
        "clusterToken": form.text("clusterToken", default=None, trim=True),
        "ca": form.text("ca", default=None),
        "sslEnabled": form.boolean("sslEnabled", default=False),
        "sslRejectUnauthorized": form.boolean("sslRejectUnauthorized", default=True),
        "gatewayId": form.text("gatewayId", default=None),
        "gatewayPoolId": form.text("gatewayPoolId", default=None),
        "audiences": form.array("audiences"),
        "namespace": form.text("namespace", 1, trim=True),
    }
    kept |= _static(form) if kind == "static" else _dynamic(form)
    if kept["namespace"]:
        _check_namespace(form, kind, kept["namespace"])
    _check_audiences(form, kept["audiences"])
    _check_reach(form, kept)
    form.done()
    return kept


def check_address(inputs, internal_allowed):
    """400 for URLs that the platform does not want to call."""
    if not inputs["url"] or inputs["gatewayId"] or inputs["gatewayPoolId"]:
        return
    parts = urllib.parse.urlsplit(inputs["url"])
    if parts.username is not None or parts.password is not None:
        raise refusals.bad_request("URLs with user credentials (e.g., user:pass@) are not allowed")
    if not internal_allowed and _internal(parts.hostname or ""):
        raise refusals.bad_request("Local IPs not allowed as URL")


def _static(form):
    return {"serviceAccountName": form.text("serviceAccountName", 1, trim=True)}


def _dynamic(form):
    return {"roleType": form.choice("roleType", ("cluster-role", "role")),
            "role": form.text("role", 1, trim=True)}


def _check_namespace(form, kind, text):
    names = [name.strip() for name in text.split(",")] if kind == "dynamic" else [text]
    if not all(NAMESPACE.fullmatch(name) for name in names):
        form.issue("namespace", "custom", "Invalid namespace format" if kind == "dynamic"
                   else "Namespace must be a single value and hold only letters, digits and -")


def _check_audiences(form, audiences):
    for index, one in enumerate(audiences or []):
        if not isinstance(one, str) or not one:
            form.issue("audiences", "custom", f"Audience {index} must be a non-empty string")


def _check_reach(form, kept):
    if kept["url"] and not URL.fullmatch(kept["url"]):
        form.issue("url", "invalid_string", "Invalid URL", validation="regex")
    if kept["gatewayId"] and kept["gatewayPoolId"]:
        form.issue("gatewayPoolId", "custom", "Only one of gatewayId and gatewayPoolId can be set")
    if kept["authMethod"] == "api":
        if not kept["url"]:
            form.issue("url", "custom", "When auth method is set to Token, a cluster URL must be "
                       "provided")
        if not kept["clusterToken"]:
            form.issue("clusterToken", "custom", "When auth method is set to Token, a cluster "
                       "token must be provided")
    elif not kept["gatewayId"] and not kept["gatewayPoolId"]:
        form.issue("gatewayId", "custom", "When auth method is set to Gateway, a gateway or "
                   "gateway pool must be selected")


def _internal(host):
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return address.is_private or address.is_loopback
