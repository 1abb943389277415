"""FlowSchemas and PriorityLevelConfigurations: how requests would be queued. Here none is.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/flowcontrol/validation/validation.go
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds import checks, internal, names
from aiokube.testing.apiserver.kinds.fixed_metadata import FixedMetadataRules
from aiokube.testing.apiserver.kinds.rules import Context, Object, Rules

__all__ = ["BEHAVIOUR", "FlowSchemaRules", "PriorityLevelConfigurationRules"]

_DISTINGUISHERS = ("ByNamespace", "ByUser")
_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch")
_SUBJECTS = {"Group": "group", "ServiceAccount": "serviceAccount", "User": "user"}
_FIXED_SCHEMAS = ("catch-all", "exempt")
_EXEMPT = "exempt"
_CATCH_ALL = "catch-all"
_ZERO_SHARES = "flowcontrol.k8s.io/preserve-zero-concurrency-shares"
_HIGHEST_PRECEDENCE: Final = 10_000
_MOST_QUEUES: Final = 10_000_000
_MOST_HASH_BITS: Final = 60


class FlowSchemaRules(FixedMetadataRules):
    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        yield from _schema(new.get("spec") or {}, new["metadata"].get("name", ""))
        yield from _conditions(new)

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        name, spec = new["metadata"]["name"], new.get("spec") or {}
        yield from _schema(spec, name)
        if name in _FIXED_SCHEMAS and spec != old.get("spec"):
            shown = internal.shown("FlowSchemaSpec", spec)
            yield fields.invalid("spec", shown, f"spec of '{name}' must equal the fixed value")
        yield from _conditions(new)

    def validate_status(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        return _conditions(new)


class PriorityLevelConfigurationRules(FixedMetadataRules):
    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        if _ZERO_SHARES in (new["metadata"].get("annotations") or {}):
            yield fields.forbidden("metadata.annotations", f"annotation '{_ZERO_SHARES}' is forbidden")
        yield from _level(new.get("spec") or {}, new["metadata"].get("name", ""))
        yield from _conditions(new)

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        yield from self.validate_create(new, context)
        yield from _fixed_level(new["metadata"]["name"], new.get("spec") or {}, old.get("spec") or {})

    def validate_status(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        return _conditions(new)


def _schema(spec: Object, name: str) -> Iterator[FieldError]:
    precedence, at = spec.get("matchingPrecedence") or 0, "spec.matchingPrecedence"
    if precedence <= 0:
        yield fields.invalid(at, precedence, "must be a positive value")
    if precedence > _HIGHEST_PRECEDENCE:
        yield fields.invalid(at, precedence, f"must not be greater than {_HIGHEST_PRECEDENCE}")
    if precedence == 1 and name != _EXEMPT:
        yield fields.invalid(at, precedence, "only the schema named 'exempt' may have matchingPrecedence 1")
    method = spec.get("distinguisherMethod")
    if method is not None and method.get("type") not in _DISTINGUISHERS:
        shown = {"Type": method.get("type") or ""}
        yield fields.not_supported("spec.distinguisherMethod.type", shown, _DISTINGUISHERS)
    level, at = (spec.get("priorityLevelConfiguration") or {}).get("name") or "", "spec.priorityLevelConfiguration.name"
    if not level:
        yield fields.required(at, "must reference a priority level")
    else:
        yield from checks.matching(names.dns_subdomain, level, at)
    for index, rule in enumerate(spec.get("rules") or ()):
        yield from _rule(rule, fields.item("spec.rules", index))


def _rule(rule: Object, path: str) -> Iterator[FieldError]:
    subjects = rule.get("subjects") or []
    for index, subject in enumerate(subjects):
        yield from _subject(subject, fields.item(fields.child(path, "subjects"), index))
    if not subjects:
        yield fields.required(fields.child(path, "subjects"), "subjects must contain at least one value")
    if not rule.get("resourceRules") and not rule.get("nonResourceRules"):
        yield fields.required(path, "at least one of resourceRules and nonResourceRules has to be non-empty")
    for index, each in enumerate(rule.get("resourceRules") or ()):
        yield from _resources(each, fields.item(fields.child(path, "resourceRules"), index))
    for index, each in enumerate(rule.get("nonResourceRules") or ()):
        yield from _urls(each, fields.item(fields.child(path, "nonResourceRules"), index))


def _subject(subject: Object, path: str) -> Iterator[FieldError]:
    kind = subject.get("kind") or ""
    if kind not in _SUBJECTS:
        yield fields.not_supported(fields.child(path, "kind"), kind, _SUBJECTS)
        return
    at = fields.child(path, _SUBJECTS[kind])
    if (named := subject.get(_SUBJECTS[kind])) is None:
        yield fields.required(at, f"{_SUBJECTS[kind]} is required when subject kind is '{kind}'")
    elif kind == "ServiceAccount":
        yield from _service_account(named, at)
    else:
        yield from checks.present(named.get("name"), fields.child(at, "name"))
    for other in ("ServiceAccount", "User", "Group"):
        if other != kind and subject.get(_SUBJECTS[other]) is not None:
            words = f"{_SUBJECTS[other]} is forbidden when subject kind is not '{other}'"
            yield fields.forbidden(fields.child(path, _SUBJECTS[other]), words)


def _service_account(named: Object, path: str) -> Iterator[FieldError]:
    name, namespace = named.get("name") or "", named.get("namespace") or ""
    if name != "*":
        yield from checks.present(name, fields.child(path, "name"), names.dns_subdomain)
    if namespace:
        yield from checks.matching(names.dns_label, namespace, fields.child(path, "namespace"))
    else:
        yield fields.required(fields.child(path, "namespace"), "must specify namespace for service account")


def _resources(rule: Object, path: str) -> Iterator[FieldError]:
    yield from _verbs(rule.get("verbs") or [], fields.child(path, "verbs"))
    for name, one, many in (("apiGroups", "api group", "api groups"), ("resources", "resource", "resources")):
        values, at = rule.get(name) or [], fields.child(path, name)
        if not values:
            yield fields.required(at, f"resource rules must supply at least one {one}")
        yield from checks.alone(values, at, many)
    namespaces, at = rule.get("namespaces") or [], fields.child(path, "namespaces")
    if not namespaces and not rule.get("clusterScope"):
        yield fields.required(at, "resource rules that are not cluster scoped must supply at least one namespace")
    yield from checks.alone(namespaces, at, "namespaces")
    if "*" not in namespaces:
        for index, namespace in enumerate(namespaces):
            for words in names.dns_label(namespace):
                words = f"each member of this list must be '*' or a DNS-1123 label; {words}"
                yield fields.invalid(fields.item(at, index), namespace, words)


def _urls(rule: Object, path: str) -> Iterator[FieldError]:
    yield from _verbs(rule.get("verbs") or [], fields.child(path, "verbs"))
    urls, at = rule.get("nonResourceURLs") or [], fields.child(path, "nonResourceURLs")
    if not urls:
        yield fields.required(at, "nonResourceURLs must contain at least one value")
    yield from checks.alone(urls, at, "non-resource URLs")
    if "*" not in urls:
        for index, url in enumerate(urls):
            if wrong := _wrong_url(url):
                yield fields.invalid(fields.item(at, index), url, wrong)


def _wrong_url(url: str) -> str:
    if not url:
        return "must not be empty"
    if not url.startswith("/"):
        return "must start with slash"
    if " " in url:
        return "must not contain white-space"
    if "//" in url:
        return "must not contain double slash"
    stars = url.count("*")
    return "wildcard can only do suffix matching" if stars > 1 or (stars and not url.endswith("/*")) else ""


def _verbs(verbs: Sequence[str], path: str) -> Iterator[FieldError]:
    if not verbs:
        yield fields.required(path, "verbs must contain at least one value")
    yield from checks.alone(verbs, path, "verbs")
    if "*" not in verbs and not {*verbs} <= {*_VERBS}:
        yield fields.not_supported(path, verbs, _VERBS)


def _level(spec: Object, name: str) -> Iterator[FieldError]:
    kind, limited, exempt = spec.get("type") or "", spec.get("limited"), spec.get("exempt")
    if (name == _EXEMPT) != (kind == "Exempt"):
        yield fields.invalid("spec.type", kind, "must be 'Exempt' if and only if `name` is 'exempt'")
    if kind == "Exempt":
        if limited is not None:
            yield fields.forbidden("spec.limited", "must be nil if the type is not Limited")
        yield from _shares(exempt or {}, "spec.exempt")
        yield from _percent(exempt or {}, "spec.exempt")
    elif kind == "Limited":
        if exempt is not None:
            yield fields.forbidden("spec.exempt", "must be nil if the type is Limited")
        if limited is None:
            yield fields.required("spec.limited", "must not be empty when type is Limited")
        else:
            yield from _limited(limited, "spec.limited")
    else:
        yield from checks.one_of(kind, ("Exempt", "Limited"), "spec.type", needed=True)


def _limited(limited: Object, path: str) -> Iterator[FieldError]:
    yield from _shares(limited, path)
    yield from _response(limited.get("limitResponse") or {}, fields.child(path, "limitResponse"))
    yield from _percent(limited, path)
    borrowed = limited.get("borrowingLimitPercent") or 0
    if borrowed < 0:
        at = fields.child(path, "borrowingLimitPercent")
        yield fields.invalid(at, borrowed, "if specified, must be a non-negative integer")


def _shares(level: Object, path: str) -> Iterator[FieldError]:
    shares = level.get("nominalConcurrencyShares") or 0
    if shares < 0:
        yield fields.invalid(fields.child(path, "nominalConcurrencyShares"), shares, "must be a non-negative integer")


def _percent(level: Object, path: str) -> Iterator[FieldError]:
    return checks.in_range(level.get("lendablePercent"), 0, 100, fields.child(path, "lendablePercent"))


def _response(response: Object, path: str) -> Iterator[FieldError]:
    kind, queuing, at = response.get("type") or "", response.get("queuing"), fields.child(path, "queuing")
    if kind == "Reject":
        if queuing is not None:
            yield fields.forbidden(at, "must be nil if limited.limitResponse.type is not Limited")
    elif kind != "Queue":
        yield from checks.one_of(kind, ("Queue", "Reject"), fields.child(path, "type"), needed=True)
    elif queuing is None:
        yield fields.required(at, "must not be empty if limited.limitResponse.type is Limited")
    else:
        yield from _queuing(queuing, at)


def _queuing(queuing: Object, path: str) -> Iterator[FieldError]:
    length, queues, hand = (queuing.get(name) or 0 for name in ("queueLengthLimit", "queues", "handSize"))
    if length <= 0:
        yield fields.invalid(fields.child(path, "queueLengthLimit"), length, "must be positive")
    if queues <= 0:
        yield fields.invalid(fields.child(path, "queues"), queues, "must be positive")
    elif queues > _MOST_QUEUES:
        yield fields.invalid(fields.child(path, "queues"), queues, f"must not be greater than {_MOST_QUEUES}")
    if wrong := _wrong_hand(queues, hand):
        yield fields.invalid(fields.child(path, "handSize"), hand, wrong)


def _wrong_hand(queues: int, hand: int) -> str:
    if hand <= 0:
        return "must be positive"
    if hand > queues:
        return f"should not be greater than queues ({queues})"
    if math.ceil(math.log2(queues) * hand) > _MOST_HASH_BITS:
        what = f"required entropy bits of deckSize {queues} and handSize {hand}"
        return f"{what} should not be greater than {_MOST_HASH_BITS}"
    return ""


def _fixed_level(name: str, new: Object, old: Object) -> Iterator[FieldError]:
    if name == _CATCH_ALL and new != old:
        words = f"spec of '{name}' must equal the fixed value"
    elif name == _EXEMPT and _but_exempt(new) != _but_exempt(old):
        words = f"spec of '{name}' except the 'spec.exempt' field must equal the fixed value"
    else:
        return
    yield fields.invalid("spec", internal.shown("PriorityLevelConfigurationSpec", new), words)


def _but_exempt(spec: Object) -> dict[str, Any]:
    return {name: value for name, value in spec.items() if name != "exempt"}


def _conditions(obj: Object) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, condition in enumerate((obj.get("status") or {}).get("conditions") or ()):
        kind, at = condition.get("type") or "", fields.child(fields.item("status.conditions", index), "type")
        if kind in seen:
            yield fields.duplicate(at, kind)
        seen.add(kind)
        yield from checks.present(kind, at)


_GROUP = "flowcontrol.apiserver.k8s.io"

BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {
    (_GROUP, "FlowSchema"): FlowSchemaRules,
    (_GROUP, "PriorityLevelConfiguration"): PriorityLevelConfigurationRules,
}
