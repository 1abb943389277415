"""Objects: the bytes that came, until they are touched.

A `ResourceField` is a node of an object. It holds either the JSON text of its node or its members, and a member is
either text still or a value: a scalar, another ResourceField, a `FieldList`. Reading decodes one level, along the
path that is read, and remembers it; whatever was not read goes back to the wire byte by byte as it came. There are
no marks of what was changed: encoding walks the nodes that were decoded and splices in the texts of the others.

An object that is handed out owns its bytes, so that keeping one pod does not keep the list it came in.
Objects belong to one thread at a time: a first read in one may lose a write in another.
"""

from __future__ import annotations

import copy
import datetime as dt
import decimal
import enum
import math
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from pprint import pformat
from typing import Any, NoReturn, Self, SupportsIndex, final

import msgspec
from msgspec import Raw

from aiokube._machinery.errors import MalformedObject, UnencodableValue

# --- one node -------------------------------------------------------------------------------------------------


@final
class ResourceField:
    """A node of an API object: its members as attributes and as items, missing ones None.

    `field.get`, `.items`, `.keys` and `.values` are a mapping's methods unless there is a member of that name; any
    member is reached by item (`field["items"]`). Reading and writing go through to the object that the field is part
    of. Fields compare by value, also with dicts, and are not hashable.

    Args:
        params: The members. They are copied: what the caller keeps is never changed.
    """

    __slots__ = ("__weakref__", "_content")

    def __init__(self, params: Mapping[str, Any]) -> None:
        _set_content(self, {key: wrap(value) for key, value in params.items()})

    def to_dict(self) -> dict[str, Any]:
        """Return the members as fresh plain dicts, lists and scalars."""
        content = _get_content(self)
        if type(content) is not dict:
            return _plain_document(content)
        return {key: plain(value) for key, value in content.items()}

    def __getattribute__(self, name: str) -> Any:
        # Python asks `__getattr__` only after it has made an AttributeError and thrown it away, which costs more
        # than all of this.
        if name in _OWN_NAMES:
            return object.__getattribute__(self, name)
        content = _get_content(self)
        members = content if type(content) is dict else _members(self)
        try:
            value = members[name]
        except KeyError:
            return _absent(self, name)
        return value if type(value) is not Raw else _read(members, name)

    def __setattr__(self, name: str, value: Any) -> None:
        _members(self)[name] = wrap(value)

    def __delattr__(self, name: str) -> None:
        try:
            del _members(self)[name]
        except KeyError:
            raise AttributeError(f"no member {name!r} to delete", name=name, obj=self) from None

    def __getitem__(self, name: str) -> Any:
        return _read(_members(self), name)

    def __setitem__(self, name: str, value: Any) -> None:
        _members(self)[name] = wrap(value)

    def __delitem__(self, name: str) -> None:
        del _members(self)[name]

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        members = _members(self)
        for key in members:
            yield key, _read(members, key)

    __reversed__ = None  # Python would ask for items by number

    def __contains__(self, name: object) -> bool:
        return name in _members(self)

    def __len__(self) -> int:
        return len(_members(self))

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        if isinstance(other, ResourceField):
            return self is other or self.to_dict() == other.to_dict()
        if isinstance(other, Mapping):
            return bool(self.to_dict() == plain(other))
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]  # equal by value and mutable

    def __repr__(self) -> str:
        return pformat(self.to_dict())

    def __dir__(self) -> list[str]:
        return [*dir(type(self)), *_members(self)]

    def __copy__(self) -> ResourceField:
        return _field(dict(iter(self)))  # all read, so that both share every node below

    def __deepcopy__(self, memo: dict[int, Any]) -> ResourceField:
        content = _get_content(self)
        return _field(copy.deepcopy(content, memo) if type(content) is dict else content)

    def __reduce__(self) -> tuple[Callable[[dict[str, Any]], ResourceField], tuple[dict[str, Any]]]:
        return ResourceField, (self.to_dict(),)


# The slot is reached through its descriptor only: its name stays free, so that any key can be read as an attribute.
_slot = ResourceField.__dict__["_content"]
_get_content: Callable[[ResourceField], Any] = _slot.__get__
_set_content: Callable[[ResourceField, Any], None] = _slot.__set__
delattr(ResourceField, "_content")
_OWN_NAMES = frozenset(dir(ResourceField))


