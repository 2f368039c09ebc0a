"""自查 and the office of a register say the same: choices with numbers, amounts in words of money, cells that hold an error."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.forms.formulas import FAILS, NOT_ASSESSED
from pipeline.forms.layout import CHECK_COLUMNS
from pipeline.forms.live_rows import (
    numbered_count,
    numbered_formula,
    odd_formula,
    unsure_formula,
    wordless_formula,
)
from pipeline.forms.loader import form_ids, load_form
from pipeline.forms.registers import Register
from pipeline.forms.values.answers import Choice
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.model import Severity
from tests.judging.test_registers_as_written import (
    FIRST,
    LAST,
    Change,
    failing,
    few,
    figures,
    filled,
    letters,
    lines,
    recalculated,
)
from tests.support.submissions import submission_of

FORM = few("request_register")
[REGISTER] = FORM.registers
EXCEL_TAKES = 8_192
XLS_KEEPS = 5_000


def outcome() -> Choice:
    kind = REGISTER.kinds[REGISTER.index["outcome"]]
    assert isinstance(kind, Choice)
    return kind


def put(key: str, *values: object) -> Change:
    """Write ``values`` into the rows that have an outcome."""

    def change(sheet: Worksheet) -> None:
        answered = [row for row in range(FIRST, LAST + 1) if sheet[f"{letters(FORM, 'outcome')}{row}"].value]
        for row, value in zip(answered, values, strict=False):
            sheet[f"{letters(FORM, key)}{row}"] = value  # type: ignore[assignment]

    return change


def broken(sheet: Worksheet) -> None:
    for key, error in (("outcome", "#REF!"), ("answered", "#N/A"), ("content", "#NAME?")):
        cell = sheet[f"{letters(FORM, key)}{FIRST}"]
        cell.value, cell.data_type = error, "e"


@pytest.mark.libreoffice
def test_what_the_office_reads_is_no_fault_and_what_it_does_not_is_one(tmp_path: Path) -> None:
    cases: dict[str, Change] = {
        "as it should": lambda _: None,
        "numbered": put("outcome", "1.予以公开", "（一）予以公开", "①部分公开", "一、部分公开"),
        "amount": put("fee", "100元整"),
        "unknown": put("outcome", "不知道"),
        "errors": broken,
    }
    results = recalculated(FORM, tmp_path, cases)
    usual = failing(lines(FORM, results["as it should"][1]))
    said = {case: lines(FORM, path) for case, (_, path) in results.items()}
    assert failing(said["numbered"]) <= usual
    rows = read(FORM, results["as it should"][0]).registers[REGISTER.key].cells
    answered = sum(bool(row[REGISTER.index["outcome"]]) for row in rows)
    assert answered
    unsure = said["numbered"][f"V01.{REGISTER.key}.unsure"]
    assert (unsure[CHECK_COLUMNS["mark"]], unsure[CHECK_COLUMNS["left"]]) == (NOT_ASSESSED, answered)
    assert set(figures(FORM, results["numbered"][1]).values()) == {""}
    assert failing(said["amount"]) == usual
    assert f"V01.{REGISTER.key}.outcome" in failing(said["unknown"])
    errors = said["errors"][f"C08.{REGISTER.key}"]
    assert (errors[CHECK_COLUMNS["mark"]], errors[CHECK_COLUMNS["left"]]) == (FAILS, 3)
    [assessed] = judge(FORM, [submission_of(read(FORM, results["numbered"][0]))])
    assert not {item.code for item in assessed.findings if item.severity is Severity.ERROR} & {"V01", "C01"}


@pytest.mark.parametrize(
    ("text", "faulty", "unsure"),
    [
        ("予以公开", False, False), ("", False, False), ("1.予以公开", False, True), ("（一）予以公开", False, True),
        ("12、予以公开", False, True), ("①予以公开", False, True), ("1.不知道", False, True), ("不知道", True, False),
        ("1", True, False), ("一", True, False),
    ],
)  # fmt: skip
def test_a_number_before_a_choice_is_for_the_office(text: str, *, faulty: bool, unsure: bool) -> None:
    kind = outcome()
    assert (kind.is_faulty(text), kind.is_uncertain(text)) == (faulty, unsure)
    row = [""] * len(REGISTER.columns)
    row[REGISTER.index["outcome"]] = text
    assert numbered_count(REGISTER, [row]) == int(unsure)


@pytest.mark.parametrize("name", form_ids())
def test_no_formula_is_longer_than_excel_takes(name: str) -> None:
    form = load_form(name)
    for register in form.registers:
        assert max(map(len, formulas(name, register))) < EXCEL_TAKES


def formulas(name: str, register: Register) -> list[str]:
    form = load_form(name)
    return [unsure_formula(form, register, 0), numbered_formula(form, register, 0)]


@pytest.mark.parametrize(
    ("key", "variant"),
    [
        ("outcome", "error_value"),
        ("answered", "error_value"),
        ("content", "error_value"),
        ("fee", "excel_error"),
    ],
)
def test_an_error_is_told_with_what_belongs_there(key: str, variant: str) -> None:
    def change(sheet: Worksheet) -> None:
        cell = sheet[f"{letters(FORM, key)}{FIRST}"]
        cell.value, cell.data_type = "#REF!", "e"

    [found] = [item for item in read(FORM, filled(FORM, change)).findings if item.code == "C08"]
    kind = REGISTER.kinds[REGISTER.index[key]]
    assert (found.variant, found.facts["raw"], found.facts["prompt"]) == (
        variant,
        "#REF!",
        kind.mending.rstrip("。"),
    )


@pytest.mark.parametrize("name", form_ids())
def test_hidden_cells_are_kept_by_old_formats_and_by_gnumeric(name: str) -> None:
    """A workbook saved as .xls loses longer formulas; Gnumeric counts but the first of several words."""
    form = load_form(name)
    for register in form.registers:
        hidden = [odd_formula(form, register, 0), wordless_formula(register, 0), *formulas(name, register)]
        assert max(map(len, hidden)) < XLS_KEEPS
        assert "COUNTIF(" in hidden[1]
        assert not [formula for formula in hidden[:2] if re.search(r"COUNTIF\([^()]*\{", formula)]
