"""One report's failed balances go in, parted by cause; for each cause the few likeliest ways to settle it come out.

One cell nearly always explains everything that fails. What a hand or a paste does is recognised first; where more cells
explain a failure than a clerk would look at, and nothing tells them apart, nothing is said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.judging.repair.evidence import CONFIRMED, Evidence, Way

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
        """Return the ways to settle the rules ``failed`` of one region, best first; parted where each part is settled alone.

        Rules stand together only where what is told settles all of them; else each stands for itself.
        """
        ways = self._small(failed)
        if ways is None and len(failed) > 1:
            ways = self._asked(failed, self.evidence.few(self.ways.large(failed))) or None
        if ways is not None:
            return self._together(failed, ways)
        return [
            settled for part in connected(self.tally.system, failed) for settled in self._settle_part(part)
        ]

    def _settle_part(self, failed: Sequence[int]) -> list[Settled]:
        ways = self._small(failed)
        if ways is not None:
            return self._together(failed, ways)
        by_size = self._by_size(failed)
        if by_size:
            return by_size
        pairs = self._pairs(failed)
        return [(failed, pairs)] if pairs else [([rule], self._alone(rule, failed)) for rule in failed]

    def _alone(self, rule: int, failed: Sequence[int]) -> list[Way]:
        """Return the ways to settle one of the rules ``failed``, of such cells as leave none of the others wrong."""
        columns = self.tally.system.columns
        return [
            way
            for way in self._small([rule]) or ()
            if self.tally.settles(
                way.steps, [own for own in failed if any(own in columns[key] for key in way.steps)]
            )
        ]

    def _together(self, failed: Sequence[int], ways: Sequence[Way]) -> list[Settled]:
        """Put rules together that ``ways`` settle; where there are none, what follows from rules that say themselves what to do."""
        if ways:
            return [(failed, ways)]
        rows = self.tally.system.rows
        prescribed = self.ways.prescribed(failed)
        heads = [
            rule for rule in failed if rows[rule] and rows[rule][0] in prescribed and len(rows[rule]) == 1
        ]
        parts = {rule: [rule] for rule in heads if self.tally.settles(prescribed, failed)}
        for rule in failed:
            home = next((head for head in parts if rule not in parts and rows[head][0] in rows[rule]), rule)
            if home != rule:
                parts[home].append(rule)
            else:
                parts.setdefault(rule, [rule])
        return [(rules, []) for rules in parts.values()]

    def _small(self, failed: Sequence[int]) -> list[Way] | None:
        """Return one cell, or neighbours exchanged; empty: too many or none likely; None: there is no such way."""
        alone = all(len(self.tally.system.rows[rule]) == 1 for rule in failed)
        if alone or self.tally.settles(self.ways.prescribed(failed), failed):
            return []  # the rules themselves say what their one cell must be
        must_hold = self.tally.is_error(failed)
        if not any(map(self.tally.system.is_equation, failed)):
            found = list(self.ways.under_bounds(failed)) if must_hold else []
            likely = self._asked(failed, self.evidence.likely(found, must_hold=True))
            return likely if found or not must_hold else None
        singles = list(self.ways.single(failed))
        if len(singles) == 1 and must_hold:
            return singles
        ways = [*singles, *self.ways.exchanged(failed)]
        return self.evidence.likely(ways, must_hold=must_hold) if ways else None

    def _asked(self, failed: Sequence[int], ways: Sequence[Way]) -> list[Way]:
        """Return the ways, those to settle nothing but bounds as questions: any smaller figure would do, unless a text states it."""
        if any(map(self.tally.system.is_equation, failed)):
            return list(ways)
        return [replace(way, is_guess=way.kind != CONFIRMED) for way in ways]

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
        evident = [way for way in ways if all(self.evidence.kind(*step) for step in way.steps.items())]
        return self.evidence.few(ways) or self.evidence.few(evident, of=len(ways))


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
