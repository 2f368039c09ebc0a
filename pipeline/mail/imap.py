"""A mailbox and the place up to which it was read go in; the mails after it come out, one by one, unchanged on the server.

The folder is opened read-only, so nothing is deleted, moved or marked as read. The place is a UID under a UIDVALIDITY
(RFC 3501, 2.3.1.1): where the latter has changed the numbers mean nothing any more and everything is fetched again;
mails are kept under names made of their content, so fetching one twice changes nothing.
"""

from __future__ import annotations

import hashlib
import imaplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from imap_tools import MailBox, MailBoxStartTls
from imap_tools.errors import (
    ImapToolsError,
    MailboxFetchError,
    MailboxFolderSelectError,
    MailboxLoginError,
    UnexpectedCommandStatusError,
)

from pipeline.district.mail_settings import MailSettings
from pipeline.intake.fetch import origin
from pipeline.intake.fetch.headers import parsed_head
from pipeline.intake.fetch.inbox_folder import MAX_MAIL
from pipeline.mail.network import TIMEOUT, Credentials, said_of, tls
from pipeline.model import CHINA

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

FOLDER = "邮件"
"""In the inbox: what was fetched, by day."""
_UNDATED = "日期不明"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Position:
    """Up to where a mailbox was read: the last UID that was stored, and the UIDVALIDITY under which it means that."""

    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class FetchReport:
    """How fetching went: mails stored, and why it ended early, if it did."""

    stored: int = 0
    failure: str = ""


def fetch(
    settings: MailSettings,
    who: Credentials,
    position: Position | None,
    *,
    since: date,
    store: Callable[[str, bytes], object],
    remember: Callable[[Position], object],
) -> FetchReport:
    """Fetch what arrived after ``position`` and not before ``since``, oldest first.

    ``store`` is given a path within the inbox and the mail, then ``remember`` the new position, so that whatever
    happens in between is made good by fetching again. A server that fails ends it with a sentence, not an exception.
    """
    stored = 0
    try:
        with _mailbox(settings, who) as box:
            uidvalidity, uids = _listed(box, position, since)
            for uid in uids:
                content = _content(box, uid)
                if content is not None:
                    store(path_of(content), content)
                    stored += 1
                remember(Position(uidvalidity, uid))
    except _LineError as error:
        sentence = f"收取邮件失败（{settings.imap_host}）：{_why(error.cause, settings)}。{_REMEDY}"
        return FetchReport(stored, sentence)
    return FetchReport(stored)


_REMEDY = "已经收到的照常处理，没有收到的下次运行时接着收"


class _LineError(Exception):
    """The server failed, as opposed to whoever stores."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


@contextmanager
def _line() -> Iterator[None]:
    try:
        yield
    except (ImapToolsError, imaplib.IMAP4.error, OSError, EOFError) as error:
        raise _LineError(error) from error


@contextmanager
def _mailbox(settings: MailSettings, who: Credentials) -> Iterator[BaseMailBox]:
    kind = MailBox if settings.imap_security == "tls" else MailBoxStartTls
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
            box.logout()
        except (ImapToolsError, imaplib.IMAP4.error, OSError, EOFError):
            with suppress(OSError):
                box.client.shutdown()  # a server that is gone says no goodbye


def _listed(box: BaseMailBox, position: Position | None, since: date) -> tuple[int, list[int]]:
    """Return the UIDVALIDITY, and the UIDs after ``position`` in ascending order."""
    uidvalidity = _uidvalidity(box)
    last = position.uid if position and position.uidvalidity == uidvalidity else 0
    criteria = f"UID {last + 1}:* SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}"
    with _line():
        found = map(int, box.uids(criteria, charset=None))
        return uidvalidity, sorted(uid for uid in found if uid > last)  # "n:*" always names the last mail


def _uidvalidity(box: BaseMailBox) -> int:
    _, values = box.client.response("UIDVALIDITY")
    return int(values[0]) if values and values[0] else 0


def _content(box: BaseMailBox, uid: int) -> bytes | None:
    """Fetch one mail without marking it as read; None where it has vanished since the list was made."""
    with _line():
        status, parts = box.client.uid("fetch", str(uid), f"(BODY.PEEK[]<0.{MAX_MAIL + 1}>)")
        found = next((part[1] for part in parts or () if isinstance(part, tuple)), None)
        if found is None and status != "OK" and box.uids(f"UID {uid}", charset=None):
            raise MailboxFetchError((status, parts), "OK")
    return found


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
        case _:
            return said_of(error)


def _words(error: UnexpectedCommandStatusError) -> str:
    """Return the server's own words."""
    said = error.command_result[1]
    first = said[0] if said else b""
    return first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)
