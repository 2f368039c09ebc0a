"""A mailbox and the place up to which it was read go in; the mails after it come out, one by one, unchanged on the server.

The folder is opened read-only, so nothing is deleted, moved or marked as read. The place is a UID under a UIDVALIDITY
(RFC 3501, 2.3.1.1): where the latter has changed the numbers mean nothing any more and everything is fetched again;
mails are kept under names made of their content, so fetching one twice changes nothing. A mail that the server lists and
does not hand over, or at which it hangs up, stays owed, and is asked for again.
"""

from __future__ import annotations

import hashlib
import imaplib
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Self

from imap_tools import MailBox, MailBoxStartTls
from imap_tools.errors import (
    MailboxFolderSelectError,
    MailboxLoginError,
    MailboxStarttlsError,
    UnexpectedCommandStatusError,
)
from imap_tools.utils import check_command_status

from pipeline.district.mail_settings import MailSettings
from pipeline.intake.fetch import origin
from pipeline.intake.fetch.headers import parsed_head
from pipeline.intake.fetch.inbox_folder import MAX_MAIL
from pipeline.long_lists import first_of
from pipeline.mail.network import Credentials, said_of, tls
from pipeline.mail.patience import TIMEOUT, PlainConnection, connected, within
from pipeline.model import CHINA, NianbaoError

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

