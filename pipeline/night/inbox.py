"""The inbox folder and the ledger go in; everything that ever came in the campaign comes out, what is new told apart.

Only what is new or changed is opened: a thousand mails of earlier nights cost a glance each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from pipeline.district.folder import District
from pipeline.intake import folder
from pipeline.ledger import Ledger, arrivals, glances, remainders
from pipeline.machine.digest import digest_of, program
from pipeline.model import Envelope, EnvironmentFailedError, Finding, Message, Severity, Verdict
from pipeline.publishing.record import Leftover

Known: TypeAlias = tuple[str, str]
"""A path in the inbox and the SHA-256 of what lies there."""


@dataclass(frozen=True, slots=True)
class Inbox:
    """Every file and mail of the campaign in order of arrival, and what holds nothing to judge.

    ``contents`` are those of the files that were opened tonight, by SHA-256; the ledger keeps the others. ``new`` had
    not come before.
    """

    envelopes: tuple[Envelope, ...]
    leftovers: tuple[Leftover, ...]
    messages: tuple[Message, ...] = ()
    contents: Mapping[str, bytes] = field(default_factory=dict)
    new: frozenset[Known] = frozenset()


def require(ledger: Ledger, district: District) -> None:
    """Raise EnvironmentFailedError if the inbox is not there: agencies must not be reminded because a drive is not connected.

    Where mail is fetched and nothing ever came, fetching makes it.
    """
    if district.inbox.is_dir() or (district.mail.fetches and not arrivals.of_year(ledger, district.year)):
        return
    raise EnvironmentFailedError(
        f"收件文件夹不在：{district.inbox}。请检查网络盘、移动盘是否连接，文件夹是否改了名；确实没有的，新建一个 inbox 文件夹。"
        "这次没有运行，也没有写信。"
    )


def look(ledger: Ledger, district: District, *, now: datetime) -> Inbox:
    """Open what is new in the inbox and record it before anything is judged."""
    authserv_id = district.mail.authserv_id
    reader = digest_of(
        (program(), authserv_id)
    )  # a new program may find more in a file, a new setting in its origin
    found = folder.fetch(
        district.inbox, authserv_id=authserv_id, known=glances.of_year(ledger, district.year, reader)
    )
    new = arrivals.keep_inbox(
        ledger,
        district.year,
        sorted(found.envelopes, key=lambda item: (item.order, item.path)),
        sorted(found.messages, key=lambda item: (item.order, item.path)),
        unopened=found.unopened,
        now=now,
    )
    remainders.keep(ledger, district.year, found.remainders, now=now)
    glances.keep(ledger, district.year, reader, found.looked, unopened=found.unopened)
    mails = arrivals.mails_of_year(ledger, district.year)
    empty = [Leftover(item.path, item.sha256, Verdict.NOT_A_SUBMISSION) for item in mails if not item.files]
    locked = [Leftover(path, "", Verdict.NOT_A_SUBMISSION) for path in found.locked]
    beside = remainders.of_year(ledger, district.year) | dict(found.troubles)
    strange = [_strange(path, variant) for path, variant in sorted(beside.items())]
    return Inbox(
        envelopes=tuple(item.envelope for item in arrivals.of_year(ledger, district.year)),
        leftovers=(*empty, *locked, *strange),
        messages=tuple(mails),
        contents={item.sha256: item.content for item in found.envelopes},
        new=frozenset((item.path, item.sha256) for item in new),
    )


def _strange(path: str, variant: str) -> Leftover:
    """Name something that is no submission, and what the coordinator is to do about it."""
    return Leftover(
        path, "", Verdict.NOT_A_SUBMISSION, findings=(Finding("F01", Severity.WARNING, None, (), variant),)
    )
