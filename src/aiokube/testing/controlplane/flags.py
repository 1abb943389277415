"""The command lines of the three programs, which run in the directory of their control plane.

etcd listens on a unix socket in that directory, which only its owner can enter: no port to race for, and nobody
else on the machine can read or write the store. Paths to sockets are relative, because a unix socket's path may
have no more than 107 bytes.
"""

from pathlib import Path
from typing import Literal

__all__ = ["CONTROLLERS", "Controllers", "api_server", "controller_manager", "etcd"]

Controllers = Literal["default", "all", "none"]

ETCD_SOCKET = "etcd.sock"

# Without these a deleted namespace stays Terminating for ever, owned objects outlive their owners, service
# accounts have no default, aggregated ClusterRoles such as admin are empty, and quotas limit nothing.
CONTROLLERS: dict[Controllers, str] = {
    "default": (
        "namespace-controller,garbage-collector-controller,serviceaccount-controller,"
        "root-ca-certificate-publisher-controller,clusterrole-aggregation-controller,resourcequota-controller"
    ),
    "all": "*",
}


def etcd() -> list[str]:
    """A store of one member, which need not survive a crash of the machine."""
    peer = "http://localhost:2380"  # where other members would find it; nothing listens there
    return [
        "--name=aiokube",
        "--data-dir=etcd",
        f"--listen-client-urls=unix://{ETCD_SOCKET}",
        "--advertise-client-urls=http://localhost:2379",  # must have a port; only clients that sync read it
        "--listen-peer-urls=unix://etcd-peer.sock",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=aiokube={peer}",
        "--unsafe-no-fsync",
        # A member that is alone elects itself after one election timeout, by default a second.
        "--heartbeat-interval=20",
        "--election-timeout=100",
    ]


def api_server(port: int, *, service_accounts: bool) -> list[str]:
    """A kube-apiserver on 127.0.0.1.

    Args:
        port: is held by the supervisor with SO_REUSEPORT, so that nobody takes it between two runs.
        service_accounts: whether something makes the service account without which no pod is admitted.
    """
    flags = [
        f"--etcd-servers=unix://{ETCD_SOCKET}",
        "--bind-address=127.0.0.1",
        f"--secure-port={port}",
        "--permit-port-sharing=true",
        # Would else be the address of an interface, and a machine without a network has none. This one is
        # reserved for documentation (RFC 5737); loopback is refused in Endpoints.
        "--advertise-address=192.0.2.1",
        "--tls-cert-file=server.pem",
        "--tls-private-key-file=server-key.pem",
        "--client-ca-file=ca.pem",
        "--service-account-issuer=https://kubernetes.default.svc",
        "--service-account-key-file=service-accounts-key.pem",
        "--service-account-signing-key-file=service-accounts-key.pem",
        "--service-cluster-ip-range=10.0.0.0/24",
        "--authentication-token-webhook-config-file=token-webhook.kubeconfig",
        "--authentication-token-webhook-version=v1",
        "--authorization-mode=RBAC",
        "--allow-privileged=true",
        # Without it SIGTERM takes a minute as soon as anybody watches.
        "--shutdown-watch-termination-grace-period=1s",
    ]
    return flags if service_accounts else [*flags, "--disable-admission-plugins=ServiceAccount"]


def controller_manager(kubeconfig: Path, controllers: Controllers) -> list[str]:
    """A kube-controller-manager that serves nothing itself and works as the admin."""
    return [
        f"--kubeconfig={kubeconfig}",
        f"--controllers={CONTROLLERS[controllers]}",
        "--leader-elect=false",
        "--secure-port=0",
        "--service-account-private-key-file=service-accounts-key.pem",
        "--root-ca-file=ca.pem",
        "--cluster-signing-cert-file=ca.pem",
        "--cluster-signing-key-file=ca-key.pem",
        # The defaults, 20 and 30 a second, are for sparing a cluster and make tests wait for each other.
        "--kube-api-qps=500",
        "--kube-api-burst=1000",
    ]
