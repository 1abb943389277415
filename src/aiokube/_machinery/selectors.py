"""Selectors: which objects of a collection are meant, as texts in a query.

Source: https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/fields/selector.go
"""

from __future__ import annotations

from aiokube._machinery.paths import quote_segment

_ESCAPES = str.maketrans({"\\": "\\\\", ",": "\\,", "=": "\\="})


def name_selector(name: str) -> str:
    """Return the field selector that only the object of a name matches.

    Raises:
        InvalidSegment: There can be no such object: a verb that has the name in its path would refuse it too.
    """
    quote_segment("name", name)
    return f"metadata.name={name.translate(_ESCAPES)}"
