"""Files that are not the template any more: labels place the cells, or a finding says that they do not."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from pipeline.forms import layout
from pipeline.forms.form import Form, Table
from pipeline.intake.read.labels import normalise
from pipeline.intake.read.reading import read
from pipeline.model import Number, Place, Reading, Severity, a1
from pipeline.publishing.template import build_workbook
from tests.intake.support import (
    Draft,
    Formula,
    codes,
    draft,
    numbers_for,
    rewrite_part,
    with_own_formulas,
)
from tests.support.fills import zeros


@pytest.fixture(scope="module")
def numbers(form: Form) -> dict[str, Number]:
    return numbers_for(form, 7)


def wide(form: Form) -> Table:
    """The table with the most numbers."""
    return max(form.tables, key=lambda table: len(form.cells_of(table.key)))


def with_bare_row(form: Form) -> Table:
    return next(table for table in form.tables if not table.blocks[0].rows[0].label)


def with_blocks(form: Form) -> Table:
    return next(table for table in form.tables if len(table.blocks) > 1)


def assert_moved(reading: Reading, numbers: dict[str, Number], *tables: Table) -> None:
    assert reading.numbers == numbers
    assert codes(reading.findings) == ["F05.moved"] * len(tables)
    assert [found.facts["table"] for found in reading.findings] == [table.name for table in tables]
    assert {found.severity for found in reading.findings} == {Severity.INFO}


def move(
    row: int, column: int, *, after_row: int = -1, after_column: int = -1
) -> Callable[..., tuple[int, int]]:
    return lambda r, c: (r + row * (r > after_row), c + column * (c > after_column))


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize(
    "change",
    [
        move(1, 0),
        move(3, 2),
        move(1, 0, after_row=layout.TABLE_TOP - 1),
        move(0, 1),
    ],
    ids=["row above", "down and right", "row above the table", "column before"],
)
def test_a_moved_table_is_read_where_it_is(
    form: Form, numbers: dict[str, Number], number: int, change: Callable[..., tuple[int, int]]
) -> None:
    table = form.tables[number]
    made = draft(form, numbers)
    made.shift(table.sheet, change)
    reading = read(form, made.xlsx())
    assert_moved(reading, numbers, table)
    for cell in form.cells_of(table.key):
        sheet, row, column = form.positions[cell.key]
        assert reading.places[cell.key] == Place(sheet, a1(*change(row, column)))


@pytest.mark.parametrize("save", ["xls", "ods"])
def test_a_moved_table_is_read_in_other_formats(form: Form, numbers: dict[str, Number], save: str) -> None:
    made = draft(form, numbers)
    made.shift(form.tables[0].sheet, move(2, 1))
    assert_moved(read(form, getattr(made, save)()), numbers, form.tables[0])


def test_rows_inserted_anywhere_do_not_matter(form: Form, numbers: dict[str, Number]) -> None:
    table = wide(form)
    rows = sorted({form.positions[cell.key][1] for cell in form.cells_of(table.key)})
    for row in rows[1::6]:
        made = draft(form, numbers)
        made.shift(table.sheet, move(1, 0, after_row=row - 1))
        assert_moved(read(form, made.xlsx()), numbers, table)


def test_columns_inserted_anywhere_do_not_matter(form: Form, numbers: dict[str, Number]) -> None:
    for table in (wide(form), with_bare_row(form)):
        columns = sorted({form.positions[cell.key][2] for cell in form.cells_of(table.key)})
        for column in columns[1::2]:
            made = draft(form, numbers)
            made.shift(table.sheet, move(0, 1, after_column=column - 1))
            assert_moved(read(form, made.xlsx()), numbers, table)


def test_a_row_pushed_down_below_its_headings_is_found(form: Form, numbers: dict[str, Number]) -> None:
    table = with_bare_row(form)
    row = form.positions[form.cells_of(table.key)[0].key][1]
    made = draft(form, numbers)
    made.shift(table.sheet, move(1, 0, after_row=row - 1))
    assert_moved(read(form, made.xlsx()), numbers, table)


def test_swapped_columns_are_told_by_their_labels(form: Form, numbers: dict[str, Number]) -> None:
    table = wide(form)
    leaves = [line.label[-1] for line in table.blocks[0].columns]
    made = draft(form, numbers)
    cells = made.sheets[table.sheet]
    one, other = (next(spot[1] for spot, value in cells.items() if value == leaf) for leaf in leaves[1:3])
    swap = {one: other, other: one}
    made.shift(
        table.sheet,
        lambda r, c: (
            (r, swap.get(c, c)) if cells.get((r, c)) in {*leaves[1:3]} or r > layout.TABLE_TOP + 2 else (r, c)
        ),
    )
    assert_moved(read(form, made.xlsx()), numbers, table)


def test_swapped_rows_are_told_by_their_labels(form: Form, numbers: dict[str, Number]) -> None:
    table = wide(form)
    top = form.positions[form.cells_of(table.key)[0].key][1]
    made = draft(form, numbers)
    swap = {top: top + 1, top + 1: top}
    made.shift(table.sheet, lambda r, c: (swap.get(r, r), c))
    assert_moved(read(form, made.xlsx()), numbers, table)


def test_renamed_and_reordered_sheets_are_found(form: Form, numbers: dict[str, Number]) -> None:
    made = draft(form, numbers)
    for number, table in enumerate(form.tables):
        made.rename(table.sheet, f"Sheet{number}")
    made.sheets = dict(reversed(made.sheets.items()))
    reading = read(form, made.xlsx())
    assert reading.numbers == numbers
    assert codes(reading.findings) == ["F05.renamed"] * len(form.tables)
    assert [found.facts for found in reading.findings] == [
        {"table": table.name, "found": f"Sheet{number}", "sheet": table.sheet}
        for number, table in enumerate(form.tables)
    ]
    assert reading.places[form.cells[0].key].sheet == "Sheet0"


@pytest.mark.parametrize("check_sheet", ["自查", "Sheet8"])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_checks_are_never_taken_for_a_table(form: Form, number: int, check_sheet: str) -> None:
    """自查 repeats the labels of every row and column; the template as built, so that all of its words are there."""
    table = form.tables[number]
    template = rewrite_part(
        build_workbook(form, values=zeros(form)), WORKBOOK, named("自查", check_sheet, always=True)
    )
    renamed = read(form, rewrite_part(template, WORKBOOK, named(table.sheet, "表")))
    assert {place.sheet for key, place in renamed.places.items() if key in keys_of(form, table)} == {"表"}
    assert codes(renamed.findings) == ["F05.renamed"]
    removed = read(form, rewrite_part(template, WORKBOOK, named(table.sheet, None)))
    assert codes(removed.findings) == ["F03.missing_table"]
    assert removed.findings[0].place is None


@pytest.mark.parametrize("name", ["问题清单", "填报说明", "自查"])
def test_a_table_is_not_read_from_a_sheet_that_belongs_to_us(
    form: Form, numbers: dict[str, Number], name: str
) -> None:
    table = wide(form)
    made = draft(form, numbers)
    made.sheets[name] = made.sheets.pop(table.sheet)
    assert codes(read(form, made.xlsx()).findings) == ["F03.missing_table"]


WORKBOOK = "xl/workbook.xml"


def named(old: str, new: str | None, *, always: bool = False) -> Callable[[bytes], bytes]:
    """Rename a sheet in the list of sheets, or take it out of the list."""
    element = re.compile(f'<sheet name="{old}"([^>]*)/>'.encode())
    instead = b"" if new is None else f'<sheet name="{new}"'.encode() + rb"\1/>"
    return lambda xml: element.sub(instead, xml) + (b"\n" if always else b"")


def keys_of(form: Form, table: Table) -> set[str]:
    return {cell.key for cell in form.cells_of(table.key)}


def test_all_tables_on_one_sheet_are_found(form: Form, numbers: dict[str, Number]) -> None:
    made = draft(form, numbers)
    top = 0
    together: dict[tuple[int, int], object] = {}
    for table in reversed(form.tables):
        cells = made.sheets.pop(table.sheet)
        together |= {(top + row, column): value for (row, column), value in cells.items()}
        top += max(row for row, _ in cells) + 3
    made.sheets["合并"] = together
    reading = read(form, made.xlsx())
    assert reading.numbers == numbers
    assert set(codes(reading.findings)) == {"F05.moved", "F05.renamed"}


def test_labels_differ_only_in_spaces_width_and_brackets(form: Form, numbers: dict[str, Number]) -> None:
    made = draft(form, numbers)
    for table in form.tables:
        cells = made.sheets[table.sheet]
        for spot, value in cells.items():
            if isinstance(value, str) and len(value) > 2:
                dressed = value.replace("（", "( ").replace("）", " )").replace("，", ",").replace("“", '"')
                cells[spot] = dressed[:2] + "\n　" + dressed[2:]
    reading = read(form, made.xlsx())
    assert reading.numbers == numbers
    assert reading.findings == ()


@pytest.mark.parametrize(
    ("table_of", "label", "damaged"),
    [
        (with_blocks, "行政规范性文件", "规范性文件"),
        (with_blocks, "本年制发件数", "本年发件"),
        (with_blocks, "现行有效件数", "现行有效件"),
        (with_blocks, "本年制发件数", "本年制发件数量"),
        (wide, "6.属于四类过程性信息", "6、属于四类过程信息"),
        (wide, "（二）部分公开（区分处理的，只计这一情形，不计其他情形）", "（二）部分公开（只计这一情形）"),
        (wide, "法律服务机构", "法律服务机关"),
    ],
)
def test_a_label_that_nearly_matches_is_taken_with_a_warning(
    form: Form, numbers: dict[str, Number], table_of: Callable[[Form], Table], label: str, damaged: str
) -> None:
    table = table_of(form)
    made = draft(form, numbers)
    made.relabel(table.sheet, label, damaged)
    spot = next(spot for spot, value in made.sheets[table.sheet].items() if value == damaged)
    reading = read(form, made.xlsx())
    assert reading.numbers == numbers
    assert codes(reading.findings) == ["F03.near_label"]
    finding = reading.findings[0]
    assert finding.severity is Severity.WARNING
    assert finding.facts == {"found": damaged, "label": label}
    assert finding.place == Place(table.sheet, a1(*spot))


def test_three_damaged_labels_are_told_apart(form: Form, numbers: dict[str, Number]) -> None:
    """As published: 本年发件, 现行有效件 and 规范性文件 in one table."""
    table = with_blocks(form)
    made = draft(form, numbers)
    pairs = {"本年制发件数": "本年发件", "现行有效件数": "现行有效件", "行政规范性文件": "规范性文件"}
    for label, damaged in pairs.items():
        made.relabel(table.sheet, label, damaged)
    reading = read(form, made.xlsx())
    assert reading.numbers == numbers
    assert {found.facts["label"]: found.facts["found"] for found in reading.findings} == pairs
    assert set(codes(reading.findings)) == {"F03.near_label"}


def test_labels_in_pieces_one_below_the_other_are_joined(form: Form, numbers: dict[str, Number]) -> None:
    """As a table pasted from Word has them: each paragraph of a cell gets a row."""
    table = wide(form)
    long = [line.label[-1] for line in table.blocks[0].rows if len(line.label[-1]) > 20]
    for label in long:
        made = draft(form, numbers)
        [row, column] = next(spot for spot, value in made.sheets[table.sheet].items() if value == label)
        made.shift(table.sheet, move(2, 0, after_row=row))
        pieces = {(row, column): label[:7], (row + 1, column): label[7:12], (row + 2, column): label[12:]}
        made.sheets[table.sheet] |= pieces
        assert_moved(read(form, made.xlsx()), numbers, table)
    column_label = max((line.label[-1] for line in table.blocks[0].columns), key=len)
    made = draft(form, numbers)
    [row, column] = next(spot for spot, value in made.sheets[table.sheet].items() if value == column_label)
    made.shift(table.sheet, move(1, 0, after_row=row))
    made.sheets[table.sheet] |= {(row, column): column_label[:4], (row + 1, column): column_label[4:]}
    assert_moved(read(form, made.xlsx()), numbers, table)
    assert len(long) > 1


@pytest.mark.parametrize("number", range(3))
def test_a_damaged_heading_over_several_columns_is_taken_with_a_warning(
    form: Form, numbers: dict[str, Number], number: int
) -> None:
    table = with_bare_row(form)
    headings = list(dict.fromkeys(line.label[-2] for line in table.blocks[0].columns))
    heading = headings[number]
    made = draft(form, numbers)
    made.relabel(table.sheet, heading, heading[:-1])
    reading = read(form, made.xlsx())
    assert reading.numbers == numbers
    [found] = reading.findings
    assert (codes([found]), found.severity) == (["F03.near_label"], Severity.WARNING)
    assert found.facts == {"found": heading[:-1], "label": heading}
    under = [cell.key for cell in form.cells_of(table.key) if heading in cell.column.label]
    assert list(found.keys) == under


@pytest.mark.parametrize("instead", [None, "", "备注", 5])
def test_a_label_that_is_gone_is_not_guessed(form: Form, numbers: dict[str, Number], instead: object) -> None:
    table = wide(form)
    row = table.blocks[0].rows[0]
    made = draft(form, numbers)
    made.relabel(table.sheet, row.label[-1], instead)
    reading = read(form, made.xlsx())
    keys = [cell.key for cell in form.cells_of(table.key) if cell.row == row]
    assert codes(reading.findings) == ["F03.missing_label"]
    assert reading.findings[0].facts == {"table": table.name, "label": row.label[-1]}
    assert list(reading.findings[0].keys) == keys
    assert not set(keys) & set(reading.places)
    assert [key for key, value in reading.numbers.items() if value is None] == keys
    assert {key: value for key, value in reading.numbers.items() if key not in keys} == {
        key: value for key, value in numbers.items() if key not in keys
    }


def test_a_missing_table_is_one_finding(form: Form, numbers: dict[str, Number]) -> None:
    table = wide(form)
    made = draft(form, numbers)
    del made.sheets[table.sheet]
    reading = read(form, made.xlsx())
    keys = {cell.key for cell in form.cells_of(table.key)}
    assert codes(reading.findings) == ["F03.missing_table"]
    assert set(reading.findings[0].keys) == keys
    assert not keys & set(reading.places)
    assert {key for key, value in reading.numbers.items() if value is None} == keys


@pytest.mark.parametrize("place", ["before", "after"])
def test_of_two_equal_copies_the_one_with_the_right_name_counts(
    form: Form, numbers: dict[str, Number], place: str
) -> None:
    table = wide(form)
    made = draft(form, numbers)
    copy = {"副本": dict(made.sheets[table.sheet])}
    made.sheets = {**copy, **made.sheets} if place == "before" else {**made.sheets, **copy}
    reading = read(form, made.xlsx())
    assert reading.numbers == numbers
    assert codes(reading.findings) == ["F05.copy"]
    assert reading.findings[0].facts["sheet"] == table.sheet
    assert reading.findings[0].facts["copy"] == "副本"


def test_of_two_different_copies_a_person_must_choose(form: Form, numbers: dict[str, Number]) -> None:
    table = wide(form)
    made = draft(form, numbers)
    made.sheets["副本"] = dict(made.sheets[table.sheet])
    key = form.cells_of(table.key)[8].key
    made.sheets["副本"][form.positions[key][1:]] = 987.0
    reading = read(form, made.xlsx())
    assert codes(reading.findings) == ["F05.copies_differ"]
    [found] = reading.findings
    assert (found.severity, found.place, found.keys) == (Severity.ERROR, form.places[key], (key,))
    assert (found.facts["copy"], found.facts["cell"]) == ("副本", form.places[key].cell)


def test_a_blank_copy_of_the_template_does_not_disturb(form: Form, numbers: dict[str, Number]) -> None:
    table = wide(form)
    made = draft(form, numbers)
    made.sheets["三、依申请公开 (2)"] = draft(form).sheets[table.sheet]
    reading = read(form, made.xlsx())
    assert reading.numbers == numbers
    assert codes(reading.findings) == ["F05.copy"]


@pytest.mark.parametrize(("rows", "columns"), [((9, 10), ()), ((), (4,))])
def test_figures_in_hidden_lines_are_read_and_said(
    form: Form, numbers: dict[str, Number], rows: tuple[int, ...], columns: tuple[int, ...]
) -> None:
    table = wide(form)
    made = draft(form, numbers)
    stream = rewrite_part(
        made.xlsx(),
        f"xl/worksheets/sheet{list(made.sheets).index(table.sheet) + 1}.xml",
        hiding(rows, columns),
    )
    reading = read(form, stream)
    assert reading.numbers == numbers
    assert codes(reading.findings) == ["F05.hidden"]
    hidden = {
        cell.key
        for cell in form.cells_of(table.key)
        if cell.is_input
        and numbers[cell.key]
        and (form.positions[cell.key][1] in rows or form.positions[cell.key][2] in columns)
    }
    assert set(reading.findings[0].keys) == hidden


def hiding(rows: tuple[int, ...], columns: tuple[int, ...]) -> Callable[[bytes], bytes]:
    """Hide zero-based rows and columns of a sheet."""

    def change(xml: bytes) -> bytes:
        for row in rows:
            xml = xml.replace(f'<row r="{row + 1}"'.encode(), f'<row r="{row + 1}" hidden="1"'.encode())
        hidden = "".join(f'<col min="{c + 1}" max="{c + 1}" width="0" hidden="1"/>' for c in columns)
        return xml.replace(b"<sheetData>", f"<cols>{hidden}</cols><sheetData>".encode()) if columns else xml

    return change


@pytest.mark.parametrize("rows", [1, 2])
def test_a_paste_that_is_too_low_is_told_by_its_gap_and_its_spill(
    form: Form, numbers: dict[str, Number], rows: int
) -> None:
    table = wide(form)
    made = draft(form, numbers)
    cells = made.sheets[table.sheet]
    spots = [form.positions[cell.key][1:] for cell in form.cells_of(table.key)]
    values = {spot: cells.pop(spot) for spot in spots}
    cells |= {(row + rows, column): value for (row, column), value in values.items()}
    reading = read(form, made.xlsx())
    found = next(found for found in reading.findings if found.variant == "pasted_low")
    assert (found.severity, found.facts["rows"]) == (Severity.ERROR, rows)
    assert found.place == form.places[form.cells_of(table.key)[0].key]
    assert str(found.facts["cells"]).startswith("D33:I")
    assert set(found.keys) == {cell.key for cell in form.cells_of(table.key) if cell.is_input}


@pytest.mark.parametrize("moved", [False, True])
def test_merges_that_were_split_and_filled_are_read(
    form: Form, numbers: dict[str, Number], *, moved: bool
) -> None:
    """WPS can repeat the text of a merged cell in every cell it covered."""
    made = draft(form, numbers)
    for table in form.tables:
        for cell in form.grids[table.key].cells:
            if cell.text:
                for row in range(cell.height):
                    for column in range(cell.width):
                        spot = (layout.TABLE_TOP + cell.row + row, layout.TABLE_LEFT + cell.column + column)
                        made.sheets[table.sheet].setdefault(spot, cell.text)
    if moved:
        made.shift(wide(form).sheet, move(1, 0))
        made.shift(with_blocks(form).sheet, move(0, 1))
    reading = read(form, made.xlsx())
    assert reading.numbers == numbers
    assert codes(reading.findings) == ["F05.moved"] * moved * 2


@pytest.mark.parametrize("where", ["on one sheet", "on two"])
def test_of_two_copies_without_the_right_name_neither_counts(
    form: Form, numbers: dict[str, Number], where: str
) -> None:
    table = wide(form)
    made = draft(form, numbers)
    cells = made.sheets.pop(table.sheet)
    if where == "on one sheet":
        made.sheets["表"] = {**cells, **{(row + 60, column): value for (row, column), value in cells.items()}}
    else:
        made.sheets |= {"表一": cells, "表二": dict(cells)}
    reading = read(form, made.xlsx())
    assert codes(reading.findings) == ["F05.unplaced" if where == "on one sheet" else "F05.several"]
    assert reading.findings[0].facts.get("sheets", "“表一”、“表二”") == "“表一”、“表二”"
    assert reading.findings[0].severity is Severity.ERROR
    keys = {cell.key for cell in form.cells_of(table.key)}
    assert set(reading.findings[0].keys) == keys
    assert {key for key, value in reading.numbers.items() if value is None} == keys


@pytest.mark.parametrize(
    ("old", "new", "is_said"),
    [
        ('<row r="{row}"', '<row r="{row}" ht="0" customHeight="1"', True),
        ('<row r="{row}"', '<row r="{row}" ht="0.75"', True),
        ('<row r="{row}"', '<row r="{row}" ht="15"', False),
        ('<row r="{row}"', '<row r="{row}" hidden="0"', False),
        ('<row r="{row}"', '<row r="{row}" x:a=">" hidden="1"', True),
        ('<row r="{row}"', '<row r="{row}" x:hidden="1"', False),
        ("<sheetData>", '<cols><col min="1" max="20" width="0" customWidth="1"/></cols><sheetData>', True),
        ("<sheetData>", '<cols><col min="1" max="20" width="9.5"/></cols><sheetData>', False),
        ("<sheetData>", '<cols><col x:a="/>" min="1" max="20" hidden = "true"/></cols><sheetData>', True),
        ("<sheetData>", '<cols><col min="1" max="20" hidden="&#49;"/></cols><sheetData>', True),
        ("<sheetFormatPr ", '<sheetFormatPr zeroHeight="1" ', False),
    ],
)
@pytest.mark.parametrize("is_rewritten", [False, True])
def test_lines_of_which_nothing_is_seen_are_hidden(
    form: Form, numbers: dict[str, Number], old: str, new: str, *, is_said: bool, is_rewritten: bool
) -> None:
    """By their height or width as well. ``zeroHeight`` hides what has no cells, as the rows beyond a table."""
    key = next(cell.key for cell in form.cells if cell.is_input and numbers[cell.key])
    sheet, row, _ = form.positions[key]

    def hide(xml: bytes) -> bytes:
        text = xml.decode().replace(old.format(row=row + 1), new.format(row=row + 1), 1)
        text = text.replace("<worksheet ", '<worksheet xmlns:x="urn:x" ', 1)
        return text.replace("<sheetData>", "<sheetData><!-- -->" if is_rewritten else "<sheetData>").encode()

    made = draft(form, numbers)
    part = f"xl/worksheets/sheet{list(made.sheets).index(sheet) + 1}.xml"
    reading = read(form, rewrite_part(made.xlsx(), part, hide))
    assert reading.numbers == numbers
    assert codes(reading.findings) == (["F05.hidden"] if is_said else [])


def test_a_hidden_sheet_is_read_and_said(form: Form, numbers: dict[str, Number]) -> None:
    made = draft(form, numbers)
    made.hidden.add(wide(form).sheet)
    reading = read(form, made.xlsx())
    assert reading.numbers == numbers
    assert codes(reading.findings) == ["F05.hidden_sheet"]
    assert reading.findings[0].place == Place(wide(form).sheet)


def test_a_hidden_copy_does_not_disturb(form: Form, numbers: dict[str, Number]) -> None:
    table = wide(form)
    made = draft(form, numbers)
    made.sheets["旧"] = dict(made.sheets[table.sheet])
    made.hidden.add("旧")
    made.rename(table.sheet, "新表")
    reading = read(form, made.xlsx())
    assert reading.numbers == numbers
    assert codes(reading.findings) == ["F05.renamed"]


def test_the_nil_return_moves_with_its_table(form: Form) -> None:
    table = form.tables[0]
    made = draft(form, answers={item.nil_key: "是" for item in form.tables})
    made.shift(table.sheet, move(2, 1))
    reading = read(form, made.xlsx())
    assert reading.nil_tables == {item.key for item in form.tables}
    assert set(reading.numbers.values()) == {0}


def test_stale_totals_of_a_moved_table_are_computed_anew(form: Form, numbers: dict[str, Number]) -> None:
    """The program that moved the rows rewrote the formulas; they are still the template's own."""
    table = wide(form)
    made = with_own_formulas(form, draft(form, numbers), {})
    moved = draft(form, numbers)
    moved.shift(table.sheet, move(1, 0))
    rows = {row: row + 1 for row in range(200)}
    for (row, column), value in list(made.sheets[table.sheet].items()):
        if isinstance(value, Formula):
            text = _shifted(value.text, rows)
            moved.sheets[table.sheet][row + 1, column] = Formula(text, 12345)
    reading = read(form, moved.xlsx())
    assert reading.numbers == numbers
    assert set(codes(reading.findings)) == {"F05.moved", "C04.recomputed"}


