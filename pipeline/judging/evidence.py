"""Ways to settle what fails go in; the likely ones come out, the likeliest first, and none where too many are alike.

Sums alone often allow many cells. What else speaks for one: a sentence that states its figure, or states all others as
they are; a total typed over its formula; what a hand does to digits; a figure that stands there twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from pipeline.judging.digits import slip_of
from pipeline.judging.neighbours import beside

if TYPE_CHECKING:
    from pipeline.judging.narratives.statements import Statement
    from pipeline.judging.tally import Steps, Tally
    from pipeline.model import Number

MOST = 3
"""More ways than this to explain a failure are no help to anybody."""
TOLD, LEFT, TYPED_TOTAL, SUBTOTAL, REPEATED = "told", "left", "typed_total", "subtotal", "repeated"
_ORDER = {TOLD: 0, TYPED_TOTAL: 1, SUBTOTAL: 3, REPEATED: 3}
_LIKE_A_SLIP, _PLAIN, _EMPTY = 2, 4, 5
_LEAST_REPEATED = 4
"""Smaller figures stand in two cells by chance."""


@dataclass(frozen=True, slots=True)
class Way:
    """A change of cells, and what it takes the slip for; empty: nothing but the sums speaks for it."""

    kind: str
    steps: Steps


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against a change in one report."""

    tally: Tally
    statements: Sequence[Statement] = ()

    def likely(self, ways: Iterable[Way], *, must_hold: bool) -> list[Way]:
        """Return the few likeliest ways; where the rules only warn, those alone for which more than the sums speaks."""
        found = list(ways)
        kept = self._not_against_the_texts(found)
        told = [way for way in kept if way.kind == TOLD]
        if told or (len(kept) == 1 and must_hold):
            only = told or kept
            return self.few(only if len(found) == len(only) else [_named(way, LEFT) for way in only])
        return self.few([way for way in kept if way.kind or must_hold])

    def few(self, ways: Sequence[Way]) -> list[Way]:
        """Return the ways, likeliest first; of more than a clerk would look at, those that are likelier than the rest."""
        found: list[Way] = []
        for _, alike in groupby(sorted(ways, key=self._rank), key=self._rank):
            more = [*found, *alike]
            if len(more) > MOST:
                return found
            found = more
        return found

    def _rank(self, way: Way) -> int:
        if way.kind:
            return _ORDER.get(way.kind, _LIKE_A_SLIP)
        return _PLAIN if any(self.tally.operands[key] for key in way.steps) else _EMPTY

    def _not_against_the_texts(self, ways: Sequence[Way]) -> list[Way]:
        """Return the ways after which no fewer of the texts' figures are right, if there are such; told, if more are."""
        gained = [len(self.told(way.steps)) - len(self._untold(way.steps)) for way in ways]
        kept = [
            replace(way, kind=TOLD) if gain > 0 else way
            for way, gain in zip(ways, gained, strict=True)
            if gain >= 0
        ]
        return kept or list(ways)

    def told(self, steps: Steps) -> list[Statement]:
        """Return the statements that are right after ``steps``, but not before."""
        return [own for own in self.statements if self._holds(own, steps) and not self._holds(own, {})]

    def _untold(self, steps: Steps) -> list[Statement]:
        return [own for own in self.statements if self._holds(own, {}) and not self._holds(own, steps)]

    def _holds(self, statement: Statement, steps: Steps) -> bool:
        return any(self._after(weights, steps) == statement.value for weights in statement.sums)

    def _after(self, weights: Mapping[str, int], steps: Steps) -> Number | None:
        """Return the sum of cells after ``steps``; None while a cell is blank."""
        result: Number = 0
        for key, weight in weights.items():
            value = self.tally.operands.get(key)
            if value is None:
                return None
            parts: Mapping[str, int] = self.tally.system.parts.get(key, {})
            result += weight * (value + sum(steps[own] * parts[own] for own in steps if own in parts))
        return result

    def kind(self, key: str, step: Number) -> str:
        """Return what the change of a single figure looks like."""
        before = self.tally.operands[key] or 0
        if not self.tally.form.by_key[key].is_input and self._stands_over_a_formula(key):
            return TYPED_TOTAL
        return slip_of(before, before + step) or self._copied(key, -step)

    def _stands_over_a_formula(self, key: str) -> bool:
        """Whether most other totals of the table are still formulas."""
        table = self.tally.form.by_key[key].table
        totals = [cell.key for cell in self.tally.form.cells if cell.defined_by and cell.table == table]
        return sum(total in self.tally.computed for total in totals) * 2 > len(totals)

    def _copied(self, key: str, surplus: Number) -> str:
        """Return what is too much in a cell: the sum of the others, or what stands beside it."""
        if surplus < _LEAST_REPEATED:
            return ""
        operands = self.tally.operands
        over = [whole for whole, parts in self.tally.form.evaluation_order if key in parts]
        if any(operands[whole] == 2 * surplus for whole in over):
            return SUBTOTAL
        return REPEATED if any(operands[own] == surplus for own in beside(self.tally.form, key)) else ""


def _named(way: Way, kind: str) -> Way:
    return way if way.kind else replace(way, kind=kind)
