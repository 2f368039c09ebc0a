"""What lies in the inbox in this run goes in; everything that ever came in this campaign, in order of arrival, comes out.

Originals are kept before a row speaks of them, and rows before anything is judged. What leaves the inbox later stays
known; what is only moved there is not taken for a second arrival. What comes back after it was gone or replaced is a
return, numbered among the arrivals: what it means is not decided here.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate
from sqlite3 import Row
from typing import Any, Generic, NamedTuple, TypeVar

from pipeline.ledger.events import Event, EventKind, record
from pipeline.ledger.store import Ledger, stored, stored_moment, stored_value
from pipeline.machine import codec
from pipeline.model import ArrivalKey, Envelope, Message, MessageOutcome, Verdict, plausible

Item = TypeVar("Item", Envelope, Message)
_AHEAD = timedelta(minutes=10)
"""By how much another's clock may be ahead of ours."""


@dataclass(frozen=True, slots=True)
class Return:
    """The last time that a file came back into the inbox: ``number`` is one of those of arrivals.

    ``instead`` is the number of the file that lay at its place until then, None where none did.
    """

    number: int
    seen_at: datetime
    instead: int | None
    lies: bool
    """Whether it still lies there."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that came, under its number in the ledger; ``repeats`` is the year of another campaign that has dealt with it.

    The envelope's ``content`` is empty here: the original has it.
    """

    id: int
    envelope: Envelope
    repeats: int | None = None
    seen_at: datetime | None = None
    """When it was first seen here."""
    looked_at: datetime | None = None
    """When the inbox was looked into last before that; None where it never was."""
    back: Return | None = None

    @property
    def came_at(self) -> datetime | None:
        """Return the one time of its receipt: when it is known to have come, else when it was first seen."""
        return self.envelope.received_at or self.seen_at


def keep_inbox(
    ledger: Ledger,
    year: int,
    envelopes: Sequence[Envelope],
    messages: Sequence[Message],
    *,
    now: datetime,
    unopened: frozenset[str] = frozenset(),
    closed: frozenset[str] = frozenset(),
) -> list[Envelope]:
    """Record what is new in the inbox, given in order of arrival; return the files that were.

    ``unopened`` are the paths of files that lie there as they did before, ``closed`` of files and folders that could not
    be looked into. Of what was opened again the facts are those that were found now.
    """
    files = _sorted_out(ledger, "envelopes", year, envelopes, unopened, now)
    mails = _sorted_out(ledger, "mails", year, messages, unopened, now)
    stay = _staying(ledger, year, files, unopened | closed)
    if not any((*files.news, *mails.news, stay.back, stay.came, stay.gone)):
        return []
    taken = [(item, _repeated(ledger, year, item)) for item in files.new]
    arriving = [(item, repeats) for item, repeats in taken if repeats != _LEFT_OVER]
    written = _not_left_over(ledger, year, mails.new, {item.path for item, _ in arriving})
    ledger.originals.keep({item.sha256: item.content for item, _ in arriving if _is_whole(item)})
    with ledger.transaction("what one look into the inbox finds is known together, mails with their files"):
        for table, part in (("envelopes", files), ("mails", mails)):
            _update(ledger, table, (*part.moved, *part.changed))
            record(ledger, (Event(now, year, EventKind.MOVED, detail=item.path) for _, item in part.moved))
        _add_mails(ledger, year, written, now)
        _keep_staying(ledger, year, stay, now)
        for number, (item, repeats) in enumerate(arriving, _next_number(ledger)):
            _add(ledger, year, number, item, repeats, now)
    return [item for item, _ in arriving]


def as_known(item: Item, seen: datetime) -> Item:
    """Return an arrival that had been ``seen`` by then without the moments claimed for it that it cannot be of."""
    latest = seen + _AHEAD
    if isinstance(item, Envelope) and item.made > latest.timestamp():
        item = replace(item, made=0.0)
    claimed = item.received_at
    if claimed is None or (plausible(claimed) and claimed <= latest):
        return item
    return replace(item, received_at=None, order=min(item.order, seen.timestamp()))


