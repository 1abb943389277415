"""Every documented name takes the same arguments in the same way as in kubernetes_asyncio 36.1.0."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable
from importlib import import_module
from typing import Any

import kubernetes_asyncio.client
import kubernetes_asyncio.config
import kubernetes_asyncio.dynamic.client
import kubernetes_asyncio.dynamic.discovery
import kubernetes_asyncio.dynamic.exceptions
import kubernetes_asyncio.watch
import pytest

import aiokube.client
import aiokube.config
import aiokube.dynamic.client
import aiokube.dynamic.exceptions
import aiokube.watch
from aiokube.dynamic import DynamicClient, Resource
from compat.reference import NAMES, REFERENCE, parameters_of, shape_of

MODULES = ("client", "discovery", "exceptions", "resource")
VERBS = ("create", "delete", "get", "patch", "replace", "server_side_apply", "watch")

CONFIG = (
    *("list_kube_config_contexts", "load_config", "load_incluster_config", "load_kube_config"),
    *("load_kube_config_from_dict", "new_client_from_config", "new_client_from_config_dict", "refresh_token"),
)

API_CLIENT = (
    *("call_api", "close", "request", "sanitize_for_serialization", "select_header_accept"),
    *("select_header_content_type", "set_default_header"),
)


def test_the_version_that_is_held_against_is_the_documented_one() -> None:
    assert kubernetes_asyncio.__version__ == "36.1.0"


@pytest.mark.parametrize("owner", REFERENCE)
def test_no_name_is_missing_in_the_reference(owner: str) -> None:
    members = vars(getattr(kubernetes_asyncio.dynamic.client, owner))
    assert sorted(REFERENCE[owner]) == sorted(name for name in members if not name.startswith("_"))


@pytest.mark.parametrize("name", [name for name in NAMES if name != "DynamicClient.watch"])
def test_a_documented_name_has_the_same_shape(name: str) -> None:
    """Names, order, kinds and defaults of the parameters; method, property and so on; to be awaited or not."""
    ours = shape_of(aiokube.dynamic.client, name)
    theirs = shape_of(kubernetes_asyncio.dynamic.client, name)
    assert ours == theirs
    assert [type(default) for *_, default in ours.parameters] == [type(default) for *_, default in theirs.parameters]


async def test_watch_gives_an_async_iterator() -> None:
    """The one difference in shape that a caller cannot see: theirs is a generator, ours a function that returns one."""
    ours = shape_of(aiokube.dynamic.client, "DynamicClient.watch")
    theirs = shape_of(kubernetes_asyncio.dynamic.client, "DynamicClient.watch")
    assert theirs.use == "iterated"
    assert ours == theirs._replace(use="called")
    pods = Resource("api", "", "v1", "Pod", True, name="pods")
    assert isinstance(DynamicClient.watch(pods), AsyncIterator)


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_of_a_resource_takes_what_the_client_takes_after_the_resource(verb: str) -> None:
    of_client = parameters_of(getattr(DynamicClient, verb))
    start = [name for name, *_ in of_client].index("resource") + 1
    assert parameters_of(getattr(Resource, verb))[1:] == of_client[start:]


# --- modules and their names


@pytest.mark.parametrize("module", MODULES)
def test_a_documented_module_has_the_names_that_it_has_there(module: str) -> None:
    theirs = import_module(f"kubernetes_asyncio.dynamic.{module}")
    ours = import_module(f"aiokube.dynamic.{module}")
    own = {name for name, value in vars(theirs).items() if _is_defined_in(theirs.__name__, value)}
    plumbing = {"CacheDecoder", "CacheEncoder", "ResourceGroup", "VersionNotSupportedError", "meta_request"}
    assert {name for name in own - plumbing if not hasattr(ours, name)} == set()


@pytest.mark.parametrize("module", ["dynamic", "dynamic.client"])
def test_a_star_import_brings_the_same_names(module: str) -> None:
    ours, theirs = (import_module(f"{package}.{module}") for package in ("aiokube", "kubernetes_asyncio"))
    assert set(ours.__all__) == set(kubernetes_asyncio.dynamic.client.__all__)
    assert all(hasattr(theirs, name) for name in ours.__all__)


@pytest.mark.parametrize("module", MODULES)
def test_all_of_a_module_exists_and_covers_its_documented_classes(module: str) -> None:
    ours = import_module(f"aiokube.dynamic.{module}")
    assert [name for name in ours.__all__ if not hasattr(ours, name)] == []
    documented = {"discovery": {"Discoverer", "EagerDiscoverer", "LazyDiscoverer"}, "client": set(REFERENCE)}
    documented["resource"] = set(REFERENCE) - documented["discovery"] - {"DynamicClient"}
    assert documented.get(module, set()) <= set(ours.__all__)


def test_a_class_is_the_same_object_on_every_path() -> None:
    for name in REFERENCE:
        homes = [import_module(path) for path in ("aiokube.dynamic", "aiokube.dynamic.client")]
        homes.append(import_module(f"aiokube.dynamic.{_home(name)}"))
        assert len({id(getattr(home, name)) for home in homes}) == 1, name


def test_the_discoverers_have_the_documented_base() -> None:
    discovery = import_module("aiokube.dynamic.discovery")
    assert issubclass(discovery.EagerDiscoverer, discovery.Discoverer)
    assert issubclass(discovery.LazyDiscoverer, discovery.Discoverer)


# --- errors


@pytest.mark.parametrize(
    "name",
    [name for name, value in vars(kubernetes_asyncio.dynamic.exceptions).items() if isinstance(value, type)],
)
def test_an_error_has_the_documented_ancestors(name: str) -> None:
    ours = getattr(aiokube.dynamic.exceptions, name)
    theirs = getattr(kubernetes_asyncio.dynamic.exceptions, name)
    documented = [cls.__name__ for cls in theirs.__mro__ if cls.__name__ not in ("OpenApiException", name)]
    assert [cls.__name__ for cls in ours.__mro__ if cls.__name__ in documented] == documented
    if issubclass(theirs, kubernetes_asyncio.client.ApiException):
        assert _without_keyword_only(ours) == parameters_of(theirs)


def test_api_exception_takes_what_it_took() -> None:
    """Besides, it may be told the text of a traceback."""
    ours = parameters_of(aiokube.dynamic.exceptions.api_exception)
    assert ours[:1] == parameters_of(kubernetes_asyncio.dynamic.exceptions.api_exception)
    assert [default for _, _, default in ours[1:]] == [None]


def test_api_exception_is_the_same_class_on_every_path() -> None:
    paths = ("aiokube.client", "aiokube.client.exceptions", "aiokube.client.rest", "aiokube.dynamic.exceptions")
    assert {import_module(path).ApiException for path in paths} == {aiokube.client.ApiException}


# --- config, client, watch: not in the reference, but used beside it


@pytest.mark.parametrize("name", CONFIG)
def test_a_config_function_takes_the_same_arguments(name: str) -> None:
    ours, theirs = getattr(aiokube.config, name), getattr(kubernetes_asyncio.config, name)
    assert parameters_of(ours) == parameters_of(theirs)
    assert inspect.iscoroutinefunction(ours) == inspect.iscoroutinefunction(theirs)


def test_config_has_all_names_that_it_has_there() -> None:
    assert set(kubernetes_asyncio.config.__all__) <= set(aiokube.config.__all__)


@pytest.mark.parametrize("name", ["ApiClient", "Configuration"])
def test_a_client_class_takes_the_same_arguments(name: str) -> None:
    assert parameters_of(getattr(aiokube.client, name)) == parameters_of(getattr(kubernetes_asyncio.client, name))


@pytest.mark.parametrize("name", API_CLIENT)
def test_a_method_of_api_client_takes_the_same_arguments(name: str) -> None:
    ours = getattr(aiokube.client.ApiClient, name)
    theirs = getattr(kubernetes_asyncio.client.ApiClient, name)
    assert parameters_of(ours) == parameters_of(theirs)


@pytest.mark.parametrize("name", ["auth_settings", "get_default", "get_default_copy", "set_default"])
def test_a_method_of_configuration_takes_the_same_arguments(name: str) -> None:
    ours, theirs = aiokube.client.Configuration, kubernetes_asyncio.client.Configuration
    assert parameters_of(getattr(ours, name)) == parameters_of(getattr(theirs, name))


@pytest.mark.parametrize("name", ["", "close", "stop", "stream"])
def test_a_watch_takes_the_same_arguments(name: str) -> None:
    """What aiokube adds can be given by keyword only."""
    ours, theirs = (
        getattr(cls, name) if name else cls for cls in (aiokube.watch.Watch, kubernetes_asyncio.watch.Watch)
    )
    assert _without_keyword_only(ours) == parameters_of(theirs)
    assert inspect.iscoroutinefunction(ours) == inspect.iscoroutinefunction(theirs)


def _without_keyword_only(function: Callable[..., Any]) -> tuple[tuple[str, str, object], ...]:
    return tuple(parameter for parameter in parameters_of(function) if parameter[1] != "keyword-only")


def _is_defined_in(module: str, value: object) -> bool:
    return getattr(value, "__module__", None) == module and callable(value)


def _home(name: str) -> str:
    if name == "DynamicClient":
        return "client"
    return "discovery" if name.endswith("Discoverer") else "resource"
