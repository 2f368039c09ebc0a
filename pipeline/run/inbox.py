"""The inbox folder and the ledger go in; everything that ever came in the campaign comes out, what is new told apart.

Only what is new or changed is opened: a thousand mails of earlier runs cost a glance each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from pipeline.district.folder import District, refuse_sample_roster
from pipeline.intake.fetch import inbox_folder, inbox_listing
from pipeline.intake.fetch.mail_words import says_something
from pipeline.intake.guard.isolation import set_aside
from pipeline.ledger import Ledger, arrivals, decisions, readings, remainders
from pipeline.ledger import file_stats as stats
from pipeline.ledger import set_aside as marks
from pipeline.ledger.set_aside import Stage
from pipeline.machine.digest import digest_of, program
from pipeline.model import (
    OPENED_AFTER_ALL,
    PROGRAM,
    Decision,
    DecisionKind,
    Envelope,
    EnvironmentFailedError,
    Fact,
    Finding,
    Message,
    Reading,
    Reason,
    Severity,
    Verdict,
)
from pipeline.publishing.data.record import Leftover
from pipeline.run.clock import RECENT
from pipeline.run.inbox_dividing import Division
from pipeline.run.opening import Barrier, reader_of
from pipeline.wording.quotable import quoted

_FIRST_WORDS = 80
"""Characters of a mail without a table that are shown."""
_MOST_NAMED = 3
"""Agencies that are named where several share a mailbox."""
Known: TypeAlias = tuple[str, str]
"""A path in the inbox and the SHA-256 of what lies there."""


@dataclass(frozen=True, slots=True)
class Inbox:
    """Every file and mail of the campaign in order of arrival, and what holds nothing to judge.

    Their contents are in the ledger. ``new`` had not come before.
    """

    envelopes: tuple[Envelope, ...]
    leftovers: tuple[Leftover, ...]
    messages: tuple[Message, ...] = ()
    new: frozenset[Known] = frozenset()
    back: tuple[arrivals.Return, ...] = ()
    """The last time that each file came back which had been gone."""


def require(ledger: Ledger, district: District) -> None:
    """Raise EnvironmentFailedError if the inbox is not there or cannot be read: agencies must not be reminded because of that.

    Raises ConfigError for files that agencies sent while the list is the sample.

    Where mail is fetched and nothing ever came, fetching makes it.
    """
    if district.inbox.is_dir():
        _require_reading(district.inbox)
        if district.has_sample_roster and inbox_listing.has_files(district.inbox):
            refuse_sample_roster(district, "收到的文件不知道是哪个单位的，没有处理")
        return
    if district.mail.fetches and not arrivals.of_year(ledger, district.year):
        return
    raise EnvironmentFailedError(
        f"收件文件夹不在：{district.inbox}。请检查网络盘、移动盘是否连接，文件夹是否改了名；确实没有的，新建一个 inbox 文件夹。"
        "这次没有运行，也没有写信。"
    )


def _require_reading(inbox: Path) -> None:
    """Raise EnvironmentFailedError if the folder does not let us see its names, or what bears them."""
    try:
        for path in inbox.iterdir():
            path.lstat()
            return
    except FileNotFoundError:
        return  # taken away since
    except PermissionError as error:
        raise EnvironmentFailedError(
            f"收件文件夹没有读取权限：{inbox}。请让运行 nianbao 的账号能读取这个文件夹和里面的文件"
            "（在文件夹的属性中改权限，或者请管理员改），再运行一次。这次没有运行，也没有写信。"
        ) from error


def look(
    ledger: Ledger,
    district: District,
    *,
    now: datetime,
    barrier: Barrier | None = None,
    division: Division | None = None,
) -> Inbox:
    """Open what is new in the inbox and record it before anything is judged; of a ``division`` what is this campaign's."""
    barrier = barrier or Barrier(ledger, district.year, now)
    authserv_id = district.mail.authserv_id
    reader = digest_of(
        (program(), authserv_id, *([division.mark] if division else []))
    )  # a new program may find more in a file, a new setting in its origin, another form in what it is sent for
    unread: dict[str, Reading] = {}

    def keep(envelope: Envelope) -> Envelope:
        """Store the content; of a file that is not all in hand the guard's refusal is stored instead."""
        content = envelope.content
        if hashlib.sha256(content).hexdigest() == envelope.sha256:
            ledger.originals.add({envelope.sha256: content})
        elif refusal := _refusal(content):
            unread[envelope.sha256] = Reading(None, findings=(refusal,))
        return replace(envelope, content=b"")

    found = inbox_folder.fetch(
        district.inbox,
        authserv_id=authserv_id,
        known=stats.of_year(ledger, district.year, reader),
        opener=barrier.open,
        keep=keep,
    )
    ledger.originals.settle()
    found = _without_own(found, district, frozenset(remainders.sent(ledger)))
    found = division.own(district, found, ledger, barrier) if division else found
    digests = {item.path: item.sha256 for item in found.envelopes}
    unread |= {digests[path]: set_aside(kind) for path, kind in found.failed.items()}
    readings.keep(ledger, reader_of(district), unread, {})
    new = arrivals.keep_inbox(
        ledger,
        district.year,
        _in_order(found.envelopes, now),
        _in_order(found.messages, now),
        unopened=found.unopened,
        closed=frozenset((*found.troubles, *found.failed)),
        now=now,
    )
    remainders.keep(ledger, district.year, found.remainders, now=now)
    stats.keep(ledger, district.year, reader, found.looked, unopened=found.unopened)
    _open_at_last(ledger, district.year, found, now)
    files = arrivals.of_year(ledger, district.year)
    mails = arrivals.mails_of_year(ledger, district.year)
    gone = arrivals.mails_until(ledger, district.year, now - RECENT)
    empty = [
        Leftover(
            item.path,
            item.sha256,
            Verdict.NOT_A_SUBMISSION,
            findings=() if item.path in gone else said_in(district, item),
        )
        for item in reversed(mails)
        if not item.files
    ]
    beside = remainders.of_year(ledger, district.year) | dict(found.troubles)
    strange = [_strange(path, variant) for path, variant in sorted(beside.items())]
    return Inbox(
        envelopes=tuple(item.envelope for item in files),
        leftovers=(*empty, *strange),
        messages=tuple(mails),
        new=frozenset((item.path, item.sha256) for item in new),
        back=tuple(item.back for item in files if item.back),
    )


