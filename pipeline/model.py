"""Every type that crosses a stage; standard library only.

Data flows one way through these types::

    Envelope -> Reading -> Assessment (with a Report, if it is complete) -> DistrictSummary

Findings are values; an exception is a bug or a broken environment:

    NianbaoError
    ├── ConfigError        a district, a form or a command line is wrong      (exit code 2)
    ├── BusyError          another run holds the lock                         (exit code 3)
    └── EnvironmentFailedError   disk or network failed, running again is safe      (exit code 4)
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

CHINA = timezone(timedelta(hours=8))
"""The one civil time of China; times are shown in it whatever the machine's own zone."""
_EARLIEST, _LATEST = 1990, 2100
"""Years within which every conversion of a moment works: to another time zone, to seconds, to a day before or after."""

Item = TypeVar("Item")
Number: TypeAlias = int | Decimal
"""A figure of a report: whole numbers as ``int``, money (万元) as ``Decimal``."""

Fact: TypeAlias = str | int | Decimal
"""A named value inside a finding."""

Value: TypeAlias = str | float | int | bool | datetime | None
"""What a spreadsheet cell holds once read; dates and times arrive as ``datetime``."""


def plausible(moment: datetime | None) -> datetime | None:
    """Return a moment that somebody claims, None where no mail or file of a campaign can be of then."""
    return moment if moment and _EARLIEST <= moment.year < _LATEST else None


def by_cause(items: Iterable[Item], cause: Callable[[Item], str]) -> list[list[Item]]:
    """Put together what has one cause, in order of appearance; what has none stands alone."""
    groups: dict[object, list[Item]] = {}
    for item in items:
        groups.setdefault(cause(item) or id(item), []).append(item)
    return list(groups.values())


class NianbaoError(Exception):
    """The root of what nianbao raises on purpose; its text is Chinese and names the next step."""


class ConfigError(NianbaoError):
    """A configuration or a command line that cannot be used."""

    def __init__(self, problem: str, *, file: Path | str | None = None, line: int | None = None) -> None:
        where = "" if file is None else f"{file} 第 {line} 行：" if line else f"{file}："
        self.line = line
        self.others: tuple[ConfigError, ...] = ()
        """What else is wrong, where it was looked for together."""
        super().__init__(where + problem)


class BusyError(NianbaoError):
    """Another run holds the lock."""


class EnvironmentFailedError(NianbaoError):
    """The disk, the network or another program failed; it is safe to run again."""


class Severity(StrEnum):
    """How much a finding weighs; the order is from light to heavy."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"

    @property
    def weight(self) -> int:
        """Rank for sorting, heavier is larger."""
        return list(Severity).index(self)


class Verdict(StrEnum):
    """What becomes of one file that arrived."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_REMARKS = "accepted_with_remarks"
    RETURNED = "returned"
    HELD = "held"
    DUPLICATE = "duplicate"
    NOT_A_SUBMISSION = "not_a_submission"

    @property
    def is_acceptance(self) -> bool:
        """Whether the figures count."""
        return self in (Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_REMARKS)


class Reason(StrEnum):
    """Why a mail got its verdict: many codes explain, the six verdicts drive."""

    COMPLETE = "complete"
    REMARKS = "remarks"
    FAULTS = "faults"
    SAME_FILES = "same_files"
    OVERTAKEN = "overtaken"
    DISMISSED = "dismissed"
    UNKNOWN_SENDER = "unknown_sender"
    FOREIGN_SENDER = "foreign_sender"
    TWO_CLAIMS = "two_claims"
    SEVERAL_TABLES = "several_tables"
    FAILED_CHECK = "failed_check"
    UNVERIFIED_SENDER = "unverified_sender"
    SECOND_SENDER = "second_sender"
    NO_SENDER = "no_sender"
    UNCLEAR_AGENCY = "unclear_agency"
    NO_ATTACHMENT = "no_attachment"
    OTHER_ATTACHMENTS = "other_attachments"
    AUTO_REPLY = "auto_reply"
    MAILING_LIST = "mailing_list"
    BOUNCE = "bounce"
    OWN_LETTER = "own_letter"


class SenderProof(StrEnum):
    """How well the sender of a mail is known: by whose word, if anybody's, the address in From is true."""

    UNCHECKED = "unchecked"
    """Nobody was asked: no server is named in the settings, or it is no mail."""
    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    """The own server says neither that it is true nor that it is false."""
    FAILED = "failed"


