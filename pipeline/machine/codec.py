"""Values of the model go in; JSON comes out, and back: the same values of the same types.

Read by cattrs from the dataclasses' own annotations, so a field that is added to the model is kept without a change here.
JSON has no ``Decimal``, which is written as ``{"decimal": "1.50"}`` where other numbers are allowed beside it. What no file and
no ledger can hold, half a letter (a surrogate by itself), is written as the sign for what could not be read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from sys import intern
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from cattrs import Converter

T = TypeVar("T")
_DECIMAL = "decimal"
_PLAIN = (str, int, float, bool, type(None))


def dumps(value: Any) -> str:  # noqa: ANN401 - any value of the model
    """Write a value of the model as JSON."""
    return storable(json.dumps(value, default=_spelled, ensure_ascii=False, separators=(",", ":")))


def storable(text: str) -> str:
    """Return ``text`` as every file and the ledger can hold it: halves of letters that belong together are one letter, others \ufffd."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def loads(kind: type[T], text: str) -> T:
    """Read a value of ``kind`` from what ``dumps`` wrote; a field that the text lacks gets its default."""
    return _CONVERTER.structure(json.loads(text), kind)


def _spelled(value: Any) -> Any:  # noqa: ANN401 - what json.dumps does not know
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
    raise TypeError(f"nobody can keep a {type(value).__name__}")


def _is_number(kind: Any) -> bool:  # noqa: ANN401 - an annotation
    """Whether ``kind`` is a union of what JSON tells apart by itself and ``Decimal``."""
    return get_origin(kind) in (Union, UnionType) and set(get_args(kind)) <= {*_PLAIN, Decimal}


def _is_figures(kind: Any) -> bool:  # noqa: ANN401 - an annotation
    return get_origin(kind) is Mapping and _is_number(get_args(kind)[1])


def _are_numbers(kind: Any) -> bool:  # noqa: ANN401 - an annotation
    return get_origin(kind) is tuple and get_args(kind)[1:] == (...,) and _is_number(get_args(kind)[0])


def _is_plain_mapping(kind: Any) -> bool:  # noqa: ANN401 - an annotation
    return get_origin(kind) is Mapping and get_args(kind)[1] in _PLAIN


def _number(value: Any, _: Any) -> Any:  # noqa: ANN401
    return Decimal(value[_DECIMAL]) if isinstance(value, dict) else value


def _numbers(value: Sequence[Any], _: Any) -> tuple[Any, ...]:  # noqa: ANN401
    if dict not in map(type, value):
        return tuple(value)
    return tuple(_number(inner, None) for inner in value)


def _figures(value: Mapping[str, Any], _: Any) -> Mapping[str, Any]:  # noqa: ANN401
    """Read what most of a report is made of: look for the few decimals instead of asking each value for its type.

    All reports have the same keys: each is in memory once.
    """
    found = _plain_mapping(value, None)
    found.update([(key, _number(inner, None)) for key, inner in found.items() if inner.__class__ is dict])
    return found


def _plain_mapping(value: Mapping[str, Any], _: Any) -> dict[str, Any]:  # noqa: ANN401
    return dict(zip(map(intern, value), value.values(), strict=True))


@lru_cache(maxsize=1024)  # most files lack the same cells
def _names(found: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(intern, found))


def _converter() -> Converter:
    made = Converter(detailed_validation=False)
    made.register_structure_hook_func(_is_number, _number)
    made.register_structure_hook_func(_are_numbers, _numbers)
    made.register_structure_hook_func(_is_figures, _figures)
    made.register_structure_hook_func(_is_plain_mapping, _plain_mapping)
    made.register_structure_hook(Decimal, _number)
    made.register_structure_hook_func(
        lambda kind: kind == frozenset[str], lambda value, _: _names(tuple(value))
    )
    made.register_structure_hook(bytes, lambda value, _: bytes.fromhex(value))
    made.register_structure_hook(date, lambda value, _: date.fromisoformat(value))
    made.register_structure_hook(datetime, lambda value, _: datetime.fromisoformat(value))
    return made


_CONVERTER = _converter()
