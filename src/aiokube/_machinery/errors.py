"""What the pure floor raises; `aiokube.client.exceptions` draws the whole tree and re-exports these.

ValueError
├── InvalidSegment      a name, namespace or path that must not reach the wire
├── InvalidHeader       a header value that must not reach the wire
├── InvalidParameter    a keyword's value that has no form on the wire
├── MalformedObject     bytes from outside that are not the JSON they should be
│   └── LineTooLong     a watch line beyond the limit
└── UnencodableValue    a value from the caller that JSON cannot carry
"""

from __future__ import annotations


class InvalidSegment(ValueError):
    """Raised when a name, namespace, subresource or path cannot be put into a URL safely.

    Attributes:
        what: Which part it was, for instance "name" or "namespace".
        value: What was given.
        why: What is wrong with it.
    """

    def __init__(self, what: str, value: object, why: str) -> None:
        super().__init__(what, value, why)
        self.what = what
        self.value = value
        self.why = why

    def __str__(self) -> str:
        return f"invalid {self.what} {_excerpt(self.value)}: {self.why}"


class InvalidHeader(ValueError):
    """Raised when a header's name or value could break the request apart; the value is never shown."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(name, why)
        self.name = name
        self.why = why

    def __str__(self) -> str:
        return f"invalid header {_excerpt(self.name)}: {self.why}"


class InvalidParameter(ValueError):
    """Raised when a keyword was given a value that has no form on the wire."""

    def __init__(self, name: str, value: object, why: str) -> None:
        super().__init__(name, value, why)
        self.name = name
        self.value = value
        self.why = why

    def __str__(self) -> str:
        return f"invalid value of {self.name}, {_excerpt(self.value)}: {self.why}"


class MalformedObject(ValueError):
    """Raised when text from the server is not the JSON object that it should be.

    It may surface late, when the part that is wrong is first read: objects are decoded as they are touched.

    Attributes:
        what: What was being decoded, for instance "object" or "watch event".
        why: What the decoder found.
    """

    def __init__(self, what: str, why: str) -> None:
        super().__init__(what, why)
        self.what = what
        self.why = why

    def __str__(self) -> str:
        return f"malformed {self.what}: {self.why}"


class LineTooLong(MalformedObject):
    """Raised when a line of a watch stream is longer than the limit; the stream cannot go on.

    Attributes:
        size: Bytes seen of the line when it was given up.
        limit: Bytes allowed.
    """

    def __init__(self, size: int, limit: int) -> None:
        super().__init__("watch event", f"a line of more than {limit} bytes")
        self.size = size
        self.limit = limit

    def __reduce__(self) -> tuple[type[LineTooLong], tuple[int, int], dict[str, object]]:
        return type(self), (self.size, self.limit), self.__dict__

    def __str__(self) -> str:
        return (
            f"watch event too long: {self.size} bytes read and no end of line, {self.limit} allowed; "
            "watch with metadata only, or with a narrower selector"
        )


class UnencodableValue(ValueError):
    """Raised when a body holds what JSON cannot carry: NaN, infinity, a cycle, an object of unknown type.

    Attributes:
        path: Where it stands in the body, for instance "spec.replicas".
        why: What is wrong with it.
    """

    def __init__(self, path: str, why: str) -> None:
        super().__init__(path, why)
        self.path = path
        self.why = why

    def __str__(self) -> str:
        return f"cannot send {self.path or 'the body'}: {self.why}"


def _excerpt(value: object, limit: int = 80) -> str:
    """A bounded, printable form of something that the caller gave."""
    text = ascii(value)
    return text if len(text) <= limit else f"{text[:limit]}…"