def of_year(ledger: Ledger, year: int) -> list[Arrival]:
    """Return every file of the campaign of ``year``, in order of arrival."""
    rows = ledger.rows(
        "SELECT own.id, own.body, own.seen_at, other.year AS repeats, own.lies,"
        " returns.id AS back, returns.seen_at AS back_at, instead FROM envelopes AS own"
        " LEFT JOIN envelopes AS other ON other.id = own.repeats"
        " LEFT JOIN returns ON returns.id = (SELECT max(id) FROM returns WHERE envelope = own.id)"
        " WHERE own.year = ? ORDER BY own.id",
        (year,),
    )
    looks = [
        stored_moment(row["started_at"])
        for row in ledger.rows(
            "SELECT started_at FROM runs WHERE year = ? AND finished_at IS NOT NULL", (year,)
        )
    ]
    known = (tuple(map(tuple, rows)), tuple(sorted(looks)))
    return list(ledger.remembered(("arrivals", year), known, _arrivals))


def _arrivals(known: tuple[Sequence[tuple[Any, ...]], Sequence[datetime]]) -> list[Arrival]:
    rows, looks = known
    return [_arrival(row, looks) for row in rows]


def _arrival(row: tuple[Any, ...], looks: Sequence[datetime]) -> Arrival:
    number, body, seen_at, repeats, lies, back, back_at, instead = row
    seen = datetime.fromisoformat(seen_at)
    earlier = bisect_left(looks, seen)
    returned = Return(back, datetime.fromisoformat(back_at), instead, bool(lies)) if back else None
    looked = looks[earlier - 1] if earlier else None
    return Arrival(number, _loaded(Envelope, body, seen), repeats, seen, looked, returned)


def mails_of_year(ledger: Ledger, year: int) -> list[Message]:
    """Return every mail of the campaign of ``year``, in order of arrival."""
    rows = ledger.rows("SELECT body, seen_at FROM mails WHERE year = ? ORDER BY id", (year,))
    return [_loaded(Message, row["body"], stored_moment(row["seen_at"])) for row in rows]


def first_seen_since(ledger: Ledger, year: int, moment: datetime) -> list[tuple[str, datetime]]:
    """Return the paths of the files and mails that were first seen after ``moment``, and when that was."""
    rows = ledger.rows(
        "SELECT path, seen_at FROM envelopes WHERE year = ? AND seen_at > ? UNION SELECT path, seen_at FROM mails"
        " WHERE year = ? AND seen_at > ? ORDER BY path",
        (year, moment.isoformat()) * 2,
    )
    return [(row["path"], stored_moment(row["seen_at"])) for row in rows]


def mails_until(ledger: Ledger, year: int, moment: datetime) -> set[str]:
    """Return the paths at which no mail came after ``moment``."""
    rows = ledger.rows(
        "SELECT path FROM mails WHERE year = ? GROUP BY path HAVING max(seen_at) <= ?",
        (year, moment.isoformat()),
    )
    return {row["path"] for row in rows}


def came_since(ledger: Ledger, year: int, moment: datetime | None) -> list[tuple[str, Verdict]]:
    """Return the digests of the files that came after ``moment`` (None: ever), each with what became of it."""
    rows = ledger.rows(
        "SELECT sha256, outcome FROM file_states WHERE year = ? AND outcome IS NOT NULL"
        " AND (? IS NULL OR seen_at > ?)",
        (year, *[moment.isoformat() if moment else None] * 2),
    )
    return [(row["sha256"], stored(Verdict, row["outcome"])) for row in rows]


def moments(ledger: Ledger, year: int) -> dict[str, datetime]:
    """Return when each file of the campaign came, or was first seen where nobody knows, by its digest."""
    rows = ledger.rows(
        "SELECT sha256, coalesce(received_at, seen_at) AS moment FROM envelopes WHERE year = ? ORDER BY id",
        (year,),
    )
    found = {row["sha256"]: plausible(stored_moment(row["moment"])) for row in rows}
    return {digest: moment for digest, moment in found.items() if moment}


