from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from pipeline.forms.form import Form
from pipeline.intake import guard, sandbox
from pipeline.intake.refusal import Refused
from pipeline.intake.spreadsheet import SheetData, open_workbook
from tests.intake.support import Draft, draft, prefixed, rewrite_part
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


def test_the_second_reader_takes_what_the_first_cannot(small: Draft) -> None:
    """The fast reader trips over a relation without target; openpyxl does not need it."""
    content = rewrite_part(
        small.xlsx(), "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'r="B2"', b'r="b2"', 1) + b"\n"
    )
    broken = rewrite_part(content, "xl/sharedStrings.xml", lambda xml: xml.replace(b"</sst>", b"</sst> "))
    assert_small(opened(broken))


def test_the_second_reader_reads_the_same(small: Draft) -> None:
    sheets = sandbox.parse(small.xlsx(), "openpyxl")
    assert [(sheet["name"], sheet["visible"]) for sheet in sheets] == [("甲", True), ("乙", False)]
    assert sheets[0]["rows"][2] == [7, None, None, 1.25]


def test_a_workbook_no_reader_can_read_is_damaged(small: Draft) -> None:
    content = rewrite_part(small.xlsx(), "xl/workbook.xml", lambda xml: xml[:-40])
    with pytest.raises(Refused) as refused:
        opened(content)
    assert refused.value.finding.variant == "damaged"


def test_dates_come_back_from_the_child() -> None:
    made = Draft({"甲": {(0, 0): date(2024, 1, 2)}})
    assert sandbox.parse(made.xlsx(), "calamine")[0]["rows"] == [[date(2024, 1, 2)]]


@pytest.mark.parametrize(
    "value",
    [date(2024, 1, 2), datetime(2024, 1, 2, 3, 4), time(5, 6), timedelta(days=1.5)],  # noqa: DTZ001
)
def test_the_child_spells_every_kind_of_date(value: object) -> None:
    assert sandbox._decoded(json.loads(json.dumps(sandbox._encoded(value)))) == value


def test_garbage_costs_one_fault() -> None:
    with pytest.raises(sandbox.FaultError, match="damaged"):
        sandbox.parse(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "calamine")


@pytest.mark.parametrize(
    "body",
    [
        "import os; os.abort()",
        "import time; time.sleep(60)",
        "import time; waste = bytearray(b'x') * 400_000_000; time.sleep(60)",
        "print('no JSON')",
        "raise SystemExit(3)",
    ],
    ids=["aborts", "hangs", "eats memory", "talks nonsense", "fails"],
)
def test_a_parser_that_dies_costs_one_fault(
    body: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A stand-in for the interpreter behaves as the parser at its worst."""
    script = tmp_path / "child.py"
    script.write_text(body, "utf-8")
    real = subprocess.Popen

    def start(_: list[str], **options: object) -> object:
        return real([sys.executable, str(script)], **options)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "Popen", start)
    with pytest.raises(sandbox.FaultError, match="crashed"):
        sandbox.parse(b"x" * 100_000, "calamine", seconds=2.0, memory=200_000_000)


def test_a_crash_is_a_finding(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise sandbox.FaultError("crashed")

    monkeypatch.setattr(sandbox, "parse", crash)
    with pytest.raises(Refused) as refused:
        opened(draft(form).xls())
    assert refused.value.finding.variant == "crashed"


def test_an_xls_that_spans_too_far_is_refused() -> None:
    content = Draft({"甲": {(0, 0): 1, (65_000, 200): 1}}).xls()
    with pytest.raises(Refused) as refused:
        opened(content)
    assert refused.value.finding.variant == "hostile"


def test_the_child_imports_only_what_it_needs() -> None:
    code = (
        "import sys; import pipeline.intake.sandbox\n"
        "heavy = {'pandas', 'numpy', 'openpyxl', 'psutil', 'pipeline.model'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
