"""The one rule of searching, on a small catalog."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from aiokube._machinery.catalog import Catalog, ListDescription, parse_terms
from aiokube._machinery.discovery import STALE, GroupVersion, ResourceDescription, SubresourceDescription


def described(kind: str, group_version: str, name: str = "", **attributes: Any) -> ResourceDescription:
    group, _, version = group_version.rpartition("/")
    return ResourceDescription(
        prefix="apis" if group else "api",
        group=group,
        api_version=version,
        kind=kind,
        name=name or f"{kind.lower()}s",
        singular_name=kind.lower(),
        **attributes,
    )


def version_of(group_version: str, *resources: ResourceDescription, **attributes: Any) -> GroupVersion:
    group, _, version = group_version.rpartition("/")
    return GroupVersion("apis" if group else "api", group, version, resources=resources, **attributes)


POD = described(
    "Pod",
    "v1",
    namespaced=True,
    preferred=True,
    short_names=("po",),
    categories=("all",),
    verbs=("get", "list", "watch"),
    subresources=(SubresourceDescription("status"), SubresourceDescription("sev/cert")),
)
NODE = described("Node", "v1", preferred=True, short_names=("no",), verbs=("get",))
CORE_EVENT = described("Event", "v1", namespaced=True, preferred=True, short_names=("ev",))
DEPLOYMENT = described(
    "Deployment", "apps/v1", namespaced=True, preferred=True, short_names=("deploy",), categories=("all",)
)
EVENT = described("Event", "events.k8s.io/v1", namespaced=True, preferred=True, short_names=("ev",))
HPA2 = described("HorizontalPodAutoscaler", "autoscaling/v2", namespaced=True, preferred=True)
HPA1 = described("HorizontalPodAutoscaler", "autoscaling/v1", namespaced=True)
INGRESS = described("Ingress", "networking.k8s.io/v1", "ingresses", namespaced=True, preferred=True)

CATALOG = Catalog(
    [
        version_of("v1", POD, NODE, CORE_EVENT),
        version_of("apps/v1", DEPLOYMENT),
        version_of("events.k8s.io/v1", EVENT),
        version_of("autoscaling/v2", HPA2),
        version_of("autoscaling/v1", HPA1),
        version_of("networking.k8s.io/v1", INGRESS),
        version_of("metrics.k8s.io/v1beta1", failure=STALE),
    ]
)


def search(**terms: Any) -> list[Any]:
    named = {name: terms.pop(name) for name in ("prefix", "group", "api_version", "kind") if name in terms}
    return list(CATALOG.search(parse_terms(**named, attributes=terms)))


@pytest.mark.parametrize(
    ("terms", "found"),
    [
        ({"kind": "Pod"}, [POD]),
        ({"kind": "Event"}, [CORE_EVENT, EVENT]),
        ({"kind": "Event", "api_version": "v1"}, [CORE_EVENT, EVENT]),
        ({"kind": "Event", "prefix": "api"}, [CORE_EVENT]),
        ({"kind": "Event", "api_version": "events.k8s.io/v1"}, [EVENT]),
        ({"kind": "Event", "group": "events.k8s.io"}, [EVENT]),
        ({"kind": "Event", "group": "events.k8s.io", "api_version": "events.k8s.io/v1"}, [EVENT]),
        ({"kind": "Event", "group": "events.k8s.io", "api_version": "v1"}, [EVENT]),
        ({"kind": "Event", "group": "apps", "api_version": "events.k8s.io/v1"}, []),
        ({"kind": "Event", "group_version": "v1"}, [CORE_EVENT]),
        ({"kind": "Deployment", "api_version": "v1"}, [DEPLOYMENT]),
        ({"kind": "Deployment", "api_version": "apps/v1/x"}, []),
        ({"kind": "Deployment", "api_version": "apps/"}, [DEPLOYMENT]),
        ({"kind": "HorizontalPodAutoscaler"}, [HPA2, HPA1]),
        ({"kind": "HorizontalPodAutoscaler", "preferred": True}, [HPA2]),
        ({"kind": "HorizontalPodAutoscaler", "preferred": False}, [HPA1]),
        ({"kind": "pod"}, []),
        ({"name": "ingresses"}, [INGRESS]),
        ({"name": "pods", "namespaced": True}, [POD]),
        ({"name": "pods", "namespaced": False}, []),
        ({"kind": "Pod", "name": "zzz", "namespaced": True}, []),
        ({"namespaced": False}, [NODE]),
        ({"singular_name": "ingress"}, [INGRESS]),
        ({"singularName": "ingress"}, [INGRESS]),
        ({"short_names": "ev"}, [CORE_EVENT, EVENT]),
        ({"shortNames": ["deploy"]}, [DEPLOYMENT]),
        ({"categories": "all"}, [POD, DEPLOYMENT]),
        ({"categories": "all", "group": "apps"}, [DEPLOYMENT]),
        ({"verbs": "watch"}, [POD]),
        ({"verbs": ["get", "list"]}, [POD]),
        ({"verbs": ["get", "fly"]}, []),
        ({"subresources": "sev/cert"}, [POD]),
        ({"kind": "Pod", "name": None, "short_names": [], "singular_name": ""}, [POD]),
        ({"prefix": None, "group": "", "api_version": "", "kind": "Pod"}, [POD]),
    ],
)
def test_all_given_terms_must_match(terms: dict[str, Any], found: list[Any]) -> None:
    assert search(**terms) == found


def test_list_kind_finds_the_list_and_not_its_base() -> None:
    assert search(kind="PodList") == [ListDescription(POD)]
    assert search(kind="EventList", api_version="v1") == [ListDescription(CORE_EVENT), ListDescription(EVENT)]
    (found,) = search(kind="DeploymentList", group="apps")
    assert (found.kind, found.group, found.api_version, found.prefix) == ("DeploymentList", "apps", "v1", "apis")


def test_list_of_anything_is_found_in_core() -> None:
    assert search(kind="List") == [ListDescription()]
    assert search(kind="List", api_version="v1") == [ListDescription()]
    assert search(kind="List", group="apps") == []


def test_kind_that_ends_like_a_list_is_found_as_itself() -> None:
    allow, wish = described("Allow", "g/v1"), described("AllowList", "g/v1")
    found = Catalog([version_of("g/v1", allow, wish)]).search(parse_terms(kind="AllowList"))
    assert found == [wish, ListDescription(allow)]


def test_search_without_a_kind_gives_each_with_its_list_and_core_first() -> None:
    assert search(group="apps") == [DEPLOYMENT, ListDescription(DEPLOYMENT)]
    kinds = [match.kind for match in search()]
    assert kinds[:8] == ["Pod", "PodList", "Node", "NodeList", "Event", "EventList", "List", "Deployment"]


def test_kind_with_two_resources_has_one_list() -> None:
    one, two = described("X", "g/v1", "xs"), described("X", "g/v1", "ys")
    catalog = Catalog([version_of("g/v1", one, two)])
    assert catalog.search(parse_terms(kind="XList")) == [ListDescription(one)]
    assert catalog.search(parse_terms(kind="X")) == [one, two]


def test_order_is_the_servers() -> None:
    assert CATALOG.resources == (POD, NODE, CORE_EVENT, DEPLOYMENT, EVENT, HPA2, HPA1, INGRESS)
    assert [match for match in search() if isinstance(match, ResourceDescription)] == list(CATALOG.resources)


@pytest.mark.parametrize("name", ["shortname", "colour", "client"])
def test_unknown_attribute_is_refused(name: str) -> None:
    with pytest.raises(TypeError, match=f"cannot be searched by '{name}'"):
        parse_terms(attributes={name: "x"})


def test_unknown_attribute_names_the_nearest() -> None:
    with pytest.raises(TypeError, match="did you mean short_names"):
        parse_terms(attributes={"shortname": "po"})


@pytest.mark.parametrize(
    ("terms", "suggested"),
    [
        ({"kind": "pod"}, ["Pod in v1"]),
        ({"kind": "po"}, ["Pod in v1"]),
        ({"kind": "pods"}, ["Pod in v1"]),
        ({"kind": "Deployment", "group": "extensions"}, ["Deployment in apps/v1"]),
        ({"kind": "Deploymet"}, ["Deployment in apps/v1"]),
        ({"kind": "podlist"}, ["Pod in v1"]),
        ({"kind": "event"}, ["Event in v1", "Event in events.k8s.io/v1"]),
        ({"kind": "Quux"}, []),
        ({}, []),
    ],
)
def test_what_is_near_is_suggested(terms: dict[str, Any], suggested: list[str]) -> None:
    assert CATALOG.suggestions(parse_terms(**terms)) == suggested


def test_near_name_is_suggested_by_kind() -> None:
    assert CATALOG.suggestions(parse_terms(attributes={"name": "ingress"})) == ["Ingress in networking.k8s.io/v1"]


@pytest.mark.parametrize(
    ("terms", "asked_for"),
    [
        ({"group": "metrics.k8s.io"}, True),
        ({"api_version": "metrics.k8s.io/v1beta1"}, True),
        ({"group": "metrics.k8s.io", "api_version": "v1beta1", "kind": "X"}, True),
        ({"api_version": "metrics.k8s.io/v1"}, False),
        ({"api_version": "v1beta1"}, False),
        ({"kind": "NodeMetrics"}, False),
        ({"group": "apps"}, False),
    ],
)
def test_group_is_asked_for_when_it_is_named(terms: dict[str, Any], asked_for: bool) -> None:
    ((version, failure),) = CATALOG.failures
    assert failure is STALE
    assert parse_terms(**terms).names(version) is asked_for


def test_core_group_is_asked_for_by_prefix_or_its_version() -> None:
    core, other = version_of("v1"), version_of("g/v1")
    assert parse_terms(api_version="v1").names(core)
    assert parse_terms(prefix="api").names(core)
    assert not parse_terms(api_version="v1").names(other)
    assert not parse_terms(group="g", api_version="v1").names(core)


def test_contradictions_say_what_is_wrong() -> None:
    assert "version or group/version" in parse_terms(api_version="a/b/c").contradiction
    assert "not of the group 'apps'" in parse_terms(group="apps", api_version="batch/v1").contradiction


def test_descriptions_survive_encoding() -> None:
    encoded = msgspec.json.encode(CATALOG.versions)
    assert msgspec.json.decode(encoded, type=tuple[GroupVersion, ...]) == CATALOG.versions
