"""Subresources that are deeds: a pod is bound or evicted, a service account gets a token."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aiokube.testing.apiserver import access, errors
from aiokube.testing.apiserver.cluster import Cluster
from aiokube.testing.apiserver.documents import Document

from .call import Call, Outcome

__all__ = ["ACTIONS", "Action", "not_here"]

Action = Callable[[Cluster, access.Security, Call, Document], Outcome]

_STREAMS = ("attach", "exec", "log", "portforward", "proxy")


def not_here(call: Call) -> errors.StatusError:
    """Return the error for a subresource that kube-apiserver has and this server does not."""
    what = f"{call.resource.group_resource}/{call.subresource}"
    why = "there is no kubelet" if call.subresource in _STREAMS else "it is not done yet"
    return errors.StatusError(
        501, "NotImplemented", f"{what} is not served by aiokube's API server: {why}", {"kind": call.resource.plural}
    )


def _token(cluster: Cluster, security: access.Security, call: Call, document: Document) -> Outcome:
    answer = access.answer_token_request(
        document.value,
        namespace=call.namespace,
        name=call.name,
        objects=cluster,
        tokens=security.tokens,
        now=cluster.clock.now(),
    )
    return Outcome(answer, 201)


ACTIONS: Mapping[tuple[str, str, str], Action] = {("", "serviceaccounts", "token"): _token}
"""By group, plural and subresource."""
