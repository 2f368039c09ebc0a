"""The figures that texts state go in; how many of them a change of cells makes right or wrong comes out.

Statements of the same cells differ in their values alone and are weighed together: however much a text repeats, a change
costs no more than what the form has to be stated.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.judging.repair.tally import Steps, Tally
    from pipeline.judging.texts.statements import Statement
    from pipeline.model import Number


@dataclass(frozen=True, slots=True)
class CellSum:
    """A sum of cells: ``now`` as the tables stand, None while a cell is blank; by key what a step of a typed cell adds to it."""

    now: Number | None
    weights: Mapping[str, int]

    @classmethod
    def of(cls, tally: Tally, cells: Mapping[str, int]) -> CellSum:
        """Add up ``cells`` by their weights."""
        now: Number = 0
        weights: defaultdict[str, int] = defaultdict(int)
        for key, weight in cells.items():
            value = tally.operands.get(key)
            if value is None:
                return cls(None, {})
            now += weight * value
            for part, times in tally.system.parts.get(key, {}).items():
                weights[part] += weight * times
        return cls(now, dict(weights))

    def after(self, steps: Steps) -> Number | None:
        """Return the sum after ``steps``."""
        if self.now is None:
            return None
        return self.now + sum(step * self.weights[key] for key, step in steps.items() if key in self.weights)


@dataclass(frozen=True, slots=True)
class _Alike:
    """Statements of the same sums: how many there are of each value, and which values are true as the tables stand."""

    sums: Sequence[CellSum]
    counts: Counter[Number | None]
    true: Collection[Number | None]

    def true_after(self, steps: Steps) -> Collection[Number | None]:
        return {own.after(steps) for own in self.sums}

    def count(self, values: Collection[Number | None]) -> int:
        return sum(self.counts[value] for value in values)


@dataclass(frozen=True)
class Weighing:
    """The statements of one report against its tables."""

    tally: Tally
    statements: Sequence[Statement] = ()

    @cached_property
    def _homes(self) -> Sequence[int]:
        """The number of the group of each statement."""
        numbers: dict[object, int] = {}
        return [
            numbers.setdefault(tuple(frozenset(cells.items()) for cells in own.sums), len(numbers))
            for own in self.statements
        ]

    @cached_property
    def _groups(self) -> Sequence[_Alike]:
        groups: dict[int, _Alike] = {}
        for home, own in zip(self._homes, self.statements, strict=True):
            if home not in groups:
                sums = [CellSum.of(self.tally, cells) for cells in own.sums]
                groups[home] = _Alike(sums, Counter(), {one.now for one in sums})
            groups[home].counts[own.value] += 1
        return list(groups.values())

    @cached_property
    def _touched_by(self) -> Mapping[str, Sequence[int]]:
        """The groups with a sum that a cell is part of, by the cell."""
        touched: defaultdict[str, list[int]] = defaultdict(list)
        for number, group in enumerate(self._groups):
            for key in {key for own in group.sums for key in own.weights}:
                touched[key].append(number)
        return touched

    def gains(self, steps: Steps) -> tuple[int, int]:
        """Return how many statements are right after ``steps`` but not before, and how many before but not after."""
        right = wrong = 0
        for number in {number for key in steps for number in self._touched_by.get(key, ())}:
            group = self._groups[number]
            after = group.true_after(steps)
            right += group.count([value for value in after if value not in group.true])
            wrong += group.count([value for value in group.true if value not in after])
        return right, wrong

    def is_contradicted(self, steps: Steps, cells: Collection[str]) -> bool:
        """Say whether a statement that ``cells`` have part in is wrong as the tables stand and stays so after ``steps``."""
        for number in {number for key in cells for number in self._touched_by.get(key, ())}:
            group = self._groups[number]
            after = group.true_after(steps)
            if any(value not in group.true and value not in after for value in group.counts):
                return True
        return False

    def holding(self, steps: Steps) -> list[bool]:
        """Say of each statement whether it is right after ``steps``."""
        true = [group.true_after(steps) for group in self._groups]
        return [own.value in true[home] for home, own in zip(self._homes, self.statements, strict=True)]

    def false(self) -> Iterator[tuple[CellSum, int]]:
        """Yield what is stated and wrong as the tables stand, each once: the sums that it may mean, and what they should be."""
        seen = dict.fromkeys(zip(self._homes, (own.value for own in self.statements), strict=True))
        for home, value in seen:
            if value not in self._groups[home].true:
                yield from ((own, value) for own in self._groups[home].sums)