def senders(ledger: Ledger, year: int) -> dict[ArrivalKey, str]:
    """Return the address that each file of the campaign was sent from; those that came by no mail have none."""
    rows = ledger.rows(
        "SELECT path, sha256, sender FROM envelopes WHERE year = ? AND sender IS NOT NULL", (year,)
    )
    return {(row["path"], row["sha256"]): row["sender"] for row in rows}


def repeated(ledger: Ledger, year: int) -> set[int]:
    """Return the numbers of the files that were told to repeat another, and were not judged since."""
    rows = ledger.rows(
        "SELECT envelope FROM set_aside WHERE envelope IN (SELECT id FROM envelopes WHERE year = ?)", (year,)
    )
    return {row["envelope"] for row in rows}


def put_again(ledger: Ledger, year: int) -> dict[tuple[str, int], datetime]:
    """Return, by agency and number, the versions whose last word is that somebody put them into the inbox once more, and when."""
    rows = ledger.rows(
        "SELECT versions.agency, number, coalesce(returns.seen_at, copies.seen_at) AS at FROM versions"
        " LEFT JOIN returns ON returns.id = versions.word / 2"
        " LEFT JOIN envelopes AS copies ON copies.id = versions.word / 2"
        " AND copies.id <> versions.envelope AND copies.source <> 'mail'"
        " WHERE versions.year = ? AND versions.word % 2 = 0 AND at IS NOT NULL",
        (year,),
    )
    return {(row["agency"], row["number"]): stored_moment(row["at"]) for row in rows}


def ever_came(ledger: Ledger) -> set[str]:
    """Return the digests of every file and mail of every campaign."""
    rows = ledger.rows("SELECT sha256 FROM envelopes UNION SELECT sha256 FROM mails")
    return {row["sha256"] for row in rows}


def note_repeats(ledger: Ledger, year: int, copies: Sequence[Arrival], *, now: datetime) -> None:
    """Record that ``copies`` only repeat another file."""
    if copies:
        with ledger.transaction("a copy is told once"):
            events = (
                Event(now, year, EventKind.REPEATED, envelope=item.id, detail=item.envelope.path)
                for item in copies
            )
            record(ledger, events)


def unsettled(ledger: Ledger, year: int, outcomes: Iterable[MessageOutcome]) -> list[MessageOutcome]:
    """Return those of ``outcomes`` that are not recorded yet."""
    rows = ledger.rows("SELECT path, sha256, verdict, reason FROM mails WHERE year = ?", (year,))
    known = {(row["path"], row["sha256"]): (row["verdict"], row["reason"]) for row in rows}
    return [
        item
        for item in outcomes
        if known.get((item.message.path, item.message.sha256)) != (item.verdict.value, item.reason.value)
    ]


def settle_mails(ledger: Ledger, year: int, outcomes: Sequence[MessageOutcome]) -> None:
    """Record what became of each mail."""
    if outcomes:
        with ledger.transaction("every mail has one outcome"):
            ledger.write_many(
                "UPDATE mails SET verdict = ?, reason = ? WHERE year = ? AND path = ? AND sha256 = ?",
                [
                    (item.verdict.value, item.reason.value, year, item.message.path, item.message.sha256)
                    for item in outcomes
                ],
            )


class _SortedItems(NamedTuple, Generic[Item]):
    """What is known, with the row that knows it: as it is, moved, and of these what says something else now; and what is new."""

    same: list[tuple[int, Item]]
    moved: list[tuple[int, Item]]
    changed: list[tuple[int, Item]]
    new: list[Item]

    @property
    def news(self) -> tuple[object, ...]:
        """What is to be recorded."""
        return self.moved, self.changed, self.new