@lru_cache(maxsize=1024)  # the same few columns everywhere
def column_letters(column: int) -> str:
    """Spell a zero-based column number as A, B … Z, AA and so on."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@lru_cache(maxsize=1024)
def column_number(letters: str) -> int:
    """Read A, B … Z, AA and so on, in either case, as a zero-based column number."""
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return column - 1


def a1(row: int, column: int) -> str:
    """Spell zero-based (row, column) as an A1 address."""
    return f"{column_letters(column)}{row + 1}"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A cell (or, with an empty ``cell``, a whole sheet) of the submitted workbook."""

    sheet: str
    cell: str = ""

    def __str__(self) -> str:
        return f"{self.sheet} {self.cell}".rstrip()


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell as it is and as it might be meant; ``after`` None leaves a total to its formula."""

    key: str
    place: Place | None
    before: Number | None
    after: Number | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A way to mend failed balances: ``settles`` of them hold after ``changes``, and no other breaks.

    ``kind`` says what the slip looks like and chooses the sentence in ``wording.hints``; empty: nothing but the sums tells.
    ``is_guess``: other cells, which are not told, might be the wrong one as well; it is a question, not an order.
    """

    kind: str
    changes: tuple[CellChange, ...]
    settles: int
    is_guess: bool = False


SET_ASIDE = frozenset({"time", "memory", "crash", "bug", "stopped", "budget"})
"""Variants of a finding on files that were set aside at the barrier: a person must look, and nobody is blamed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend, to explain or to know.

    ``code`` is a rule id of the form or of the catalogue in ``wording``; ``variant`` chooses
    among the sentences of one code; ``facts`` are the named values of the sentence.
    ``keys`` lists every cell the finding speaks of, the first being the one at ``place``.
    Findings of one ``cause`` are one problem to whoever mends them; ``suggestions`` are its likely remedies, best first.
    """

    code: str
    severity: Severity
    place: Place | None = None
    keys: tuple[str, ...] = ()
    variant: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    explanation: str = ""
    """What the clerk wrote beside the check; empty where nothing was written."""
    cause: str = ""
    suggestions: tuple[Suggestion, ...] = ()
    waived: str = ""
    """Why the coordinator accepted it; empty where it was not waived."""
    refused: str = ""
    """Why the coordinator did not agree to what the clerk wrote beside it; empty where nobody said so."""
    on_trial: bool = False
    """Whether its rule is on trial: told to the coordinator only."""

    @classmethod
    def found(
        cls,
        code: str,
        place: Place | None = None,
        keys: tuple[str, ...] = (),
        variant: str = "",
        facts: Mapping[str, Fact] | None = None,
    ) -> Finding:
        """Make a finding as reading comes upon it: it weighs as an error until the form has weighed it (``forms.weighed``)."""
        return cls(code, Severity.ERROR, place, keys, variant, facts or {})

    @property
    def key(self) -> str | None:
        """The cell at ``place``, if it is one of the form's."""
        return self.keys[0] if self.keys else None

    @property
    def is_barrier(self) -> bool:
        """Whether it says that the file was not read to its end, through no fault that anybody can name."""
        return self.code == "F01" and self.variant in SET_ASIDE

    @property
    def is_unread(self) -> bool:
        """Whether it says that there is no report in the file to judge."""
        return self.code == "F01" and self.severity is Severity.ERROR

    @property
    def is_open(self) -> bool:
        """Whether it says that what was contradicted once came back unchanged: neither the clerk nor the sums resolve it, a person must."""
        return self.code == "F05" and self.variant in ("open_total", "open_check") and not self.is_answered

    @property
    def is_sent_back(self) -> bool:
        """Whether it is a person's decision to send the file back."""
        return (self.code, self.variant) == SENT_BACK

    @property
    def is_answered(self) -> bool:
        """Whether nobody need ask any more: a warning that was explained, or anything that was waived."""
        return bool(self.waived or (self.severity is Severity.WARNING and self.explanation))


class DecisionKind(StrEnum):
    """What a person can decide; the value is the word of the command line."""

    RETURN = "return"
    COUNT = "count"
    ACCEPT = "accept"
    WAIVE = "waive"
    REFUSE = "refuse"
    EXTEND = "extend"
    DISMISS = "dismiss"
    RELEASE = "release"


