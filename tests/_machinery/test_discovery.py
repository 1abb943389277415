"""Documents of both forms, shortened from a kube-apiserver 1.36's, to the same descriptions."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiokube._machinery.discovery import (
    ACCEPT,
    STALE,
    GroupVersion,
    ResourceDescription,
    SubresourceDescription,
    parse_resources,
    parse_root,
    parse_version,
    resources_request,
    root_request,
    version_request,
)
from aiokube._machinery.errors import InvalidSegment, MalformedObject

POD_VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]

AGGREGATED_CORE: dict[str, Any] = {
    "kind": "APIGroupDiscoveryList",
    "apiVersion": "apidiscovery.k8s.io/v2",
    "metadata": {},
    "items": [
        {
            "metadata": {"creationTimestamp": None},
            "versions": [
                {
                    "version": "v1",
                    "freshness": "Current",
                    "resources": [
                        {
                            "resource": "pods",
                            "responseKind": {"group": "", "version": "", "kind": "Pod"},
                            "scope": "Namespaced",
                            "singularResource": "pod",
                            "verbs": POD_VERBS,
                            "shortNames": ["po"],
                            "categories": ["all"],
                            "subresources": [
                                {
                                    "subresource": "eviction",
                                    "responseKind": {"group": "policy", "version": "v1", "kind": "Eviction"},
                                    "acceptedTypes": [{"group": "", "version": "v1", "kind": "DeleteOptions"}],
                                    "verbs": ["create"],
                                },
                                {
                                    "subresource": "status",
                                    "responseKind": {"group": "", "version": "v1", "kind": "Pod"},
                                    "verbs": ["get", "patch", "update"],
                                },
                                {"subresource": "foo/bar", "responseKind": None, "verbs": None},
                            ],
                        },
                        {
                            "resource": "namespaces",
                            "responseKind": {"group": "", "version": "", "kind": "Namespace"},
                            "scope": "Cluster",
                            "singularResource": "namespace",
                            "verbs": ["get"],
                            "shortNames": ["ns"],
                        },
                    ],
                }
            ],
        }
    ],
}

LEGACY_CORE: dict[str, Any] = {
    "kind": "APIResourceList",
    "groupVersion": "v1",
    "resources": [
        {
            "name": "pods/eviction",
            "singularName": "",
            "namespaced": True,
            "group": "policy",
            "version": "v1",
            "kind": "Eviction",
            "verbs": ["create"],
        },
        {
            "name": "pods",
            "singularName": "",
            "namespaced": True,
            "kind": "Pod",
            "verbs": POD_VERBS,
            "shortNames": ["po"],
            "categories": ["all"],
            "storageVersionHash": "xPOwRZ+Yhw8=",
        },
        {
            "name": "pods/status",
            "singularName": "",
            "namespaced": True,
            "kind": "Pod",
            "verbs": ["get", "patch", "update"],
        },
        {"name": "pods/foo/bar", "singularName": "", "namespaced": True, "kind": "", "verbs": None},
        {
            "name": "namespaces",
            "singularName": "",
            "namespaced": False,
            "kind": "Namespace",
            "verbs": ["get"],
            "shortNames": ["ns"],
        },
    ],
}

POD = ResourceDescription(
    prefix="api",
    group="",
    api_version="v1",
    kind="Pod",
    name="pods",
    singular_name="pod",
    namespaced=True,
    preferred=True,
    verbs=tuple(POD_VERBS),
    short_names=("po",),
    categories=("all",),
    subresources=(
        SubresourceDescription("eviction", "Eviction", "policy", "v1", namespaced=True, verbs=("create",)),
        SubresourceDescription("status", "Pod", namespaced=True, verbs=("get", "patch", "update")),
        SubresourceDescription("foo/bar", namespaced=True),
    ),
)
NAMESPACE = ResourceDescription(
    prefix="api",
    group="",
    api_version="v1",
    kind="Namespace",
    name="namespaces",
    singular_name="namespace",
    preferred=True,
    verbs=("get",),
    short_names=("ns",),
)


def encoded(document: object) -> bytes:
    return json.dumps(document).encode()


def group(name: str, *versions: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": {"name": name}, "versions": list(versions)}


def aggregated(*groups: dict[str, Any], api_version: str = "apidiscovery.k8s.io/v2") -> bytes:
    return encoded({"kind": "APIGroupDiscoveryList", "apiVersion": api_version, "items": list(groups)})


def test_aggregated_document_describes_resources_and_subresources() -> None:
    (core,) = parse_root("api", encoded(AGGREGATED_CORE))
    assert core.resources == (POD, NAMESPACE)
    assert (core.prefix, core.group, core.version, core.preferred) == ("api", "", "v1", True)


def test_aggregated_v2beta1_reads_as_v2() -> None:
    beta = {**AGGREGATED_CORE, "apiVersion": "apidiscovery.k8s.io/v2beta1"}
    assert parse_root("api", encoded(beta)) == parse_root("api", encoded(AGGREGATED_CORE))


def test_legacy_documents_give_the_same_descriptions() -> None:
    """Also where the older server leaves the singular name empty and mixes the order."""
    (core,) = parse_root("api", encoded({"kind": "APIVersions", "versions": ["v1"]}))
    assert core.pending
    assert parse_resources(core, encoded(LEGACY_CORE)).resources == (POD, NAMESPACE)


def test_subresource_kind_is_foreign_only_when_it_is_not_of_the_parents_version() -> None:
    (core,) = parse_root("api", encoded(AGGREGATED_CORE))
    assert core.resources is not None
    kinds = {it.name: (it.group, it.version, it.kind) for it in core.resources[0].subresources}
    assert kinds == {"eviction": ("policy", "v1", "Eviction"), "status": ("", "", "Pod"), "foo/bar": ("", "", "")}


def test_core_kind_under_another_group_is_foreign() -> None:
    """Its group is empty, and its version says that this is meant."""
    sub = {"subresource": "pods", "responseKind": {"group": "", "version": "v1", "kind": "Pod"}, "verbs": ["get"]}
    parent = {"resource": "x", "responseKind": {"kind": "X"}, "scope": "Cluster", "subresources": [sub]}
    (version,) = parse_root("apis", aggregated(group("g", {"version": "v1", "resources": [parent]})))
    assert version.resources is not None
    assert version.resources[0].subresources == (SubresourceDescription("pods", "Pod", "", "v1", verbs=("get",)),)


def test_parent_without_a_kind_is_no_resource() -> None:
    """Servers make one up for subresources whose parent has no operations."""
    orphans = [
        {"resource": "pods", "responseKind": {"group": "", "version": "", "kind": ""}, "scope": "Namespaced"},
        {"resource": "nodes", "responseKind": None, "scope": "Cluster"},
    ]
    (version,) = parse_root("apis", aggregated(group("g", {"version": "v1", "resources": orphans})))
    assert version.resources == ()


def test_stale_version_keeps_what_is_known_and_its_failure() -> None:
    (core,) = parse_root("api", encoded(AGGREGATED_CORE))
    stale = json.loads(encoded(AGGREGATED_CORE))
    stale["items"][0]["versions"][0]["freshness"] = "Stale"
    (read,) = parse_root("api", encoded(stale))
    assert (read.resources, read.failure) == (core.resources, STALE)
    assert not read.pending


def test_first_version_that_is_not_stale_is_preferred() -> None:
    versions = parse_root(
        "apis",
        aggregated(
            group("g", {"version": "v3", "freshness": "Stale"}, {"version": "v2"}, {"version": "v1"}),
            group("stale", {"version": "v1", "freshness": "Stale"}),
        ),
    )
    assert [(str(it), it.preferred) for it in versions] == [
        ("g/v3", False),
        ("g/v2", True),
        ("g/v1", False),
        ("stale/v1", True),
    ]


def test_legacy_preferred_version_comes_first() -> None:
    groups = {
        "kind": "APIGroupList",
        "groups": [
            {
                "name": "autoscaling",
                "versions": [
                    {"groupVersion": "autoscaling/v1", "version": "v1"},
                    {"groupVersion": "autoscaling/v2", "version": "v2"},
                ],
                "preferredVersion": {"groupVersion": "autoscaling/v2", "version": "v2"},
            }
        ],
    }
    versions = parse_root("apis", encoded(groups))
    assert [(it.version, it.preferred, it.pending) for it in versions] == [("v2", True, True), ("v1", False, True)]


@pytest.mark.parametrize("preferred", [None, {"version": "v9", "groupVersion": "g/v9"}])
def test_legacy_group_without_a_usable_preferred_version_prefers_its_first(preferred: object) -> None:
    groups = {
        "kind": "APIGroupList",
        "groups": [{"name": "g", "versions": [{"version": "v1"}, {"version": "v2"}], "preferredVersion": preferred}],
    }
    assert [(it.version, it.preferred) for it in parse_root("apis", encoded(groups))] == [
        ("v1", True),
        ("v2", False),
    ]


@pytest.mark.parametrize(
    "document",
    [
        {"kind": "APIGroupDiscoveryList", "items": None},
        {"kind": "APIGroupDiscoveryList", "items": [{"metadata": {"name": "g"}, "versions": None}]},
        {"kind": "APIGroupList", "groups": None},
        {"kind": "APIGroupList", "groups": [{"name": "g", "versions": None}]},
        {"kind": "APIVersions", "versions": None},
    ],
)
def test_null_lists_are_empty(document: dict[str, Any]) -> None:
    assert parse_root("apis", encoded(document)) == ()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"null",
        b'{"kind": "Status", "code": 200}',
        b'{"kind": "APIGroupList", "groups": [{"name": 7}]}',
        b'{"kind": "APIGroupDiscoveryList", "items": {}}',
        b'{"kind": "APIGroupDiscoveryList", "items": [{"metadata": {"name": "\xff"}}]}',
        b'{"a":' * 100_000,
    ],
)
def test_other_bodies_are_malformed(body: bytes) -> None:
    with pytest.raises(MalformedObject, match="malformed discovery document: "):
        parse_root("apis", body)


@given(
    st.binary()
    | st.recursive(
        st.none() | st.text() | st.integers(),
        lambda x: (
            st.lists(x)
            | st.dictionaries(
                st.sampled_from(["kind", "items", "groups", "versions", "metadata", "name", "resources"]), x
            )
        ),
    ).map(encoded)
)
def test_any_body_is_read_or_malformed(body: bytes) -> None:
    for parse in (
        lambda: parse_root("apis", body),
        lambda: parse_resources(GroupVersion("apis", "g", "v1"), body),
        lambda: parse_version(body),
    ):
        with contextlib.suppress(MalformedObject):
            parse()


def test_resource_list_of_another_kind_is_malformed() -> None:
    with pytest.raises(MalformedObject, match="'APIGroupList'"):
        parse_resources(GroupVersion("apis", "g", "v1"), b'{"kind": "APIGroupList"}')


def test_requests_ask_for_all_forms_and_are_bounded() -> None:
    request = root_request("apis", etag='"abc"')
    assert (request.method, request.url) == ("GET", "/apis")
    assert dict(request.headers) == {"Accept": ACCEPT, "If-None-Match": '"abc"'}
    assert [part.rpartition(";v=")[2] for part in ACCEPT.split(",")] == [
        "v2;as=APIGroupDiscoveryList",
        "v2beta1;as=APIGroupDiscoveryList",
        "application/json",
    ]
    assert request.timeouts is not None
    assert request.timeouts.total == 32
    assert "If-None-Match" not in dict(root_request("api").headers)


def test_group_version_request_paths() -> None:
    assert resources_request(GroupVersion("api", "", "v1")).url == "/api/v1"
    assert resources_request(GroupVersion("apis", "apps", "v1")).url == "/apis/apps/v1"
    assert version_request().url == "/version"


@pytest.mark.parametrize("name", ["..", "a/b", "a?b", "a%2fb", ""])
def test_group_version_that_could_climb_out_is_refused(name: str) -> None:
    with pytest.raises(InvalidSegment):
        resources_request(GroupVersion("apis", "g", name))
