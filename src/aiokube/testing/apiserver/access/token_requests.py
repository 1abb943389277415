"""TokenRequest: how a token of a service account is got.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/registry/core/serviceaccount/storage/token.go
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from aiokube.testing.apiserver import field_errors
from aiokube.testing.apiserver.clock import time
from aiokube.testing.apiserver.errors import GroupKind, GroupResource, bad_request, conflict, invalid, not_found
from aiokube.testing.apiserver.go.text import quoted

from .identity import service_account_name
from .objects import Objects
from .service_account_tokens import ServiceAccountTokens

__all__ = ["answer_token_request", "defaulted_token_request"]

_KIND = GroupKind("authentication.k8s.io", "TokenRequest")
_SERVICE_ACCOUNTS = GroupResource("", "serviceaccounts")
_BINDABLE = {kind: GroupResource("", f"{kind.lower()}s") for kind in ("Pod", "Node", "Secret")}

_DEFAULT_SECONDS = 3600
_LEAST_SECONDS = 600
_MOST_SECONDS = 1 << 32

# A kubelet asks for an hour and seven seconds, and then gets a year: who still does not renew tokens is warned of
# by the server, and not cut off.
_KUBELETS_SECONDS = 3607
_EXTENDED_SECONDS = 365 * 24 * 3600


def defaulted_token_request(request: dict[str, Any]) -> dict[str, Any]:
    """Return a TokenRequest as it is when it has its defaults."""
    spec = dict(request.get("spec") or {})
    if spec.get("expirationSeconds") is None:
        spec["expirationSeconds"] = _DEFAULT_SECONDS
    return {**request, "metadata": dict(request.get("metadata") or {}), "spec": spec}


def answer_token_request(
    request: dict[str, Any],
    *,
    namespace: str,
    name: str,
    objects: Objects,
    tokens: ServiceAccountTokens,
    now: dt.datetime,
) -> dict[str, Any]:
    """Return a TokenRequest with a token.

    Args:
        request: as it came.
        namespace: of the service account, as the path has it.
        name: of the service account, as the path has it.

    Raises:
        StatusError: there is no such account, or it cannot be done.
    """
    request = defaulted_token_request(request)
    metadata, spec = request["metadata"], request["spec"]
    _match(metadata, namespace=namespace, name=name)
    account = objects.get(_SERVICE_ACCOUNTS, name, namespace)
    if account is None:
        raise not_found(_SERVICE_ACCOUNTS, name)
    uid = account["metadata"]["uid"]
    if metadata.get("uid", uid) != uid:
        why = f"the UID in the token request ({metadata['uid']}) does not match the UID of the service account ({uid})"
        raise conflict(GroupResource(*_KIND), name, why)
    metadata = {"name": name, "namespace": namespace, "uid": uid} | metadata | {"creationTimestamp": time(now)}
    spec["audiences"] = spec.get("audiences") or list(tokens.audiences)
    _check_seconds(spec["expirationSeconds"])
    bound = _bound(spec.get("boundObjectRef"), namespace=namespace, account=name, objects=objects)
    references = {"namespace": namespace, "serviceaccount": {"name": name, "uid": uid}, **bound}
    token = tokens.sign(_claims(references, spec, now, extended=_is_extended(spec, bound, tokens)))
    expiration = time(now + dt.timedelta(seconds=spec["expirationSeconds"]))
    return {
        "kind": _KIND.kind,
        "apiVersion": f"{_KIND.group}/v1",
        "metadata": dict(sorted(metadata.items(), key=lambda field: field[0] == "managedFields")),
        "spec": {**spec, "boundObjectRef": spec.get("boundObjectRef")},
        "status": {"token": token, "expirationTimestamp": expiration},
    }


def _match(metadata: Mapping[str, Any], *, name: str, namespace: str) -> None:
    if metadata.get("namespace", namespace) != namespace:
        raise bad_request("the namespace of the provided object does not match the namespace sent on the request")
    given = metadata.get("name")
    if given and given != name:
        detail = "must match the service account name if specified"
        raise invalid(_KIND, name, [field_errors.invalid("metadata.name", given, detail)])


def _check_seconds(seconds: int) -> None:
    detail = ""
    if seconds < _LEAST_SECONDS:
        detail = "may not specify a duration less than 10 minutes"
    elif seconds > _MOST_SECONDS:
        detail = "may not specify a duration larger than 2^32 seconds"
    if detail:
        raise invalid(_KIND, "", [field_errors.invalid("spec.expirationSeconds", seconds, detail)])


def _bound(
    reference: Mapping[str, str] | None, *, namespace: str, account: str, objects: Objects
) -> dict[str, dict[str, str]]:
    """Return what claims say of the object that a token is bound to."""
    if not reference:
        return {}
    kind, version, name = (reference.get(field, "") for field in ("kind", "apiVersion", "name"))
    group, _, version_in_group = version.rpartition("/")
    resource = None if group else _BINDABLE.get(kind)
    if resource is None:
        raise bad_request(f"cannot bind token to object of type {group}/{version_in_group}, Kind={kind}")
    found = objects.get(resource, name, "" if kind == "Node" else namespace)
    if found is None:
        raise not_found(resource, name)
    if kind == "Pod" and found["spec"].get("serviceAccountName") != account:
        who = f"serviceaccount {quoted(account)}"
        raise bad_request(f"cannot bind token for {who} to pod running with different serviceaccount name.")
    uid = found["metadata"]["uid"]
    if reference.get("uid", uid) != uid:
        why = (
            f"the UID in the bound object reference ({reference['uid']}) does not match the UID in record. "
            "The object might have been deleted and then recreated"
        )
        raise conflict(GroupResource("", kind), name, why)
    bound = {kind.lower(): {"name": name, "uid": uid}}
    node_name = found["spec"].get("nodeName") if kind == "Pod" else None
    if node_name:
        node = objects.get(_BINDABLE["Node"], node_name)
        bound["node"] = {"name": node_name} | ({"uid": node["metadata"]["uid"]} if node else {})
    return bound


def _is_extended(spec: Mapping[str, Any], bound: Mapping[str, Any], tokens: ServiceAccountTokens) -> bool:
    is_for_server = set(spec["audiences"]) <= set(tokens.audiences)
    return "pod" in bound and spec["expirationSeconds"] == _KUBELETS_SECONDS and is_for_server


def _claims(
    references: Mapping[str, Any], spec: Mapping[str, Any], now: dt.datetime, *, extended: bool
) -> dict[str, Any]:
    issued = int(now.timestamp())
    warn_after = {"warnafter": issued + spec["expirationSeconds"]} if extended else {}
    return {
        "aud": spec["audiences"],
        "exp": issued + (_EXTENDED_SECONDS if extended else spec["expirationSeconds"]),
        "iat": issued,
        "jti": str(uuid.uuid4()),
        "kubernetes.io": {**references, **warn_after},
        "nbf": issued,
        "sub": service_account_name(references["namespace"], references["serviceaccount"]["name"]),
    }