def _shifted(formula: str, rows: dict[int, int]) -> str:
    return re.sub(r"([A-Z]+)(\d+)", lambda m: f"{m.group(1)}{rows[int(m.group(2)) - 1] + 1}", formula)


OLD = {
    "（一）": ["规章", "规范性文件", "本年新制作数量", "本年新公开数量", "对外公开总数量"],
    "（五）": ["行政许可", "其他对外管理服务事项", "上一年项目数量", "本年增/减", "处理决定数量"],
    "（九）": ["政府集中采购", "采购项目数量", "采购总金额"],
}


def old_draft(form: Form, numbers: dict[str, Number]) -> Draft:
    made = draft(form, numbers)
    table = with_blocks(form)
    made.sheets[table.sheet] = {
        (3 * row, column): text for row, texts in enumerate(OLD.values()) for column, text in enumerate(texts)
    }
    return made


def test_the_old_form_is_one_finding(form: Form, numbers: dict[str, Number]) -> None:
    reading = read(form, old_draft(form, numbers).xlsx())
    assert codes(reading.findings) == ["F04.carried"]
    assert reading.findings[0].facts == {
        "authority": form.authority,
        "old_authority": form.superseded.authority,
        "tables": "、".join(f"“{table.name}”" for table in form.tables if table is not with_blocks(form)),
    }
    assert reading.form == form.id
    assert not reading.numbers


