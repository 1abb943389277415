"""How Go prints a struct with the types of all that is in it: what kube-controller-manager hashes.

Objects come as kube-apiserver writes them; fields that they do not have are printed with their zero values.

Sources:
    https://github.com/kubernetes/utils/blob/master/dump/dump.go (ForHash)
    https://github.com/davecgh/go-spew/blob/v1.1.1/spew/format.go
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from aiokube.testing.apiserver.schema.quantities import held
from aiokube.testing.apiserver.snapshot import types
from aiokube.testing.apiserver.snapshot.types import FieldType, Type
from aiokube.testing.apiserver.storage import encode

__all__ = ["dump"]

_ACRONYM: Final = re.compile(
    "(api|aws|csi|dns|fc|fs|gce|gmsa|grpc|http|ip|iqn|iscsi|nfs|os|pd|rbd|se|ssl|tcp|tty|uid)(?=[A-Z]|$)"
)
"""First words of fields that are capitals in Go."""

_NAMES: Final[Mapping[str, str]] = {
    "cephfs": "CephFS",
    "chapAuthDiscovery": "DiscoveryCHAPAuth",
    "chapAuthSession": "SessionCHAPAuth",
    "diskURI": "DataDiskURI",
    "metadata": "ObjectMeta",
    "pdID": "PdID",
    "serviceAccount": "DeprecatedServiceAccount",
    "storageos": "StorageOS",
    "wwids": "WWIDs",
    "GlusterfsVolumeSource.endpoints": "EndpointsName",
    "RBDVolumeSource.image": "RBDImage",
    "RBDVolumeSource.monitors": "CephMonitors",
    "RBDVolumeSource.pool": "RBDPool",
    "RBDVolumeSource.user": "RadosUser",
}
"""What Go calls other fields that it does not call by their key in JSON; by the name of the struct too, if of one."""

_NIL: Final = "<nil>"
_NO_TIME: Final = "{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}"


def dump(struct: str, value: Mapping[str, Any]) -> str:
    """Return how Go prints an object.

    Args:
        struct: the name of its component, such as `io.k8s.api.core.v1.PodTemplateSpec`.
    """
    return f"({types.struct(struct).go}){_struct(struct, value)}"


def _struct(name: str, value: Mapping[str, Any]) -> str:
    return f"{{{' '.join(_parts(name, value))}}}"


def _parts(name: str, value: Mapping[str, Any]) -> Iterator[str]:
    """Return the fields of a struct as they are printed, and those of an embedded one in its own braces."""
    of = types.struct(name)
    package, _, short = of.go.rpartition(".")
    for embedded, fields in groupby(of.fields, _embedded):
        printed = " ".join(_field(field, embedded or short, value) for field in fields)
        yield f"{embedded}:({package}.{embedded}){{{printed}}}" if embedded else printed


def _embedded(field: FieldType) -> str:
    return field.path.rpartition(".")[0]


def _field(field: FieldType, struct: str, value: Mapping[str, Any]) -> str:
    name, given = _go_name(struct, field.name), value.get(field.name)
    if field.pointer:
        return f"{name}:(*{field.type.go}){_NIL if given is None else _value(field.type, given)}"
    return f"{name}:({field.type.go}){_value(field.type, given)}"


def _go_name(struct: str, key: str) -> str:
    if name := _NAMES.get(f"{struct}.{key}") or _NAMES.get(key):
        return name
    acronym = _ACRONYM.match(key)
    first = acronym[0] if acronym else key[0]
    return first.upper() + key.removeprefix(first)


def _value(of: Type, value: Any) -> str:
    """Return a value without its type; None is the zero value."""
    if of.shape == "special":
        return _SPECIAL[of.ref.rpartition(".")[2]](value)
    if of.shape == "struct":
        return _struct(of.ref, value or {})
    if of.item is None:
        return _SCALAR[of.shape](value)
    if value is None:
        return _NIL
    if of.shape == "map":
        return f"map[{' '.join(f'{key}:{_value(of.item, each)}' for key, each in sorted(value.items()))}]"
    return f"[{' '.join(_value(of.item, each) for each in value)}]"


def _int_or_string(value: int | str | None) -> str:
    is_text = isinstance(value, str)
    number, text = (0, value) if is_text else (value or 0, "")
    return f"{{Type:(intstr.Type){int(is_text)} IntVal:(int32){number} StrVal:(string){text}}}"


def _quantity(text: str | None) -> str:
    """Return an amount as Go holds it after reading it: some keep their text.

    Go holds large numbers in another way, which is not followed: a template with one has another hash.
    """
    if text is None:
        return _amount(0, 0, "", "")
    number = held(text)
    return _amount(number.value, number.scale, text if number.keeps_text else "", number.notation.value)


def _amount(value: int, scale: int, text: str, form: str) -> str:
    amount = f"i:(resource.int64Amount){{value:(int64){value} scale:(resource.Scale){scale}}}"
    return (
        f"{{{amount} d:(resource.infDecAmount){{Dec:(*inf.Dec)<nil>}} s:(string){text} Format:(resource.Format){form}}}"
    )


_SPECIAL: Final[Mapping[str, Callable[[Any], str]]] = {
    "FieldsV1": lambda value: f"{{Raw:([]uint8)[{' '.join(map(str, encode(value)))}]}}",
    "IntOrString": _int_or_string,
    "Quantity": _quantity,
    "Time": lambda value: _NO_TIME,  # no template keeps one
}
_SCALAR: Final[Mapping[str, Callable[[Any], str]]] = {
    "string": lambda value: value or "",
    "boolean": lambda value: "true" if value else "false",
    "integer": lambda value: str(value or 0),
}
