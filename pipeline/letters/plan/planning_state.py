"""What planning looks at: where every agency stands and what has been written already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from pipeline.district.folder import District
from pipeline.letter import AnsweredFile, CountedVersion, LetterKey, LetterKind, LetterState, Occasion, Unsent
from pipeline.model import CHINA, Agency, Notice, Verdict, belongs_to
from pipeline.wording.doubts import doubt_of

_OFFICE_CLOSES = 17
"""From this hour on, what is written is read on the next day."""


@dataclass(frozen=True, slots=True)
class AgencyStanding:
    """Where one agency stands. ``counting`` is the digest of the file whose figures count, empty if none does.

    ``latest`` is its newest file that was not held: one that somebody else may have sent says nothing about the agency,
    only that the coordinator has something to decide. ``has_held``: the newest of all waits for that.
    """

    agency: Agency
    latest: AnsweredFile | None = None
    counting: str = ""
    has_held: bool = False
    explained: tuple[Notice, ...] = ()
    """What it said of warnings of the file that counts, and the coordinator has to confirm."""
    is_named: bool = False
    """Whether a file of nobody, or of another agency, that waits for the coordinator states its name."""
    sent: tuple[AnsweredFile, ...] = ()
    """Files that wait for the coordinator and that it sent itself, whatever they say, oldest first."""

    @property
    def is_missing(self) -> bool:
        """Whether nothing came that is surely the agency's."""
        return self.latest is None and not self.counting

    @property
    def is_doubtful(self) -> bool:
        """Whether a file waits for the coordinator that may be the agency's."""
        return self.has_held or self.is_named or bool(self.sent)

    @property
    def waits_alike(self) -> tuple[AnsweredFile, ...]:
        """Those of the files that it sent itself that wait for the same reason as the last."""
        return tuple(item for item in self.sent if item.doubt == self.sent[-1].doubt)

    @property
    def waits_for_the_office(self) -> bool:
        """Whether something that it sent itself waits for what the office alone can do: there is nothing to ask of it."""
        return any(not doubt_of(item.doubt).asks for item in self.sent)

    @property
    def is_returned(self) -> bool:
        """Whether its newest file waits to be mended and none counts."""
        return not self.counting and bool(self.latest) and not self.is_missing


@dataclass(frozen=True, slots=True)
class WrittenLetter:
    """A letter of an earlier run; ``said`` are the mail server's last words, ``attempts`` how often it was offered to it.

    ``is_in_doubt``: somebody deleted or edited it in the folder, so that it does not leave before a person says what is meant.
    """

    key: LetterKey
    kind: LetterKind
    agency: str | None
    to: tuple[str, ...]
    subject: str
    created_at: datetime
    state: LetterState = LetterState.SENT
    said: str = ""
    attempts: int = 0
    is_in_doubt: bool = False

    @property
    def is_refused(self) -> bool:
        """Whether the mail server will never take it."""
        return self.state is LetterState.FAILED

    @property
    def is_open(self) -> bool:
        """Whether it has not reached anybody: it waits, or was refused."""
        return self.state in (LetterState.WAITING, LetterState.FAILED)

    @property
    def is_waiting_answer(self) -> bool:
        """Whether it answers a file or mail and is still to leave."""
        return self.state is LetterState.WAITING and self.key.occasion is Occasion.ANSWER

    @property
    def is_gone(self) -> bool:
        """Whether it left, or a person handed it over."""
        return self.state.is_gone

    @property
    def day(self) -> date:
        """The day in China on which it was written."""
        return self.created_at.astimezone(CHINA).date()

    @property
    def sha256(self) -> str:
        """The digest of the file that it speaks of."""
        return self.key.file


