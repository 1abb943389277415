"""Access: who one is, and what one may do."""

from conformance.case import case, get, post

__all__ = ["CASES"]

_REVIEWS = "/apis/authorization.k8s.io/v1"

CASES = [
    case("review-of-myself", post("/apis/authentication.k8s.io/v1/selfsubjectreviews", {})),
    case("review-of-my-access",
         post(f"{_REVIEWS}/selfsubjectaccessreviews",
              {"spec": {"resourceAttributes": {"verb": "get", "resource": "pods", "namespace": "${ns}"}}}),
         post(f"{_REVIEWS}/selfsubjectaccessreviews",
              {"spec": {"nonResourceAttributes": {"verb": "get", "path": "/x"}}}),
         post(f"{_REVIEWS}/selfsubjectaccessreviews", {"spec": {}}),
         post(f"{_REVIEWS}/selfsubjectaccessreviews",
              {"spec": {"resourceAttributes": {}, "nonResourceAttributes": {}}})),
    case("review-of-the-access-of-another",
         post(f"{_REVIEWS}/subjectaccessreviews", {"spec": {
             "user": "nobody", "resourceAttributes": {"verb": "get", "resource": "pods"}}}),
         post(f"{_REVIEWS}/subjectaccessreviews", {"spec": {"resourceAttributes": {"verb": "get"}}}),
         post("authorization.k8s.io/v1:localsubjectaccessreviews", {"spec": {
             "user": "nobody", "resourceAttributes": {"verb": "get", "resource": "pods", "namespace": "${ns}"}}}),
         post("authorization.k8s.io/v1:localsubjectaccessreviews", {"spec": {
             "user": "nobody", "resourceAttributes": {"verb": "get", "resource": "pods", "namespace": "other"}}})),
    case("review-of-all-my-rules",
         post(f"{_REVIEWS}/selfsubjectrulesreviews", {"spec": {}})),
    case("review-of-a-token", post("/apis/authentication.k8s.io/v1/tokenreviews", {"spec": {"token": "nothing"}}),
         post("/apis/authentication.k8s.io/v1/tokenreviews", {"spec": {}})),
    case("token-that-is-wrong", get("configmaps", anonymous=True, headers={"Authorization": "Bearer nothing"})),
]  # fmt: skip
