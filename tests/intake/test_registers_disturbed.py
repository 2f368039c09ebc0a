"""Registers whose headings, rows or columns a clerk moved, renamed, hid or wrote beside: nothing is lost without a word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.model import Assessment, Reading, Severity
from pipeline.publishing.returning import ReturnedContent, returned_of
from pipeline.publishing.template import Stamp, build_workbook
from tests.support.submissions import AGENCY, submission_of

SHEET, WIDTH = "申请台账", 13
STAMP = Stamp("001", AGENCY.name, 2023, AGENCY.level)
Cells = Sequence[object]


@pytest.fixture(scope="module")
def form() -> Form:
    return load_form("request_register")


def request(number: int, *, answered: bool = True) -> list[object]:
    row: list[object] = [
        f"2023-{number:03d}", date(2023, 3, number), "自然人", f"申请人{number}", "网络平台", f"第{number}号事项", None,
        "予以公开" if answered else None, date(2023, 4, number) if answered else None,
    ]  # fmt: skip
    return [*row, *[None] * (WIDTH - len(row))]


REQUESTS = [*(request(number) for number in range(1, 10)), request(10, answered=False)]


def workbook(form: Form, rows: Sequence[Cells] = REQUESTS) -> tuple[Workbook, Worksheet, list[object]]:
    """A filled template, its register and the headings of it."""
    book = openpyxl.load_workbook(BytesIO(build_workbook(form, STAMP)))
    sheet = book[SHEET]
    for name in list(sheet.tables):
        del sheet.tables[name]
    laid(sheet, rows)
    return book, sheet, [cell.value for cell in sheet[5]]


def laid(sheet: Worksheet, rows: Sequence[Cells], top: int = 6) -> None:
    for line, row in enumerate(rows, top):
        for column in range(1, WIDTH + 1):
            sheet.cell(line, column).value = None
        for column, value in enumerate(row, 1):
            sheet.cell(line, column).value = value  # type: ignore[assignment] # what a test lays


def judged(form: Form, book: Workbook | bytes) -> tuple[Reading, Assessment]:
    if isinstance(book, Workbook):
        stream = BytesIO()
        book.save(stream)
        book = stream.getvalue()
    found = read(form, book)
    [assessment] = judge(form, [submission_of(found)])
    return found, assessment


def told(item: Assessment, *severities: Severity) -> list[tuple[str, str]]:
    """What the agency is told, but for what follows from the blank page of 基本信息."""
    wanted = severities or (Severity.ERROR, Severity.WARNING)
    return [
        (found.code, found.variant)
        for found in item.findings
        if found.severity in wanted and found.code != "F10"
    ]


def sent_back(form: Form, item: Assessment) -> tuple[ReturnedContent, bytes]:
    """What goes back, and the workbook."""
    back = returned_of(form, [item], item)
    stamp = Stamp("001", AGENCY.name, 2023, AGENCY.level, open_columns=back.open_columns)
    return back, build_workbook(
        form, stamp, values=back.values, notices=back.notices, registers=back.registers
    )


def counts(found: Reading) -> tuple[object, object, object]:
    numbers = found.numbers
    return tuple(  # type: ignore[return-value] # three of them
        numbers[f"requests.{row}.total"] for row in ("new_received", "outcomes_total", "carried_forward")
    )


ALL = (10, 9, 1)


def test_rows_as_they_are_asked_for_say_nothing(form: Form) -> None:
    book, _, _ = workbook(form)
    found, item = judged(form, book)
    assert (counts(found), told(item)) == (ALL, [])


@pytest.mark.parametrize("hint", ["答复日期（年月日）", "答复日期 *（如2023-3-5）", "答复日期【必填】"])
def test_a_hint_in_brackets_costs_no_column(form: Form, hint: str) -> None:
    book, sheet, _ = workbook(form)
    sheet["I5"] = hint
    found, item = judged(form, book)
    assert (counts(found), told(item)) == (ALL, [("F03", "near_label")])


def test_amounts_in_another_unit_are_not_taken_for_those_of_the_form(form: Form) -> None:
    book, sheet, _ = workbook(form)
    sheet["J5"], sheet["J6"] = "信息处理费（万元）", 1
    found, item = judged(form, book)
    assert {row[9] for row in found.registers["applications"].cells} == {""}
    assert ("V02", "extra_column") in told(item)


def test_columns_under_unknown_headings_are_laid_by_their_values(form: Form) -> None:
    book, sheet, _ = workbook(form)
    sheet["H5"], sheet["I5"] = "怎么答的", "哪天答的"
    found, item = judged(form, book)
    assert (counts(found), told(item)) == (ALL, [("F03", "unknown_heading")] * 2)
    back, content = sent_back(form, item)
    assert not back.open_columns
    again, item = judged(form, content)
    assert (counts(again), told(item)) == (ALL, [])


def without_a_column(form: Form) -> Assessment:
    """The results stand under a heading that nobody knows, in words that nobody can choose."""
    book, sheet, _ = workbook(form)
    sheet["H5"] = "怎么答的"
    for row in range(6, 15):
        sheet.cell(row, 8).value = "已按规定答复申请人"
    _, item = judged(form, book)
    assert ("F03", "missing_column") in told(item)
    return item


def test_a_column_that_was_lost_stays_asked_for_until_it_is_filled(form: Form) -> None:
    back, content = sent_back(form, without_a_column(form))
    assert back.open_columns == ("applications.outcome",)
    for _ in range(2):
        found, item = judged(form, content)
        assert told(item, Severity.ERROR)[:1] == [("F03", "open_column")]
        assert not [code for code, _ in told(item) if code.startswith("R")]
        assert len(found.registers["applications"].cells) == len(REQUESTS)
        back, content = sent_back(form, item)
        assert back.open_columns == ("applications.outcome",)
    book = openpyxl.load_workbook(BytesIO(content))
    for row in range(6, 15):
        book[SHEET].cell(row, 8).value = "予以公开"
    found, item = judged(form, book)
    assert (counts(found), told(item)) == (ALL, [])


def test_that_a_column_holds_nothing_can_be_confirmed(form: Form) -> None:
    _, content = sent_back(form, without_a_column(form))
    book = openpyxl.load_workbook(BytesIO(content))
    for row in range(6, 16):
        book[SHEET].cell(row, 9).value = None
    book[SHEET]["H6"] = "无"
    found, item = judged(form, book)
    assert (counts(found), told(item, Severity.ERROR)) == ((10, 0, 10), [])
