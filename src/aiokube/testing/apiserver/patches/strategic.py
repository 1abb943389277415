"""Strategic merge patch: a merge patch that merges lists, by what the types of a kind say of them.

Directives of the patch say otherwise: `$patch` replaces, merges or deletes an object, `$retainKeys` drops the
other members of it, `$deleteFromPrimitiveList/<name>` drops items of a list of scalars, `$setElementOrder/<name>`
orders a list. The result for a patch that is strange but accepted, and the words for one that is not, are
kube-apiserver's, whose library this follows step by step; where that library panics, the answer is a 500 too.

Source: https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/util/strategicpatch/patch.go
Source: https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from aiokube.testing.apiserver.documents import InvalidDocument, read_json
from aiokube.testing.apiserver.errors import StatusError, bad_request, internal_error
from aiokube.testing.apiserver.go.format import formatted, type_name
from aiokube.testing.apiserver.go.json_syntax import go_kind
from aiokube.testing.apiserver.go.text import quoted
from aiokube.testing.apiserver.schema.node import Field, Node, Shape

__all__ = ["StrategicPatch", "apply", "read"]

_MARKER: Final = "$patch"
_RETAIN_KEYS: Final = "$retainKeys"
_DELETE_ITEMS: Final = "$deleteFromPrimitiveList"
_ORDER: Final = "$setElementOrder"

Object = dict[str, Any]


class StrategicPatch(NamedTuple):
    """A patch that was read.

    Attributes:
        value: the JSON object.
        strict_errors: fields that stand twice.
    """

    value: Object
    strict_errors: Sequence[str]

    def __str__(self) -> str:
        """As the server shows it when the result does not decode."""
        return formatted(self.value)


def read(body: bytes, *, strict: bool) -> StrategicPatch:
    """Read the body of a request.

    Args:
        body: UTF-8.
        strict: look for what stands twice (field validation Warn and Strict).

    Raises:
        StatusError: 400 for what is no JSON object.
    """
    try:
        document = read_json(body)
    except InvalidDocument as error:
        raise bad_request(str(error)) from error
    if not isinstance(document.value, dict | None):
        kind = go_kind(document.value)
        raise bad_request(f"json: cannot unmarshal {kind} into Go value of type map[string]interface {{}}")
    errors = document.duplicates if strict else ()
    return StrategicPatch(document.value or {}, errors)


def apply(document: Object, patch: StrategicPatch, node: Node) -> Object:
    """Return an object with a patch applied.

    Args:
        document: the object as the server writes it; what becomes of it afterwards is undefined.
        patch: changed too; the server shows it as it is then.
        node: of the object's kind.

    Raises:
        StatusError: the patch is malformed (400) or does not fit the kind (422), or, as on the real server, has
            anything else wrong with it (500).
    """
    return _merge(document, patch.value, node)


class _Merging(NamedTuple):
    """How the items of a list are merged.

    Attributes:
        strategy: "merge"; anything else replaces.
        key: by which objects are told apart; "" for scalars.
        item: what the items are.
    """

    strategy: str
    key: str
    item: Node


def _merge(original: Object, patch: Object, node: Node) -> Object:
    if _MARKER in patch:
        return _directed(patch)
    _retain_keys(original, patch)
    _order_lists(original, patch, node)
    for name, change in patch.items():
        deletes = name.startswith(_DELETE_ITEMS)
        if deletes:
            name = _name_after(name, _DELETE_ITEMS)
        if change is None:
            original.pop(name, None)
        elif name in original and type(original[name]) is type(change):
            original[name] = _merged(original[name], change, name, node, deletes=deletes)
        elif not deletes:
            _drop_nulls(change)
            if not _is_directive(change):
                original[name] = _without_directives(change)
    return original


def _merged(current: Any, change: Any, name: str, node: Node, *, deletes: bool) -> Any:
    if isinstance(change, dict):
        field = _field(node, name)
        return change if _strategy(field) == "replace" else _merge(current, change, field.node)
    if isinstance(change, list):
        return _merged_list(current, change, _merging(node, name), deletes=deletes)
    return change


def _directed(patch: Object) -> Object:
    directive = patch[_MARKER]
    if directive == "replace":
        del patch[_MARKER]
        return patch
    if directive == "delete":
        return {}
    raise _unknown_directive(directive, patch)


def _retain_keys(original: Object, patch: Object) -> None:
    if _RETAIN_KEYS not in patch:
        return
    retained = patch.pop(_RETAIN_KEYS)
    if not isinstance(retained, list):
        raise _bad_format(_RETAIN_KEYS)
    for name, change in patch.items():
        if change is not None and name not in retained and not name.startswith((_DELETE_ITEMS, _ORDER)):
            raise _bad_format(_RETAIN_KEYS)
    for name in [name for name in original if name not in retained]:
        del original[name]


def _order_lists(original: Object, patch: Object, node: Node) -> None:
    for directive in [name for name in patch if name.startswith(_ORDER)]:
        order = patch.pop(directive)
        if not isinstance(order, list):
            raise _wrong_type([], order)
        name = _name_after(directive, _ORDER)
        for holder in (original, patch):
            if name in holder and not isinstance(holder[name], list):
                raise _wrong_type([], holder[name])
        merging = _merging(node, name)
        changes, current = patch.get(name), original.get(name)
        _check_order(changes or [], order, merging.key)
        if current is None and changes is None:
            continue
        original[name] = _ordered(
            _ordered_items(current, changes, merging),
            order,
            current or [],
            merging.key,
            objects=_are_objects(current or [], changes or []),
        )
        patch.pop(name, None)


def _ordered_items(current: list[Any] | None, changes: list[Any] | None, merging: _Merging) -> list[Any]:
    if changes is None:
        return current or []
    if current is None:
        return [_without_directives(item) for item in changes if not _is_directive(item)]
    return _merged_list(current, changes, merging, deletes=False)


def _check_order(changes: list[Any], order: list[Any], key: str) -> None:
    """Raise if items of a patch are not among those ordered, or stand in another order."""
    if not changes or not order:
        return
    kept = _split_deletions(changes)[0] if key else changes
    at = place = 0
    while at < len(kept) and place < len(order):
        if _is_directive(kept[at]):
            at += 1
            continue
        at += _key_of(kept[at], key) == _key_of(order[place], key)
        place += 1
    if at < len(kept):
        shown = f"{formatted(changes)}\n doesn't match {_ORDER} list:\n{formatted(order)}\n"
        raise _unexpected(f"The order in patch list:\n{shown}")


def _merged_list(original: list[Any], patch: list[Any], merging: _Merging, *, deletes: bool) -> list[Any]:
    if merging.strategy != "merge" and not deletes:
        return patch
    if not original and not patch:
        return original
    if _are_objects(original, patch):
        if not merging.key:
            raise _unexpected(f"cannot merge lists without merge key for {_reflected(merging.item)}")
        return _merged_object_list(original, patch, merging)
    if deletes:
        dropped = {_identity(item) for item in patch}
        return [item for item in original if _identity(item) not in dropped]
    merged = list({_identity(item): item for item in (*original, *patch)}.values())
    return _ordered(merged, patch, original, merging.key, objects=False)


def _merged_object_list(original: list[Any], patch: list[Any], merging: _Merging) -> list[Any]:
    size = len(original)
    current, changes = _after_directives(original, patch, merging.key)
    merged = _merged_objects(current, changes, merging)
    ordered = _ordered(merged, changes, current, merging.key, objects=True)
    if current is original:
        # Go's lists share memory: what was deleted makes room that takes what is added, and there it counts when
        # `$setElementOrder` looks for where things were.
        original.extend(merged[len(original) : size])
    return ordered


def _after_directives(original: list[Any], patch: list[Any], key: str) -> tuple[list[Any], list[Any]]:
    """Return both lists as `$patch` in items of the patch leaves them; those items go, and what they delete."""
    plain: list[Any] = []
    replaces = False
    for item in patch:
        if _MARKER not in item:
            plain.append(item)
            continue
        directive = item[_MARKER]
        if directive == "delete":
            gone = _key_of(item, key)
            original[:] = [other for other in original if key not in other or _key_of(other, key) != gone]
        elif directive == "replace":
            replaces = True
        elif directive == "merge":
            raise _unexpected("merging lists cannot yet be specified in the patch")
        else:
            raise _unknown_directive(directive, item)
    return (plain, []) if replaces else (original, plain)


def _merged_objects(original: list[Any], patch: list[Any], merging: _Merging) -> list[Any]:
    merged = list(original)
    places = _places(merged, merging.key)
    for change in patch:
        place = places.setdefault(_key_of(change, merging.key), len(merged))
        if place < len(merged):
            merged[place] = _merge(merged[place], change, merging.item)
        else:
            merged.append(change)
    return merged


def _ordered(items: list[Any], order: list[Any], live: list[Any], key: str, *, objects: bool) -> list[Any]:
    """Return the items of a list: those that a patch orders in that order, the others near where they were."""
    wanted, there = _places(order, key), _places(live, key)
    ordered: list[Any] = []
    others: list[Any] = []
    for item in items:
        (ordered if _key_of(item, key) in wanted else others).append(item)
    ordered = _sorted(ordered, order, wanted, key, objects=objects)
    rest = deque(_sorted(others, live, there, key, objects=objects))
    result: list[Any] = []
    for item in ordered:
        place = there.get(_key_of(item, key), -1)
        while rest and 0 <= there.get(_key_of(rest[0], key), -1) < place:
            result.append(rest.popleft())
        result.append(item)
    return [*result, *rest]


def _sorted(items: list[Any], order: list[Any], places: Places, key: str, *, objects: bool) -> list[Any]:
    deleted: list[Any] = []
    if objects:
        for item in (*items, *order):
            _key_of(item, key)
        items, deleted = _split_deletions(items)
    result: list[Any] = []
    for item in items:
        # As Go's insertion sort does it with an order in which what has no place comes before anything else.
        place = places.get(_key_of(item, key), -1)
        at = len(result) if place >= 0 else 0
        while at and not 0 <= places.get(_key_of(result[at - 1], key), -1) <= place:
            at -= 1
        result.insert(at, item)
    return result + deleted


Identity = tuple[type, Any]
Places = dict[Identity, int]


def _places(items: list[Any], key: str) -> Places:
    """Return where the items of a list stand; the first one counts."""
    places: Places = {}
    for index, item in enumerate(items):
        if key and not isinstance(item, dict):
            raise _unexpected(f"value for key {index} is not a map")
        if not key or key in item:
            places.setdefault(_key_of(item, key), index)
    return places


def _key_of(item: Any, key: str) -> Identity:
    if not key:
        return _identity(item)
    if not isinstance(item, dict):
        raise _wrong_type({}, item)
    if key not in item:
        raise _no_merge_key(item, key)
    return _identity(item[key])


def _identity(value: Any) -> Identity:
    # Go tells 1 from 1.0 and from true, and panics when it is to compare maps or lists.
    if isinstance(value, dict | list):
        raise _panic(f"runtime error: hash of unhashable type {type_name(value)}")
    return type(value), value


def _split_deletions(items: list[Any]) -> tuple[list[Any], list[Any]]:
    kept: list[Any] = []
    deleted: list[Any] = []
    for item in items:
        if not isinstance(item, dict):
            raise _wrong_type({}, item)
        (deleted if item.get(_MARKER) == "delete" else kept).append(item)
    return kept, deleted


def _are_objects(*lists: list[Any]) -> bool:
    """Return whether lists hold objects, or raise if they do not all hold the same type of scalar."""
    items = [item for items in lists for item in items]
    if not items:
        raise _unexpected("no elements in any of the given slices")
    if items[0] is None:
        raise _panic("runtime error: invalid memory address or nil pointer dereference")
    if isinstance(items[0], list):
        raise _refused()
    if any(type(item) is not type(items[0]) for item in items):
        raise _unexpected(f"list element types are not identical: {formatted(list(lists))}")
    return isinstance(items[0], dict)


def _drop_nulls(value: Any) -> None:
    if isinstance(value, dict):
        for name in [name for name, item in value.items() if item is None]:
            del value[name]
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _drop_nulls(item)


def _is_directive(value: Any) -> bool:
    return isinstance(value, dict) and _MARKER in value


def _without_directives(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_directives(item) for name, item in value.items() if not _is_directive(item)}
    if isinstance(value, list):
        return [_without_directives(item) for item in value if not _is_directive(item)]
    return value


def _name_after(name: str, prefix: str) -> str:
    directive, _, rest = name.partition("/")
    if directive != prefix or "/" not in name:
        raise _bad_format(prefix)
    return rest


def _field(node: Node, name: str) -> Field:
    if node.shape is not Shape.STRUCT:
        kind = _reflected(node)
        raise _unexpected(f"merging an object in json but data type is not struct, instead is: {kind}")
    field = node.fields.get(name)
    if field is None:
        struct = node.go.rpartition(".")[2]
        raise _unexpected(f"unable to find api field in struct {struct} for the json field {quoted(name)}")
    return field


def _merging(node: Node, name: str) -> _Merging:
    field = _field(node, name)
    if field.node.item is None:
        raise _unexpected("expected slice or array type, but got: struct")
    return _Merging(_strategy(field), field.patch_merge_key, field.node.item)


def _strategy(field: Field) -> str:
    return next(iter(field.patch_strategies - {"retainKeys"}), "")


def _reflected(node: Node) -> str:
    return _REFLECTED.get(node.shape, node.go)


_REFLECTED = {
    Shape.STRUCT: "struct",
    Shape.MAP: "map",
    Shape.LIST: "slice",
    Shape.STRING: "string",
    Shape.BOOLEAN: "bool",
    Shape.BYTES: "slice",
    Shape.ANY: "struct",
    Shape.INT_OR_STRING: "struct",
    Shape.QUANTITY: "struct",
    Shape.TIME: "struct",
    Shape.MICRO_TIME: "struct",
    Shape.DURATION: "struct",
}


_FORMATS = {
    _RETAIN_KEYS: "retainKeys",
    _DELETE_ITEMS: "primitive list",
    _ORDER: "setElementOrder list",
}


def _bad_format(directive: str) -> StatusError:
    return bad_request(f"invalid patch format of {_FORMATS[directive]}")


def _refused() -> StatusError:
    return StatusError(422, "Invalid", "the server rejected our request due to an error in our request", {})


def _unexpected(message: str) -> StatusError:
    return StatusError(500, "", message)


def _panic(message: str) -> StatusError:
    return internal_error(message)


def _no_merge_key(item: Object, key: str) -> StatusError:
    return _unexpected(f"map: {formatted(item)} does not contain declared merge key: {key}")


def _wrong_type(expected: Any, actual: Any) -> StatusError:
    return _unexpected(f"expected a {type_name(expected)}, but received a {type_name(actual)}")


def _unknown_directive(directive: Any, item: Object) -> StatusError:
    shown = directive if isinstance(directive, str) else f"%!s({type_name(directive)}={formatted(directive)})"
    return _unexpected(f"unknown patch type: {shown} in map: {formatted(item)}")
