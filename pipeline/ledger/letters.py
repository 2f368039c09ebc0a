"""A letter goes in as intended before it is sent, and as sent after; what still waits comes out.

The key says what the letter answers, so intending it again, after a crash or in the next run, changes nothing; but
one that was withdrawn before it left may be intended anew. The
one window that no program can close, between the server's OK and the record, is covered by the letter's Message-ID: the
same letter is offered again under the same id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from pipeline.ledger import mailboxes, remainders
from pipeline.ledger.events import Event, EventKind, record
from pipeline.ledger.store import Ledger, stored, stored_moment
from pipeline.letter import LetterKey, LetterKind, LetterState, Occasion
from pipeline.machine.durable import checkpoint


@dataclass(frozen=True, slots=True)
class LedgerLetter:
    """A letter ready to go: ``content`` is the whole .eml. ``key`` is unique for what it answers; ``kind`` is a code."""

    key: str
    year: int
    kind: str
    recipient: str
    subject: str
    message_id: str
    content: bytes
    agency: str | None = None
    attached: tuple[str, ...] = ()
    """Digests of the files that it carries: they are known when they come back."""
    words: str = ""
    """What it says, for whoever pastes it into a chat: so nobody need take it apart for that."""


@dataclass(frozen=True, slots=True)
class StoredLetter:
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
    laid: str = ""
    """The name under which it was laid into the folder of letters that wait; empty before that."""
    doubt: str = ""
    """What a person did to it there, so that it does not leave before somebody says what is meant: ``deleted``, ``edited``."""
    edited: bool = False
    """Whether it is to leave as a person edited it."""
    before: str = ""
    """Of a letter that was handed over: its state before, for whoever takes that back."""

    @property
    def handle(self) -> str:
        """The short name by which people call it: the end of its file's name."""
        return handle_of(self.message_id)

    @property
    def purpose(self) -> LetterKey:
        """What it is for, as it was planned."""
        return purpose_of(self.year, self.key)

    @property
    def is_of_all(self) -> bool:
        """Whether it sends up the district workbook in which every agency is."""
        return self.kind == LetterKind.DELIVERY and self.purpose.occasion is Occasion.COMPLETE


def stored_key(year: int, key: LetterKey) -> str:
    """Return the key under which the ledger, which holds every campaign, keeps a letter of the one of ``year``."""
    return f"{year}:{key}"


def purpose_of(year: int, stored: str) -> LetterKey:
    """Return what the key of a letter was made of."""
    return LetterKey.parse(stored.removeprefix(f"{year}:"))


def handle_of(message_id: str) -> str:
    """Return the short name of the letter with this Message-ID."""
    return message_id.strip("<>")[:6]


_LAST_EVENT = "(SELECT coalesce(max(id), 0) FROM events WHERE events.agency = letters.agency)"


def intend(
    ledger: Ledger, letters: Iterable[LedgerLetter], *, at: datetime, basis: str = ""
) -> list[LedgerLetter]:
    """Record ``letters`` as to be sent; return those that were new, without their content. Those whose key is known stay, unless withdrawn.

    Each is laid down as it comes, so that never more than one is in memory. ``basis`` is a digest of the settings that they
    are written by.
    """
    known = {row["key"] for row in ledger.rows("SELECT key FROM letters WHERE state <> 'withdrawn'")}
    new: dict[str, LedgerLetter] = {}
    digests: dict[str, str] = {}
    for item in letters:
        if item.key not in known:
            digests[item.key] = hashlib.sha256(item.content).hexdigest()
            ledger.originals.add({digests[item.key]: item.content})
            new[item.key] = replace(item, content=b"")
    ledger.originals.settle()
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
                Event(at, item.year, EventKind.LETTER_INTENDED, item.agency, detail=item.key)
                for item in new.values()
            ),
        )
        ledger.write_many(
            "INSERT OR IGNORE INTO letter_words (sha256, words) VALUES (?, ?)",
            [(digests[item.key], item.words) for item in new.values() if item.words],
        )
        _rest(ledger, new, basis)
        remainders.keep_sent(ledger, [digest for item in new.values() for digest in item.attached])
    return list(new.values())


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


