"""Where everything stands goes in; 待办.xlsx lies in the year's folder, unless a person has it open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from pipeline.coordinating.todo import CHOICES, DISMISS, FILE, PLEA, Carried, key_of
from pipeline.district.workdays import spoken_date
from pipeline.ledger import decisions
from pipeline.ledger import judged_files as standing
from pipeline.letters.plan import CampaignState, morning
from pipeline.model import CHINA, DecisionKind, Verdict
from pipeline.periods import title_of
from pipeline.publishing.files import write_if_changed
from pipeline.publishing.todo_book import TODO_NAME, Decided, Question, Todo, TodoCall, build_todo_book, shows
from pipeline.run.letters.writing import LetterContext
from pipeline.wording.messages import decision_words, notices


def lay_out_todo(context: LetterContext, state: CampaignState, carried: Carried) -> bool:
    """Write the workbook; return whether it says what there is to do now: one that is open in a program is left alone."""
    todo, path = _todo(context, state, carried), context.target / TODO_NAME
    if shows(path, todo):
        return True
    if _is_open(path):
        return False
    try:
        write_if_changed(path, build_todo_book(todo))
    except PermissionError:  # Windows: a workbook that is open cannot be replaced
        return False
    return True


def _is_open(path: Path) -> bool:
    """Whether Excel, WPS or LibreOffice has left its mark beside the file."""
    marks = (f"~${path.name}", f".~lock.{path.name}#", f".~{path.name}")
    return any(path.with_name(name).exists() for name in marks)


def _todo(context: LetterContext, state: CampaignState, carried: Carried) -> Todo:
    district, day = context.district, state.reading_day
    while not district.calendar.is_workday(day):
        day += timedelta(days=1)
    calls = [
        TodoCall(
            item.agency.name, item.agency.contact, item.agency.phone, item.why, state.reminded(item.agency)
        )
        for item in morning(state, day, 0).calls
    ]
    questions = [*_files(context), *_pleas(state, context)]
    open_keys = {item.key for item in questions}
    return Todo(
        f"{district.name}{title_of(district.year)}{context.form.words.short}待办",
        spoken_date(day),
        calls,
        questions,
        list(_decided(context)),
        {key: item for key, item in carried.kept.items() if key in open_keys},
        {key: why for key, why in carried.refused.items() if key in open_keys},
    )


def _files(context: LetterContext) -> Iterator[Question]:
    """Yield every file that waits for a person."""
    agencies = {agency.code: agency for agency in context.district.agencies}
    for item in standing.filed(context.ledger, context.district.year):
        if item.verdict is not Verdict.HELD:
            continue
        agency = agencies.get(item.agency or "")
        said = [notice.message for notice in notices(context.form, item.findings)][:1]
        yield Question(
            key_of(FILE, item.path),
            agency.name if agency else "（无法确认单位）",
            agency.contact if agency else "",
            agency.phone if agency else "",
            "待核实的文件",
            "\n".join([item.path, *said]),
            CHOICES[FILE] if agency else (DISMISS,),
        )


def _pleas(state: CampaignState, context: LetterContext) -> Iterator[Question]:
    """Yield every error that an agency has explained and that may be excepted."""
    for item in morning(state, state.reading_day, 0).pleas:
        if context.form.may_waive(item.rule):
            yield Question(
                key_of(PLEA, item.agency.code, item.rule),
                item.agency.name,
                item.agency.contact,
                item.agency.phone,
                "单位作了说明",
                f"{item.rule}　{item.fault}\n单位说明：{item.said}",
                CHOICES[PLEA],
            )


def _decided(context: LetterContext) -> Iterator[Decided]:
    names = {agency.code: agency.name for agency in context.district.roster_agencies}
    for item in decisions.in_force(context.ledger, context.district.year, context.now.date()):
        day = item.given_at.astimezone(CHINA).date().isoformat()
        about = "　".join(part for part in (names.get(item.agency, item.agency), item.file) if part)
        is_limited = item.kind is DecisionKind.WAIVE and item.until
        reason = f"{item.reason}（至 {item.until}）" if is_limited else item.reason
        yield Decided(day, about, decision_words(item), reason, item.person)
