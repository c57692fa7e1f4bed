"""Very many hits in a row, and what they leave."""

from tests.support.sandbox import PROGRAM, exec_info
from tests.support.scales import sizes

LOOP = 'for i in $(seq "$0"); do "$@" >/dev/null || exit 1; done'
OF_ONE_PARENT = 1000
# The file of who was handed what grows up to its last slot (cache/notes/handing.cpp).
HANDED = 32 + 64 * 40


def add_profile(box, api):
    with open(api.kubeconfig, encoding="utf-8") as file:
        box.write("admin", file.read())
    done = box.leasehold("profile", "add", "dev", "--from-context", "admin", "--from-kubeconfig",
                         box.path("admin"), "--namespace", "ci", "--service-account", "deployer",
                         "--ttl", "24h")
    if done.returncode:
        raise RuntimeError(done.stderr)


def calls(box, api, count):
    """Whether all of them came."""
    info = exec_info(api.server, api.ca_data)
    return box.run("sh", "-c", LOOP, str(count), PROGRAM, "credential", "--profile", "dev",
                   environment={"KUBERNETES_EXEC_INFO": info}, timeout=3600).returncode == 0


def _has_not_grown(before, after):
    return after == before._replace(runtime=after.runtime) and \
        after.runtime.files == before.runtime.files and after.runtime.bytes <= HANDED


def many_hits(box, api, count):
    """(sizes before, sizes after, whether all came and nothing has grown)"""
    add_profile(box, api)
    came = calls(box, api, 2)  # a lease, and what the first hit makes
    before = sizes(box)
    for begin in range(0, count, OF_ONE_PARENT):
        came = came and calls(box, api, min(OF_ONE_PARENT, count - begin))
    after = sizes(box)
    return before, after, came and _has_not_grown(before, after)
