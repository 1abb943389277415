"""Tables of custom kinds, against those of a real kube-apiserver."""

import asyncio
import datetime as dt
from functools import partial
from typing import Any

import pytest

from aiokube.testing import ControlPlane
from aiokube.testing.apiserver.tables import Column, CustomColumn, Include, custom_printer, table
from realserver import real_server

_TYPES = ["string", "integer", "number", "boolean", "date"]
_VALUES: dict[str, Any] = {
    "text": "<a> & b",
    "empty": "",
    "zero": 0,
    "whole": 7,
    "great": 10000000.0,
    "part": 1.5,
    "yes": True,
    "map": {"b": [1, "<"], "a": None},
    "list": ["x", {"y": 2.5}],
    "time": "2015-01-01T00:00:00Z",
    "offset": "2015-01-01T00:00:00+02:00",
}


async def test_each_value_in_each_type_of_column_is_as_kube_apiserver_has_it(
    control_plane: ControlPlane, namespace: str
) -> None:
    group = f"{namespace}.example.com"
    collection = f"/apis/{group}/v1/namespaces/{namespace}/things"
    columns = [(f"{value}-{kind}", kind, value) for value in [*_VALUES, "missing"] for kind in _TYPES]
    await control_plane.request("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", _crd(group, columns))
    try:
        await _served(control_plane, collection)
        thing = {"apiVersion": f"{group}/v1", "kind": "Thing", "metadata": {"name": "a"}, "spec": _VALUES}
        await control_plane.request("POST", collection, thing)
        async with real_server(control_plane) as real:
            answer = await real.table(collection)
    finally:
        crd = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.{group}"
        await control_plane.request("DELETE", crd)
    objects = [row["object"] for row in answer["rows"]]
    ours = table(_printer(columns), objects, metadata=answer["metadata"], now=_now(), include=Include.OBJECT)
    assert ours["columnDefinitions"] == answer["columnDefinitions"]
    assert _cells(ours) == _cells(answer)
    assert ours == answer


def test_null_is_no_value() -> None:
    printer = custom_printer(CustomColumn(Column(kind, kind), lambda obj: [None]) for kind in _TYPES)
    assert printer.cells({"metadata": {"name": "a"}}, _now()) == ["a", "<no value>", None, None, None, None]


@pytest.mark.parametrize(("text", "cell"), [("", "<unknown>"), ("null", "<unknown>"), ("yesterday", "<invalid>")])
def test_date_that_is_none(text: str, cell: str) -> None:
    printer = custom_printer([CustomColumn(Column("When", "date"), lambda obj: [text])])
    assert printer.cells({}, _now()) == ["", cell]


def _crd(group: str, columns: list[tuple[str, str, str]]) -> Any:
    printed = [{"name": name, "type": kind, "jsonPath": f".spec.{value}"} for name, kind, value in columns]
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
        "additionalPrinterColumns": printed,
    }
    names = {"plural": "things", "singular": "thing", "kind": "Thing", "listKind": "ThingList"}
    spec = {"group": group, "scope": "Namespaced", "names": names, "versions": [version]}
    return {"metadata": {"name": f"things.{group}"}, "spec": spec}


async def _served(control_plane: ControlPlane, collection: str) -> None:
    async with asyncio.timeout(30):
        async with real_server(control_plane) as real:
            while not await real.serves(collection):
                pass


def _printer(columns: list[tuple[str, str, str]]) -> Any:
    described = "Custom resource definition column (in JSONPath format): .spec."
    return custom_printer(
        CustomColumn(Column(name, kind, "", f"{described}{value}"), partial(_find, value))
        for name, kind, value in columns
    )


def _find(value: str, obj: Any) -> list[Any]:
    return [obj["spec"][value]] if value in obj["spec"] else []


def _cells(answer: Any) -> dict[str, Any]:
    names = [column["name"] for column in answer["columnDefinitions"]]
    return dict(zip(names, answer["rows"][0]["cells"], strict=True))


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
