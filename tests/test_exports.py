"""The public surface: every public name, where it is had from, and what importing it costs."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module, metadata
from types import ModuleType

import pytest

import aiokube
import aiokube.client

ERRORS = {
    "AlreadyExistsError",
    "ApiException",
    "BadGatewayError",
    "BadRequestError",
    "ConflictError",
    "CredentialsError",
    "DynamicApiError",
    "ForbiddenError",
    "GoneError",
    "InternalServerError",
    "InvalidHeader",
    "InvalidParameter",
    "InvalidSegment",
    "KubernetesValidateMissing",
    "LineTooLong",
    "MalformedObject",
    "MethodNotAllowedError",
    "NotAcceptableError",
    "NotFoundError",
    "OutcomeUnknownError",
    "OutcomeUnknownTimeoutError",
    "RequestEntityTooLargeError",
    "RequestTimeoutError",
    "ResourceNotFoundError",
    "ResourceNotUniqueError",
    "ServerTimeoutError",
    "ServiceUnavailableError",
    "TooManyRequestsError",
    "UnauthorizedError",
    "UnencodableValue",
    "UnprocessibleEntityError",
    "UnsupportedMediaTypeError",
    "api_exception",
}

RESOURCES = {"Resource", "ResourceField", "ResourceInstance", "ResourceList", "Subresource"}

PUBLIC = {
    "aiokube": {"Kube", "__version__", "client", "config", "connect", "dynamic", "testing", "watch"},
    "aiokube.client": {"ApiClient", "Configuration", "PlaintextCredentialsWarning", "ServerWarning", *ERRORS},
    "aiokube.client.exceptions": ERRORS,
    "aiokube.config": {
        "KUBE_CONFIG_DEFAULT_LOCATION",
        "ConfigException",
        "configuration_from",
        "list_kube_config_contexts",
        "load_config",
        "load_incluster_config",
        "load_kube_config",
        "load_kube_config_from_dict",
        "new_client_from_config",
        "new_client_from_config_dict",
        "refresh_token",
    },
    "aiokube.dynamic": {"DynamicClient", "EagerDiscoverer", "LazyDiscoverer", *RESOURCES},
    "aiokube.dynamic.client": {"DynamicClient", "EagerDiscoverer", "LazyDiscoverer", *RESOURCES},
    "aiokube.dynamic.discovery": {"Discoverer", "EagerDiscoverer", "LazyDiscoverer"},
    "aiokube.dynamic.exceptions": ERRORS,
    "aiokube.dynamic.resource": RESOURCES,
    "aiokube.testing": {"APIServer", "ControlPlane", "DrivenClock", "Fault", "KubeServer", "Pace", "User"},
    "aiokube.testing.apiserver": {
        "APIServer",
        "APIServerError",
        "Clock",
        "DrivenClock",
        "Entry",
        "Fault",
        "Faults",
        "Journal",
        "Pace",
        "WallClock",
    },
    "aiokube.validation": {"avalidate", "validate"},
    "aiokube.watch": {"Watch"},
}

HEAVY = {"aiohttp", "asyncio", "cryptography", "kubernetes_asyncio", "kubernetes_validate", "msgspec", "ssl", "yaml"}


@pytest.mark.parametrize("path", PUBLIC)
def test_public_names_are_these(path: str) -> None:
    """One more is a promise, one less breaks programs."""
    assert set(import_module(path).__all__) == PUBLIC[path]


@pytest.mark.parametrize("path", PUBLIC)
def test_a_star_import_brings_what_it_says(path: str) -> None:
    brought: dict[str, object] = {}
    exec(f"from {path} import *", brought)  # noqa: S102 - the statement itself is what is tested
    assert PUBLIC[path] <= set(brought)
    assert {name for name in PUBLIC[path] if brought[name] is None} == set()


def test_an_error_is_the_same_class_wherever_it_is_had_from() -> None:
    homes = [
        import_module(path) for path in ("aiokube.client", "aiokube.client.exceptions", "aiokube.dynamic.exceptions")
    ]
    for name in ERRORS:
        assert len({id(getattr(home, name)) for home in homes}) == 1, name


def test_the_packages_are_there_without_being_imported() -> None:
    program = """
import aiokube
assert callable(aiokube.connect)
assert issubclass(aiokube.Kube, aiokube.dynamic.DynamicClient)
for name in ("client", "config", "dynamic", "testing", "watch"):
    assert getattr(aiokube, name).__name__ == f"aiokube.{name}"
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_dir_lists_what_is_there() -> None:
    assert dir(aiokube) == sorted(aiokube.__all__)
    with pytest.raises(AttributeError, match="module 'aiokube' has no attribute 'CoreV1Api'"):
        _ = aiokube.CoreV1Api


def test_the_version_is_the_installed_one() -> None:
    assert aiokube.__version__ == metadata.version("aiokube")


# --- what is imported


def imported(statement: str) -> set[str]:
    """The packages that a statement brings into a fresh interpreter."""
    program = f"{statement}; import sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return set(run.stdout.split())


@pytest.mark.parametrize("statement", ["import aiokube", "import aiokube.testing", "from aiokube import __version__"])
def test_importing_aiokube_is_cheap(statement: str) -> None:
    assert not imported(statement) & HEAVY


@pytest.mark.parametrize("package", ["client", "config", "dynamic", "kube", "watch"])
def test_no_package_imports_what_only_some_programs_need(package: str) -> None:
    brought = imported(f"import aiokube.{package}")
    assert "aiohttp" in brought
    assert not brought & {"cryptography", "kubernetes_asyncio", "kubernetes_validate"}


def test_the_client_does_not_read_yaml() -> None:
    assert "yaml" not in imported("import aiokube.client")


# --- names that stay with kubernetes_asyncio


@pytest.mark.parametrize("name", ["AppsV1Api", "CoreV1Api", "CustomObjectsApi", "V1Pod"])
def test_a_typed_name_says_where_it_stays(name: str) -> None:
    said = (
        f"aiokube has no typed class {name}: keep kubernetes_asyncio for typed classes, "
        "and give its ApiClient to aiokube's DynamicClient"
    )
    with pytest.raises(AttributeError, match=said):
        getattr(aiokube.client, name)
    with pytest.raises(ImportError, match=said):
        exec(f"from aiokube.client import {name}", {})  # noqa: S102 - the statement itself is what is tested
    assert not hasattr(aiokube.client, name)


def test_any_other_name_is_missing_as_anywhere() -> None:
    with pytest.raises(AttributeError, match=r"module 'aiokube.client' has no attribute 'apis'"):
        _ = aiokube.client.apis
    with pytest.raises(ImportError, match="cannot import name 'apis'"):
        exec("from aiokube.client import apis", {})  # noqa: S102 - as above
    assert isinstance(import_module("aiokube.client.rest"), ModuleType)
