"""A report whose sums all hold and whose texts state other figures goes in; the one cell that several of them contradict comes out.

One statement beside one figure does not tell which of the two is wrong; where a change of a single cell makes several
statements right that agree with one another, and none wrong, and no sum fails after it, that cell is named.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from pipeline.judging.repair.evidence import MOST, STATED, Evidence
from pipeline.model import CellChange, Suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.judging.texts.statements import Statement
    from pipeline.model import Number, Place

_FEWEST = 2
"""Statements that have to agree against a cell."""
_MOST_TRIED = 10_000
"""Changes that are tried; a report in which everything is stated and wrong has a third of that."""


@dataclass(frozen=True, slots=True)
class Restated:
    """What the texts state otherwise than the tables, and the cells that may be changed for it, best first."""

    statements: tuple[Statement, ...]
    suggestions: tuple[Suggestion, ...]


def restated(evidence: Evidence, places: Mapping[str, Place]) -> Restated | None:
    """Return what makes the most statements right; None where fewer than two agree, or more ways do as well than help."""
    by_gain: defaultdict[int, list[tuple[str, Number]]] = defaultdict(list)
    for key, step in islice(_steps(evidence), _MOST_TRIED):
        gain, loss = evidence.weighing.gains({key: step})
        if gain >= _FEWEST and not loss and evidence.tally.settles({key: step}, ()):
            by_gain[gain].append((key, step))
    best = by_gain[max(by_gain)] if by_gain else []
    if not 0 < len(best) <= MOST:
        return None
    statements = evidence.made_right(dict(best[:1]))
    ways = [_suggestion(evidence, places, key, step, max(by_gain)) for key, step in best]
    return Restated(tuple(statements), tuple(ways))


def _steps(evidence: Evidence) -> dict[tuple[str, Number], None]:
    """Return, each once, what would make a false statement true: a typed cell that it speaks of, and by how much."""
    return dict.fromkeys(
        (key, (value - own.now) * weight)
        for own, value in evidence.weighing.false()
        if own.now is not None
        for key, weight in own.weights.items()
        if weight in {1, -1}
    )


def _suggestion(
    evidence: Evidence, places: Mapping[str, Place], key: str, step: Number, gain: int
) -> Suggestion:
    before = evidence.tally.operands[key]
    change = CellChange(key, places.get(key), before, (before or 0) + step)
    return Suggestion(STATED, (change,), gain)
