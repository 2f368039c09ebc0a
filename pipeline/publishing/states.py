"""Where an agency stands goes in; what the workbook and the coordinator's page both say of it comes out.

Times are China's, whatever zone they were written in.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from pipeline.district.roster import normalised
from pipeline.model import CHINA
from pipeline.wording.messages import word_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.model import AgencyState, ArrivalKey, Assessment, Notice

NO_KIND = "（未分类）"
LATE, OVERDUE = "迟报", "逾期"
_CALENDAR = range(1901, 9999)
"""The years a workbook can hold and a clock can be moved in; a mail may claim any."""


def kind_of(state: AgencyState) -> str:
    """Return the kind an agency is grouped under."""
    return state.agency.kind or NO_KIND


def state_word(state: AgencyState, notices: Mapping[ArrivalKey, Sequence[Notice]]) -> str:
    """Name the state of an agency; ``notices`` are keyed by the arrival."""
    item = shown(state)
    return word_of(state.verdict, notices.get(item.key, ()) if item else ())


def shown(state: AgencyState) -> Assessment | None:
    """Return the version that describes the agency: the one that counts, else the latest."""
    return state.counting or state.latest


def lateness(state: AgencyState, deadline: date, today: date) -> str:
    """Say that the agency's first file came after its ``deadline`` (迟报), or that none came and it is past (逾期)."""
    if not state.versions:
        return OVERDUE if today > deadline else ""
    return LATE if came_after(state.versions[0], deadline) else ""


def came_after(assessment: Assessment, day: date) -> bool | None:
    """Say whether a submission came after ``day``; None where nobody knows.

    One whose time is only when it was first seen certainly did where the inbox had been looked into after that day before.
    """
    at = received_at(assessment)
    if at is None:
        return None
    if at.date() <= day or not assessment.submission.received_guessed:
        return at.date() > day
    looked = assessment.submission.surely_after
    return True if looked and looked > day else None


REPORT = "报告"
"""What a report is called where nobody says what people call it."""


def remark(
    state: AgencyState,
    notices: Mapping[ArrivalKey, Sequence[Notice]],
    deadline: date,
    extended: date | None = None,
    short: str = REPORT,
) -> str:
    """Say until when the agency has longer, what became of a version later than the one that counts, and whether its report names another.

    ``notices`` are keyed by the arrival; ``short`` is what people call the report. Nothing where there is nothing to say.
    """
    said = [f"延期至{spoken(extended)}"] if extended else []
    if state.latest and state.counting and state.latest is not state.counting:
        became = word_of(state.latest.verdict, notices.get(state.latest.key, ()))
        later = f"第 {state.latest.version} 次报送{became}"
        said.append(f"{later}，按第 {state.counting.version} 次汇总")
    return "；".join(
        [*said, *_first_in_time(state, deadline), *_only_seen(state, deadline), *_former_name(state, short)]
    )


def _only_seen(state: AgencyState, deadline: date) -> list[str]:
    """Say where the time of receipt is only when the file was first seen, and where nobody knows whether it was in time."""
    item = shown(state)
    if item is None or not is_guessed(item):
        return []
    is_unknown = came_after(state.versions[0], deadline) is None
    return ["收到时间不详，不计迟报" if is_unknown else "收到时间不详，以首次登记的时间为准"]


def spoken(day: date) -> str:
    """Write a day as people say it."""
    return f"{day.month}月{day.day}日"


def _first_in_time(state: AgencyState, deadline: date) -> list[str]:
    """Say which file was in time where the one that is shown came after ``deadline``."""
    first, item = first_received(state), shown(state)
    at = received_at(item) if item else None
    is_odd = first and at and first.date() <= deadline < at.date()
    return [f"首次报送 {spoken(first.date())}，按时"] if first and is_odd else []


def _former_name(state: AgencyState, short: str) -> list[str]:
    """Say where a report that counts is written under a name that is no part of the roster's, nor the other way round.

    A former name or a short one: a note that holds nothing back and asks for nothing (公布前请核对 does).
    """
    item = state.counting
    if item is None or item.report is None:
        return []
    stated, now = normalised(item.submission.reading.claims.agency), normalised(state.agency.name)
    if stated not in now and now not in stated and any(stated in text for text in item.report.texts.values()):
        return [f"{short}正文写的单位名称是“{stated}”，与名单不同"]
    return []


def first_received(state: AgencyState) -> datetime | None:
    """Return when the first file of an agency came; None where nothing came or nobody knows."""
    return received_at(state.versions[0]) if state.versions else None


def received_at(assessment: Assessment) -> datetime | None:
    """Return when a submission came; None where that is unknown or no year that anybody lives in."""
    received = assessment.submission.received_at
    if not received or received.year not in _CALENDAR:
        return None
    return in_china(received)


def seen_words(moment: datetime) -> str:
    """Write a time of receipt that is only when the file was first seen."""
    return f"{moment:%Y-%m-%d} 登记"


def is_guessed(assessment: Assessment) -> bool:
    """Whether the time of receipt is only when the file was first seen here."""
    return assessment.submission.received_guessed


def china_day(moment: datetime) -> date:
    """Return the day a moment falls on."""
    return in_china(moment).date()


def in_china(moment: datetime) -> datetime:
    """Return a moment as clocks in China show it; one without a zone is taken for such already."""
    return moment.astimezone(CHINA) if moment.tzinfo else moment
