"""Aggregated cluster roles, on both servers."""

from typing import Any

_ROLES = "/apis/rbac.authorization.k8s.io/v1/clusterroles"


async def test_rules_are_those_of_the_selected_roles(cluster: Any) -> None:
    label = {f"example.com/{cluster.namespace}": "true"}
    names = [f"{cluster.namespace}-{suffix}" for suffix in ("whole", "b", "a")]
    whole = {"metadata": {"name": names[0]}, "aggregationRule": {"clusterRoleSelectors": [{"matchLabels": label}]}}
    await cluster.request("POST", _ROLES, whole)
    rules = [{"apiGroups": [""], "resources": [name], "verbs": ["get"]} for name in ("pods", "secrets")]
    for name, own in zip(names[1:], ([*rules], [rules[1]]), strict=True):
        await cluster.request("POST", _ROLES, {"metadata": {"name": name, "labels": label}, "rules": own})

    whole_rules = [
        {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]},
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]},
    ]

    async def is_whole() -> Any:
        found = await cluster.find(f"{_ROLES}/{names[0]}")
        return found if found["rules"] == whole_rules else None

    found = await cluster.until(is_whole)
    entries = [(entry["manager"], entry["operation"]) for entry in found["metadata"]["managedFields"]]
    assert ("clusterrole-aggregation-controller", "Apply") in entries
    await cluster.request("DELETE", f"{_ROLES}/{names[1]}")

    async def is_less() -> Any:
        return len((await cluster.find(f"{_ROLES}/{names[0]}"))["rules"]) == 1

    await cluster.until(is_less)
    for name in (names[0], names[2]):
        await cluster.request("DELETE", f"{_ROLES}/{name}")