def _sorted_out(
    ledger: Ledger, table: str, year: int, found: Sequence[Item], unopened: frozenset[str], now: datetime
) -> _SortedItems[Item]:
    columns = "id, path, sha256, message_id, seen_at, body"
    order = (
        "lies DESC, id" if table == "envelopes" else "id"
    )  # what lay there at the last look was moved first
    rows = ledger.rows(f"SELECT {columns} FROM {table} WHERE year = ? ORDER BY {order}", (year,))  # noqa: S608 - two names
    known = {(row["path"], row["sha256"]): row for row in rows}
    here = {item.path for item in found}
    gone: dict[tuple[str, str | None], list[Row]] = {}
    for row in rows:
        if row["path"] not in here and not _lies_in(row["path"], unopened):
            gone.setdefault((row["sha256"], row["message_id"]), []).append(row)
    result: _SortedItems[Item] = _SortedItems([], [], [], [])
    for item in found:
        same = known.get((item.path, item.sha256))
        elsewhere = gone.get((item.sha256, item.message_id), [])
        if same is None and not elsewhere:
            result.new.append(as_known(item, now))
            continue
        row = elsewhere.pop(0) if same is None else same
        seen = as_known(item, stored_moment(row["seen_at"]))
        (result.moved if same is None else result.same).append((row["id"], seen))
        if same is not None and _differs(seen, row["body"]):
            result.changed.append((row["id"], seen))
    return result


class _Staying(NamedTuple):
    """Which rows lie in the inbox that did not, and the reverse; which of the former came back, and at whose place."""

    came: set[int]
    gone: set[int]
    back: list[tuple[int, Envelope, int | None]]


def _staying(ledger: Ledger, year: int, files: _SortedItems[Envelope], unseen: frozenset[str]) -> _Staying:
    """Compare what lies in the inbox with the last look. A mail that comes back is the same mail: it has a time of its own."""
    rows = ledger.rows("SELECT id, path FROM envelopes WHERE year = ? AND lies", (year,))
    lay = {row["id"] for row in rows}
    known = [*files.same, *files.moved]
    lies = {row for row, _ in known} | {row["id"] for row in rows if _lies_in(row["path"], unseen)}
    replaced = {row["path"]: row["id"] for row in rows if row["id"] not in lies}
    back = [
        (row, item, replaced.get(item.path))
        for row, item in known
        if item.source != "mail" and (row not in lay or item.path in replaced)
    ]
    return _Staying(lies - lay, lay - lies, back)


def _keep_staying(ledger: Ledger, year: int, stay: _Staying, now: datetime) -> None:
    for value, rows in ((1, stay.came), (0, stay.gone)):
        ledger.write_many(
            "UPDATE envelopes SET lies = ? WHERE id = ?", [(value, row) for row in sorted(rows)]
        )
    for number, (row, item, instead) in enumerate(stay.back, _next_number(ledger)):
        ledger.write(
            "INSERT INTO returns (id, envelope, instead, seen_at) VALUES (?, ?, ?, ?)",
            (number, row, instead, now.isoformat()),
        )
        record(ledger, [Event(now, year, EventKind.BACK, envelope=row, detail=item.path)])


def _next_number(ledger: Ledger) -> int:
    """Return the number of the next arrival or return: they stand in one order."""
    row = ledger.one(
        "SELECT max(id) AS last FROM (SELECT id FROM envelopes UNION ALL SELECT id FROM returns)"
    )
    return (row["last"] or 0) + 1 if row else 1


def _lies_in(path: str, files: frozenset[str]) -> bool:
    """Whether ``path`` is one of ``files`` or inside of one."""
    return any(outer in files for outer in accumulate(path.split("/"), "{}/{}".format))


def _differs(item: Envelope | Message, body: str) -> bool:
    """Whether a file says something else now; when it was touched last only counts when it arrives."""
    former = stored_value(type(item), body)
    return codec.dumps(replace(former, order=0)) != _body(replace(item, order=0))


_LEFT_OVER = -1


