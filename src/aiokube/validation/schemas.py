"""Checks by the schemas that kubernetes-validate ships, one set for each minor version of Kubernetes.

The library's own `validate` stops at the first thing that is wrong, fails with an IndexError for versions older than
it knows, and takes `Job` of `batch.example.com` for the built-in one of `batch`. So only its schemas are used, and
jsonschema, which it depends on, finds everything.

It is imported when it is first needed: most programs never validate, and it takes a quarter of a second.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from importlib import import_module
from typing import Any

from aiokube._machinery.errors import UnencodableValue
from aiokube.client.exceptions import KubernetesValidateMissing
from aiokube.validation.definition import json_of, type_findings
from aiokube.validation.findings import finding

_MINOR = re.compile(r"v?(\d+\.\d+)")  # of "1.36", "v1.36.3", "v1.36.3+k3s1", "v1.31.2-eks-1234"
_FILE = re.compile(r"[a-z0-9.-]+\Z")  # a name without a slash cannot leave the folder


def validate(definition: Any, version: str | None, *, strict: bool = False) -> tuple[list[str], list[str]]:
    """Check a definition against the schema of its kind.

    Args:
        definition: A dict, ResourceInstance, ResourceField or typed model; it is not changed.
        version: A Kubernetes version, of which the minor one counts; None or "" takes the newest that there is.
        strict: Whether fields that the schema does not know are errors.

    Returns:
        Warnings (there is no schema for the kind) and errors (what is wrong, each with its path).

    Raises:
        KubernetesValidateMissing: kubernetes-validate is not installed.
        TypeError: The definition is not an object.
    """
    library = _library()
    try:
        document = json_of(definition)
    except UnencodableValue as error:
        return [], [finding(error.path, error.why)]
    if errors := type_findings(document):
        return [], errors
    releases = {_minor(release): release for release in library.all_versions()}
    minor = _minor(version or library.latest_version())
    if minor not in releases:
        return [], [
            f"Kubernetes version {version} is not supported by kubernetes-validate; it knows {', '.join(releases)}"
        ]
    schema = _schema(library, releases[minor], document, strict)
    if schema is None:
        return [_no_schema(document, minor)], []
    return [], _errors(schema, _registry(releases[minor], strict), document)


def _library() -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it says about its own dependencies is not for our users
            return import_module("kubernetes_validate.utils")
    except ImportError as error:
        raise KubernetesValidateMissing(
            f"validate() needs kubernetes-validate, which cannot be imported ({error}); "
            "pip install 'aiokube[validate]', or ask the server by avalidate()"
        ) from error


def _minor(version: str) -> str:
    match = _MINOR.match(version)
    return match[1] if match else ""


def _schema(library: Any, release: str, document: dict[str, Any], strict: bool) -> Any:
    """Return the schema of a definition's kind; None when there is none."""
    group, _, version = document["apiVersion"].rpartition("/")
    # Files are named by the first label of the group: "role-rbac-v1" is of rbac.authorization.k8s.io/v1.
    name = "-".join(part for part in (document["kind"].lower(), group.partition(".")[0], version) if part)
    if not _FILE.match(name):
        return None
    try:
        schema = library.schema_contents(f"{_folder(release, strict)}/{name}.json", release)
    except FileNotFoundError:
        return None
    kinds = schema.get("x-kubernetes-group-version-kind", ())
    return schema if any(kind["group"] == group and kind["version"] == version for kind in kinds) else None


@lru_cache(maxsize=2)  # some 10 MB each; nearly every program checks against one version
def _registry(release: str, strict: bool) -> Any:
    """Return what references are looked up in: the definitions that all schemas of a version share."""
    referencing = import_module("referencing")
    definitions = _library().schema_contents(f"{_folder(release, strict)}/_definitions.json", release)
    return (referencing.Resource.from_contents(definitions) @ referencing.Registry()).crawl()


def _folder(release: str, strict: bool) -> str:
    return f"kubernetes-json-schema/v{release}-local{'-strict' if strict else ''}"


def _errors(schema: Any, registry: Any, document: dict[str, Any]) -> list[str]:
    jsonschema = import_module("jsonschema")
    resource = import_module("referencing").Resource.from_contents(schema)
    validator = jsonschema.Draft202012Validator(schema, registry=resource @ registry)
    return [
        finding(".".join(map(str, error.absolute_path)), error.message)
        for error in validator.iter_errors(document)
        if error.instance is not None or error.validator != "oneOf"  # null is unset, and fits all alternatives
    ]


def _no_schema(document: dict[str, Any], minor: str) -> str:
    return (
        f"Could not find schema for object kind {document['kind']} with API version {document['apiVersion']}"
        f" in Kubernetes version {minor} (possibly Custom Resource?)"
    )
