"""The roster goes in; what it said of each body, and since when, is remembered, and a complaint comes out where it contradicts that.

Everything that is remembered of an agency hangs on its code. A spreadsheet that saves a roster makes 1 of 001, and a
person who takes the code for a row number counts 1 to 43 anew: an agency would get another's past, letters and figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.district.folder import District
from pipeline.district.mergers import Bodies
from pipeline.district.roster import normalised
from pipeline.district.roster_table import HEADINGS, column_name
from pipeline.district.settings_fields import BOOK_NAME, BOOK_REMEDY
from pipeline.ledger.campaign import last_result
from pipeline.ledger.events import Event, EventKind, record
from pipeline.ledger.store import Ledger
from pipeline.long_lists import first_of
from pipeline.machine import codec
from pipeline.model import CHINA, Agency, ConfigError

_KNOWN = """
SELECT agency FROM versions UNION SELECT agency FROM imports UNION SELECT agency FROM decisions UNION SELECT agency FROM letters
"""
_MOST = 5
"""Contradictions that are shown; the rest is counted."""
_REMEDY = (
    "代码是本系统认单位的依据，一经使用不能改，也不是序号，不要重新编号。请把代码改回原来的；"
    "改名的，保留原来的代码，在{former_names}写上原来的名称；"
    "合并的，保留原来的一行，在{merged_into}写并入哪个单位和日期；"
    "新设、分设的单位用没有用过的代码，分设的在{split_from}写从哪个单位分出和日期。"
)


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """What the roster said of a body from ``since`` on, until the next entry of the same code."""

    agency: Agency
    since: datetime
    year: int
    """The campaign in which it was said."""


Memory = Mapping[str, Sequence[RosterEntry]]
"""Every entry of a body, oldest first, by its code."""


def memory(ledger: Ledger) -> dict[str, list[RosterEntry]]:
    """Return everything that the roster ever said."""
    found: dict[str, list[RosterEntry]] = {}
    for row in ledger.rows("SELECT id, code, since, year, body FROM roster ORDER BY id"):
        number, *said = row
        entry = ledger.remembered(("roster", number), said, _entry)
        found.setdefault(entry.agency.code, []).append(entry)
    return found


def _entry(said: Sequence[Any]) -> RosterEntry:
    code, since, year, body = said
    agency = codec.loads(Agency, body)
    if agency.code != code:
        raise ValueError(f"{code}: kept under another code than its own")
    return RosterEntry(agency, datetime.fromisoformat(since), year)


def remember(ledger: Ledger, district: District, *, now: datetime) -> None:
    """Record what the roster says from ``now`` on, where that is new, and who is off it.

    The sample that ``init`` wrote says nothing, nor does a campaign that has a roster of its own by now.

    Of those that are off it, whoever had reported by the last finished run is told of: a row that a person deleted by
    mistake takes a report out of the sums.
    """
    if district.has_sample_roster or district.is_closed:
        return
    known, year = memory(ledger), district.year
    plain = [replace(agency, line=0) for agency in district.roster_agencies]
    new = [item for item in plain if item.code not in known or known[item.code][-1].agency != item]
    left = _left(ledger, district, known)
    if not new and not left:
        return
    with ledger.transaction("what the roster says is known together, and since when"):
        ledger.write_many(
            "INSERT INTO roster (code, year, since, body) VALUES (?, ?, ?, ?)",
            [(item.code, year, now.isoformat(), codec.dumps(item)) for item in new],
        )
        record(ledger, (Event(now, year, EventKind.ROSTER, item.code, detail=item.name) for item in new))
        record(
            ledger,
            (Event(now, year, EventKind.ROSTER_LEFT, code, detail=_name(known, code)) for code in left),
        )


def _left(ledger: Ledger, district: District, known: Memory) -> list[str]:
    """Return the codes of who had reported by the last finished run and is not on the roster now."""
    listed = {agency.code for agency in district.roster_agencies}
    if known and known.keys() <= listed:  # as on nearly every night: then no result need be read
        return []
    last = last_result(ledger, district.year)
    came = (item["agency"] for item in last.record["submissions"]) if last else ()
    return [code for code in dict.fromkeys(came) if code and code not in listed]


def _name(known: Memory, code: str) -> str:
    return known[code][-1].agency.name if code in known else code


def addresses_at(known: Memory, code: str, moment: datetime | None) -> tuple[str, ...]:
    """Return the mailboxes that the roster gave the body at ``moment``; none where nothing was known then."""
    agency = agency_at(known, code, moment) if moment else None
    return agency.emails if agency else ()


def agency_at(known: Memory, code: str, moment: datetime) -> Agency | None:
    """Return what the roster said of the body at ``moment``; None where nothing was known then."""
    before = [entry for entry in known.get(code, ()) if entry.since <= moment]
    return before[-1].agency if before else None


def bodies_of(district: District, known: Memory) -> Bodies:
    """Sort the roster by what merged and split, and say which bodies no earlier campaign knew."""
    before = (code for code, entries in known.items() if any(entry.year < district.year for entry in entries))
    return Bodies.of(district, frozenset(before))


def check_codes(ledger: Ledger, agencies: Sequence[Agency], roster: Path) -> None:
    """Raise ConfigError if the roster contradicts what it said before: a code for another body, a body under another code."""
    _check_zeros(ledger, agencies, roster)
    known = memory(ledger)
    faults = [*_contradictions(agencies, known), *_by_old_files(ledger, agencies, known)]
    if not faults:
        return
    lines = [f"\n  第 {agency.line} 行　{said}" for agency, said in faults]
    shown = first_of(lines, _MOST, "\n  ……共 {} 处", between="")
    remedy = _REMEDY.format(**{key: column_name(key, roster) for key in HEADINGS})
    raise ConfigError(f"名单与以前的不一致，没有运行，什么都没有改。{shown}\n{remedy}", file=roster)


def check_list(ledger: Ledger, district: District) -> None:
    """Raise ConfigError if the list is the sample that ``init`` wrote, and the ledger knows another: the workbook is gone."""
    if not district.has_sample_roster:
        return
    listed = {agency.name for agency in district.roster_agencies}
    if any(entry.agency.name not in listed for entries in memory(ledger).values() for entry in entries):
        raise ConfigError(
            f"以前用的 {BOOK_NAME}（或者改过的文字设置）不在了，这里只有样例的设置和名单。没有运行，什么都没有改。{BOOK_REMEDY}",
            file=district.folder,
        )


def _check_zeros(ledger: Ledger, agencies: Sequence[Agency], roster: Path) -> None:
    now = {agency.code for agency in agencies}
    before = {_bare(row["agency"]): row["agency"] for row in ledger.rows(_KNOWN) if row["agency"]}
    for agency in agencies:
        known = before.get(_bare(agency.code), agency.code)
        if known not in now:
            raise ConfigError(
                f"“{agency.name}”的代码以前是 {known}，现在是 {agency.code}。表格软件保存名单时会去掉代码前面的 0；"
                f"请把{column_name('code', roster)}列改为“文本”格式，再改回 {known}。",
                file=roster,
            )


def _contradictions(agencies: Sequence[Agency], known: Memory) -> Iterator[tuple[Agency, str]]:
    owners = {
        normalised(name): code
        for code, entries in known.items()
        for entry in entries
        for name in (entry.agency.name, *entry.agency.former_names)
    }
    for agency in agencies:
        before = known.get(agency.code, ())
        said = []
        if before and not _is_the_same(agency, [entry.agency for entry in before]):
            said.append(f"代码 {agency.code} 以前是“{_last(before)}，现在写的是“{agency.name}”")
        for name in agency.names:
            other = owners.get(normalised(name), agency.code)
            if other not in (agency.code, agency.split_from):
                said.append(f"“{name}”以前的代码是 {other}，现在写在 {agency.code} {agency.name}")
        if said:
            yield agency, "；".join(said)


def _is_the_same(agency: Agency, before: Sequence[Agency]) -> bool:
    """Whether a row is of the body that its code was of: its name was known, or a name by which that went still stands in the row.

    A short form that both have is no proof: it is what is left standing where a row is typed over.
    """
    was = {normalised(name) for known in before for name in known.names}
    named = {normalised(name) for known in before for name in (known.name, *known.former_names)}
    return normalised(agency.name) in was or not named.isdisjoint(map(normalised, agency.names))


def _last(entries: Sequence[RosterEntry]) -> str:
    """Return its last name, and since when the roster has said so."""
    return f"{entries[-1].agency.name}”（{entries[-1].since.astimezone(CHINA).date()} 起）"


def _by_old_files(ledger: Ledger, agencies: Sequence[Agency], known: Memory) -> Iterator[tuple[Agency, str]]:
    """Compare with the names on accepted files, where a ledger is from before the roster was remembered."""
    owners = {normalised(agency.name): agency for agency in agencies}
    for row in ledger.rows("SELECT code, name FROM stated_names ORDER BY code"):
        owner = owners.get(normalised(row["name"]))
        if owner and row["code"] not in known and owner.code not in known and owner.code != row["code"]:
            yield owner, f"“{row['name']}”的报送以前记在代码 {row['code']}，现在的代码是 {owner.code}"


def _bare(code: str) -> str:
    return code.lstrip("0")
