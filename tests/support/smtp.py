"""Answers by recipient go in; a real SMTP server (aiosmtpd) on loopback, with TLS and login, comes out."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from pipeline.mail.network import Credentials
from tests.support.ports import HOST, free_port

WHO = Credentials("zwgk", "geheim")
CUT = "cut"
"""An answer to DATA: take the mail and hang up without a word."""


@dataclass(slots=True)
class Post:
    """What the server took, and what it answers; each answer is used up once, then all is well."""

    taken: list[tuple[str, bytes]] = field(default_factory=list)
    to_recipient: dict[str, list[str]] = field(default_factory=dict)
    to_data: list[str] = field(default_factory=list)
    sessions: int = 0
    host: str = HOST
    port: int = 0
    ca_file: str = ""

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's names
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.sessions += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answers = self.to_recipient.get(address, [])
        answer = answers.pop(0) if answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.to_data.pop(0) if self.to_data else "250 OK"
        if answer.startswith("250") or answer == CUT:
            content = envelope.content
            assert isinstance(content, bytes)
            self.taken += [(address, content) for address in envelope.rcpt_tos]
        if answer == CUT:
            assert server.transport
            server.transport.close()
        return answer if answer != CUT else "250 OK"


@contextmanager
def post_office(folder: Path, *, security: str = "tls") -> Iterator[Post]:
    """Run a server that takes mail only from who logs in over TLS."""
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(HOST).configure_cert(context)
    post = Post(port=free_port(), ca_file=str(folder / "smtp-ca.pem"))
    authority.cert_pem.write_to_path(post.ca_file)
    controller = Controller(
        post,
        hostname=HOST,
        port=post.port,
        ssl_context=context if security == "tls" else None,
        tls_context=context if security == "starttls" else None,
        require_starttls=security == "starttls",
        auth_required=security
        == "starttls",  # aiosmtpd knows no TLS but STARTTLS and would warn; see handle_MAIL
        auth_require_tls=security == "starttls",
        authenticator=_login,
        decode_data=False,
    )
    controller.start()
    try:
        yield post
    finally:
        controller.stop()


def _login(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
) -> AuthResult:
    assert isinstance(data, LoginPassword)
    is_known = (data.login.decode(), data.password.decode()) == (WHO.user, WHO.password)
    return AuthResult(success=is_known, handled=is_known)
