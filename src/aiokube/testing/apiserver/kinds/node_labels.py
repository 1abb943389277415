"""Labels of nodes that have other names by now, or none, and what is said of objects that have the old ones.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/api/node/util.go
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aiokube.testing.apiserver.field_errors import child, item
from aiokube.testing.apiserver.kinds import names
from aiokube.testing.apiserver.kinds.rules import Object

__all__ = ["OLD", "warnings"]

OLD = {
    "beta.kubernetes.io/arch": 'deprecated since v1.14; use "kubernetes.io/arch" instead',
    "beta.kubernetes.io/os": 'deprecated since v1.14; use "kubernetes.io/os" instead',
    "failure-domain.beta.kubernetes.io/region": 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
    "failure-domain.beta.kubernetes.io/zone": 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
    "beta.kubernetes.io/instance-type": 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
    "app.kubernetes.io/created-by": "deprecated since v1.9",
    "scheduler.alpha.kubernetes.io/preferAvoidPods": "deprecated since v1.22; use Taints and Tolerations instead",
    "node-role.kubernetes.io/master": 'use "node-role.kubernetes.io/control-plane" instead',
}
"""By the old name, what to do about it."""


def warnings(expressions: Iterable[Object], path: str, *, check_values: bool = False) -> Iterator[str]:
    """Warn of expressions about nodes that name old labels, or values that no label can have."""
    for index, expression in enumerate(expressions):
        at, name = item(path, index), expression.get("key") or ""
        if name in OLD:
            yield f"{child(at, 'key')}: {name} is {OLD[name]}"
        for number, value in enumerate(expression.get("values") or () if check_values else ()):
            for words in names.label_value(value):
                yield f"{item(child(at, 'values'), number)}: {value} is invalid, {words}"
