"""Hashes of pod templates, as kube-controller-manager has them: names of ReplicaSets and revisions end with them.

Sources:
    https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/controller/controller_utils.go (ComputeHash)
    https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/controller/history/controller_history.go
    (HashControllerRevision)
"""

from __future__ import annotations

import struct
from functools import lru_cache

import msgspec

from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.go.fnv import fnv1_32, fnv1a_32
from aiokube.testing.apiserver.go.text import json_text, sorted_keys
from aiokube.testing.apiserver.storage import encode

from .go_dumps import dump

__all__ = ["data_hash", "template_hash"]

_TEMPLATE = "io.k8s.api.core.v1.PodTemplateSpec"
_CHARACTERS = "bcdfghjklmnpqrstvwxz2456789"


def template_hash(template: Object, collisions: int = 0) -> str:
    """Return what tells a template from others.

    Args:
        collisions: how often there was another of the same hash.
    """
    return _template_hash(encode(template), collisions)


@lru_cache(maxsize=256)
def _template_hash(template: bytes, collisions: int) -> str:
    text = dump(_TEMPLATE, msgspec.json.decode(template)).encode()
    return _safe(fnv1a_32(text + (struct.pack("<Q", collisions) if collisions else b"")))


def data_hash(data: Object) -> str:
    """Return what tells the data of a StatefulSet's revision from that of others."""
    return _data_hash(encode(data))


@lru_cache(maxsize=256)
def _data_hash(data: bytes) -> str:
    text = json_text(sorted_keys(msgspec.json.decode(data)))
    return _safe(fnv1_32(f"{text}0".encode()))  # with the count of collisions, which is 0


def _safe(number: int) -> str:
    """Return a number in characters that make no words."""
    return "".join(_CHARACTERS[ord(digit) % len(_CHARACTERS)] for digit in str(number))
