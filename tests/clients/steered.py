"""What the clients in Python share: a program that is told on stdin how often to call."""

import asyncio
import json
import sys


def text(error):
    return "%s: %s" % (type(error).__name__, error)


async def serve(start):
    """`start(KUBECONFIG, CONTEXT)` answers what makes one call each time."""
    loop, call = asyncio.get_running_loop(), None

    async def said_by(gate):
        async with gate:
            try:
                await call()
                return None
            except Exception as error:  # pylint: disable=broad-except
                return text(error)

    while line := await loop.run_in_executor(None, sys.stdin.readline):
        count, parallel = map(int, line.split())
        try:
            call = call or await start(*sys.argv[1:3])
            gate = asyncio.Semaphore(parallel)
            said = await asyncio.gather(*(said_by(gate) for _ in range(count)))
        except Exception as error:  # pylint: disable=broad-except
            said = [text(error)] * count
        errors = [error for error in said if error is not None]
        print(json.dumps({"ok": count - len(errors), "errors": errors}), flush=True)
