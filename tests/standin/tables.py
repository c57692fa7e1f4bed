"""The Table form of answers, which kubectl prints (`Accept: …;as=Table`).

https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables
"""

import datetime


def _phase(pod):
    return pod.get("status", {}).get("phase", "Pending")


COLUMNS = {
    "namespaces": (("Status", lambda item: "Active"),),
    "pods": (("Ready", lambda item: "1/1" if _phase(item) == "Running" else "0/1"),
             ("Status", _phase),
             ("Restarts", lambda item: "0")),
    "secrets": (("Type", lambda item: item.get("type", "")),
                ("Data", lambda item: len(item.get("data") or {}))),
    "serviceaccounts": (("Secrets", lambda item: len(item.get("secrets") or [])),),
}


def wanted(accept):
    """The apiVersion of the Table to answer with, or None when the client wants the objects. What
    it likes best comes first."""
    for choice in accept.split(","):
        parameters = dict(part.strip().partition("=")[::2] for part in choice.split(";"))
        if parameters.get("as") == "Table" and parameters.get("g") == "meta.k8s.io":
            return f"meta.k8s.io/{parameters.get('v', 'v1')}"
        if parameters.get("as") is None and "application/json" in choice:
            return None
    return None


def table(api_version, resource, answer, now):
    items = answer["items"] if "items" in answer else [answer]
    columns = COLUMNS.get(resource.plural, ())
    headings = ["Name", *(heading for heading, _ in columns), "Age"]
    return {
        "kind": "Table",
        "apiVersion": api_version,
        "metadata": {key: value for key, value in answer["metadata"].items()
                     if key in ("resourceVersion", "continue", "remainingItemCount")},
        "columnDefinitions": [{"name": heading, "type": "string", "priority": 0, "description": "",
                               "format": "name" if heading == "Name" else ""}
                              for heading in headings],
        "rows": [_row(item, columns, api_version, now) for item in items],
    }


def _row(item, columns, api_version, now):
    age = _age(item["metadata"]["creationTimestamp"], now)
    return {
        "cells": [item["metadata"]["name"], *(cell(item) for _, cell in columns), age],
        "object": {"kind": "PartialObjectMetadata", "apiVersion": api_version,
                   "metadata": item["metadata"]},
    }


def _age(created, now):
    born = datetime.datetime.fromisoformat(created.replace("Z", "+00:00")).timestamp()
    seconds = max(0, int(now - born))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= 2 * size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
