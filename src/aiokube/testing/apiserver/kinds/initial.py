"""What kube-apiserver makes when it starts, besides namespaces and roles: what `initial.json` has, and its endpoints.

`scripts/initial_objects.py` writes the file anew, from a real one. The Service `kubernetes` is not here: it has to
be there before its address is.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from typing import Final

import msgspec

from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.kinds.rules import Object

__all__ = ["ADVERTISED_ADDRESS", "initial"]

ADVERTISED_ADDRESS: Final = "192.0.2.1"
"""Where pods would find the server: of the network for documentation, because there are no pods on loopback."""

_HOME: Final = {"name": "kubernetes", "namespace": "default"}


def initial(*, now: str, port: int) -> Iterator[tuple[GroupResource, Object]]:
    """Give all of them, each with its resource; without what a server sets, such as a uid.

    Args:
        now: since when they are as they are.
        port: of the endpoints of the Service `kubernetes`.
    """
    text = resources.files(__package__).joinpath("initial.json").read_bytes()
    for resource, objects in msgspec.json.decode(text).items():
        group, _, plural = resource.partition("/")
        for obj in objects:
            for entry in obj["metadata"].get("managedFields", ()):
                entry["time"] = now
            for condition in obj.get("status", {}).get("conditions", ()):
                condition["lastTransitionTime"] = now
            yield GroupResource(group, plural), obj
    yield GroupResource("", "endpoints"), _endpoints(port)
    yield GroupResource("discovery.k8s.io", "endpointslices"), _endpoint_slice(port)


def _endpoints(port: int) -> Object:
    subset = {"addresses": [{"ip": ADVERTISED_ADDRESS}], "ports": [_port(port)]}
    return {"metadata": _HOME | {"labels": {"endpointslice.kubernetes.io/skip-mirror": "true"}}, "subsets": [subset]}


def _endpoint_slice(port: int) -> Object:
    return {
        "metadata": _HOME | {"generation": 1, "labels": {"kubernetes.io/service-name": "kubernetes"}},
        "addressType": "IPv4",
        "endpoints": [{"addresses": [ADVERTISED_ADDRESS], "conditions": {"ready": True}}],
        "ports": [_port(port)],
    }


def _port(port: int) -> Object:
    return {"name": "https", "port": port, "protocol": "TCP"}
