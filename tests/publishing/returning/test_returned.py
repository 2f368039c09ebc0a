"""What remains of a finding where every total is a formula again, in the words and addresses of what goes back."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline.forms.arithmetic import holds, with_totals
from pipeline.forms.form import Form
from pipeline.forms.layout import CHECK_COLUMNS, NOTICES_SHEET, PAST_COLUMNS, PAST_TOP
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.model import Assessment, Notice, Number, PastReport, Severity, a1
from pipeline.publishing.returning import ReturnedContent, returned_of
from pipeline.publishing.template import build_workbook
from pipeline.publishing.template.areas import row_height
from pipeline.publishing.template.marks import marks_of
from pipeline.publishing.workbook.measure import display_width
from pipeline.wording.addresses import position
from pipeline.wording.grouping import group_notices
from pipeline.wording.messages import notices
from tests.support.fills import consistent_numbers, zeros
from tests.support.folders import inputs_only
from tests.support.libreoffice import recalculate
from tests.support.submissions import plain_texts, submission_of

ROW = "requests.new_received"


def judged(form: Form, figures: Mapping[str, Any]) -> Assessment:
    values = {**plain_texts(form), **figures, form.entry_with_role("year").key: 2023}
    [item] = judge(form, [submission_of(read(form, build_workbook(form, values=values)))])
    return item


def answer(form: Form, figures: Mapping[str, Any]) -> ReturnedContent:
    """Judge a filled template and return what goes back; ``figures`` may hold totals typed over their formulas."""
    item = judged(form, figures)
    return returned_of(form, [item], item)


def errors(back: ReturnedContent) -> list[Notice]:
    return [notice for notice in back.notices if notice.severity == Severity.ERROR]


@pytest.fixture(scope="module")
def figures(form: Form) -> dict[str, Number]:
    return dict(consistent_numbers(form, random.Random(8), 40))


def test_a_total_typed_over_its_formula_is_restored_and_nothing_is_to_be_changed(
    form: Form, figures: dict[str, Number]
) -> None:
    total = f"{ROW}.total"
    back = answer(form, {**inputs_only(form, figures), total: figures[total] + 4})
    [told] = errors(back)
    assert total not in back.values
    assert (told.change, told.look) == ((), (total,))
    assert told.hint
    assert "改为" not in told.hint, "the cell is locked, and holds the right sum"
    assert str(figures[total] + 4) in told.fault


def test_office_and_agency_are_told_the_same_of_a_total_typed_over_its_formula(
    form: Form, figures: dict[str, Number]
) -> None:
    total = f"{ROW}.total"
    item = judged(form, {**inputs_only(form, figures), total: figures[total] + 4})
    [told] = errors(returned_of(form, [item], item))
    of_the_file = [one for one in notices(form, item.findings) if one.severity == Severity.ERROR]
    assert {one.hint for one in of_the_file} == {f"{told.fault}；{told.hint}"}
    assert told.is_mended, "it is to be confirmed, not to be changed"


def test_what_only_a_total_would_settle_is_no_way_any_more(form: Form) -> None:
    """Of two ways, the total's or an input's, the first is done already; the second is named, but not certain."""
    key = "disputes.reconsideration.upheld"
    back = answer(form, {**inputs_only(form, zeros(form)), key: 3, "disputes.reconsideration.total": 5})
    [told] = errors(back)
    assert told.change == ()
    assert form.places["disputes.reconsideration.total"].cell in told.fault
    assert "由 5 改为 3" not in (told.hint or "")


def test_of_several_ways_none_is_red(form: Form) -> None:
    """Two figures are alike wrong: either may be the one."""
    odd = {f"{ROW}.natural_person": 21, "requests.granted_in_full.natural_person": 12}
    back = answer(form, {**inputs_only(form, zeros(form)), **odd})
    told = errors(back)
    assert (told[0].hint or "").count("改为") > 1
    assert not any(notice.change for notice in told)
    assert told[0].look == (f"{ROW}.natural_person",)


def test_now_and_then_are_of_the_cells_that_are_to_be_changed(form: Form, figures: dict[str, Number]) -> None:
    """Where a check fails is one place, where it is cured another: a value beside the second is the second's."""
    stray = "requests.granted_in_full.enterprise"
    typed: dict[str, Any] = {**zeros(form), stray: 2, f"{ROW}.natural_person": 6}
    [told] = [notice for notice in errors(answer(form, typed)) if notice.change == (stray,)]
    assert told.key not in told.change
    assert (told.actual, told.expected) == ("2", "0")
    swapped, ends = inputs_only(form, figures), [f"{ROW}.natural_person", f"{ROW}.enterprise"]
    swapped |= {one: figures[other] for one, other in zip(ends, reversed(ends), strict=True)}
    [both] = group_notices(errors(answer(form, swapped)))
    cells = [form.places[key].cell for key in ends]
    assert both.notice.expected == "、".join(
        f"{cell} {figures[key]}" for cell, key in zip(cells, ends, strict=True)
    )


