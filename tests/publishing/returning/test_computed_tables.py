"""What the workbook that goes back has again and computes by itself is not asked for; a register that was not found is."""

from __future__ import annotations

from io import BytesIO

import openpyxl

from pipeline.forms.loader import load_form
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.publishing.returning import returned_of
from pipeline.publishing.template import build_workbook
from tests.support.submissions import submission_of

ROW = ["样政发〔2023〕1号", "某某办法", "2023-03-05", "是", "", "https://www.example.gov.cn/1.html", ""]
FORM = load_form("normative_documents")
[REGISTER] = FORM.registers


def told(*removed: str) -> list[tuple[str, str | None, str | None, tuple[str, ...]]]:
    book = openpyxl.load_workbook(BytesIO(build_workbook(FORM, registers={REGISTER.key: [ROW]})))
    for sheet in removed:
        del book[sheet]
    stream = BytesIO()
    book.save(stream)
    [item] = judge(FORM, [submission_of(read(FORM, stream.getvalue()))])
    notices = returned_of(FORM, [item], item).notices
    return [(one.hint or "", one.sheet, one.cell, one.change) for one in notices if one.code == "F03"]


def test_a_table_that_is_computed_is_not_asked_for() -> None:
    [table] = FORM.tables
    first = FORM.places[FORM.cells_of(table.key)[0].key]
    assert told(table.sheet) == [("不用填写", first.sheet, first.cell, ())]


def test_a_register_that_was_not_found_is_asked_for_where_it_stands() -> None:
    [(hint, sheet, cell, change)] = told(REGISTER.sheet)
    nil = FORM.places[REGISTER.nil_key]
    assert REGISTER.nil_label in hint
    assert (sheet, cell, change) == (nil.sheet, nil.cell, (REGISTER.nil_key,))
