"""A lease by what is installed in a root directory of its own."""

import json


def lease_once(own, kubeconfig, *command):
    """`command` of the root makes a lease of the admin's kubeconfig, and a second call is a hit.
    Answers the token."""
    with open(kubeconfig, encoding="utf-8") as file:
        own.put("home/admin", file.read())
    own.ok(*command, "setup", "dev", "--from-context", "admin", "--from-kubeconfig", "/home/admin",
           "--namespace", "ci", "--service-account", "deployer", "--store", "file", "--force")
    tokens = {json.loads(own.ok(*command, "credential", "--profile", "dev"))["status"]["token"]
              for _ in range(2)}
    if len(tokens) != 1:
        raise AssertionError("the second call was no hit")
    return tokens.pop()
