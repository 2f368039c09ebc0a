"""Letters that wait go in; each comes out as sent, to be tried again, or refused, with the mail server's own words.

A letter leaves byte for byte as it waits, so its Message-ID is the same however often it is tried: should the server
have taken it and the answer been lost, the recipient's mail program still knows the second for the first.
"""

from __future__ import annotations

import re
import smtplib
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesHeaderParser
from enum import StrEnum
from typing import Any

from pipeline.district.mail_settings import MailSettings
from pipeline.machine.network import TIMEOUT, Credentials, said_of, tls

_LINE_END = re.compile(rb"\r\n|\r|\n")
_PERMANENT = 500
_NO_RECIPIENT = "信上没有收件人的邮箱"
_BAD_ADDRESS = "收件人的邮箱写法不对"


class Answer(StrEnum):
    """What became of one attempt."""

    SENT = "sent"
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A letter that waits: its key and the bytes of its .eml."""

    key: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to deliver; ``words`` are the server's own, or why it could not be reached.

    Of a letter that was sent they name the recipients that the server did not take.
    """

    key: str
    recipients: tuple[str, ...]
    answer: Answer
    words: str = ""


@dataclass(frozen=True, slots=True)
class Round:
    """What became of all that waited; ``failure`` is a sentence where the server could not be worked with at all."""

    attempts: tuple[Attempt, ...] = ()
    failure: str = ""

    @property
    def sent(self) -> tuple[Attempt, ...]:
        """The attempts that succeeded."""
        return self._answered(Answer.SENT)

    @property
    def later(self) -> tuple[Attempt, ...]:
        """Those to be made again."""
        return self._answered(Answer.LATER)

    @property
    def refused(self) -> tuple[Attempt, ...]:
        """Those that somebody must see to."""
        return self._answered(Answer.REFUSED)

    def _answered(self, answer: Answer) -> tuple[Attempt, ...]:
        return tuple(attempt for attempt in self.attempts if attempt.answer is answer)


def deliver(
    settings: MailSettings,
    who: Credentials,
    letters: Sequence[Outgoing],
    *,
    record: Callable[[Attempt], object],
) -> Round:
    """Deliver ``letters`` in order, recording each attempt before the next begins.

    A connection that breaks costs the letter on its way one attempt, and the next goes over a new one; a server that
    cannot be reached, or refuses the login, ends the round.
    """
    done: list[Attempt] = []
    while len(done) < len(letters):
        try:
            server = _connected(settings, who)
        except (smtplib.SMTPException, OSError) as error:
            return Round(tuple(done), f"发送邮件失败（{settings.smtp_host}）：{_why(error)}。{_REMEDY}")
        with _closing(server):
            for letter in letters[len(done) :]:
                attempt = _attempt(server, letter)
                record(attempt)
                done.append(attempt)
                if server.sock is None:  # hung up: the rest goes over a new connection
                    break
    return Round(tuple(done))


_REMEDY = "没有发出的信留在 letters 文件夹，下次运行或 nianbao send 时再发"


def _connected(settings: MailSettings, who: Credentials) -> smtplib.SMTP:
    context, name = tls(settings.ca_file), _own_name()
    host, port = settings.smtp_host, settings.smtp_port
    if settings.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, name, timeout=TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(host, port, name, timeout=TIMEOUT)
    try:
        if settings.smtp_security == "starttls":
            server.starttls(context=context)
        server.login(who.user, who.password)
    except (smtplib.SMTPException, OSError):
        server.close()
        raise
    return server


@contextmanager
def _closing(server: smtplib.SMTP) -> Iterator[None]:
    try:
        yield
    finally:
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
        server.close()


def _own_name() -> str:
    """Name this machine in plain letters, without asking a name server: offices call computers what they like."""
    name = socket.gethostname()
    return name if name.isascii() else "localhost"


def _attempt(server: smtplib.SMTP, letter: Outgoing) -> Attempt:
    headers = BytesHeaderParser(policy=policy.default).parsebytes(letter.content)
    recipients = _addresses(headers, "To", "Cc")
    senders = _addresses(headers, "From")
    if not recipients or not senders:
        return Attempt(letter.key, recipients, Answer.REFUSED, _NO_RECIPIENT)
    if not all(address.isascii() for address in recipients):
        return Attempt(letter.key, recipients, Answer.REFUSED, _BAD_ADDRESS)
    content = _LINE_END.sub(b"\r\n", letter.content)
    try:
        missed = server.sendmail(senders[0], recipients, content)
    except (smtplib.SMTPException, OSError) as error:
        if not isinstance(error, smtplib.SMTPException):
            server.close()
        return Attempt(letter.key, recipients, *_answer(error))
    words = "；".join(f"{address} 未送达：{_words(*said)}" for address, said in missed.items())
    return Attempt(letter.key, recipients, Answer.SENT, words)


def _addresses(headers: Message[Any, Any], *names: str) -> tuple[str, ...]:
    written = [item for name in names for value in headers.get_all(name, []) for item in value.addresses]
    return tuple(dict.fromkeys(item.addr_spec for item in written if item.username and item.domain))


def _answer(error: Exception) -> tuple[Answer, str]:
    """Tell a refusal for good (5xx) from one for now (4xx, greylisting) and from a line that broke."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            said = list(error.recipients.values())
            is_final = all(code >= _PERMANENT for code, _ in said)
            words = "；".join(f"{address}：{_words(*why)}" for address, why in error.recipients.items())
            return (Answer.REFUSED if is_final else Answer.LATER), words
        case smtplib.SMTPResponseException():
            is_final = error.smtp_code >= _PERMANENT
            return (Answer.REFUSED if is_final else Answer.LATER), _words(error.smtp_code, error.smtp_error)
        case _:
            return Answer.LATER, said_of(error)


def _why(error: Exception) -> str:
    match error:
        case smtplib.SMTPAuthenticationError():
            return f"用户名或密码不对（{_words(error.smtp_code, error.smtp_error)}）"
        case smtplib.SMTPNotSupportedError():
            return "服务器不支持所选的加密方式或登录，请检查端口和加密方式（tls 或 starttls）"
        case smtplib.SMTPResponseException():
            return f"服务器不接受连接（{_words(error.smtp_code, error.smtp_error)}）"
        case _:
            return said_of(error)


def _words(code: int, said: bytes | str) -> str:
    """Return the server's own words, whatever it is written in."""
    if isinstance(said, str):
        return f"{code} {said}"
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return f"{code} {' '.join(said.decode(encoding).split())}"
    return str(code)