class FieldList(list[Any]):
    """A list in an object: a plain list, but dicts that are put into it become ResourceFields."""

    def append(self, value: Any) -> None:
        """Add a value at the end."""
        super().append(wrap(value))

    def insert(self, index: SupportsIndex, value: Any) -> None:
        """Add a value before an index."""
        super().insert(index, wrap(value))

    def extend(self, values: Iterable[Any]) -> None:
        """Add several values at the end."""
        super().extend([wrap(value) for value in values])

    def __iadd__(self, values: Iterable[Any]) -> Self:  # type: ignore[misc]
        self.extend(values)
        return self

    def __setitem__(self, index: Any, value: Any) -> None:
        super().__setitem__(index, [wrap(item) for item in value] if isinstance(index, slice) else wrap(value))

    def __deepcopy__(self, memo: dict[int, Any]) -> FieldList:
        return FieldList([copy.deepcopy(item, memo) for item in self])

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        return FieldList, (list(self),)


def _absent(self: ResourceField, name: str) -> Any:
    """What an attribute is that is no member: a mapping's method, or nothing."""
    if name in _MAPPING_METHODS:
        return _MAPPING_METHODS[name].__get__(self)
    if name.startswith("__") and name.endswith("__"):
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}", name=name, obj=self)
    return None


class FieldHolder:
    """Base of what has a field in it and stands for it wherever a value is expected."""

    __slots__ = ()
    attributes: ResourceField

    def to_dict(self) -> dict[str, Any]:
        """Return the content as fresh plain dicts, lists and scalars."""
        return self.attributes.to_dict()


def _mapping_get(self: ResourceField, key: str, default: Any = None) -> Any:
    members = _members(self)
    return _read(members, key) if key in members else default


def _mapping_keys(self: ResourceField) -> list[str]:
    return list(_members(self))


def _mapping_values(self: ResourceField) -> list[Any]:
    return [value for _, value in self]


def _mapping_items(self: ResourceField) -> list[tuple[str, Any]]:
    return list(self)


_MAPPING_METHODS: dict[str, Any] = {
    "get": _mapping_get,
    "items": _mapping_items,
    "keys": _mapping_keys,
    "values": _mapping_values,
}

# --- what a node holds ----------------------------------------------------------------------------------------
#
# dict[str, Any]    its members; a member that is Raw has not been read
# Raw               its text
# _Item             its text, an item of a list that may lack what the list says for all
# _Document         its text, a whole answer of a server, which may be a list


class _Item(msgspec.Struct, gc=False):
    text: bytes
    defaults: dict[str, str]  # one for all items of a list


class _Document(msgspec.Struct, gc=False):
    text: bytes


_ABSENT = Raw()


