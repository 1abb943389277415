"""Selection: which objects of a collection a list or a watch is about."""

from __future__ import annotations

from collections.abc import Callable

from aiokube.testing.apiserver import errors, selectors
from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.resources import Resource
from aiokube.testing.apiserver.storage import Stored

__all__ = ["Selection"]

_Label = Callable[[Object], str]


class Selection:
    """What a namespace, a label selector and a field selector let through.

    Attributes:
        namespace: in which everything is that is selected; "" for any.
        name: of the one object that may be selected; "" when there may be more.

    Raises:
        StatusError: a selector cannot be read, or knows a field that the kind does not have (400).
    """

    def __init__(self, resource: Resource, *, namespace: str, label_selector: str, field_selector: str) -> None:
        self._labels = selectors.parse_labels(label_selector)
        self._fields = selectors.parse_fields(field_selector)
        self._resource = resource
        self.namespace = namespace or self._fields.required("metadata.namespace")
        self.name = self._fields.required("metadata.name") if self.namespace or not resource.namespaced else ""
        self._prefix = f"{namespace}/" if namespace else ""
        self._readers = {term.field: self._reader(term.field) for term in self._fields.terms}

    @property
    def everything(self) -> bool:
        """Whether there is no selector."""
        return not self._labels.requirements and not self._fields.terms

    def matches(self, stored: Stored) -> bool:
        """Return whether an object is selected; its namespace is looked at too."""
        return (
            stored.key.startswith(self._prefix)
            and (not self._labels.requirements or self._labels.matches(stored.labels))
            and (not self._readers or self._fields_match(stored))
        )

    def _fields_match(self, stored: Stored) -> bool:
        obj = stored.object()
        return self._fields.matches({field: reader(obj) for field, reader in self._readers.items()})

    def _reader(self, field: str) -> _Label:
        reader = _COMMON.get(field) or self._resource.rules.field_labels.get(field)
        if reader is None:
            raise errors.bad_request(self._resource.rules.unknown_field_label(field))
        return reader


def _name(obj: Object) -> str:
    return str(obj["metadata"]["name"])


def _namespace(obj: Object) -> str:
    return str(obj["metadata"].get("namespace", ""))


_COMMON: dict[str, _Label] = {"metadata.name": _name, "metadata.namespace": _namespace}
