"""The figures of a report as workbook and as CSV: every one of them, in its place, as text tools and spreadsheets read it."""

from __future__ import annotations

import csv
import io
import pickle
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.forms.values.typed import plain_number
from pipeline.model import Report
from pipeline.publishing.data.downloads import compile_downloads, figures_list, figures_workbook
from tests.support.fills import report
from tests.support.libreoffice import recalculate
from tests.support.real_report import load_city_figures, load_real_report

FORM = load_form()
COMPILED = compile_downloads(FORM)
REAL = load_real_report().as_report(FORM, "001")
CITY = replace(REAL, numbers=tuple(load_city_figures().values()))
MADE_UP = report(FORM, "007", "样例区财政局", 2023)


Sheets = Mapping[str, Sequence[Sequence[object]]]


def printed(content: bytes) -> Sheets:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def figures(form: Form, sheets: Sheets) -> list[Decimal]:
    """Read every figure where the printed table has it, two lines down."""
    found = {
        item.key: sheets[table.sheet][item.row + 2][item.column]
        for table in form.tables
        for item in form.grids[table.key].cells
        if item.key
    }
    return [Decimal(str(found[cell.key])) for cell in form.cells]


@pytest.mark.parametrize("item", [REAL, CITY, MADE_UP], ids=["real", "city", "made up"])
def test_the_workbook_holds_every_figure_in_the_official_tables(item: Report) -> None:
    sheets = printed(figures_workbook(COMPILED, item))
    assert list(sheets) == [table.sheet for table in FORM.tables]
    assert figures(FORM, sheets) == [Decimal(number) for number in item.numbers]
    assert {rows[1][0] for rows in sheets.values()} == {FORM.title_for(item.agency, item.year)}


@pytest.mark.parametrize("item", [REAL, CITY, MADE_UP], ids=["real", "city", "made up"])
def test_the_list_holds_every_figure_with_labels_and_key(item: Report) -> None:
    rows = list(csv.reader(io.StringIO(figures_list(COMPILED, item).decode("utf-8-sig"))))
    assert [row[3:] for row in rows[1:]] == [
        [plain_number(number), cell.key] for number, cell in zip(item.numbers, FORM.cells, strict=True)
    ]
    assert [row[1] for row in rows[1:]] == [" / ".join(cell.row.label) for cell in FORM.cells]
    assert {len(row) for row in rows} == {5}


def test_a_name_with_markup_or_a_formula_is_text() -> None:
    name = '=HYPERLINK("http://x")&<b>局</b>'
    content = figures_workbook(COMPILED, replace(REAL, agency=name))
    assert {rows[1][0] for rows in printed(content).values()} == {FORM.title_for(name, REAL.year)}
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert not [part for part in package.namelist() if b"<f>" in package.read(part)]


def test_same_report_same_bytes_also_compiled_anew() -> None:
    again = pickle.loads(pickle.dumps(compile_downloads(FORM)))  # noqa: S301 - our own bytes, as they go to a worker
    assert figures_workbook(again, REAL) == figures_workbook(COMPILED, REAL)
    assert figures_list(again, REAL) == figures_list(COMPILED, REAL)


@pytest.mark.libreoffice
def test_libreoffice_reads_the_same_figures(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "数据.xlsx").write_bytes(figures_workbook(COMPILED, CITY))
    [copy] = recalculate([tmp_path / "in" / "数据.xlsx"], tmp_path / "out")
    assert figures(FORM, printed(copy.read_bytes())) == [Decimal(number) for number in CITY.numbers]
