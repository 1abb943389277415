"""The catalog: the rules of every built-in kind, and the defaults of every part of one.

Each family of kinds has modules of its own with `BEHAVIOUR` (group and kind -> its class of rules) and `DEFAULTS`
(name of an OpenAPI component -> what completes an object of it); here they come together, with a line each.
"""

from __future__ import annotations

from collections.abc import Mapping

from . import generic
from .defaults import Default
from .defaults import pods as pod_defaults
from .defaults import workloads as workload_defaults
from .rules import Rules

__all__ = ["DEFAULTS", "RULES"]

_BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {}

RULES: Mapping[tuple[str, str], Rules] = {
    (group, kind): generic.rules(group, kind, _BEHAVIOUR.get((group, kind), Rules)) for group, kind in generic.TRAITS
}
"""By group and kind."""

DEFAULTS: Mapping[str, Default] = {
    **pod_defaults.DEFAULTS,
    **workload_defaults.DEFAULTS,
}
"""By the name of the component, such as `io.k8s.api.core.v1.PodSpec`; parents are completed before their parts."""