ABOUT_RULES = (DecisionKind.WAIVE, DecisionKind.REFUSE)
"""Decisions about what a rule finds at an agency."""


PROGRAM = "nianbao"
OPENED_AFTER_ALL = "再次运行时已经打开，其中的内容另行处理"
"""Why the program itself puts a mail or an archive aside that could not be opened at first."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided: why, who, when; what it is about stands in the fields that its kind uses.

    return, count: ``version`` of ``agency``, of what had come ``after`` nothing later than that arrival; accept, dismiss:
    the arrival ``envelope``, at ``file`` (accept: as a report of ``agency``); waive: ``agency`` from ``rule`` up to and
    including ``until``; refuse: what ``agency`` explained of ``rule``; both of what had been ``seen`` of it, where that is told; extend: ``agency`` has until ``until``; release: what corrects the delivered figures may go up, by
    ``letter``, its key: other figures are another letter, and wait for a word of their own.
    """

    kind: DecisionKind
    reason: str
    person: str
    given_at: datetime
    agency: str = ""
    rule: str = ""
    version: int = 0
    envelope: int = 0
    file: str = ""
    until: date | None = None
    after: int = 0
    letter: str = ""
    seen: str = ""
    """The sign of what a rule had found when the person saw it (``judging.rules.weighing``); empty: whatever it finds."""
    number: int = field(default=0, compare=False)
    """Its number in the ledger; 0 while it is not kept."""

    @property
    def is_by_program(self) -> bool:
        """Whether no person gave it: the program put a file aside itself, of which what is in it counts."""
        return (self.person, self.reason) == (PROGRAM, OPENED_AFTER_ALL)

    @classmethod
    def waive(
        cls, agency: str, rule: str, reason: str, person: str, given_at: datetime, until: date | None = None
    ) -> Decision:
        """Except one agency from one rule."""
        return cls(DecisionKind.WAIVE, reason, person, given_at, agency, rule, until=until)


@dataclass(frozen=True, slots=True)
class Notice:
    """A finding in words, as people and other programs get it.

    ``message`` is the whole sentence: where, what is wrong, what to do. ``fault`` is its middle part and ``hint``
    its last, for lists that have a column for each. All up to ``hint`` are the contract of ``run.json``.
    """

    code: str
    severity: str
    sheet: str | None
    cell: str | None
    key: str | None
    actual: str | None
    expected: str | None
    message: str
    hint: str | None
    fault: str = ""
    cause: str = ""
    """Notices of one cause are one problem; empty: nothing else follows from it."""
    answered: bool = False
    """Whether it was waived, or explained where an explanation is enough: ``hint`` says how, nothing is left to do."""
    change: tuple[str, ...] = ()
    """In the workbook that goes back: keys of the cells to be changed, where it is known which."""
    look: tuple[str, ...] = ()
    """In the workbook that goes back: keys of the cells to be looked at."""
    pleaded: str = ""
    """What the clerk wrote of an error that the coordinator may except, or of a warning that the coordinator confirms: the office is to decide, not the clerk."""
    in_doubt: bool = False
    """Whether it keeps the report from being published until somebody has said that it is right."""
    is_mended: bool = False
    """In the workbook that goes back: whether carrying over has mended it, so that it is only to be confirmed."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One file as it came. ``path`` is relative to the inbox; ``received_at`` is None where only a clock of this machine would know."""

    content: bytes
    sha256: str
    name: str
    path: str
    source: str
    sender: str | None = None
    message_id: str | None = None
    received_at: datetime | None = None
    order: float = 0.0
    """Seconds since the epoch that put versions in order where ``received_at`` is unknown; never shown."""
    made: float = 0.0
    """When it was last changed, as the archive says that it lay in; 0 where none does."""
    failed_checks: tuple[str, ...] = ()
    """Of a mail: the checks of its origin (spf, dkim, dmarc) that the district's own server saw fail."""
    proof: SenderProof = SenderProof.UNCHECKED


FileStat: TypeAlias = tuple[int, int, int]
"""What a folder tells of a file that is not opened: its size, and when it and its entry last changed, in nanoseconds."""

