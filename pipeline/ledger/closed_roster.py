"""A campaign long past its deadline and the roster as it stands now go in; the campaign with the roster it was collected by comes out.

A district collects quarters and registers with the folder in which its annual report was finished in January. Who is founded,
merged, renamed or dissolved in the summer reports otherwise from then on; the report that has gone up was made by those before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from pipeline.district.folder import District
from pipeline.ledger import runs
from pipeline.ledger.campaign import last_result
from pipeline.ledger.codes import agency_at, memory
from pipeline.ledger.store import Ledger
from pipeline.long_lists import first_of
from pipeline.model import CHINA, Agency
from pipeline.periods import spaced_of

_OPEN_AFTER_DEADLINE = timedelta(days=60)
"""As long as a government has after its bodies to publish its own report: 31 March after 31 January (条例, article 50)."""
_MOST_NAMED = 5


def by_its_roster(ledger: Ledger, district: District) -> District:
    """Return the district with the roster of the day on which that of its campaign was closed, or as it is while it is open.

    Open is what was not collected before that day. Whoever has reported, or was given more time, belongs to the campaign in
    any case; how to reach a body is read from the roster as it is now.
    """
    closes = district.deadline + _OPEN_AFTER_DEADLINE
    closed_at = datetime.combine(closes, time.max, CHINA)
    if (
        district.today is None
        or district.today <= closes
        or not runs.any_until(ledger, district.year, closed_at)
    ):
        return district
    last = last_result(ledger, district.year)
    came = [item["agency"] for item in last.record["submissions"] if item["agency"]] if last else []
    remembered = memory(ledger)
    known = {code: agency for code in remembered if (agency := agency_at(remembered, code, closed_at))}
    listed = {agency.code: agency for agency in district.roster_agencies}
    belonging = {*known, *came, *(item.agency for item in district.extensions)}
    left = {code: known[code] for code in came if code in known and code not in listed}
    now = {code: agency for code, agency in listed.items() if code in belonging} | left
    order = {code: number for number, code in enumerate({**known, **now})}
    roster = [
        _as_then(agency, known.get(code) or agency)
        for code, agency in sorted(now.items(), key=lambda item: order[item[0]])
    ]
    merged = [agency for agency in roster if agency.merged_on is not None and agency.merged_on <= closes]
    closed = replace(
        district,
        agencies=tuple(agency for agency in roster if agency not in merged),
        merged=tuple(merged),
        is_closed=True,
    )
    changed = [
        agency.name
        for agency in district.roster_agencies
        if agency.code not in belonging or _differs(agency, known)
    ]
    remark = _remark(district, closes, [*changed, *(agency.name for agency in left.values())])
    return replace(closed, closed_remark=remark)


def _as_then(now: Agency, then: Agency) -> Agency:
    """Return a body as it was ``then``, which is known by its later name, too, and reached as the roster says now."""
    names = dict.fromkeys((*now.names, *then.names))
    return replace(
        then,
        aliases=tuple(name for name in names if name not in (then.name, *then.former_names)),
        contact=now.contact,
        phone=now.phone,
        emails=now.emails,
        line=now.line,
    )


def _differs(now: Agency, known: Mapping[str, Agency]) -> bool:
    """Whether a body is another by now, not only reached otherwise."""
    then = known.get(now.code, now)
    return (now.name, now.kind, now.level, now.merged_into, now.split_from) != (
        then.name,
        then.kind,
        then.level,
        then.merged_into,
        then.split_from,
    )


def _remark(district: District, closes: date, names: Sequence[str]) -> str:
    if not names:
        return ""
    return (
        f"{spaced_of(district.year)}的报送截止已过两个月，单位名单以 {closes} 为准；以后的变动（{first_of(names, _MOST_NAMED)}）"
        "只用于以后的报送。新列入名单的单位确应报送这一期的，请为它写上延期。"
    )
