"""Figures that stand beside a table, tables that stand there twice: said, unless they say the same or are told to be another's."""

from __future__ import annotations

import pytest

from pipeline.forms import layout
from pipeline.forms.form import Form, Table
from pipeline.forms.loader import load_form
from pipeline.forms.values import answers
from pipeline.intake.read.reading import read
from pipeline.model import Number, Place, Severity, a1
from tests.intake.support import Cells, Draft, Formula, codes, draft, numbers_for


@pytest.fixture(scope="module")
def numbers(form: Form) -> dict[str, Number]:
    return numbers_for(form, 7)


def wide(form: Form) -> Table:
    """The table with the most numbers."""
    return max(form.tables, key=lambda table: len(form.cells_of(table.key)))


def with_bare_row(form: Form) -> Table:
    return next(table for table in form.tables if not table.blocks[0].rows[0].label)


def last_row(form: Form, table: Table) -> int:
    return max(form.positions[cell.key][1] for cell in form.cells_of(table.key))


def figures(form: Form, table: Table, made: Draft) -> Cells:
    """Take the figures of a table out of its sheet."""
    cells = made.sheets[table.sheet]
    return {spot: cells.pop(spot) for spot in (form.positions[c.key][1:] for c in form.cells_of(table.key))}


@pytest.mark.parametrize(("rows", "columns"), [(40, 0), (0, 14)], ids=["below", "beside"])
def test_a_table_that_stands_twice_on_its_sheet_is_compared(
    form: Form, numbers: dict[str, Number], rows: int, columns: int
) -> None:
    table = wide(form)
    made = draft(form, numbers)
    cells = made.sheets[table.sheet]
    cells |= {(row + rows, column + columns): value for (row, column), value in list(cells.items())}
    reading = read(form, made.xlsx())
    assert (reading.numbers, codes(reading.findings)) == (numbers, ["F05.copy"])
    key = next(cell.key for cell in form.cells_of(table.key) if cell.is_input)
    _, row, column = form.positions[key]
    cells[row + rows, column + columns] = 987.0
    [found] = read(form, made.xlsx()).findings
    assert (codes([found]), found.severity) == (["F05.copies_differ"], Severity.ERROR)
    assert (found.place, found.keys) == (form.places[key], (key,))
    assert found.facts["cell"] == a1(row + rows, column + columns)


def test_a_copy_that_is_written_otherwise_says_the_same(form: Form, numbers: dict[str, Number]) -> None:
    table = wide(form)
    made = draft(form, numbers)
    figured = {form.positions[cell.key][1:] for cell in form.cells_of(table.key)}
    made.sheets["底稿"] = {
        spot: (f"{value:g}" if value else None) if spot in figured and isinstance(value, float) else value
        for spot, value in made.sheets[table.sheet].items()
    }
    reading = read(form, made.xlsx())
    assert (reading.numbers, codes(reading.findings)) == (numbers, ["F05.copy"])


@pytest.mark.parametrize("gap", [1, 3])
def test_a_second_row_of_figures_is_pointed_at(form: Form, numbers: dict[str, Number], gap: int) -> None:
    table = with_bare_row(form)
    made = draft(form, numbers)
    below = last_row(form, table) + gap
    made.sheets[table.sheet] |= {(below, column): float(column % 3) for column in range(15)}
    [found] = read(form, made.xlsx()).findings
    assert (codes([found]), found.severity) == (["F05.beside"], Severity.WARNING)
    assert found.place == Place(table.sheet, a1(below, 1))


@pytest.mark.parametrize("at", [0, -1])
def test_a_row_below_a_table_of_two_columns_is_pointed_at(at: int) -> None:
    own = load_form("disclosure_statistics_quarter")
    made, of_table = draft(own, numbers_for(own, 7)), own.tables[at]
    below = last_row(own, of_table) + 1
    columns = sorted({own.positions[cell.key][2] for cell in own.cells_of(of_table.key)})
    made.sheets[of_table.sheet] |= {(below, column): 3.0 + column for column in columns}
    told = [item for item in read(own, made.xlsx()).findings if item.code == "F05"]
    assert [(item.variant, item.place) for item in told] == [
        ("beside", Place(of_table.sheet, a1(below, columns[0])))
    ]
    del made.sheets[of_table.sheet][below, columns[0]]
    assert "F05.beside" not in codes(read(own, made.xlsx()).findings), "a number alone is a note"


@pytest.mark.parametrize("value", [57.0, "上年 57 件", Formula("=1+1", 2)])
def test_a_note_beside_a_table_is_none(form: Form, numbers: dict[str, Number], value: object) -> None:
    table = wide(form)
    made = draft(form, numbers)
    column = max(form.positions[cell.key][2] for cell in form.cells_of(table.key)) + 2
    rows = range(10, 15) if isinstance(value, Formula) else [10]
    made.sheets[table.sheet] |= {(row, column): value for row in rows}
    reading = read(form, made.xlsx())
    assert (reading.numbers, reading.findings) == (numbers, ())


def test_a_column_of_serial_numbers_beside_a_table_is_none(form: Form, numbers: dict[str, Number]) -> None:
    table = wide(form)
    made = draft(form, numbers)
    made.sheets[table.sheet] |= {(row, 12): float(row) for row in range(8, 30)}
    reading = read(form, made.xlsx())
    assert (reading.numbers, reading.findings) == (numbers, ())