LOOP_HEADER = "X-Nianbao"
"""Stands on every letter nianbao sends, so that one that comes back is known and never answered."""


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a mail server says of a letter that did not arrive: the letter's Message-ID, at whom, and why.

    ``subject`` is the letter's, where the report quotes it: many reports quote nothing else.
    """

    letter: str
    recipient: str
    words: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A mail as it came; ``path`` is relative to the inbox, ``files`` are the paths of the envelopes taken from it.

    ``others`` are names of attachments that hold nothing to judge. ``automatic`` says that a machine wrote it, which
    must never be answered; ``failed_checks`` and ``proof`` as in ``Envelope``.
    """

    path: str
    sha256: str
    sender: str | None
    message_id: str | None
    subject: str
    received_at: datetime | None
    order: float
    files: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    automatic: Reason | None = None
    failed_checks: tuple[str, ...] = ()
    bounce: Bounce | None = None
    proof: SenderProof = SenderProof.UNCHECKED
    words: str = ""
    """The first words of one that brings no table."""
    sealed: tuple[str, ...] = ()
    """What of one that brings no table could not be looked into."""


@dataclass(frozen=True, slots=True)
class MessageOutcome:
    """What became of a mail: exactly one verdict, and why."""

    message: Message
    verdict: Verdict
    reason: Reason


@dataclass(frozen=True, slots=True)
class Claims:
    """What a file says of itself: the template's hidden stamp and the entries the clerk typed."""

    stamp: Mapping[str, str] = field(default_factory=dict)
    agency: str = ""
    code: str = ""
    year: int | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    """The entries that say so, by role."""
    period: str = "year"
    """Of what its form speaks: a year, a half-year, a quarter or a month; ``year`` is one of these."""
    is_summed: bool = False
    """Whether it is a table of sums, of which nothing but figures is asked."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What stands in a register: the values of each row by column, spelled as ``forms.values`` does; what is no value as it was written.

    ``cells`` are those values; ``columns`` says where each of the form's columns stands on ``sheet`` (-1: nowhere), ``lines`` where each row does.
    """

    sheet: str = ""
    columns: tuple[int, ...] = ()
    lines: tuple[int, ...] = ()
    cells: tuple[tuple[str, ...], ...] = ()

    def place(self, column: int, row: int) -> Place:
        """Return where a value was found; the line alone where its column was not."""
        at = max(0, self.columns[column])
        return Place(self.sheet, a1(self.lines[row], at))


_OWN_PLACES: Mapping[str, Place] = {"": Place("")}
"""Stands for the form's own places; no form has a key without a name."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A file taken apart: every cell typed, placed and, where it could not be, explained.

    ``numbers`` holds every number key of the form in the form's order; None is blank or unreadable,
    the latter standing in ``unreadable`` with what the cell shows. Totals the file does not state are
    computed from their parts and named in ``computed``: they are no claims of the sender. ``places`` says where
    each key was really found, which is the template's own address unless rows or sheets were moved.
    ``explanations`` is keyed by the id of a check.
    """

    form: str | None
    claims: Claims = field(default_factory=Claims)
    numbers: Mapping[str, Number | None] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    entries: Mapping[str, str] = field(default_factory=dict)
    explanations: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    unreadable: Mapping[str, str] = field(default_factory=dict)
    nil_tables: frozenset[str] = frozenset()
    computed: frozenset[str] = frozenset()
    salvaged: Mapping[str, Number] = field(default_factory=dict)
    """Of a file on an earlier form: the figures that go over to this one. Nothing is judged by them."""
    findings: tuple[Finding, ...] = ()
    registers: Mapping[str, Rows] = field(default_factory=dict)
    """The rows of each register that was found, by its key."""
    from_registers: frozenset[str] = frozenset()
    """The tables that are to be computed from what the agency reports on another form."""

    @property
    def figures(self) -> tuple[object, ...]:
        """Its numbers and the rows of its registers, to be compared with those of another."""
        return dict(self.numbers), [rows.cells for rows in self.registers.values()]

    @property
    def content(self) -> tuple[object, ...]:
        """All that it says, figure by figure and word by word, to be compared with another."""
        return *self.figures, dict(self.texts)

    def without_places(self, own: Mapping[str, Place]) -> Reading:
        """Leave the places out where they are the form's ``own``, as in most files; nobody need write them out each time."""
        return replace(self, places=_OWN_PLACES) if self.places == own else self

    def with_places(self, own: Mapping[str, Place]) -> Reading:
        """Put back what ``without_places`` left out."""
        return replace(self, places=own) if self.places == _OWN_PLACES else self

    @property
    def is_placed(self) -> bool:
        """Whether there is anything that a verdict can be about: tables or registers of the form in force, or what these come to."""
        return bool(self.numbers or self.registers or self.claims.is_summed)

    @property
    def opened(self) -> bool:
        """Whether there is anything to judge: the file opened and holds the form."""
        return self.form is not None


