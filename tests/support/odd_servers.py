"""Answers by command go in; an IMAP or SMTP server on loopback with TLS that gives them comes out, however odd they are."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import trustme

from tests.support.ports import HOST

Say = Callable[[bytes], None]
Answer = bytes | Callable[[Say, bytes], None]
"""What is sent, ``TAG`` in it replaced by the command's; or who sends it, given the command."""
TAG = b"{tag}"
DONE = TAG + b" OK done\r\n"
IMAP: Mapping[str, Answer] = {
    "": b"* OK hello\r\n",
    "CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n" + DONE,
    "LOGIN": DONE,
    "EXAMINE": b"* OK [UIDVALIDITY 7] x\r\n* 3 EXISTS\r\n" + DONE,
    "UID SEARCH": b"* SEARCH 1 2 3\r\n" + DONE,
    "LOGOUT": b"* BYE bye\r\n" + DONE,
}
SMTP: Mapping[str, Answer] = {
    "": b"220 hello\r\n",
    "EHLO": b"250-hello\r\n250 AUTH PLAIN\r\n",
    "AUTH": b"235 ok\r\n",
    "QUIT": b"221 bye\r\n",
}


@dataclass(slots=True)
class OddServer:
    """Where it listens, and whose certificate it shows."""

    port: int
    ca_file: str


@contextmanager
def odd_server(folder: Path, answers: Mapping[str, Answer]) -> Iterator[OddServer]:
    """Listen, and answer each command by its longest beginning in ``answers``; the greeting stands under \"\"."""
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(folder / "ca.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert(HOST).configure_cert(context)
    with socket.create_server((HOST, 0)) as listening:
        threading.Thread(target=_serve, args=(listening, context, answers), daemon=True).start()
        yield OddServer(listening.getsockname()[1], str(folder / "ca.pem"))


def _serve(listening: socket.socket, context: ssl.SSLContext, answers: Mapping[str, Answer]) -> None:
    with suppress(OSError):
        while True:
            plain, _ = listening.accept()
            threading.Thread(target=_talk, args=(plain, context, answers), daemon=True).start()


def _talk(plain: socket.socket, context: ssl.SSLContext, answers: Mapping[str, Answer]) -> None:
    with suppress(OSError, ValueError), closing(context.wrap_socket(plain, server_side=True)) as line:
        _give(line.sendall, answers[""], b"")
        for command in line.makefile("rb"):
            tag, _, rest = command.partition(b" ")
            is_imap = "EXAMINE" in answers
            said = (rest if is_imap else command).decode("latin-1").upper()
            known = max((name for name in answers if said.startswith(name)), key=len)
            _give(line.sendall, answers[known], command, tag if is_imap else b"")


def _give(say: Say, answer: Answer, command: bytes, tag: bytes = b"") -> None:
    if callable(answer):
        answer(lambda said: say(said.replace(TAG, tag)), command)
    else:
        say(answer.replace(TAG, tag))