def waiting(ledger: Ledger, year: int | None = None) -> list[StoredLetter]:
    """Return the letters that are not sent yet, oldest first; only those of the campaign of ``year`` if given."""
    return _kept(ledger, "state = 'waiting' AND (? IS NULL OR year = ?)", (year, year))


def doubtful(ledger: Ledger, year: int) -> list[StoredLetter]:
    """Return the letters that wait and that a person did something to in the folder."""
    return _kept(ledger, "state = 'waiting' AND doubt <> '' AND year = ?", (year,))


def ready(ledger: Ledger, year: int) -> list[StoredLetter]:
    """Return the letters that may leave: nobody has touched them in the folder, a delivery has been signed, none is withheld.

    Those that were tried least often come first, so that some that are put off do not keep back the others.
    """
    found = _kept(ledger, f"state = 'waiting' AND doubt = '' AND year = ? AND {_SIGNED}", (year,))
    back = {item.key for item in withheld(ledger, year)}
    return sorted((item for item in found if item.key not in back), key=lambda item: item.attempts)


def withheld(ledger: Ledger, year: int) -> list[StoredLetter]:
    """Return the reminders that wait until the mailbox has been read: their agencies may have sent what it holds."""
    if mailboxes.unread(ledger, year) is None:
        return []
    return _kept(ledger, "state = 'waiting' AND doubt = '' AND year = ? AND kind = 'reminder'", (year,))


def unsigned(ledger: Ledger, year: int) -> list[StoredLetter]:
    """Return the deliveries that wait for somebody to sign them."""
    return _kept(ledger, f"state = 'waiting' AND year = ? AND NOT {_SIGNED}", (year,))


_SIGNED = (
    "(kind <> 'delivery' OR EXISTS"
    " (SELECT 1 FROM deliveries WHERE deliveries.letter = letters.key AND deliveries.signed_by <> ''))"
)


def undelivered(ledger: Ledger, year: int) -> list[StoredLetter]:
    """Return the letters that have not reached anybody: those that wait and those that the server refused for good."""
    return _kept(ledger, "state IN ('waiting', 'failed') AND year = ?", (year,))


def of_year(ledger: Ledger, year: int) -> list[StoredLetter]:
    """Return every letter of the campaign of ``year``, oldest first."""
    return _kept(ledger, "year = ?", (year,))


def last_by_agency(ledger: Ledger, year: int) -> dict[str, StoredLetter]:
    """Return the newest letter to each agency that was not withdrawn."""
    found = _kept(ledger, "state <> 'withdrawn' AND year = ?", (year,))
    return {item.agency: item for item in found if item.agency}


def content(ledger: Ledger, letter: StoredLetter) -> bytes:
    """Return the whole .eml of ``letter``."""
    return ledger.originals.load(letter.sha256)


def words(ledger: Ledger, year: int) -> dict[str, str]:
    """Return what the letters say that wait, by the digest of the letter; of one that a person edited it is not kept."""
    rows = ledger.rows(
        "SELECT sha256, words FROM letter_words WHERE sha256 IN (SELECT sha256 FROM letters WHERE state = 'waiting' AND year = ?)",
        (year,),
    )
    return {row["sha256"]: row["words"] for row in rows}


def sent(ledger: Ledger, key: str, at: datetime, reason: str = "") -> None:
    """Record that the server took the letter; ``reason`` names those of its recipients that it did not take."""
    checkpoint(f"send {key}")
    with ledger.transaction("a letter that left is recorded at once, by itself"):
        _settle(ledger, key, LetterState.SENT, at, reason)


def handed_over(ledger: Ledger, keys: Iterable[str], at: datetime) -> None:
    """Record that a person has seen to the letters by other means; no server's report counts for them any more."""
    with ledger.transaction("what one command says is said of all its letters"):
        for key in keys:
            ledger.write("UPDATE letters SET before = state WHERE key = ?", (key,))
            _settle(ledger, key, LetterState.HANDED, at, None)