@dataclass(frozen=True, slots=True)
class Agency:
    """A body on the roster. ``level`` is resolved: never empty."""

    code: str
    name: str
    kind: str
    level: str
    aliases: tuple[str, ...] = ()
    contact: str = ""
    phone: str = ""
    emails: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    merged_into: str = ""
    """The code of the body it is part of now; empty where it is one of its own."""
    merged_on: date | None = None
    split_from: str = ""
    """The code of the body it was part of."""
    split_on: date | None = None
    line: int = field(default=0, repr=False, compare=False)
    """Where it stands in the roster, for complaints."""

    @property
    def names(self) -> tuple[str, ...]:
        """Everything it is or was called."""
        return (self.name, *self.aliases, *self.former_names)


def belongs_to(address: str | None, agency: Agency | None, also: Collection[str] = ()) -> bool:
    """Whether a mail address is one of an agency's or of ``also``, or of a domain among these."""
    said = (address or "").casefold()
    wanted = said, f"@{said.rpartition('@')[2]}"
    own = (*(agency.emails if agency else ()), *also)
    return bool(said) and any(mail.casefold() in wanted for mail in own)


@dataclass(frozen=True, slots=True)
class PastReport:
    """An agency's figures and texts of an earlier year, accepted then or imported; None and absent are unknown.

    ``source`` says in Chinese where they come from.
    """

    agency: str
    """The agency's code."""
    year: int
    numbers: Mapping[str, Number | None]
    texts: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    came: date | None = None
    """The day on which the report came that counted in a campaign here; None where none did."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A reading with its envelope's facts, its owner and its reporting year: what judging receives."""

    file: str
    name: str
    sha256: str
    source: str
    received_at: datetime | None
    order: float
    reading: Reading
    agency: Agency | None = None
    level: str = ""
    year: int | None = None
    asked: int | None = None
    """The year reports are asked for; None where a file is judged by what it states."""
    first_at: datetime | None = None
    """When the agency's first file came; None where this is the first, or nobody knows."""
    held: bool = False
    accepted: str = ""
    """Why a person accepts it although it would be held; empty where nobody does."""
    received_guessed: bool = False
    """Whether ``received_at`` is only when it was first seen here."""
    surely_after: date | None = None
    """Of a guessed time: the day on which the inbox was looked into last before, and it was not there."""
    past_key: str = ""
    """Which of the past reports is its own year before; empty: its agency's."""

    @property
    def kind(self) -> str:
        """The kind of its agency, empty where it is not known."""
        return self.agency.kind if self.agency else ""


@dataclass(frozen=True, slots=True)
class Report:
    """A reading that is complete and trusted: ``numbers`` in the form's order, nothing missing."""

    form: str
    agency: str
    code: str
    year: int
    numbers: tuple[Number, ...]
    texts: Mapping[str, str]
    entries: Mapping[str, str]
    registers: Mapping[str, Rows] = field(default_factory=dict)


ArrivalKey: TypeAlias = tuple[str, str]
"""By what one arrival is known within a campaign: where it lies and its digest."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """A submission judged."""

    submission: Submission
    findings: tuple[Finding, ...]
    verdict: Verdict
    report: Report | None
    version: int = 0
    """1 for the first file of an agency, 2 for the next …; 0 where the agency is unknown."""
    word: int = 0
    """The number of the arrival by which it was sent last; see ``versions``."""

    @property
    def key(self) -> ArrivalKey:
        """By what it is known: the file and its digest. A path may have been taken anew, the same content lie twice."""
        return self.submission.file, self.submission.sha256

    @property
    def is_sent_back(self) -> bool:
        """Whether a person sent it back, although it was accepted."""
        return was_sent_back(self.findings)


def was_sent_back(findings: Iterable[Finding]) -> bool:
    """Whether a person's decision to send the file back is among ``findings``."""
    return any(item.is_sent_back for item in findings)


SENT_BACK = ("F09", "sent_back")
"""Code and variant of the finding that a person's decision makes."""
LAST_FIGURES = ("F09", "last_figures")
"""Code and variant of the finding that a file has last period's figures."""
NIL_LABEL, NIL_CELL = "nil_label", "nil_cell"
"""Facts of a failed sum in a table that is said to be nil: what that is called, and where it is said."""


