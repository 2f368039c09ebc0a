"""The types of the correspondence: what came, what is to be written to whom and why, and the letter that is sent.

Planning (``letters.plan``) makes intentions, ``letters.text`` turns them into letters; both speak these types.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

from pipeline.model import Agency, Notice, Report, SenderProof, Verdict


class LetterKind(StrEnum):
    """What a letter is; the value names its text, ``<kind>.txt``."""

    ACCEPTANCE = "acceptance"
    RETURNED = "returned"
    AWAITING = "awaiting"
    COUNTED = "counted"
    DUPLICATE = "duplicate"
    HELD = "held"
    NOT_A_SUBMISSION = "not_a_submission"
    REMINDER = "reminder"
    DIGEST = "digest"
    DELIVERY = "delivery"
    TEMPLATE = "template"


KIND_WORDS: Mapping[LetterKind, str] = {
    LetterKind.ACCEPTANCE: "接收回执",
    LetterKind.RETURNED: "退回修改",
    LetterKind.AWAITING: "待核准",
    LetterKind.COUNTED: "计入变更",
    LetterKind.DUPLICATE: "重复报送",
    LetterKind.HELD: "正在核实",
    LetterKind.NOT_A_SUBMISSION: "没有表格",
    LetterKind.REMINDER: "催报",
    LetterKind.DIGEST: "每日情况",
    LetterKind.DELIVERY: "报送汇总表",
    LetterKind.TEMPLATE: "填报模板",
}
"""How people call them: in file names and lists."""


class Occasion(StrEnum):
    """What makes a letter due; the value begins its key."""

    ANSWER = "answer"
    COUNTED = "counted"
    """Another version counts than its agency was told, by a person's word."""
    REMINDER = "reminder"
    TEMPLATE = "template"
    DIGEST = "digest"
    COMPLETE = "delivery:complete"
    """The district workbook goes up since every agency is in it."""
    ASKED = "delivery:asked"
    """The district workbook goes up since a person asked for it."""


_PARTS: Mapping[Occasion, int] = {
    Occasion.ANSWER: 3,
    Occasion.COUNTED: 2,
    Occasion.REMINDER: 2,
    Occasion.TEMPLATE: 2,
    Occasion.DIGEST: 1,
    Occasion.COMPLETE: 1,
    Occasion.ASKED: 1,
}
"""Of how many parts the key of each occasion is made; the last of an answer is its kind."""


@dataclass(frozen=True, slots=True)
class LetterKey:
    """What a letter is for: planned twice under one key, it is written once.

    ``about`` says of what: of an answer the mail (or its sender) and the file (or the day), of a version that counts its agency and file, of a reminder the agency and
    the day, of a digest the day, of a delivery what is delivered. ``kind`` is what an answer says. ``number`` counts
    letters that say the same of the same again.
    """

    occasion: Occasion
    about: tuple[str, ...]
    kind: LetterKind | None = None
    number: int = 1

    def __str__(self) -> str:
        """Return the key as the ledger keeps it; ``parse`` reads it."""
        parts = (self.occasion, *self.about, *((self.kind,) if self.kind else ()))
        return ":".join(parts) + (f"~{self.number}" if self.number > 1 else "")

    @classmethod
    def parse(cls, text: str) -> LetterKey:
        """Read what ``str`` wrote. Raises ValueError for anything else."""
        occasion = next((item for item in Occasion if text.startswith(f"{item}:")), None)
        if occasion is None:
            raise ValueError(text)
        rest, mark, tail = text.removeprefix(f"{occasion}:").rpartition("~")
        is_numbered = bool(mark) and tail.isdecimal()
        whole = rest if is_numbered else f"{rest}{mark}{tail}"
        parts = whole.rsplit(":", _PARTS[occasion] - 1)
        kind = LetterKind(parts.pop()) if occasion is Occasion.ANSWER else None
        return cls(occasion, tuple(parts), kind, int(tail) if is_numbered else 1)

    @property
    def matter(self) -> LetterKey:
        """What it is about, whatever it says of that: answers of every kind to one file have one matter."""
        return replace(self, kind=None, number=1) if self.occasion is Occasion.ANSWER else self

    @property
    def file(self) -> str:
        """The digest of the file that it speaks of; empty for what speaks of none."""
        return self.about[-1] if self.occasion in (Occasion.ANSWER, Occasion.COUNTED) else ""


class LetterState(StrEnum):
    """Where a letter is. Only one that waits is still to be sent."""

    WAITING = "waiting"
    SENT = "sent"
    HANDED = "handed"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"
    """A person does not want it to be sent."""

    @property
    def is_gone(self) -> bool:
        """Whether it left, or a person handed it over."""
        return self in (LetterState.SENT, LetterState.HANDED)


