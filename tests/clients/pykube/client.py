"""A program with pykube-ng, steered from stdin (see tests/clients/README.md)."""

import asyncio

import pykube
import steered


async def start(kubeconfig, context):
    config = pykube.KubeConfig.from_file(kubeconfig)
    config.set_current_context(context)
    api = pykube.HTTPClient(config)
    return lambda: asyncio.to_thread(
        lambda: list(pykube.ConfigMap.objects(api).filter(namespace="ci")))


asyncio.run(steered.serve(start))
