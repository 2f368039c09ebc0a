"""Ways to settle what fails go in; the likely ones come out, the likeliest first, and none where too many are alike.

Sums alone often allow many cells. What else speaks for one: a sentence that states its figure, or states all others as
they are; a total typed over its formula; what a hand does to digits; a figure that stands there twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

from pipeline.judging.digit_slips import POINT, SIGN, slip_of
from pipeline.judging.repair.neighbours import beside
from pipeline.judging.repair.stated_weight import Weighing

if TYPE_CHECKING:
    from pipeline.judging.repair.tally import Steps, Tally
    from pipeline.judging.texts.statements import Statement
    from pipeline.model import Number

MOST = 3
"""More ways than this to explain a failure are no help to anybody."""
CONFIRMED, LEFT, STATED, TYPED_TOTAL = "told", "left", "stated", "typed_total"
SUBTOTAL, REPEATED, SURPLUS, FORGOTTEN = "subtotal", "repeated", "surplus", "forgotten"
_ORDER = {SIGN: 0, POINT: 0, TYPED_TOTAL: 1, SUBTOTAL: 0, REPEATED: 3, FORGOTTEN: 4, SURPLUS: 5}
_PLAINLY_WRONG = frozenset((SIGN, POINT, TYPED_TOTAL))
"""What no right figure looks like."""
_LIKE_A_SLIP, _PLAIN, _EMPTY = 2, 6, 7
_LEAST_COPIED = 4
"""Smaller figures stand in two cells by chance."""
_USUAL = 50
"""Of a thousand counts: a row that holds fewer is as a rule empty, and no more likely forgotten than others."""
_ALIKE = 3
"""Rows that are this many times as usual as others are told alone."""


@dataclass(frozen=True, slots=True)
class Way:
    """A change of cells, and what it takes the slip for; empty: nothing but the sums speaks for it.

    ``is_guess``: other changes, which are not told, would settle as much, and it is only the likelier one.
    """

    kind: str
    steps: Steps
    is_guess: bool = False


@dataclass(frozen=True)  # without slots: the statements are weighed once
class Evidence:
    """What speaks for and against a change in one report."""

    tally: Tally
    statements: Sequence[Statement] = ()

    def likely(self, ways: Iterable[Way], *, must_hold: bool) -> list[Way]:
        """Return the few likeliest ways; where the rules only warn, those alone for which more than the sums speaks."""
        found = list(ways)
        gained = [right - wrong for right, wrong in (self.weighing.gains(way.steps) for way in found)]
        most = max(gained, default=0)
        gaining = [way for way, gain in zip(found, gained, strict=True) if gain == most > 0]
        if gaining:
            few = self.few(gaining)
            return [replace(way, kind=CONFIRMED) for way in few] if len(few) == len(gaining) else few
        kept = [way for way, gain in zip(found, gained, strict=True) if gain == 0] or found
        if len(kept) == 1 and must_hold:
            few = [kept[0] if kept == found or kept[0].kind else replace(kept[0], kind=LEFT)]
        elif must_hold:
            few = self.few(self._forgotten(kept))
        else:
            few = self.few([way for way in kept if way.kind], of=len(kept))
        return [replace(way, is_guess=True) if self._is_contradicted(way) else way for way in few]

    def _is_contradicted(self, way: Way) -> bool:
        """Whether a text states another figure among those that a way balances, and does so after it: more than one is wrong there."""
        tally = self.tally
        rules = {rule for key in way.steps for rule in tally.system.columns[key]}
        own = [rule for rule in rules.intersection(tally.failed) if not tally.follows_from(rule)]
        return self.weighing.is_contradicted(
            way.steps, {key for rule in own for key in tally.system.rows[rule]}
        )

    def _forgotten(self, ways: Sequence[Way]) -> list[Way]:
        """Return the ways, those among them named that fill the empty cells of rows which are usually filled.

        What is usual is no evidence against a text.
        """
        usual = [
            self._usual(way) if self._fills(way) and not self._is_contradicted(way) else 0 for way in ways
        ]
        least = max(_USUAL, max(usual, default=0) / _ALIKE)
        return [
            replace(way, kind=FORGOTTEN) if own >= least else way
            for way, own in zip(ways, usual, strict=True)
        ]

    def _fills(self, way: Way) -> bool:
        """Whether a way puts a number into one empty cell, and nothing else speaks for it."""
        is_one = not way.kind and len(way.steps) == 1
        return is_one and all(step > 0 and self.tally.operands[key] == 0 for key, step in way.steps.items())

    def _usual(self, way: Way) -> int:
        return min(self.tally.form.by_key[key].row.usual for key in way.steps)

    def few(self, ways: Sequence[Way], *, of: int = 0) -> list[Way]:
        """Return the ways, likeliest first; of more than a clerk would look at, those that are likelier than the rest.

        ``of``: how many settle as much, if more than ``ways``. What leaves others out asks, unless it is plainly wrong.
        """
        found: list[Way] = []
        for _, alike in groupby(sorted(ways, key=self._rank), key=self._rank):
            more = [*found, *sorted(alike, key=self._at)]
            if len(more) > MOST:
                break
            found = more
        leaves_out = len(found) < max(of, len(ways))
        return [replace(way, is_guess=leaves_out and way.kind not in _PLAINLY_WRONG) for way in found]

    def _at(self, way: Way) -> tuple[int, bool, int]:
        """Return where a way stands among its like: as in the table, but of a figure that stands there twice the copy first.

        What is too much is likelier where the form seldom has a number, what is missing where it usually has one. What goes on
        from last period's figure is likelier than what is this period's alone: it changes when that is corrected.
        """
        index = min(self.tally.form.by_key[key].index for key in way.steps)
        seldom = {FORGOTTEN: -1, SURPLUS: 1}.get(way.kind, 0) * self._usual(way)
        is_own = bool(way.kind) or not any(map(self._goes_on, way.steps))
        return seldom, is_own, -index if way.kind == REPEATED else index

    def _goes_on(self, key: str) -> bool:
        """Whether a figure is what another period's comes to together with others of this one, and is contradicted so."""
        tally = self.tally
        failing = (tally.system.balances[rule] for rule in tally.failed)
        return any(own.reaches_back and own.left == (key,) and len(own.right) > 1 for own in failing)

    def _rank(self, way: Way) -> int:
        if way.kind:
            return _ORDER.get(way.kind, _LIKE_A_SLIP)
        return _PLAIN if any(self.tally.operands[key] for key in way.steps) else _EMPTY

    @cached_property
    def weighing(self) -> Weighing:
        """What the statements are against the tables."""
        return Weighing(self.tally, self.statements)

    def made_right(self, steps: Steps) -> list[Statement]:
        """Return the statements that are right after ``steps``, but not before."""
        before, after = self.weighing.holding({}), self.weighing.holding(steps)
        return [
            own for own, was, is_now in zip(self.statements, before, after, strict=True) if is_now and not was
        ]

    def kind(self, key: str, step: Number) -> str:
        """Return what the change of a single figure looks like."""
        before = self.tally.operands[key] or 0
        if not self.tally.form.by_key[key].is_input and self.stands_over_a_formula(key):
            return TYPED_TOTAL
        if self._is_subtotal(key, -step):
            return SUBTOTAL
        return slip_of(before, before + step) or self._too_much(key, -step)

    def stands_over_a_formula(self, key: str) -> bool:
        """Say whether most other totals of the table are still formulas."""
        table = self.tally.form.by_key[key].table
        totals = [cell.key for cell in self.tally.form.cells if cell.defined_by and cell.table == table]
        return sum(total in self.tally.computed for total in totals) * 2 > len(totals)

    def _is_subtotal(self, key: str, surplus: Number) -> bool:
        """Whether the sum that a cell is part of was typed into it, or added to it."""
        if surplus < _LEAST_COPIED:
            return False
        operands = self.tally.operands
        typed = {operands[key], *(() if operands[key] == 2 * surplus else (surplus,))}
        over = (whole for whole, parts in self.tally.form.evaluation_order if key in parts)
        return any((operands[whole] or 0) - surplus in typed for whole in over)

    def _too_much(self, key: str, surplus: Number) -> str:
        """Say whether what is too much in a cell stands beside it, or is all that it holds."""
        operands = self.tally.operands
        near = beside(self.tally.form, key) if surplus >= _LEAST_COPIED else ()
        if any(operands[own] == surplus for own in near):
            return REPEATED
        return SURPLUS if 0 < surplus == operands[key] else ""
