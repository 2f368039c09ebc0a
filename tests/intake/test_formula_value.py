"""A clerk's own formula: what every spreadsheet means alike is worked out, the rest is left alone."""

from __future__ import annotations

import re

import pytest

from pipeline.forms.loader import load_form
from pipeline.intake.read.formula_value import DIVIDED, value_of
from pipeline.intake.read.reading import read
from pipeline.intake.read.shared_formulas import filled
from pipeline.intake.read.spreadsheet import SheetData
from pipeline.model import a1
from tests.intake.support import Formula, codes, draft, numbers_for, rewrite_part

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


@pytest.mark.parametrize(
    ("formula", "down", "right", "expected"),
    [
        ("A1+B$2-$C3*$D$4", 2, 1, "B3+C$2-$C5*$D$4"),
        ("SUM(Z9:AA10)", 0, 1, "SUM(AA9:AB10)"),
        ("SUM('A1 表'!A1,附表!B2)", 1, 0, "SUM('A1 表'!A2,附表!B3)"),
        ('"A1"&A1', 1, 0, '"A1"&A2'),
        ("LOG10(A1)", 1, 0, "LOG10(A2)"),
        ("A2", -2, 0, ""),
        ("B1", 0, -2, ""),
    ],
)
def test_a_formula_is_filled_down_and_across(formula: str, down: int, right: int, expected: str) -> None:
    assert filled(formula, down, right) == expected


@pytest.mark.parametrize("around", ["<sheetData>", "<sheetData><!-- -->"])
@pytest.mark.parametrize("beside", ["", '<row r="99"><c r="A99" t="e"><v>#N/A</v></c></row>'])
@pytest.mark.parametrize(
    ("held", "stored", "expected"),
    [
        ('<f t="shared" si="0"/>', 7, []),
        ('<f t="shared" si="0"/>', 9, ["C08.stale_formula"]),
        ('<f t="shared" si="0"></f>', 9, ["C08.stale_formula"]),
        ('<f t="shared" si="1"/>', 9, []),
    ],
)
def test_a_shared_formula_is_held_against_its_result(
    held: str, stored: int, expected: list[str], around: str, beside: str
) -> None:
    """A shared formula that nothing is known of (here the one numbered 1) leaves its result as it is."""
    made = draft(FORM, numbers_for(FORM))
    sheet, row, column = FORM.positions[KEY]
    for spot, value in (
        ((row, column), 424242.0),
        ((row + 1, column + 4), 4.0),
        ((89, 9), 3.0),
        ((90, column), 1.0),
    ):
        made.put((sheet, *spot), value)
    first = f'<f t="shared" ref="A1:Z99" si="0">{a1(91, column + 4)}+$J$90</f>'
    part = f"xl/worksheets/sheet{list(made.sheets).index(sheet) + 1}.xml"

    def share(xml: bytes) -> bytes:
        text = re.sub(r"<v>424242</v>", f"{held}<v>{stored}</v>", xml.decode())
        text = re.sub(rf'(<c r="{a1(90, column)}"[^>]*>)', rf"\1{first}", text)
        return text.replace("<sheetData>", around).replace("</sheetData>", f"{beside}</sheetData>").encode()

    reading = read(FORM, rewrite_part(made.xlsx(), part, share))
    assert [code for code in codes(reading.findings) if code.startswith("C08")] == expected
    assert reading.numbers[KEY] == (None if expected else stored)
