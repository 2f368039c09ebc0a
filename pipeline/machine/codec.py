"""Values of the model go in; JSON comes out, and back: the same values of the same types.

Driven by the dataclasses' own annotations, so a field that is added to the model is kept without a change here. JSON has
no ``Decimal``, which is written as ``{"decimal": "1.50"}`` where other numbers are allowed beside it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
_DECIMAL = "decimal"
_PLAIN = {str, int, float, bool, NoneType}


def dumps(value: Any) -> str:  # noqa: ANN401 - any value of the model
    """Write a value of the model as JSON."""
    return json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":"))


def loads(kind: type[T], text: str) -> T:
    """Read a value of ``kind`` from what ``dumps`` wrote; a field that the text lacks gets its default."""
    read: Callable[[Any], T] = _reader(kind)  # type: ignore[arg-type]  # a type is hashable
    return read(json.loads(text))


def _plain(value: Any) -> Any:  # noqa: ANN401
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: getattr(value, item.name) for item in fields(value)}
    if isinstance(value, Decimal):
        return {_DECIMAL: str(value)}
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"JSON cannot keep a {type(value).__name__}")


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:  # noqa: ANN401
    """Return what turns parsed JSON into a value of ``kind``; made once for each annotation."""
    if kind in _PLAIN:
        return _same
    if kind in _SPELLED:
        return _SPELLED[kind]
    if isinstance(kind, type) and is_dataclass(kind):
        return _dataclass_reader(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    origin, inner = get_origin(kind), get_args(kind)
    if origin not in _GENERIC:
        raise TypeError(f"JSON cannot read a {kind}")
    return _GENERIC[origin](inner)


def _same(value: Any) -> Any:  # noqa: ANN401
    return value


def _decimal(value: Any) -> Decimal:  # noqa: ANN401
    return Decimal(value[_DECIMAL])


def _dataclass_reader(kind: type) -> Callable[[Any], Any]:
    hints = get_type_hints(kind, localns={"Mapping": Mapping})
    readers = {item.name: _reader(hints[item.name]) for item in fields(kind)}

    def read(value: Any) -> Any:  # noqa: ANN401
        return kind(**{name: readers[name](inner) for name, inner in value.items() if name in readers})

    return read


def _union_reader(kinds: tuple[Any, ...]) -> Callable[[Any], Any]:
    """At most one of ``kinds`` may need more than its JSON tells, besides Decimal."""
    rest = [kind for kind in kinds if kind not in _PLAIN and kind is not Decimal]
    if len(rest) > 1:
        raise TypeError(f"JSON cannot tell {kinds} apart")
    inner = _reader(rest[0]) if rest else _decimal
    text_is_plain = str in kinds

    def read(value: Any) -> Any:  # noqa: ANN401
        if (
            value is None
            or isinstance(value, bool | int | float)
            or (text_is_plain and isinstance(value, str))
        ):
            return value
        return (
            _decimal(value)
            if Decimal in kinds and isinstance(value, dict) and _DECIMAL in value
            else inner(value)
        )

    return read


def _tuple_reader(kinds: tuple[Any, ...]) -> Callable[[Any], Any]:
    if len(kinds) == 2 and kinds[1] is Ellipsis:  # noqa: PLR2004 - tuple[X, ...]
        each = _reader(kinds[0])
        return tuple if each is _same else lambda value: tuple(map(each, value))
    readers = tuple(map(_reader, kinds))
    return lambda value: tuple(reader(inner) for reader, inner in zip(readers, value, strict=True))


def _mapping_reader(kinds: tuple[Any, ...]) -> Callable[[Any], Any]:
    kind = kinds[1]
    each = _reader(kind)
    if each is _same:
        return _same
    if Decimal in get_args(kind):  # most values are plain: look before calling
        return lambda value: {
            key: each(inner) if isinstance(inner, dict) else inner for key, inner in value.items()
        }
    return lambda value: {key: each(inner) for key, inner in value.items()}


_SPELLED: Mapping[Any, Callable[[Any], Any]] = {
    Decimal: _decimal,
    bytes: bytes.fromhex,
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
}
_GENERIC: Mapping[Any, Callable[[tuple[Any, ...]], Callable[[Any], Any]]] = {
    Union: _union_reader,
    UnionType: _union_reader,
    tuple: _tuple_reader,
    frozenset: lambda _: frozenset,
    Mapping: _mapping_reader,
}
