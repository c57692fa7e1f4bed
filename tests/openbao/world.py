"""An OpenBao whose Kubernetes engine leases from a cluster: what an operator would have set up."""

import base64

from tests.openbao.server import OpenBao

ACCOUNT = """
apiVersion: v1
kind: Namespace
metadata: {name: vault}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: vault, namespace: vault}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: vault}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: vault, namespace: vault}]
"""
PODS = """
rules:
- apiGroups: [""]
  resources: [pods]
  verbs: [list]
"""
# What people who lease need, and no more.
LEASES = {"kubernetes/creds/*": ["update"], "sys/leases/revoke/kubernetes/creds/*": ["update"]}


def furnish(cluster):
    """The cluster's part: namespaces ci and stage, the account ci/deployer, the role reader."""
    for space in ("ci", "stage"):
        cluster.kubectl("create", "namespace", space)
        cluster.kubectl("create", "role", "reader", "--namespace", space, "--verb=get,list",
                        "--resource=configmaps")
    cluster.kubectl("create", "clusterrole", "reader", "--verb=get,list", "--resource=configmaps")
    cluster.kubectl("create", "serviceaccount", "deployer", "--namespace", "ci")
    cluster.apply(ACCOUNT)


def start(cluster, **options):
    """An OpenBao that leases from the cluster; `options` are its own."""
    bao = OpenBao(**options)
    mount(bao, cluster)
    return bao


def mount(bao, cluster, at="kubernetes", policy="lease"):
    """The engine, with roles of every kind, and the policy of those who lease."""
    jwt = cluster.kubectl("create", "token", "vault", "--namespace", "vault", "--duration",
                          "24h").strip()
    bao.write(f"sys/mounts/{at}", {"type": "kubernetes"})
    bao.write(f"{at}/config", {"kubernetes_host": cluster.server, "service_account_jwt": jwt,
                               "kubernetes_ca_cert": base64.b64decode(cluster.ca_data).decode(),
                               "disable_local_ca_jwt": True})
    everywhere = {"allowed_kubernetes_namespaces": ["*"], "token_max_ttl": "2h"}
    for name, role in {
            "static": {"service_account_name": "deployer",
                       "allowed_kubernetes_namespaces": ["ci"]},
            "binding": {"kubernetes_role_name": "reader", **everywhere},
            "cluster": {"kubernetes_role_name": "reader", "kubernetes_role_type": "ClusterRole",
                        **everywhere},
            "rules": {"generated_role_rules": PODS, **everywhere}}.items():
        bao.write(f"{at}/roles/{name}", role)
    bao.policy(policy, {path.replace("kubernetes/", f"{at}/"): what
                        for path, what in LEASES.items()})
