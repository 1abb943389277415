"""Rules: what the server does for objects of one kind beyond what it does for all.

A kind without rules has `Rules()`. Objects are the decoded, defaulted and complete JSON; methods that prepare
change them in place, methods that validate return what is wrong, and both are called in kube-apiserver's order:
admit, prepare, validate, review. They see the rest of the server through `Context` alone.

Source: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/registry/rest/create.go
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, NamedTuple, Protocol

from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.field_errors import FieldError

from .metadata import Look

__all__ = ["Context", "Object", "Part", "Rules"]

Object = dict[str, Any]


class Context(Protocol):
    """What rules may know of the server, and of the request that they serve."""

    @property
    def user(self) -> str:
        """The name of the user who asks."""
        ...

    @property
    def user_info(self) -> Object:
        """All that is known of the user, as the UserInfo of authentication.k8s.io."""
        ...

    @property
    def dry_run(self) -> bool: ...

    def warn(self, text: str) -> None:
        """Say something in a header Warning, whatever becomes of the request."""
        ...

    def now(self) -> str:
        """The server's time as metav1.Time: RFC 3339 in seconds, UTC, ending in Z."""
        ...

    def get(self, resource: GroupResource, name: str, namespace: str = "") -> Object | None:
        """Return a copy of an object in the version it is stored in, None when there is none."""
        ...

    def list(self, resource: GroupResource, namespace: str = "") -> Iterable[Object]:
        """Return copies of all objects of a resource; of all namespaces for ""."""
        ...


class Part(NamedTuple):
    """How a subresource is written that is a part of its object, such as `finalize` of a Namespace.

    Attributes:
        prepare: puts back in `new` what the subresource may not change: (new, old, context).
        validate: returns what is wrong then: (new, old, context).
    """

    prepare: Callable[[Object, Object, Context], None]
    validate: Callable[[Object, Object, Context], Iterable[FieldError]]


class Rules:
    """What most kinds do. Subclasses override what is different for theirs."""

    has_generation: ClassVar[bool] = False
    """metadata.generation starts at 1 and rises with each change of anything but metadata and status."""

    creates_on_update: ClassVar[bool] = False
    """PUT creates an object that is not there."""

    unconditional_update: ClassVar[bool] = True
    """PUT without a resourceVersion overwrites whatever is there; otherwise it is invalid."""

    returns_deleted: ClassVar[bool] = False
    """DELETE answers with the object that is gone, not with a Status."""

    default_propagation: ClassVar[str | None] = "Background"
    """What becomes of dependents when a deletion does not say: "Background" or "Orphan"; None for kinds whose
    dependents nobody collects."""

    standard_finalizers: ClassVar[bool] = True
    """A finalizer without a slash must be one of Kubernetes' own."""

    metadata_looks: ClassVar[tuple[Look, ...]] = ("change",)
    """What the kind looks at in the metadata of a changed object, after what is looked at for all kinds."""

    orphaning_warning: ClassVar[str] = ""
    """What is said to a deletion that does not say what becomes of dependents."""

    storage_prefix: ClassVar[str] = ""
    """Where etcd would have the objects, as some messages say; "" for the resource's plural."""

    reset_fields: ClassVar[Mapping[str, tuple[str, ...]]] = {"": ("status",), "status": ("spec",)}
    """By subresource ("" for the object itself), the fields that a write through it cannot change."""

    parts: ClassVar[Mapping[str, Part]] = {}
    """The subresources besides status that are parts of the object."""

    keeps_status: ClassVar[bool] = False
    """A new object has the status that the client sends."""

    deprecation: ClassVar[str] = ""
    """What a header Warning says of every request for the kind; "" for nothing."""

    blank: ClassVar[Object] = {}
    """What an object has of which nothing was ever said, besides zero values: bookmarks show it."""

    field_labels: ClassVar[Mapping[str, Callable[[Object], str]]] = {}
    """What field selectors know besides metadata.name and metadata.namespace, such as `spec.nodeName`."""

    def admit_create(self, new: Object, context: Context) -> None:
        """Do what the default admission plugins do to a new object; may raise a StatusError."""

    def admit_update(self, new: Object, old: Object, context: Context) -> None:
        """Do what the default admission plugins do to a changed object; may raise a StatusError."""

    def prepare_create(self, new: Object, context: Context) -> None:
        """Complete a new object; status was emptied already if the kind has the subresource."""

    def prepare_status_create(self, new: Object, context: Context) -> None:
        """Complete an object that a PUT of its status creates, as only kinds of which any PUT does so need."""
        self.prepare_create(new, context)

    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        """Return what is wrong with a new object; metadata that all kinds have was looked at already."""
        return ()

    def as_owned(self, obj: Object) -> Object:
        """Return a written object as its owners are told of it: with defaults that it gets only later."""
        return obj

    def prepare_update(self, new: Object, old: Object, context: Context) -> None:
        """Complete a changed object; status was put back already if the kind has the subresource."""

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        """Return what is wrong with a change: for most kinds what `validate_create` finds wrong with the result."""
        return self.validate_create(new, context)

    def review_update(self, new: Object, old: Object, context: Context) -> None:
        """Do what the default admission plugins do to a change that is valid; may raise a StatusError."""

    def unknown_field_label(self, label: str) -> str:
        """Return what is answered to a field selector with a label that the kind does not have."""
        return f'"{label}" is not a known field selector: only "metadata.name", "metadata.namespace"'

    def changes_generation(self, new: Object, old: Object) -> bool:
        """Return whether a change raises the generation: anything but metadata and status has changed."""
        return any(new.get(name) != old.get(name) for name in {*new, *old} - {"metadata", "status"})

    def prepare_status(self, new: Object, old: Object, context: Context) -> None:
        """Complete a changed status; everything else was put back already."""

    def validate_status(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        """Return what is wrong with a changed status."""
        return ()

    def warnings(self, new: Object, old: Object | None) -> Iterable[str]:
        """Return what the headers Warning say about an object that was created (old is None) or changed."""
        return ()

    def validate_name(self, name: str, prefix: bool) -> Iterable[str]:
        """Return what is wrong with a name (`prefix`: a generateName), in the words of kube-apiserver.

        Most kinds take a DNS subdomain.
        """
        from .names import dns_subdomain

        return dns_subdomain(name, prefix=prefix)

    def begin_deletion(self, obj: Object, propagation: str | None, context: Context) -> bool:
        """Change an object whose deletion is asked for the first time, and return True, if the kind has its own way.

        Args:
            propagation: "Background", "Foreground", "Orphan" or None, as the request has it.
        """
        return False

    def may_go(self, old: Object) -> bool:
        """Return whether an object without finalizers in its metadata may go at the end of its deletion."""
        return True

    def grace_seconds(self, old: Object, asked: int | None) -> int | None:
        """Return for how many seconds an object lives on that is to be deleted, None for a kind that does not.

        Args:
            asked: `gracePeriodSeconds` of the request, None when it has none.
        """
        return None
