"""What is kept beside Services, on both servers."""

from typing import Any

_SERVICES = "/api/v1/namespaces/NAMESPACE/services"
_ADDRESSES = "/apis/networking.k8s.io/v1/ipaddresses"


async def test_each_address_of_a_service_is_an_object(cluster: Any) -> None:
    service = await cluster.request("POST", _SERVICES, {"metadata": {"name": "a"}, "spec": {"ports": [{"port": 80}]}})
    path = f"{_ADDRESSES}/{service['spec']['clusterIP']}"
    address = await cluster.until(lambda: cluster.find(path))
    assert address["spec"]["parentRef"] == {"resource": "services", "namespace": cluster.namespace, "name": "a"}
    await cluster.request("DELETE", f"{_SERVICES}/a")
    await cluster.until_gone(path)


async def test_endpoints_go_with_their_service(cluster: Any) -> None:
    endpoints = "/api/v1/namespaces/NAMESPACE/endpoints"
    await cluster.request("POST", _SERVICES, {"metadata": {"name": "a"}, "spec": {"ports": [{"port": 80}]}})
    await cluster.request("POST", endpoints, {"metadata": {"name": "a"}})
    await cluster.request("DELETE", f"{_SERVICES}/a")
    await cluster.until_gone(f"{endpoints}/a")