def _repeated(ledger: Ledger, year: int, envelope: Envelope) -> int | None:
    """Return the row of another campaign that has dealt with this content, None if none has.

    A file that states this year and was not accepted in the other is this campaign's after all: the year in the
    configuration was wrong. One that still lies where the other campaign found it is left over, and no arrival.
    """
    rows = ledger.rows(
        "SELECT file_states.envelope, file_states.path, outcome, stated_year FROM file_states"
        " LEFT JOIN readings USING (sha256) WHERE sha256 = ? AND year <> ? ORDER BY envelope",
        (envelope.sha256, year),
    )
    if not rows:
        return None
    was_accepted = any((row["outcome"] or "").startswith("accepted") for row in rows)
    if rows[0]["stated_year"] == year and not was_accepted:
        return None
    if any(row["path"] == envelope.path for row in rows):
        return _LEFT_OVER
    return int(rows[0]["envelope"])


def _not_left_over(ledger: Ledger, year: int, mails: Sequence[Message], came: set[str]) -> list[Message]:
    """Leave out the very mails that another campaign has dealt with, unless one brings a file (of ``came``) to this one."""
    if not mails:
        return []
    rows = ledger.rows("SELECT sha256 FROM mails WHERE year <> ?", (year,))
    settled = {row["sha256"] for row in rows}
    return [item for item in mails if item.sha256 not in settled or came.intersection(item.files)]


def _is_whole(envelope: Envelope) -> bool:
    """Whether all of the file is in hand; of one that is far too large only the beginning was read."""
    return hashlib.sha256(envelope.content).hexdigest() == envelope.sha256


def rehearse(items: Iterable[Envelope | Message], now: datetime) -> None:
    """Do with ``items`` all that recording them asks of them, and record nothing. Raises what one cannot be recorded for."""
    for item in items:
        row = (
            _row(0, 0, as_known(item, now), None, now)
            if isinstance(item, Envelope)
            else _mail_row(0, as_known(item, now), now)
        )
        for value in row:
            str(value).encode()


def _row(
    year: int, number: int, item: Envelope, repeats: int | None, now: datetime
) -> tuple[str | int | None, ...]:
    return (
        number,
        year,
        item.path,
        item.sha256,
        item.name,
        item.source,
        item.sender,
        item.message_id,
        _iso(item.received_at),
        now.isoformat(),
        repeats,
        _body(item),
    )


def _mail_row(year: int, item: Message, now: datetime) -> tuple[str | int | None, ...]:
    return (
        year,
        item.path,
        item.sha256,
        item.message_id,
        item.sender,
        item.subject,
        _iso(item.received_at),
        now.isoformat(),
        _body(item),
    )


def _add(ledger: Ledger, year: int, number: int, item: Envelope, repeats: int | None, now: datetime) -> None:
    ledger.write(
        "INSERT INTO envelopes"
        " (id, year, path, sha256, name, source, sender, message_id, received_at, seen_at, repeats, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        _row(year, number, item, repeats, now),
    )
    record(ledger, [Event(now, year, EventKind.ARRIVED, envelope=number, detail=item.path)])


def _add_mails(ledger: Ledger, year: int, mails: Sequence[Message], now: datetime) -> None:
    ledger.write_many(
        "INSERT INTO mails (year, path, sha256, message_id, sender, subject, received_at, seen_at, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [_mail_row(year, item, now) for item in mails],
    )
    record(ledger, (Event(now, year, EventKind.MAIL, detail=item.path) for item in mails))


def _update(ledger: Ledger, table: str, items: Iterable[tuple[int, Item]]) -> None:
    ledger.write_many(
        f"UPDATE {table} SET path = ?, sender = ?, received_at = ?, body = ? WHERE id = ?",  # noqa: S608 - one of two names
        [(item.path, item.sender, _iso(item.received_at), _body(item), row) for row, item in items],
    )


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _loaded(kind: type[Item], body: str, seen: datetime) -> Item:
    """Read what an arrival was; a moment that it cannot be of, recorded by an earlier program, is none."""
    return as_known(stored_value(kind, body), seen)


def _body(item: Envelope | Message) -> str:
    return codec.dumps(replace(item, content=b"") if isinstance(item, Envelope) else item)
