"""A letter goes in as intended before it is sent, and as sent after; what still waits comes out.

The key says what the letter answers, so intending it again, after a crash or in the next night, changes nothing; but
one that was withdrawn before it left may be intended anew. The
one window that no program can close, between the server's OK and the record, is covered by the letter's Message-ID: the
same letter is offered again under the same id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

from pipeline.ledger import remainders
from pipeline.ledger.events import Event, Kind, record
from pipeline.ledger.store import Ledger
from pipeline.machine.durable import checkpoint
from pipeline.post import LetterState

if TYPE_CHECKING:
    from sqlite3 import Row


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter ready to go: ``content`` is the whole .eml. ``key`` is unique for what it answers; ``kind`` is a code."""

    key: str
    year: int
    kind: str
    recipient: str
    subject: str
    message_id: str
    content: bytes
    agency: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A letter as the ledger knows it; ``reason`` are the server's last words."""

    key: str
    year: int
    kind: str
    recipient: str
    subject: str
    message_id: str
    agency: str | None
    sha256: str
    intended_at: datetime
    state: LetterState
    settled_at: datetime | None
    attempts: int
    reason: str
    basis: str
    """What it rests on: the settings it was written by, and the last that had happened to its agency."""


_LAST_EVENT = "(SELECT coalesce(max(id), 0) FROM events WHERE events.agency = letters.agency)"


def intend(ledger: Ledger, letters: Iterable[Letter], *, at: datetime, basis: str = "") -> list[Letter]:
    """Record ``letters`` as to be sent; return those that were new. Those whose key is known stay, unless withdrawn.

    ``basis`` is a digest of the settings that they are written by.
    """
    known = {row["key"] for row in ledger.rows("SELECT key FROM letters WHERE state <> 'withdrawn'")}
    new = {item.key: item for item in letters if item.key not in known}
    digests = {item.key: hashlib.sha256(item.content).hexdigest() for item in new.values()}
    ledger.originals.keep({digests[item.key]: item.content for item in new.values()})
    if not new:
        return []
    with ledger.transaction("letters are intended before the first of them leaves"):
        ledger.write_many(
            "INSERT OR REPLACE INTO letters (key, year, kind, agency, recipient, subject, message_id, sha256, intended_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (item.key, item.year, item.kind, item.agency, item.recipient, item.subject, item.message_id,
                 digests[item.key], at.isoformat())
                for item in new.values()
            ],
        )  # fmt: skip
        record(
            ledger,
            (
                Event(at, item.year, Kind.LETTER_INTENDED, item.agency, detail=item.key)
                for item in new.values()
            ),
        )
        _rest(ledger, new, basis)
        remainders.keep_sent(ledger, [digest for item in new.values() for digest in _attached(item.content)])
    return list(new.values())


def _attached(content: bytes) -> list[str]:
    """Return the digests of the files that a letter carries."""
    message = message_from_bytes(content, policy=policy.default)
    parts = (part.get_payload(decode=True) for part in message.iter_attachments())
    return [hashlib.sha256(part).hexdigest() for part in parts if isinstance(part, bytes)]


def untouched(ledger: Ledger, year: int, basis: str) -> set[str]:
    """Return the keys of letters to agencies that wait and would be written alike: by ``basis``, nothing has happened since."""
    rows = ledger.rows(
        f"SELECT key FROM letters WHERE state = 'waiting' AND year = ? AND basis = ? || '/' || {_LAST_EVENT}",  # noqa: S608 - a constant
        (year, basis),
    )
    return {row["key"] for row in rows}


def confirm(ledger: Ledger, keys: Iterable[str], basis: str) -> None:
    """Record that the letters were looked at and say by ``basis`` what they say."""
    wanted = list(keys)
    if wanted:
        with ledger.transaction("what was looked at need not be looked at again"):
            _rest(ledger, wanted, basis)


def _rest(ledger: Ledger, keys: Iterable[str], basis: str) -> None:
    ledger.write_many(
        f"UPDATE letters SET basis = ? || '/' || {_LAST_EVENT} WHERE key = ? AND agency IS NOT NULL",  # noqa: S608 - a constant
        [(basis, key) for key in keys],
    )


def waiting(ledger: Ledger, year: int | None = None) -> list[Kept]:
    """Return the letters that are not sent yet, oldest first; only those of the campaign of ``year`` if given."""
    return _kept(ledger, "state = 'waiting' AND (? IS NULL OR year = ?)", (year, year))


def undelivered(ledger: Ledger, year: int) -> list[Kept]:
    """Return the letters that have not reached anybody: those that wait and those that the server refused for good."""
    return _kept(ledger, "state IN ('waiting', 'failed') AND year = ?", (year,))


def of_agency(ledger: Ledger, year: int, agency: str) -> list[Kept]:
    """Return every letter to ``agency``, oldest first."""
    return _kept(ledger, "year = ? AND agency = ?", (year, agency))


def of_year(ledger: Ledger, year: int) -> list[Kept]:
    """Return every letter of the campaign of ``year``, oldest first."""
    return _kept(ledger, "year = ?", (year,))


