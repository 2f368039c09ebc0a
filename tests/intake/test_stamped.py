"""The hidden stamp of a file, and sheets that are none of the template's: read, said, and never taken for the form's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.forms import layout
from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.intake.read.reading import read
from pipeline.model import Number, Severity
from pipeline.publishing.returning.remaining import remaining
from pipeline.publishing.template import Stamp, build_workbook
from pipeline.wording.messages import notice
from tests.intake.support import Draft, codes, draft, numbers_for
from tests.support.submissions import plain_texts

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "local-form"


@pytest.fixture(scope="module")
def numbers(form: Form) -> dict[str, Number]:
    return numbers_for(form, 11)


def stamped(form: Form, numbers: dict[str, Number], form_id: str, edition: str) -> Draft:
    """A file on the labels of ``form`` whose stamp says something else."""
    made = draft(form, numbers)
    made.sheets[layout.STAMP_SHEET] = {
        (0, 0): "form",
        (0, 1): form_id,
        (1, 0): "edition",
        (1, 1): edition,
    }
    made.hidden.add(layout.STAMP_SHEET)
    return made


@pytest.mark.parametrize(
    ("form_id", "edition", "code", "severity"),
    [
        ("annual_report_2021", "1", None, None),
        ("annual_report_2021", "99", "F04.edition", Severity.INFO),
        ("annual_report_2019", "1", "F04.same_tables", Severity.INFO),
        ("somebody_else", "1", "F04.unknown_form", Severity.WARNING),
    ],
)
def test_a_stamp_of_another_is_said_and_what_stands_by_its_labels_is_read(
    form: Form,
    numbers: dict[str, Number],
    form_id: str,
    edition: str,
    code: str | None,
    severity: Severity | None,
) -> None:
    reading = read(form, stamped(form, numbers, form_id, edition).xlsx())
    assert reading.numbers == numbers
    assert codes(reading.findings) == ([code] if code else [])
    assert [item.severity for item in reading.findings] == ([severity] if severity else [])


def test_what_another_edition_has_not_is_asked_for_and_not_to_be_restored(
    form: Form, numbers: dict[str, Number]
) -> None:
    """Nobody can restore a row that his template never had; the workbook that goes back has it."""
    table, gone = form.tables[0], form.tables[1]
    sheet = next(sheet.name for sheet in form.sheets if sheet.kind == "texts")
    for edition, of_own in ((form.edition, True), ("0", False)):
        made = stamped(form, numbers, form.id, edition)
        [label, *_] = [
            spot for spot, text in made.sheets[table.sheet].items() if str(text) == "行政规范性文件"
        ]
        made.sheets[table.sheet] = {
            spot: value for spot, value in made.sheets[table.sheet].items() if spot[0] != label[0]
        }
        made.sheets[gone.sheet] = {}
        made.sheets[sheet] = {}
        found = [item for item in read(form, made.xlsx()).findings if item.code == "F03"]
        variants = {item.variant for item in found}
        assert variants == (
            {"missing_label", "missing_table", "missing_sheet"}
            if of_own
            else {"label_of_another", "table_of_another", "sheet_of_another"}
        )
        assert all(
            ("恢复" in notice(form, item).message) == of_own
            for item in found
            if item.key in form.by_key and item.place
        )
        for item in found:
            left = remaining(form, item, {})
            assert left.change, "the empty cells are asked for"
            assert of_own or "恢复" not in notice(form, left.finding).message


def test_an_edition_with_rows_in_another_order_is_read_by_its_labels(
    form: Form, numbers: dict[str, Number]
) -> None:
    made = stamped(form, numbers, form.id, "0")
    table = form.tables[-1]
    made.shift(table.sheet, lambda row, column: (row + 3, column))
    reading = read(form, made.xlsx())
    assert reading.numbers == numbers
    assert codes(reading.findings) == ["F04.edition", "F05.moved"]


def test_a_template_of_another_known_form_is_named(form: Form) -> None:
    newer, older = form, load_form("annual_report_2019")
    content = build_workbook(newer, Stamp(agency="区财政局", year=2020), values=dict(plain_texts(newer)))
    reading = read(older, content)
    [found] = [item for item in reading.findings if item.code == "F04"]
    assert (found.variant, found.severity) == ("other_form_carried", Severity.ERROR)
    assert found.facts["stated"] == f"{newer.title}（{newer.authority}）"
    strange = replace(
        older, tables=older.tables[:1], reference=older.reference
    )  # of whose tables none is there
    reading = read(strange, content)
    assert codes(reading.findings) == ["F04.other_form"]
    assert not reading.numbers


def test_a_form_of_the_district_is_known_beside_its_own(form: Form) -> None:
    local = load_form("local_report", EXAMPLE)
    content = build_workbook(form, Stamp(agency="区财政局", year=2023), values=dict(plain_texts(form)))
    said = codes(read(local, content).findings)
    assert "F04.other_form_carried" in said
    assert "F03.table_of_another" in said
    back = build_workbook(local, Stamp(agency="区财政局", year=2023), values=dict(plain_texts(local)))
    assert "F04.unknown_form" in codes(read(form, back).findings)


@pytest.mark.parametrize("name", ["补充", "Sheet1", "附表 科室明细"])
def test_a_sheet_of_the_clerks_own_with_figures_is_told_to_the_office(
    form: Form, numbers: dict[str, Number], name: str
) -> None:
    made = draft(form, numbers)
    made.sheets[name] = {
        (3, 1): "科室",
        (3, 2): "件数",
        (4, 1): "办公室",
        (4, 2): 12,
        (5, 1): "法规科",
        (5, 2): 7,
    }
    reading = read(form, made.xlsx())
    [found] = reading.findings
    assert (codes([found]), found.severity) == (["F05.extra_sheet"], Severity.INFO)
    assert found.place is not None
    assert (found.place.sheet, found.facts["cells"], found.facts["numbers"]) == (name, 6, 2)
    made.hidden.add(name)
    assert not read(form, made.xlsx()).findings


def test_an_empty_sheet_more_is_nothing(form: Form, numbers: dict[str, Number]) -> None:
    made = draft(form, numbers)
    made.sheets["Sheet1"] = {(0, 0): " "}
    assert not read(form, made.xlsx()).findings
