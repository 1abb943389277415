"""Pods and pod templates: one file for each part of them that has rules of its own.

Functions that validate take a part in normal form and the path of it, and yield what is wrong in kube-apiserver's
order. `spec` puts the parts together; `pod` has the rules of the kind.
"""

from __future__ import annotations

from collections.abc import Mapping

from aiokube.testing.apiserver.kinds.rules import Rules

from .pod import PodRules

__all__ = ["BEHAVIOUR"]

BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {("", "Pod"): PodRules}
