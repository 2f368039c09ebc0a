"""The mailbox at the beginning of a run, the letters at its end: settings, servers and the ledger, joined.

Both give back what the servers answered, and neither stops the run: what lies in the inbox is judged and what is
written waits, whether or not a server is there.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.district.folder import District
from pipeline.ledger import letters, mailboxes
from pipeline.ledger.hosts import known_host, remember_host
from pipeline.ledger.store import Ledger
from pipeline.mail.network import Credentials, credentials
from pipeline.model import CHINA, ConfigError, Message, Reason, SenderProof
from pipeline.periods import bounds_of
from pipeline.publishing.files import write_if_changed
from pipeline.run.bounces import report_of

if TYPE_CHECKING:
    from pipeline.mail.imap import FetchReport, Position
    from pipeline.mail.outbox import Attempt, Outbox, SendReport


def collect(district: District, ledger: Ledger, *, now: datetime) -> FetchReport:
    """Fetch new mail into the inbox. Raises ConfigError without credentials, OSError where the disk fails.

    Nobody reports on a period before its last month; what is older in a mailbox is none of ours.
    """
    from pipeline.mail import imap  # noqa: PLC0415 - only where mail is fetched

    mail = district.mail
    who = _credentials(ledger, district, "IMAP", mail.imap_host)
    name = f"{who.user}@{mail.imap_host}:{mail.imap_port}/{mail.imap_folder}"
    known = mailboxes.position(ledger, name)

    def remember(position: Position) -> None:
        mailboxes.remember(ledger, name, position.uidvalidity, position.uid, position.owed)

    return imap.fetch(
        mail,
        who,
        imap.Position(*known, mailboxes.owed(ledger, name)) if known else None,
        today=now.astimezone(CHINA).date(),
        since=min(bounds_of(item.year)[1] for item in district.campaigns).replace(day=1),
        store=lambda path, content: write_if_changed(district.inbox / path, content),
        remember=remember,
    )


def _credentials(ledger: Ledger, district: District, kind: str, host: str) -> Credentials:
    """Return the credentials for ``host``. Raises ConfigError where they are another server's, as far as is known."""
    named = os.environ.get(f"NIANBAO_{kind}_HOST", "")
    bound = named or known_host(ledger, kind)
    if bound and bound.lower() != host.lower():
        raise ConfigError(
            f"{district.where('mail', f'{kind.lower()}_host')}写的是 {host}，环境变量中的密码却是 {bound} 的，没有登录，以免密码落到别人的服务器上。"
            f"确实换了服务器的，设置环境变量 NIANBAO_{kind}_HOST={host} 后重新运行；不是本办改的，请查明是谁改了设置。",
            file=district.settings,
        )
    who = credentials(kind)
    remember_host(ledger, kind, host)
    return who


def check(district: District) -> None:
    """Raise ConfigError before anything is done, where mail is to be fetched or sent and nobody said by whom."""
    if district.mail.fetches:
        credentials("IMAP")
    if district.mail.send:
        credentials("SMTP")


def note_bounces(messages: Iterable[Message], ledger: Ledger, year: int, *, now: datetime) -> None:
    """Record which letters did not arrive, by the reports among ``messages``; of a report that fits no letter, that it came.

    What a report says is the word of whoever wrote it, and is quoted so; one whose origin failed its check says nothing.
    One that neither names the letter by its Message-ID nor is proven to come from a server that knows is a line for the coordinator.
    """
    for message in messages:
        if message.proof is SenderProof.FAILED:
            continue
        if message.bounce or message.automatic is Reason.BOUNCE:
            letters.bounced(ledger, year, report_of(message), at=now)


def dispatch(
    district: District, ledger: Ledger, *, now: datetime, pause: float = 0, most: int | None = None
) -> SendReport:
    """Deliver the letters that may leave; each is recorded before the next. Raises ConfigError without server or credentials.

    ``most`` letters at the most, with ``pause`` seconds between two. That the server fails, or works again, is remembered.
    """
    from pipeline.mail.outbox import Outgoing, SendOutcome, SendReport  # noqa: PLC0415 - only where something is sent

    if not district.mail.sends:
        raise ConfigError(
            f"没有写发信服务器。请填写 {district.where('mail', 'smtp_host')}；"
            f"没有发信服务器的，用自己的邮件程序发出后，运行 {district.command('send')} --by-hand 记下。",
            file=district.folder,
        )
    waiting = [
        Outgoing(letter.key, letters.content(ledger, letter))
        for letter in letters.ready(ledger, district.year)[:most]
    ]
    if not waiting:
        return SendReport()

    def record(attempt: Attempt) -> None:
        if attempt.answer is SendOutcome.SENT:
            letters.sent(ledger, attempt.key, now, attempt.words)
        else:
            letters.failed(
                ledger, attempt.key, attempt.words, retry=attempt.answer is SendOutcome.LATER, at=now
            )

    done = _outbox(ledger, district).deliver(waiting, record=record, pause=pause)
    if done.sent or not done.failure:
        mailboxes.note_sending(ledger, district.year, "", at=now)
    if done.failure:
        mailboxes.note_sending(ledger, district.year, done.failure, at=now)
    return done


def _outbox(ledger: Ledger, district: District) -> Outbox:
    """Return the way by which the district sends. Raises ConfigError without credentials."""
    from pipeline.mail.smtp import SmtpOutbox  # noqa: PLC0415 - only where something is sent

    return SmtpOutbox(district.mail, _credentials(ledger, district, "SMTP", district.mail.smtp_host))