def test_a_column_that_slid_over_its_total_is_put_back_by_what_is_said(
    form: Form, figures: dict[str, Number]
) -> None:
    """Copy and fill literally: the total's cell is locked, what was pasted over it is told as a figure."""
    numbers = {**figures, "requests.other_other.enterprise": figures["requests.other_other.enterprise"] + 9}
    numbers["requests.carried_over.enterprise"] = numbers["requests.carried_over.enterprise"] + 9
    inputs = inputs_only(form, numbers)
    meant = with_totals(form, inputs)
    lane = [cell.key for cell in form.cells if cell.table == "requests" and cell.column.key == "enterprise"]
    start, stop = (lane.index(f"requests.{row}.enterprise") for row in ("granted_in_full", "outcomes_total"))
    slid: dict[str, Any] = dict(inputs)
    for key, below in zip(lane[start:stop], lane[start + 1 : stop + 1], strict=True):
        slid[below] = meant[key]
    slid[lane[start]] = 0
    back = answer(form, slid)
    told = errors(back)
    assert len(group_notices(told)) == 1
    assert lane[stop] not in back.values
    done = obeyed(form, {key: back.values[key] for key in inputs}, told[0].hint or "")
    assert done == inputs
    whole = with_totals(form, done)
    assert all(holds(balance, whole) is not False for balance in form.balances_for("县区"))


def obeyed(form: Form, values: Mapping[str, Any], hint: str) -> dict[str, Any]:
    """Do what a hint says: 把 <sheet> A 的数复制到 B，再在 C 填 n."""
    said = re.search(r"把 (\S+) (\S+) 的数复制到 (\S+?)，再在 (.*?)（", hint)
    assert said, hint
    keys = {(place.sheet, position(place.cell)): key for key, place in form.places.items()}
    sheet, source, target, rest = said.groups()
    result = dict(values)
    for one, other in zip(block(source), block(target), strict=True):
        result[keys[sheet, other]] = values[keys[sheet, one]]
    for cell, number in re.findall(r"([A-Z]+\d+) 填 (\d+)", rest):
        result[keys[sheet, position(cell)]] = int(number)
    return result


def block(area: str) -> list[tuple[int, int]]:
    first, last = (position(cell) for cell in (area.split(":") * 2)[:2])
    assert first
    assert last
    return [(row, column) for row in range(first[0], last[0] + 1) for column in range(first[1], last[1] + 1)]


def test_a_false_nil_return_names_the_figures_that_contradict_it(form: Form) -> None:
    key = f"{ROW}.enterprise"
    back = answer(form, {key: 5, "requests.nil": "是"})
    told = next(notice for notice in errors(back) if notice.code == "C09")
    assert told.change == ("requests.nil",)
    assert key in told.look
    assert form.places[key].cell in (told.hint or "")
    assert back.values["requests.nil"] == "是", "as it was sent"