def test_what_the_old_form_shares_with_the_new_is_salvaged(form: Form, numbers: dict[str, Number]) -> None:
    """Sections 三 and 四 and the texts; the old form has one row for （六）其他处理."""
    table, old = wide(form), old_draft(form, numbers)
    rows = [line for line in table.blocks[0].rows if "（六）其他处理" in line.label]
    for line in rows:
        for spot, value in list(old.sheets[table.sheet].items()):
            if value == line.label[-1]:
                del old.sheets[table.sheet][spot]
    reading = read(form, old.xlsx())
    assert codes(reading.findings) == ["F04.carried"]
    gone = {cell.key for cell in form.cells if cell.row in rows or cell.table == with_blocks(form).key}
    expected = {cell.key for cell in form.cells if cell.is_input} - gone
    assert reading.salvaged == {key: value for key, value in numbers.items() if key in expected}
    assert reading.texts == read(form, draft(form, numbers).xlsx()).texts


@pytest.mark.parametrize("number", range(7))
def test_every_marker_tells_the_old_form(form: Form, numbers: dict[str, Number], number: int) -> None:
    marker = form.superseded.markers[number]
    made = draft(form, numbers)
    made.sheets[with_blocks(form).sheet] = {(0, 0): "规章", (1, 1): f" {marker[:3]}\n{marker[3:]}"}
    assert codes(read(form, made.xlsx()).findings) == ["F04.carried"]


