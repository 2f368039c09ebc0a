"""A clerk's own formula: what every spreadsheet means alike is worked out, the rest is left alone."""

from __future__ import annotations

import pytest

from pipeline.forms.loader import load_form
from pipeline.intake.read.formula_value import DIVIDED, value_of
from pipeline.intake.read.reading import read
from pipeline.intake.read.spreadsheet import SheetData
from tests.intake.support import Formula, codes, draft, numbers_for

HOME = SheetData("甲", visible=True, rows=[[1.0, 2.0, ""], [3.0, 4.0, "字"]])
OTHER = SheetData("附 表", visible=True, rows=[[10.0], [20.0]])
FORM = load_form()
KEY = "proactive.licences.decisions"


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("1+2*3", 7),
        ("(1+2)*3-4/2", 7),
        ("-A1+B2", 3),
        ("SUM(A1:B2)", 10),
        ("sum(A1,B2,5)", 10),
        ("SUM(A1:C1)", 3),
        ("A1+C1", 1),
        ("'附 表'!A1+A2", 13),
        ("SUM('附 表'!$A$1:$A$2)", 30),
        ("ROUND(10/4,0)", 3),
        ("MAX(A1:B2)-MIN(A1:B2)", 3),
        ("COUNT(A1:C1)", 2),
        ("1/0", DIVIDED),
        ("1/C1", DIVIDED),
        ("A1+C2", None),
        ("VLOOKUP(A1,A1:B2,2)", None),
        ("缺!A1", None),
        ("A1&B1", None),
        ("SUM(", None),
        ("", None),
        ("((((1", None),
        ("'附 表'!A1:A2", None),
    ],
)
def test_what_a_formula_comes_to(formula: str, result: float | str | None) -> None:
    assert value_of(formula, HOME, [HOME, OTHER]) == result


def test_formulas_that_refer_in_circles_come_to_nothing() -> None:
    xml = b'<sheetData><row r="1"><c r="A1"><f>B1+1</f><v>1</v></c><c r="B1"><f>A1+1</f><v>2</v></c></row></sheetData>'
    circle = SheetData("甲", visible=True, rows=[[1.0, 2.0]], xml=xml)
    assert value_of("A1", circle, [circle]) is None


@pytest.mark.parametrize(
    ("formula", "stored", "expected"), [("=3+4", 7, []), ("=3+4", 8, ["C08.stale_formula"])]
)
def test_a_stored_result_counts_if_it_is_what_the_formula_comes_to(
    formula: str, stored: float, expected: list[str]
) -> None:
    made = draft(FORM, numbers_for(FORM))
    made.put(FORM.positions[KEY], Formula(formula, stored))
    reading = read(FORM, made.xlsx())
    assert codes(reading.findings) == expected
    assert reading.numbers[KEY] == (None if expected else stored)


def test_what_cannot_be_worked_out_keeps_its_stored_result() -> None:
    made = draft(FORM, numbers_for(FORM))
    made.put(FORM.positions[KEY], Formula("=LEN(A1)", 8))
    assert read(FORM, made.xlsx()).numbers[KEY] == 8