FOLDER = "邮件"
"""In the inbox: what was fetched, by day."""
_UNDATED = "日期不明"
_WHOLE, _REQUEST, _FAREWELL = 3600.0, 300.0, 10.0
"""Seconds of waiting for a whole fetch, for each request and for the end, besides what time the bytes take."""
_BESIDES = 1_000_000
"""Bytes that an answer may have besides the mail."""
_ASKED_AGAIN = timedelta(days=14)
"""So long a mail that the server does not hand over is asked for again."""
_IN_A_ROW = 20
"""So many mails that are not handed over are not the mails' fault: the rest is left for the next run."""
_MOST_NAMED = 5
_NUMBER = re.compile(r"[0-9]{1,18}")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Position:
    """Up to where a mailbox was read: the last UID that was asked for, and the UIDVALIDITY under which it means that.

    ``owed`` are the UIDs up to there that the server lists and did not hand over, each with the day of the first request.
    """

    uidvalidity: int
    uid: int
    owed: Mapping[int, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FetchReport:
    """How fetching went: mails stored; in sentences, why it ended early, if it did, and what was not handed over."""

    stored: int = 0
    failure: str = ""


def fetch(
    settings: MailSettings,
    who: Credentials,
    position: Position | None,
    *,
    since: date,
    today: date,
    store: Callable[[str, bytes], object],
    remember: Callable[[Position], object],
) -> FetchReport:
    """Fetch what arrived after ``position`` and not before ``since``, oldest first, then what was owed.

    ``store`` is given a path within the inbox and the mail, then ``remember`` the new position, so that whatever
    happens in between is made good by fetching again. A server that fails ends it with a sentence, not an exception; a
    mail that it lists and does not hand over, none of the others.
    """
    stored, in_a_row, owed, given_up, ended = 0, 0, dict[int, date](), list[int](), ""
    try:
        with within(_WHOLE), _Connection(settings, who) as connection:
            place = _place(connection.box, position)
            last, owed = place.uid, dict(place.owed)
            for uid in (*_listed(connection.box, last, since), *place.owed):
                content, first = connection.content(uid, place.uidvalidity), owed.pop(uid, today)
                if content:
                    store(path_of(content), content)
                    stored += 1
                elif content is not None and today - first < _ASKED_AGAIN:
                    owed[uid] = first
                elif content is not None:
                    given_up.append(uid)
                last = max(last, uid)
                remember(Position(place.uidvalidity, last, dict(owed)))
                in_a_row = in_a_row + 1 if content == b"" else 0
                if in_a_row == _IN_A_ROW:
                    break
    except _LineError as error:
        ended = f"收取邮件失败（{settings.imap_host}）：{_why(error.cause, settings)}。{_REMEDY}"
    return FetchReport(
        stored, "。".join(filter(None, (ended, _owing(owed, _AGAIN), _owing(given_up, _LEFT))))
    )


_REMEDY = "已经收到的照常处理，没有收到的下次运行时接着收"
_AGAIN = "下次运行时再取"
_LEFT = "已经取了两周，以后不再取"


def _owing(uids: Collection[int], what_next: str) -> str:
    """Say which mails were not handed over; empty if all were."""
    if not uids:
        return ""
    named = first_of([str(uid) for uid in sorted(uids)], _MOST_NAMED)
    return (
        f"有 {len(uids)} 封邮件服务器列出了、却没有交出内容（服务器上的编号 {named}），没有收到，{what_next}。"
        "请登录邮箱，与 inbox 里“邮件”文件夹中的对照；没有收到的，打开后另存为 .eml，放进 inbox"
    )


class _LineError(Exception):
    """The server failed, as opposed to whoever stores."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


@contextmanager
def _line() -> Iterator[None]:
    """Whatever a server does to us is its failure: what it answers is not ours to foresee. For one request, so long as that may take."""
    try:
        with within(_REQUEST, MAX_MAIL + _BESIDES):
            yield
    except NianbaoError:
        raise
    except Exception as error:
        raise _LineError(error) from error


class _PlainClient(imaplib.IMAP4):
    def _create_socket(self, _timeout: float | None) -> PlainConnection:
        return connected(self.host, self.port)


class _StartTlsMailBox(MailBoxStartTls):
    def _get_mailbox_client(self) -> imaplib.IMAP4:
        client = _PlainClient(self._host, self._port)
        check_command_status(client.starttls(self._ssl_context), MailboxStarttlsError)
        return client


@contextmanager
def _mailbox(settings: MailSettings, who: Credentials) -> Iterator[BaseMailBox]:
    kind = MailBox if settings.imap_security == "tls" else _StartTlsMailBox
    with _line():
        box = kind(settings.imap_host, settings.imap_port, timeout=TIMEOUT, ssl_context=tls(settings.ca_file))
    try:
        with _line():
            box.login(who.user, who.password, initial_folder=None)
            if (
                "ID" in box.client.capabilities
            ):  # some Chinese providers let nobody in who has not said a name
                box.client.xatom("ID", '("name" "nianbao")')
            box.folder.set(settings.imap_folder, readonly=True)
        yield box
    finally:
        try:
            with _line(), within(_FAREWELL):
                box.logout()
        except _LineError:
            with suppress(OSError):
                box.client.shutdown()  # a server that is gone says no goodbye


class _Connection:
    """A mailbox, and a new connection to it where a request for one mail ended the last.

    At a mail that a server cannot read, some answer nothing, or hang up. Twice in a row is not the mails' fault.
    """

    def __init__(self, settings: MailSettings, who: Credentials) -> None:
        self._connect = partial(_mailbox, settings, who)
        self._open = ExitStack()
        self._ended_at_a_mail = False

    def __enter__(self) -> Self:
        self.box = self._open.enter_context(self._connect())
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def content(self, uid: int, uidvalidity: int) -> bytes | None:
        """Fetch one mail as ``_content`` does; nothing as well where the server fails at this mail and at no other."""
        try:
            content = _content(self.box, uid)
        except _LineError:
            if self._ended_at_a_mail:
                raise
            self._ended_at_a_mail = True
            self._open.close()
            self.box = self._open.enter_context(self._connect())
            if _uidvalidity(self.box) != uidvalidity:
                raise
            return b""
        self._ended_at_a_mail = False
        return content


def _place(box: BaseMailBox, position: Position | None) -> Position:
    """Return ``position``, or where to begin in a mailbox that is numbered otherwise by now."""
    uidvalidity = _uidvalidity(box)
    return position if position and position.uidvalidity == uidvalidity else Position(uidvalidity, 0)


def _uidvalidity(box: BaseMailBox) -> int:
    with _line():
        _, values = box.client.response("UIDVALIDITY")
        return _number(str(values[0], "latin-1")) if values and values[0] else 0


def _listed(box: BaseMailBox, last: int, since: date) -> list[int]:
    """Return the UIDs after ``last`` in ascending order."""
    criteria = f"UID {last + 1}:* SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}"
    with _line():
        found = map(_number, box.uids(criteria, charset=None))
        return sorted(uid for uid in found if uid > last)  # "n:*" always names the last mail


def _number(text: str) -> int:
    """Read a number as servers number mailboxes and mails. Raises ValueError for any other."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return int(text)


def _content(box: BaseMailBox, uid: int) -> bytes | None:
    """Fetch one mail without marking it as read; None where it has vanished since the list was made, nothing where it is not handed over."""
    with _line():
        _, parts = box.client.uid("fetch", str(uid), f"(BODY.PEEK[]<0.{MAX_MAIL + 1}>)")
        found = next((part[1] for part in parts or () if isinstance(part, tuple)), b"")
        return found if found or box.uids(f"UID {uid}", charset=None) else None


def path_of(content: bytes) -> str:
    """Name a mail by its day and its content: the same mail has the same name however often it is fetched."""
    arrived = origin.arrived_at(parsed_head(content))
    digest = hashlib.sha256(content).hexdigest()[:16]
    if arrived is None:
        return f"{FOLDER}/{_UNDATED}/{digest}.eml"
    return f"{FOLDER}/{arrived.astimezone(CHINA):%Y-%m-%d/%H%M}_{digest}.eml"


def _why(error: Exception, settings: MailSettings) -> str:
    match error:
        case MailboxLoginError():
            return f"用户名或密码不对（{_words(error)}）"
        case MailboxFolderSelectError():
            return f"邮箱里打不开“{settings.imap_folder}”文件夹（{_words(error)}）"
        case UnexpectedCommandStatusError():
            return f"服务器不接受请求（{_words(error)}）"
        case ValueError() | OverflowError() | MemoryError() if not isinstance(error, OSError):
            return "服务器的答复不合邮件协议的规定，请与邮件服务器的管理员联系"
        case _:
            return said_of(error)


def _words(error: UnexpectedCommandStatusError) -> str:
    """Return the server's own words."""
    said = error.command_result[1]
    first = said[0] if said else b""
    return first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)