@dataclass(frozen=True, slots=True)
class RunCounts:
    """How an earlier run found the agencies: ``counts`` as ``run.json`` names them."""

    at: datetime
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class OtherCampaign:
    """Another form that the district collects at the same time: what it is called, until when, where its page is, where it stands.

    ``counts`` is empty where only the way to the page is shown, such as back to that of the first form.
    """

    title: str
    deadline: date
    path: str
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadBack:
    """The figures that were read in a written report, in the form's order, and the SHA-256 of the document they stand in."""

    sha256: str
    figures: tuple[Number | None, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """A file that a run wrote: the digest of what it was made of, its size in bytes, and what was read in it, if anything was.

    ``digest`` is that of its bytes and ``former`` the one before, until the file is known to be in place; ``modified`` when
    it was written (nanoseconds), so that one that nobody touched need not be opened. ``beside``: the path that it has
    where its own could not be replaced.
    """

    basis: str
    size: int
    read: ReadBack | None = None
    digest: str = ""
    former: str = ""
    modified: int = 0
    beside: str = ""


@dataclass(frozen=True, slots=True)
class AgencyState:
    """Where one agency stands: ``counting`` is the version whose figures count, ``latest`` the last that came."""

    agency: Agency
    versions: tuple[Assessment, ...]
    counting: Assessment | None
    latest: Assessment | None
    held: tuple[Assessment, ...] = ()
    """The versions that wait for a person."""

    @property
    def verdict(self) -> Verdict | None:
        """The verdict that describes the agency: of the counting version, else of the latest; None if nothing came."""
        shown = self.counting or self.latest
        return shown.verdict if shown else None


@dataclass(frozen=True, slots=True)
class DistrictSummary:
    """The district's year: states in roster order, sums in the form's order, and what belongs to nobody."""

    district: str
    year: int
    form: str
    states: tuple[AgencyState, ...]
    unclaimed: tuple[Assessment, ...]
    totals: tuple[Number, ...]
    merged: tuple[AgencyState, ...] = ()
    """What bodies had reported that are part of others by now; it is in no sum."""

    @property
    def nobodys(self) -> tuple[Assessment, ...]:
        """The unclaimed files of which nobody knows whose they are."""
        return tuple(item for item in self.unclaimed if not _is_merged(item))

    @property
    def of_merged(self) -> tuple[Assessment, ...]:
        """The unclaimed files of bodies that are part of others by now: whose they are is known."""
        return tuple(item for item in self.unclaimed if _is_merged(item))

    @property
    def reports(self) -> tuple[Report, ...]:
        """The reports that count, in roster order."""
        return tuple(
            state.counting.report for state in self.states if state.counting and state.counting.report
        )

    def count(self, *verdicts: Verdict) -> int:
        """Count agencies whose verdict is one of ``verdicts``."""
        return sum(state.verdict in verdicts for state in self.states)

    @property
    def held_files(self) -> tuple[Assessment, ...]:
        """The files that wait for a person: of agencies in roster order, then of nobody."""
        return (*(item for state in self.states for item in state.held), *self.unclaimed)

    @property
    def missing(self) -> tuple[Agency, ...]:
        """Agencies from which nothing came, in roster order."""
        return tuple(state.agency for state in self.states if not state.versions)


def _is_merged(item: Assessment) -> bool:
    agency = item.submission.agency
    return agency is not None and bool(agency.merged_into)


@dataclass(frozen=True, slots=True)
class Compared:
    """A published file against what was accepted: whose report of which year it is, and what differs; or why it was not compared.

    ``agencies`` is how many reports the district's sums are made of, 0 for an agency's own. Without ``owner`` and ``refusal`` it
    is a page that is no report. ``missing`` are links to files that are not there, ``outward`` those that lead to other places.
    """

    file: str
    owner: str = ""
    year: int | None = None
    findings: tuple[Finding, ...] = ()
    refusal: str = ""
    agencies: int = 0
    missing: tuple[str, ...] = ()
    outward: tuple[str, ...] = ()
    path: str = ""
    """Where the file lies; ``file`` is what it is called, as others elsewhere may be."""

    @property
    def is_well(self) -> bool:
        """Whether there is nothing to look at."""
        return not (self.findings or self.refusal or self.missing)
