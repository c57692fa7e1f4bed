"""A program with kr8s, steered from stdin (see tests/clients/README.md)."""

import asyncio

import kr8s.asyncio
import steered


async def start(kubeconfig, context):
    api = await kr8s.asyncio.api(kubeconfig=kubeconfig, context=context)

    async def call():
        return [found async for found in api.get("configmaps", namespace="ci")]
    return call


asyncio.run(steered.serve(start))