LETTER_STATE_WORDS: Mapping[LetterState, str] = {
    LetterState.WAITING: "待发",
    LetterState.SENT: "已发",
    LetterState.HANDED: "已转交",
    LetterState.FAILED: "被拒收",
    LetterState.WITHDRAWN: "已撤回",
    LetterState.STOPPED: "已停发",
}


@dataclass(frozen=True, slots=True)
class AnsweredFile:
    """One file (or a mail without any) that came, and what became of it: what an answer answers.

    ``mail`` identifies the mail it came with, empty for a file put into the inbox by hand; ``sender`` is then None.
    ``notices`` name cells of the template. ``counting`` is the version whose figures count now, 0 if none does.
    """

    verdict: Verdict
    name: str
    sha256: str
    agency: Agency | None = None
    version: int = 0
    word: int = 0
    """What puts the versions of an agency in order: when each was sent last."""
    counting: int = 0
    received_at: datetime | None = None
    sender: str | None = None
    sent_by: Agency | None = None
    """Of what waits for the coordinator: the agency whose mailbox it came from."""
    mail: str = ""
    message_id: str | None = None
    subject: str = ""
    automatic: bool = False
    others: tuple[str, ...] = ()
    """Names of attachments that are no tables, or could not be read."""
    clerk: Mapping[str, str] = field(default_factory=dict)
    """Who filled it in, as it says itself: contact, phone, approver, date."""
    notices: tuple[Notice, ...] = ()
    report: Report | None = None
    excepted: tuple[str, ...] = ()
    """Why the coordinator waived what is wrong."""
    shown: int = 0
    """Of what goes back: the version whose content the attached workbook shows; 0: it is blank."""
    is_late: bool = False
    """Whether it is known to have come after its agency's deadline."""
    looks: frozenset[str] = frozenset()
    """Of what goes back: the looks that marked cells of the attached workbook have."""
    sent_back: bool = False
    """Whether the office decided that it goes back."""
    awaits_approval: bool = False
    """Whether it is returned and every error was explained: it is the office's turn."""
    since: datetime | None = None
    """When it was judged as it stands, accepted or not; None where nobody kept that."""
    is_rejudged: bool = False
    """Whether it was judged otherwise before that."""
    changed: datetime | None = None
    """When its figures, or what of it another form contradicts, became other without a new version; None where they never did."""
    comparable: bool = True
    """Whether it opened and was judged cell by cell, so that a later version can be compared with it."""
    doubt: str = ""
    """Of what is held: the mark of why (``wording.doubts``)."""
    came_first: bool = False
    """Of a duplicate: that it waited for the coordinator when the same file came again and was taken."""
    other_year: int | None = None
    """Of a duplicate: the campaign in which the same file was received, if it was another than this."""
    proof: SenderProof = SenderProof.UNCHECKED
    """How well its sender is known."""


class Rejudged(StrEnum):
    """Why a file is judged otherwise than when it was answered, where that is certain."""

    LAST_YEAR = "last_year"
    """Last year's figures were imported, and they alone are contradicted."""
    CORRECTION = "correction"
    """The agency corrected its report of the period before, and that alone is contradicted."""
    WAIVER = "waiver"
    """All that is wrong was excepted then."""


@dataclass(frozen=True, slots=True)
class AnswerPlan:
    """Says what became of ``arrival``. ``earlier`` is the version before it, or the file that a duplicate repeats.

    ``replaces`` is the version whose figures counted before, 0 if none did. ``is_missing``: nothing else has come from the
    agency that is written to. ``reverses``: on that day the same file was
    answered the other way, with a receipt or a return; ``rejudged`` says why, None where nobody knows for certain.
    ``awaited``: on that day its sender was told that the office is to approve it.
    """

    arrival: AnsweredFile
    earlier: AnsweredFile | None = None
    replaces: int = 0
    replaced: Report | None = None
    """The report that counted before, where one did."""
    is_missing: bool = False
    reverses: date | None = None
    awaited: date | None = None
    again: date | None = None
    """The day of the receipt in whose place this one is: the same version, which says something else since."""
    changes: tuple[str, ...] = ()
    """The figures that became others since such a receipt, or since the report that was replaced, in words."""
    rejudged: Rejudged | None = None
    written_at: datetime | None = None
    """When the letter about ``earlier``, or the one that is reversed, was written."""
    also: tuple[str, ...] = ()
    """Names of the other files of the mail that ended alike."""
    dismissed: tuple[int, ...] = ()
    """Numbers before this one under which the agency sent what was no submission, as the office found: nobody else has told it of them."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """Asks for a report: ``left`` workdays before ``deadline`` or ``late`` workdays after it, for the ``times``-th time.

    ``doubtful``: a file waits for the coordinator that may be the agency's. ``sent``: the names of those that it sent itself,
    all for the same ``doubt`` (a mark of ``wording.doubts``).
    """

    deadline: date
    left: int
    late: int
    times: int
    doubtful: bool = False
    sent: tuple[str, ...] = ()
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class PhoneCall:
    """An agency to be telephoned, and why."""

    agency: Agency
    why: str


@dataclass(frozen=True, slots=True)
class Plea:
    """An agency's explanation of an error, which the coordinator may accept: of which rule, what is wrong, what was written."""

    agency: Agency
    rule: str
    fault: str
    said: str


