"""A client: the verbs, as one controller uses them."""

from __future__ import annotations

from collections.abc import Iterator

from aiokube.testing.apiserver.access.identity import AUTHENTICATED, UserInfo
from aiokube.testing.apiserver.cluster import Cluster
from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.errors import GroupResource, StatusError, not_found
from aiokube.testing.apiserver.resources import Resource
from aiokube.testing.apiserver.storage import Stored, encode
from aiokube.testing.apiserver.verbs.bind import bind
from aiokube.testing.apiserver.verbs.call import Call, Outcome
from aiokube.testing.apiserver.verbs.create import create
from aiokube.testing.apiserver.verbs.delete import delete
from aiokube.testing.apiserver.verbs.options import DeleteOptions, Preconditions, WriteOptions
from aiokube.testing.apiserver.verbs.patch import APPLY, patch
from aiokube.testing.apiserver.verbs.update import replace

__all__ = ["Client"]

_PODS = GroupResource("", "pods")


class Client:
    """Reads and writes objects in the version they are stored in.

    Args:
        user: who is asking.
        manager: whose the fields are that are written.
    """

    def __init__(self, cluster: Cluster, *, user: str, manager: str) -> None:
        self._cluster = cluster
        self._user = UserInfo(user, groups=(AUTHENTICATED,))
        self._manager = manager

    def get(self, resource: GroupResource, name: str, namespace: str = "") -> Object | None:
        """Return an object, None when there is none."""
        return self._cluster.get(resource, name, namespace)

    def stored(self, resource: GroupResource, namespace: str = "") -> list[Stored]:
        """Return the objects of a namespace, of all for "", not decoded yet."""
        return self._cluster.collection(resource).all(namespace)

    def list(self, resource: GroupResource, namespace: str = "") -> Iterator[Object]:
        """Return the objects of a namespace, of all for ""."""
        return self._cluster.list(resource, namespace)

    def create(self, resource: GroupResource, obj: Object, namespace: str = "") -> Object:
        """Create an object and return it as it is stored."""
        call = self._call(resource, namespace)
        return _object(create(self._cluster, call, self._sent(call, obj)))

    def update(self, resource: GroupResource, obj: Object, *, subresource: str = "") -> Object:
        """Put an object, or a part of one, in the place of what is there; return it as it is stored."""
        metadata = obj["metadata"]
        call = self._call(resource, metadata.get("namespace", ""), metadata["name"], subresource)
        return _object(replace(self._cluster, call, self._sent(call, obj)))

    def apply(self, resource: GroupResource, obj: Object) -> Object:
        """Apply an object, whoever else owns its fields; return it as it is stored."""
        metadata = obj["metadata"]
        call = self._call(resource, metadata.get("namespace", ""), metadata["name"])
        options = WriteOptions(field_manager=self._manager, force=True)
        return _object(patch(self._cluster, call, APPLY, encode(obj), options))

    def delete(
        self,
        resource: GroupResource,
        name: str,
        namespace: str = "",
        *,
        uid: str | None = None,
        propagation: str | None = None,
        grace_seconds: int | None = None,
    ) -> None:
        """Delete an object, or begin to; one that is gone, or is another, is no error."""
        options = DeleteOptions(
            propagationPolicy=propagation,
            gracePeriodSeconds=grace_seconds,
            preconditions=Preconditions(uid=uid) if uid else None,
        )
        try:
            delete(self._cluster, self._call(resource, namespace, name), options)
        except StatusError as error:
            if error.reason not in ("NotFound", "Conflict"):
                raise

    def bind(self, pod: Object, node: str) -> None:
        """Put a pod on a node."""
        metadata = pod["metadata"]
        call = self._call(_PODS, metadata["namespace"], metadata["name"])
        bind(
            self._cluster,
            call,
            {"metadata": {"name": metadata["name"], "uid": metadata["uid"]}, "target": {"kind": "Node", "name": node}},
        )

    def _sent(self, call: Call, obj: Object) -> Object:
        """Return an object as it arrives: controllers speak protobuf, in which what is empty is not there."""
        return call.resource.codec.normal(call.resource.codec.decode(obj).object)

    def _call(self, resource: GroupResource, namespace: str, name: str = "", subresource: str = "") -> Call:
        return Call(
            self._resource(resource),
            namespace=namespace,
            name=name,
            subresource=subresource,
            user=self._user,
            manager=self._manager,
        )

    def _resource(self, resource: GroupResource) -> Resource:
        """Return a resource in the version it is stored in.

        Raises:
            StatusError: it is not served any more (404).
        """
        for found in self._cluster.resources:
            if found.collection == resource and found.api_version == found.stored_api_version:
                return found
        raise not_found(resource, "")


def _object(outcome: Outcome) -> Object:
    return outcome.object.object() if isinstance(outcome.object, Stored) else dict(outcome.object)
