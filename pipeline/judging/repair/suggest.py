"""The figures of one report, and what its texts state, go in; the repairs of what fails come out.

The one way in to the search for the smallest fix. A suggestion settles all rules of its repair, breaks none that holds,
and is never applied.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.forms.arithmetic import with_totals
from pipeline.judging.repair.equations import System
from pipeline.judging.repair.evidence import TYPED_TOTAL, Evidence, Way
from pipeline.judging.repair.search import RepairSearch, Settled
from pipeline.judging.repair.tally import tally_of
from pipeline.judging.repair.typed_totals import are_wrong, typed_over
from pipeline.judging.repair.typing_slips import TypedFigures
from pipeline.judging.repair.ways import Ways
from pipeline.model import CellChange, Suggestion

if TYPE_CHECKING:
    from pipeline.forms.form import Form
    from pipeline.judging.repair.tally import Tally
    from pipeline.judging.texts.statements import Statement
    from pipeline.model import Number, Place


_PAIR = 2


@dataclass(frozen=True, slots=True)
class Repair:
    """Checks that fail for one cause, by id, and how they might be settled, the likeliest suggestion first.

    ``cells`` are those that stand in every one of the checks; ``statements`` is what the texts state otherwise than the tables,
    and the first suggestion makes right.
    """

    failed: tuple[str, ...]
    cells: frozenset[str] = frozenset()
    suggestions: tuple[Suggestion, ...] = ()
    statements: tuple[Statement, ...] = ()


def suggest(
    form: Form,
    operands: Mapping[str, Number | None],
    statements: Sequence[Statement] = (),
    *,
    level: str,
    computed: frozenset[str] = frozenset(),
    places: Mapping[str, Place],
    kind: str = "",
) -> list[Repair]:
    """Return the repairs of a report. ``operands`` are its numbers and, where known, last year's.

    ``statements`` are the figures that its texts state; ``computed`` its untyped totals; ``places`` where its cells stand.
    """
    tally = tally_of(form, operands, level=level, computed=computed, kind=kind)
    stated = _Reckoning.of(tally, statements)
    over = typed_over(tally)
    if not over:
        return stated.repairs(places)
    numbers = with_totals(form, {key: value for key, value in operands.items() if key not in over})
    live = tally_of(form, {**operands, **numbers}, level=level, computed=computed | over, kind=kind)
    restored = _Reckoning.of(live, statements)
    are_formulas = all(map(stated.evidence.stands_over_a_formula, over))
    gain = restored.most_right - stated.most_right
    if gain >= 0 and not live.failed and not stated.is_large and are_wrong(tally, len(over)):
        return restored.repairs(
            places, before=stated
        )  # nothing but the totals, however they came to be typed
    if gain > 0 or (gain == 0 and are_formulas and not stated.is_large):
        return restored.repairs(places, before=stated)
    return stated.repairs(places)


@dataclass(frozen=True, slots=True)
class _Reckoning:
    """A report as it is reckoned, totals as they were typed or as their parts make them, and how what fails there is settled."""

    evidence: Evidence
    settled: Sequence[Settled]

    @classmethod
    def of(cls, tally: Tally, statements: Sequence[Statement]) -> _Reckoning:
        """Search the repairs of a tally."""
        evidence = Evidence(tally, statements)
        typed = TypedFigures(tally.form, tally.system, tally.operands, tally.computed)
        search = RepairSearch(tally, evidence, Ways(tally, evidence, typed))
        failed, system = tally.failed, tally.system
        follows = {rule: tally.follows_from(rule) for rule in failed}
        own = [rule for rule in failed if not follows[rule]]
        parts = [part for region in _by_region(system, own) for part in search.settle(region)]
        return cls(evidence, list(_with_implied(follows, _joined(parts))))

    @property
    def is_large(self) -> bool:
        """Whether lines or runs of cells went astray: then a total only holds what slid over it."""
        return any(len(way.steps) > _PAIR for _, ways in self.settled for way in ways[:1])

    @property
    def most_right(self) -> int:
        """How many statements of the texts are right once the likeliest way of each repair is gone."""
        steps = {key: step for _, ways in self.settled for way in ways[:1] for key, step in way.steps.items()}
        return sum(self.evidence.weighing.holding(steps))

    def repairs(self, places: Mapping[str, Place], before: _Reckoning | None = None) -> list[Repair]:
        """Return the repairs; ``before`` is the report as it was typed, whose failing rules they settle with totals restored.

        A rule that holds as soon as totals are restored stands with a repair that explains it, else for itself.
        """
        system, typed = self.evidence.tally.system, (before or self).evidence.tally
        regions, operands = typed.system.regions, typed.operands
        homes = [(rules, [*rules], ways) for rules, ways in self.settled]
        alone: defaultdict[int, list[int]] = defaultdict(list)
        placed = {rule for rules, _ in self.settled for rule in rules}
        for rule in [own for own in typed.failed if before and own not in placed]:
            home = next((own for own in homes if own[2] and _explains(typed, own[0], own[2][0], rule)), None)
            (home[1] if home else alone[regions[rule]]).append(rule)
        found = [
            Repair(
                failed=tuple(system.balances[rule].id for rule in sorted(rules)),
                cells=frozenset.intersection(*(frozenset(system.rows[rule]) for rule in settles)),
                suggestions=tuple(_suggestion(way, len(rules), operands, places) for way in ways),
                statements=tuple(self._made_right(ways, before)),
            )
            for settles, rules, ways in homes
        ]
        return [*found, *(self._restored(rules, before, places) for rules in alone.values() if before)]

    def _made_right(self, ways: Sequence[Way], before: _Reckoning | None) -> Iterator[Statement]:
        """Yield the statements that the first of ``ways`` makes right, with totals as they are reckoned here."""
        for way in ways[:1]:
            was = (before or self).evidence.weighing.holding({})
            now = self.evidence.weighing.holding(way.steps)
            compared = zip(self.evidence.statements, was, now, strict=True)
            yield from (own for own, was_right, is_right in compared if is_right and not was_right)

    def _restored(self, rules: Sequence[int], before: _Reckoning, places: Mapping[str, Place]) -> Repair:
        """Return the repair of rules that hold as soon as totals are what their parts make."""
        typed, now = before.evidence.tally, self.evidence.tally
        cells = {key for rule in rules for key in typed.system.balances[rule].keys}
        steps = {
            key: (now.operands[key] or 0) - (typed.operands[key] or 0)
            for key in sorted(typed_over(typed), key=lambda key: typed.form.by_key[key].index)
            if key in cells
        }
        region = typed.system.regions[rules[0]]
        is_alone = all(typed.system.regions[own[0]] != region for own, _ in self.settled)
        way = Way(TYPED_TOTAL, steps, is_guess=not (is_alone and are_wrong(typed, len(steps))))
        return Repair(
            failed=tuple(typed.system.balances[rule].id for rule in sorted(rules)),
            cells=frozenset(steps),
            suggestions=(_suggestion(way, len(rules), typed.operands, places),) if steps else (),
            statements=tuple(self._made_right([Way("", {})], before)),
        )


def _explains(typed: Tally, settled: Sequence[int], way: Way, rule: int) -> bool:
    """Say whether ``way`` tells why a typed total fails ``rule``: it changes figures there, or the total was typed to fit them."""
    if any(rule in typed.system.columns[key] for key in way.steps):
        return True
    balances = typed.system.balances
    over = typed_over(typed).intersection(balances[rule].keys)
    held = (own for own in settled if typed.gaps[own] == 0)
    return any(not over.isdisjoint(balances[own].keys) for own in held)


def _suggestion(
    way: Way, settles: int, operands: Mapping[str, Number | None], places: Mapping[str, Place]
) -> Suggestion:
    changes = []
    for key, step in way.steps.items():
        before = operands[key]
        after = step if before is None else before + step
        changes.append(CellChange(key, places.get(key), before, int(after) if after == int(after) else after))
    return Suggestion(way.kind, tuple(changes), settles, way.is_guess)


def _by_region(system: System, rules: Sequence[int]) -> list[list[int]]:
    regions: defaultdict[int, list[int]] = defaultdict(list)
    for rule in rules:
        regions[system.regions[rule]].append(rule)
    return list(regions.values())


def _joined(settled: Iterable[Settled]) -> list[Settled]:
    """Make one of what the same change settles: two columns that were exchanged break rules that have no cell in common."""
    found: dict[object, Settled] = {}
    for number, (rules, ways) in enumerate(settled):
        same = tuple(frozenset(way.steps.items()) for way in ways) or number
        before = found.get(same)
        found[same] = (tuple(sorted((*before[0], *rules))), ways) if before else (rules, ways)
    return list(found.values())


def _with_implied(
    follows: Mapping[int, Sequence[int]], settled: Sequence[Settled]
) -> Iterator[tuple[tuple[int, ...], Sequence[Way]]]:
    """Put every failed rule that follows from others to the first cause with one of these; ``follows`` are these by rule."""
    homes = [list(rules) for rules, _ in settled]
    for rule, others in follows.items():
        home = next((home for home in homes if any(own in home for own in others)), None) if others else None
        if home is not None:
            home.append(rule)
    for rules, (_, ways) in zip(homes, settled, strict=True):
        yield tuple(sorted(rules)), ways