@dataclass(frozen=True, slots=True)
class Unsent:
    """A letter that the mail server refused: to whom, what it was, and what the server said."""

    to: str
    subject: str
    reason: str


@dataclass(frozen=True, slots=True)
class Lying:
    """How many letters will lie in the folder: ``by_hand`` for a person to send, ``put_off`` by the server before and offered to it again."""

    by_hand: int = 0
    put_off: int = 0


@dataclass(frozen=True, slots=True)
class Digest:
    """The coordinator's morning: whom to call, what to decide, what did not reach anybody, how far the campaign is."""

    day: date
    counts: Mapping[str, int]
    """As ``run.json`` counts."""
    left: int
    """Workdays up to the deadline; negative: workdays since."""
    calls: tuple[PhoneCall, ...] = ()
    held: tuple[AnsweredFile, ...] = ()
    pleas: tuple[Plea, ...] = ()
    unsent: tuple[Unsent, ...] = ()
    waiting: int = 0
    """Letters that are written and that a person has to send, those of this run too."""
    put_off: int = 0
    """Letters that the mail server did not take before and that leave, if it takes them now, with this one."""
    unreachable: tuple[Agency, ...] = ()
    """Agencies without a mailbox whose figures do not count yet."""
    departed: tuple[str, ...] = ()
    """Names of agencies whose accepted figures count no more, since they are on the roster no longer."""
    came: Mapping[str, int] = field(default_factory=dict)
    """Files since the last letter of this kind, by what became of them, in words."""
    to_decide: tuple[str, ...] = ()
    """What else waits for a person, in sentences."""
    strange: tuple[tuple[str, str], ...] = ()
    """What lies in the inbox and is no submission, each with what to do about it."""
    unread: str = ""
    """Since when the mailbox has not been read, and why, in a sentence."""
    unable: str = ""
    """Since when no letter can leave, and why, in a sentence."""

    @property
    def is_news(self) -> bool:
        """Whether anything happened or is asked for; agencies without a mailbox are called when that presses."""
        said = (self.calls, self.held, self.pleas, self.unsent, self.waiting, self.put_off, self.departed)
        return any((*said, self.came, self.to_decide, self.strange, self.unread, self.unable))


@dataclass(frozen=True, slots=True)
class DistrictDelivery:
    """Sends the district workbook up: ``accepted`` of ``expected`` are in it, ``open`` names the others."""

    accepted: int
    expected: int
    open: tuple[str, ...] = ()
    corrects: bool = False
    """Whether a complete workbook has been sent before."""
    changes: tuple[str, ...] = ()
    """What differs from the workbook sent before, in words."""
    whose: tuple[str, ...] = ()
    """Names of the agencies whose figures differ: what they published has to be published again."""
    why: str = ""
    """Why figures were corrected, as whoever let that go up says."""


@dataclass(frozen=True, slots=True)
class Upward:
    """What the papers that go up beside the letter are to say: whether they correct what went up before, and why.

    ``unreleased`` are the corrections, in words, that nobody has let go up yet: until then no paper carries them.
    """

    corrects: bool = False
    why: str = ""
    unreleased: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CountedVersion:
    """The version of an agency that counts where a person has had a word in that: ``name`` is its file's, ``versions`` all by digest.

    ``decided_at`` and ``why`` are of the decision by which it counts, or of when its file was put into the inbox again,
    which nobody decided (``is_put_again``); None and empty where it counts by itself, since a decision was revoked or
    overtaken. ``instead`` is the version of which the agency was told, 0 where nobody knows.
    """

    version: int
    name: str
    sha256: str
    versions: Mapping[str, int]
    decided_at: datetime | None = None
    why: str = ""
    instead: int = 0
    is_put_again: bool = False


@dataclass(frozen=True, slots=True)
class Handout:
    """Sends an agency its personal template."""

    deadline: date


Body: TypeAlias = AnswerPlan | CountedVersion | Reminder | Digest | DistrictDelivery | Handout


@dataclass(frozen=True, slots=True)
class Intention:
    """A letter that should be written. ``key`` is unique: planned twice, it is written once."""

    key: LetterKey
    kind: LetterKind
    to: tuple[str, ...]
    body: Body
    agency: Agency | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a letter carries."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter, ready to be sent: ``content`` is the whole mail (RFC 5322)."""

    key: LetterKey
    kind: LetterKind
    agency: str | None
    to: tuple[str, ...]
    subject: str
    message_id: str
    content: bytes
    created_at: datetime
