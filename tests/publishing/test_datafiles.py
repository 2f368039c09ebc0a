"""The CSV files: columns of the contract, exact figures, and text that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.forms.values.typed import plain_number
from pipeline.model import Finding, Place, Severity, Verdict
from pipeline.publishing.data.datafiles import as_text_cell, figures_csv, findings_csv
from pipeline.publishing.data.record import came_by_mail
from pipeline.wording.messages import notices
from tests.support import fills
from tests.support.districts import agency, assessment, blank, merged, mixed

CONTRACT = [
    "file", "sha256", "agency", "agency_name", "version", "verdict",
    "code", "severity", "sheet", "cell", "key", "actual", "expected", "message", "hint",
]  # fmt: skip


@pytest.fixture
def form() -> Form:
    return load_form()


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_files_start_with_the_mark_by_which_excel_knows_utf8(form: Form) -> None:
    assert figures_csv(form, merged(form, [], [])).startswith(b"\xef\xbb\xbfagency_code,agency,")
    assert findings_csv([]).startswith(b"\xef\xbb\xbffile,")


def test_figures_hold_one_row_per_accepted_agency_in_roster_order(form: Form) -> None:
    roster, found = mixed(form)
    summary = merged(form, roster, found)
    head, *rows = read(figures_csv(form, summary))
    assert head == ["agency_code", "agency", *(cell.key for cell in form.cells)]
    assert [row[0] for row in rows] == [report.code for report in summary.reports]
    assert [row[1] for row in rows] == [report.agency for report in summary.reports]
    for row, report in zip(rows, summary.reports, strict=True):
        assert tuple(Decimal(value) for value in row[2:]) == report.numbers


def test_figures_of_no_report_are_a_head(form: Form) -> None:
    assert len(read(figures_csv(form, merged(form, [agency(1)], [])))) == 1


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (7, "7"),
        (-3, "-3"),
        (100, "100"),
        (Decimal("0.500000"), "0.5"),
        (Decimal("59237.2449"), "59237.2449"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-6"), "0.000001"),
        (Decimal("0.000"), "0"),
        (Decimal("-0.0"), "0"),
        (Decimal(120), "120"),
    ],
)
def test_figures_are_written_without_exponent_or_trailing_zeros(value: int | Decimal, written: str) -> None:
    assert plain_number(value) == written


def test_findings_have_the_columns_of_the_contract(form: Form) -> None:
    owner = agency(1)
    item = assessment(form, owner, 2, Verdict.RETURNED, findings=blank(form, 0)[:2])
    head, *rows = read(findings_csv([(item, notice) for notice in notices(form, item.findings)]))
    assert head == CONTRACT
    cell = form.cells[0]
    first = dict(zip(head, rows[0], strict=True))
    assert len(rows) == 2
    assert first | {"actual": "", "expected": "", "message": "", "hint": ""} == {
        "file": item.submission.file,
        "sha256": item.submission.sha256,
        "agency": owner.code,
        "agency_name": owner.name,
        "version": "2",
        "verdict": "returned",
        "code": "C01",
        "severity": "error",
        "sheet": form.places[cell.key].sheet,
        "cell": form.places[cell.key].cell,
        "key": cell.key,
        "actual": "",
        "expected": "",
        "message": "",
        "hint": "",
    }
    assert first["message"]
    assert first["hint"]


def test_findings_of_nobody_have_no_agency(form: Form) -> None:
    stated = Finding("F02", Severity.ERROR, None, (), "agency_missing")
    item = assessment(form, None, 0, Verdict.HELD, findings=[stated])
    head, row = read(findings_csv([(item, notice) for notice in notices(form, item.findings)]))
    found = dict(zip(head, row, strict=True))
    assert (found["agency"], found["agency_name"], found["sheet"], found["cell"]) == ("", "", "", "")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_text_that_would_run_is_kept_as_text(start: str) -> None:
    assert as_text_cell(f"{start}cmd|'/C calc'!A0") == f"'{start}cmd|'/C calc'!A0"


@pytest.mark.parametrize("text", ["", "-5", "-0.25", "财政局", "5=5", "'=1"])
def test_other_text_and_plain_numbers_stay(text: str) -> None:
    assert as_text_cell(text) == text


@pytest.mark.parametrize("text", ["-5+2", "+3.5", "=5", "--5", "-", "+1e5", "-5\n"])
def test_what_only_begins_like_a_number_is_kept_as_text(text: str) -> None:
    assert as_text_cell(text) == f"'{text}"


def test_no_cell_of_either_file_can_run(form: Form) -> None:
    hostile = "=HYPERLINK(1)"
    owner = agency(1, hostile)
    place = Place(hostile, "A1")
    finding = Finding("C02", Severity.ERROR, place, (), "placeholder", {"raw": "@SUM(A1)"})
    item = assessment(form, owner, 1, file="+cmd.xlsx", findings=[finding])
    noted = [(item, notice) for notice in notices(form, item.findings)]
    contents = figures_csv(form, merged(form, [owner], [item])), findings_csv(noted)
    cells = [cell for content in contents for row in read(content) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]
    assert {f"'{hostile}", "'+cmd.xlsx", "'@SUM(A1)"} <= set(cells)


def test_names_that_no_encoding_can_hold_do_not_stop_the_run(form: Form) -> None:
    item = assessment(
        form, agency(1), 1, Verdict.RETURNED, findings=blank(form, 0)[:1], file="\udcb2\udcc6.xlsx"
    )
    rows = read(findings_csv([(item, notice) for notice in notices(form, item.findings)]))
    assert rows[1][0] == "??.xlsx"


def test_the_same_inputs_give_the_same_bytes(form: Form) -> None:
    numbers = fills.zeros(form)
    one, two = (
        figures_csv(form, merged(form, [agency(1)], [assessment(form, agency(1), numbers=numbers)]))
        for _ in range(2)
    )
    assert one == two


@pytest.mark.parametrize(
    ("file", "is_mailed"),
    [("1.eml/a.xlsx", True), ("1.EML/a.zip/a.xlsx", True), ("a.eml.xlsx", False), ("1.eml", False)],
)
def test_a_file_inside_a_mail_came_by_mail(file: str, *, is_mailed: bool) -> None:
    assert came_by_mail({"submissions": [{"file": "b.xlsx"}, {"file": file}]}) is is_mailed
