"""Letters that wait go in; each comes out as sent, to be tried again, or refused, with the mail server's own words.

A letter leaves byte for byte as it waits, so its Message-ID is the same however often it is tried: should the server
have taken it and the answer been lost, the recipient's mail program still knows the second for the first.
"""

from __future__ import annotations

import re
import smtplib
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from email import policy
from email.message import Message
from email.parser import BytesHeaderParser
from typing import Any

from pipeline.district.mail_settings import MailSettings
from pipeline.mail.network import Credentials, said_of, tls
from pipeline.mail.outbox import Attempt, Outgoing, SendOutcome, SendReport
from pipeline.mail.patience import TIMEOUT, PlainConnection, connected, within

_LINE_END = re.compile(rb"\r\n|\r|\n")
_PERMANENT = 500
_IN_A_ROW = 3
"""So many refusals after each other, of which none is clearly about its recipient, are not the recipients' fault."""
_OF_THE_RECIPIENT = re.compile(
    r"\b5\.1\.\d|\b5\.2\.[12]\b|mailbox( is)? full|邮箱已?满|no such (user|mailbox|recipient|account)|user (unknown|not found|doesn'?t exist)|unknown (user|recipient)"
    r"|(mailbox|account|recipient|address) (not found|unavailable|unknown|does not exist|disabled|rejected)|用户不存在|收件人不存在|邮箱不存在|无此用户",
    re.IGNORECASE,
)
_OF_THE_SENDER = re.compile(
    r"^53[0458]\b|\b5\.7\.\d|\bauth\b|authenticat|login|frequen|rate.?limit|limit exceed|exceed\w* .*limit|quota exceed|daily .*(quota|limit)|too many|too fast"
    r"|spam|blocked|blacklist|reputation|policy|频率|频繁|发信量|发送量|超过.*限|超限|限制|认证|授权|登录|垃圾邮件|黑名单",
    re.IGNORECASE,
)
_NO_RECIPIENT = "信上没有收件人的邮箱"
_WHOLE, _REQUEST, _FAREWELL = 3600.0, 300.0, 10.0
"""Seconds of waiting for all letters, for a login or a letter and for the end, besides what time the bytes take."""
_MOST_SAID = 1_000_000
"""Bytes that a server says to one letter."""
_BAD_ADDRESS = "收件人的邮箱写法不对"


@dataclass(frozen=True, slots=True)
class SmtpOutbox:
    """The mail server of ``settings``, which ``who`` may use."""

    settings: MailSettings
    who: Credentials

    def deliver(
        self, letters: Sequence[Outgoing], *, record: Callable[[Attempt], object], pause: float = 0
    ) -> SendReport:
        """Deliver as every outbox does.

        A connection that breaks costs the letter on its way one attempt, and the next goes over a new one; a server that
        cannot be reached, refuses the login, or answers what is not about the recipient, ends the round: nothing is wrong
        with the letters, and they wait.
        """
        with within(_WHOLE):
            return self._deliver(letters, record, pause)

    def _deliver(
        self, letters: Sequence[Outgoing], record: Callable[[Attempt], object], pause: float
    ) -> SendReport:
        done: list[Attempt] = []
        while len(done) < len(letters):
            try:
                with within(_REQUEST):
                    server = _connected(self.settings, self.who)
            except (smtplib.SMTPException, OSError) as error:
                why = f"发送邮件失败（{self.settings.smtp_host}）：{_why(error)}。{_REMEDY}"
                return SendReport(tuple(done), why)
            with _closing(server):
                for letter in letters[len(done) :]:
                    if done and pause:
                        time.sleep(pause)
                    attempt = _attempt(server, letter)
                    record(attempt)
                    done.append(attempt)
                    if _is_of_sender(attempt) or _is_row_of_refusals(done):
                        return _ended(self.settings, done, record)
                    if server.sock is None:  # hung up: the rest goes over a new connection
                        break
        return SendReport(tuple(done))


def _is_of_sender(attempt: Attempt) -> bool:
    """Whether what the server said is about whoever sends, not about the recipient."""
    said = any(map(_OF_THE_SENDER.search, attempt.words.split("；")))
    return attempt.answer is not SendOutcome.SENT and said and not _OF_THE_RECIPIENT.search(attempt.words)