def last_by_agency(ledger: Ledger, year: int) -> dict[str, Kept]:
    """Return the newest letter to each agency that was not withdrawn."""
    found = _kept(ledger, "state <> 'withdrawn' AND year = ?", (year,))
    return {item.agency: item for item in found if item.agency}


def content(ledger: Ledger, letter: Kept) -> bytes:
    """Return the whole .eml of ``letter``."""
    return ledger.originals.load(letter.sha256)


def sent(ledger: Ledger, key: str, at: datetime, reason: str = "") -> None:
    """Record that the server took the letter; ``reason`` names those of its recipients that it did not take."""
    checkpoint(f"send {key}")
    with ledger.transaction("a letter that left is recorded at once, by itself"):
        _settle(ledger, key, LetterState.SENT, at, reason)


def handed_over(ledger: Ledger, keys: Iterable[str], at: datetime) -> None:
    """Record that a person has seen to the letters by other means; no server's report counts for them any more."""
    with ledger.transaction("what one command says is said of all its letters"):
        for key in keys:
            _settle(ledger, key, LetterState.HANDED, at, "")


def withdraw(ledger: Ledger, keys: Iterable[str], at: datetime) -> None:
    """Record that the letters are not to be sent any more."""
    wanted = list(keys)
    if not wanted:
        return
    with ledger.transaction("what is true no longer is withdrawn before anything else is written or sent"):
        for key in wanted:
            _settle(ledger, key, LetterState.WITHDRAWN, at, "")


def readdress(ledger: Ledger, letter: Letter, *, at: datetime) -> None:
    """Let the letter with the key of ``letter`` wait as that: the same to another address, so under another Message-ID."""
    digest = hashlib.sha256(letter.content).hexdigest()
    ledger.originals.keep({digest: letter.content})
    with ledger.transaction("a letter has one address, and its bytes name it"):
        ledger.write(
            "UPDATE letters SET state = 'waiting', settled_at = NULL, reason = '', recipient = ?, message_id = ?, sha256 = ?"
            " WHERE key = ?",
            (letter.recipient, letter.message_id, digest, letter.key),
        )
        detail = f"{letter.key} {letter.recipient}"
        record(ledger, [Event(at, letter.year, Kind.LETTER_READDRESSED, letter.agency, detail=detail)])


def failed(ledger: Ledger, key: str, reason: str, *, retry: bool, at: datetime) -> None:
    """Record that the server did not take the letter: for now (``retry``) or for good."""
    with ledger.transaction("what the server said is recorded at once"):
        _settle(ledger, key, LetterState.WAITING if retry else LetterState.FAILED, at, reason)


def bounced(ledger: Ledger, message_id: str, reason: str, *, at: datetime) -> bool:
    """Record that a letter that was sent did not arrive; return whether it was one of ours and thought delivered."""
    row = ledger.one("SELECT key FROM letters WHERE message_id = ? AND state = 'sent'", (message_id,))
    if row is None:
        return False
    with ledger.transaction("what a server reports later counts like what it says at once"):
        _settle(ledger, row["key"], LetterState.FAILED, at, reason)
    return True


_EVENTS = {
    LetterState.SENT: Kind.LETTER_SENT,
    LetterState.WAITING: Kind.LETTER_DELAYED,
    LetterState.FAILED: Kind.LETTER_FAILED,
    LetterState.HANDED: Kind.LETTER_HANDED,
    LetterState.WITHDRAWN: Kind.LETTER_WITHDRAWN,
}
_ATTEMPTS = (LetterState.SENT, LetterState.WAITING, LetterState.FAILED)
"""What a server said; the others are decisions."""


def _settle(ledger: Ledger, key: str, state: LetterState, at: datetime, reason: str) -> None:
    settled_at = None if state is LetterState.WAITING else at.isoformat()
    ledger.write(
        "UPDATE letters SET state = ?, attempts = attempts + ?, reason = ?, settled_at = ? WHERE key = ?",
        (state.value, state in _ATTEMPTS, reason, settled_at, key),
    )
    row = ledger.one("SELECT year, agency FROM letters WHERE key = ?", (key,))
    if row is None:
        raise AssertionError(f"no letter has the key {key}")
    record(ledger, [Event(at, row["year"], _EVENTS[state], row["agency"], detail=f"{key} {reason}".rstrip())])


def _kept(ledger: Ledger, condition: str, values: tuple[object, ...]) -> list[Kept]:
    sql = f"SELECT * FROM letters WHERE {condition} ORDER BY rowid"  # noqa: S608 - conditions are written here
    return [_letter(row) for row in ledger.rows(sql, values)]


def _letter(row: Row) -> Kept:
    values = dict(row)
    values["state"] = LetterState(row["state"])
    values["intended_at"] = datetime.fromisoformat(row["intended_at"])
    values["settled_at"] = datetime.fromisoformat(row["settled_at"]) if row["settled_at"] else None
    return Kept(**values)
