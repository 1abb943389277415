"""Read: one object, or a list of them, as they are now or as they were at an earlier version.

Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
"""

from __future__ import annotations

import base64
import posixpath
import re
from bisect import bisect_left
from typing import Annotated

import msgspec

from aiokube.testing.apiserver import errors, field_errors
from aiokube.testing.apiserver.cluster import Cluster
from aiokube.testing.apiserver.go.json_syntax import MAX_DEPTH, depth, syntax_error
from aiokube.testing.apiserver.go.numbers import parse_uint
from aiokube.testing.apiserver.page import Page
from aiokube.testing.apiserver.storage import Stored
from aiokube.testing.apiserver.storage.history import Forgotten
from aiokube.testing.apiserver.storage.stored import key_of

from .call import Call, Outcome
from .options import ListOptions
from .selection import Selection

__all__ = ["NotYet", "get", "list_page", "revision_of"]

_TOO_OLD = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without "
    "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. "
    "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or "
    "deleted between the time the first chunk was returned and now may show up in the list."
)
_INCONSISTENT = -1
# kube-apiserver asks its components whenever these are read; here are none, and this is how it says so.
_COMPONENT_STATUSES = errors.GroupResource("", "componentstatuses")
_COMPONENT_STATUS = errors.GroupResource("", "componentstatus")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9_-]")


