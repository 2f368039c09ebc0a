"""The figures of one report, and what its texts state, go in; the repairs of what fails come out.

The one way in to the search for the smallest fix. A suggestion settles all rules of its repair, breaks none that holds,
and is never applied.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.judging.repair.equations import System
from pipeline.judging.repair.evidence import Evidence, Way
from pipeline.judging.repair.search import RepairSearch, Settled
from pipeline.judging.repair.tally import tally_of
from pipeline.judging.repair.typing_slips import TypedFigures
from pipeline.judging.repair.ways import Ways
from pipeline.model import CellChange, Suggestion

if TYPE_CHECKING:
    from pipeline.forms.form import Form
    from pipeline.judging.texts.statements import Statement
    from pipeline.model import Number, Place


@dataclass(frozen=True, slots=True)
class Repair:
    """Checks that fail for one cause, by id, and how they might be settled, the likeliest suggestion first.

    ``cells`` are those that stand in every one of the checks; ``told`` is what the texts state otherwise than the tables,
    and the first suggestion makes right.
    """

    failed: tuple[str, ...]
    cells: frozenset[str] = frozenset()
    suggestions: tuple[Suggestion, ...] = ()
    told: tuple[Statement, ...] = ()


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
    evidence = Evidence(tally, statements)
    search = RepairSearch(
        tally, evidence, Ways(tally, evidence, TypedFigures(form, tally.system, operands, computed))
    )
    failed, system = tally.failed, tally.system
    own = [rule for rule in failed if rule in tally.basis.equations or not system.is_equation(rule)]
    settled = [part for region in _by_region(system, own) for part in search.settle(region)]
    return [
        Repair(
            failed=tuple(system.balances[rule].id for rule in rules),
            cells=frozenset.intersection(*(frozenset(system.rows[rule]) for rule in rules)),
            suggestions=tuple(_suggestion(way, len(rules), operands, places) for way in ways),
            told=tuple(told for way in ways[:1] for told in evidence.told(way.steps)),
        )
        for rules, ways in _with_implied(system, failed, settled)
    ]


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


def _with_implied(
    system: System, failed: Sequence[int], settled: Sequence[Settled]
) -> Iterator[tuple[tuple[int, ...], Sequence[Way]]]:
    """Put every failed rule that follows from others to the first cause it shares a cell with."""
    homes = [list(rules) for rules, _ in settled]
    placed = {rule for rules in homes for rule in rules}
    for rule in failed:
        if rule not in placed:
            cells = set(system.rows[rule])
            touching = [home for home in homes if any(cells & set(system.rows[own]) for own in home)]
            (touching[0] if touching else homes[0]).append(rule)
    for rules, (_, ways) in zip(homes, settled, strict=True):
        yield tuple(sorted(rules)), ways
