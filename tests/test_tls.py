"""Set-ups in which a password would fall into wrong hands: in each of them it is never sent, by either protocol."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from pipeline.district.mail_settings import MailSettings
from pipeline.mail import imap
from pipeline.mail.network import Credentials
from pipeline.mail.outbox import Outgoing
from pipeline.mail.smtp import SmtpOutbox
from tests.support.mails import mail
from tests.support.ports import HOST

PASSWORD = "geheim-geheim"  # noqa: S105 - that must never be seen
WHO = Credentials("zwgk", PASSWORD)
GREETING = {"imap": b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n", "smtp": b"220 mx ESMTP\r\n"}


def _answer(protocol: str, line: bytes) -> bytes:
    """Say yes to everything, and offer no encryption."""
    if protocol == "imap":
        return b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n" + line.split(b" ")[0] + b" OK done\r\n"
    return b"250-mx\r\n250 AUTH PLAIN LOGIN\r\n" if line[:4].upper() == b"EHLO" else b"250 OK\r\n"


@dataclass
class Listener:
    """A server that takes whatever it is given; ``heard`` is all of it, decrypted where it came encrypted."""

    protocol: str
    context: ssl.SSLContext | None
    port: int = 0
    heard: bytearray = field(default_factory=bytearray)

    def serve(self, listening: socket.socket) -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            with closing(line), suppress(OSError):
                line.settimeout(5)
                self._talk(line)

    def _talk(self, line: socket.socket) -> None:
        if self.context:
            line = self.context.wrap_socket(line, server_side=True)
        with closing(line):
            line.sendall(GREETING[self.protocol])
            while got := line.recv(4096):
                self.heard += got
                for request in got.splitlines():
                    line.sendall(_answer(self.protocol, request))


def _context(kind: str, known: trustme.CA) -> ssl.SSLContext | None:
    if kind == "no TLS at all":
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    certificates = {
        "another authority": trustme.CA().issue_cert(HOST),
        "another name": known.issue_cert("mx.evil.example"),
        "expired": known.issue_cert(HOST, not_after=yesterday),
        "well": known.issue_cert(HOST),
    }
    certificates[kind].configure_cert(context)
    return context


@pytest.fixture
def listener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Listener]:
    protocol, kind = request.param
    known = trustme.CA()
    known.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    server = Listener(protocol, _context(kind, known))
    listening = socket.create_server((HOST, 0))
    server.port = listening.getsockname()[1]
    thread = threading.Thread(target=server.serve, args=(listening,))
    thread.start()
    yield server
    with suppress(OSError):
        listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join(10)


def attempt(listener: Listener, security: str, ca_file: str) -> str:
    """Fetch or send; return what is said of the failure."""
    if listener.protocol == "imap":
        chosen = MailSettings(
            imap_host=HOST, imap_port=listener.port, imap_security=security, ca_file=ca_file
        )
        day = date(2023, 12, 1)
        return imap.fetch(chosen, WHO, None, since=day, today=day, store=_never, remember=_never).failure
    chosen = MailSettings(smtp_host=HOST, smtp_port=listener.port, smtp_security=security, ca_file=ca_file)
    letter = Outgoing("1", mail((), To="jia@x.example").as_bytes())
    return SmtpOutbox(chosen, WHO).deliver([letter], record=_never).failure


def _never(*_: object) -> None:
    raise AssertionError("nothing may come of this")


BAD = [
    *((kind, "tls") for kind in ("another authority", "another name", "expired", "no TLS at all")),
    ("no TLS at all", "starttls"),
]


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # imaplib leaves a line open that it gave up
@pytest.mark.parametrize(
    ("listener", "security"),
    [((protocol, kind), security) for protocol in ("imap", "smtp") for kind, security in BAD],
    indirect=["listener"],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else value,
)
def test_no_password_is_sent_where_the_line_cannot_be_trusted(
    listener: Listener, security: str, tmp_path: Path
) -> None:
    said = attempt(listener, security, str(tmp_path / "ca.pem"))
    assert said
    assert PASSWORD.encode() not in listener.heard
    assert PASSWORD not in said


@pytest.mark.parametrize("listener", [("imap", "well"), ("smtp", "well")], indirect=True, ids="-".join)
def test_the_listener_would_hear_it(listener: Listener, tmp_path: Path) -> None:
    """Over a line that can be trusted the server is spoken to: the tests above can fail."""
    attempt(listener, "tls", str(tmp_path / "ca.pem"))
    assert b"LOGIN" in listener.heard.upper() or b"AUTH" in listener.heard.upper()
