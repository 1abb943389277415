"""Owner references: each owner is named once.

Source: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/endpoints/handlers/rest.go
"""

from __future__ import annotations

from aiokube.testing.apiserver.codec import Object

from .call import Call

__all__ = ["name_each_once"]


def name_each_once(obj: Object, call: Call, *, admitted: bool) -> None:
    """Drop owner references that stand twice, and warn.

    Args:
        admitted: admission has seen the object already.
    """
    references = obj["metadata"].get("ownerReferences") or []
    kept: list[Object] = []
    dropped: list[str] = []
    for reference in references:
        if reference in kept:
            dropped.append(reference.get("uid", ""))
        else:
            kept.append(reference)
    if not dropped:
        return
    obj["metadata"]["ownerReferences"] = kept
    when = " after mutating admission happens" if admitted else ""
    call.warnings.append(
        f".metadata.ownerReferences contains duplicate entries{when}; API server dedups owner references "
        f"in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) "
        f"observed: {', '.join(dropped)}"
    )