@dataclass(frozen=True)  # without slots: reminders are counted once, when somebody asks
class CampaignState:
    """All that planning knows. ``arrivals`` are in order of arrival; ``held`` wait for the coordinator."""

    district: District
    now: datetime
    standings: tuple[AgencyStanding, ...]
    arrivals: tuple[AnsweredFile, ...] = ()
    held: tuple[AnsweredFile, ...] = ()
    written: tuple[WrittenLetter, ...] = ()
    came: Mapping[str, int] = field(default_factory=dict)
    """Files since the last digest, by what became of them, in words."""
    verdicts: Mapping[str, Collection[Verdict]] = field(default_factory=dict)
    """What became of each file, by its digest; of one that came again, also that it is a duplicate."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """How many agencies stand where, as ``run.json`` counts them."""
    departed: tuple[str, ...] = ()
    """Names of agencies whose reports were accepted once and that are on the roster no longer."""
    changes: tuple[tuple[str, str], ...] = ()
    """What differs from the workbook that was delivered last: whose it is, and in words."""
    figures: str = ""
    """The digest of the figures of every agency; empty where one is missing."""
    carrying: Collection[LetterKey] = ()
    """The keys of the letters with the district workbook that carry the figures of now."""
    released: Mapping[LetterKey, str] = field(default_factory=dict)
    """Why a correction of what was delivered may go up, by the key of the letter that carries it."""
    signed: Collection[LetterKey] = ()
    """The keys of the letters with the district workbook that a person has signed."""
    followed: tuple[str, ...] = ()
    """Whose report became another since the last digest without a new version, for a register did, in sentences."""
    to_decide: tuple[str, ...] = ()
    """What waits for a person, in sentences."""
    counted: Mapping[str, CountedVersion] = field(default_factory=dict)
    """Which version counts of the agencies, by code, of which a person has decided that or of which a letter told so."""
    strange: tuple[tuple[str, str], ...] = ()
    """What lies in the inbox and is no submission, each with what to do about it."""
    unread: str = ""
    """Since when the mailbox has not been read, and why, in a sentence; empty where it has been."""
    reminding: Collection[str] = ()
    """The codes of the agencies to which a reminder is about to leave, or waits."""
    unable: str = ""
    """Since when no letter can leave, and why, in a sentence; empty where the mail server takes them."""

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
        """Count the reminders that an agency has had: that left, or that a person handed over."""
        return self._reminders[agency.code]

    @property
    def leaves_now(self) -> bool:
        """Whether reminders that wait leave with this run, as far as is known."""
        return self.district.mail.send and not (self.unread or self.unable)

    def reminded_by_now(self, agency: Agency) -> int:
        """Count the reminders that an agency has had once the letters of this run have left."""
        return self.reminded(agency) + (self.leaves_now and agency.code in self.reminding)

    @cached_property
    def _reminders(self) -> Counter[str | None]:
        gone = (item.agency for item in self.written if item.kind is LetterKind.REMINDER and item.is_gone)
        return Counter(gone)

    def has_left(self, item: WrittenLetter) -> bool:
        """Whether a letter may have reached its reader; without a mail server nobody need tell us who handed which one over.

        Good enough to compare a version with the one before. No letter says of another that it was sent unless it is gone.
        """
        return item.is_gone or not self.district.mail.sends

    @property
    def unsent(self) -> tuple[Unsent, ...]:
        """Letters that the mail server refused."""
        return tuple(
            Unsent("、".join(item.to), item.subject, item.said) for item in self.written if item.is_refused
        )


def addresses(agency: Agency | None) -> tuple[str, ...]:
    """Return the mailboxes of an agency; a whole domain (``@…``) is no mailbox."""
    return tuple(mail for mail in (agency.emails if agency else ()) if not mail.startswith("@"))


def readers(agency: Agency | None, to: tuple[str, ...]) -> tuple[str, ...]:
    """Return whom a letter about an agency goes to that is meant for ``to``: a mailbox that is not the agency's gives way to its own.

    An agency without a mailbox has no other than those.
    """
    is_its_own = bool(to) and all(belongs_to(address, agency) for address in to)
    return to if is_its_own else addresses(agency) or to
