"""A program with kubernetes_asyncio, steered from stdin (see tests/clients/README.md)."""

import asyncio

import steered
from kubernetes_asyncio import client, config


async def start(kubeconfig, context):
    await config.load_kube_config(kubeconfig, context=context)
    api = client.CoreV1Api(client.ApiClient())
    return lambda: api.list_namespaced_config_map("ci")


asyncio.run(steered.serve(start))
