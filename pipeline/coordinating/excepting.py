"""The rows of the sheet 例外 go in; the ledger keeps what they grant, or a sentence at each row says why it does not.

A row is granted for the period in which it was written. What still stands there in another one was decided by nobody for
that: the row says until when it holds, is written anew, or goes. In an earlier one it does not hold, whatever it says.
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
    row of another period that has no last day, or is of a later one.
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
    """Return what is to be granted; of what was granted for another period, with its own day, and a fault where that does not reach it.

    A last day reaches forward alone: who takes up the period before for a while has this one's rows still there.
    """
    before = decisions.excepted_in(ledger, wanted.agency, wanted.rule, wanted.reason)
    if not before or district.year in before:
        return wanted
    period, former = max(before.items(), key=lambda item: item[1].number)
    is_later = period > district.year
    if wanted.until and not is_later:
        return replace(wanted, given_at=former.given_at) if former.until == wanted.until else wanted
    what, own, that = f"{row.agency}对规则 {row.rule} 的例外", title_of(district.year), title_of(period)
    if is_later:
        problem = (
            f"{what}是为{that}的数据准予的，不能用于{own}的数据。请先把这一行移到别处，年度改回来时照原样放回；"
            f"{own}也经同意的，请改写“{titles.REASON}”。"
        )
    else:
        problem = (
            f"{what}是为{that}的数据准予的，没有写到哪天，不能用于{own}的数据。"
            f"不再例外的，请删去这一行；又经同意的，请写明“{titles.LAST_DAY}”，或者改写“{titles.REASON}”。"
        )
    cell = row.cell
    return SettingFault(EXCEPTIONS, cell.row if cell else 0, cell.column if cell else 0, problem)
