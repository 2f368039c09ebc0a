"""The rows of the sheet 例外 go in; the ledger keeps what they grant, or a sentence at each row says why it does not.

A row is granted for the period in which it was written. What still stands there in another one was decided by nobody for
that: the row says until when it holds, is written anew, or goes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from pipeline.coordinating.deciding import agency_of, person
from pipeline.district import settings_titles as titles
from pipeline.district.folder import District
from pipeline.district.settings_book import SettingFault
from pipeline.district.settings_fields import EXCEPTIONS
from pipeline.district.settings_source import Excepted, refuse
from pipeline.ledger import Ledger, decisions
from pipeline.model import Decision, DecisionKind
from pipeline.periods import title_of


def keep_exceptions(ledger: Ledger, district: District, *, now: datetime) -> None:
    """Keep what the sheet asks for, where the ledger does not hold it yet.

    Who agreed is the coordinator where the sheet names nobody. Raises ConfigError, before anything is kept, with every
    row of another period that has no last day.
    """
    if not district.excepted:
        return
    held = decisions.of_kind(decisions.in_force(ledger, district.year, now.date()), DecisionKind.WAIVE)
    there = {(item.agency, item.rule): item for item in held}
    rows = [_wanted(district, row, now) for row in district.excepted]
    found = [
        None
        if _is_known(there.get((item.agency, item.rule)), item)
        else _of_its_period(ledger, district, row, item)
        for row, item in zip(district.excepted, rows, strict=True)
        if not row.ends and (item.until is None or item.until >= now.date())
    ]
    if faults := [item for item in found if isinstance(item, SettingFault)]:
        refuse(district.book or district.roster, faults)
    for row, item in zip(district.excepted, rows, strict=True):
        if row.ends and (known := there.get((item.agency, item.rule))):
            decisions.revoke(ledger, district.year, known, by=item.person, at=now)
    for decision in found:
        if isinstance(decision, Decision):
            decisions.give(ledger, district.year, decision)


def _wanted(district: District, row: Excepted, now: datetime) -> Decision:
    code, by = agency_of(district, row.agency).code, row.person or person(district, None)
    return Decision.waive(code, row.rule, row.reason, by, now, row.until)


def _is_known(known: Decision | None, wanted: Decision) -> bool:
    return known is not None and (known.reason, known.person, known.until) == (
        wanted.reason,
        wanted.person,
        wanted.until,
    )


def _of_its_period(
    ledger: Ledger, district: District, row: Excepted, wanted: Decision
) -> Decision | SettingFault:
    """Return what is to be granted; of what was granted for another period, with its own day, and a fault without a last day."""
    before = decisions.excepted_in(ledger, wanted.agency, wanted.rule, wanted.reason)
    if not before or district.year in before:
        return wanted
    period, former = max(before.items(), key=lambda item: item[1].number)
    if wanted.until:
        return replace(wanted, given_at=former.given_at) if former.until == wanted.until else wanted
    problem = (
        f"{row.agency}对规则 {row.rule} 的例外是为{title_of(period)}的数据准予的，没有写到哪天，不能用于{title_of(district.year)}的数据。"
        f"不再例外的，请删去这一行；又经同意的，请写明“{titles.LAST_DAY}”，或者改写“{titles.REASON}”。"
    )
    cell = row.cell
    return SettingFault(EXCEPTIONS, cell.row if cell else 0, cell.column if cell else 0, problem)
