"""What fails in one report goes in; every change that settles it comes out, kind by kind: nothing is weighed here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from pipeline.judging.digit_slips import likely_meant, slip_of
from pipeline.judging.repair.equations import signature
from pipeline.judging.repair.evidence import Evidence, Way
from pipeline.judging.repair.neighbours import neighbours_of
from pipeline.judging.repair.typing_slips import TypedFigures

if TYPE_CHECKING:
    from pipeline.judging.repair.tally import Steps, Tally
    from pipeline.model import Number

EXCHANGED, MOVED, LINES = "exchanged", "moved", "lines"
SHIFTED = {
    ("row", 1): "too_right",
    ("row", -1): "too_left",
    ("column", 1): "too_low",
    ("column", -1): "too_high",
}


@dataclass(frozen=True, slots=True)
class Ways:
    """The changes that settle rules of one report."""

    tally: Tally
    evidence: Evidence
    typed: TypedFigures

    def single(self, failed: Sequence[int], gaps: Mapping[int, Number] | None = None) -> Iterator[Way]:
        """Yield each cell that alone settles equations: one look-up of what they have in common."""
        gaps = self.tally.gaps if gaps is None else gaps
        equations = [(rule, gaps[rule]) for rule in failed if rule in self.tally.basis.equations]
        if not equations:
            return
        rule, gap = min(equations)
        for key in self.tally.basis.alike.get(signature(equations), ()):
            step = _divided(-gap, self.tally.system.columns[key][rule])
            if self.tally.settles({key: step}, failed, gaps):
                yield Way(self.evidence.kind(key, step), {key: step})

    def prescribed(self, failed: Sequence[int]) -> Steps:
        """Return the steps to what rules ask of a single cell whatever stands in the others, as "is 0"."""
        balances, gaps = self.tally.system.balances, self.tally.gaps
        single = {balances[rule].left[0]: rule for rule in failed if len(balances[rule].keys) == 1}
        return {key: -gaps[rule] for key, rule in single.items() if key in self.tally.system.columns}

    def exchanged(self, failed: Sequence[int]) -> Iterator[Way]:
        """Yield the neighbours whose exchange settles equations."""
        system, gaps = self.tally.system, self.tally.gaps
        rule = min(filter(system.is_equation, failed), key=lambda own: len(system.rows[own]))
        for one, other in neighbours_of(self.tally.form).cells:
            weight = system.columns.get(one, {}).get(rule, 0) - system.columns.get(other, {}).get(rule, 0)
            if weight and self._is_input(one) == self._is_input(other):
                steps = self.typed.exchanged([(one, other)])
                if weight * steps.get(one, 0) == -gaps[rule] and self.tally.settles(steps, failed):
                    yield Way(self._exchange_kind(one, other), steps)

    def under_bounds(self, failed: Sequence[int]) -> Iterator[Way]:
        """Yield what settles rules of the kind "at most": digits swapped or doubled in a cell, or two neighbours exchanged."""
        keys = dict.fromkeys(key for rule in failed for key in self.tally.system.rows[rule])
        for key in keys:
            value = self.tally.operands[key]
            if not isinstance(value, int) or value < 0:
                continue
            for meant in sorted(likely_meant(value)):
                kind = slip_of(value, meant)
                if kind and self.tally.settles({key: meant - value}, failed):
                    yield Way(kind, {key: meant - value})
        for one, other in neighbours_of(self.tally.form).cells:
            if one in keys and other in keys:
                steps = self.typed.exchanged([(one, other)])
                if self.tally.settles(steps, failed):
                    yield Way(self._exchange_kind(one, other), steps)

    def large(self, failed: Sequence[int]) -> list[Way]:
        """Return whole lines exchanged, or else runs of cells shifted by one."""
        around = neighbours_of(self.tally.form)
        lines = (Way(LINES, self.typed.exchanged(zip(*pair, strict=True))) for pair in around.lines)
        runs = (
            Way(SHIFTED[run[0].axis, step], steps)
            for run in around.runs
            for step in (1, -1)
            for steps in self.typed.shifted(run, step)
        )
        return self._different(lines, failed) or self._different(runs, failed)

    def pairs(self, failed: Sequence[int]) -> list[Way]:
        """Return two cells that settle what no single cell does."""
        tally = self.tally
        equations = {rule: tally.gaps[rule] for rule in failed if rule in tally.basis.equations}
        if not equations:
            return []
        found: dict[frozenset[str], Way] = {}
        for key in tally.system.rows[min(equations, key=lambda rule: len(tally.system.rows[rule]))]:
            column = tally.system.columns[key].items()
            for step in {_divided(-equations[rule], weight) for rule, weight in column if rule in equations}:
                left = tally.after({key: step})
                for other in self.single(tally.failing(left), left):
                    steps = {key: step, **other.steps}
                    if len(steps) > 1 and tally.settles(steps, failed):
                        found.setdefault(frozenset(steps), Way("", steps))
        return list(found.values())

    def _different(self, ways: Iterable[Way], failed: Sequence[int]) -> list[Way]:
        found = {
            tuple(sorted(way.steps.items())): way for way in ways if self.tally.settles(way.steps, failed)
        }
        return list(found.values())

    def _is_input(self, key: str) -> bool:
        return self.tally.form.by_key[key].is_input

    def _exchange_kind(self, one: str, other: str) -> str:
        return EXCHANGED if self.tally.operands[one] and self.tally.operands[other] else MOVED


def _divided(gap: Number, weight: int) -> Number:
    """Divide exactly; what leaves a rest becomes a fraction that no count can be."""
    return gap // weight if gap % weight == 0 else Decimal(gap) / weight
