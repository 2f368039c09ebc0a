"""What a way of sending is: letters that wait go in, what became of each comes out.

A further way of sending (a gateway, an office system) is a module with an ``Outbox`` of its own, and the line in
``run.mailing`` that chooses it by the district's settings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class SendOutcome(StrEnum):
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
    answer: SendOutcome
    words: str = ""


@dataclass(frozen=True, slots=True)
class SendReport:
    """What became of all that waited; ``failure`` is a sentence where the server could not be worked with at all."""

    attempts: tuple[Attempt, ...] = ()
    failure: str = ""

    @property
    def sent(self) -> tuple[Attempt, ...]:
        """The attempts that succeeded."""
        return self._answered(SendOutcome.SENT)

    @property
    def later(self) -> tuple[Attempt, ...]:
        """Those to be made again."""
        return self._answered(SendOutcome.LATER)

    @property
    def refused(self) -> tuple[Attempt, ...]:
        """Those that somebody must see to."""
        return self._answered(SendOutcome.REFUSED)

    def _answered(self, answer: SendOutcome) -> tuple[Attempt, ...]:
        return tuple(attempt for attempt in self.attempts if attempt.answer is answer)


class Outbox(Protocol):
    """A way of sending that is set up: its server and its credentials are known."""

    def deliver(
        self, letters: Sequence[Outgoing], *, record: Callable[[Attempt], object], pause: float = 0
    ) -> SendReport:
        """Deliver ``letters`` in order, recording each attempt before the next begins, with ``pause`` seconds between two.

        Never raises for what a server does: what could not leave waits, and the report says why.
        """
        ...