class _ListDocument(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A list as servers send it, split in one pass; anything else on its top level makes it no such list."""

    kind: str
    apiVersion: str
    items: list[Raw] | None
    metadata: Raw = _ABSENT  # in a union with None, msgspec would take only None


_decode_any = msgspec.json.Decoder().decode
_decode_members = msgspec.json.Decoder(dict[str, Raw]).decode
_decode_level = msgspec.json.Decoder(dict[str, Raw] | list[Raw] | str | int | float | bool | None).decode
_decode_list = msgspec.json.Decoder(_ListDocument).decode
_decode_items = msgspec.json.Decoder(list[Raw] | None).decode
_UNDECODABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_BRACE = ord("{")
_HEAD = 256  # bytes at the start of a document in which a list shows that it is one


def document_from_json(text: bytes) -> ResourceField:
    """Return the field of a whole answer; if it is a list, its items get the apiVersion and kind that they lack."""
    return _field(_Document(text))


def document_from_dict(document: Mapping[str, Any]) -> ResourceField:
    """Return the field of a whole answer that somebody has decoded; the dict is copied."""
    return ResourceField(_complete(plain(document)))


def _field(content: Any) -> ResourceField:
    field = ResourceField.__new__(ResourceField)
    _set_content(field, content)
    return field


def _members(field: ResourceField) -> dict[str, Any]:
    content = _get_content(field)
    if type(content) is dict:
        return content
    try:
        members = _split(content)
    except _UNDECODABLE as error:
        _raise_malformed(error)
    _set_content(field, members)
    return members


def _split(content: Raw | _Item | _Document) -> dict[str, Any]:
    if isinstance(content, _Item):
        return content.defaults | _decode_members(content.text)
    return _split_document(content.text) if isinstance(content, _Document) else _decode_members(content)


def _split_document(text: bytes) -> dict[str, Any]:
    head = text[:_HEAD]
    if b'List"' in head or b'"items"' in head:
        try:
            document = _decode_list(text)
        except msgspec.ValidationError:
            pass  # JSON of another shape: the general way below takes it
        else:
            if (defaults := _defaults_of_items(document.kind, document.apiVersion)) is not None:
                return _members_of_list(document, defaults)
    members: dict[str, Any] = _decode_members(text)
    if "items" in members:
        _own_items(members)
    return members


def _members_of_list(document: _ListDocument, defaults: dict[str, str]) -> dict[str, Any]:
    members: dict[str, Any] = {"kind": document.kind, "apiVersion": document.apiVersion}
    if document.metadata is not _ABSENT:
        members["metadata"] = document.metadata.copy()
    members["items"] = _items(document.items, defaults)
    return members


def _own_items(members: dict[str, Any]) -> None:
    """Do for the list of an unusual server what `_members_of_list` does for others; leave what is no list alone."""
    defaults = _defaults_of_items(_read(members, "kind"), _read(members, "apiVersion"))
    if defaults is None:
        return
    try:
        items = _items(_decode_items(members["items"]), defaults)
    except msgspec.ValidationError:
        return
    del members["items"]  # it comes last, and must not be copied
    for key, value in members.items():
        if type(value) is Raw:
            members[key] = value.copy()
    members["items"] = items


def _items(texts: list[Raw] | None, defaults: dict[str, str]) -> FieldList:
    """Return items that own their bytes; a Raw that is not copied would keep the whole answer."""
    owned = [bytes(text) for text in texts or ()]
    return FieldList([_field(_Item(text, defaults)) if text[0] == _BRACE else _value_of(Raw(text)) for text in owned])


def _defaults_of_items(kind: object, api_version: object) -> dict[str, str] | None:
    """Return what the items of a list get where they lack it, None if the kind is not one of a list.

    A `List`, which holds objects of any kinds, gives them nothing.
    """
    if not isinstance(kind, str) or not kind.endswith("List"):
        return None
    defaults = {"apiVersion": api_version, "kind": kind.removesuffix("List")} if kind != "List" else {}
    return {key: value for key, value in defaults.items() if isinstance(value, str)}


def _read(members: dict[str, Any], key: str) -> Any:
    value = members.get(key)
    if type(value) is Raw:
        value = members[key] = _value_of(value)
    return value


def _value_of(text: Raw) -> Any:
    try:
        value = _decode_level(text)
    except _UNDECODABLE as error:
        _raise_malformed(error)
    if type(value) is dict:
        return _field(value)
    if type(value) is list:
        return FieldList([_list_item(item) for item in value])
    return value


def _list_item(text: Raw) -> Any:
    return _field(text) if memoryview(text)[0] == _BRACE else _value_of(text)  # an object stays text


def _raise_malformed(error: Exception) -> NoReturn:
    why = "nested too deep" if isinstance(error, RecursionError) else str(error)
    raise MalformedObject("object", why) from None


# --- in and out -----------------------------------------------------------------------------------------------


def wrap(value: Any) -> Any:
    """Return what a node holds for a value: dicts as new ResourceFields, lists as new FieldLists.

    What is a node already stays that node, so that `field.finalizers += [...]` leaves the list where it is.
    """
    if isinstance(value, str | int | float | ResourceField | FieldList) or value is None:
        return value
    if isinstance(value, Mapping):
        return ResourceField(value)
    if isinstance(value, list | tuple):
        return FieldList([wrap(item) for item in value])
    if is_model(value):
        return wrap(model_to_dict(value))
    return value.attributes if isinstance(value, FieldHolder) else value


def plain(value: Any) -> Any:
    """Return a value as fresh plain dicts and lists; scalars and unknown objects as they are."""
    if isinstance(value, ResourceField | FieldHolder):
        return value.to_dict()
    if type(value) is Raw:
        try:
            return _decode_any(value)
        except _UNDECODABLE as error:
            _raise_malformed(error)
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def _plain_document(content: Raw | _Item | _Document) -> dict[str, Any]:
    text = content if isinstance(content, Raw) else content.text
    try:
        document = _decode_any(text)
    except _UNDECODABLE as error:
        _raise_malformed(error)
    if not isinstance(document, dict):
        raise MalformedObject("object", f"expected an object, got {type(document).__name__}")
    if isinstance(content, _Item):
        return content.defaults | document
    return _complete(document) if isinstance(content, _Document) else document


def _complete(document: dict[str, Any]) -> dict[str, Any]:
    """Make `items: null` of a list an empty list, and give items what they lack; the document is changed."""
    items = document.get("items", _ABSENT)
    defaults = _defaults_of_items(document.get("kind"), document.get("apiVersion"))
    if defaults is not None and (items is None or isinstance(items, list)):
        document["items"] = [defaults | item if isinstance(item, dict) else item for item in items or ()]
    return document


def is_model(value: object) -> bool:
    """Whether a value is a typed model of kubernetes_asyncio or kubernetes, known by what such classes have."""
    return hasattr(type(value), "attribute_map") and hasattr(type(value), "openapi_types")


def model_to_dict(model: Any) -> dict[str, Any]:
    """Return a typed model as the API's JSON object, without what is None."""
    names: dict[str, str] = model.attribute_map
    values = ((names[attribute], getattr(model, attribute)) for attribute in model.openapi_types)
    return {name: _model_value(value) for name, value in values if value is not None}


def _model_value(value: Any) -> Any:
    if is_model(value):
        return model_to_dict(value)
    if isinstance(value, list | tuple):
        return [_model_value(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _model_value(item) for key, item in value.items()}
    return value


def encode(value: Any) -> bytes:
    """Return a body as JSON; texts that were not read are spliced in as they came.

    Args:
        value: A dict, list, scalar, ResourceField, object with a field in it, or typed model.

    Raises:
        UnencodableValue: It holds NaN, an infinity, bytes, a cycle, or an object of unknown type.
    """
    try:
        _refuse_unsendable(value, ())
        return _encode(value)
    except RecursionError:
        raise UnencodableValue("", _TOO_DEEP) from None
    except (TypeError, UnicodeEncodeError) as error:
        raise UnencodableValue("", str(error)) from None


def _encode_hook(value: Any) -> Any:
    if isinstance(value, ResourceField):
        content = _get_content(value)
        if isinstance(content, _Item | _Document):
            return _members(value)
        return content
    if isinstance(value, FieldHolder):
        return value.attributes
    if is_model(value):
        return model_to_dict(value)
    if isinstance(value, Mapping):
        return dict(value)
    for scalar, exact in _EXACT.items():
        if isinstance(value, scalar):
            return exact(value)
    raise TypeError(f"an object of type {type(value).__name__} has no form in JSON")


_encode = msgspec.json.Encoder(enc_hook=_encode_hook).encode

# msgspec refuses subclasses of these, which YAML libraries and numpy make.
_EXACT: dict[type[Any], Callable[[Any], Any]] = {str: str.__str__, int: int.__int__, float: float.__float__}
_SENDABLE = frozenset({str, int, bool, type(None), Raw})
_SENDABLE_TOO = (str, int, dt.date, dt.time, decimal.Decimal, uuid.UUID)
_DEPTH = 256  # levels; objects of Kubernetes have some fifty at most, what has more contains itself
_PARTS = 16  # of a path that an error shows
_TOO_DEEP = "it contains itself, or is nested too deep"


def _refuse_unsendable(value: Any, path: tuple[Any, ...]) -> None:
    """Refuse what the encoder would turn into something else without a word, NaN into null, and what it cannot take.

    The encoder would refuse the latter too, but does not say where it stands.
    """
    if type(value) in _SENDABLE:
        return
    if len(path) > _DEPTH:
        raise UnencodableValue(_dotted(path), _TOO_DEEP)
    if isinstance(value, FieldHolder):
        value = value.attributes
    if isinstance(value, ResourceField):
        value = _get_content(value)
        if type(value) is not dict:
            return  # a text, which is JSON
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str | int | float) or isinstance(key, bool):  # YAML makes True of `on`
                raise UnencodableValue(_dotted(path), f"a key is {key!r}, and keys in JSON are texts")
            _refuse_unsendable(item, (*path, key))
    elif isinstance(value, list | tuple | set | frozenset):
        for index, item in enumerate(value):
            _refuse_unsendable(item, (*path, index))
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise UnencodableValue(_dotted(path), f"{value} has no form in JSON")
    elif isinstance(value, bytes | bytearray | memoryview):
        raise UnencodableValue(_dotted(path), "bytes have no form in JSON; decode them, or encode them in base64")
    elif is_model(value):
        _refuse_unsendable(model_to_dict(value), path)
    elif isinstance(value, enum.Enum):
        _refuse_unsendable(value.value, path)
    elif not isinstance(value, _SENDABLE_TOO):
        raise UnencodableValue(_dotted(path), f"an object of type {type(value).__name__} has no form in JSON")


def _dotted(path: tuple[Any, ...]) -> str:
    shown = ".".join(str(part) for part in path[:_PARTS])
    return shown if len(path) <= _PARTS else f"{shown}…"
