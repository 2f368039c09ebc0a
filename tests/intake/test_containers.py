"""One workbook in every container and from every program: the same verdict, figures and wording.

A workbook with a clerk's habits is saved by LibreOffice as .xlsx, .xls and .ods and read alike; a filled template that other
programs saved is still the template. The programs are the real ones.
"""

from __future__ import annotations

import io
import random
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.cell import Cell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.forms.loader import load_form
from pipeline.intake.read.biff import read_xls
from pipeline.intake.read.binary_workbook import read_xlsb
from pipeline.intake.read.opendocument import OdsError, read_ods
from pipeline.intake.read.reading import read
from pipeline.model import Number, Place, Reading, Severity
from pipeline.publishing.template import build_workbook
from pipeline.wording.messages import notices
from tests.intake.support import Draft, codes, draft, numbers_for
from tests.intake.xlsb import Calculated, xlsb
from tests.support.libreoffice import convert
from tests.support.submissions import plain_texts

FORM = load_form()
NUMBERS: dict[str, Number] = numbers_for(FORM, 5)
INPUTS = [cell.key for cell in FORM.cells if cell.is_input and cell.kind != "money"]
KINDS = ("xlsx", "xls", "ods")
Habit = Callable[[Worksheet, Cell], None]


def _raised(_: Worksheet, cell: Cell) -> None:
    cell.value = CellRichText("12", TextBlock(InlineFont(vertAlign="superscript"), "1"))


def _partly_struck(_: Worksheet, cell: Cell) -> None:
    cell.value = CellRichText(TextBlock(InlineFont(strike=True), "5"), "100")


def _struck(_: Worksheet, cell: Cell) -> None:
    cell.value, cell.font = 17, Font(strike=True)


def _formatted(code: str) -> Habit:
    def habit(_: Worksheet, cell: Cell) -> None:
        cell.value, cell.number_format = 5000, code

    return habit


def _error(formula: str) -> Habit:
    def habit(_: Worksheet, cell: Cell) -> None:
        cell.value = formula

    return habit


def _hidden_row(sheet: Worksheet, cell: Cell) -> None:
    cell.value = 7
    sheet.row_dimensions[cell.row].hidden = True


def _as_text(text: str) -> Habit:
    def habit(_: Worksheet, cell: Cell) -> None:
        cell.number_format = "@"
        cell.value = text

    return habit


SAMPLES: dict[Callable[[bytes], object], bytes] = {
    read_ods: Draft({"甲": {(0, 0): "字", (1, 1): 2}}).ods(),
    read_xls: Draft({"甲": {(0, 0): "字", (1, 1): 2}}).xls(),
    read_xlsb: xlsb({"甲": {(0, 0): "字", (1, 1): 2}}),
}

HABITS: dict[str, Habit] = {
    "raised": _raised,
    "partly struck": _partly_struck,
    "struck": _struck,
    "per cent": _formatted("0%"),
    "ten thousand": _formatted('0!.0,"万"'),
    "nothing shown": _formatted(";;;"),
    "thousands": _formatted("0,"),
    "unit": _formatted('0"件"'),
    "grouped": _formatted("#,##0"),
    "colour": _formatted("[Red]0;[Blue]-0"),
    "divided": _error("=1/0"),
    "not available": _error("=NA()"),
    "own sum": _error("=3+4*2"),
    "hidden row": _hidden_row,
    "text": _as_text("１２"),
    "doubt": _as_text("约12"),
    "blank": _as_text(""),
}


def template() -> bytes:
    inputs = {cell.key: NUMBERS[cell.key] for cell in FORM.cells if cell.is_input}
    entries: dict[str, Number | str] = {
        FORM.entry_with_role("agency").key: "甲局",
        FORM.entry_with_role("year").key: 2023,
    }
    return build_workbook(FORM, values={**plain_texts(FORM), **inputs, **entries})


def habitual(names: list[str], rng: random.Random) -> bytes:
    book: Workbook = openpyxl.load_workbook(io.BytesIO(template()))
    rows: set[tuple[str, int]] = set()
    for name in names:
        key = rng.choice([key for key in INPUTS if FORM.positions[key][:2] not in rows])
        rows.add(FORM.positions[key][:2])
        place = FORM.places[key]
        sheet = book[place.sheet]
        cell = sheet[place.cell]
        assert isinstance(cell, Cell)
        HABITS[name](sheet, cell)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def told(reading: Reading) -> list[tuple[str, str, Place | None, tuple[str, ...], dict[str, str]]]:
    """The findings as they are worded; how a format is spelled is the container's own."""
    return sorted(
        (
            (
                item.code,
                item.variant,
                item.place,
                item.keys,
                {name: str(fact) for name, fact in item.facts.items() if name != "format"},
            )
            for item in reading.findings
        ),
        key=str,
    )


