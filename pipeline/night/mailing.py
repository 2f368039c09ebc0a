"""The mailbox at the beginning of a night, the letters at its end: settings, servers and the ledger, joined.

Both give back what the servers answered, and neither stops the night: what lies in the inbox is judged and what is
written waits, whether or not a server is there.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from pipeline.district.folder import District
from pipeline.ledger import letters, mailboxes
from pipeline.ledger.store import Ledger
from pipeline.machine.environment import command
from pipeline.machine.network import credentials
from pipeline.model import ConfigError, Message
from pipeline.publishing.files import write_if_changed

if TYPE_CHECKING:
    from pipeline.delivery import Attempt, Round
    from pipeline.intake.imap import Fetched, Position

_FIRST_MONTH = 12
"""Nobody reports on a year before its December; what is older in a mailbox is none of ours."""


def collect(district: District, ledger: Ledger) -> Fetched:
    """Fetch new mail into the inbox. Raises ConfigError without credentials, OSError where the disk fails."""
    from pipeline.intake import imap  # noqa: PLC0415 - only where mail is fetched

    who = credentials("IMAP")
    mail = district.mail
    name = f"{who.user}@{mail.imap_host}:{mail.imap_port}/{mail.imap_folder}"
    known = mailboxes.position(ledger, name)

    def remember(position: Position) -> None:
        mailboxes.remember(ledger, name, position.uidvalidity, position.uid)

    return imap.fetch(
        mail,
        who,
        imap.Position(*known) if known else None,
        since=date(district.year, _FIRST_MONTH, 1),
        store=lambda path, content: write_if_changed(district.inbox / path, content),
        remember=remember,
    )


def check(district: District) -> None:
    """Raise ConfigError before anything is done, where mail is to be fetched or sent and nobody said by whom."""
    if district.mail.fetches:
        credentials("IMAP")
    if district.mail.send:
        credentials("SMTP")


def note_bounces(messages: Iterable[Message], ledger: Ledger, *, now: datetime) -> int:
    """Record which letters did not arrive, by the reports among ``messages``; return how many were news."""
    bounces = [message.bounce for message in messages if message.bounce]
    return sum(
        letters.bounced(ledger, bounce.letter, f"{bounce.recipient}：{bounce.words}", at=now)
        for bounce in bounces
    )


def dispatch(district: District, ledger: Ledger, *, now: datetime) -> Round:
    """Deliver the letters that wait; each is recorded before the next. Raises ConfigError without server or credentials."""
    from pipeline.delivery import Answer, Outgoing, Round, deliver  # noqa: PLC0415 - only where something is sent

    if not district.mail.smtp_host:
        raise ConfigError(
            "district.toml 没有写发信服务器。请在 [mail] 中写明 smtp_host；"
            f"没有发信服务器的，用自己的邮件程序发出后，运行 {command('send', district.folder)} --by-hand 记下。",
            file=district.folder,
        )
    waiting = [
        Outgoing(letter.key, letters.content(ledger, letter))
        for letter in letters.waiting(ledger, district.year)
    ]
    if not waiting:
        return Round()

    def record(attempt: Attempt) -> None:
        if attempt.answer is Answer.SENT:
            letters.sent(ledger, attempt.key, now, attempt.words)
        else:
            letters.failed(ledger, attempt.key, attempt.words, retry=attempt.answer is Answer.LATER, at=now)

    return deliver(district.mail, credentials("SMTP"), waiting, record=record)
