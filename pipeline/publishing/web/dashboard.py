"""Where every agency stands goes in; the page that the coordinator opens every morning comes out.

It works from a file share, on a phone, by run and without network. Everything is there without script; the script only
filters, sorts, and counts the days that are left on the day the page is read. It is one file up to 1,500 agencies.
Of more, which a browser would be slow with, the rows stand in pages beside it, each a part of the roster; the page itself
says how things are, what is to be done, and finds any agency by name, code, person, state and kind.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from pipeline.forms.values.typed import plain_number
from pipeline.model import Report, Verdict
from pipeline.periods import title_of
from pipeline.publishing.document_paths import PAGE, lists_of
from pipeline.publishing.states import LATE, OVERDUE, china_day, first_received, in_china, spoken
from pipeline.publishing.web import letters_page, small_charts
from pipeline.publishing.web.agency_rows import (
    STATES,
    PageContext,
    merged,
    rows,
    state_name,
    to_correct,
    waiting,
)
from pipeline.publishing.web.templating import digest, json_in_page, render, source
from pipeline.wording.messages import (
    AWAITING,
    SEVERITY_WORDS,
    VERDICT_WORDS,
    agencies_by_verdict,
    counts_in_words,
    notices,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.forms.form import Form
    from pipeline.publishing.web.agency_rows import AgencyRow

_WORDS = {state_name(verdict): VERDICT_WORDS[verdict] for verdict in STATES}
_DONE = tuple(state_name(verdict) for verdict in STATES if verdict and verdict.is_acceptance)
_RETURNED, _HELD, _MISSING = (state_name(verdict) for verdict in (Verdict.RETURNED, Verdict.HELD, None))
_MOST_SHOWN = 300
"""Agencies whose problems are spelled out; beyond that a page would be slow and nobody reads on."""
_LARGEST = 6
_MOST_DAYS = 31
_MOST_KINDS = 8


@dataclass(frozen=True, slots=True)
class AgencyList:
    """A part of the roster, and the page that lists it."""

    path: str
    rows: Sequence[AgencyRow]
    counts: Mapping[str, int]
    """Its agencies by state."""


def build_pages(form: Form, morning: PageContext) -> dict[str, bytes]:
    """Build index.html and the pages beside it, by path, with the places that ``letters_page.fill`` fills.

    The same arguments give the same bytes.
    """
    listed = rows(morning)
    lists = [
        AgencyList(path, listed[part], _by_state(listed[part]))
        for path, part in lists_of(len(listed)).items()
    ]
    explained = _explained(listed)
    pages = {PAGE: _front(form, morning, listed, lists)}
    for before, item, after in zip([None, *lists], lists, [*lists[1:], None], strict=False):
        pages[item.path] = _list_page(
            form,
            morning,
            item,
            explained=explained,
            before=before.path if before else "",
            after=after.path if after else "",
        )
    return pages


def _front(
    form: Form, morning: PageContext, listed: Sequence[AgencyRow], lists: Sequence[AgencyList]
) -> bytes:
    held = waiting(morning)
    cases = _cases(listed)
    doubted, settled = _remarked(listed)
    corrections = to_correct(morning, listed)
    return _rendered(
        "dashboard.html",
        form,
        morning,
        listed,
        script="divided.js" if lists else "dashboard.js",
        part="",
        lists=lists,
        index=_index(listed, lists),
        short=form.words.short,
        is_public=form.is_public,
        remarks=morning.remarks,
        beside=[(item, counts_in_words(item.counts) if item.counts else "") for item in morning.beside],
        now=in_china(morning.now),
        counts=_by_state(listed),
        held_files=len(held),
        severities=SEVERITY_WORDS,
        bar=small_charts.segments(_by_state(listed), 100),
        kinds=_kinds(listed),
        growth=_growth(morning),
        undated=sum(bool(state.versions) and not first_received(state) for state in morning.summary.states),
        course=_course(morning),
        largest=_largest(form, morning),
        headline=form.headlines[0].label if form.headlines else f"{form.registers[0].name}（条）",
        headlines=_headlines(form, morning),
        merged=merged(morning),
        strange=morning.strange[:_MOST_SHOWN],
        strange_files=len(morning.strange),
        returned=[row for row in listed if row.word == VERDICT_WORDS[Verdict.RETURNED]][:_MOST_SHOWN],
        approvals=[row for row in listed if row.word == AWAITING][:_MOST_SHOWN],
        awaiting=AWAITING,
        totals=Counter(row.word for row in listed),
        held=held[:_MOST_SHOWN],
        missing=cases[_MISSING],
        corrections=_by_word(corrections),
        doubted=doubted,
        settled=settled,
        explained=_explained(listed),
        home="",
        published=[(item, notices(form, item.findings)) for item in morning.published if not item.is_well],
        agreeing=sum(item.is_well and bool(item.owner) for item in morning.published),
        most=_MOST_SHOWN,
        outputs=morning.outputs,
        width=small_charts.WIDTH,
        most_label=small_charts.MOST_LABEL,
    )


def _list_page(
    form: Form, morning: PageContext, part: AgencyList, *, explained: set[int], before: str, after: str
) -> bytes:
    """Build a page that lists a part of the roster, between those ``before`` and ``after`` it."""
    return _rendered(
        "agencies.html",
        form,
        morning,
        part.rows,
        script="dashboard.js",
        part=f"：第 {part.rows[0].number}—{part.rows[-1].number} 家",
        explained=explained,
        home=PAGE,
        before=before,
        after=after,
    )


def _rendered(
    template: str,
    form: Form,
    morning: PageContext,
    listed: Sequence[AgencyRow],
    *,
    script: str,
    **values: object,
) -> bytes:
    """Fill a template with what every page says, and with ``values``."""
    style, program = source("page.css") + source("dashboard.css"), source("finding.js") + source(script)
    page = render(
        template,
        place=letters_page.PLACE,
        summary=morning.summary,
        title=title_of(morning.summary.year),
        about=form.words.titled,
        deadline=morning.deadline,
        ends=f"{morning.deadline + timedelta(days=1)}T00:00:00+08:00",
        left=days_left(morning.deadline, morning.today),
        rows=listed,
        words=_WORDS,
        late={word: sum(row.late == word for row in listed) for word in (OVERDUE, LATE)},
        kind_names=list(dict.fromkeys(row.kind for row in listed)),
        spoken=spoken,
        style=style,
        script=program,
        style_policy=digest(style),
        script_policy=digest(program),
        **values,
    )
    return page.encode(errors="replace")


def _index(listed: Sequence[AgencyRow], lists: Sequence[AgencyList]) -> str:
    """Spell, for the script, what agencies are found by, and on which page each stands; as it may stand in a page."""
    if not lists:
        return ""
    kinds = list(dict.fromkeys(row.kind for row in listed))
    places = {kind: at for at, kind in enumerate(kinds)}
    return json_in_page(
        {
            "kinds": kinds,
            "pages": [(item.rows[0].number, item.path) for item in lists],
            "agencies": [
                (row.number, row.name, row.code, row.contact, row.state, row.word, row.late, places[row.kind])
                for row in listed
            ],
        }
    )


def _cases(listed: Sequence[AgencyRow]) -> dict[str, list[AgencyRow]]:
    return {state: [row for row in listed if row.state == state][:_MOST_SHOWN] for state in _WORDS}


def _remarked(listed: Sequence[AgencyRow]) -> tuple[list[AgencyRow], list[AgencyRow]]:
    """Return the agencies that count and that something was remarked of: those kept from being published, then the others, open remarks first."""
    found = [row for state in _DONE for row in listed if row.state == state and row.arrival.problems]
    found.sort(key=lambda row: not row.arrival.open)
    doubted, settled = (
        [row for row in found if row.arrival.is_in_doubt is in_doubt] for in_doubt in (True, False)
    )
    return doubted, settled


def _by_word(corrections: Sequence[AgencyRow]) -> dict[str, list[AgencyRow]]:
    """Group the corrections by whose turn it is: the office's, then the agency's."""
    words = (AWAITING, VERDICT_WORDS[Verdict.RETURNED])
    return {word: [row for row in corrections if row.word == word] for word in words}


def _explained(listed: Sequence[AgencyRow]) -> set[int]:
    """Return the agencies whose problems the page spells out."""
    cases = _cases(listed)
    remarked = (row for part in _remarked(listed) for row in part[:_MOST_SHOWN])
    return {row.number for row in (*cases[_RETURNED], *cases[_HELD], *remarked)}


def days_left(deadline: date, today: date) -> str:
    """Say how many days are left, as the page's script says it on the day it is read."""
    left = (deadline - today).days
    if left > 0:
        return f"还有 {left} 天"
    return f"已过 {-left} 天" if left < 0 else "今天截止"


