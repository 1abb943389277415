"""What the demo does, with nothing but aiokube's public API: one method for each step, in their order."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from aiokube.dynamic import DynamicClient, Resource
from aiokube.dynamic.exceptions import ConflictError, NotFoundError, ResourceNotFoundError

from .demo_screen import PodRow, Screen

__all__ = ["Tour"]

_MANAGER = "barista"
_REPLICAS = 5
_SERVED_SECONDS = 10.0


class Tour:
    """The main job, shown step by step.

    Args:
        kube: the client.
        screen: where it is shown.
        namespace: is made, and removed at the end; the group of the custom kind is named after it.
        patience_seconds: how long the pods may take to be ready; a cluster without nodes never gets there.
        pause_seconds: after each step, for who reads along.
    """

    def __init__(
        self, kube: DynamicClient, screen: Screen, *, namespace: str, patience_seconds: int, pause_seconds: float
    ) -> None:
        self._kube = kube
        self._screen = screen
        self._namespace = namespace
        self._group = f"{namespace}.example.com"
        self._patience_seconds = patience_seconds
        self._pause_seconds = pause_seconds
        self.events = 0

    async def run(self) -> None:
        """Do one step after the other, and remove at the end what was made, also when one fails."""
        try:
            for step in (self._discover, self._define, self._apply, self._conflict, self._scale, self._validate):
                await step()
                await asyncio.sleep(self._pause_seconds)
        finally:
            await self._remove()

    async def _discover(self) -> None:
        self._screen.step("Discover what the cluster serves", "await kube.resources.search()")
        found = [kind for kind in await self._kube.resources.search() if kind.kind and not kind.kind.endswith("List")]
        groups = {kind.group for kind in found}
        version = self._kube.version["kubernetes"]["gitVersion"]
        self._screen.say(f"{len(found)} kinds in {len(groups)} groups, Kubernetes {version}")

    async def _define(self) -> None:
        self._screen.step("Apply a kind of our own", "await definitions.server_side_apply(coffee_kind)")
        namespaces = await self._kube.resources.get(api_version="v1", kind="Namespace")
        await namespaces.create({"metadata": {"name": self._namespace}})
        definitions = await self._definitions()
        await definitions.server_side_apply(self._definition(), field_manager=_MANAGER)
        coffees = await self._coffees()
        self._screen.say(f"{coffees.qualified_name} is served, and was found without a restart or generated code")

    async def _apply(self) -> None:
        self._screen.step("Apply objects of it", "await coffees.server_side_apply(espresso, field_manager=…)")
        coffees = await self._coffees()
        for name, spec in (("espresso", {"cups": 2, "size": "large"}), ("filter", {"cups": 4})):
            coffee = await self._apply_coffee(coffees, name, spec, _MANAGER)
            self._screen.say(f"{coffee.kind} {coffee.metadata.name}: {coffee.spec.cups} cups, {coffee.spec.size}")
        self._screen.say("the second has its size by default, as the kind's schema says", "dim")

    async def _conflict(self) -> None:
        self._screen.step(
            "Two who own the same field", "await coffees.server_side_apply(more_cups, field_manager='autoscaler')"
        )
        coffees = await self._coffees()
        try:
            await self._apply_coffee(coffees, "espresso", {"cups": 5}, "autoscaler")
        except ConflictError as error:
            self._screen.say(f"refused: {error.message}", "yellow")
        coffee = await self._apply_coffee(coffees, "espresso", {"cups": 5}, "autoscaler", force_conflicts=True)
        managers = sorted({entry.manager for entry in coffee.metadata.managedFields})
        self._screen.say(f"force_conflicts=True: {coffee.spec.cups} cups, now managed by {' and '.join(managers)}")

    async def _scale(self) -> None:
        self._screen.step("Scale a Deployment while a watch follows", "async for event in pods.watch(namespace=…)")
        deployments = await self._kube.resources.get(api_version="apps/v1", kind="Deployment")
        pods = await self._kube.resources.get(api_version="v1", kind="Pod")
        await deployments.server_side_apply(self._deployment(), field_manager=_MANAGER)
        scaled = False
        with self._screen.pods() as table:
            async for event in pods.watch(namespace=self._namespace, timeout=self._patience_seconds):
                self.events += 1
                table.change(event["type"], _row(event["object"]))
                if not scaled and len(table.rows) >= 2:
                    scaled = True
                    body = {"spec": {"replicas": _REPLICAS}}
                    await deployments.scale.patch(body, name="web", namespace=self._namespace)
                if table.ready >= _REPLICAS:
                    break
        self._screen.say(f"{table.ready} of {_REPLICAS} pods are ready")

    async def _validate(self) -> None:
        self._screen.step("Validate before applying", "warnings, errors = await kube.avalidate(manifest, strict=True)")
        deployment = self._deployment()
        deployment["spec"]["replica"] = deployment["spec"].pop("replicas")
        for manifest in (deployment, self._coffee("mocha", {"cups": 0, "size": "bucket"})):
            warnings, errors = await self._kube.avalidate(manifest, strict=True)
            for finding in (*warnings, *errors):
                self._screen.say(f"{manifest['kind']}: {finding}", "yellow")

    async def _remove(self) -> None:
        namespaces = await self._kube.resources.get(api_version="v1", kind="Namespace")
        made = ((await self._definitions(), f"coffees.{self._group}"), (namespaces, self._namespace))
        for resource, name in made:
            with contextlib.suppress(NotFoundError):  # a step before it failed
                await resource.delete(name=name)

    async def _definitions(self) -> Resource:
        return await self._kube.resources.get(api_version="apiextensions.k8s.io/v1", kind="CustomResourceDefinition")

    async def _coffees(self) -> Resource:
        """Return the custom kind, once it is served, which takes a real cluster a moment."""
        async with asyncio.timeout(_SERVED_SECONDS):
            while True:
                try:
                    return await self._kube.resources.get(api_version=f"{self._group}/v1", kind="Coffee")
                except ResourceNotFoundError:
                    await asyncio.sleep(0.1)

    async def _apply_coffee(
        self, coffees: Resource, name: str, spec: dict[str, Any], manager: str, *, force_conflicts: bool = False
    ) -> Any:
        return await coffees.server_side_apply(
            self._coffee(name, spec), field_manager=manager, force_conflicts=force_conflicts
        )

    def _coffee(self, name: str, spec: dict[str, Any]) -> dict[str, Any]:
        return {
            "apiVersion": f"{self._group}/v1",
            "kind": "Coffee",
            "metadata": {"name": name, "namespace": self._namespace},
            "spec": spec,
        }

    def _definition(self) -> dict[str, Any]:
        spec = {
            "type": "object",
            "required": ["cups"],
            "properties": {
                "cups": {"type": "integer", "minimum": 1},
                "size": {"type": "string", "enum": ["small", "large"], "default": "small"},
            },
        }
        schema = {"type": "object", "required": ["spec"], "properties": {"spec": spec}}
        version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
        return {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": f"coffees.{self._group}"},
            "spec": {
                "group": self._group,
                "scope": "Namespaced",
                "names": {"kind": "Coffee", "plural": "coffees", "singular": "coffee"},
                "versions": [version],
            },
        }

    def _deployment(self) -> dict[str, Any]:
        labels = {"app": "web"}
        container = {"name": "web", "image": "registry.k8s.io/pause:3.10"}
        return {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "web", "namespace": self._namespace},
            "spec": {
                "replicas": 2,
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
            },
        }


def _row(pod: Any) -> PodRow:
    conditions = pod.status.conditions or []
    ready = any(condition.type == "Ready" and condition.status == "True" for condition in conditions)
    return PodRow(pod.metadata.name, pod.status.phase or "", pod.spec.nodeName or "", ready)
