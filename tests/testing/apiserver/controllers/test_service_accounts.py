"""What every namespace has, on both servers."""

from typing import Any

_ACCOUNT = "/api/v1/namespaces/NAMESPACE/serviceaccounts/default"
_ROOT_CA = "/api/v1/namespaces/NAMESPACE/configmaps/kube-root-ca.crt"


async def test_default_service_account_comes_back(cluster: Any) -> None:
    account = await cluster.until(lambda: cluster.find(_ACCOUNT))
    await cluster.request("DELETE", _ACCOUNT)

    async def another() -> Any:
        found = await cluster.find(_ACCOUNT)
        return found if found and found["metadata"]["uid"] != account["metadata"]["uid"] else None

    found = await cluster.until(another)
    assert set(found) == {"apiVersion", "kind", "metadata"}
    assert set(found["metadata"]) == {"creationTimestamp", "name", "namespace", "resourceVersion", "uid"}


async def test_root_certificate_is_put_right(cluster: Any) -> None:
    root = await cluster.until(lambda: cluster.find(_ROOT_CA))
    assert root["data"]["ca.crt"].startswith("-----BEGIN CERTIFICATE-----")
    await cluster.request(
        "PATCH", _ROOT_CA, {"data": {"ca.crt": "forged"}, "metadata": {"annotations": None}}, merge=True
    )

    async def is_right() -> Any:
        found = await cluster.find(_ROOT_CA)
        return found["data"] == root["data"] and found["metadata"]["annotations"] == root["metadata"]["annotations"]

    await cluster.until(is_right)
    (description,) = root["metadata"]["annotations"].values()
    assert description.startswith("Contains a CA bundle that can be used to verify the kube-apiserver")
    assert description.endswith("No other usage is guaranteed across distributions of Kubernetes clusters.")
