"""Virtual resources: those that answer a question and store nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aiokube.testing.apiserver.access import Security, reviews
from aiokube.testing.apiserver.cluster import Cluster
from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.documents import Document
from aiokube.testing.apiserver.errors import GroupResource

from .bind import bind
from .body import read_object
from .call import Call, Outcome
from .owning import own_written

__all__ = ["answer"]

_Reviewer = Callable[[Object, Call, Cluster, Security], Object]

_BINDINGS = GroupResource("", "bindings")
_AUTHENTICATION = "authentication.k8s.io"
_AUTHORIZATION = "authorization.k8s.io"

_REVIEWERS: Mapping[tuple[str, str], _Reviewer] = {
    (_AUTHENTICATION, "selfsubjectreviews"): lambda review, call, cluster, _: reviews.self_subject_review(
        review, call.user, now=cluster.now()
    ),
    (_AUTHENTICATION, "tokenreviews"): lambda review, _call, _cluster, security: reviews.token_review(
        review, security.authenticator
    ),
    (_AUTHORIZATION, "selfsubjectaccessreviews"): lambda review, call, _, security: reviews.self_subject_access_review(
        review, call.user, security.authorizer
    ),
    (_AUTHORIZATION, "subjectaccessreviews"): lambda review, _call, _cluster, security: reviews.subject_access_review(
        review, security.authorizer
    ),
    (_AUTHORIZATION, "localsubjectaccessreviews"): lambda review, call, _, security: (
        reviews.local_subject_access_review(review, security.authorizer, namespace=call.namespace)
    ),
    (_AUTHORIZATION, "selfsubjectrulesreviews"): lambda review, call, _, security: reviews.self_subject_rules_review(
        review, call.user, security.authorizer
    ),
}


def _bind(cluster: Cluster, call: Call, document: Document) -> Outcome:
    """Bind a pod by the path that was there before pods had one for it."""
    binding = read_object(call, document)
    pods = cluster.resources.find("", "v1", "pods")
    if pods is None:
        raise LookupError("there are no pods to bind")
    name = binding["metadata"].get("name") or ""
    to_pod = Call(pods, namespace=call.namespace, name=name, user=call.user, manager=call.manager, dry_run=call.dry_run)
    return bind(cluster, to_pod, binding)


def answer(cluster: Cluster, security: Security, call: Call, document: Document) -> Outcome | None:
    """Return the answer to a question, None for a resource whose objects are stored.

    Raises:
        StatusError: it is no question (400, 422).
    """
    resource = call.resource
    if resource.group_resource == _BINDINGS:
        return _bind(cluster, call, document)
    reviewer = _REVIEWERS.get((resource.group, resource.plural))
    if reviewer is None:
        return None
    review = read_object(call, document)
    own_written(cluster, call, None, review)
    answered = resource.codec.normal(reviewer(review, call, cluster, security))
    return Outcome(answered, 201)
