"""The workbook that goes back: the template with what was sent, marked where it is wrong, as LibreOffice opens and saves it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook.workbook import Workbook

from pipeline.forms import layout
from pipeline.forms.form import Form
from pipeline.publishing.template import Stamp, build_workbook
from pipeline.publishing.template.list_pages import READY
from tests.support.fills import consistent_numbers, report
from tests.support.folders import Ran, inputs_only, make_district, run
from tests.support.libreoffice import recalculate

AGENCY = "甲局"
STAMP = Stamp("001", AGENCY, 2023, "县区", "样例区")


@dataclass(frozen=True, slots=True)
class Case:
    """What was sent wrongly: faulty values by key, and what mends them."""

    sent: bytes
    mend: dict[str, Any]


@pytest.fixture(scope="module")
def case(form: Form) -> Case:
    """A slip of a sum, a unit, a blank, a placeholder, a negative and a text that is missing."""
    right: dict[str, Any] = inputs_only(form, consistent_numbers(form, random.Random(7)))
    texts: dict[str, Any] = dict(report(form, "001", AGENCY, 2023).texts)
    inputs = [cell.key for cell in form.cells if cell.is_input]
    free = [key for key in inputs if form.by_key[key].kind == "count" and _is_in_no_rule(form, key)]
    summed = next(key for key in inputs if not _is_in_no_rule(form, key) and right[key])
    text = next(item.key for item in form.texts if item.required)
    wrong = {free[0]: "3件左右", free[1]: -2, free[2]: "/", summed: right[summed] + 4, text: ""}
    entries = {form.entry_with_role("year").key: 2023}
    values = {**right, **texts, **entries, **wrong}
    sent = build_workbook(form, STAMP, values={key: value for key, value in values.items() if value != ""})
    return Case(sent, {key: {**right, **texts}[key] for key in wrong})


def _is_in_no_rule(form: Form, key: str) -> bool:
    return not any(key in (*balance.left, *balance.right) for balance in form.balances)


@pytest.fixture(scope="module")
def returned(case: Case, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    files = {"2024-01-10/年报.xlsx": case.sent}
    return run(make_district(tmp_path_factory.mktemp("marked"), [AGENCY], files))


def marked_file(ran: Ran, file: str = "2024-01-10/年报.xlsx") -> Path:
    [item] = [item for item in ran.record["submissions"] if item["file"] == file]
    return ran.folder / str(item["returned"])


def comments(book: Workbook) -> set[tuple[str, str]]:
    return {
        (sheet.title, cell.coordinate)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }


def found_cells(ran: Ran, file: str = "2024-01-10/年报.xlsx") -> set[tuple[str, str]]:
    [item] = [item for item in ran.record["submissions"] if item["file"] == file]
    asked = (found for found in item["findings"] if found["severity"] != "info")
    return {(found["sheet"], found["cell"]) for found in asked if found["cell"]}


def mend(form: Form, book: Workbook, values: dict[str, Any]) -> bytes:
    for key, value in values.items():
        place = form.places[key]
        book[place.sheet][place.cell] = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_every_marked_cell_is_the_findings_cell(returned: Ran, case: Case, form: Form) -> None:
    marks = comments(openpyxl.load_workbook(marked_file(returned)))
    assert marks == found_cells(returned)
    wrong = {(form.places[key].sheet, form.places[key].cell) for key in case.mend if not _summed(form, key)}
    assert wrong <= marks


def _summed(form: Form, key: str) -> bool:
    """Of a sum, the rule's own cell is marked: which addend is wrong nobody knows."""
    return key in form.by_key and not _is_in_no_rule(form, key)


