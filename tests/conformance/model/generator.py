"""Makes programs from seeds: the same from the same seed, always.

An author keeps a rough model of what exists: which objects, with which labels and finalizers, and which answers told
of them. It is right often enough for most steps to succeed, and it is never asked what an answer should have been.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from conformance.case import (
    Case,
    Request,
    apply,
    delete,
    get,
    json_patch,
    merge,
    post,
    put,
    strategic,
    until,
    watch,
)

from .kinds import ANY_CHANGES, ANY_WRONG, HELD, KINDS, Change, Kind

__all__ = ["Program", "program"]

_KINDS_OF_A_PROGRAM = 6
_STEPS = 36
_NAMES = ("a", "b", "c", "d")
_MANAGERS = ("alice", "bob", "carol")
_MOST_EVENTS = 200
_WATCH_SECONDS = 60
_NO_UID = "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
_ROOT_CA = "fieldSelector=metadata.name!=kube-root-ca.crt"

Labels = dict[str, str]


@dataclass(frozen=True)
class Program:
    """A random case.

    Attributes:
        halt: how many requests are sent before the history is compacted; None if it never is.
    """

    seed: int
    case: Case
    halt: int | None


@dataclass(frozen=True)
class _Selector:
    """A selection of objects.

    Attributes:
        query: as it is sent.
        labels: of an object that is selected.
        selects: whether an object of some name and labels is.
    """

    query: str
    labels: Labels
    selects: Callable[[str, Labels], bool]


_SELECTORS = (
    _Selector("labelSelector=app=web", {"app": "web"}, lambda name, labels: labels.get("app") == "web"),
    _Selector("labelSelector=app in (web,db)", {"app": "db"}, lambda name, labels: "app" in labels),
    _Selector(
        "labelSelector=app,tier!=front", {"app": "db"}, lambda name, labels: "app" in labels and "tier" not in labels
    ),
    _Selector(
        "labelSelector=tier=front,app notin (db)",
        {"tier": "front"},
        lambda name, labels: labels.get("tier") == "front" and labels.get("app") != "db",
    ),
    _Selector("labelSelector=app&fieldSelector=metadata.name!=a", {"app": "web"},
              lambda name, labels: "app" in labels and name != "a"),
)  # fmt: skip


@dataclass
class _Object:
    """What the author believes of an object that exists.

    Attributes:
        is_held: it has the finalizer.
        is_deleting: its deletion was asked for.
        told: the names of the answers that had it, the latest last.
    """

    name: str
    labels: Labels = field(default_factory=dict)
    is_held: bool = False
    is_deleting: bool = False
    told: list[str] = field(default_factory=list)


def program(seed: int) -> Program:
    """Return the program of a seed; every fourth is halted."""
    return _Author(seed).write()


class _Author:
    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._random = Random(seed)
        self._requests: list[Request] = []
        self._kinds = self._random.sample(KINDS, _KINDS_OF_A_PROGRAM)
        self._objects: dict[str, dict[str, _Object]] = {kind.name: {} for kind in KINDS}
        self._versions: list[str] = []
        self._pages: list[tuple[Kind, str, str]] = []
        self._named_by_server: list[Kind] = []
        self._halt: int | None = None

    def write(self) -> Program:
        for kind in self._kinds:
            self._create_new(kind)
        length = _STEPS + self._random.randrange(8)
        if self._seed % 4 == 0:
            self._halt = self._random.randrange(length // 3, 2 * length // 3)
            self._write_until(self._halt)
            self._halt = len(self._requests)
            self._look_back()
        self._write_until(length)
        for kind in self._kinds:
            self._list_all(kind)
            if kind.name == "Service":
                self._add(delete(self._path(kind)))  # there are few addresses
        case = Case(f"model-{self._seed}", tuple(self._requests))
        return Program(self._seed, case, self._halt)

    def _write_until(self, length: int) -> None:
        steps, weights = zip(*_WEIGHTS.items(), strict=True)
        while len(self._requests) < length:
            step = self._random.choices(steps, weights)[0]
            step(self, self._random.choice(self._kinds))

    # The words.

    def _add(self, request: Request) -> str:
        """Write a request down and return the name of its answer."""
        name = f"s{len(self._requests) + 1}"
        self._requests.append(replace(request, name=name))
        return name

    def _chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def _path(self, kind: Kind, name: str = "", subresource: str = "") -> str:
        parts = (kind.path, name and self._full(kind, name), subresource)
        return "/".join(filter(None, parts))

    def _full(self, kind: Kind, name: str) -> str:
        return name if kind.namespaced else f"${{ns}}-{name}"

    def _marks(self, kind: Kind) -> Labels:
        """Return the labels by which what belongs to the program is told from the rest of the cluster."""
        return {} if kind.namespaced else {"program": "${ns}"}

    def _query(self, kind: Kind, selector: _Selector | None) -> str:
        """Return a selection within what belongs to the program, without what controllers put there."""
        query = selector.query if selector else ""
        if not kind.namespaced:
            rest = query.removeprefix("labelSelector=")
            return f"labelSelector=program=${{ns}}{',' if rest else ''}{rest}"
        if kind.name == "ConfigMap" and "fieldSelector" not in query and not query:
            return _ROOT_CA
        return query

    def _selector(self, probability: float) -> _Selector | None:
        return self._random.choice(_SELECTORS) if self._chance(probability) else None

    def _known(self, kind: Kind) -> list[_Object]:
        return list(self._objects[kind.name].values())

    def _target(self, kind: Kind, *, missing: float = 0.05) -> _Object:
        """Return an object, mostly one that exists."""
        known = self._known(kind)
        free = [name for name in _NAMES if name not in self._objects[kind.name]]
        if not known or (free and self._chance(missing)):
            return _Object(self._random.choice(free or _NAMES))
        return self._random.choice(known)

    def _exists(self, kind: Kind, target: _Object) -> bool:
        return self._objects[kind.name].get(target.name) is target

    def _object(self, kind: Kind, name: str, labels: Labels | None = None, *, held: bool = False) -> dict[str, Any]:
        metadata: dict[str, Any] = {"name": self._full(kind, name)}
        if labels or not kind.namespaced:
            metadata["labels"] = {**(labels or {}), **self._marks(kind)}
        if held:
            metadata["finalizers"] = [HELD]
        return {"apiVersion": kind.api_version, "kind": kind.name, "metadata": metadata}

    def _labels(self) -> Labels:
        labels = {"app": self._random.choice(("web", "db"))} if self._chance(0.7) else {}
        return labels | ({"tier": "front"} if self._chance(0.4) else {})

    def _change(self, kind: Kind, *, wrong: float = 0.12, by_name: bool = True) -> tuple[Change, bool]:
        """Return a change, and whether it is meant to be wrong."""
        is_wrong = self._chance(wrong)
        of_kind, of_any = (kind.wrong, ANY_WRONG) if is_wrong else (kind.changes, ANY_CHANGES)
        pool = (*of_kind, *of_kind, *of_any)
        fitting = [change for change in pool if change.is_by_name] if by_name else pool
        return self._random.choice(fitting), is_wrong

    def _options(self, *, dry_run: float = 0.05) -> str:
        """Return the options of a write."""
        options = ["dryRun=All"] if self._chance(dry_run) else []
        if self._chance(0.15):
            options.append(f"fieldValidation={self._random.choice(('Strict', 'Warn', 'Ignore'))}")
        return "&".join(options)

    def _wrote(self, kind: Kind, target: _Object, name: str, *changes: Change) -> None:
        """Note that a write succeeded, as is believed."""
        self._versions.append(name)
        target.told.append(name)
        for change in changes:
            if change.path[:2] == ("metadata", "labels") and len(change.path) == 3:
                label = str(change.path[2])
                if change.value is None:
                    target.labels.pop(label, None)
                else:
                    target.labels[label] = change.value

    def _said(self, target: _Object, path: str, *, latest: bool = True) -> str:
        """Return a reference to what an answer said of an object."""
        step = target.told[-1] if latest else self._random.choice(target.told)
        return f"${{{step}.{path}}}"

    # The steps.

    def _create_new(self, kind: Kind) -> None:
        """Create an object, if some name is free, that has nothing wrong."""
        free = [name for name in _NAMES if name not in self._objects[kind.name]]
        if free:
            self._create_named(kind, self._random.choice(free), self._labels(), held=self._chance(0.15))

    def _create_named(self, kind: Kind, name: str, labels: Labels, *, held: bool = False) -> str:
        obj = self._object(kind, name, labels, held=held) | kind.least
        step = self._add(post(self._path(kind), obj))
        made = _Object(name, dict(labels), is_held=held)
        self._objects[kind.name][name] = made
        self._wrote(kind, made, step)
        return step

    def _create(self, kind: Kind) -> None:
        draw = self._random.random()
        if draw < 0.6:
            self._create_new(kind)
        elif draw < 0.75 and self._known(kind):
            target = self._random.choice(self._known(kind))
            self._add(post(self._path(kind), self._object(kind, target.name) | kind.least))
        elif draw < 0.85:
            obj = self._object(kind, "x") | kind.least
            prefix = "made-" if kind.namespaced else "${ns}-made-"
            obj["metadata"] = {"generateName": prefix, "labels": self._marks(kind)}
            # Two names that are made up have no order that both servers could share.
            options = self._options(dry_run=1.0 if kind in self._named_by_server else 0.5)
            if "dryRun" not in options:
                self._named_by_server.append(kind)
            self._add(post(self._with(self._path(kind), options), obj))
        else:
            change, _ = self._change(kind, wrong=0.6)
            name = self._random.choice(_NAMES)
            body = _with_change(self._object(kind, f"{name}-dry") | kind.least, change)
            self._add(post(self._with(self._path(kind), "dryRun=All"), body))

    def _get(self, kind: Kind) -> None:
        target = self._target(kind, missing=0.15)
        name = self._add(
            get(self._path(kind, target.name, self._random.choice(("", "", "", "status")) if kind.status else ""))
        )
        if self._exists(kind, target):
            self._versions.append(name)

    def _replace(self, kind: Kind) -> None:
        target = self._target(kind)
        change, is_wrong = self._change(kind)
        labels = target.labels if self._chance(0.6) else self._labels()
        body = self._object(kind, target.name, labels, held=target.is_held)
        content = {name: self._said(target, name) for name in kind.content} if target.told else {}
        keeps = bool(content) and (kind.keeps or self._chance(0.4))
        if keeps and not target.is_deleting and self._chance(0.5):
            change, is_wrong = self._random.choice([one for one in ANY_CHANGES if one.value]), False
        if keeps:
            body |= content
            if change.path[0] in kind.content:
                change = self._random.choice([one for one in ANY_CHANGES if one.value])
        else:
            body |= kind.least
        body = _with_change(body, change)
        is_stale = self._name_version(kind, target, body)
        options = self._options()
        name = self._add(put(self._with(self._path(kind, target.name), options), body))
        if self._exists(kind, target) and not (is_wrong or is_stale or "dryRun" in options):
            target.labels = dict(labels)
            self._wrote(kind, target, name, change)

    def _name_version(self, kind: Kind, target: _Object, body: dict[str, Any]) -> bool:
        """Write the version that an update is based on, and return whether it may be a stale one."""
        draw = self._random.random()
        if not target.told or not isinstance(body.get("metadata"), dict):
            return False
        if draw < 0.65 or (kind.custom and draw < 0.85):
            body["metadata"]["resourceVersion"] = self._said(target, "metadata.resourceVersion")
        elif draw < 0.75:
            body["metadata"]["resourceVersion"] = self._said(target, "metadata.resourceVersion", latest=False)
            return True
        return kind.custom and "resourceVersion" not in body["metadata"]

    def _replace_status(self, kind: Kind) -> None:
        if not kind.status:
            self._replace(kind)
            return
        target = self._target(kind)
        change = self._random.choice(kind.status)
        body = _with_change(self._object(kind, target.name, target.labels, held=target.is_held) | kind.least, change)
        self._name_version(kind, target, body)
        self._status_written(kind, target, put(self._path(kind, target.name, "status"), body))

    def _patch_status(self, kind: Kind) -> None:
        if not kind.status:
            self._merge(kind)
            return
        target = self._target(kind)
        change = self._random.choice(kind.status)
        path = self._path(kind, target.name, "status")
        body = _nested(change)
        verb = self._random.choice((merge, strategic, apply))
        if verb is apply:
            body = _with_change(self._object(kind, target.name), change)
            request = apply(path, body, manager=self._random.choice(_MANAGERS), force=self._chance(0.4))
        else:
            request = (merge if kind.custom else verb)(path, body)
        self._status_written(kind, target, request)

    def _status_written(self, kind: Kind, target: _Object, request: Request) -> None:
        name = self._add(request)
        if self._exists(kind, target):
            self._versions.append(name)

    def _merge(self, kind: Kind) -> None:
        self._patch(kind, merge)

    def _strategic(self, kind: Kind) -> None:
        # Custom kinds know none, which need not be seen often.
        self._patch(kind, strategic if not kind.custom or self._chance(0.1) else merge)

    def _patch(self, kind: Kind, verb: Callable[..., Request]) -> None:
        target = self._target(kind)
        first, is_wrong = self._change(kind)
        body = _nested(first)
        changes = [first]
        if self._chance(0.3):
            second, also_wrong = self._change(kind, wrong=0.0)
            is_wrong |= also_wrong
            body = _with_change(body, second)
            changes.append(second)
        if target.told and self._chance(0.15) and isinstance(body.get("metadata", {}), dict):
            latest = self._chance(0.6)
            version = self._said(target, "metadata.resourceVersion", latest=latest)
            body.setdefault("metadata", {})["resourceVersion"] = version
            is_wrong |= not latest
        self._patched(kind, target, verb, body, changes, is_wrong=is_wrong)

    def _json_patch(self, kind: Kind) -> None:
        target = self._target(kind)
        operations: list[dict[str, Any]] = []
        changes = []
        is_wrong = False
        for _ in range(self._random.choice((1, 1, 2))):
            change, wrong = self._change(kind, wrong=0.08, by_name=False)
            operations.append(self._operation(change, target))
            changes.append(change)
            is_wrong |= wrong
        if self._chance(0.15):
            test = {"op": "test", "path": "/metadata/name", "value": self._full(kind, target.name)}
            operations.insert(0, test if self._chance(0.7) else test | {"value": "z"})
            is_wrong |= operations[0]["value"] == "z"
        self._patched(kind, target, json_patch, operations, changes, is_wrong=is_wrong)

    def _operation(self, change: Change, target: _Object) -> dict[str, Any]:
        pointer = "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in change.path)
        if change.value is None:
            return {"op": "remove", "path": pointer}
        if change.path[:2] == ("metadata", "labels") and len(change.path) == 3 and not target.labels:
            return {"op": "add", "path": "/metadata/labels", "value": {str(change.path[2]): change.value}}
        if change.path[:2] == ("metadata", "annotations") and self._chance(0.8):
            return {"op": "add", "path": "/metadata/annotations", "value": {str(change.path[2]): change.value}}
        return {"op": "add" if self._chance(0.8) else "replace", "path": pointer, "value": change.value}

    def _patched(
        self,
        kind: Kind,
        target: _Object,
        verb: Callable[..., Request],
        body: Any,
        changes: list[Change],
        *,
        is_wrong: bool,
    ) -> None:
        options = self._options()
        if self._chance(0.15):
            options = "&".join(filter(None, (options, f"fieldManager={self._random.choice(_MANAGERS)}")))
        name = self._add(verb(self._with(self._path(kind, target.name), options), body))
        if self._exists(kind, target) and not (is_wrong or "dryRun" in options):
            self._wrote(kind, target, name, *changes)

    def _apply(self, kind: Kind) -> None:
        target = self._target(kind, missing=0.15)
        change, is_wrong = self._change(kind, wrong=0.08)
        exists = self._exists(kind, target)
        labels = self._labels() if self._chance(0.5) else {}
        body = self._object(kind, target.name, labels)
        if not exists or self._chance(0.4):
            body |= kind.least
        if self._chance(0.8) or is_wrong:
            body = _with_change(body, change)
        if self._chance(0.25):
            body = _with_change(body, self._change(kind, wrong=0.0)[0])
        if kind.custom and isinstance(body["metadata"], dict):
            _drop_nulls(body["metadata"])
        options = self._options()
        force = self._chance(0.5)
        path = self._with(self._path(kind, target.name), options)
        name = self._add(apply(path, body, manager=self._random.choice(_MANAGERS), force=force))
        if is_wrong or "dryRun" in options:
            return
        if not exists:
            self._objects[kind.name][target.name] = target
        target.labels |= labels
        self._wrote(kind, target, name, change)

    def _hold(self, kind: Kind) -> None:
        """Add the finalizer to an object, or take it away."""
        target = self._target(kind)
        held = not target.is_held
        name = self._add(merge(self._path(kind, target.name), {"metadata": {"finalizers": [HELD] if held else None}}))
        if not self._exists(kind, target) or (held and target.is_deleting):
            return
        target.is_held = held
        if target.is_deleting:
            del self._objects[kind.name][target.name]
        else:
            self._wrote(kind, target, name)

    def _release(self, kind: Kind) -> None:
        """Take the finalizer from something that waits for it, if anything does."""
        for one in self._kinds:
            waiting = next((known for known in self._known(one) if known.is_deleting), None)
            if waiting is not None:
                self._add(merge(self._path(one, waiting.name), {"metadata": {"finalizers": None}}))
                del self._objects[one.name][waiting.name]
                return
        self._create(kind)

    def _delete(self, kind: Kind) -> None:
        target = self._target(kind, missing=0.1)
        exists = self._exists(kind, target)
        path = self._path(kind, target.name)
        draw = self._random.random()
        if exists and draw < 0.2 and not (target.is_held or target.is_deleting):
            propagation = self._random.choice(("Foreground", "Orphan"))
            self._add(delete(path, {"propagationPolicy": propagation}))
            self._add(until(path, status=404))
            del self._objects[kind.name][target.name]
            return
        body: dict[str, Any] | None = None
        is_sure = True
        if draw < 0.4 and target.told:
            body, is_sure = self._preconditions(target)
        elif draw < 0.6:
            body = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background"}
        elif draw < 0.7:
            body = {"gracePeriodSeconds": self._random.choice((0, 5))}
        elif draw < 0.75:
            body = {"dryRun": ["All"]}
            is_sure = False
        self._add(delete(path, body))
        if exists and is_sure:
            self._gone(kind, target)

    def _preconditions(self, target: _Object) -> tuple[dict[str, Any], bool]:
        """Return options with a condition, and whether it is met."""
        said = self._random.choice(("uid", "resourceVersion"))
        if self._chance(0.5):
            return {"preconditions": {said: self._said(target, f"metadata.{said}")}}, True
        wrong = _NO_UID if said == "uid" else "1"
        return {"preconditions": {said: wrong}}, False

    def _gone(self, kind: Kind, target: _Object) -> None:
        if target.is_held:
            target.is_deleting = True
        else:
            del self._objects[kind.name][target.name]

    def _delete_collection(self, kind: Kind) -> None:
        selector = self._random.choice(_SELECTORS)
        options = {"propagationPolicy": "Background"} if self._chance(0.5) else None
        self._add(delete(f"{self._path(kind)}?{self._query(kind, selector)}", options))
        for known in self._known(kind):
            if selector.selects(known.name if kind.namespaced else "", known.labels):
                self._gone(kind, known)

    def _family(self, kind: Kind) -> None:
        """Delete an object that owns another, and wait for what becomes of that."""
        path, owner, owned = self._path(kind), "owner", "owned"
        config_map = next(one for one in KINDS if one.name == "ConfigMap")
        made = self._add(post(path, self._object(kind, owner) | kind.least))
        reference = {
            "apiVersion": kind.api_version,
            "kind": kind.name,
            "name": self._full(kind, owner),
            "uid": f"${{{made}.metadata.uid}}",
            "blockOwnerDeletion": self._chance(0.5),
        }
        dependent = self._object(config_map, owned)
        dependent["metadata"]["ownerReferences"] = [reference]
        self._add(post("configmaps", dependent))
        self._collector_saw_it(reference)
        propagation = self._random.choice(("Foreground", "Background", "Orphan"))
        self._add(delete(self._path(kind, owner), {"propagationPolicy": propagation}))
        self._add(until(self._path(kind, owner), status=404))
        if propagation == "Orphan":
            self._versions.append(self._add(get("configmaps/owned")))
            self._add(delete("configmaps/owned"))
        else:
            self._add(until("configmaps/owned", status=404))

    def _collector_saw_it(self, reference: dict[str, Any]) -> None:
        """Wait until garbage is collected that was made after the dependent, of which the collector then knows."""
        canary = {"metadata": {"name": "canary", "ownerReferences": [reference | {"name": "gone", "uid": _NO_UID}]}}
        self._add(post("configmaps", canary))
        self._add(until("configmaps/canary", status=404))

    def _list_all(self, kind: Kind) -> str:
        query = self._query(kind, None)
        name = self._add(get(self._with(self._path(kind), query)))
        self._versions.append(name)
        return name

    def _list(self, kind: Kind) -> None:
        query = self._query(kind, self._selector(0.6))
        draw = self._random.random()
        if draw < 0.2:
            # What comes from a cache is as new as the list before it.
            self._list_all(kind)
            version = self._random.choice(("0", self._some_version()))
            query = "&".join(filter(None, (query, f"resourceVersion={version}&resourceVersionMatch=NotOlderThan")))
        elif draw < 0.4:
            exact = f"resourceVersion={self._some_version()}&resourceVersionMatch=Exact"
            query = "&".join(filter(None, (query, exact)))
        elif draw < 0.45:
            query = "&".join(filter(None, (query, "resourceVersionMatch=Exact")))
        self._add(get(self._with(self._path(kind), query)))

    def _some_version(self) -> str:
        return f"${{{self._random.choice(self._versions)}.metadata.resourceVersion}}"

    def _page(self, kind: Kind) -> None:
        """Read a list in two pages, with something that may be written in between."""
        known = len(self._known(kind))
        if known < 2 or not kind.namespaced:
            self._list(kind)
            return
        query = f"{self._query(kind, None)}&limit={self._random.randrange(1, known)}".removeprefix("&")
        first = self._add(get(f"{self._path(kind)}?{query}"))
        self._pages.append((kind, query, first))
        if self._chance(0.5):
            self._merge(kind)
        self._next_page(*self._pages[-1])

    def _next_page(self, kind: Kind, query: str, first: str) -> None:
        self._add(get(f"{self._path(kind)}?{query}&continue=${{{first}.metadata.continue}}"))

    def _watch(self, kind: Kind) -> None:
        """Watch from some version until the event of an object that is made for it comes."""
        if self._versions:
            self._watch_since(kind, self._some_version())

    def _watch_since(self, kind: Kind, version: str) -> None:
        selector = self._selector(0.5)
        marker = self._mark(kind, selector)
        query = self._watch_query(kind, selector)
        query += f"&resourceVersion={version}"
        if self._chance(0.3):
            query += "&allowWatchBookmarks=true"
        self._watched(kind, query, marker)

    def _watch_from_now(self, kind: Kind) -> None:
        """Watch from what there is."""
        selector = self._selector(0.5)
        marker = self._mark(kind, selector)
        query = self._watch_query(kind, selector)
        if self._chance(0.5):
            query += "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
            marker = "initial-events-end"
        else:
            self._list_all(kind)
            query += self._random.choice(("", "&resourceVersion=0"))
        self._watched(kind, query, marker)

    def _mark(self, kind: Kind, selector: _Selector | None) -> str:
        marker = f"z{len(self._requests)}-mark"
        self._create_named(kind, marker, dict(selector.labels) if selector else {})
        return self._full(kind, marker)

    def _watch_query(self, kind: Kind, selector: _Selector | None) -> str:
        return "&".join(filter(None, (self._query(kind, selector), f"timeoutSeconds={_WATCH_SECONDS}")))

    def _watched(self, kind: Kind, query: str, last: str) -> None:
        until_text = last if last == "initial-events-end" else f'{last.removeprefix("${ns}")}"'
        self._add(watch(f"{self._path(kind)}?{query}", events=_MOST_EVENTS, until=until_text))

    def _look_back(self) -> None:
        """After the history was compacted: ask for what was before."""
        for kind in self._random.sample(self._kinds, 2):
            self._add(
                watch(
                    f"{self._path(kind)}?{self._watch_query(kind, None)}&resourceVersion={self._some_version()}",
                    events=_MOST_EVENTS,
                    until="ERROR",
                )
            )
            exact = f"resourceVersion={self._some_version()}&resourceVersionMatch=Exact"
            self._add(get(self._with(self._path(kind), f"{self._query(kind, None)}&{exact}".removeprefix("&"))))
        if self._pages:
            self._next_page(*self._random.choice(self._pages))
        self._versions.clear()
        self._pages.clear()
        for kind in self._kinds:
            self._list_all(kind)

    def _with(self, path: str, query: str) -> str:
        return f"{path}?{query}" if query else path


Step = Callable[[_Author, Kind], None]

_WEIGHTS: dict[Step, int] = {
    _Author._create: 14,
    _Author._get: 6,
    _Author._replace: 12,
    _Author._replace_status: 5,
    _Author._patch_status: 5,
    _Author._merge: 9,
    _Author._json_patch: 9,
    _Author._strategic: 8,
    _Author._apply: 18,
    _Author._hold: 3,
    _Author._release: 4,
    _Author._delete: 8,
    _Author._delete_collection: 2,
    _Author._family: 2,
    _Author._list: 7,
    _Author._page: 4,
    _Author._watch: 6,
    _Author._watch_from_now: 2,
}
"""How often each step is taken, relative to the others."""


def _nested(change: Change) -> dict[str, Any]:
    nested: dict[str, Any] = _with_change({}, change)
    return nested


def _drop_nulls(metadata: dict[str, Any]) -> None:
    """Drop labels and annotations that are null, which an apply to a custom kind stores and no read ever shows."""
    for name in ("labels", "annotations"):
        if isinstance(metadata.get(name), dict):
            metadata[name] = {key: value for key, value in metadata[name].items() if value is not None}


def _with_change(value: Any, change: Change) -> Any:
    """Return a copy of an object in which a field is what a change says, and what is above it is an object."""

    def changed(value: Any, path: tuple[str | int, ...]) -> Any:
        if not path:
            return change.value
        current = dict(value) if isinstance(value, dict) else {}
        current[path[0]] = changed(current.get(path[0]), path[1:])
        return current

    return changed(value, change.path)
