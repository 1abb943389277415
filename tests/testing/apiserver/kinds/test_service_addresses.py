from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest

from aiokube.testing.apiserver.errors import GroupResource, StatusError
from aiokube.testing.apiserver.kinds import service_addresses
from aiokube.testing.apiserver.kinds.rules import Object


@dataclass
class Stored:
    """A server that has these Services."""

    services: list[Object] = field(default_factory=list)
    dry_run: bool = False
    user: str = ""
    user_info: Object = field(default_factory=dict)

    def now(self) -> str:
        return "2026-01-01T00:00:00Z"

    def get(self, resource: GroupResource, name: str, namespace: str = "") -> Object | None:
        return None

    def list(self, resource: GroupResource, namespace: str = "") -> Iterable[Object]:
        return self.services if resource.resource == "services" else ()


def _service(**spec: Any) -> Object:
    return {"metadata": {"name": "a"}, "spec": {"type": "ClusterIP"} | spec}


def _made(stored: Stored, **spec: Any) -> Object:
    service = _service(**spec)
    service_addresses.allocate_create(service, stored)
    stored.services.append(service)
    return service


def test_services_have_addresses_of_their_own() -> None:
    stored = Stored()
    given = [_made(stored)["spec"]["clusterIP"] for _ in range(5)]
    assert len(set(given)) == 5


def test_all_addresses_are_given_and_then_no_more() -> None:
    stored = Stored()
    given = {_made(stored)["spec"]["clusterIP"] for _ in range(254)}
    assert {"10.0.0.1", "10.0.0.254"} <= given
    assert not given & {"10.0.0.0", "10.0.0.255"}
    with pytest.raises(StatusError, match='failed to allocate a serviceIP for Service "a": range is full') as refused:
        _made(stored)
    assert refused.value.code == 500


def test_an_address_can_be_asked_for_once() -> None:
    stored = Stored()
    assert _made(stored, clusterIPs=["10.0.0.9"], clusterIP="10.0.0.9")["spec"]["clusterIPs"] == ["10.0.0.9"]
    with pytest.raises(StatusError, match=r"failed to allocate IP 10\.0\.0\.9: provided IP is already allocated"):
        _made(stored, clusterIPs=["10.0.0.9"], clusterIP="10.0.0.9")


def test_a_dry_run_takes_any_address_of_the_range() -> None:
    stored = Stored()
    _made(stored, clusterIPs=["10.0.0.9"], clusterIP="10.0.0.9")
    stored.dry_run = True
    assert _made(stored, clusterIPs=["10.0.0.9"], clusterIP="10.0.0.9")["spec"]["clusterIP"] == "10.0.0.9"


def test_addresses_come_back_when_a_service_goes() -> None:
    stored = Stored()
    for _ in range(254):
        _made(stored)
    gone = stored.services.pop()
    assert _made(stored)["spec"]["clusterIP"] == gone["spec"]["clusterIP"]


def test_one_number_under_two_protocols_has_one_node_port() -> None:
    ports = [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}, {"port": 54, "protocol": "TCP"}]
    one, other, third = _made(Stored(), type="NodePort", ports=ports)["spec"]["ports"]
    assert one["nodePort"] == other["nodePort"] != third["nodePort"]
    assert one["nodePort"] in service_addresses.NODE_PORTS


def test_a_node_port_is_given_once() -> None:
    stored = Stored()
    _made(stored, type="NodePort", ports=[{"port": 1, "nodePort": 30001}])
    with pytest.raises(
        StatusError, match=r"spec\.ports\[0\]\.nodePort: Invalid value: 30001: provided port is already"
    ):
        _made(stored, type="NodePort", ports=[{"port": 1, "nodePort": 30001}])
    with pytest.raises(StatusError, match="The range of valid ports is 30000-32767"):
        _made(stored, type="NodePort", ports=[{"port": 1, "nodePort": 3}])


def test_an_update_keeps_node_ports_and_gives_those_that_are_missing() -> None:
    stored = Stored()
    old = _made(stored, type="NodePort", ports=[{"port": 1, "name": "a", "nodePort": 30001}])
    new = _service(
        type="NodePort",
        clusterIP=old["spec"]["clusterIP"],
        clusterIPs=old["spec"]["clusterIPs"],
        ports=[{"port": 1, "name": "a", "nodePort": 30001}, {"port": 2, "name": "b"}],
    )
    service_addresses.allocate_update(new, old, stored)
    kept, given = (port["nodePort"] for port in new["spec"]["ports"])
    assert kept == 30001 != given


def test_load_balancers_may_do_without_node_ports() -> None:
    made = _made(Stored(), type="LoadBalancer", allocateLoadBalancerNodePorts=False, ports=[{"port": 1}])
    assert "nodePort" not in made["spec"]["ports"][0]


def test_external_names_have_no_address() -> None:
    made = _made(Stored(), type="ExternalName", externalName="example.com")
    assert made["spec"].keys() == {"type", "externalName"}


def test_headless_services_without_selector_are_of_both_families() -> None:
    made = _made(Stored(), clusterIP="None", clusterIPs=["None"])
    assert made["spec"]["ipFamilies"] == ["IPv4", "IPv6"]
    assert made["spec"]["ipFamilyPolicy"] == "RequireDualStack"


def test_the_addresses_of_a_service_are_objects_too() -> None:
    service = {"metadata": {"name": "a", "namespace": "n"}, "spec": {"clusterIPs": ["10.0.0.9"]}}
    (address,) = service_addresses.ip_address_objects(service)
    assert address["metadata"]["name"] == "10.0.0.9"
    assert address["spec"]["parentRef"] == {"resource": "services", "namespace": "n", "name": "a"}