def _is_doubtful(attempt: Attempt) -> bool:
    """Whether it was refused by a server, and nothing tells of whom that speaks."""
    is_own = attempt.words in (_NO_RECIPIENT, _BAD_ADDRESS)
    is_refused = attempt.answer is SendOutcome.REFUSED
    return is_refused and not is_own and not _OF_THE_RECIPIENT.search(attempt.words)


def _is_row_of_refusals(done: Sequence[Attempt]) -> bool:
    last = done[-_IN_A_ROW:]
    return len(last) == _IN_A_ROW and all(map(_is_doubtful, last))


def _ended(settings: MailSettings, done: list[Attempt], record: Callable[[Attempt], object]) -> SendReport:
    """End the round; refusals in a row that led to it are taken for the sender's, so that those letters wait as well."""
    words = done[-1].words
    if not _is_of_sender(done[-1]):
        for at in range(len(done) - _IN_A_ROW, len(done)):
            done[at] = replace(done[at], answer=SendOutcome.LATER)
            record(done[at])
    why = f"邮件服务器（{settings.smtp_host}）暂不受理本单位发信：{words}"
    return SendReport(
        tuple(done), f"{why}。{_REMEDY}；可用 nianbao send --pause 秒数 --most 封数 放慢，或与邮件管理员联系"
    )


_REMEDY = "没有发出的信留在 letters 文件夹，下次运行或 nianbao send 时再发"


class _PlainServer(smtplib.SMTP):
    def _get_socket(self, host: str, port: int, _timeout: float) -> PlainConnection:
        return connected(host, port)


def _connected(settings: MailSettings, who: Credentials) -> smtplib.SMTP:
    context, name = tls(settings.ca_file), _own_name()
    host, port = settings.smtp_host, settings.smtp_port
    if settings.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, name, timeout=TIMEOUT, context=context)
    else:
        server = _PlainServer(host, port, name, timeout=TIMEOUT)
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
        with suppress(smtplib.SMTPException, OSError), within(_FAREWELL):
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
        return Attempt(letter.key, recipients, SendOutcome.REFUSED, _NO_RECIPIENT)
    if not all(address.isascii() for address in recipients):
        return Attempt(letter.key, recipients, SendOutcome.REFUSED, _BAD_ADDRESS)
    content = _LINE_END.sub(b"\r\n", letter.content)
    try:
        with within(_REQUEST, len(content) + _MOST_SAID):
            missed = server.sendmail(senders[0], recipients, content)
    except (smtplib.SMTPException, OSError) as error:
        if not isinstance(error, smtplib.SMTPException):
            server.close()
        return Attempt(letter.key, recipients, *_answer(error))
    words = "；".join(f"{address} 未送达：{_words(*said)}" for address, said in missed.items())
    return Attempt(letter.key, recipients, SendOutcome.SENT, words)


def _addresses(headers: Message[Any, Any], *names: str) -> tuple[str, ...]:
    written = [item for name in names for value in headers.get_all(name, []) for item in value.addresses]
    return tuple(dict.fromkeys(item.addr_spec for item in written if item.username and item.domain))


def _answer(error: Exception) -> tuple[SendOutcome, str]:
    """Tell a refusal for good (5xx) from one for now (4xx, greylisting) and from a line that broke."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            said = list(error.recipients.values())
            is_final = all(code >= _PERMANENT for code, _ in said)
            words = "；".join(f"{address}：{_words(*why)}" for address, why in error.recipients.items())
            return _weighed(words, is_final=is_final)
        case smtplib.SMTPResponseException():
            is_final = error.smtp_code >= _PERMANENT
            return _weighed(_words(error.smtp_code, error.smtp_error), is_final=is_final)
        case _:
            return SendOutcome.LATER, said_of(error)


def _weighed(words: str, *, is_final: bool) -> tuple[SendOutcome, str]:
    """A refusal for good is one only where it is about the recipient."""
    refused = Attempt("", (), SendOutcome.REFUSED, words)
    return (SendOutcome.REFUSED if is_final and not _is_of_sender(refused) else SendOutcome.LATER), words


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
