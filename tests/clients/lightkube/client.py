"""A program with lightkube, steered from stdin (see tests/clients/README.md)."""

import asyncio

import steered
from lightkube import Client, KubeConfig
from lightkube.resources.core_v1 import ConfigMap


async def start(kubeconfig, context):
    api = Client(config=KubeConfig.from_file(kubeconfig).get(context))
    return lambda: asyncio.to_thread(lambda: list(api.list(ConfigMap, namespace="ci")))


asyncio.run(steered.serve(start))
