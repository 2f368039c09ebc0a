"""How long a server is waited for, and by how much it may go on, goes in; connections that keep to it come out.

A time limit on each answer is none on a server that sends one byte every two seconds, or signs of life for ever. What is
counted is the time spent waiting, not what is done between: whoever stores a mail or pauses between letters takes his time.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

TIMEOUT = 60.0
"""Seconds that a silent server is waited for."""
SLOWEST = 32_000
"""Bytes a second that are waited for, however many they are: a quarter of what a line of 1 Mbit/s carries."""


@dataclass(slots=True)
class Patience:
    """``seconds`` of waiting, and as many more as ``SLOWEST`` gives for every byte that passed; ``most`` bytes at all."""

    seconds: float
    most: float
    outer: Patience | None = None
    waited: float = 0
    passed: int = 0

    def left(self) -> float:
        """Return the seconds that may still be waited. Raises TimeoutError if there are none, or too much has come."""
        own = self.seconds + self.passed / SLOWEST - self.waited
        if own <= 0 or self.passed > self.most:
            raise TimeoutError
        return min(own, self.outer.left() if self.outer else TIMEOUT)

    def spend(self, waited: float, passed: int) -> None:
        """Count what was waited for, and what passed."""
        self.waited += waited
        self.passed += passed
        if self.outer:
            self.outer.spend(waited, passed)


_PATIENCE: ContextVar[Patience | None] = ContextVar("patience", default=None)


@contextmanager
def within(seconds: float, most: float = float("inf")) -> Iterator[None]:
    """Give all connections so much patience for what is done here, and no more than is left outside."""
    token = _PATIENCE.set(Patience(seconds, most, _PATIENCE.get()))
    try:
        yield
    finally:
        _PATIENCE.reset(token)


class PlainConnection(socket.socket):
    """A connection before STARTTLS."""

    def recv_into(self, buffer: WriteableBuffer, nbytes: int = 0, flags: int = 0) -> int:
        """Receive as a socket does. Raises TimeoutError where patience is at its end."""
        return _patiently(self, lambda: socket.socket.recv_into(self, buffer, nbytes, flags))


class TlsConnection(ssl.SSLSocket):
    """An encrypted connection."""

    def recv_into(self, buffer: WriteableBuffer, nbytes: int | None = None, flags: int = 0) -> int:
        """Receive as a socket does. Raises TimeoutError where patience is at its end."""
        return _patiently(self, lambda: ssl.SSLSocket.recv_into(self, buffer, nbytes, flags))

    def send(self, data: ReadableBuffer, flags: int = 0) -> int:
        """Send as a socket does. Raises TimeoutError where patience is at its end."""
        return _patiently(self, lambda: ssl.SSLSocket.send(self, data, flags))


def _patiently(connection: socket.socket, act: Callable[[], int]) -> int:
    """Do what waits for the other side, and count how long that took."""
    patience = _PATIENCE.get()
    if patience is None:
        return act()
    connection.settimeout(patience.left())
    begun, passed = monotonic(), 0
    try:
        passed = act()
    finally:
        patience.spend(monotonic() - begun, passed)
    return passed


def connected(host: str, port: int) -> PlainConnection:
    """Connect to a server. Raises OSError."""
    found = socket.create_connection((host, port), TIMEOUT)
    return PlainConnection(found.family, found.type, found.proto, fileno=found.detach())
