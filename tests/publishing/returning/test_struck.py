"""What was struck out is not carried over: a workbook that is sent back as it is asks again, and one that is obeyed is accepted."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import openpyxl
from openpyxl.styles import Font

from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.model import Assessment, Severity
from pipeline.publishing.returning import ReturnedContent, returned_of
from pipeline.publishing.template import Stamp, build_workbook
from tests.support.rows import YEAR
from tests.support.submissions import AGENCY, submission_of

DOCUMENTS = load_form("normative_documents")
[REGISTER] = DOCUMENTS.registers
QUARTERLY = replace(load_form("disclosure_statistics_quarter"), period="year")
STAMP = Stamp("001", AGENCY.name, YEAR, AGENCY.level)


def row(number: int) -> list[str]:
    return [
        f"样政发〔2023〕{number}号",
        "某某办法",
        "2023-03-05",
        "是",
        "",
        f"https://www.example.gov.cn/{number}.html",
        "",
    ]


def judged(form: Form, content: bytes) -> Assessment:
    [item] = judge(form, [submission_of(read(form, content))])
    return item


def struck(content: bytes, sheet: str, *cells: str) -> bytes:
    book = openpyxl.load_workbook(BytesIO(content))
    for cell in cells:
        book[sheet][cell].font = Font(strike=True)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def sent_back(form: Form, back: ReturnedContent) -> Assessment:
    return judged(
        form, build_workbook(form, STAMP, values=back.values, registers=back.registers, notices=back.notices)
    )


def errors(item: Assessment) -> list[tuple[str, str, str | None]]:
    return [(one.code, one.variant, one.key) for one in item.findings if one.severity is Severity.ERROR]


def test_a_row_that_was_struck_out_is_asked_again() -> None:
    sent = build_workbook(DOCUMENTS, STAMP, registers={REGISTER.key: [row(1), row(2), row(3)]})
    item = judged(DOCUMENTS, struck(sent, REGISTER.sheet, *(f"{letter}7" for letter in "ABCDF")))
    key = REGISTER.row_key(0, 1)
    assert ("V01", "struck_row", key) in errors(item)
    back = returned_of(DOCUMENTS, [item], item)
    assert back.registers[REGISTER.key] == [row(1), ["", *row(2)[1:]], row(3)]
    assert [one.change for one in back.notices if one.code == "V01"] == [(key,)]
    assert ("C01", key) in [(code, own) for code, _, own in errors(sent_back(DOCUMENTS, back))]
    kept = replace(back, registers={REGISTER.key: [row(1), row(3)]})
    assert errors(sent_back(DOCUMENTS, kept)) == [own for own in errors(item) if own[2] != key]


def test_a_figure_that_was_struck_out_is_asked_again() -> None:
    inputs = {cell.key: 3 for cell in QUARTERLY.cells if cell.is_input}
    content = build_workbook(QUARTERLY, STAMP, values=inputs)
    cell = QUARTERLY.cells[0]
    place = QUARTERLY.places[cell.key]
    item = judged(QUARTERLY, struck(content, place.sheet, place.cell))
    assert ("C08", "struck", cell.key) in errors(item)
    back = returned_of(QUARTERLY, [item], item)
    assert cell.key not in back.values
    assert [one.change for one in back.notices if one.code == "C08"] == [(cell.key,)]
    assert ("C01", cell.key) in [(code, own) for code, _, own in errors(sent_back(QUARTERLY, back))]