def test_a_narrative_that_mentions_a_marker_is_not_the_old_form(
    form: Form, numbers: dict[str, Number]
) -> None:
    text = form.texts[0].key
    made = draft(form, numbers, answers={text: "本年继续公开政府集中采购目录，及时公布采购总金额等信息。"})
    del made.sheets[with_blocks(form).sheet]
    assert codes(read(form, made.xlsx()).findings) == ["F03.missing_table"]


def test_a_whole_form_beside_an_old_sheet_is_read(form: Form, numbers: dict[str, Number]) -> None:
    made = draft(form, numbers)
    made.sheets["旧表"] = dict(old_draft(form, numbers).sheets[with_blocks(form).sheet])
    reading = read(form, made.xlsx())
    assert reading.numbers == numbers
    assert codes(reading.findings) == ["F05.extra_sheet"]


def test_a_list_moved_by_rows_and_columns_is_read(form: Form, numbers: dict[str, Number]) -> None:
    made = draft(form, numbers)
    expected = read(form, made.xlsx())
    for sheet in {entry.sheet for entry in form.entries} | {text.sheet for text in form.texts}:
        made.shift(sheet, move(2, 1, after_row=2))
    reading = read(form, made.xlsx())
    assert reading.texts == expected.texts
    assert reading.entries == expected.entries
    key = form.texts[0].key
    _, row, column = form.positions[key]
    assert reading.places[key].cell == a1(row + 2, column + 1)
    assert reading.findings == ()


