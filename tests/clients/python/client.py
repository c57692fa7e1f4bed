"""A program with the official Python client, steered from stdin (see tests/clients/README.md)."""

import concurrent.futures
import json
import sys

from kubernetes import client, config


def call(api):
    try:
        api.list_namespaced_config_map("ci")
        return None
    except Exception as error:  # pylint: disable=broad-except
        return str(error)


def main():
    config.load_kube_config(sys.argv[1], context=sys.argv[2])
    api = client.CoreV1Api()
    for line in sys.stdin:
        count, parallel = map(int, line.split())
        with concurrent.futures.ThreadPoolExecutor(parallel) as pool:
            said = list(pool.map(lambda _: call(api), range(count)))
        errors = [one for one in said if one is not None]
        print(json.dumps({"ok": count - len(errors), "errors": errors}), flush=True)


main()