def test_the_list_leads_to_where_every_warning_is_explained_and_has_no_room_that_nobody_reads(
    form: Form,
) -> None:
    """Each check on its own: rules over last year have limits of their own, and are rules all the same."""
    checks = [check for check in form.live_checks("", "") if check.rule.severity == "warning"]
    told = [
        Notice(check.rule.id, "warning", None, None, check.anchor, None, None, check.id, None, check.id)
        for check in checks
    ]
    basic = Notice("C03", "warning", None, None, form.cells[0].key, None, None, "3件", None, "3件")
    book = openpyxl.load_workbook(BytesIO(build_workbook(form, notices=[*told, basic])))
    answers = book[form.sheet_of_kind("checks").name]
    ids = {row[0].value: row[0].row for row in answers.iter_rows() if row[0].value}
    lines = {row[5].value: row[7] for row in book[NOTICES_SHEET].iter_rows(min_row=4)}
    assert len(lines) == len(told) + 1
    for check in checks:
        [shown] = [cell for said, cell in lines.items() if str(said).endswith(check.id)]
        place = a1(ids[check.id] - 1, CHECK_COLUMNS["explanation"])
        assert f"{answers.title}'!{place}" in str(shown.value), check.id
    assert all(cell.protection.locked for cell in lines.values())


def test_what_may_stay_blank_is_not_asked_for_where_a_sheet_is_missing(form: Form) -> None:
    """Three tables were sent without the other sheets."""
    sheets = {form.sheet_of_kind("entries").name, *(text.sheet for text in form.texts)}
    book = openpyxl.load_workbook(BytesIO(build_workbook(form, values=inputs_only(form, zeros(form)))))
    for name in sheets:
        del book[name]
    sent = BytesIO()
    book.save(sent)
    [item] = judge(form, [submission_of(read(form, sent.getvalue()))])
    back = returned_of(form, [item], item)
    asked = {key for told in errors(back) for key in told.change}
    optional = {entry.key for entry in form.entries if not entry.required}
    optional |= {text.key for text in form.texts if not text.required}
    assert {text.key for text in form.texts if text.required} <= asked
    assert optional
    assert not optional & asked
    marks = marks_of(form, back.notices)
    assert not optional & set(marks)


@pytest.mark.libreoffice
def test_the_first_sheet_counts_what_is_still_wrong_and_not_what_was(form: Form, tmp_path: Path) -> None:
    """Of two sums that fail one is mended: the headline says one, whatever the office had counted."""
    wrong = [f"{ROW}.natural_person", f"{ROW}.enterprise"]
    figures = {**inputs_only(form, zeros(form)), **plain_texts(form), **dict.fromkeys(wrong, 3)}
    told = [Notice("T3-01", "error", None, None, key, None, None, key, None, key) for key in wrong]
    book = openpyxl.load_workbook(BytesIO(build_workbook(form, values=figures, notices=told)))
    guide = form.sheet_of_kind("guide").name

    def headline(name: str) -> tuple[int, str]:
        path = tmp_path / f"{name}.xlsx"
        book.save(path)
        [saved] = recalculate([path], tmp_path / name)
        cells = openpyxl.load_workbook(saved, data_only=True)[guide]["A"]
        [said] = [str(cell.value) for cell in cells if "处不符" in str(cell.value)]
        return int("".join(filter(str.isdigit, said))), said

    before, said = headline("before")
    place = form.places[wrong[0]]
    book[place.sheet][place.cell] = 0
    assert "2 项错误" not in said
    assert headline("after")[0] == before - 1


