"""A cluster without a server: verbs are called as http calls them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from aiokube.testing.apiserver import bootstrap
from aiokube.testing.apiserver.clock import DrivenClock
from aiokube.testing.apiserver.cluster import Cluster
from aiokube.testing.apiserver.verbs.call import Call
from aiokube.testing.apiserver.verbs.create import create

MakeCall = Callable[..., Call]
Put = Callable[..., dict[str, Any]]


@pytest.fixture
def cluster() -> Cluster:
    return bootstrap.cluster(clock=DrivenClock(), history=100)


@pytest.fixture
def call(cluster: Cluster) -> MakeCall:
    """Make a call about config maps of the namespace default, or about what is said."""

    def make(name: str = "", *, plural: str = "configmaps", namespace: str = "default", **more: Any) -> Call:
        resource = cluster.resources.find("", "v1", plural)
        assert resource is not None
        return Call(resource, namespace=namespace, name=name, manager="test", **more)

    return make


@pytest.fixture
def put(cluster: Cluster, call: MakeCall) -> Put:
    """Create an object, and return what is stored."""

    def make(name: str, *, plural: str = "configmaps", namespace: str = "default", **more: Any) -> dict[str, Any]:
        one = call(plural=plural, namespace=namespace)
        metadata = {"name": name} | more.pop("metadata", {})
        create(cluster, one, one.resource.codec.decode({"metadata": metadata} | more).object)
        stored = cluster.get(one.resource.collection, name, namespace)
        assert stored is not None
        return stored

    return make
