"""The deadlines of a campaign go in with every run that finds others; those that held last come out, in any later year.

Lateness is said in 通报 and 考核明细, which people keep: next year's must say the same of the same report.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from pipeline.ledger.events import Event, EventKind, record, story
from pipeline.ledger.store import Ledger

if TYPE_CHECKING:
    from pipeline.district.folder import District


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The common deadline of a campaign, and those of the agencies that had another, by code."""

    common: date
    own: Mapping[str, date] = field(default_factory=dict)

    def of(self, code: str) -> date:
        """Return the deadline of one agency."""
        return self.own.get(code, self.common)


def remember(ledger: Ledger, district: District, *, now: datetime) -> None:
    """Record the deadlines that hold from ``now`` on, where they are new; an agency without one of its own any more has the common one."""
    known = of_year(ledger, district.year)
    own = {agency.code: district.deadline_of(agency.code) for agency in district.roster_agencies}
    listed = {code: day for code, day in own.items() if day != district.deadline}
    before = known.own if known else {}
    new = {code: day for code, day in listed.items() if before.get(code) != day}
    new |= {code: district.deadline for code in before if code in own and code not in listed}
    events = [
        Event(now, district.year, EventKind.DEADLINE, code, detail=str(day)) for code, day in new.items()
    ]
    if known is None or known.common != district.deadline:
        events.append(Event(now, district.year, EventKind.DEADLINE, detail=str(district.deadline)))
    if events:
        with ledger.transaction("deadlines that hold together are known together"):
            record(ledger, events)


def of_year(ledger: Ledger, year: int) -> Deadlines | None:
    """Return the deadlines that held last in the campaign of ``year``; None where no run has recorded them."""
    days = {
        item.agency: date.fromisoformat(item.detail) for item in story(ledger, year, kind=EventKind.DEADLINE)
    }
    common = days.pop(None, None)
    if common is None:
        return None
    return Deadlines(common, {code: day for code, day in days.items() if code and day != common})
