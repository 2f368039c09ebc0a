"""One report's failed balances go in, parted by cause; for each cause the few likeliest ways to settle it come out.

One cell nearly always explains everything that fails. What a hand or a paste does is recognised first; where more cells
explain a failure than a clerk would look at, and nothing tells them apart, nothing is said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.judging.repair.evidence import Evidence, Way

if TYPE_CHECKING:
    from pipeline.judging.repair.equations import System
    from pipeline.judging.repair.tally import Tally
    from pipeline.judging.repair.ways import Ways

Settled = tuple[Sequence[int], Sequence[Way]]
"""Rules that fail for one cause, and the ways to settle them."""


@dataclass(frozen=True, slots=True)
class RepairSearch:
    """The search in one report."""

    tally: Tally
    evidence: Evidence
    ways: Ways

    def settle(self, failed: Sequence[int]) -> list[Settled]:
        """Return the ways to settle the rules ``failed`` of one region, best first; parted where each part is settled alone."""
        ways = self._small(failed)
        if ways is None and len(failed) > 1:
            ways = self.evidence.few(self.ways.large(failed)) or None
        if ways is not None:
            return [(failed, ways)]
        return [
            settled for part in connected(self.tally.system, failed) for settled in self._settle_part(part)
        ]

    def _settle_part(self, failed: Sequence[int]) -> list[Settled]:
        ways = self._small(failed)
        if ways is not None:
            return [(failed, ways)]
        return self._by_size(failed) or [(failed, self._pairs(failed))]

    def _small(self, failed: Sequence[int]) -> list[Way] | None:
        """Return one cell, or neighbours exchanged; empty: too many or none likely; None: there is no such way."""
        alone = all(len(self.tally.system.rows[rule]) == 1 for rule in failed)
        if alone or self.tally.settles(self.ways.prescribed(failed), failed):
            return []  # the rules themselves say what their one cell must be
        must_hold = self.tally.is_error(failed)
        if not any(map(self.tally.system.is_equation, failed)):
            return self.evidence.likely(self.ways.under_bounds(failed), must_hold=True) if must_hold else []
        singles = list(self.ways.single(failed))
        if len(singles) == 1 and must_hold:
            return singles
        ways = [*singles, *self.ways.exchanged(failed)]
        return self.evidence.likely(ways, must_hold=must_hold) if ways else None

    def _by_size(self, failed: Sequence[int]) -> list[Settled]:
        """Part the rules by the size of their difference: slips of different size, each settled alone."""
        parts: defaultdict[object, list[int]] = defaultdict(list)
        for rule in failed:
            parts[abs(self.tally.gaps[rule])].append(rule)
        found: list[Settled] = [(rules, self._small(rules) or []) for rules in parts.values()]
        return found if len(found) > 1 and all(ways for _, ways in found) else []

    def _pairs(self, failed: Sequence[int]) -> list[Way]:
        ways = self.ways.pairs(failed)
        if any(self.evidence.weighing.gains(way.steps)[0] for way in ways):
            return self.evidence.likely(ways, must_hold=True)
        told = [way for way in ways if all(self.evidence.kind(*step) for step in way.steps.items())]
        return self.evidence.few(ways) or self.evidence.few(told, of=len(ways))


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
