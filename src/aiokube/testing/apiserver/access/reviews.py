"""Reviews: objects that are questions about access, answered when they are created and not stored.

Each function takes the object in normal form and returns it answered; whoever calls adds what all objects get
(managed fields).

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/authorization/validation/validation.go
Source: https://github.com/kubernetes/kubernetes/tree/v1.36.3/pkg/registry/authorization
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from aiokube.testing.apiserver import field_errors
from aiokube.testing.apiserver.errors import GroupKind, StatusError, bad_request, invalid
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.selectors import parse_fields, parse_labels, selector_of

from .authentication import Authenticator
from .authorization import Authorizer, Verdict
from .identity import UserInfo
from .rbac import Rule
from .request_info import Attributes

__all__ = [
    "local_subject_access_review",
    "self_subject_access_review",
    "self_subject_review",
    "self_subject_rules_review",
    "subject_access_review",
    "token_review",
]

Object = dict[str, Any]

_AUTHORIZATION = GroupKind("authorization.k8s.io", "")
"""Without a kind, as kube-apiserver words what is wrong with these."""

_ONE_OF = "exactly one of nonResourceAttributes or resourceAttributes must be specified"
_NOT_BOTH = "cannot be specified in combination with resourceAttributes"


def self_subject_review(review: Object, user: UserInfo, *, now: str) -> Object:
    """Say who asks."""
    return {**_head(review), "metadata": {"creationTimestamp": now}, "status": {"userInfo": user.json}}


def token_review(review: Object, authenticator: Authenticator) -> Object:
    """Say whose a token is.

    Raises:
        StatusError: 400, there is no token.
    """
    spec = review.get("spec") or {}
    token = spec.get("token")
    if not token:
        raise bad_request("token is required for TokenReview in authentication")
    verified, problem = authenticator.review(token, spec.get("audiences") or authenticator.audiences)
    if verified is None:
        return {**review, "status": {"user": {}, "error": problem}}
    status = {"authenticated": True, "user": verified.user.json, "audiences": list(verified.audiences)}
    return {**review, "status": status}


def self_subject_access_review(review: Object, user: UserInfo, authorizer: Authorizer) -> Object:
    """Say whether who asks may do something.

    Raises:
        StatusError: 422, that is no question.
    """
    spec = review.get("spec") or {}
    _refuse([*_attribute_errors(spec), *_selector_errors(spec), *_metadata_errors(review)])
    return _answered(review, _wanted(spec, user), authorizer)


def subject_access_review(review: Object, authorizer: Authorizer) -> Object:
    """Say whether somebody may do something.

    Raises:
        StatusError: 422, that is no question.
    """
    spec = review.get("spec") or {}
    _refuse([*_subject_errors(spec), *_metadata_errors(review)])
    return _answered(review, _wanted(spec, _subject(spec)), authorizer)


def local_subject_access_review(review: Object, authorizer: Authorizer, *, namespace: str) -> Object:
    """Say whether somebody may do something in a namespace.

    Args:
        namespace: of the path.

    Raises:
        StatusError: 422, that is no question.
    """
    spec = review.get("spec") or {}
    review = {**review, "metadata": {**(review.get("metadata") or {}), "namespace": namespace}}
    found = [*_subject_errors(spec), *_metadata_errors(review, "namespace")]
    resource = spec.get("resourceAttributes")
    if resource is not None and resource.get("namespace", "") != namespace:
        where = "spec.resourceAttributes.namespace"
        found.append(field_errors.invalid(where, resource.get("namespace", ""), "must match metadata.namespace"))
    if spec.get("nonResourceAttributes") is not None:
        found.append(_path_error(spec, "disallowed on this kind of request"))
    _refuse(found)
    return _answered(review, _wanted(spec, _subject(spec)), authorizer)


def self_subject_rules_review(review: Object, user: UserInfo, authorizer: Authorizer) -> Object:
    """List what who asks may do in a namespace.

    Raises:
        StatusError: 400, it names no namespace.
    """
    namespace = (review.get("spec") or {}).get("namespace")
    if not namespace:
        raise bad_request("no namespace on request")
    listed = authorizer.rules(user, namespace)
    status: Object = {
        "resourceRules": [_resource_rule(rule) for rule in listed.rules if rule.resources],
        "nonResourceRules": [_path_rule(rule) for rule in listed.rules if rule.paths],
        "incomplete": listed.incomplete,
    }
    if listed.error:
        status["evaluationError"] = listed.error
    return {**_head(review), "metadata": {}, "spec": {}, "status": status}


def _head(review: Object) -> Object:
    return {"kind": review["kind"], "apiVersion": review["apiVersion"]}


def _answered(review: Object, wanted: Attributes, authorizer: Authorizer) -> Object:
    decision = authorizer.authorize(wanted)
    status: Object = {"allowed": decision.allowed}
    if decision.verdict is Verdict.DENY:
        status["denied"] = True
    if decision.reason:
        status["reason"] = decision.reason
    if error := _evaluation_error(review.get("spec") or {}):
        status["evaluationError"] = error
    return {**review, "status": status}


def _subject(spec: Mapping[str, Any]) -> UserInfo:
    extra = {key: tuple(values) for key, values in (spec.get("extra") or {}).items()}
    return UserInfo(spec.get("user", ""), spec.get("uid", ""), tuple(spec.get("groups") or ()), extra)


def _wanted(spec: Mapping[str, Any], user: UserInfo) -> Attributes:
    path = spec.get("nonResourceAttributes")
    if path is not None:
        return Attributes(user=user, verb=path.get("verb", ""), path=path.get("path", ""), is_resource=False)
    resource = spec["resourceAttributes"]
    return Attributes(
        user=user,
        verb=resource.get("verb", ""),
        group=resource.get("group", ""),
        version=resource.get("version") or "*",
        resource=resource.get("resource", ""),
        subresource=resource.get("subresource", ""),
        namespace=resource.get("namespace", ""),
        name=resource.get("name", ""),
        label_selector=(resource.get("labelSelector") or {}).get("rawSelector", ""),
        field_selector=(resource.get("fieldSelector") or {}).get("rawSelector", ""),
    )


def _resource_rule(rule: Rule) -> Object:
    fields = {
        "verbs": rule.verbs,
        "apiGroups": rule.groups,
        "resources": rule.resources,
        "resourceNames": rule.names,
    }
    return {name: list(values) for name, values in fields.items() if values}


def _path_rule(rule: Rule) -> Object:
    return {"verbs": list(rule.verbs), "nonResourceURLs": list(rule.paths)}


def _refuse(found: list[FieldError]) -> None:
    if found:
        raise _invalid(found)


def _invalid(found: list[FieldError]) -> StatusError:
    return invalid(_AUTHORIZATION, "", found)


def _subject_errors(spec: Mapping[str, Any]) -> Iterable[FieldError]:
    yield from _attribute_errors(spec)
    if not spec.get("user") and not spec.get("groups"):
        yield field_errors.invalid("spec.user", spec.get("user", ""), "at least one of user or group must be specified")
    yield from _selector_errors(spec)


def _attribute_errors(spec: Mapping[str, Any]) -> Iterable[FieldError]:
    resource, path = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
    if resource is not None and path is not None:
        yield _path_error(spec, _NOT_BOTH)
    if resource is None and path is None:
        yield field_errors.invalid("spec.resourceAttributes", None, _ONE_OF)


def _path_error(spec: Mapping[str, Any], detail: str) -> FieldError:
    path = spec["nonResourceAttributes"]
    # With the names that the fields have in Go.
    shown = {"Path": path.get("path", ""), "Verb": path.get("verb", "")}
    return field_errors.invalid("spec.nonResourceAttributes", shown, detail)


def _selector_errors(spec: Mapping[str, Any]) -> Iterable[FieldError]:
    for name in ("fieldSelector", "labelSelector"):
        selector = (spec.get("resourceAttributes") or {}).get(name)
        if selector is None:
            continue
        where = f"spec.resourceAttributes.{name}"
        raw, requirements = selector.get("rawSelector"), selector.get("requirements")
        if raw and requirements:
            detail = "may not specified at the same time as requirements"
            yield field_errors.invalid(f"{where}.rawSelector", raw, detail)
        if not raw and not requirements:
            detail = f"when {where} is specified, requirements or rawSelector is required"
            yield field_errors.required(f"{where}.requirements", detail)


def _evaluation_error(spec: Mapping[str, Any]) -> str:
    """Say which selectors were not understood; what is asked for is then broader than what was meant."""
    resource = spec.get("resourceAttributes") or {}
    texts = []
    for name, parse, is_known in (
        ("fieldSelector", parse_fields, _is_field_requirement),
        ("labelSelector", parse_labels, _is_label_requirement),
    ):
        selector = resource.get(name) or {}
        known = [is_known(requirement) for requirement in selector.get("requirements") or ()]
        if not all(known) or not _is_readable(parse, selector.get("rawSelector", "")):
            texts.append(f"spec.resourceAttributes.{name} {'partially ' * any(known)}ignored due to parse error")
    return "; ".join(texts)


def _is_readable(parse: Callable[[str], object], selector: str) -> bool:
    try:
        parse(selector)
    except StatusError:
        return False
    return True


def _is_field_requirement(requirement: Mapping[str, Any]) -> bool:
    return requirement.get("operator") in {"In", "NotIn"} and len(requirement.get("values") or ()) == 1


def _is_label_requirement(requirement: Mapping[str, Any]) -> bool:
    try:
        selector_of({"matchExpressions": [requirement]})
    except ValueError:
        return False
    return True


def _metadata_errors(review: Object, *allowed: str) -> Iterable[FieldError]:
    metadata = {name: value for name, value in (review.get("metadata") or {}).items() if value}
    if set(metadata) - {"managedFields", *allowed}:
        suffix = " except for namespace" if "namespace" in allowed else ""
        yield field_errors.invalid("metadata", metadata, f"must be empty{suffix}")