def test_a_renamed_list_is_found(form: Form, numbers: dict[str, Number]) -> None:
    made = draft(form, numbers)
    expected = read(form, made.xlsx())
    made.rename(form.texts[0].sheet, "文字")
    reading = read(form, made.xlsx())
    assert reading.texts == expected.texts
    assert {reading.places[text.key].sheet for text in form.texts[:3]} == {"文字"}


def test_a_missing_list_is_one_finding(form: Form, numbers: dict[str, Number]) -> None:
    made = draft(form, numbers)
    sheet = form.texts[0].sheet
    del made.sheets[sheet]
    reading = read(form, made.xlsx())
    assert codes(reading.findings) == ["F03.missing_sheet"]
    assert reading.findings[0].facts == {"sheet": sheet}
    assert set(reading.findings[0].keys) == {text.key for text in form.texts if text.sheet == sheet}


def test_a_missing_required_label_of_a_list_is_named(form: Form, numbers: dict[str, Number]) -> None:
    text = next(text for text in form.texts if text.required)
    made = draft(form, numbers)
    made.relabel(text.sheet, text.label, None)
    reading = read(form, made.xlsx())
    assert codes(reading.findings) == ["F03.missing_label"]
    assert reading.findings[0].keys == (text.key,)
    assert text.key not in reading.places


