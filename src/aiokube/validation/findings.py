"""Findings: texts that say where in a definition something is wrong, and what."""

from __future__ import annotations

REQUIRED = "Required value"  # as the server words it


def finding(path: str, message: str) -> str:
    """Return the text of a finding.

    Args:
        path: Where it is, "spec.replicas"; empty for the object as a whole.
        message: What is wrong there.
    """
    # Compat: the words are those of kubernetes_asyncio, an empty path included.
    return f"resource definition validation error at {path}: {message}"
