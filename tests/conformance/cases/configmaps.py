"""ConfigMaps: the plain verbs on the plainest kind, and what is particular to it."""

from conformance.case import case, delete, get, merge, post, put
from conformance.objects import configmap

__all__ = ["CASES"]

CASES = [
    case(
        "configmap-lives-and-dies",
        post("configmaps", configmap(k="v"), name="made"),
        get("configmaps/a"),
        put("configmaps/a", configmap(k="w")),
        delete("configmaps/a"),
        get("configmaps/a"),
        delete("configmaps/a"),
    ),
    case(
        "configmap-update-with-a-stale-version",
        post("configmaps", configmap(), name="made"),
        put("configmaps/a", configmap(k="v")),
        put("configmaps/a", {"metadata": {"name": "a", "resourceVersion": "${made.metadata.resourceVersion}"}}),
    ),
    case(
        "configmap-update-that-changes-nothing",
        post("configmaps", configmap(k="v")),
        put("configmaps/a", configmap(k="v")),
        merge("configmaps/a", {"data": {"k": "v"}}),
        looks_at="metadata.resourceVersion",
    ),
    case(
        "configmap-that-is-immutable",
        post("configmaps", configmap(k="v") | {"immutable": True}),
        put("configmaps/a", configmap(k="w") | {"immutable": True}),
        put("configmaps/a", configmap(k="v")),
        merge("configmaps/a", {"metadata": {"labels": {"l": "1"}}}),
        merge("configmaps/a", {"binaryData": {"b": "eA=="}}),
    ),
    case(
        "configmap-with-bad-keys",
        post("configmaps", configmap(**{"a b": "c"})),
        post("configmaps", configmap(**{"..": "c"})),
        post("configmaps", configmap(k="v") | {"binaryData": {"k": "eA=="}}),
    ),
    case(
        "configmap-that-is-too-long",
        post("configmaps", configmap(k="x" * (1024 * 1024 + 1))),
    ),
    case(
        "configmap-with-binary-data",
        post("configmaps", {"metadata": {"name": "a"}, "binaryData": {"b": "AP8="}}),
        merge("configmaps/a", {"binaryData": {"b": None}}),
    ),
    case(
        "configmap-with-characters",
        post("configmaps", configmap(k='<&>\u2028 é 😀 \x01\t\n"')),
        get("configmaps/a"),
    ),
]