def test_no_line_of_last_year_is_printed_over_the_next(form: Form) -> None:
    """The longest labels take two lines."""
    past = PastReport("001", 2022, dict(zeros(form)), source="试填")
    sheet = form.sheet_of_kind("past").name
    page = openpyxl.load_workbook(BytesIO(build_workbook(form, past=past)))[sheet]
    lines = [row for row in page.iter_rows(min_row=PAST_TOP + 1) if row[PAST_COLUMNS["label"]].value]
    width = page.column_dimensions["B"].width
    assert any(display_width(str(row[1].value)) > width for row in lines)
    for at, row in enumerate(lines, PAST_TOP + 1):
        needed = row_height((str(row[1].value), width), least=18)
        assert page.row_dimensions[at].height > needed - 0.75, "heights are whole pixels"


ACCOUNT = "2023年，我局新收政府信息公开申请24件，上年结转2件，全部按期办理，办结23件，结转下年度继续办理3件。"
TOLD = {
    "new_received.natural_person": 20, "carried_over.natural_person": 2, "new_received.enterprise": 4,
    "granted_in_full.natural_person": 15, "unable_not_held.natural_person": 4, "granted_in_full.enterprise": 4,
    "carried_forward.natural_person": 3,
}  # fmt: skip
"""A table that adds up and is as ``ACCOUNT`` tells it."""


def accounted(form: Form, **changes: int) -> ReturnedContent:
    """Answer a template with ``TOLD`` and ``ACCOUNT``; totals among ``changes`` are typed over their formulas."""
    figures = {**TOLD, **{key.replace("__", "."): value for key, value in changes.items()}}
    typed = {f"requests.{key}": value for key, value in figures.items()}
    return answer(form, {**inputs_only(form, zeros(form)), **typed, "overview.on_request": ACCOUNT})


WRONG_TOTALS = {"new_received__total": 77, "outcomes_total__natural_person": 5, "outcomes_total__total": 999}


def test_where_nothing_but_totals_can_be_wrong_the_file_is_sent_as_it_is(form: Form) -> None:
    back = accounted(form, **WRONG_TOTALS)
    [told] = group_notices(errors(back))
    assert told.notice.hint
    assert "都无误的不用改，直接发回" in told.notice.hint
    assert all(str(value) in told.notice.fault for value in WRONG_TOTALS.values())
    assert back.open_totals == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"new_received__total": 29, "granted_in_full__total": 24},
        {"new_received__total": 29, "granted_in_full__total": 22, "unable_not_held__total": 6},
    ],
    ids=["two", "three"],
)
def test_where_as_few_items_as_totals_may_be_wrong_a_person_asks(form: Form, changes: dict[str, int]) -> None:
    """All that was received and all that was granted less by five: so would the totals say."""
    back = accounted(form, **changes)
    assert back.open_totals.keys() == {f"requests.{key.replace('__', '.')}" for key in changes}
    assert not any("直接发回" in notice.message for notice in back.notices)


@pytest.mark.parametrize(
    "wrong",
    [
        {"granted_in_full.total": 1, "outcomes_total.total": None},
        {"granted_in_full.total": 1, "outcomes_total.total": 1},
        {"granted_in_full.total": 1, "granted_in_part.total": 1},
    ],
    ids=["a zero", "to fit", "beside each other"],
)
def test_a_table_of_typed_totals_in_which_two_are_wrong_is_asked_about_once(
    form: Form, figures: dict[str, Number], wrong: Mapping[str, int | None]
) -> None:
    """The whole column was typed, so that no formula says where; the items agree with everything else."""
    column = {
        cell.key: figures[cell.key]
        for cell in form.cells_of("requests")
        if cell.defined_by and cell.key.endswith(".total")
    }
    typed = {f"requests.{key}": step for key, step in wrong.items()}
    values = {key: 0 if step is None else figures[key] + step for key, step in typed.items()}
    back = answer(form, {**inputs_only(form, figures), **column, **values})
    assert back.open_totals == {}
    assert any("都无误的不用改，直接发回" in (told.notice.hint or "") for told in group_notices(errors(back)))


