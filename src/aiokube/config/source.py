"""Finding a Configuration when the program does not say where, or says it in one word."""

import asyncio
import os
from typing import Any

from aiokube.client.configuration import Configuration
from aiokube.config.config_exception import ConfigException
from aiokube.config.incluster_config import load_incluster_config
from aiokube.config.kube_config import kubeconfig_paths, load_kube_config, read_kubeconfig
from aiokube.config.kubeconfig_document import Kubeconfig

__all__ = ["configuration_from", "load_config"]

# What only one of the two functions behind `load_config` takes.
_KUBECONFIG_ONLY = frozenset({"context", "persist_config", "temp_file_path"})
_INCLUSTER_ONLY = frozenset({"try_refresh_token", "token_filename", "cert_filename", "environ"})


async def configuration_from(
    source: Configuration | str | os.PathLike[str] | None = None, *, context: str | None = None
) -> Configuration:
    """Return the Configuration that `source` names; the default Configuration is not touched.

    Args:
        source: one of
            None: the kubeconfig of KUBECONFIG or ~/.kube/config when there is one, else the pod's service
                account;
            a Configuration: itself;
            a path, or a string with a slash that is an existing file: that kubeconfig;
            another string: a context of the default kubeconfig, else an existing file in the working directory.
        context: a context of the kubeconfig, instead of its current one.

    Raises:
        ConfigException: there is nothing of that name, or it cannot be used.
    """
    if isinstance(source, Configuration):
        if context is not None:
            raise ConfigException("a Configuration has no contexts; give either it or a context")
        return source
    configuration = Configuration()
    if source is None and context is None and not await asyncio.to_thread(_has_kubeconfig):
        await asyncio.to_thread(_load_from_pod, configuration)
        return configuration
    path, name = await asyncio.to_thread(_located, source, context)
    await load_kube_config(path, name, configuration)
    return configuration


async def load_config(**kwargs: Any) -> None:
    """Fill a Configuration from a kubeconfig, or from the pod when there is none.

    Args:
        **kwargs: those of `load_kube_config` and `load_incluster_config`; besides `kube_config_path`, another
            name of `config_file`. With either, only that kubeconfig is tried.

    Raises:
        ConfigException: there is neither, or what is there cannot be used.
    """
    if "kube_config_path" in kwargs:
        kwargs.setdefault("config_file", kwargs.pop("kube_config_path"))
    if "config_file" in kwargs or await asyncio.to_thread(_has_kubeconfig):
        await load_kube_config(**_without(kwargs, _INCLUSTER_ONLY))
    else:
        await asyncio.to_thread(_load_from_pod, **_without(kwargs, _KUBECONFIG_ONLY))


def _load_from_pod(client_configuration: Configuration | None = None, **kwargs: Any) -> None:
    try:
        load_incluster_config(client_configuration, **kwargs)
    except ConfigException as error:
        looked_at = ", ".join(kubeconfig_paths())
        raise ConfigException(f"no kubeconfig at {looked_at}, and {error}") from error


def _has_kubeconfig() -> bool:
    return any(os.path.exists(path) for path in kubeconfig_paths())


def _located(
    source: str | os.PathLike[str] | None, context: str | None
) -> tuple[str | os.PathLike[str] | None, str | None]:
    """Return the kubeconfig and the context that a source means, None for the default of each."""
    if source is None or not isinstance(source, str):
        return source, context
    is_file = os.path.isfile(os.path.expanduser(source))
    # A context's name may hold slashes, as Amazon's do, and a bare word may be the name of some file.
    if is_file and os.sep in source:
        return source, context
    if source in _default_contexts():
        if context is not None:
            raise ConfigException(f"{source!r} is a context already; {context!r} cannot be another one")
        return None, source
    if is_file:
        return source, context
    looked_at = ", ".join(kubeconfig_paths())
    raise ConfigException(f"{source!r} is neither a file nor a context of {looked_at}")


def _default_contexts() -> frozenset[str]:
    kubeconfig = read_kubeconfig() if _has_kubeconfig() else Kubeconfig()
    return frozenset(kubeconfig.contexts)


def _without(kwargs: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in kwargs.items() if name not in names}
