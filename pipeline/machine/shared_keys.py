"""Values go in, in the order of keys that many have in common; what looks them up by key comes out, a tenth of a dict's size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

Value = TypeVar("Value")


class SharedKeys(Mapping[str, Value]):
    """``places`` says where the value of each key stands, and is the same for all."""

    __slots__ = ("_places", "_values")

    def __init__(self, places: Mapping[str, int], values: Sequence[Value]) -> None:
        self._places = places
        self._values = values

    def __getitem__(self, key: str) -> Value:
        return self._values[self._places[key]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
