"""What a table has around its cells."""

import datetime as dt
from typing import Any

import pytest

from aiokube.testing import ControlPlane
from aiokube.testing.apiserver.errors import StatusError
from aiokube.testing.apiserver.tables import (
    Include,
    builtin_printer,
    parse_include,
    partial_metadata,
    table,
)
from realserver import real_server

_NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
_PARTIAL = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"
_CLUSTER_ROLES = "/apis/rbac.authorization.k8s.io/v1/clusterroles"


@pytest.mark.parametrize("include", Include)
async def test_rows_have_of_their_objects_what_was_asked_for(control_plane: ControlPlane, include: Include) -> None:
    async with real_server(control_plane) as real:
        answer = await real.table(f"{_CLUSTER_ROLES}?limit=3", include=include.value)
        objects = (await real.get(f"{_CLUSTER_ROLES}?limit=3"))["items"]
    kind = {"kind": "ClusterRole", "apiVersion": "rbac.authorization.k8s.io/v1"}
    printer = builtin_printer("rbac.authorization.k8s.io", "ClusterRole")
    ours = table(printer, [kind | obj for obj in objects], metadata=answer["metadata"], now=_NOW, include=include)
    assert "continue" in answer["metadata"]
    assert ours == answer


async def test_unknown_include_is_refused_as_kube_apiserver_does(control_plane: ControlPlane) -> None:
    async with real_server(control_plane) as real:
        answer = await real.table("/api/v1/namespaces", include="All")
    with pytest.raises(StatusError) as caught:
        parse_include("All")
    assert caught.value.status == answer
    assert parse_include("") is Include.METADATA


async def test_events_of_a_watch_have_columns_once(control_plane: ControlPlane) -> None:
    """The bookmark at the end of the initial events is a row of nothing, whatever a row was to have."""
    query = (
        "watch=1&timeoutSeconds=60&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
    )
    async with real_server(control_plane) as real:
        events = await real.table_events(f"{_CLUSTER_ROLES}?{query}&includeObject=None")
        objects = {obj["metadata"]["resourceVersion"]: obj for obj in (await real.get(_CLUSTER_ROLES))["items"]}
    mark = events[-1]
    annotated = {"metadata": mark["object"]["rows"][0]["object"]["metadata"]}
    for index, event in enumerate(events):
        obj = annotated if event is mark else objects[event["object"]["metadata"]["resourceVersion"]]
        assert _event_table(obj, headed=index == 0) == event["object"]


def _event_table(obj: Any, *, headed: bool) -> Any:
    printer = builtin_printer("rbac.authorization.k8s.io", "ClusterRole")
    return table(printer, [obj], metadata=obj["metadata"], now=_NOW, include=Include.NONE, headed=headed)


async def test_metadata_alone(control_plane: ControlPlane) -> None:
    async with real_server(control_plane) as real:
        obj = await real.get(f"{_CLUSTER_ROLES}/view")
        assert partial_metadata(obj) == await real.get(f"{_CLUSTER_ROLES}/view", accept=_PARTIAL)
        older = await real.get(f"{_CLUSTER_ROLES}/view", accept=_PARTIAL.replace("v=v1;", "v=v1beta1;"))
        assert partial_metadata(obj, version="v1beta1") == older
