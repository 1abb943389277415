"""Subresources that are deeds: a pod is bound or evicted, a service account gets a token."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aiokube.testing.apiserver import access, errors, ownership
from aiokube.testing.apiserver.cluster import Cluster
from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.schema import builtin, decoding

from .bind import bind
from .call import Call, Outcome
from .evict import evict

__all__ = ["ACTIONS", "Action", "act", "not_here"]

Action = Callable[[Cluster, access.Security, Call, Object], Outcome]

_STREAMS = ("attach", "exec", "log", "portforward", "proxy")


def act(cluster: Cluster, security: access.Security, call: Call, value: Object) -> Outcome:
    """Do what a body asks for that was sent to a subresource.

    Raises:
        StatusError: the body is no object of the subresource's kind (400), or it cannot be done.
    """
    kind = call.resource.subresources[call.subresource].kind
    try:
        obj = decoding.decode(builtin.kind_node(*kind), value).object
    except decoding.DecodingError as error:
        what = f'{kind.kind} in version "{kind.version}" cannot be handled as a {kind.kind}'
        raise errors.bad_request(f"{what}: {error}") from None
    return ACTIONS[call.resource.group, call.resource.plural, call.subresource](cluster, security, call, obj)


def not_here(call: Call) -> errors.StatusError:
    """Return the error for a subresource that kube-apiserver has and this server does not."""
    what = f"{call.resource.group_resource}/{call.subresource}"
    why = "there is no kubelet" if call.subresource in _STREAMS else "it is not done yet"
    message = f"{what} is not served by aiokube's API server: {why}"
    return errors.StatusError(501, "NotImplemented", message, {"kind": call.resource.plural})


def _token(cluster: Cluster, security: access.Security, call: Call, request: Object) -> Outcome:
    request = access.defaulted_token_request(request)
    gvk = call.resource.subresources[call.subresource].kind
    kind = ownership.Kind(gvk.kind, gvk.api_version, builtin.kind_node(*gvk))
    entries = ownership.updated(
        kind, None, request, manager=call.manager, now=cluster.now(), subresource=call.subresource
    )
    if entries:
        request["metadata"]["managedFields"] = entries
    answer = access.answer_token_request(
        request,
        namespace=call.namespace,
        name=call.name,
        objects=cluster,
        tokens=security.tokens,
        now=cluster.clock.now(),
    )
    return Outcome(answer, 201)


ACTIONS: Mapping[tuple[str, str, str], Action] = {
    ("", "pods", "binding"): lambda cluster, _, call, binding: bind(cluster, call, binding),
    ("", "pods", "eviction"): lambda cluster, _, call, eviction: evict(cluster, call, eviction),
    ("", "serviceaccounts", "token"): _token,
}
"""By group, plural and subresource."""
