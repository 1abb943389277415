"""Where a Configuration comes from: kubeconfig files, the pod, or the first of them that is there.

The rules of kubeconfigs are pure (`kubeconfig_document`, `kubeconfig_rules`, `yaml_document`) and apart from
the files they are read from (`kube_config`, `incluster_config`, `source`). Every failure is a
ConfigException. This package may import `aiokube.client` and nothing above it.
"""

from typing import TYPE_CHECKING

from aiokube.config import kube_config
from aiokube.config.config_exception import ConfigException
from aiokube.config.incluster_config import load_incluster_config
from aiokube.config.kube_config import (
    list_kube_config_contexts,
    load_kube_config,
    load_kube_config_from_dict,
    new_client_from_config,
    new_client_from_config_dict,
    refresh_token,
)
from aiokube.config.source import configuration_from, load_config

__all__ = [
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
]

if TYPE_CHECKING:
    KUBE_CONFIG_DEFAULT_LOCATION: str


def __getattr__(name: str) -> str:
    # Compat: computed when it is read, see `kube_config`.
    if name == "KUBE_CONFIG_DEFAULT_LOCATION":
        return kube_config.KUBE_CONFIG_DEFAULT_LOCATION
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
