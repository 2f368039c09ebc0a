"""Where every agency stands goes in; one row for each, as the coordinator reads it, comes out.

Only what a page shows is kept: words, times in China's time, links, and the findings grouped as people read them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from pipeline.forms.form import Clerk
from pipeline.model import (
    Agency,
    AgencyState,
    ArrivalKey,
    Assessment,
    Compared,
    Decision,
    DistrictSummary,
    Notice,
    OtherCampaign,
    RunCounts,
    Severity,
    Verdict,
)
from pipeline.publishing.states import (
    REPORT,
    china_day,
    is_guessed,
    kind_of,
    lateness,
    received_at,
    remark,
    shown,
    spoken,
    state_word,
)
from pipeline.wording.grouping import GroupedNotice, group_notices
from pipeline.wording.messages import SEVERITY_WORDS, VERDICT_WORDS, word_of
from pipeline.wording.personal_numbers import without_persons

MOST_FINDINGS = 12
"""Problems listed of one agency; the rest stands in its marked workbook."""
STATES: tuple[Verdict | None, ...] = (
    Verdict.ACCEPTED,
    Verdict.ACCEPTED_WITH_REMARKS,
    Verdict.RETURNED,
    Verdict.HELD,
    None,
)
"""The states an agency can be in, the best first."""
_STATE_NAMES: Mapping[Verdict | None, str] = {None: "missing"}


@dataclass(frozen=True, slots=True)
class Link:
    """An output: its label and its path relative to the page."""

    label: str
    path: str


@dataclass(frozen=True, slots=True)
class PageContext:
    """What the coordinator's page speaks of.

    ``notices``, ``clerks`` and ``links`` are keyed by the arrival, ``extended`` (later deadlines) by agency code.
    """

    summary: DistrictSummary
    deadline: date
    now: datetime
    notices: Mapping[ArrivalKey, Sequence[Notice]]
    links: Mapping[ArrivalKey, Sequence[Link]] = field(default_factory=dict)
    extended: Mapping[str, date] = field(default_factory=dict)
    outputs: Sequence[Link] = ()
    run_counts: Sequence[RunCounts] = ()
    waivers: Sequence[Decision] = ()
    short: str = REPORT
    """What people call a report."""
    doubted: frozenset[ArrivalKey] = frozenset()
    """Whose reports are kept from the folder for the portal by what may be wrong in them."""
    remarks: Sequence[str] = ()
    """What is to be known of all that came, in sentences."""
    published: Sequence[Compared] = ()
    """What was published, against what was accepted."""
    clerks: Mapping[ArrivalKey, Clerk] = field(default_factory=dict)
    strange: Sequence[tuple[str, str]] = ()
    """What lies in the inbox and is no submission, each with what to do about it."""
    beside: Sequence[OtherCampaign] = ()
    """The other forms that are collected at the same time."""

    @property
    def today(self) -> date:
        """The day in China."""
        return china_day(self.now)


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding, or several that say the same: how heavy, where, what, and what to do."""

    severity: str
    word: str
    where: str
    fault: str
    remedy: str
    answered: bool = False
    """Whether it was waived or explained; then ``remedy`` says how."""


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """The version that is shown of an agency, or a file of nobody; all empty where nothing came."""

    file: str = ""
    version: int = 0
    """Its number among those of its agency: more than how many there are, where one turned out to be no submission."""
    clerk: str = ""
    """Who filled it in, in words."""
    received: datetime | None = None
    guessed: bool = False
    """Whether that is only when it was first seen."""
    errors: int = 0
    warnings: int = 0
    links: Sequence[Link] = ()
    problems: Sequence[Problem] = ()
    omitted: int = 0
    open: int = 0
    """How many of the problems nobody has answered yet."""
    is_in_doubt: bool = False
    """Whether one of them keeps the report from the folder for the portal."""


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """One agency, or, with ``number`` 0, a file that is not what counts of an agency."""

    number: int
    name: str
    state: str
    word: str
    arrival: ShownVersion
    code: str = ""
    kind: str = ""
    rank: int = 0
    late: str = ""
    versions: int = 0
    contact: str = ""
    phone: str = ""
    remark: str = ""
    waivers: Sequence[Decision] = ()
    others: Sequence[Link] = ()
    """What became of the versions that are not shown."""


def state_name(verdict: Verdict | None) -> str:
    """Return the name a state has in the page's style and script."""
    return _STATE_NAMES.get(verdict) or str(verdict)


def rows(morning: PageContext) -> list[AgencyRow]:
    """Return one row for each agency, in roster order."""
    return [_row(morning, number, state) for number, state in enumerate(morning.summary.states, 1)]


