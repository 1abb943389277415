"""The rules of StatefulSets.

Sources:
    https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/registry/apps/statefulset/strategy.go
    https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/apps/validation/validation.go (ValidateStatefulSet)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from aiokube.testing.apiserver.field_errors import FieldError, child, forbidden, invalid, item, required
from aiokube.testing.apiserver.kinds import internal, label_selectors, names, volume_claims
from aiokube.testing.apiserver.kinds.checks import matching, not_negative, one_of, same, shown
from aiokube.testing.apiserver.kinds.metadata import validate_annotations, validate_labels
from aiokube.testing.apiserver.kinds.pods.annotations import validate_pod_annotations
from aiokube.testing.apiserver.kinds.pods.spec import validate_template
from aiokube.testing.apiserver.kinds.pods.warnings import claim_warnings, template_warnings
from aiokube.testing.apiserver.kinds.rules import Context, Object

from .replicas import (
    validate_counts,
    validate_endless,
    validate_not_more,
    validate_not_rolled_back,
    validate_selector,
)
from .templates import TemplateRules

__all__ = ["StatefulSetRules"]

_MAY_CHANGE = (
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
)
_COUNTS = (
    "replicas",
    "readyReplicas",
    "currentReplicas",
    "updatedReplicas",
    "availableReplicas",
    "observedGeneration",
    "collisionCount",
)
_OF_ALL = ("readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas")


class StatefulSetRules(TemplateRules):
    blank: ClassVar[Object] = {"spec": {"replicas": 0}}

    def prepare_create(self, new: Object, context: Context) -> None:
        super().prepare_create(new, context)
        _drop_max_unavailable(new)

    def prepare_update(self, new: Object, old: Object, context: Context) -> None:
        super().prepare_update(new, old, context)
        _drop_max_unavailable(new)

    def validate_create(self, new: Object, context: Context) -> Iterator[FieldError]:
        return _spec(new["spec"], "spec", new_set=True, check_template=True)

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterator[FieldError]:
        was_right = not any(_spec(old["spec"], "", new_set=False, check_template=True))
        yield from _spec(new["spec"], "spec", new_set=False, check_template=was_right)
        fixed = {*new["spec"], *old["spec"]} - {*_MAY_CHANGE}
        if not all(same(new["spec"].get(name), old["spec"].get(name)) for name in fixed):
            fields = ", ".join(f"'{name}'" for name in _MAY_CHANGE[:-1])
            what = f"updates to statefulset spec for fields other than {fields} and '{_MAY_CHANGE[-1]}' are forbidden"
            yield forbidden("spec", what)

    def validate_status(self, new: Object, old: Object, context: Context) -> Iterator[FieldError]:
        status = new.get("status") or {}
        yield from validate_counts(status, _COUNTS)
        yield from validate_not_more(status, _OF_ALL, than_ready="status.readyReplicas")
        yield from validate_not_rolled_back(new, old)

    def warnings(self, new: Object, old: Object | None) -> Iterable[str]:
        if old is None or new["metadata"].get("generation") != old["metadata"].get("generation"):
            yield from template_warnings(new["spec"]["template"], "spec.template")
        # kube-apiserver names the spec of a claim when a set is changed, and does not when it is made.
        part = "" if old is None else "Spec"
        for index, claim in enumerate(new["spec"].get("volumeClaimTemplates") or []):
            at = item("spec.volumeClaimTemplates", index)
            yield from claim_warnings(claim.get("spec") or {}, child(at, part) if part else at)
        if (new["spec"].get("revisionHistoryLimit") or 0) < 0:
            what = "a negative value retains all historical revisions; a value >= 0 is recommended"
            yield f"spec.revisionHistoryLimit: {what}"


def _drop_max_unavailable(stateful_set: Object) -> None:
    # A feature that no server of 1.36 has unasked.
    update = (stateful_set["spec"].get("updateStrategy") or {}).get("rollingUpdate")
    if update is not None:
        update.pop("maxUnavailable", None)


def _spec(spec: Object, path: str, *, new_set: bool, check_template: bool) -> Iterator[FieldError]:
    """Return what is wrong with a spec.

    Args:
        new_set: the set is new; of one that is there, what cannot change is not looked at again.
        check_template: False for a set whose template was wrong already.
    """
    policy, at = spec.get("podManagementPolicy") or "", child(path, "podManagementPolicy")
    if not policy:
        yield required(at)
    elif policy not in {"OrderedReady", "Parallel"}:
        yield invalid(at, policy, "must be 'OrderedReady' or 'Parallel'")
    yield from _strategy(spec.get("updateStrategy") or {}, child(path, "updateStrategy"))
    retention = spec.get("persistentVolumeClaimRetentionPolicy") or {}
    for when in ("whenDeleted", "whenScaled"):
        where = child(path, "persistentVolumeClaimRetentionPolicy", when)
        yield from one_of(retention.get(when), ("Retain", "Delete"), where)
    for index, claim in enumerate(spec.get("volumeClaimTemplates") or [] if new_set else []):
        at = item(child(path, "volumeClaimTemplates"), index)
        yield from volume_claims.validate_spec(claim.get("spec") or {}, child(at, "spec"))
    for field in ("replicas", "minReadySeconds"):
        yield from not_negative(spec.get(field), child(path, field))
    yield from not_negative((spec.get("ordinals") or {}).get("start"), child(path, "ordinals.start"))
    if new_set and spec.get("serviceName"):
        yield from matching(names.dns_label, spec["serviceName"], child(path, "serviceName"))
    selector = spec.get("selector")
    yield from validate_selector(selector, child(path, "selector"), "statefulset")
    if not label_selectors.readable(selector):
        yield invalid(child(path, "selector"), selector, "")
    else:
        yield from _template(spec, selector, child(path, "template"), check_template=check_template)
    yield from validate_endless(spec.get("template") or {}, child(path, "template"), "StatefulSet")


def _strategy(strategy: Object, path: str) -> Iterator[FieldError]:
    update = strategy.get("rollingUpdate")
    match strategy.get("type") or "":
        case "":
            yield required(path)
        case "OnDelete":
            if update is not None:
                what = internal.shown("RollingUpdateStatefulSetStrategy", update)
                yield invalid(child(path, "rollingUpdate"), what, "only allowed for updateStrategy 'RollingUpdate'")
        case "RollingUpdate":
            yield from not_negative((update or {}).get("partition"), child(path, "rollingUpdate", "partition"))
        case _:
            what = internal.shown("StatefulSetUpdateStrategy", strategy)
            yield invalid(path, what, "must be 'RollingUpdate' or 'OnDelete'")


def _template(
    spec: Object, selector: Mapping[str, Any] | None, path: str, *, check_template: bool
) -> Iterator[FieldError]:
    template = _completed(spec)
    metadata = template.get("metadata") or {}
    labels, annotations = metadata.get("labels"), metadata.get("annotations")
    if selector is None or not (label_selectors.is_empty(selector) or label_selectors.matches(selector, labels)):
        what = "`selector` does not match template `labels`"
        yield invalid(child(path, "metadata", "labels"), shown(labels), what)
    if check_template:
        yield from validate_template(template, path)
    # kube-apiserver looks at these twice; the causes of its Status show it.
    yield from validate_labels(labels, child(path, "labels"))
    yield from validate_annotations(annotations, child(path, "annotations"))
    yield from validate_pod_annotations(annotations or {}, template.get("spec") or {}, child(path, "annotations"))


def _completed(spec: Object) -> Object:
    """Return the template as the pods will have it: with volumes of the claims, and names that the set gives."""
    template = spec.get("template") or {}
    pod = {name: value for name, value in (template.get("spec") or {}).items() if name not in {"hostname", "subdomain"}}
    claims = [(claim.get("metadata") or {}).get("name") or "" for claim in spec.get("volumeClaimTemplates") or []]
    if claims:
        others = [volume for volume in pod.get("volumes") or [] if volume.get("name") not in claims]
        claimed = [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in dict.fromkeys(claims)]
        pod["volumes"] = [*claimed, *others]
    return {**template, "spec": pod}
