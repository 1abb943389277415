"""Regular expressions as Go reads them: the `pattern` of a schema, for Python's `re`.

Go's syntax is RE2's: `$` is the end of the text, `\\d` and its like are ASCII, a flag may be set in the midst of a
group, and what needs a look around is refused. Each pattern is translated once; what Go refuses is refused in
its words. Unlike RE2, `re` goes back: a pattern like `(a+)+$` takes long on a long text that nearly matches.

Source: https://github.com/google/re2/wiki/Syntax
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from aiokube.testing.apiserver.go.numbers import int_or

__all__ = ["PatternError", "compiled"]


class PatternError(ValueError):
    """Raised when a pattern is none for Go; the text is Go's."""

    def __init__(self, what: str, where: str) -> None:
        super().__init__(f"error parsing regexp: {what}: `{where}`")


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern of Go's, to be used with `search`.

    Raises:
        PatternError: Go does not take it.
    """
    return re.compile(_Translation(pattern).text(), re.ASCII)


_CLASSES = {"d": "0-9", "w": "0-9A-Za-z_", "s": "\\t\\n\\f\\r "}
_POSIX = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": "\\x00-\\x7f",
    "blank": "\\t ",
    "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": "\\t\\n\\v\\f\\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_CONTROLS = {"a": "\a", "f": "\f", "t": "\t", "n": "\n", "r": "\r", "v": "\v"}
_REPEAT = re.compile(r"\{(\d+)(?:(,)(\d*))?\}")
_GROUP = re.compile(r"\(\?(?:P?<(?P<name>[0-9A-Za-z_]+)>|(?P<on>[imsU]*)(?:-(?P<off>[imsU]+))?(?P<end>[:)]))")
_MOST_REPEATS = 1000


class _Translation:
    """One pattern on its way, read from left to right."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._out: list[str] = []
        self._flags = ""
        # For each open group: the flags to go back to, and those set within it as groups of their own.
        self._groups: list[tuple[str, list[str]]] = [("", [])]
        self._repeated = ""  # the operator that was just read, for a second one to be refused
        self._has_argument = False

    def text(self) -> str:
        while self._at < len(self._pattern):
            self._step()
        if len(self._groups) > 1:
            raise PatternError("missing closing )", self._pattern)
        return "".join(self._out) + ")" * len(self._groups[0][1])

    def _step(self) -> None:
        sign = self._pattern[self._at]
        if sign in "*+?" or (sign == "{" and _REPEAT.match(self._pattern, self._at)):
            self._repeat()
            return
        self._repeated = ""
        if sign == "(":
            self._open()
        elif sign == ")":
            self._close()
        elif sign == "|":
            set_here = self._groups[-1][1]
            self._put(")" * len(set_here) + "|" + "".join(set_here), argument=False)
        elif sign == "[":
            self._class()
        elif sign == "\\":
            self._escape()
        elif sign == "^":
            self._put("(?m:^)" if "m" in self._flags else "\\A")
        elif sign == "$":
            self._put("(?m:$)" if "m" in self._flags else "\\Z")
        elif sign == ".":
            self._put("(?s:.)" if "s" in self._flags else "[^\\n]")
        else:
            self._put(re.escape(sign))

    def _put(self, text: str, length: int = 1, *, argument: bool = True) -> None:
        self._out.append(text)
        self._at += length
        self._has_argument = argument

    def _repeat(self) -> None:
        match = _REPEAT.match(self._pattern, self._at)
        operator = match[0] if match else self._pattern[self._at]
        if match:
            least = int_or(match[1], _MOST_REPEATS + 1)
            if not least <= int_or(match[3] or match[1], _MOST_REPEATS + 1) <= _MOST_REPEATS:
                raise PatternError("invalid repeat count", operator)
        lazy = "?" if self._pattern.startswith("?", self._at + len(operator)) else ""
        if not self._has_argument:
            raise PatternError("missing argument to repetition operator", operator)
        if self._repeated:
            raise PatternError("invalid nested repetition operator", self._repeated + operator)
        self._repeated = operator + lazy
        swapped = ("" if lazy else "?") if "U" in self._flags else lazy
        self._put(operator + swapped, len(operator + lazy))

    def _open(self) -> None:
        if not self._pattern.startswith("(?", self._at):
            self._groups.append((self._flags, []))
            self._put("(", argument=False)
            return
        match = _GROUP.match(self._pattern, self._at)
        if match is None or (match["on"] == "" and match["end"] == ")" and not match["off"]):
            rest = self._pattern[self._at :]
            if rest.startswith(("(?P<", "(?<")) and not rest.startswith(("(?<=", "(?<!")):
                raise PatternError("invalid named capture", rest[: rest.find(">") + 1] or rest)
            raise PatternError("invalid or unsupported Perl syntax", rest[:3])
        before = self._flags
        if match["name"] is None:
            self._flags = "".join(flag for flag in before + match["on"] if flag not in (match["off"] or ""))
        start = f"(?{'i' if 'i' in self._flags else '-i'}:" if ("i" in self._flags) != ("i" in before) else "(?:"
        if match["end"] == ")":  # flags from here to the end of the group around
            self._groups[-1][1].append(start)
        else:
            self._groups.append((before, []))
        self._put("(" if match["name"] is not None else start, len(match[0]), argument=False)

    def _close(self) -> None:
        if len(self._groups) == 1:
            raise PatternError("unexpected )", self._pattern)
        self._flags, set_here = self._groups.pop()
        self._put(")" * len(set_here) + ")")

    def _escape(self) -> None:
        sign = self._pattern[self._at + 1 : self._at + 2]
        if sign == "Q":
            literal, _, _ = self._pattern[self._at + 2 :].partition("\\E")
            ends = self._pattern.startswith("\\E", self._at + 2 + len(literal))
            self._put(re.escape(literal), 2 + len(literal) + (2 if ends else 0), argument=bool(literal))
        elif sign and sign in "Abz":
            self._put({"A": "\\A", "b": "\\b", "z": "\\Z"}[sign], 2)
        elif sign == "B":
            self._put("\\B", 2)
        else:
            text, length, _ = self._part(self._at)
            self._put(f"[{text}]" if text else "(?!)", length)

    def _class(self) -> None:
        start = self._at
        at = start + 1
        negated = self._pattern.startswith("^", at)
        at += negated
        parts: list[str] = []
        first = True
        while first or not self._pattern.startswith("]", at):
            if at >= len(self._pattern):
                raise PatternError("missing closing ]", self._pattern[start:])
            text, length, is_sign = self._class_part(at)
            at += length
            first = False
            if is_sign and self._pattern[at : at + 1] == "-" and self._pattern[at + 1 : at + 2] not in {"]", ""}:
                end, length, end_is_sign = self._class_part(at + 1)
                written = self._pattern[at - 1 : at + 1 + length]
                if not end_is_sign:
                    raise PatternError("invalid escape sequence", self._pattern[at + 1 : at + 1 + length])
                if _code(end) < _code(text):
                    raise PatternError("invalid character class range", written)
                text = f"{text}-{end}"
                at += 1 + length
            parts.append(text)
        self._put(f"[{'^' if negated else ''}{''.join(parts)}]", at + 1 - start)

    def _class_part(self, at: int) -> tuple[str, int, bool]:
        if self._pattern.startswith("[:", at) and (end := self._pattern.find(":]", at)) > 0:
            name = self._pattern[at + 2 : end]
            if name.lstrip("^") not in _POSIX or name.startswith("^^"):
                raise PatternError("invalid character class range", self._pattern[at : end + 2])
            found = _POSIX[name.lstrip("^")]
            return (_complement(found) if name.startswith("^") else found), end + 2 - at, False
        return self._part(at)

    def _part(self, at: int) -> tuple[str, int, bool]:
        """Return what stands at a place as the inside of a class, its length, and whether it is a single sign."""
        if not self._pattern.startswith("\\", at):
            return _sign(self._pattern[at]), 1, True
        sign = self._pattern[at + 1 : at + 2]
        if not sign:
            raise PatternError("trailing backslash at end of expression", "")
        if sign.lower() in _CLASSES:
            found = _CLASSES[sign.lower()]
            return (found if sign.islower() else _complement(found)), 2, False
        if sign in "pP":
            return self._category(at)
        if sign in _CONTROLS:
            return _sign(_CONTROLS[sign]), 2, True
        if match := re.compile(r"\\(?:x([0-9A-Fa-f]{2})|x\{([0-9A-Fa-f]+)\}|(0[0-7]{0,2}|[1-7][0-7]{1,2}))").match(
            self._pattern, at
        ):
            code = int(match[1] or match[2], 16) if match[3] is None else int(match[3], 8)
            if code <= sys.maxunicode:
                return _sign(chr(code)), len(match[0]), True
        elif sign.isascii() and not sign.isalnum():
            return _sign(sign), 2, True
        raise PatternError("invalid escape sequence", f"\\{sign}")

    def _category(self, at: int) -> tuple[str, int, bool]:
        match = re.compile(r"\\[pP](?:\{(\^?)(\w+)\}|([A-Z]))").match(self._pattern, at)
        ranges = _ranges_of(match[2] or match[3]) if match else ""
        if not match or not ranges:
            raise PatternError("invalid character class range", match[0] if match else self._pattern[at:])
        negated = (self._pattern[at + 1] == "P") != (match[1] == "^")
        return (_complement(ranges) if negated else ranges), len(match[0]), False


def _sign(sign: str) -> str:
    return sign if sign.isalnum() and sign.isascii() else f"\\U{ord(sign):08x}"


def _code(sign: str) -> int:
    return int(sign[2:], 16) if sign.startswith("\\U") else ord(sign)


@lru_cache(maxsize=64)
def _ranges_of(name: str) -> str:
    """Return the signs of a category such as L or Lu, or of a script such as Greek, as the inside of a class."""
    script = name.upper().replace("_", " ") if len(name) > 2 else ""
    return _ranges(
        code
        for code in range(sys.maxunicode + 1)
        if (
            script == "ANY"
            or (unicodedata.name(chr(code), "").startswith(f"{script} ") if script else False)
            or (not script and unicodedata.category(chr(code)).startswith(name))
        )
    )


@lru_cache(maxsize=64)
def _complement(inside: str) -> str:
    found = re.compile(f"[{inside}]", re.ASCII)
    return _ranges(code for code in range(sys.maxunicode + 1) if not found.match(chr(code)))


def _ranges(codes: Iterator[int]) -> str:
    found: list[list[int]] = []
    for code in codes:
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in found)