def merged(morning: PageContext) -> list[AgencyRow]:
    """Return one row for each body that became part of another and had reported before; it is in no sum any more."""
    names = {state.agency.code: state.agency.name for state in morning.summary.states}
    return [
        replace(
            _row(morning, 0, state),
            remark=f"{spoken(state.agency.merged_on)}并入{names.get(state.agency.merged_into, state.agency.merged_into)}"
            if state.agency.merged_on
            else "",
        )
        for state in morning.summary.merged
    ]


def waiting(morning: PageContext) -> list[AgencyRow]:
    """Return one row for each file that waits for a person; the newest of an agency that nothing else describes is its row."""
    return [
        *(_waiting(morning, item, item.submission.reading.claims.agency) for item in morning.summary.nobodys),
        *(
            _waiting(morning, item, item.submission.agency.name)
            for item in morning.summary.of_merged
            if item.submission.agency
        ),
        *(
            _waiting(morning, item, state.agency.name, number if item is shown(state) else 0)
            for number, state in enumerate(morning.summary.states, 1)
            for item in state.held
        ),
    ]


def to_correct(morning: PageContext, listed: Sequence[AgencyRow]) -> list[AgencyRow]:
    """Return those of ``listed`` that count and whose later version does not, with that: to be mended, or to be approved."""
    return [
        replace(
            row,
            word=word_of(state.latest.verdict, morning.notices.get(state.latest.key, ())),
            arrival=_arrival(morning, state.latest),
        )
        for row, state in zip(listed, morning.summary.states, strict=True)
        if state.counting and state.latest and state.latest.verdict is Verdict.RETURNED
    ]


def _waiting(morning: PageContext, item: Assessment, name: str, number: int = 0) -> AgencyRow:
    agency = item.submission.agency
    return AgencyRow(
        number=number,
        code=agency.code if agency else "",
        name=name or "（未写明单位）",
        state=state_name(item.verdict),
        word=VERDICT_WORDS[item.verdict],
        arrival=_arrival(morning, item),
    )


def _row(morning: PageContext, number: int, state: AgencyState) -> AgencyRow:
    agency, current = state.agency, shown(state)
    clerk = morning.clerks.get(current.key, Clerk()) if current else Clerk()
    extended = morning.extended.get(agency.code)
    return AgencyRow(
        number=number,
        name=agency.name,
        code=agency.code,
        kind=kind_of(state),
        state=state_name(state.verdict),
        word=state_word(state, morning.notices),
        rank=STATES.index(state.verdict),
        late=lateness(state, extended or morning.deadline, morning.today),
        versions=len(state.versions),
        contact=agency.contact or clerk.contact,
        phone=agency.phone or clerk.phone,
        remark=remark(state, morning.notices, extended or morning.deadline, extended, morning.short),
        waivers=[item for item in morning.waivers if item.agency == agency.code],
        others=[
            Link(f"第 {item.version} 次{link.label}", link.path)
            for item in state.versions
            if item is not current
            for link in morning.links.get(item.key, ())
        ],
        arrival=_arrival(morning, current) if current else ShownVersion(),
    )


def _arrival(morning: PageContext, item: Assessment) -> ShownVersion:
    """Describe a submission: when it came, what was found, where it leads."""
    notices = morning.notices.get(item.key, ())
    groups = [group for group in group_notices(notices) if group.notice.severity != Severity.INFO]
    severities = [group.notice.severity for group in groups]
    return ShownVersion(
        file=without_persons(item.submission.file),
        version=item.version,
        clerk=morning.clerks.get(item.key, Clerk()).words,
        received=received_at(item),
        guessed=is_guessed(item),
        errors=severities.count(Severity.ERROR),
        warnings=severities.count(Severity.WARNING),
        links=morning.links.get(item.key, ()),
        problems=[_problem(group, item.submission.agency) for group in groups[:MOST_FINDINGS]],
        omitted=max(0, len(groups) - MOST_FINDINGS),
        open=sum(not group.notice.answered for group in groups),
        is_in_doubt=item.key in morning.doubted,
    )


def _problem(group: GroupedNotice, agency: Agency | None) -> Problem:
    """Describe a problem; of one that the agency explained and the office may except, say how to decide."""
    notice = group.notice
    decision = (
        f"单位说明：{notice.pleaded}；同意或不同意，在 待办.xlsx 的“待决定”里选"
        if notice.pleaded and agency
        else ""
    )
    return Problem(
        severity=notice.severity,
        word=SEVERITY_WORDS[notice.severity],
        where=group.where,
        fault=notice.fault or notice.message,
        remedy=decision or notice.hint or "",
        answered=notice.answered,
    )
