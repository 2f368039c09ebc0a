"""The numbers of a list go in, some of their words not known; the part comes out that spoils it, by what the other parts leave in the tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from pipeline.forms.narrative import Claim, Sum
from pipeline.judging.texts.aligned import AlignedNumbers, is_slip, weight
from pipeline.judging.texts.meant import value_of, values_of

if TYPE_CHECKING:
    from pipeline.forms.narrative import DividedCells
    from pipeline.judging.texts.filed import ReportTexts
    from pipeline.judging.texts.surroundings import PlacedNumber
    from pipeline.model import Number

_ENOUGH = 3.0
"""What has to speak for a list before a part of it is accused."""
_FEWEST = 2
"""Parts of a list."""
_MOST_PARTS = 10
"""Cells of a division that are tried for what a list leaves."""


class LeftOver:
    """Knows what divides what in one rule; ``of_cell`` is what each cell is called by itself."""

    def __init__(self, divisions: Sequence[DividedCells], of_cell: Mapping[str, Claim]) -> None:
        self._divisions = divisions
        self._of_cell = of_cell

    def spoiling(
        self, aligned: AlignedNumbers, here: Sequence[int], item: ReportTexts
    ) -> Iterator[tuple[int, Claim]]:
        """Yield the part of a list that spoils it: its other parts and what they leave in the tables make a whole.

        After the last part that is known something else may be counted (维持9件，纠正1件，听证3件).
        """
        for division in self._divisions:
            known = ((key, item.numbers.get(key)) for key in division.cells)
            cells = {key: value for key, value in known if value is not None}
            wholes = values_of(division.wholes, item)
            if not wholes or len(cells) < len(division.cells):
                continue
            found = list(self._spoils(aligned, here, division, cells, wholes, item))
            if found:
                yield from found
                return

    def _spoils(
        self,
        aligned: AlignedNumbers,
        here: Sequence[int],
        division: DividedCells,
        cells: dict[str, Number],
        wholes: Collection[Number],
        item: ReportTexts,
    ) -> Iterator[tuple[int, Claim]]:
        numbers = aligned.numbers
        covers = {
            at: _cover(aligned.agreed[at], numbers[at].value, item) for at in here if at in aligned.agreed
        }
        parts = [at for at, keys in covers.items() if keys and set(keys) <= cells.keys()]
        taken = [key for at in parts for key in covers[at]]
        stated = {key for key in cells if key in self._of_cell and self._of_cell[key].key in aligned.stated}
        left = {
            key: value for key, value in cells.items() if value and key not in taken and key not in stated
        }
        if not parts or len(set(taken)) < len(taken) or len(left) > _MOST_PARTS:
            return
        first = parts[0]
        while first > here[0] and numbers[first].goes_on and first - 1 not in aligned.agreed:
            first -= 1
        unknown = [
            at
            for at in range(first, parts[-1])
            if at not in aligned.agreed
            and numbers[at].is_readable
            and not (numbers[at].parts is not None and not numbers[at].means)
            and numbers[at].unit == numbers[parts[0]].unit
        ]
        made = _sums(left.values())
        fitted = [at for at in unknown if numbers[at].value in left.values()]
        agreed_wholes = [
            numbers[at].value for at in here if at in aligned.agreed and numbers[at].value in wholes
        ]
        proof = sum(map(weight, {*agreed_wholes, *(numbers[at].value for at in parts)}))
        proof += sum(weight(numbers[at].value) / 2 for at in fitted)
        if proof < _ENOUGH or len(parts) + len(fitted) < _FEWEST:
            return
        found = {
            at: value
            for at in unknown
            if numbers[at].value not in made
            for value in _missing(at, [*parts, *unknown], numbers, wholes)
            if value and value in made and is_slip(numbers[at].value, value)
        }
        if len(found) == 1:
            [(at, value)] = found.items()
            yield at, self._rest(division, left, value)

    def _rest(self, division: DividedCells, left: dict[str, Number], value: Number) -> Claim:
        """Return what a part should be: a cell that no other part has told, or several of them together."""
        keys = _making(value, list(left.items()))
        if len(keys) == 1 and keys[0] in self._of_cell:
            return self._of_cell[keys[0]]
        return Claim("rest", division.rest, (), (Sum(tuple(keys)),), "rest")


def _missing(
    at: int, parts: Iterable[int], numbers: Sequence[PlacedNumber], wholes: Iterable[Number]
) -> list[Number]:
    """Return what the part ``at`` would have to be, for the parts together to be one of the wholes."""
    others = sum(numbers[one].value for one in parts if one != at)
    return [whole - others for whole in wholes]


def _cover(claim: Claim, value: Number, item: ReportTexts) -> tuple[str, ...]:
    """Return the cells whose sum a true figure is."""
    return next((own.plus for own in claim.equals if not own.minus and value_of(own, item) == value), ())


def _sums(values: Iterable[Number]) -> set[Number]:
    """Return what some of ``values`` come to."""
    found: set[Number] = {0}
    for value in values:
        found |= {value + other for other in found}
    return found


def _making(value: Number, cells: Sequence[tuple[str, Number]]) -> list[str]:
    """Return the fewest cells that come to ``value``."""
    for size in range(1, len(cells) + 1):
        for chosen in combinations(cells, size):
            if sum(own for _, own in chosen) == value:
                return [key for key, _ in chosen]
    return []
