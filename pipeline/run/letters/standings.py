"""The record of a run goes in; where every agency stands, and what waits for the coordinator, comes out.

It is read from what the ledger keeps of the last finished run, so that a run with nothing new need not judge anything to
know whom to remind.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from pathlib import PurePosixPath

from pipeline.district.folder import District
from pipeline.district.roster import normalised
from pipeline.ledger import Ledger, judged_files
from pipeline.letter import AnsweredFile
from pipeline.letters.plan import AgencyStanding
from pipeline.model import Agency, ArrivalKey, Notice, Verdict
from pipeline.publishing.data.record import Record, order_of, waiting_files
from pipeline.wording.doubts import OF_ITS_CONTENT, UNPROVEN, mark_of_sender

_UNKNOWN: Mapping[str, datetime] = {}
_NOTICE_FIELDS = tuple(item.name for item in fields(Notice))


def standings(
    agencies: Sequence[Agency],
    found: Record,
    moments: Mapping[str, datetime] = _UNKNOWN,
    waits: Sequence[AnsweredFile] = (),
) -> tuple[AgencyStanding, ...]:
    """Read where each of ``agencies`` stands from the record of a run; ``moments`` says when each file came, by its digest.

    ``waits`` is what waits for the coordinator, with its senders.
    """
    rows: dict[str, list[Record]] = {agency.code: [] for agency in agencies}
    for row in found["submissions"]:
        if row["version"] and row["agency"] in rows:
            rows[row["agency"]].append(row)
    stated = {
        normalised(str(said))
        for row in found["submissions"]
        if row["verdict"] == Verdict.HELD
        for said in _names_in(row)
        if said
    }
    sent: dict[str, list[AnsweredFile]] = {}
    for item in waits:
        if whose := _certainly(item):
            sent.setdefault(whose.code, []).append(item)
    found_so = (
        replace(_standing(agency, rows[agency.code], stated), sent=tuple(sent.get(agency.code, ())))
        for agency in agencies
    )
    return tuple(
        replace(item, latest=replace(item.latest, received_at=moments.get(item.latest.sha256)))
        if item.latest
        else item
        for item in found_so
    )


def _certainly(item: AnsweredFile) -> Agency | None:
    """Return the agency that certainly sent a file that waits: whose mailbox it came from, if it names no other; of one put in by hand the one it names."""
    if item.doubt in UNPROVEN:
        return None
    if item.sender is None:
        return item.agency if item.doubt in OF_ITS_CONTENT else None
    return item.sent_by if item.agency in (None, item.sent_by) else None


def _names_in(row: Record) -> Iterator[object]:
    """Yield what stands where the names of agencies stand: what is written, and of a file of nobody whose template it is."""
    yield from (item["actual"] for item in row["findings"])
    if not row["agency"]:
        yield row["agency_name"]
        yield from (item["expected"] for item in row["findings"])


def _standing(agency: Agency, rows: list[Record], stated: Collection[str]) -> AgencyStanding:
    """``stated`` is what files that wait have written where the agency's name stands, among other wrong entries."""
    rows.sort(key=order_of)
    own = [row for row in rows if row["verdict"] != Verdict.HELD]
    counting = next((_arrival(row, agency) for row in own if row["counts"]), None)
    latest = _arrival(own[-1], agency) if own else None
    return AgencyStanding(
        agency,
        latest,
        counting.sha256 if counting else "",
        explained=tuple(item for item in counting.notices if item.pleaded) if counting else (),
        has_held=rows[-1:] != own[-1:],
        is_named=any(normalised(name) in stated for name in agency.names),
    )


def held_files(
    ledger: Ledger, district: District, found: Record, senders: Mapping[ArrivalKey, str]
) -> Iterator[AnsweredFile]:
    """Yield what waits for the coordinator, with its sender and the one agency whose mailbox that is."""
    by_code = {agency.code: agency for agency in district.roster_agencies}
    rows = waiting_files(found["submissions"])
    judged = {
        (item.path, item.sha256): item for item in (judged_files.filed(ledger, district.year) if rows else ())
    }
    for row in rows:
        key = (row["file"], row["sha256"])
        sender, kept = senders.get(key), judged.get(key)
        arrival = _arrival(row, by_code.get(row["agency"]))
        doubt = mark_of_sender(kept.findings if kept else ())
        yield replace(arrival, sender=sender, sent_by=district.owner_of(sender), doubt=doubt)


def _arrival(row: Record, agency: Agency | None) -> AnsweredFile:
    pleas = {(item["code"], item["key"]): item["explanation"] for item in row.get("pleas", ())}
    found = tuple(
        Notice(
            **{name: item[name] for name in _NOTICE_FIELDS if name in item},
            pleaded=pleas.get((item["code"], item["key"]), ""),
        )
        for item in row["findings"]
    )
    return AnsweredFile(
        verdict=Verdict(row["verdict"]),
        name=PurePosixPath(row["file"]).name,
        sha256=row["sha256"],
        agency=agency,
        version=row["version"] or 0,
        notices=found,
        awaits_approval=row["awaits_approval"],
        clerk={name: value or "" for name, value in row["clerk"].items()},
    )
