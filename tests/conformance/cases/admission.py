"""What is wrong with webhooks, policies and their bindings."""

from typing import Any

from conformance.case import Request, case, merge, post

__all__ = ["CASES"]

_GROUP = "/apis/admissionregistration.k8s.io/v1"
_RULE = {"operations": ["CREATE"], "apiGroups": ["c.example.com"], "apiVersions": ["v1"], "resources": ["x"]}
_HOOK = {
    "name": "a.example.com",
    "clientConfig": {"service": {"namespace": "default", "name": "s"}},
    "rules": [_RULE],
    "sideEffects": "None",
    "admissionReviewVersions": ["v1"],
}
_POLICY = {"matchConstraints": {"resourceRules": [_RULE]}, "validations": [{"expression": "true"}]}
_MUTATION = {"patchType": "ApplyConfiguration", "applyConfiguration": {"expression": "Object{}"}}
_MUTATING = {
    "matchConstraints": {"resourceRules": [_RULE]},
    "mutations": [_MUTATION],
    "reinvocationPolicy": "Never",
}
_PARAMETERS = {"name": "p", "parameterNotFoundAction": "Deny"}
_BINDING = {"policyName": "p", "validationActions": ["Deny"]}


def _hooks(*hooks: dict[str, Any], kind: str = "validating") -> Request:
    body = {"metadata": {"name": "${ns}"}, "webhooks": [_HOOK | hook for hook in hooks]}
    return post(f"{_GROUP}/{kind}webhookconfigurations?dryRun=All", body)


def _url(url: str) -> Request:
    return _hooks({"clientConfig": {"url": url}})


def _ruled(**rule: Any) -> Request:
    return _hooks({"rules": [_RULE | rule]})


def _policy(name: str = "${ns}", **spec: Any) -> Request:
    body = {"metadata": {"name": name}, "spec": _POLICY | spec}
    return post(f"{_GROUP}/validatingadmissionpolicies?dryRun=All", body)


def _mutating(**spec: Any) -> Request:
    body = {"metadata": {"name": "${ns}"}, "spec": _MUTATING | spec}
    return post(f"{_GROUP}/mutatingadmissionpolicies?dryRun=All", body)


def _binding(**spec: Any) -> Request:
    body = {"metadata": {"name": "${ns}"}, "spec": _BINDING | spec}
    return post(f"{_GROUP}/validatingadmissionpolicybindings?dryRun=All", body)


def _mutating_binding(**spec: Any) -> Request:
    body = {"metadata": {"name": "${ns}"}, "spec": {"policyName": "p"} | spec}
    return post(f"{_GROUP}/mutatingadmissionpolicybindings?dryRun=All", body)


CASES = [
    case(
        "webhooks-that-are-wrong",
        _hooks({}, {}),
        _hooks({"name": "a.b"}, {"name": "A"}),
        _hooks({"failurePolicy": "X", "matchPolicy": "X", "sideEffects": "Some", "timeoutSeconds": 31}),
        _hooks({"sideEffects": None, "admissionReviewVersions": []}),
        _hooks({"admissionReviewVersions": ["v2", "v2", "A"]}),
        _hooks({"matchConditions": [{"name": "a b", "expression": " "}, {"name": "a b", "expression": "true"}]}),
        _hooks({"objectSelector": {"matchExpressions": [{"key": "a", "operator": "X"}]}}),
        _hooks({"reinvocationPolicy": "X"}, kind="mutating"),
        _ruled(operations=["*", "X"], scope="X", apiGroups=["", "*"], apiVersions=["", "*"]),
        _ruled(operations=[], apiGroups=[], apiVersions=[], resources=[]),
        _ruled(resources=["*/*", "pods"]),
        _ruled(resources=["pods/*", "pods/log", "*/scale", "x/scale", "", "*"]),
        _hooks({"clientConfig": {}}),
        _hooks({"clientConfig": {"url": "https://a", "service": {"namespace": "a", "name": "b"}}}),
        _hooks({"clientConfig": {"service": {"namespace": "a", "name": "", "port": -1, "path": "x//A"}}}),
        _url("http://u:p@a/b?c#d"),
        _url("https://"),
        _url("https://a:b"),
        _url("https://a b"),
        _url("a:b"),
        _url("https://a/%zz"),
        _url("https://[::1"),
    ),
    case(
        "admission-policies-that-are-wrong",
        _policy(matchConstraints=None, validations=[], paramKind={}, failurePolicy="X"),
        _policy(matchConstraints={}, paramKind={"apiVersion": "a/b/c", "kind": "A b"}),
        _policy(paramKind={"apiVersion": "A/B", "kind": "K"}, variables=[{"name": "a b"}, {"expression": "1"}]),
        _policy(variables=[{"name": "if", "expression": "1"}], matchConditions=[{"name": "", "expression": ""}]),
        _policy(validations=[{"expression": " ", "message": "a\nb", "reason": "X"}]),
        _policy(validations=[{"expression": "true", "message": " ", "messageExpression": " "}]),
        _policy(auditAnnotations=[{"key": "k", "valueExpression": ""}, {"key": "k", "valueExpression": "'a'"}]),
        _policy(auditAnnotations=[{"key": "a b", "valueExpression": "'a'"}]),
        _policy(matchConstraints={"matchPolicy": "X", "resourceRules": [_RULE | {"resourceNames": ["a/b", "a", "a"]}]}),
        _policy("${ns}.static.k8s.io"),
        post(f"{_GROUP}/validatingadmissionpolicies", {"metadata": {"name": "${ns}"}, "spec": _POLICY}),
        merge(
            f"{_GROUP}/validatingadmissionpolicies/${{ns}}/status",
            {"status": {"typeChecking": {"expressionWarnings": [{}]}, "conditions": [{"type": "A"}]}},
        ),
        _mutating(mutations=[], reinvocationPolicy=""),
        _mutating(mutations=[{"patchType": "X"}, {}], reinvocationPolicy="X"),
        _mutating(mutations=[{"patchType": "JSONPatch"}, _MUTATION | {"jsonPatch": {"expression": "[]"}}]),
        _mutating(mutations=[{"patchType": "JSONPatch", "jsonPatch": {}}]),
        _mutating(matchConstraints={"resourceRules": [_RULE | {"operations": ["DELETE"]}]}),
        _binding(policyName="", validationActions=[]),
        _binding(policyName="A", validationActions=["Deny", "Warn", "Warn", "X"]),
        _binding(paramRef={}),
        _binding(paramRef=_PARAMETERS | {"selector": {}, "parameterNotFoundAction": "X"}),
        _binding(paramRef=_PARAMETERS | {"name": "a/b"}, matchResources={"resourceRules": [{}]}),
        _mutating_binding(paramRef=_PARAMETERS, matchResources={"resourceRules": [_RULE | {"operations": ["DELETE"]}]}),
        _mutating_binding(policyName=""),
    ),
]
