"""References to container images, as far as the server reads them: to find their tag.

Source: https://github.com/distribution/reference/blob/v0.6.0/regexp.go
"""

from __future__ import annotations

import re

__all__ = ["pull_policy", "tag"]

_DOMAIN_PART = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_DOMAIN = rf"(?:{_DOMAIN_PART}(?:\.{_DOMAIN_PART})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_PATH_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_TAG = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
_DIGEST = r"sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128}"
_REFERENCE = re.compile(
    rf"(?P<name>{_DOMAIN}/{_PATH_PART}(?:/{_PATH_PART})*)(?::(?P<tag>{_TAG}))?(?:@(?P<digest>{_DIGEST}))?"
)
_NAME_LIMIT = 255


def pull_policy(image: str) -> str:
    """Return the policy that is the default for an image: what can change is pulled always."""
    return "Always" if tag(image) == "latest" else "IfNotPresent"


def tag(image: str) -> str:
    """Return the tag of an image: "latest" when it has none and no digest, "" for what is no reference."""
    match = None if re.fullmatch("[a-f0-9]{64}", image) else _REFERENCE.fullmatch(_normalized(image))
    if match is None or len(match["name"]) > _NAME_LIMIT:
        return ""
    return match["tag"] or ("" if match["digest"] else "latest")


def _normalized(image: str) -> str:
    """Return a reference with its registry: `nginx` stands for `docker.io/library/nginx`."""
    domain, slash, path = image.partition("/")
    if not slash or not (re.search("[.:]", domain) or domain == "localhost" or domain != domain.lower()):
        domain, path = "docker.io", image
    if domain == "index.docker.io":
        domain = "docker.io"
    if domain == "docker.io" and "/" not in path:
        path = f"library/{path}"
    return f"{domain}/{path}"
