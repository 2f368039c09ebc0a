"""What may be known to the district workbook besides the submissions of the year. Nothing here has to be known.

Apart from what writes the workbook, so that a run that writes none need not load it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from pipeline.model import Decision, DecisionKind, Number

Figures = Sequence[Number | None]
"""The numbers of one report in the form's order; None is unknown."""
PastFigures = Mapping[str, Number | None]
"""The numbers of a report of an earlier year by cell key; None and absent are unknown."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The last workbook that went up: figures in the form's order, and names, of the agencies in its sums, by code."""

    at: datetime
    figures: Mapping[str, Figures]
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Background:
    """What is known besides the year's submissions. Everything is keyed by agency code and may be missing.

    ``printed`` holds the figures read back from the written Word reports, None where there was no reading back; an agency
    that is not in it has no report of its own;
    ``past`` the figures of earlier years by cell key, by year; ``reports`` the path of each agency's Word report, relative to the workbook; ``extended`` later deadlines.
    """

    printed: Mapping[str, Figures] | None = None
    past: Mapping[int, Mapping[str, PastFigures]] = field(default_factory=dict)
    decisions: Sequence[Decision] = ()
    """What persons decided, in the order of their decisions."""
    delivered: Delivered | None = None
    followed: Mapping[str, Sequence[tuple[datetime, PastFigures]]] = field(default_factory=dict)
    """What versions came to whose figures followed a register: by the file's digest, since when which figures."""
    reports: Mapping[str, str] = field(default_factory=dict)
    extended: Mapping[str, date] = field(default_factory=dict)

    def decided(self, *kinds: DecisionKind) -> list[Decision]:
        """Return the decisions of ``kinds``."""
        return [item for item in self.decisions if item.kind in kinds]
