"""ResourceInstance: an API object as it came from the server, and what it is when printed."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from aiokube._machinery.objects import (
    FieldHolder,
    ResourceField,
    document_from_dict,
    document_from_json,
    plain,
)

_OWN = frozenset({"attributes", "client"})
# Ten times as fast, and the same text but for odd keys and for where long escaped texts are folded.
_SafeDumper: type[Any] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Dumper(_SafeDumper):  # type: ignore[misc]  # one class or the other
    """Prints what has no form in YAML, such as an enum or a Decimal, as its text: printing never fails."""


_Dumper.add_representer(None, lambda dumper, value: dumper.represent_str(str(value)))


class ResourceInstance(FieldHolder):
    """An object of the API, decoded as it is read.

    Members are attributes and items, as of a `ResourceField`; one that is called `client`, `attributes` or `to_dict`
    is reached by item. Items of a list get the apiVersion and kind that they lack.

    Args:
        client: The DynamicClient or Resource that it came from; a deepcopy shares it, a pickle drops it.
        instance: The object as a dict, which is copied.
    """

    __slots__ = ("__weakref__", "attributes", "client")

    def __init__(self, client: Any, instance: Mapping[str, Any] | ResourceField | FieldHolder) -> None:
        if isinstance(instance, FieldHolder):
            instance = instance.attributes
        field = instance if isinstance(instance, ResourceField) else document_from_dict(instance)
        _fill(self, client, field)

    def to_str(self) -> str:
        """Return `ResourceInstance[Kind]:` and the object as YAML."""
        return repr(self)

    def __repr__(self) -> str:
        content = self.to_dict()
        text = yaml.dump(content, Dumper=_Dumper, default_flow_style=False)
        return f"ResourceInstance[{content.get('kind')}]:\n  {'  '.join(text.splitlines(keepends=True))}"

    def __getattr__(self, name: str) -> Any:
        if name in _OWN:  # not filled in yet: asking for it again would never end
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r} yet", name=name, obj=self)
        return getattr(self.attributes, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _OWN:
            object.__setattr__(self, name, value)
        else:
            self.attributes[name] = value

    def __delattr__(self, name: str) -> None:
        delattr(self.attributes, name)

    def __getitem__(self, name: str) -> Any:
        return self.attributes[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self.attributes[name] = value

    def __delitem__(self, name: str) -> None:
        del self.attributes[name]

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return iter(self.attributes)

    def __contains__(self, name: object) -> bool:
        return name in self.attributes

    def __len__(self) -> int:
        return len(self.attributes)

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        if isinstance(other, FieldHolder):
            return self.attributes == other.attributes
        if isinstance(other, ResourceField | Mapping):
            return bool(self.attributes == plain(other))
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]  # equal by value and mutable

    def __dir__(self) -> list[str]:
        return [*dir(type(self)), *self.attributes.__dir__()]

    def __copy__(self) -> ResourceInstance:
        return instance_of(self.client, copy.copy(self.attributes))

    def __deepcopy__(self, memo: dict[int, Any]) -> ResourceInstance:
        return instance_of(self.client, copy.deepcopy(self.attributes, memo))

    def __reduce__(self) -> tuple[type[ResourceInstance], tuple[None, ResourceField]]:
        return ResourceInstance, (None, self.attributes)


def instance_from_json(client: Any, text: bytes) -> ResourceInstance:
    """Return the instance of an answer; nothing of it is decoded before it is read."""
    return instance_of(client, document_from_json(text))


def instance_of(client: Any, field: ResourceField) -> ResourceInstance:
    """Return an instance around a field, which it shares."""
    instance = ResourceInstance.__new__(ResourceInstance)
    _fill(instance, client, field)
    return instance


def _fill(instance: ResourceInstance, client: Any, field: ResourceField) -> None:
    object.__setattr__(instance, "client", client)
    object.__setattr__(instance, "attributes", field)
