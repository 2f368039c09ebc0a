from __future__ import annotations

import io
import random
import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest
import xlsxwriter

from pipeline.forms.form import Form
from pipeline.intake.guard import inspection as guard
from pipeline.intake.guard import sandbox
from pipeline.intake.guard.refusal import Refused
from pipeline.intake.read.spreadsheet import SheetData, WaitingRows, open_workbook
from pipeline.machine import pool
from tests.intake.support import Draft, Formula, draft, prefixed, rewrite_part, zip_of
from tests.intake.xlsb import xlsb

CELLS: Mapping[tuple[int, int], object] = {(1, 1): "值", (2, 0): 7, (2, 3): 1.25}


@pytest.fixture
def small() -> Draft:
    return Draft({"甲": dict(CELLS), "乙": {(0, 0): "x"}}, {"乙"})


def opened(content: bytes) -> list[SheetData]:
    inspection = guard.inspect(content)
    assert inspection.refusal is None
    return open_workbook(content, inspection)


def assert_small(sheets: list[SheetData]) -> None:
    assert [(sheet.name, sheet.visible) for sheet in sheets] == [("甲", True), ("乙", False)]
    for (row, column), value in CELLS.items():
        assert sheets[0].at(row, column) == value
    assert sheets[0].at(0, 0) in {None, ""}
    assert sheets[0].at(99, 0) is None
    assert sheets[0].at(0, 99) is None


@pytest.mark.parametrize("save", [Draft.xlsx, Draft.xls, Draft.ods])
def test_every_format_gives_the_same_cells(small: Draft, save: object) -> None:
    assert callable(save)
    content = save(small) if save is not Draft.ods else Draft({"甲": dict(CELLS), "乙": {(0, 0): "x"}}).ods()
    sheets = opened(content)
    if save is Draft.ods:
        assert sheets[0].at(1, 1) == "值"
        assert sheets[0].at(2, 3) == 1.25
    else:
        assert_small(sheets)


def test_the_binary_format_gives_the_same_cells() -> None:
    assert_small(opened(xlsb({"甲": CELLS, "乙": {(0, 0): "x"}}, hidden={"乙"})))


def test_prefixed_xml_is_read(small: Draft) -> None:
    sheets = opened(rewrite_part(small.xlsx(), "xl/worksheets/sheet1.xml", prefixed))
    assert_small(sheets)


def test_a_package_may_name_its_parts_as_it_likes(small: Draft) -> None:
    small.sheets["甲"][9, 0] = Formula("=1/0", "#DIV/0!")
    moved = {}
    with zipfile.ZipFile(io.BytesIO(small.xlsx())) as source:
        for name in source.namelist():
            data = source.read(name)
            if name in {"[Content_Types].xml", "_rels/.rels"}:
                data = data.replace(b"xl/", b"book/")
            moved[name.replace("xl/", "book/")] = data
    sheets = opened(zip_of(moved))
    assert_small(sheets)
    assert sheets[0].facts.errors == {(9, 0): "#DIV/0!"}


def test_the_second_reader_takes_what_the_first_cannot(small: Draft) -> None:
    """The fast reader knows every kind of cell there should be; openpyxl is not so particular."""
    content = rewrite_part(
        small.xlsx(), "xl/worksheets/sheet2.xml", lambda xml: xml.replace(b' t="s"', b' t="odd"', 1)
    )
    sheets = opened(content)
    assert all(sheet.second_reader for sheet in sheets)
    assert_small(sheets)


def test_the_second_reader_reads_the_same(small: Draft) -> None:
    sheets = sandbox.parse(small.xlsx(), "openpyxl")
    assert [(sheet["name"], sheet["visible"]) for sheet in sheets] == [("甲", True), ("乙", False)]
    assert sheets[0]["rows"][2] == [7, None, None, 1.25]


def test_a_workbook_no_reader_can_read_is_damaged(small: Draft) -> None:
    content = rewrite_part(small.xlsx(), "xl/workbook.xml", lambda xml: xml[:-40])
    refusal = guard.inspect(content).refusal
    assert refusal
    assert refusal.variant == "damaged"


def test_every_kind_of_date_comes_back_from_the_child() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for column, pattern in enumerate(("yyyy-mm-dd", "yyyy-mm-dd hh:mm", "hh:mm", "[h]:mm")):
            value = (45293, 45293.5, 0.25, 1.5)[column]
            sheet.write_number(0, column, value, book.add_format({"num_format": pattern}))
    here = opened(stream.getvalue())[0].rows
    assert [type(value) for value in here[0]] == [date, datetime, time, timedelta]
    assert sandbox.parse(stream.getvalue(), "calamine")[0]["rows"] == here


def test_a_large_file_is_read_however_slowly_its_reader_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than a pipe holds (64 kB), and the parent looks long before the child has begun to read."""
    book = openpyxl.Workbook()
    digits = random.Random(1).randbytes(200_000).hex()
    book.worksheets[0]["A1"] = digits[:30_000]
    for row in range(2, 12):
        book.worksheets[0].cell(row, 1, digits[row * 30_000 :][:30_000])
    stream = io.BytesIO()
    book.save(stream)
    assert len(stream.getvalue()) > 2 * 65_536
    monkeypatch.setattr(pool, "_POLL_SECONDS", 0.001)
    [sheet] = sandbox.parse(stream.getvalue(), "calamine")
    assert sheet["rows"][0][0] == digits[:30_000]


def test_garbage_costs_one_fault() -> None:
    with pytest.raises(sandbox.FaultError, match="damaged"):
        sandbox.parse(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "calamine")


@pytest.mark.parametrize(
    "body",
    [
        "os.abort()",
        "time.sleep(60)",
        "waste = bytearray(b'x') * 400_000_000; time.sleep(60)",
        "print('no JSON')",
        "raise SystemExit(3)",
    ],
    ids=["aborts", "hangs", "eats memory", "talks nonsense", "fails"],
)
def test_a_parser_that_dies_costs_one_fault(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for the interpreter behaves as the parser at its worst."""
    started = "import os, sys, time; sys.stdin.buffer.read(4);"
    monkeypatch.setattr(pool, "_START", started + body)
    sandbox._pool().close()  # noqa: SLF001 - the child that other tests have fed
    with pytest.raises(sandbox.FaultError, match="crashed"):
        sandbox.parse(b"x" * 100_000, "calamine", seconds=1.0, memory=200_000_000)
    sandbox._pool().close()  # noqa: SLF001