def test_validations_formulas_and_protection_are_the_templates(returned: Ran, form: Form) -> None:
    marked = openpyxl.load_workbook(marked_file(returned))
    blank = openpyxl.load_workbook(BytesIO(build_workbook(form, STAMP)))
    for sheet in form.sheets:
        mine, own = marked[sheet.name], blank[sheet.name]
        assert _validations(mine) == _validations(own), sheet.name
        assert _conditions(mine) == _conditions(own), sheet.name
        assert mine.protection.sheet == own.protection.sheet
        for row in own.iter_rows():
            for cell in row:
                if cell.data_type == "f" and sheet.kind != "guide":
                    assert mine[cell.coordinate].value == cell.value, f"{sheet.name} {cell.coordinate}"
    assert marked[layout.STAMP_SHEET].sheet_state == "veryHidden"


def _validations(sheet: Any) -> list[tuple[str, ...]]:  # noqa: ANN401 - openpyxl's sheets
    return sorted(
        (str(item.sqref), str(item.type), str(item.operator), str(item.formula1), str(item.error))
        for item in sheet.data_validations.dataValidation
    )


def _conditions(sheet: Any) -> list[tuple[str, ...]]:  # noqa: ANN401
    return sorted(
        (str(area.sqref), str(rule.type), str(rule.formula))
        for area in sheet.conditional_formatting
        for rule in area.rules
    )


def test_old_marks_are_gone_when_a_half_mended_file_comes_back(
    returned: Ran, case: Case, form: Form, tmp_path: Path
) -> None:
    [first, *_] = case.mend
    half = {key: value for key, value in case.mend.items() if key != first}
    again = mend(form, openpyxl.load_workbook(marked_file(returned)), half)
    ran = run(make_district(tmp_path, [AGENCY], {"2024-01-12/改.xlsx": again}))
    marks = comments(openpyxl.load_workbook(marked_file(ran, "2024-01-12/改.xlsx")))
    place = form.places[first]
    assert marks == {(place.sheet, place.cell)} == found_cells(ran, "2024-01-12/改.xlsx")


@pytest.mark.libreoffice
def test_a_clerk_mends_it_in_libreoffice_and_it_is_accepted(
    returned: Ran, case: Case, form: Form, tmp_path: Path
) -> None:
    """Opened and saved by LibreOffice, mended, opened and saved again: values shown, checks live, list and links there."""
    source = tmp_path / "退回.xlsx"
    source.write_bytes(marked_file(returned).read_bytes())
    [opened] = recalculate([source], tmp_path / "opened")
    shown, stored = (openpyxl.load_workbook(path, data_only=True) for path in (opened, source))
    for name in (layout.NOTICES_SHEET, *(sheet.name for sheet in form.sheets)):
        for row in stored[name].iter_rows():
            for cell in row:
                there = shown[name][cell.coordinate].value
                assert there == cell.value or (not there and not cell.value), f"{name} {cell.coordinate}"
    book = openpyxl.load_workbook(opened)
    assert comments(book) == found_cells(returned)
    notices = book[layout.NOTICES_SHEET]
    heads = [cell.value for cell in notices[3]]
    assert heads == ["序号", "级别", "位置", "现值", "应为", "问题", "怎么改", "处理结果"]
    assert notices.auto_filter.ref
    links = [row[2].hyperlink for row in notices.iter_rows(min_row=4) if row[0].value]
    assert links
    assert all(links)
    assert {str(item.type) for item in book[form.places[form.cells[0].key].sheet].data_validations.dataValidation} >= {
        "whole", "list",
    }  # fmt: skip
    mended = tmp_path / "改好.xlsx"
    mended.write_bytes(mend(form, book, case.mend))
    [saved] = recalculate([mended], tmp_path / "saved")
    guide = openpyxl.load_workbook(saved, data_only=True)[form.sheet_of_kind("guide").name]
    panel = [str(cell.value) for row in guide.iter_rows() for cell in row if READY in str(cell.value)]
    assert any("自查已通过" in text for text in panel), "the live checks saw that everything is mended"
    files = {"2024-01-10/年报.xlsx": case.sent, "2024-01-15/改好.xlsx": saved.read_bytes()}
    ran = run(make_district(tmp_path / "again", [AGENCY], files))
    assert ran.verdicts()["2024-01-15/改好.xlsx"] == "accepted"
    assert ran.record["counts"]["accepted"] == 1
