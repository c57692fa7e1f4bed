"""What a user of the official Python SDK does, step by step; ends with status 0 if each step works as
the SDK expects. Reads the variables that sdk_test.py sets."""

import base64
import json
import os

from infisical_sdk import InfisicalSDKClient
from infisical_sdk.infisical_requests import InfisicalError

CHECK = json.loads(os.environ["CHECK"])
PLACE = {"project_slug": "shop", "environment_slug": "prod", "path": "/k8s"}


def subject(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))["sub"]


def refused(status, call, **arguments):
    try:
        call(**arguments)
    except InfisicalError as error:
        assert str(status) in str(error), error
        return
    raise AssertionError(f"it is not refused with {status}")


def lease_life(client):
    leases = client.dynamic_secrets.leases
    made = leases.create(dynamic_secret_name="deployer", ttl="20m", **PLACE)
    assert subject(made.data["TOKEN"]) == "system:serviceaccount:ci:deployer"
    assert made.dynamicSecret.type == "kubernetes"
    assert leases.get(lease_id=made.lease.id, **PLACE).id == made.lease.id
    renewed = leases.renew(lease_id=made.lease.id, ttl="15m", **PLACE)
    assert renewed.expireAt > made.lease.expireAt
    assert leases.revoke(lease_id=made.lease.id, **PLACE).id == made.lease.id
    refused(404, leases.revoke, lease_id=made.lease.id, **PLACE)
    usual = leases.create(dynamic_secret_name="deployer", **PLACE)
    leases.revoke(lease_id=usual.lease.id, is_forced=True, **PLACE)


def main():
    with InfisicalSDKClient(host=CHECK["site"]) as client:
        login = client.auth.universal_auth.login
        login(client_id=CHECK["universal"]["clientId"],
              client_secret=CHECK["universal"]["clientSecret"])
        lease_life(client)
        leases = client.dynamic_secrets.leases
        refused(422, leases.create, dynamic_secret_name="deployer", ttl="5s", **PLACE)
        refused(400, leases.create, dynamic_secret_name="deployer", ttl="30h", **PLACE)
        refused(401, login, client_id=CHECK["universal"]["clientId"], client_secret="wrong")
    with InfisicalSDKClient(host=CHECK["site"]) as client:
        # It signs Content-Length and does not send it.
        client.auth.aws_auth.login(identity_id=CHECK["identityId"])
        lease_life(client)
    print("the SDK is content")


main()