def test_typed_totals_that_two_items_explain_as_well_are_asked_of_a_person(
    form: Form, figures: dict[str, Number]
) -> None:
    """One request too many in one row and one too few in another of the same column: so would both totals say."""
    typed = {f"requests.granted_in_{part}.total": step for part, step in (("full", 1), ("part", -1))}
    back = answer(
        form, {**inputs_only(form, figures), **{key: figures[key] + step for key, step in typed.items()}}
    )
    assert back.open_totals.keys() == typed.keys()


def test_a_total_that_a_repair_elsewhere_does_not_settle_is_told(
    form: Form, figures: dict[str, Number]
) -> None:
    """One figure of a column too many, and a total of another row typed over."""
    wrong = {
        **inputs_only(form, figures),
        "requests.unable_not_held.total": figures["requests.unable_not_held.total"] + 41,
    }
    key = "requests.granted_in_full.enterprise"
    back = answer(form, {**wrong, key: -figures[key] - 12})
    lines = group_notices(errors(back))
    assert len(lines) == 2
    assert any("总计是手工填的" in line.notice.fault for line in lines)


def test_a_total_typed_to_fit_is_told_as_an_error_and_not_asked_about_again(form: Form) -> None:
    """19 for 20, and the totals of the outcomes typed until all held."""
    back = accounted(
        form, new_received__natural_person=19, outcomes_total__natural_person=18, outcomes_total__total=22
    )
    [error] = group_notices(back.notices)
    assert error.notice.severity == Severity.ERROR
    assert "由 19 改为 20" in (error.notice.hint or "")
    assert back.open_totals == {}


def test_a_text_is_held_against_the_total_that_stands_in_the_workbook(form: Form) -> None:
    texts = [notice for notice in accounted(form, outcomes_total__total=0).notices if notice.code == "N04"]
    assert texts == [], "what the text says is what the workbook shows again"
    back = accounted(
        form, outcomes_total__total=0, granted_in_full__natural_person=17, new_received__natural_person=22
    )
    [said] = [notice for notice in back.notices if notice.code == "N04" and "办理结果总计" in notice.fault]
    assert "是 25" in said.fault
    assert said.expected == "25"


def test_only_what_is_told_is_asked_about_when_it_comes_back(form: Form) -> None:
    """What follows from a failing sum stands under it; nobody is held for not having changed it."""
    wrong = {**inputs_only(form, zeros(form)), "requests.new_received.enterprise": 9}
    back = answer(form, wrong)
    [line] = group_notices(errors(back))
    assert len(errors(back)) == 2
    assert back.open_totals.keys() == {"T3-01.enterprise"}
    assert line.notice.cell == form.places["requests.new_received.enterprise"].cell


def test_a_warning_is_orange_at_its_cell_and_what_was_converted_comes_last(form: Form) -> None:
    row = "proactive.normative_documents"
    values = {
        **plain_texts(form),
        **inputs_only(form, zeros(form)),
        f"{row}.in_force": "13件",
        "proactive.regulations.issued": 2,
    }
    values |= {
        "proactive.charges.amount": "5万元",
        "proactive.licences.decisions": 400,
        form.entry_with_role("year").key: 2023,
    }
    past = PastReport("001", 2022, {**zeros(form), f"{row}.in_force": 20, "proactive.licences.decisions": 40})
    [item] = judge(
        form, [submission_of(read(form, build_workbook(form, values=values)))], history={"001": past}
    )
    back = returned_of(form, [item], item)
    assert marks_of(form, back.notices)[f"{row}.in_force"].severity == Severity.WARNING
    warnings = [
        line.notice for line in group_notices(back.notices) if line.notice.severity == Severity.WARNING
    ]
    assert [own.code for own in warnings[-2:]] == ["C03", "C03"]
    assert {"T2-02", "T2-06"} <= {own.code for own in warnings[:-2]}
