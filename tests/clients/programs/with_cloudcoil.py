"""The ten deeds with `cloudcoil`: its pydantic models, one of its own for the custom kind.

It has neither patch nor apply: its users read, change and update, and `save`, which creates or updates; its one patch
is that of `scale`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any, Literal

from cloudcoil.client import Config
from cloudcoil.errors import APIError
from cloudcoil.models.kubernetes.apiextensions.v1 import CustomResourceDefinition
from cloudcoil.models.kubernetes.apps.v1 import Deployment
from cloudcoil.models.kubernetes.core.v1 import ConfigMap
from cloudcoil.pydantic import BaseModel
from cloudcoil.resources import Resource
from manifests import CONFIG_MAPS, config_map, definition, deployment, kettle
from pydantic import Field


class Cups(BaseModel):
    cups: int | None = None
    color: str | None = None


class Program:
    def __init__(self, config: Config, group: str) -> None:
        self._config = config
        self._group = group

    def create(self) -> Any:
        for name, color in CONFIG_MAPS.items():
            _map(name, color).create()
        return _plain(Deployment.model_validate(deployment()).create())

    def read(self) -> Any:
        return _plain(Deployment.get("web"))

    def list(self) -> Any:
        page = ConfigMap.list(limit=1)
        return [_names(ConfigMap.list()), len(page), [each.name for each in page.items], _names(page)]

    def select(self) -> Any:
        return [
            _names(ConfigMap.list(label_selector="color=red")),
            _names(ConfigMap.list(label_selector="color in (blue,green)")),
            _names(ConfigMap.list(field_selector="metadata.name=c")),
        ]

    def patch(self) -> Any:
        web = Deployment.get("web")
        web.spec.template.spec.containers[0].image = "registry.example/web:2"
        web.metadata.labels = {"tier": "front"}
        return [_plain(web.update()), _plain(web.fetch().scale(3))]

    def apply(self) -> Any:
        return [_plain(_map("applied", "red", size="1").save()), _plain(_map("applied", "blue").save())]

    def watch(self) -> Any:
        start = ConfigMap.list().metadata.resource_version
        seen = _map("seen", "red").create()
        seen.data["color"] = "blue"
        seen.update()
        ConfigMap.delete("seen")
        events = []
        for kind, each in ConfigMap.watch(resource_version=start):
            if kind != "BOOKMARK":  # sent when the server sees fit
                events.append([kind, _plain(each)])
            if kind == "DELETED":
                break
        return events

    def delete(self) -> Any:
        one = ConfigMap.delete("a")
        pods = Deployment.delete("web", propagation_policy="background")
        many = ConfigMap.delete_all(label_selector="color=red")
        return [_plain(one), _plain(pods), _names(many), _names(ConfigMap.list(label_selector="color"))]

    def custom_kind(self) -> Any:
        CustomResourceDefinition.model_validate(definition(self._group)).create().wait_for(_established, timeout=30)
        resource = self._model()
        self._discover(resource)
        self._await_served(resource)
        big = resource.model_validate(kettle(self._group, "big", 8)).create()
        refusal = _refusal(lambda: resource.model_validate(kettle(self._group, "none", 0)).create())
        seen = [_plain(big)]
        big.spec = Cups(cups=9)
        big = big.update()
        seen.append(_plain(big))
        big.status = Cups(cups=9)
        seen.append(_plain(big.update_status()))
        listed = [_plain(each) for each in resource.list()]
        deleted = resource.delete("big")
        return [refusal, seen, listed, _plain(deleted), _refusal(lambda: resource.get("big"))]

    def _model(self) -> Any:
        version = f"{self._group}/v1"

        class Kettle(Resource):
            api_version: Literal[version] = Field(version, alias="apiVersion")  # type: ignore[valid-type]
            kind: Literal["Kettle"] = "Kettle"
            spec: Cups | None = None
            status: Cups | None = None

        return Kettle

    def _discover(self, resource: Any) -> None:
        """Return when the custom kind is found, which a server names in its discovery a moment after it serves it."""
        for _ in range(1000):
            self._config.refresh_api_resources()
            try:
                self._config.client_for(resource, sync=True)
            except ValueError:
                continue
            return
        raise AssertionError("the server does not name the custom kind")

    def _await_served(self, resource: Any) -> None:
        """Return when the custom kind is served, which may be a moment after it is discovered."""
        while True:
            try:
                resource.list()
            except ValueError:
                continue  # cloudcoil reads JSON, and this 404 is none
            except APIError as error:
                if error.args[0]["code"] not in (404, 429):
                    raise
            else:
                return

    def error(self) -> Any:
        stale = _map("b", "blue")
        stale.metadata.resource_version = "1"
        nowhere = _map("b", "blue")
        nowhere.namespace = "nowhere"
        wrong = Deployment.model_validate(deployment())
        wrong.name = "Wrong!"
        wrong.spec.template.metadata.labels = {"app": "other"}
        deeds: list[Callable[[], Any]] = [
            lambda: ConfigMap.get("none"),
            lambda: _map("b", "blue").create(),
            stale.update,
            wrong.create,
            nowhere.create,
            lambda: ConfigMap.list(label_selector="a=b=c"),
        ]
        return [_refusal(deed) for deed in deeds]


def _established(kind: str, seen: Any) -> bool:
    conditions = (seen.status and seen.status.conditions) or []
    return any(each.type == "Established" and each.status == "True" for each in conditions)


def _map(name: str, color: str, **data: str) -> ConfigMap:
    return ConfigMap.model_validate(config_map(name, color, **data))


def _plain(model: BaseModel) -> Any:
    return model.model_dump(mode="json", by_alias=True)


def _names(found: Any) -> list[str]:
    return [each.name for each in found]


def _refusal(deed: Callable[[], Any]) -> Any:
    try:
        deed()
    except APIError as error:
        return [type(error).__name__, *error.args]
    return "not refused"


def main(namespace: str, group: str) -> dict[str, Any]:
    with Config(namespace=namespace) as config:
        program = Program(config, group)
        return {
            "create": program.create(),
            "read": program.read(),
            "list": program.list(),
            "select": program.select(),
            "patch": program.patch(),
            "apply": program.apply(),
            "watch": program.watch(),
            "error": program.error(),
            "delete": program.delete(),
            "custom kind": program.custom_kind(),
        }


if __name__ == "__main__":
    json.dump(main(*sys.argv[1:]), sys.stdout)
