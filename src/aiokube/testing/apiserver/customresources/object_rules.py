"""Objects of custom kinds: their generation, their status, and what is wrong with them.

Source: https://github.com/kubernetes/apiextensions-apiserver/blob/v0.36.3/pkg/registry/customresource/strategy.go
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from aiokube.testing.apiserver import errors
from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.field_errors import FieldError, invalid
from aiokube.testing.apiserver.go.format import formatted
from aiokube.testing.apiserver.go.text import quoted
from aiokube.testing.apiserver.kinds import names
from aiokube.testing.apiserver.kinds.rules import Context, Object, Rules
from aiokube.testing.apiserver.schema import list_types, validation
from aiokube.testing.apiserver.schema.node import Node

from . import embedded, object_meta
from .json_path import JSONPath
from .scale import Scale

__all__ = ["ObjectRules"]

_STANDARD_FINALIZERS = {"orphan", "foregroundDeletion", "kubernetes"}


class ObjectRules(Rules):
    """The rules of the objects of one version of a custom kind.

    Args:
        written: the node of the schema as written.
        selectable: the paths of the fields that selectors know, such as `.spec.color`.
        ending: the definition is being deleted: there are to be no new objects.
    """

    has_generation = True
    unconditional_update = False
    standard_finalizers = False
    reset_fields = {"": ("status",), "status": ("metadata", "spec")}  # noqa: RUF012  # as in Rules

    def __init__(
        self,
        resource: GroupResource,
        *,
        kind: str,
        api_version: str,
        written: Node,
        scale: Scale | None,
        selectable: Iterable[str],
        ending: bool,
    ) -> None:
        self._resource = resource
        self._kind = kind
        self._api_version = api_version
        self._written = written
        self._scale = scale
        self._ending = ending
        self._labels = {path.removeprefix("."): _label(path) for path in selectable}

    @property
    def storage_prefix(self) -> str:  # type: ignore[override]  # it is by the instance here
        return f"{self._resource.group}/{self._resource.resource}"

    @property
    def field_labels(self) -> Mapping[str, Callable[[Object], str]]:  # type: ignore[override]  # the same
        return self._labels

    def unknown_field_label(self, label: str) -> str:
        return f"field label not supported: {label}"

    def admit_create(self, new: Object, context: Context) -> None:
        if self._ending:
            why = "create not allowed while custom resource definition is terminating"
            raise errors.forbidden(self._resource, new["metadata"].get("name", ""), why)

    def changes_generation(self, new: Object, old: Object) -> bool:
        # A field that is null is another than one that is not there.
        return {**new, "metadata": None} != {**old, "metadata": None}

    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        self._check_kind(new)
        return [
            *validation.validate(self._written, new),
            *self._validate_rest(new),
            *list_types.validate(self._written, new),
        ]

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        self._check_kind(new)
        return [
            *validation.validate(self._written, new, old),
            *self._validate_rest(new),
            *self._new_duplicates(new, old),
        ]

    def prepare_status(self, new: Object, old: Object, context: Context) -> None:
        # Of the metadata only who owns what may change.
        owned = new["metadata"].get("managedFields")
        new["metadata"] = {name: value for name, value in old["metadata"].items() if name != "managedFields"}
        if owned:
            new["metadata"]["managedFields"] = owned

    def validate_status(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        self._check_kind(new)
        found: list[FieldError] = []
        schema = self._written.fields.get("status")
        if schema is not None and "status" in new:
            found += validation.validate(schema.node, new["status"], old.get("status"), path="status")
        if self._scale is not None:
            found += self._scale.validate_status(new)
        return [*found, *self._new_duplicates(new, old)]

    def warnings(self, new: Object, old: Object | None) -> Iterable[str]:
        before = (old["metadata"].get("finalizers") or ()) if old is not None else ()
        added = sorted(set(new["metadata"].get("finalizers") or ()).difference(before))
        return [warning for name in added for warning in _finalizer_warnings(name)]

    def _check_kind(self, obj: Object) -> None:
        """Require that an object is of the kind; nothing else is looked at if it is not.

        Raises:
            StatusError: it is not (422).
        """
        wanted = {"kind": self._kind, "apiVersion": self._api_version}
        wrong = [
            invalid(name, obj.get(name, ""), f"must be {word}")
            for name, word in wanted.items()
            if obj.get(name) != word
        ]
        if wrong:
            group_kind = errors.GroupKind(obj.get("apiVersion", "").rpartition("/")[0], obj.get("kind", ""))
            raise errors.invalid(group_kind, obj["metadata"].get("name", ""), wrong)

    def _validate_rest(self, new: Object) -> Iterator[FieldError]:
        if self._scale is not None:
            yield from self._scale.validate_spec(new)
            yield from self._scale.validate_status(new)
        yield from embedded.validate(self._written, new, object_meta.read)

    def _new_duplicates(self, new: Object, old: Object) -> list[FieldError]:
        return [] if list_types.validate(self._written, old) else list_types.validate(self._written, new)


def _label(path: str) -> Callable[[Object], str]:
    found = JSONPath(path)

    def read(obj: Object) -> str:
        values = found.find(obj)
        return formatted(values[0]) if values and values[0] is not None else ""

    return read


def _finalizer_warnings(name: str) -> Iterator[str]:
    start = f"metadata.finalizers: {quoted(name)}"
    yield from (f"{start}: {words}" for words in names.qualified_name(name))
    if "/" not in name and name not in _STANDARD_FINALIZERS:
        including = " including a path (/)" if "." in name else ""
        why = "to avoid accidental conflicts with other finalizer writers"
        yield f"{start}: prefer a domain-qualified finalizer name{including} {why}"
