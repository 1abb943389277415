"""Which requests are meant, by what they are about."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypedDict

from .access.request_info import RequestInfo

__all__ = ["Facts", "checked", "matches"]


_VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "proxy")
_METHODS = ("post", "put", "head", "options", "trace", "connect")  # and those that are verbs too


class Facts(TypedDict, total=False):
    """What requests are to have in common; each a value, or several of which one fits. What is left out, fits all.

    Attributes:
        verb: such as "list"; apply is "patch"; the method in small letters for what is no resource.
        group: "" is the core group.
        resource: the plural.
        subresource: "" is the resource itself.
        namespace: "" is none and all.
        name: "" is none.
        path: unquoted, without the query.
    """

    verb: str | Collection[str]
    group: str | Collection[str]
    version: str | Collection[str]
    resource: str | Collection[str]
    subresource: str | Collection[str]
    namespace: str | Collection[str]
    name: str | Collection[str]
    path: str | Collection[str]


def checked(facts: Facts) -> Facts:
    """Return the facts if all are known.

    Raises:
        TypeError: a name is none of theirs, which a type checker would have said.
        ValueError: no request has this verb, so nothing would ever fit.
    """
    unknown = sorted(set(facts) - set(Facts.__annotations__))
    if unknown:
        raise TypeError(f"requests have no {unknown[0]!r}, but {', '.join(Facts.__annotations__)}")
    verbs = facts.get("verb", ())
    for verb in (verbs,) if isinstance(verbs, str) else verbs:
        if verb not in (*_VERBS, *_METHODS):
            raise ValueError(f"no request has the verb {verb!r}, but {', '.join(_VERBS)}; an apply is a patch")
    return facts


def matches(info: RequestInfo, facts: Facts) -> bool:
    """Return whether a request has all these facts."""
    return all(_fits(getattr(info, name), wanted) for name, wanted in facts.items())


def _fits(value: str, wanted: object) -> bool:
    return value == wanted if isinstance(wanted, str) else isinstance(wanted, Collection) and value in wanted