def said_in(district: District, mail: Message) -> tuple[Finding, ...]:
    """Return what an agency writes in a mail without a table, if that is more than thanks, or that it carries what nobody can open.

    What it means only a person can say.
    """
    if mail.failed_checks or mail.automatic or not (mail.sealed or says_something(mail.words)):
        return ()  # as most do: then nobody need look for whose mailbox it is
    senders = district.owners_of(mail.sender)
    names = [name for agency in senders for name in (*agency.names, agency.contact) if name]
    if not senders or not (mail.sealed or says_something(mail.words, names)):
        return ()
    facts: dict[str, Fact] = {
        "agency": "、".join(agency.name for agency in senders[:_MOST_NAMED]),
        "subject": quoted(mail.subject, _FIRST_WORDS),
    }
    if mail.sealed:
        facts["files"] = "、".join(quoted(name, _FIRST_WORDS) for name in mail.sealed[:_MOST_NAMED])
        return (Finding("F01", Severity.WARNING, None, (), "sealed", facts),)
    facts["words"] = quoted(mail.words, _FIRST_WORDS)
    return (Finding("F01", Severity.WARNING, None, (), "said", facts),)


def _without_own(
    found: inbox_folder.InboxContents, district: District, sent: frozenset[str]
) -> inbox_folder.InboxContents:
    """Leave out what a letter of ours carried and brings back, whether it came back by itself or with a report of failure.

    Anybody can write that a mail is one of these: another file that it carries is a file like any other.
    """
    digests = {item.path: item.sha256 for item in found.envelopes}
    own: set[str] = set()
    messages: list[Message] = []
    for mail in found.messages:
        returned: set[str] = set()
        if mail.automatic in (Reason.OWN_LETTER, Reason.BOUNCE):
            is_ours = mail.automatic is Reason.OWN_LETTER and mail.sender == district.people.email.lower()
            returned = {path for path in mail.files if is_ours or digests.get(path) in sent}
        own |= returned
        messages.append(replace(mail, files=tuple(path for path in mail.files if path not in returned)))
    return replace(
        found,
        envelopes=tuple(item for item in found.envelopes if item.path not in own),
        messages=tuple(messages),
    )


def _in_order(items: Iterable[arrivals.Item], now: datetime) -> list[arrivals.Item]:
    """Put ``items`` into the order in which they came, as far as that is known ``now``."""
    return sorted(items, key=lambda item: (arrivals.as_known(item, now).order, item.path))


def _strange(path: str, variant: str) -> Leftover:
    """Name something that is no submission, and what the coordinator is to do about it."""
    return Leftover(
        path, "", Verdict.NOT_A_SUBMISSION, findings=(Finding("F01", Severity.WARNING, None, (), variant),)
    )


def _open_at_last(ledger: Ledger, year: int, found: inbox_folder.InboxContents, now: datetime) -> None:
    """Dismiss the unopened mails and archives, recorded as they were, that could be opened now after all."""
    before = marks.set_aside(ledger, year, Stage.OPEN)
    done = {
        digest: path for digest, path in before.items() if path in found.looked and path not in found.failed
    }
    if not done:
        return
    held = decisions.of_kind(decisions.in_force(ledger, year), DecisionKind.DISMISS)
    gone = {item.envelope for item in held}
    for item in arrivals.of_year(ledger, year):
        path = done.get(item.envelope.sha256)
        if path == item.envelope.path and item.id not in gone:
            word = Decision(DecisionKind.DISMISS, OPENED_AFTER_ALL, PROGRAM, now, envelope=item.id, file=path)
            decisions.give(ledger, year, word)
    marks.forget(ledger, year, done)


def _refusal(content: bytes) -> Finding | None:
    """Say why the guard refuses a file of which only the beginning is in hand."""
    from pipeline.intake.guard import inspection as guard  # noqa: PLC0415 - no file of an ordinary run is that large

    return guard.inspect(content).refusal
