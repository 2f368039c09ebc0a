"""What planning looks at: where every agency stands and what has been written already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from pipeline.district.folder import District
from pipeline.model import CHINA, Agency, Verdict
from pipeline.post import Arrival, LetterKind, Unsent

_OFFICE_CLOSES = 17
"""From this hour on, what is written is read on the next day."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one agency stands. ``counting`` is the digest of the file whose figures count, empty if none does.

    ``latest`` is its newest file that was not held: one that somebody else may have sent says nothing about the agency,
    only that the coordinator has something to decide (``has_held``).
    """

    agency: Agency
    latest: Arrival | None = None
    counting: str = ""
    has_held: bool = False

    @property
    def is_missing(self) -> bool:
        """Whether nothing came that is surely the agency's."""
        return self.latest is None and not self.counting

    @property
    def is_returned(self) -> bool:
        """Whether its newest file waits to be mended and none counts."""
        return not self.counting and bool(self.latest) and not self.is_missing


@dataclass(frozen=True, slots=True)
class Written:
    """A letter of an earlier run. ``refused`` is what the mail server said if it will never take it."""

    key: str
    kind: LetterKind
    agency: str | None
    to: tuple[str, ...]
    subject: str
    created_at: datetime
    refused: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """All that planning knows. ``arrivals`` are in order of arrival; ``held`` wait for the coordinator."""

    district: District
    now: datetime
    standings: tuple[Standing, ...]
    arrivals: tuple[Arrival, ...] = ()
    held: tuple[Arrival, ...] = ()
    written: tuple[Written, ...] = ()
    came: Mapping[Verdict, int] = field(default_factory=dict)
    """Files since the last digest, by verdict."""

    @property
    def today(self) -> date:
        """The day in China."""
        return self.now.astimezone(CHINA).date()

    @property
    def reading_day(self) -> date:
        """The day on which the office will read what is written now."""
        there = self.now.astimezone(CHINA)
        return self.today + timedelta(days=there.hour >= _OFFICE_CLOSES)

    def reminded(self, agency: Agency) -> int:
        """Count the reminders that an agency has had."""
        return sum(item.kind is LetterKind.REMINDER and item.agency == agency.code for item in self.written)

    @property
    def unsent(self) -> tuple[Unsent, ...]:
        """Letters that the mail server refused."""
        return tuple(
            Unsent("、".join(item.to), item.subject, item.refused) for item in self.written if item.refused
        )


def addresses(agency: Agency | None) -> tuple[str, ...]:
    """Return the mailboxes of an agency; a whole domain (``@…``) is no mailbox."""
    return tuple(mail for mail in (agency.emails if agency else ()) if not mail.startswith("@"))


def belongs_to(sender: str | None, agency: Agency | None) -> bool:
    """Whether an address is one of the agency's, or of its domain."""
    own = {mail.casefold() for mail in agency.emails} if agency else set()
    address = (sender or "").casefold()
    return bool(address) and (address in own or "@" + address.rpartition("@")[2] in own)


def newest(items: Iterable[Written], kind: LetterKind) -> Written | None:
    """Return the newest letter of a kind."""
    return max((item for item in items if item.kind is kind), key=lambda item: item.created_at, default=None)
