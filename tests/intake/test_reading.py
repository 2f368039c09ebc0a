"""Whole files on the template's own addresses: what each cell, stamp and answer becomes."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from pipeline.forms.form import Cell, Form
from pipeline.intake.guard import inspection as guard
from pipeline.intake.read import figures, pasted, reading
from pipeline.intake.read.labels import year_of
from pipeline.intake.read.reading import read
from pipeline.model import Finding, Number, Place, Reading
from pipeline.publishing.template import Stamp, build_workbook
from tests.intake.support import (
    Draft,
    Formula,
    codes,
    default_answers,
    draft,
    numbers_for,
    rewrite_part,
    with_own_formulas,
    zip_of,
)


@pytest.fixture(scope="module")
def numbers(form: Form) -> dict[str, Number]:
    return numbers_for(form)


def first_input(form: Form, kind: str = "count") -> Cell:
    return next(cell for cell in form.cells if cell.is_input and cell.kind == kind)


def first_total(form: Form) -> Cell:
    return next(cell for cell in form.cells if not cell.is_input)


def cell_xml_part(form: Form, key: str) -> str:
    names = [sheet.name for sheet in form.sheets]
    return f"xl/worksheets/sheet{names.index(form.positions[key][0]) + 1}.xml"


def assert_whole(form: Form, reading: Reading, numbers: dict[str, Number]) -> None:
    assert list(reading.numbers) == [cell.key for cell in form.cells]
    assert reading.numbers == numbers
    assert reading.form == form.id
    assert reading.opened
    assert not reading.unreadable


@pytest.mark.parametrize("save", ["xlsx", "xls", "ods"])
def test_a_filled_template_is_read_whole(form: Form, numbers: dict[str, Number], save: str) -> None:
    reading = read(form, getattr(draft(form, numbers), save)())
    assert_whole(form, reading, numbers)
    assert reading.findings == ()
    answers = default_answers(form)
    assert dict(reading.entries) == {entry.key: answers[entry.key] for entry in form.entries}
    assert dict(reading.texts) == {text.key: answers[text.key] for text in form.texts}
    assert reading.places == form.places


def test_the_built_template_is_read_whole(form: Form, numbers: dict[str, Number]) -> None:
    inputs = {key: value for key, value in numbers.items() if form.by_key[key].is_input}
    texts = {text.key: f"第一段。\n{text.label}第二段。" for text in form.texts}
    anchor = form.balances[0].id
    content = build_workbook(
        form,
        Stamp("007", "甲局", 2023),
        values={**inputs, **texts},
        explanations={anchor: "情况属实"},
    )
    reading = read(form, content)
    assert_whole(form, reading, numbers)
    assert reading.findings == ()
    assert dict(reading.texts) == texts
    assert dict(reading.explanations) == {anchor: "情况属实"}
    assert reading.claims.stamp["agency"] == "007"
    assert (reading.claims.agency, reading.claims.year) == ("甲局", 2023)


def test_a_blank_template_is_blank_and_faultless(form: Form) -> None:
    reading = read(form, build_workbook(form))
    assert reading.findings == ()
    assert set(reading.numbers.values()) == {None}
    assert not any(reading.texts.values())
    assert not any(reading.entries.values())
    assert reading.claims.year is None


def read_with(form: Form, numbers: dict[str, Number], key: str, value: object) -> tuple[Reading, Finding]:
    made = draft(form, numbers)
    made.put(form.positions[key], value)
    reading = read(form, made.xlsx())
    assert [found.keys for found in reading.findings] == [(key,)]
    assert reading.findings[0].place == form.places[key]
    return reading, reading.findings[0]


@pytest.mark.parametrize(
    ("value", "code", "raw"),
    [
        ("/", "C02.placeholder", "/"),
        ("无", "C02.placeholder", "无"),
        ("见附件", "C08.text", "见附件"),
        (date(2024, 1, 2), "C08.date", "2024-01-02"),
        (True, "C08.boolean", "TRUE"),
        (1e15, "C08.too_large", "1e+15"),
        (Formula("=1/0", "#DIV/0!"), "C08.excel_error", "#DIV/0!"),
    ],
)
def test_an_unreadable_cell_has_no_number(
    form: Form, numbers: dict[str, Number], value: object, code: str, raw: str
) -> None:
    key = first_input(form).key
    reading, finding = read_with(form, numbers, key, value)
    assert codes([finding]) == [code]
    assert finding.facts["raw"] == raw
    assert reading.numbers[key] is None
    assert reading.unreadable == {key: raw}


def test_a_formula_never_calculated_is_no_number(form: Form, numbers: dict[str, Number]) -> None:
    key = first_input(form).key
    made = draft(form, numbers)
    made.put(form.positions[key], Formula("=3+4", 7))
    content = rewrite_part(
        made.xlsx(), cell_xml_part(form, key), lambda xml: xml.replace(b"<f>3+4</f><v>7</v>", b"<f>3+4</f>")
    )
    reading = read(form, content)
    assert codes(reading.findings) == ["C08.formula_without_result"]
    assert reading.unreadable == {key: "=3+4"}


def test_a_formula_with_its_result_is_a_number(form: Form, numbers: dict[str, Number]) -> None:
    key = first_input(form).key
    made = draft(form, numbers)
    made.put(form.positions[key], Formula("=3+4", 7))
    reading = read(form, made.xlsx())
    assert reading.numbers[key] == 7
    assert "C08" not in {found.code for found in reading.findings}


@pytest.mark.parametrize(
    ("kind", "value", "code", "number"),
    [
        ("count", "１２", "C04.normalised", 12),
        ("count", "2件", "C03.unit_stripped", 2),
        ("money", "0.5万元", "C03.unit_stripped", Decimal("0.5")),
    ],
)
def test_a_normalised_cell_has_its_number_and_a_note(
    form: Form, numbers: dict[str, Number], kind: str, value: str, code: str, number: Number
) -> None:
    key = first_input(form, kind).key
    reading, finding = read_with(form, numbers, key, value)
    assert codes([finding]) == [code]
    assert reading.numbers[key] == number
    assert not reading.unreadable


@pytest.mark.parametrize(
    "value", [7.0, 0, 2.5, "7", "", "7件", -1, 10**10, Formula("=3+4", 7), Formula("=3+4", 8)]
)
def test_a_table_read_at_one_go_is_read_as_cell_by_cell(
    form: Form, numbers: dict[str, Number], value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    form_draft = draft(form, numbers)
    form_draft.put(form.positions["requests.new_received.enterprise"], value)
    content = form_draft.xlsx()
    at_one_go = read(form, content)
    for module in (figures, pasted):
        monkeypatch.setattr(module, "plain_numbers", lambda *_: None)
    assert read(form, content) == at_one_go


@pytest.mark.parametrize("explained", [False, True])
@pytest.mark.parametrize("formula", ["", "='自查'!A5", "='上年数据'!A4"])
def test_a_sheet_that_waits_changes_nothing(
    form: Form,
    numbers: dict[str, Number],
    explained: bool,  # noqa: FBT001
    formula: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inputs = {key: value for key, value in numbers.items() if form.by_key[key].is_input}
    content = build_workbook(
        form,
        Stamp("007", "甲局", 2023),
        values=inputs,
        explanations={form.balances[0].id: "情况属实"} if explained else {},
    )
    if formula:
        content = rewrite_part(
            content,
            "xl/worksheets/sheet4.xml",
            lambda xml: re.sub(
                rb'(<c r="[C-D]7" s="\d+")><v>\d+</v>', rb"\1><f>%s</f><v>1</v>" % formula[1:].encode(), xml
            ),
        )
        assert b"<f>%s</f>" % formula[1:].encode() in guard.inspect(content).sheets["二、主动公开"]
    waited = read(form, content)
    monkeypatch.setattr(reading, "_seldom_read", lambda _: frozenset())
    assert read(form, content) == waited
    assert bool(waited.explanations) == explained


@pytest.mark.parametrize("value", [None, "", "/", "—"])
def test_a_total_left_out_is_computed(form: Form, numbers: dict[str, Number], value: object) -> None:
    made = draft(form, numbers)
    key = first_total(form).key
    made.put(form.positions[key], value)
    reading = read(form, made.xlsx())
    assert_whole(form, reading, numbers)
    assert reading.findings == ()


def test_a_stated_total_is_a_claim_and_kept(form: Form, numbers: dict[str, Number]) -> None:
    key = first_total(form).key
    made = draft(form, numbers)
    made.put(form.positions[key], float(numbers[key]) + 1)
    reading = read(form, made.xlsx())
    assert reading.numbers[key] == numbers[key] + 1
    assert reading.findings == ()


def test_a_stale_result_of_the_templates_own_formula_is_computed_anew(
    form: Form, numbers: dict[str, Number]
) -> None:
    key = first_total(form).key
    right: dict[str, object] = {cell.key: numbers[cell.key] for cell in form.cells if not cell.is_input}
    made = with_own_formulas(form, draft(form, numbers), {**right, key: float(numbers[key]) + 5})
    reading = read(form, made.xlsx())
    assert_whole(form, reading, numbers)
    assert codes(reading.findings) == ["C04.recomputed"]
    assert reading.findings[0].facts == {"stated": numbers[key] + 5, "value": numbers[key]}
    assert reading.findings[0].place == form.places[key]


def test_a_program_that_stored_no_results_is_no_fault(form: Form, numbers: dict[str, Number]) -> None:
    made = with_own_formulas(form, draft(form, numbers), {})
    reading = read(form, made.xlsx())
    assert_whole(form, reading, numbers)
    assert reading.findings == ()


def test_a_foreign_formula_in_a_total_is_a_claim(form: Form, numbers: dict[str, Number]) -> None:
    key = first_total(form).key
    made = draft(form, numbers)
    made.put(form.positions[key], Formula("=LEN(A1)", float(numbers[key]) + 9))
    assert read(form, made.xlsx()).numbers[key] == numbers[key] + 9


def test_the_claim_of_a_sum_that_was_not_calculated_anew_is_what_it_comes_to(
    form: Form, numbers: dict[str, Number]
) -> None:
    key = first_total(form).key
    made = draft(form, numbers)
    made.put(form.positions[key], Formula("=1+1", float(numbers[key]) + 9))
    assert read(form, made.xlsx()).numbers[key] == 2


def test_an_error_in_a_total_is_noted_and_computed(form: Form, numbers: dict[str, Number]) -> None:
    key = first_total(form).key
    made = draft(form, numbers)
    made.put(form.positions[key], Formula("=1/0", "#REF!"))
    reading = read(form, made.xlsx())
    assert_whole(form, reading, numbers)
    assert codes(reading.findings) == ["C04.recomputed"]


def test_a_nil_return_makes_blanks_zero(form: Form) -> None:
    answers: dict[str, object] = {table.nil_key: "是" for table in form.tables}
    reading = read(form, draft(form, answers=answers).xlsx())
    assert set(reading.numbers.values()) == {0}
    assert reading.nil_tables == {table.key for table in form.tables}
    assert reading.findings == ()


def test_no_is_no_nil_return(form: Form) -> None:
    answers: dict[str, object] = {table.nil_key: "否" for table in form.tables}
    reading = read(form, draft(form, answers=answers).xlsx())
    assert set(reading.numbers.values()) == {None}
    assert not reading.nil_tables


def test_a_nil_return_with_numbers_contradicts_itself(form: Form) -> None:
    table = form.tables[0]
    cells = [cell for cell in form.cells_of(table.key) if cell.is_input]
    made = draft(form, answers={table.nil_key: "是"})
    made.put(form.positions[cells[0].key], 3.0)
    made.put(form.positions[cells[1].key], 0.0)
    made.put(form.positions[cells[2].key], "/")
    reading = read(form, made.xlsx())
    assert codes(reading.findings) == ["C02.placeholder", "C09.nil_contradiction"]
    assert reading.findings[1].place == form.places[table.nil_key]
    assert reading.findings[1].facts == {"table": table.name, "count": 1}
    assert [reading.numbers[cell.key] for cell in cells[:4]] == [3, 0, None, 0]


def test_text_that_looks_like_a_formula_stays_text(form: Form, numbers: dict[str, Number]) -> None:
    key = form.texts[0].key
    reading = read(form, draft(form, numbers, answers={key: "=1+1"}).xlsx())
    assert reading.texts[key] == "=1+1"


def test_paragraphs_in_one_cell_keep_their_line_ends(form: Form, numbers: dict[str, Number]) -> None:
    key = form.texts[0].key
    reading = read(form, draft(form, numbers, answers={key: " 一。\r\n二。\n"}).xlsx())
    assert reading.texts[key] == "一。\n二。"


def test_the_prompt_is_no_answer(form: Form, numbers: dict[str, Number]) -> None:
    key = form.texts[0].key
    assert read(form, draft(form, numbers, answers={key: None}).xlsx()).texts[key] == ""


def test_the_stamp_is_read(form: Form, numbers: dict[str, Number]) -> None:
    stamp = {"form": form.id, "edition": "1", "agency": "A07", "year": "2023", "level": "县区"}
    assert dict(read(form, draft(form, numbers, stamp=stamp).xlsx()).claims.stamp) == stamp


def test_macros_are_a_note(form: Form, numbers: dict[str, Number]) -> None:
    import io  # noqa: PLC0415
    import zipfile  # noqa: PLC0415

    with zipfile.ZipFile(io.BytesIO(draft(form, numbers).xlsx())) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    reading = read(form, zip_of({**parts, "xl/vbaProject.bin": b"x"}))
    assert codes(reading.findings) == ["F01.macros"]
    assert_whole(form, reading, numbers)


def test_the_second_reader_is_noted_and_reads_the_same(form: Form, numbers: dict[str, Number]) -> None:
    content = rewrite_part(
        draft(form, numbers).xlsx(),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(
            b"<sheetData/>", b'<sheetData><row r="1"><c r="A1" t="odd"><v>1</v></c></row></sheetData>'
        ),
    )
    reading = read(form, content)
    assert codes(reading.findings) == ["F01.second_reader"]
    assert_whole(form, reading, numbers)


def test_a_refused_file_is_one_finding(form: Form) -> None:
    reading = read(form, b"%PDF-1.7")
    assert codes(reading.findings) == ["F01.not_a_workbook"]
    assert not reading.opened
    assert not reading.numbers


def test_a_workbook_of_something_else_lacks_every_table(form: Form) -> None:
    reading = read(form, Draft({"Sheet1": {(0, 0): "通讯录", (1, 0): 1}}).xlsx())
    assert codes(reading.findings) == ["F03.missing_table"] * len(form.tables)
    assert [found.facts["table"] for found in reading.findings] == [table.name for table in form.tables]
    assert not reading.opened


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2023", 2023),
        ("2023年", 2023),
        ("２０２３年度", 2023),
        (" 2023 ", 2023),
        ("", None),
        ("去年", None),
        ("20231", None),
        ("2022—2023", None),
        ("二〇二三年度", 2023),
        ("二○二三", 2023),
    ],
)
def test_a_year_is_read_where_exactly_one_is_stated(text: str, year: int | None) -> None:
    assert year_of(text) == year


def test_breaks_of_word_are_line_ends(form: Form, numbers: dict[str, Number]) -> None:
    """A manual line break of Word is a vertical tab in a sheet, which no document may hold."""
    text = form.texts[0]
    made = draft(form, numbers, answers={text.key: "第一行\v第二行\a"})
    assert read(form, made.xlsx()).texts[text.key] == "第一行\n第二行"


def test_marks_without_width_are_no_part_of_a_label(form: Form, numbers: dict[str, Number]) -> None:
    made = draft(form, numbers)
    for cells in made.sheets.values():
        for spot, value in cells.items():
            if isinstance(value, str) and len(value) > 1:
                cells[spot] = f"\u200e{value[:1]}\u2060{value[1:]}"
    made.sheets["模板标识"] = {}
    reading = read(form, made.xlsx())
    assert reading.numbers == numbers
    assert reading.findings == ()


def test_places_are_addresses_of_the_sheet(form: Form, numbers: dict[str, Number]) -> None:
    key = form.cells[0].key
    sheet, row, column = form.positions[key]
    place = read(form, draft(form, numbers).xlsx()).places[key]
    assert place == Place(sheet, f"{chr(65 + column)}{row + 1}")
