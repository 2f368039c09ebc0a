"""One report's failed balances go in; the few changes that settle them come out, the likeliest first.

One cell nearly always explains everything that fails. What a hand or a paste does (digits swapped, neighbours
exchanged, a row pasted one too low, a total typed over its formula) is recognised first; where more cells explain a
failure than a clerk would look at, nothing is said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING

from pipeline.judging.digits import likely_meant, slip_of
from pipeline.judging.hand import Hand, Steps
from pipeline.judging.neighbours import neighbours_of
from pipeline.judging.system import Basis, System, signature

if TYPE_CHECKING:
    from pipeline.forms.form import Form
    from pipeline.model import Number

MOST = 3
"""More ways than this to explain a failure are no help to anybody."""
TOLD, TYPED_TOTAL, EXCHANGED, MOVED, LINES = "told", "typed_total", "exchanged", "moved", "lines"
SHIFTED = {
    ("row", 1): "too_right",
    ("row", -1): "too_left",
    ("column", 1): "too_low",
    ("column", -1): "too_high",
}


@dataclass(frozen=True, slots=True)
class Way:
    """A change of cells, and what it takes the slip for."""

    kind: str
    steps: Steps


Settled = tuple[Sequence[int], Sequence[Way]]
"""Rules that fail for one cause, and the ways to settle them."""


def connected(system: System, rules: Sequence[int]) -> list[list[int]]:
    """Part rules into groups that share typed cells."""
    groups: list[tuple[set[str], list[int]]] = []
    for rule in rules:
        cells, members = set(system.rows[rule]), [rule]
        apart = []
        for group in groups:
            if cells.isdisjoint(group[0]):
                apart.append(group)
            else:
                cells |= group[0]
                members = [*group[1], *members]
        groups = [*apart, (cells, members)]
    return [sorted(members) for _, members in groups]


@dataclass(frozen=True, slots=True)
class Search:
    """The search in one report."""

    form: Form
    system: System
    basis: Basis
    gaps: Mapping[int, Number]
    operands: Mapping[str, Number | None]
    computed: frozenset[str]
    hand: Hand
    told: Mapping[str, Number] = field(default_factory=dict)
    """Figures that a text of the report states otherwise than the table, by cell."""

    def fails(self, rule: int, gap: Number) -> bool:
        """Whether a balance with this difference fails."""
        return gap != 0 if self.system.is_equation(rule) else gap > 0

    def settle(self, failed: Sequence[int]) -> list[Settled]:
        """Return the ways to settle the rules ``failed`` of one region, best first; parted where each part is settled alone."""
        ways = self._small(failed)
        if ways is None:
            ways = _few(self._large(failed)) if len(failed) > 1 else []
            if not ways:
                return [knot for part in connected(self.system, failed) for knot in self._settle_part(part)]
        return [(failed, ways)]

    def _settle_part(self, failed: Sequence[int]) -> list[Settled]:
        ways = self._small(failed)
        if ways is None:
            return self._parted(failed) or [(failed, self._pairs(failed))]
        return [(failed, ways)]

    def _small(self, failed: Sequence[int]) -> list[Way] | None:
        """Return single cells and neighbours exchanged, slips of the hand first; empty: too many; None: there is no such way."""
        if all(len(self.system.rows[rule]) == 1 for rule in failed):
            return []  # the rule itself says what its one cell must be
        if not any(map(self.system.is_equation, failed)):
            return _few(self._inequality(failed)) if self._is_error(failed) else []
        singles = self._singles(failed, self.gaps)
        told = [way for way in singles if way.kind == TOLD]
        if told or (len(singles) == 1 and self._is_error(failed)):
            return _few(told or singles)
        return self._likely(failed, singles)

    def _likely(self, failed: Sequence[int], singles: Sequence[Way]) -> list[Way] | None:
        telling = [*(way for way in singles if way.kind), *self._exchanged(failed)]
        plain = sorted((way for way in singles if not way.kind), key=self._is_empty)
        if not telling and not plain:
            return None
        if not self._is_error(failed):
            plain = []  # a warning may be right as it is
        return _few([*telling, *plain]) or _few(telling)

    def _is_error(self, failed: Sequence[int]) -> bool:
        return any(self.system.balances[rule].rule.severity == "error" for rule in failed)

    def _is_empty(self, way: Way) -> bool:
        return not any(self.operands[key] for key in way.steps)

    def _singles(self, failed: Sequence[int], gaps: Mapping[int, Number]) -> list[Way]:
        equations = [(rule, gaps[rule]) for rule in failed if rule in self.basis.equations]
        if not equations:
            return []
        found = []
        for key in self.basis.alike.get(signature(equations), ()):
            rule, gap = min(equations)
            steps = {key: _divided(-gap, self.system.columns[key][rule])}
            if self._works(steps, failed, gaps):
                found.append(Way(self._kind(key, steps[key]), steps))
        return found

    def _kind(self, key: str, step: Number) -> str:
        before = self.operands[key] or 0
        if any(self._tells(key, step, *claim) for claim in self.told.items()):
            return TOLD
        if not self.form.by_key[key].is_input:
            siblings = [
                cell
                for cell in self.form.cells
                if cell.defined_by and cell.table == self.form.by_key[key].table
            ]
            if sum(cell.key in self.computed for cell in siblings) * 2 > len(siblings):
                return TYPED_TOTAL
        return slip_of(before, before + step)

    def _tells(self, key: str, step: Number, cell: str, stated: Number) -> bool:
        """Whether ``step`` in ``key`` makes ``cell``, the same or a total over it, what a text states."""
        over = {key}
        for whole, parts in self.form.evaluation_order:
            if whole in self.computed and not over.isdisjoint(parts):
                over.add(whole)
        now = self.operands.get(cell)
        return cell in over and now is not None and now + step == stated

    def _exchanged(self, failed: Sequence[int]) -> Iterator[Way]:
        rule = min(
            (rule for rule in failed if self.system.is_equation(rule)),
            key=lambda own: len(self.system.rows[own]),
        )
        columns, gap = self.system.columns, self.gaps[rule]
        for one, other in neighbours_of(self.form).cells:
            weight = columns.get(one, {}).get(rule, 0) - columns.get(other, {}).get(rule, 0)
            if weight and self._is_input(one) == self._is_input(other):
                steps = self.hand.exchanged([(one, other)])
                if steps and weight * steps.get(one, 0) == -gap and self._works(steps, failed, self.gaps):
                    yield Way(self._exchange_kind(one, other), steps)

    def _is_input(self, key: str) -> bool:
        return self.form.by_key[key].is_input

    def _exchange_kind(self, one: str, other: str) -> str:
        return EXCHANGED if self.operands[one] and self.operands[other] else MOVED

    def _inequality(self, failed: Sequence[int]) -> list[Way]:
        """Return what settles rules of the kind "at most": digits swapped or doubled in a cell, or two cells exchanged."""
        keys = dict.fromkeys(key for rule in failed for key in self.system.rows[rule])
        found = []
        for key in keys:
            value = self.operands[key]
            if not isinstance(value, int) or value < 0:
                continue
            for meant in likely_meant(value):
                steps: Steps = {key: meant - value}
                if self._works(steps, failed, self.gaps):
                    found.append(Way(slip_of(value, meant), steps))
        for one, other in product(keys, keys):
            if self.form.by_key[one].index < self.form.by_key[other].index:
                exchanged = self.hand.exchanged([(one, other)])
                if exchanged and self._works(exchanged, failed, self.gaps):
                    found.append(Way(self._exchange_kind(one, other), exchanged))
        return found

    def _parted(self, failed: Sequence[int]) -> list[Settled]:
        """Part the rules by the size of their difference: slips of different size, each settled alone."""
        parts: defaultdict[object, list[int]] = defaultdict(list)
        for rule in failed:
            parts[abs(self.gaps[rule])].append(rule)
        found: list[Settled] = [(rules, self._small(rules) or []) for rules in parts.values()]
        return found if len(found) > 1 and all(ways for _, ways in found) else []

    def _large(self, failed: Sequence[int]) -> list[Way]:
        """Return whole lines exchanged, then runs of cells shifted by one."""
        around = neighbours_of(self.form)
        lines = (Way(LINES, self.hand.exchanged(zip(*pair, strict=True))) for pair in around.lines)
        runs = (
            Way(SHIFTED[run[0].axis, step], steps)
            for run in around.runs
            for step in (1, -1)
            for steps in self.hand.shifted(run, step)
        )
        for ways in (lines, runs):
            found = {
                tuple(sorted(way.steps.items())): way
                for way in ways
                if way.steps and self._works(way.steps, failed, self.gaps)
            }
            if found:
                return list(found.values())
        return []

    def _pairs(self, failed: Sequence[int]) -> list[Way]:
        """Return two cells that settle what no single cell does."""
        equations = {rule: self.gaps[rule] for rule in failed if rule in self.basis.equations}
        if not equations:
            return []
        first = min(equations, key=lambda rule: len(self.system.rows[rule]))
        found: dict[frozenset[str], Way] = {}
        for key in self.system.rows[first]:
            column = self.system.columns[key]
            for step in {
                _divided(-equations[rule], weight) for rule, weight in column.items() if rule in equations
            }:
                left = self._after({key: step})
                for other in self._singles([rule for rule in left if self.fails(rule, left[rule])], left):
                    steps = {key: step, **other.steps}
                    if len(steps) > 1 and self._works(steps, failed, self.gaps):
                        found.setdefault(frozenset(steps), Way("", steps))
        ways = list(found.values())
        return _few(ways) or _few(
            [way for way in ways if all(self._kind(*item) for item in way.steps.items())]
        )

    def _after(self, steps: Steps) -> dict[int, Number]:
        """Return the differences of the independent equations after ``steps``."""
        gaps = {rule: self.gaps[rule] for rule in self.basis.equations}
        for key, step in steps.items():
            for rule, weight in self.system.columns[key].items():
                if rule in gaps:
                    gaps[rule] += weight * step
        return gaps

    def _works(self, steps: Steps, failed: Iterable[int], gaps: Mapping[int, Number]) -> bool:
        """Whether every cell stays a possible figure, the ``failed`` rules hold after, and no other gets worse."""
        if not all(self._is_possible(key, step) for key, step in steps.items()):
            return False
        effects: defaultdict[int, Number] = defaultdict(int)
        for key, step in steps.items():
            for rule, weight in self.system.columns[key].items():
                effects[rule] += weight * step
        if any(self.fails(rule, gaps[rule] + effects[rule]) for rule in failed):
            return False
        return all(self._is_harmless(rule, effect) for rule, effect in effects.items() if rule not in failed)

    def _is_harmless(self, rule: int, effect: Number) -> bool:
        if rule not in self.gaps or effect == 0:
            return True
        if not self.fails(rule, self.gaps[rule]):
            return not self.fails(rule, self.gaps[rule] + effect)
        return not self.system.is_equation(rule) or rule not in self.basis.equations

    def _is_possible(self, key: str, step: Number) -> bool:
        before = self.operands[key]
        if before is None:
            return False
        after = before + step
        return after >= 0 and (self.form.by_key[key].kind == "money" or after == int(after))


def _divided(gap: Number, weight: int) -> Number:
    """Divide exactly; what leaves a rest becomes a fraction that no count can be."""
    return gap // weight if gap % weight == 0 else Decimal(gap) / weight


def _few(ways: Sequence[Way]) -> list[Way]:
    return list(ways) if len(ways) <= MOST else []