def take_back(ledger: Ledger, keys: Iterable[str], at: datetime) -> None:
    """Record that the letters were not handed over after all: they are again what they were."""
    with ledger.transaction("what was said by mistake of several letters is taken back of all"):
        for key in keys:
            row = ledger.one("SELECT before FROM letters WHERE key = ? AND state = 'handed'", (key,))
            state = stored(LetterState, row["before"] or LetterState.WAITING) if row else LetterState.WAITING
            _settle(ledger, key, state, at, None, event=EventKind.LETTER_TAKEN_BACK)


def try_again(ledger: Ledger, keys: Iterable[str], at: datetime) -> None:
    """Let letters that a server refused wait again."""
    with ledger.transaction("what is to be sent again waits again"):
        for key in keys:
            _settle(ledger, key, LetterState.WAITING, at, None, event=EventKind.LETTER_AGAIN)


def stop(ledger: Ledger, keys: Iterable[str], at: datetime) -> None:
    """Record that a person does not want the letters to be sent: nothing is written in their place."""
    with ledger.transaction("what a person stops, stays stopped"):
        for key in keys:
            ledger.write("UPDATE letters SET doubt = '' WHERE key = ?", (key,))
            _settle(ledger, key, LetterState.STOPPED, at, None)


def laid_out(ledger: Ledger, names: Mapping[str, str]) -> None:
    """Record under which name each letter, by its key, lies in the folder of those that wait."""
    if names:
        with ledger.transaction("a letter that was laid out and is gone was taken away by a person"):
            ledger.write_many(
                "UPDATE letters SET laid = ? WHERE key = ?", [(name, key) for key, name in names.items()]
            )


def doubted(ledger: Ledger, doubts: Mapping[str, str], at: datetime) -> None:
    """Record what a person did to letters, by their keys, in the folder: ``deleted``, ``edited``; empty: it is as it was."""
    if not doubts:
        return
    with ledger.transaction("what a person did to a letter is asked about, not overruled"):
        for key, doubt in doubts.items():
            ledger.write("UPDATE letters SET doubt = ? WHERE key = ?", (doubt, key))
            _tell(ledger, key, EventKind.LETTER_DOUBTED, at, doubt)


def send_as_edited(ledger: Ledger, key: str, content: bytes, message_id: str, at: datetime) -> None:
    """Let a letter leave as a person edited it: ``content`` is what leaves."""
    digest = hashlib.sha256(content).hexdigest()
    ledger.originals.keep({digest: content})
    with ledger.transaction("what leaves is what is kept"):
        ledger.write(
            "UPDATE letters SET sha256 = ?, message_id = ?, doubt = '', edited = 1 WHERE key = ?",
            (digest, message_id, key),
        )
        _tell(ledger, key, EventKind.LETTER_EDITED, at, "")


def withdraw(ledger: Ledger, keys: Iterable[str], at: datetime) -> None:
    """Record that the letters are not to be sent any more."""
    wanted = list(keys)
    if not wanted:
        return
    with ledger.transaction("what is true no longer is withdrawn before anything else is written or sent"):
        for key in wanted:
            _settle(ledger, key, LetterState.WITHDRAWN, at, "")


def readdress(ledger: Ledger, letter: LedgerLetter, *, at: datetime) -> None:
    """Let the letter with the key of ``letter`` wait as that: the same to another address, so under another Message-ID."""
    digest = hashlib.sha256(letter.content).hexdigest()
    ledger.originals.keep({digest: letter.content})
    with ledger.transaction("a letter has one address, and its bytes name it"):
        ledger.write(
            "UPDATE letters SET state = 'waiting', settled_at = NULL, reason = '', recipient = ?, message_id = ?, sha256 = ?,"
            " laid = '', doubt = '' WHERE key = ?",
            (letter.recipient, letter.message_id, digest, letter.key),
        )
        detail = f"{letter.key} {letter.recipient}"
        record(ledger, [Event(at, letter.year, EventKind.LETTER_READDRESSED, letter.agency, detail=detail)])


