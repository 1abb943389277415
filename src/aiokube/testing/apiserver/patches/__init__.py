"""Patches: what PATCH does to an object before it is decoded and validated like any other.

Functions on values and texts, each in the words and with the odd rules of kube-apiserver's own libraries. A body
that is no patch, or one that does not apply, raises the StatusError that is answered. Server-side apply is not
here: it needs owners, and is in `ownership`.
"""

from . import json_patch, merge_patch, strategic

__all__ = ["json_patch", "merge_patch", "strategic"]