def test_a_nearly_right_label_of_a_list_is_taken(form: Form, numbers: dict[str, Number]) -> None:
    text = next(text for text in form.texts if text.required)
    made = draft(form, numbers)
    made.relabel(text.sheet, text.label, f"{text.label}情况")
    reading = read(form, made.xlsx())
    assert codes(reading.findings) == ["F03.near_label"]
    assert text.label in reading.texts[text.key]


def test_paragraphs_in_rows_of_their_own_are_joined(form: Form, numbers: dict[str, Number]) -> None:
    text = form.texts[0]
    _, row, column = form.positions[text.key]
    made = draft(form, numbers)
    made.shift(text.sheet, move(2, 0, after_row=row))
    made.sheets[text.sheet] |= {(row + 1, column): "第二段", (row + 2, column): "第三段"}
    reading = read(form, made.xlsx())
    assert reading.texts[text.key].splitlines()[1:] == ["第二段", "第三段"]
    assert form.texts[1].label in reading.texts[form.texts[1].key]


@pytest.mark.parametrize("label", ["1、其他", "1．其他", " １.其他", "1.其它"])
def test_enumerators_are_no_difference(label: str) -> None:
    assert normalise(label) == normalise("1.其他")


@pytest.mark.parametrize(("value", "said"), [(3.0, True), (0.0, False), ("其中", False), (None, False)])
def test_a_figure_in_an_inserted_row_is_pointed_at(
    form: Form, numbers: dict[str, Number], value: object, *, said: bool
) -> None:
    table = wide(form)
    _, row, column = form.positions[form.cells_of(table.key)[0].key]
    made = draft(form, numbers)
    made.shift(table.sheet, move(1, 0, after_row=row))
    made.sheets[table.sheet][row + 1, column] = value
    reading = read(form, made.xlsx())
    assert reading.numbers == numbers
    assert codes(reading.findings) == ["F05.moved", *["F05.unread"] * said]
    if said:
        assert reading.findings[1].severity is Severity.WARNING
        assert reading.findings[1].place == Place(table.sheet, a1(row + 1, column))
