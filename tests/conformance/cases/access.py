"""Access: who one is, and what one may do."""

from conformance.case import apply, case, delete, get, merge, post, send, until

__all__ = ["CASES"]

_REVIEWS = "/apis/authorization.k8s.io/v1"
_MYSELF = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
_RBAC = "rbac.authorization.k8s.io"
_ROLES = f"{_RBAC}/v1:roles"
_BINDINGS = f"{_RBAC}/v1:rolebindings"
_JANE = {"Impersonate-User": "jane"}
_TOKEN = "serviceaccounts/default/token"
_POD_READER = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}


def _binding(role: str, user: str, kind: str = "Role") -> dict[str, object]:
    return {
        "metadata": {"name": "b"},
        "roleRef": {"apiGroup": _RBAC, "kind": kind, "name": role},
        "subjects": [{"apiGroup": _RBAC, "kind": "User", "name": user}],
    }


def _role(*rules: dict[str, object]) -> dict[str, object]:
    return {"metadata": {"name": "r"}, "rules": list(rules)}


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
    case("anonymous-may-look-at-health-alone",
         get("pods", anonymous=True),
         get("/api/v1/namespaces", anonymous=True),
         get("/foo", anonymous=True),
         get("/healthz", anonymous=True),
         get("pods", anonymous=True, headers={"Authorization": "Basic eDp5"}),
         get("pods", anonymous=True, headers={"Authorization": "Bearer "}),
         post(_MYSELF, {}, anonymous=True)),
    case("user-without-rights-is-told-what-is-missing",
         get("pods", headers=_JANE),
         get("pods/a", headers=_JANE),
         get("pods/a/log", headers=_JANE),
         get("pods?watch=true", headers=_JANE),
         get("pods?fieldSelector=metadata.name%3Da", headers=_JANE),
         get("apps/v1:deployments/a/scale", headers=_JANE),
         post("configmaps", {"metadata": {"name": "a"}}, headers=_JANE),
         merge("configmaps/a", {}, headers=_JANE),
         apply("configmaps/a", {}, headers=_JANE),
         delete("configmaps/a", headers=_JANE),
         delete("configmaps", headers=_JANE),
         get("/api/v1/namespaces/${ns}", headers=_JANE),
         get("/api/v1/nodes", headers=_JANE),
         get("/apis/nothing.example.com/v1/things/a", headers=_JANE),
         get("/logs/%3Ca%3E", headers=_JANE),
         send("OPTIONS", "/foo", headers=_JANE, content_type=None)),
    case("user-with-rights-has-no-more-than-them",
         post(_ROLES, _role(_POD_READER)),
         post(_BINDINGS, _binding("r", "reader")),
         until("pods", status=200, headers={"Impersonate-User": "reader"}),
         get("pods/a", headers={"Impersonate-User": "reader"}),
         get("secrets", headers={"Impersonate-User": "reader"}),
         delete("pods/a", headers={"Impersonate-User": "reader"}),
         get("/api/v1/pods", headers={"Impersonate-User": "reader"})),
    case("role-that-is-not-there-is-named",
         post(_BINDINGS, _binding("nothing", "lost")),
         until("pods", says="not found", headers={"Impersonate-User": "lost"})),
    case("impersonated-user-is-who-is-asked-for",
         post(_MYSELF, {}, headers=_JANE),
         post(_MYSELF, {}, headers={**_JANE, "Impersonate-Group": "shop", "Impersonate-Uid": "u",
                                    "Impersonate-Extra-Reason": "x"}),
         post(_MYSELF, {}, headers={"Impersonate-User": "system:serviceaccount:default:default"}),
         post(_MYSELF, {}, headers={"Impersonate-User": "system:anonymous"}),
         post(_MYSELF, {}, headers={"Impersonate-Group": "shop"}),
         post(_MYSELF, {}, headers={"Impersonate-Uid": "u"})),
    case("nothing-is-given-away-that-one-has-not",
         post(_ROLES, _role({"apiGroups": [_RBAC], "resources": ["roles", "rolebindings"], "verbs": ["*"]})),
         post(_BINDINGS, _binding("r", "giver")),
         until(_ROLES, status=200, headers={"Impersonate-User": "giver"}),
         post(_ROLES, {"metadata": {"name": "s"}, "rules": [_POD_READER, {**_POD_READER, "resourceNames": ["a"]}]},
              headers={"Impersonate-User": "giver"}),
         post(_BINDINGS, {**_binding("nothing", "x"), "metadata": {"name": "c"}},
              headers={"Impersonate-User": "giver"}),
         post(_BINDINGS, {**_binding("r", "x"), "metadata": {"name": "d"}},
              headers={"Impersonate-User": "giver"}),
         merge(f"{_BINDINGS}/b", {"metadata": {"labels": {"a": "b"}}}, headers={"Impersonate-User": "giver"}),
         looks_at="rules"),
    case("token-of-a-service-account",
         until("serviceaccounts/default", status=200),
         post(_TOKEN, {"spec": {"expirationSeconds": 5}}),
         post(_TOKEN, {"spec": {"expirationSeconds": 5000000000}}),
         post(_TOKEN, {"metadata": {"name": "other"}}),
         post(_TOKEN, {"metadata": {"namespace": "other"}}),
         post(_TOKEN, {"spec": {"boundObjectRef": {"kind": "Pod", "apiVersion": "v1", "name": "a"}}}),
         post(_TOKEN, {"spec": {"boundObjectRef": {"kind": "ConfigMap", "apiVersion": "v1", "name": "a"}}}),
         post("serviceaccounts/nothing/token", {}),
         looks_at="spec.expirationSeconds"),
    case("question-about-access-that-is-none",
         post(f"{_REVIEWS}/subjectaccessreviews", {"metadata": {"name": "a"}, "spec": {
             "user": "jane", "nonResourceAttributes": {"verb": "get", "path": "/"}}}),
         post(f"{_REVIEWS}/subjectaccessreviews", {"spec": {"user": "jane", "resourceAttributes": {
             "verb": "list", "resource": "pods", "fieldSelector": {}, "labelSelector": {
                 "rawSelector": "a", "requirements": [{"key": "a", "operator": "Exists"}]}}}}),
         post(f"{_REVIEWS}/subjectaccessreviews", {"spec": {"user": "jane", "resourceAttributes": {
             "verb": "list", "resource": "pods", "labelSelector": {"rawSelector": "a in ("}}}}),
         post("authorization.k8s.io/v1:localsubjectaccessreviews", {"spec": {
             "user": "jane", "nonResourceAttributes": {"verb": "get", "path": "/"}}})),
    case("token-that-is-wrong", get("configmaps", anonymous=True, headers={"Authorization": "Bearer nothing"})),
]  # fmt: skip