def _by_state(listed: Sequence[AgencyRow]) -> dict[str, int]:
    counted = Counter(row.state for row in listed)
    return {state: counted[state] for state in _WORDS}


def _kinds(listed: Sequence[AgencyRow]) -> small_charts.Bars:
    groups: dict[str, list[AgencyRow]] = {}
    for row in listed:
        groups.setdefault(row.kind, []).append(row)
    shown = {kind: _by_state(members) for kind, members in list(groups.items())[:_MOST_KINDS]}
    return small_charts.stacked(shown, _WORDS, _DONE)


def _growth(morning: PageContext) -> small_charts.Steps | None:
    firsts = (first_received(state) for state in morning.summary.states)
    return small_charts.growth(
        [first.date() for first in firsts if first],
        len(morning.summary.states),
        until=morning.today,
        deadline=morning.deadline,
    )


def _course(morning: PageContext) -> small_charts.Columns | None:
    """Draw the states run by run; of several runs on a day the last stands for it."""
    days = {china_day(publication.at): _agencies(publication.counts) for publication in morning.run_counts}
    return small_charts.course(days, _WORDS, _MOST_DAYS)


def _agencies(counts: Mapping[str, int]) -> dict[str, int]:
    """Return the counts as agencies that add up, by the page's name of each state."""
    return {state_name(verdict): count for verdict, count in agencies_by_verdict(counts).items()}


def _largest(form: Form, morning: PageContext) -> small_charts.Bars:
    """Rank the agencies by the first figure that overviews show."""
    district = morning.summary.district
    values = [(_short(item.agency, district), _first_figure(form, item)) for item in morning.summary.reports]
    return small_charts.ranked(values, _LARGEST)


def _first_figure(form: Form, report: Report) -> int:
    """Return the first figure that overviews show; of a form of registers alone how many rows its first one has."""
    if form.headlines:
        return int(report.numbers[form.by_key[form.headlines[0].cell].index])
    return len(report.registers[form.registers[0].key].cells)


def _short(agency: str, district: str) -> str:
    """Leave out the district where a name would be cut short otherwise; a short one is better understood whole."""
    return agency if len(agency) <= small_charts.MOST_LABEL else agency.removeprefix(district)


def _headlines(form: Form, morning: PageContext) -> list[tuple[str, str]]:
    totals, reports = morning.summary.totals, morning.summary.reports
    counted = [
        (f"{own.name}（条）", str(sum(len(item.registers[own.key].cells) for item in reports)))
        for own in form.registers
    ]
    return [
        (item.label, plain_number(totals[form.by_key[item.cell].index])) for item in form.headlines
    ] + counted