def test_a_figure_where_a_merged_cell_was_is_pointed_at(form: Form, numbers: dict[str, Number]) -> None:
    """A wide cell that was split: the figure stands in the wrong part of it, and perhaps 0 in the right one."""
    key = next(
        cell.key
        for cell in form.cells
        if len(form.tables[0].blocks[cell.block].columns) == 1 and cell.table == form.tables[0].key
    )
    sheet, row, column = form.positions[key]
    made = draft(form, numbers)
    made.sheets[sheet][row, column + 1] = 33.0
    [found] = read(form, made.xlsx()).findings
    assert (codes([found]), found.severity) == (["F05.misplaced"], Severity.WARNING)
    assert found.place == Place(sheet, a1(row, column + 1))


@pytest.mark.parametrize(("rows", "columns"), [(32, 0), (0, 9)], ids=["below", "beside"])
def test_a_nil_return_with_figures_beside_it_is_returned(
    form: Form, numbers: dict[str, Number], rows: int, columns: int
) -> None:
    table = wide(form)
    made = draft(form, numbers, answers={table.nil_key: answers.YES})
    moved = figures(form, table, made)
    made.sheets[table.sheet] |= {
        (row + rows, column + columns): value for (row, column), value in moved.items()
    }
    reading = read(form, made.xlsx())
    assert codes(reading.findings) == ["F05.beside_nil"]
    assert reading.findings[0].severity is Severity.ERROR


def test_the_sheets_of_departments_that_add_up_are_no_copies(form: Form, numbers: dict[str, Number]) -> None:
    table = wide(form)
    made = draft(form, numbers)
    whole = made.sheets[table.sheet]
    spots = {form.positions[cell.key][1:] for cell in form.cells_of(table.key) if cell.is_input}
    made.sheets["办公室"] = {**whole, **{spot: float(whole[spot] // 2) for spot in spots}}  # type: ignore[operator]
    made.sheets["法规科"] = {**whole, **{spot: whole[spot] - whole[spot] // 2 for spot in spots}}  # type: ignore[operator]
    reading = read(form, made.xlsx())
    assert (reading.numbers, codes(reading.findings)) == (numbers, ["F05.parts"])
    made.sheets["办公室"][min(spots)] = 987.0
    assert codes(read(form, made.xlsx()).findings) == ["F05.copies_differ"] * 2


@pytest.mark.parametrize("name", ["2022年数据", "上年"])
def test_the_sheet_of_another_year_is_no_copy(form: Form, numbers: dict[str, Number], name: str) -> None:
    made = draft(form, numbers)
    made.sheets[name] = draft(form, numbers_for(form, 8)).sheets[wide(form).sheet]
    reading = read(form, made.xlsx())
    assert (reading.numbers, codes(reading.findings)) == (numbers, ["F05.other_year"])


def test_two_copies_on_another_sheet_are_not_passed_over(form: Form, numbers: dict[str, Number]) -> None:
    made = draft(form, numbers)
    cells = made.sheets[wide(form).sheet]
    made.sheets["底稿"] = {**cells, **{(row + 60, column): value for (row, column), value in cells.items()}}
    [found] = read(form, made.xlsx()).findings
    assert (codes([found]), found.severity) == (["F05.copies_unclear"], Severity.WARNING)


def test_a_heading_with_another_unit_is_not_nearly_right(form: Form, numbers: dict[str, Number]) -> None:
    money = next(cell for cell in form.cells if cell.kind == "money")
    made = draft(form, numbers)
    label = money.column.label[-1]
    made.relabel(form.table(money.table).sheet, label, label.replace("万元", "元"))
    reading = read(form, made.xlsx())
    assert codes(reading.findings) == ["F03.missing_label"]
    assert reading.numbers[money.key] is None


def test_a_sheet_of_another_file_is_told_by_its_title(form: Form, numbers: dict[str, Number]) -> None:
    made = draft(form, numbers)
    for sheet in form.sheets:
        made.put((sheet.name, layout.TITLE_ROW, 0), f"{sheet.title}（甲局2023年度）")
    assert read(form, made.xlsx()).findings == ()
    table = wide(form)
    made.put((table.sheet, layout.TITLE_ROW, 0), f"{table.name}（甲局2022年度）")
    [found] = read(form, made.xlsx()).findings
    assert (codes([found]), found.severity) == (["F05.foreign_title"], Severity.WARNING)
    assert found.place == Place(table.sheet, a1(layout.TITLE_ROW, 0))
    assert found.facts == {"stated": "甲局2022年度", "expected": "甲局2023年度"}


@pytest.mark.parametrize(("said", "code"), [("共{}件", "C03"), ("约9{}", "C04")])
def test_a_total_in_words_is_compared(form: Form, numbers: dict[str, Number], said: str, code: str) -> None:
    key = next(cell.key for cell in form.cells if not cell.is_input)
    made = draft(form, numbers)
    made.put(form.positions[key], said.format(numbers[key]))
    reading = read(form, made.xlsx())
    assert reading.numbers == numbers
    assert [(found.code, found.severity) for found in reading.findings] == [(code, Severity.WARNING)]