class NotYet(Exception):
    """Raised when something is asked for as of a version that is not reached yet.

    Attributes:
        revision: The version.
    """

    def __init__(self, revision: int) -> None:
        super().__init__(revision)
        self.revision = revision

    def error(self, current: int) -> errors.StatusError:
        """Return what is answered when it is not reached in time."""
        message = f"Timeout: Too large resource version: {self.revision}, current: {current}"
        cause = {"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}
        return errors.StatusError(504, "Timeout", message, {"causes": [cause], "retryAfterSeconds": 1})


def get(cluster: Cluster, call: Call, resource_version: str = "") -> Outcome:
    """Return an object.

    Raises:
        StatusError: it is not there (404).
        NotYet: the version is not reached.
    """
    _reached(cluster, revision_of(resource_version))
    stored = cluster.collection(call.resource.collection).get(call.namespace, call.name)
    if stored is None:
        resource = call.resource.group_resource
        raise errors.not_found(_COMPONENT_STATUS if resource == _COMPONENT_STATUSES else resource, call.name)
    return Outcome(stored)


def list_page(cluster: Cluster, call: Call, options: ListOptions, selection: Selection) -> Page:
    """Return the objects that are selected, or a page of them.

    Raises:
        StatusError: the token or version is none (400), or is forgotten (410).
        NotYet: the version, or that of the token, is not reached.
    """
    if options.continue_:
        # What is selected by its namespace is looked for in all of them from here on, and may come again.
        namespace = call.namespace
        objects, revision = _continued(cluster, call, options)
    else:
        namespace = selection.namespace
        objects, revision = _begun(cluster, call, options, selection)
    # Version 0 asks for whatever is quick to have: all, from a cache.
    limit = 0 if options.resource_version == "0" and call.resource.cached else options.limit
    return _page(namespace, objects, revision, limit, selection)


def revision_of(resource_version: str) -> int:
    """Return a resourceVersion as a number, 0 for "".

    Raises:
        StatusError: it is no number; kube-apiserver answers 500 here, and 400 for lists.
    """
    if not resource_version:
        return 0
    try:
        return parse_uint(resource_version)
    except ValueError as error:
        found = field_errors.invalid("resourceVersion", resource_version, str(error))
        raise errors.StatusError(500, "", str(found)) from None


def _reached(cluster: Cluster, revision: int) -> None:
    if revision > cluster.storage.revision:
        raise NotYet(revision)


def _continued(cluster: Cluster, call: Call, options: ListOptions) -> tuple[list[Stored], int]:
    """Return what a token still has to bring, and the version that it is of."""
    start, revision = _read_token(options.continue_)
    if options.resource_version not in {"", "0"}:
        raise errors.bad_request("specifying resource version is not allowed when using continue")
    collection = cluster.collection(call.resource.collection)
    if revision < 0:
        objects, revision = collection.all(call.namespace), cluster.storage.revision
    else:
        _reached(cluster, revision)
        try:
            objects = collection.all_at(revision, call.namespace)
        except Forgotten:
            raise errors.expired(_TOO_OLD, continue_=_token(_INCONSISTENT, start)) from None
    first = bisect_left(objects, key_of(call.namespace, start), key=lambda stored: stored.key)
    return objects[first:], revision


def _begun(cluster: Cluster, call: Call, options: ListOptions, selection: Selection) -> tuple[list[Stored], int]:
    """Return what a list without a token brings, and the version that it is of."""
    try:
        asked = revision_of(options.resource_version)
    except errors.StatusError as error:
        raise errors.bad_request(f"invalid resource version: {error}") from None
    _reached(cluster, asked)
    collection = cluster.collection(call.resource.collection)
    if _is_exact(options, asked, selection):
        try:
            objects, revision = collection.all_at(asked, selection.namespace), asked
        except Forgotten:
            raise errors.expired("The resourceVersion for the provided list is too old.") from None
        if selection.name:
            key = key_of(selection.namespace, selection.name)
            objects = [stored for stored in objects if stored.key == key]
        return objects, revision
    if selection.name:
        one = collection.get(selection.namespace, selection.name)
        objects = [one] if one is not None else []
    else:
        objects = collection.all(selection.namespace)
    return objects, cluster.storage.revision


def _is_exact(options: ListOptions, asked: int, selection: Selection) -> bool:
    """Return whether a list is as of the version that is asked for, and not of any later one.

    A limit makes it so if nothing else is said, for all pages must be of one version; one object needs no pages.
    """
    if options.resource_version_match:
        return options.resource_version_match == "Exact"
    return asked > 0 and options.limit > 0 and not selection.name


def _page(namespace: str, objects: list[Stored], revision: int, limit: int, selection: Selection) -> Page:
    if selection.everything:
        if limit <= 0 or len(objects) <= limit:
            return Page(objects, revision)
        shown = objects[:limit]
        return Page(shown, revision, _after(namespace, revision, shown[-1]), len(objects) - limit)
    shown = []
    for index, stored in enumerate(objects):
        if not selection.matches(stored):
            continue
        shown.append(stored)
        if 0 < limit == len(shown) and index + 1 < len(objects):
            return Page(shown, revision, _after(namespace, revision, stored))
    return Page(shown, revision)


def _after(namespace: str, revision: int, last: Stored) -> str:
    key = last.key.removeprefix(f"{namespace}/") if namespace else last.key
    return _token(revision, f"{key}\0")


def _token(revision: int, start: str) -> str:
    text = msgspec.json.encode({"v": "meta.k8s.io/v1", "rv": revision, "start": start})
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def _read_token(token: str) -> tuple[str, int]:
    invalid = "invalid continue token: continue key is not valid"
    if _NOT_BASE64.search(token) or len(token) % 4 == 1:
        raise errors.bad_request(f"{invalid}: illegal base64 data at input byte {_first_illegal(token)}")
    text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    if depth(text) > MAX_DEPTH:
        raise errors.bad_request(f"{invalid}: {syntax_error(text)}")
    try:
        content = msgspec.json.decode(text, type=_Token)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise errors.bad_request(f"{invalid}: {syntax_error(text) or error}") from None
    if content.v != "meta.k8s.io/v1":
        raise errors.bad_request(f"{invalid}: server does not recognize this encoded version {content.v}")
    if not content.rv:
        raise errors.bad_request(f"{invalid}: incorrect encoded start resourceVersion (version meta.k8s.io/v1)")
    if not content.start:
        raise errors.bad_request(f"{invalid}: encoded start key empty (version meta.k8s.io/v1)")
    rooted = content.start if content.start.startswith("/") else f"/{content.start}"
    if posixpath.normpath(rooted) != rooted or rooted.startswith("//"):
        raise errors.bad_request(f"{invalid}: {content.start}")
    return rooted[1:], content.rv


def _first_illegal(token: str) -> int:
    """Return where Go finds that a text is no base64: at a wrong character, or at a single one left at the end."""
    found = _NOT_BASE64.search(token)
    return len(token[: found.start()].encode()) if found else len(token) - 1


class _Token(msgspec.Struct):
    v: str = ""
    rv: Annotated[int, msgspec.Meta(ge=-(1 << 63), le=(1 << 63) - 1)] = 0
    start: str = ""