@pytest.mark.libreoffice
def test_three_containers_are_read_alike(tmp_path: Path) -> None:
    """Every habit, spread over a few workbooks, each in three containers; and the template as it was, which is still one."""
    rng = random.Random(64)
    names = sorted(HABITS)
    rng.shuffle(names)
    files = []
    for number in range(3):
        files.append(tmp_path / f"{number}.xlsx")
        files[-1].write_bytes(habitual(names[number::3], rng))
    plain = tmp_path / "年报.xlsx"
    plain.write_bytes(template())
    saved = {kind: convert([*files, plain], tmp_path / kind, kind) for kind in KINDS}
    for kind in KINDS:
        _sound(saved[kind][-1].read_bytes())
    seen: set[str] = set()
    for number in range(len(files)):
        readings = {kind: read(FORM, saved[kind][number].read_bytes()) for kind in KINDS}
        first = readings["xlsx"]
        seen |= set(codes(first.findings))
        for kind in KINDS[1:]:
            assert told(readings[kind]) == told(first), kind
            assert readings[kind].numbers == first.numbers, kind
            assert readings[kind].unreadable == first.unreadable, kind
            assert readings[kind].texts == first.texts, kind
    assert {"C08.struck", "C08.format", "C08.text", "C08.excel_error", "F05.hidden"} <= seen


def _sound(content: bytes) -> None:
    reading = read(FORM, content)
    assert not [item for item in reading.findings if item.severity is not Severity.INFO], codes(
        reading.findings
    )
    assert reading.numbers == NUMBERS
    assert reading.texts == plain_texts(FORM)


def test_refilled_by_openpyxl() -> None:
    """Formulas lose their results; the template's own are computed."""
    stream = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(template())).save(stream)
    _sound(stream.getvalue())


GNUMERIC = {
    "ods": "Gnumeric_OpenCalc:odf",
    "xls": "Gnumeric_Excel:excel_biff8",
    "xlsx": "Gnumeric_Excel:xlsx2",
}


@pytest.mark.parametrize("kind", GNUMERIC)
def test_saved_by_gnumeric(kind: str, tmp_path: Path) -> None:
    program = shutil.which("ssconvert")
    if program is None:
        pytest.skip("gnumeric (ssconvert) is not installed")
    original, saved = tmp_path / "年报.xlsx", tmp_path / f"out.{kind}"
    original.write_bytes(template())
    subprocess.run(
        [program, "-T", GNUMERIC[kind], str(original), str(saved)], check=True, capture_output=True
    )
    _sound(saved.read_bytes())


def _filled(made: Draft) -> dict[str, dict[tuple[int, int], object]]:
    return {name: cells for name, cells in made.sheets.items() if cells}


@pytest.mark.parametrize("short", [False, True])
def test_an_xlsb_shows_errors_and_its_short_cells(short: bool) -> None:  # noqa: FBT001 - both ways to write
    made = draft(FORM, NUMBERS)
    key = INPUTS[-1]
    made.put(FORM.positions[key], "#DIV/0!")
    reading = read(FORM, xlsb(_filled(made), hidden=made.hidden, short=short))
    assert codes(reading.findings) == ["C08.excel_error"]
    assert reading.numbers == {**NUMBERS, key: None}


@pytest.mark.parametrize("truth", [True, False])
def test_a_truth_in_an_xlsb_is_read_as_in_an_xlsx(truth: bool) -> None:  # noqa: FBT001 - both there are
    made, key = draft(FORM, NUMBERS), INPUTS[-1]
    made.put(FORM.positions[key], truth)
    binary, plain = (
        read(FORM, content) for content in (xlsb(_filled(made), hidden=made.hidden), made.xlsx())
    )
    assert binary.numbers == plain.numbers == {**NUMBERS, key: None}
    assert codes(binary.findings) == codes(plain.findings) != ["C01"]
    [sheet] = read_xlsb(xlsb({"甲": {(0, 0): truth, (0, 1): Calculated(truth)}}))
    assert sheet["rows"] == [[truth, truth]]


def test_a_formula_that_an_xlsb_does_not_tell_is_not_trusted() -> None:
    """A clerk's own formula may hold a result of before; a total of the template is computed anew anyway."""
    key, total = INPUTS[-1], next(cell.key for cell in FORM.cells if cell.defined_by)
    made = draft(FORM, NUMBERS)
    cells = _filled(made)
    for own in (key, total):
        sheet, row, column = FORM.positions[own]
        cells[sheet][row, column] = Calculated(float(NUMBERS[own] or 0))
    reading = read(FORM, xlsb(cells, hidden=made.hidden))
    assert codes(reading.findings) == ["C08.formula_unread"]
    assert reading.numbers == {**NUMBERS, key: None}
    assert reading.unreadable[key] == str(NUMBERS[key])
    said = notices(FORM, reading.findings)[0]
    assert ".xlsx" in said.message


@pytest.mark.parametrize("share", [0.1, 0.4, 0.7, 0.95])
@pytest.mark.parametrize("kind", ["xls", "ods", "xlsb"])
def test_a_file_cut_short_costs_one_finding(kind: str, share: float) -> None:
    made = draft(FORM, NUMBERS)
    content = xlsb(_filled(made)) if kind == "xlsb" else getattr(made, kind)()
    reading = read(FORM, content[: int(len(content) * share)])
    assert [item.code for item in reading.findings if item.severity is Severity.ERROR]


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([read_ods, read_xls, read_xlsb]), st.randoms(use_true_random=False))
def test_a_damaged_part_is_unreadable_and_no_crash(
    reader: Callable[[bytes], object], rng: random.Random
) -> None:
    content = bytearray(SAMPLES[reader])
    for _ in range(rng.randint(1, 30)):
        content[rng.randrange(len(content))] = rng.randrange(256)
    with suppress(OdsError):
        reader(bytes(content))
