"""A figure that is merged over the next cell: the blank one is told with the merge, and is no zero."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest

from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.model import Finding, Number, Place, Reading
from pipeline.publishing.returning import returned_of
from pipeline.publishing.template import build_workbook
from tests.support.submissions import submission_of


@pytest.fixture(scope="module")
def quarterly() -> Form:
    return replace(load_form("disclosure_statistics_quarter"), period="year")


def merged(form: Form, area: str, blank: str, **values: str) -> Reading:
    inputs: dict[str, Number | str] = {cell.key: 3 for cell in form.cells if cell.is_input}
    book = openpyxl.load_workbook(BytesIO(build_workbook(form, values={**inputs, **values})))
    sheet = book[form.tables[0].sheet]
    sheet[blank].value = None
    sheet.merge_cells(area)
    stream = BytesIO()
    book.save(stream)
    return read(form, stream.getvalue())


def blanks(found: Reading) -> list[Finding]:
    return [item for item in found.findings if (item.code, item.variant) == ("C01", "merged")]


@pytest.mark.parametrize(
    ("area", "blank", "other"),
    [("B6:C6", "C6", "（B6 是“3”）"), ("B6:B7", "B7", "（B6 是“3”）"), ("C7:C8", "C8", "")],
)
def test_a_blank_under_a_merge_is_told_with_it(quarterly: Form, area: str, blank: str, other: str) -> None:
    found = merged(quarterly, area, blank)
    sheet = quarterly.tables[0].sheet
    [told] = blanks(found)
    assert (told.place, told.facts) == (Place(sheet, blank), {"other": other})
    [item] = judge(quarterly, [submission_of(found)])
    assert [one.variant for one in item.findings if told.keys[0] in one.keys and one.code == "C01"] == [
        "merged"
    ]
    back = returned_of(quarterly, [item], item)
    assert [(one.sheet, one.cell, one.change) for one in back.notices if one.code == "C01"] == [
        (sheet, blank, told.keys)
    ]


def test_a_label_merged_over_a_blank_and_a_nil_table_are_nothing_of_it(quarterly: Form) -> None:
    assert blanks(merged(quarterly, "A6:B6", "B6")) == []
    table = quarterly.tables[0]
    assert blanks(merged(quarterly, "B6:C6", "C6", **{table.nil_key: "是"})) == []
