"""The figures of one report go in; for each knot of failed balances the few smallest ways to settle it come out.

A suggestion settles all rules of its knot, breaks none that holds, and is never applied.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.judging.evidence import Evidence, Way
from pipeline.judging.hand import Hand
from pipeline.judging.search import Search, Settled
from pipeline.judging.system import System
from pipeline.judging.tally import tally_of
from pipeline.judging.ways import Ways
from pipeline.model import Change, Suggestion

if TYPE_CHECKING:
    from pipeline.forms.form import Form
    from pipeline.judging.narratives.statements import Statement
    from pipeline.model import Number, Place


@dataclass(frozen=True, slots=True)
class Knot:
    """Balances that fail for one cause, by number of the system's rules, and how they might be settled.

    ``told``: what the texts state otherwise than the tables, and the first suggestion makes right.
    """

    failed: tuple[int, ...]
    suggestions: tuple[Suggestion, ...] = ()
    told: tuple[Statement, ...] = ()


def knots_of(
    form: Form,
    operands: Mapping[str, Number | None],
    *,
    level: str,
    computed: frozenset[str] = frozenset(),
    places: Mapping[str, Place],
    statements: Sequence[Statement] = (),
) -> tuple[System, list[Knot]]:
    """Return the knots of a report. ``operands`` are its numbers and, where known, last year's; ``computed`` its untyped totals.

    ``statements`` are the figures that its texts state.
    """
    tally = tally_of(form, operands, level=level, computed=computed)
    evidence = Evidence(tally, statements)
    search = Search(tally, evidence, Ways(tally, evidence, Hand(form, tally.system, operands, computed)))
    failed, system = tally.failed, tally.system
    own = [rule for rule in failed if rule in tally.basis.equations or not system.is_equation(rule)]
    knots = [knot for region in _by_region(system, own) for knot in search.settle(region)]
    return system, [
        Knot(
            rules,
            tuple(_suggestion(way, len(rules), operands, places) for way in ways),
            tuple(told for way in ways[:1] for told in evidence.told(way.steps)),
        )
        for rules, ways in _with_implied(system, failed, knots)
    ]


def _suggestion(
    way: Way, settles: int, operands: Mapping[str, Number | None], places: Mapping[str, Place]
) -> Suggestion:
    changes = []
    for key, step in way.steps.items():
        before = operands[key]
        after = step if before is None else before + step
        changes.append(Change(key, places.get(key), before, int(after) if after == int(after) else after))
    return Suggestion(way.kind, tuple(changes), settles, way.is_guess)


def _by_region(system: System, rules: Sequence[int]) -> list[list[int]]:
    regions: defaultdict[int, list[int]] = defaultdict(list)
    for rule in rules:
        regions[system.regions[rule]].append(rule)
    return list(regions.values())


def _with_implied(
    system: System, failed: Sequence[int], knots: Sequence[Settled]
) -> Iterator[tuple[tuple[int, ...], Sequence[Way]]]:
    """Put every failed rule that follows from others to the first knot it shares a cell with."""
    homes = [list(rules) for rules, _ in knots]
    placed = {rule for rules in homes for rule in rules}
    for rule in failed:
        if rule not in placed:
            cells = set(system.rows[rule])
            touching = [home for home in homes if any(cells & set(system.rows[own]) for own in home)]
            (touching[0] if touching else homes[0]).append(rule)
    for rules, (_, ways) in zip(homes, knots, strict=True):
        yield tuple(sorted(rules)), ways
