"""The provider `kubernetes`: what a definition's leases are in the cluster (contract, section 4)."""

import math
import time

import cluster
import username

MASK = "[REDACTED]"


class ProviderError(Exception):
    """Its text may go to the caller: credentials are masked in it."""

    def __init__(self, message, code=0):
        super().__init__(message)
        self.code = code


class Provider:
    def __init__(self, world, switches):
        self._world = world
        self._switches = switches

    def test(self, inputs):
        """The connection test on save. Rolls nothing back, as the original."""
        remains = []
        try:
            target = self._reach(inputs)
            if inputs["credentialType"] == "static":
                target.account(inputs["namespace"], inputs["serviceAccountName"])
                return
            for namespace in namespaces(inputs):
                self._rehearse(target, inputs, namespace, remains)
        except cluster.ClusterError as error:
            by_hand = f". Delete by hand: {', '.join(remains)}" if remains else ""
            raise ProviderError(_masked(f"{error}{by_hand}", inputs), error.code) from None

    def create(self, definition, actor, expires, config):
        """(name of the account, token); `expires` None asks for the cluster's default."""
        inputs = definition.inputs
        namespace = self._namespace(inputs, config)
        try:
            target = self._reach(inputs)
            if inputs["credentialType"] == "static":
                account = inputs["serviceAccountName"]
            else:
                account = username.render(definition.username_template, actor.who.name,
                                          self._world.clock.now(), definition)
                target.create_account(namespace, account)
            return account, self._grant(target, inputs, namespace, account, expires)
        except cluster.ClusterError as error:
            raise ProviderError(_masked(str(error), inputs), error.code) from None

    def revoke(self, definition, account, config):
        inputs = definition.inputs
        if inputs["credentialType"] == "static":
            return
        namespace = (config or {}).get("namespace") or namespaces(inputs)[0]
        try:
            target = self._reach(inputs)
            self._delete(lambda: target.unbind(namespace, account, inputs["roleType"]))
            self._delete(lambda: target.delete_account(namespace, account))
        except cluster.ClusterError as error:
            raise ProviderError(_masked(str(error), inputs, account), error.code) from None

    def _delete(self, call):
        try:
            call()
        except cluster.ClusterError as error:
            if error.code != 404 or self._switches["B6"]:
                raise

    def _grant(self, target, inputs, namespace, account, expires):
        """Binding, if any, and token; what stands already stays when one fails (B2)."""
        dynamic = inputs["credentialType"] == "dynamic"
        done = [lambda: target.delete_account(namespace, account)] if dynamic else []
        try:
            if dynamic:
                target.bind(namespace, account, inputs["role"], inputs["roleType"])
                done.insert(0, lambda: target.unbind(namespace, account, inputs["roleType"]))
            token = target.token(namespace, account, self._seconds(expires), inputs["audiences"])
        except cluster.ClusterError:
            if not self._switches["B2"]:
                for undo in done:
                    undo()
            raise
        return self._world.secret(token)

    def _seconds(self, expires):
        """Whole seconds that remain, which is one less than was asked for (B1)."""
        if expires is None:
            return None
        if self._switches["token_seconds"] is not None:
            return self._switches["token_seconds"]
        remaining = expires - self._world.clock.now()
        return math.floor(remaining - 0.001) if self._switches["B1"] else math.ceil(remaining)

    def _rehearse(self, target, inputs, namespace, remains):
        account = username.random_name()
        target.create_account(namespace, account)
        remains.append(f"service account {namespace}/{account}")
        target.bind(namespace, account, inputs["role"], inputs["roleType"])
        remains.append(f"{inputs['roleType']} binding {account}-role-binding")
        target.token(namespace, account, 600, inputs["audiences"])
        target.unbind(namespace, account, inputs["roleType"])
        remains.pop()
        target.delete_account(namespace, account)
        remains.pop()

    def _namespace(self, inputs, config):
        allowed = namespaces(inputs)
        wanted = (config or {}).get("namespace") or allowed[0]
        if wanted not in allowed:
            one = len(allowed) == 1
            raise ProviderError(f"Namespace {wanted} is not allowed. Allowed "
                                f"namespace{'' if one else 's'}: {', '.join(allowed)}.")
        return wanted

    def _reach(self, inputs):
        """The cluster; by way of a gateway if the definition says so."""
        gateway = self._gateway(inputs)
        if gateway:
            time.sleep(gateway.get("delay", 0))
        if inputs["authMethod"] == "gateway":
            self._world.secret(gateway["token"])
            return cluster.Cluster(gateway["url"], gateway["token"], gateway.get("ca"))
        return cluster.Cluster(inputs["url"], inputs["clusterToken"],
                               inputs.get("ca") if inputs["sslEnabled"] else None,
                               inputs["sslRejectUnauthorized"])

    def _gateway(self, inputs):
        names = [inputs.get("gatewayId")]
        if inputs.get("gatewayPoolId"):
            names = self._world.gateway_pools.get(inputs["gatewayPoolId"], [])
        if names == [None]:
            return None
        for name in names:
            if name in self._world.gateways and self._world.gateways[name].get("healthy", True):
                return self._world.gateways[name]
        raise cluster.ClusterError("gateway: no healthy gateway can be reached")


def namespaces(inputs):
    return [name.strip() for name in inputs["namespace"].split(",")]


def _masked(text, inputs, *names):
    for secret in (inputs.get("clusterToken"), *names):
        text = text.replace(secret, MASK) if secret else text
    return text