def test_a_parser_on_a_starved_machine_makes_no_fault(small: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else an honest PDF is refused as one that breaks off, where it had only to wait for its turn."""
    monkeypatch.setattr(pool, "_START", f"import time; time.sleep(2.5); {pool._START}")  # noqa: SLF001
    sandbox._pool().close()  # noqa: SLF001
    assert len(sandbox.parse(small.xlsx(), "calamine", seconds=2.0)) == len(small.sheets)
    sandbox._pool().close()  # noqa: SLF001


def test_a_crash_is_a_finding(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise sandbox.FaultError("crashed")

    monkeypatch.setattr(sandbox, "parse", crash)
    with pytest.raises(Refused) as refused:
        opened(draft(form).xls())
    assert refused.value.finding.variant == "crashed"


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_of_a_sheet_that_spans_too_far_the_near_part_is_read(kind: str) -> None:
    [sheet] = opened(getattr(Draft({"甲": {(0, 0): 1, (20_000, 3): 1}}), kind)())
    assert sheet.clipped
    assert sheet.rows == [[1]]


def test_the_child_imports_only_what_it_needs() -> None:
    code = (
        "import sys; import pipeline.intake.guard.sandbox\n"
        "heavy = {'pandas', 'numpy', 'openpyxl', 'psutil', 'pipeline.model'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def waiting(content: bytes, *names: str) -> list[SheetData]:
    inspection = guard.inspect(content, names)
    assert inspection.refusal is None
    return open_workbook(content, inspection)


def resaved(content: bytes) -> bytes:
    """Save a workbook as openpyxl does, with references to Chinese characters."""
    stream = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(content)).save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("save", [bytes, resaved])
def test_a_sheet_that_waits_is_read_when_it_is_asked_for(small: Draft, save: object) -> None:
    assert callable(save)
    small.put(("甲", 0, 0), "标题")
    small.put(("甲", 4, 1), Formula("=1+1", 2))
    content = save(small.xlsx())
    [first, second] = waiting(content, "甲", "丙")
    assert isinstance(first.rows, WaitingRows)
    assert not isinstance(second.rows, WaitingRows)
    assert first.title == "标题"
    [now, other] = opened(content)
    assert [list(row) for row in first.rows] == [list(row) for row in now.rows]
    assert (first.rows[1:3], len(first.rows), first.at(1, 1)) == (now.rows[1:3], len(now.rows), "值")
    assert (first.facts.errors, first.facts.formulas) == (now.facts.errors, now.facts.formulas)
    assert (first.title, second.rows) == (now.title, other.rows)


def test_two_sheets_that_wait_are_read_at_once(small: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    sheets = waiting(small.xlsx(), "甲", "乙")
    assert_small(sheets)
    monkeypatch.setattr(guard, "inspect", None)
    assert sheets[1].at(0, 0) == "x"


@pytest.mark.parametrize(
    "rows",
    [
        b'<row r="9"><c r="A1"><v>1</v></c></row><row r="10"><c r="A1"><v>2</v></c></row>',
        b'<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1"><c r="A1"><v>2</v></c></row>',
    ],
)
def test_a_sheet_with_two_first_cells_is_refused_though_it_may_wait(small: Draft, rows: bytes) -> None:
    content = rewrite_part(
        small.xlsx(),
        "xl/worksheets/sheet1.xml",
        lambda xml: re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData>%s</sheetData>" % rows, xml),
    )
    inspection = guard.inspect(content, ["甲"])
    if inspection.refusal is None:
        with pytest.raises(Refused, match="hostile"):
            open_workbook(content, inspection)
    else:
        assert inspection.refusal.variant == "hostile"


def test_a_sheet_that_no_fast_reader_takes_does_not_wait(small: Draft) -> None:
    content = rewrite_part(
        small.xlsx(), "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b' t="s"', b' t="odd"', 1)
    )
    sheets = waiting(content, "甲")
    assert all(sheet.second_reader for sheet in sheets)
    assert [sheet.rows for sheet in sheets] == [sheet.rows for sheet in opened(content)]


def test_nothing_waits_where_all_together_may_be_too_much() -> None:
    wide = Draft({name: {(0, 0): "x", (998, 74): 1} for name in "乙丙丁"} | {"甲": dict(CELLS)})
    assert not any(isinstance(sheet.rows, WaitingRows) for sheet in waiting(wide.xlsx(), "甲"))
    much = Draft({name: {(0, 0): "x", (998, 77): 1} for name in "甲乙丙丁"})
    inspection = guard.inspect(much.xlsx(), ["甲"])
    with pytest.raises(Refused) as refused:
        open_workbook(much.xlsx(), inspection)
    assert refused.value.finding.variant == "hostile"