def failed(ledger: Ledger, key: str, reason: str, *, retry: bool, at: datetime) -> None:
    """Record that the server did not take the letter: for now (``retry``) or for good."""
    with ledger.transaction("what the server said is recorded at once"):
        _settle(ledger, key, LetterState.WAITING if retry else LetterState.FAILED, at, reason)


def bounced(ledger: Ledger, year: int, report: BounceRecord, *, at: datetime) -> bool:
    """Record that a letter that was sent did not arrive; return whether it is known which.

    A report is taken once: what it says of a letter does not hold of the same letter sent again.
    """
    seen = ledger.one(
        "SELECT 1 FROM events WHERE year = ? AND kind IN (?, ?) AND detail LIKE ? || ' %'",
        (year, EventKind.BOUNCED.value, EventKind.BOUNCE_UNCLEAR.value, report.mail),
    )
    if seen is not None:
        return True
    key = _returned_letter(ledger, year, report)
    with ledger.transaction("what a server reports later counts like what it says at once"):
        kind = EventKind.BOUNCED if key else EventKind.BOUNCE_UNCLEAR
        record(ledger, [Event(at, year, kind, detail=f"{report.mail} {report.said}".rstrip() + " ")])
        if key and _state(ledger, key) is LetterState.SENT:
            _settle(ledger, key, LetterState.FAILED, at, report.said)
    return key is not None


@dataclass(frozen=True, slots=True)
class BounceRecord:
    """A report that a letter did not arrive: the digest of the ``mail``, and all that it tells of the letter, if anything."""

    mail: str
    subject: str
    received_at: datetime | None
    letter: str = ""
    recipient: str = ""
    words: str = ""
    origin: str = ""
    """The domain that wrote the report, if that is proven."""

    @property
    def said(self) -> str:
        """Say who did not get it and why, or what the mail is called."""
        return self.words or self.recipient or self.subject


def is_about_ours(ledger: Ledger, year: int, report: BounceRecord) -> bool:
    """Whether a report is surely about a letter of the campaign of ``year``."""
    return _returned_letter(ledger, year, report) is not None


def unclear_bounces(ledger: Ledger, year: int, since: datetime | None) -> list[str]:
    """Return what reports said, since a moment, that belong to no letter that is known."""
    rows = ledger.rows(
        "SELECT detail, at FROM events WHERE year = ? AND kind = ? ORDER BY id",
        (year, EventKind.BOUNCE_UNCLEAR.value),
    )
    recent = [row for row in rows if since is None or stored_moment(row["at"]) > since]
    return [str(row["detail"]).partition(" ")[2].strip() for row in recent]


def _returned_letter(ledger: Ledger, year: int, report: BounceRecord) -> str | None:
    """Find the letter by its Message-ID, else by address and subject, else by whatever of the two is left, if that is one.

    A Message-ID cannot be guessed, and says enough where no recipient is named; one that is not ours says that the report is
    of another letter, unless both address and subject are those of one of ours. Those anybody may know: without the
    Message-ID a report counts only from the server that the letter left from or went to, where that is proven.
    """
    if report.letter:
        row = ledger.one(
            "SELECT key, recipient FROM letters WHERE message_id = ? AND state IN ('sent', 'handed', 'failed')",
            (report.letter,),
        )
        if row is not None:
            return str(row["key"]) if _went_to(row["recipient"], report.recipient) else None
    gone = _kept(ledger, "state = 'sent' AND year = ?", (year,))
    gone = [item for item in gone if not (report.received_at and item.intended_at > report.received_at)]
    to = [item for item in gone if report.recipient.casefold() in _addresses_of(item)]
    about = [item for item in (to or ([] if report.recipient else gone)) if _is_about(item, report.subject)]
    is_enough = not report.letter and (not report.subject or len(to) == 1)
    found = about or (to if is_enough else [])
    is_one = len({item.agency or item.recipient for item in found}) == 1
    return found[-1].key if is_one and report.origin in _servers_of(found[-1]) else None


def _servers_of(item: StoredLetter) -> set[str]:
    """Return the domains that know what became of a letter: of who sent it, in its Message-ID, and of who was to get it."""
    addresses = [*_addresses_of(item), item.message_id.strip("<>").casefold()]
    return {address.rpartition("@")[2] for address in addresses} - {""}


def _went_to(recipients: str, address: str) -> bool:
    """Whether a letter went to ``address``: a report about another one is somebody's invention."""
    return not address or address.casefold() in recipients.casefold().split(", ")


def _addresses_of(item: StoredLetter) -> list[str]:
    return item.recipient.casefold().split(", ")


def _is_about(item: StoredLetter, subject: str) -> bool:
    own, named = ("".join(text.split()) for text in (item.subject, subject))
    return bool(own) and own in named


def _state(ledger: Ledger, key: str) -> LetterState:
    row = ledger.one("SELECT state FROM letters WHERE key = ?", (key,))
    return stored(LetterState, row["state"]) if row else LetterState.WITHDRAWN


_EVENTS = {
    LetterState.SENT: EventKind.LETTER_SENT,
    LetterState.WAITING: EventKind.LETTER_DELAYED,
    LetterState.FAILED: EventKind.LETTER_FAILED,
    LetterState.HANDED: EventKind.LETTER_HANDED,
    LetterState.WITHDRAWN: EventKind.LETTER_WITHDRAWN,
    LetterState.STOPPED: EventKind.LETTER_STOPPED,
}
_ATTEMPTS = (LetterState.SENT, LetterState.WAITING, LetterState.FAILED)
"""What a server said; the others are decisions."""


def _settle(
    ledger: Ledger,
    key: str,
    state: LetterState,
    at: datetime,
    reason: str | None,
    *,
    event: EventKind | None = None,
) -> None:
    """``reason`` None leaves what was said last."""
    settled_at = None if state is LetterState.WAITING else at.isoformat()
    is_attempt = event is None and state in _ATTEMPTS
    ledger.write(
        "UPDATE letters SET state = ?, attempts = attempts + ?, reason = coalesce(?, reason), settled_at = ? WHERE key = ?",
        (state.value, is_attempt, reason, settled_at, key),
    )
    ledger.write(
        "UPDATE deliveries SET number = CASE WHEN ? THEN coalesce(number, (SELECT coalesce(max(number), 0) + 1 FROM deliveries))"
        " END WHERE letter = ?",
        (state.is_gone, key),
    )
    _tell(ledger, key, event or _EVENTS[state], at, reason or "")


def _tell(ledger: Ledger, key: str, kind: EventKind, at: datetime, detail: str) -> None:
    row = ledger.one("SELECT year, agency FROM letters WHERE key = ?", (key,))
    if row is None:
        raise AssertionError(f"no letter has the key {key}")
    record(ledger, [Event(at, row["year"], kind, row["agency"], detail=f"{key} {detail}".rstrip())])


def _kept(ledger: Ledger, condition: str, values: tuple[object, ...]) -> list[StoredLetter]:
    sql = f"SELECT * FROM letters WHERE {condition} ORDER BY rowid"  # noqa: S608 - conditions are written here
    rows = ledger.rows(sql, values)
    read = partial(_letter, rows[0].keys() if rows else ())
    return [ledger.remembered(("letter", row["key"]), tuple(row), read) for row in rows]


def _letter(names: Sequence[str], row: Sequence[Any]) -> StoredLetter:
    values = dict(zip(names, row, strict=True))
    values["kind"] = LetterKind(values["kind"]).value
    values["state"] = LetterState(values["state"])
    values["edited"] = bool(values["edited"])
    values["intended_at"] = datetime.fromisoformat(values["intended_at"])
    values["settled_at"] = datetime.fromisoformat(values["settled_at"]) if values["settled_at"] else None
    return StoredLetter(**values)
