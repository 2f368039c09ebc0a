"""A page and one of the form's tables go in; the table is written as printed, ready to be filled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from pipeline.forms.drawing import drawn_formula
from pipeline.forms.form import Cell, Entry, Form, Grid, GridCell, Sheet, Table
from pipeline.forms.formulas import total_formula
from pipeline.forms.layout import (
    FROM_REGISTER,
    HINT_ROW,
    NIL_ROW,
    TABLE_LEFT,
    TABLE_TOP,
    nil_position,
)
from pipeline.forms.values.answers import NO, YES
from pipeline.forms.values.numbers import LARGEST, NUMBER_KINDS, NumberKind
from pipeline.publishing.template.areas import Area, rectangles, row_height
from pipeline.publishing.template.list_pages import asked_of, value_looks
from pipeline.publishing.template.template_page import TemplatePage
from pipeline.publishing.workbook.measure import pages_high

_HINT = "浅黄色格子都要填，没有发生的填 0；灰色格子自动计算。数量填整数，不带单位。"
_HINT_VALUES = (
    "浅黄色格子按提示填写：数量填整数，不带单位，没有发生的填 0；有下拉列表的从列表中选。灰色格子自动计算。"
)
_HINT_DRAWN = "这张表由登记的各行自动算出，不用填写。"
_NIL_HINT = "整张表都是 0 时选“是”，就不用逐格填 0"
_NIL_HINT_VALUES = "整张表都没有内容时选“是”，就不用逐格填"
_COMPUTED_HINT = f"；另报台账的可选“{FROM_REGISTER}”，各格空着，由台账计算"
_PAPER = {False: 96.0, True: 136.0}
"""Digits that fit across A4, upright and sideways."""
_ROW_HEIGHT = 24.0
_NARROWEST = 9.0
_REQUIRED, _FREE = "必填", "可以不填"
_LONGEST_MESSAGE = 255
"""Characters that Excel takes beside a cell that is being filled in."""


def write_table(page: TemplatePage, sheet: Sheet, table: Table) -> None:
    """Write the sheet of ``table``: hint, nil return and the grid with its validations."""
    form = page.content.form
    grid, values = form.grids[table.key], form.values_of(table.key)
    landscape = grid.columns > grid.rows
    widths = _widths(grid, values, landscape=landscape)
    for column, width in enumerate(widths):
        page.sheet.set_column(TABLE_LEFT + column, TABLE_LEFT + column, width)
    page.title(sheet.title, widths)
    is_open = bool(values) or any(cell.is_input for cell in form.cells_of(table.key))
    hint = _HINT_VALUES if values else _HINT if is_open else _HINT_DRAWN
    page.put(HINT_ROW, 0, hint, "hint", width=grid.columns)
    page.sheet.set_row(HINT_ROW, row_height((hint, sum(widths)), least=22))
    if is_open or page.content.values.get(table.nil_key) == YES:
        _write_nil(page, table, grid)
    for cell in grid.cells:
        _write_cell(page, cell)
    for row, height in enumerate(_heights(page, grid, widths)):
        page.sheet.set_row(TABLE_TOP + row, height)
    _validate(page, table)
    _validate_values(page, values)
    if len(table.blocks) == 1:
        page.sheet.freeze_panes(TABLE_TOP + grid.header_rows, TABLE_LEFT + grid.label_columns)
    else:
        page.sheet.freeze_panes(TABLE_TOP, 0)
    high = pages_high(grid.rows)
    if high != 1:
        page.sheet.repeat_rows(TABLE_TOP, TABLE_TOP + grid.header_rows - 1)
    page.print_on_a4(landscape=landscape, pages_high=high)


def _widths(grid: Grid, asked: Sequence[Entry], *, landscape: bool) -> list[float]:
    """Give the innermost row labels most of the labels' room and share the rest among numbers and values, as these need it."""
    labels = [10.0, 14.0, 34.0][-grid.label_columns :] if grid.label_columns else []
    if grid.label_columns == 1:
        labels = [24.0]
    values = grid.columns - grid.label_columns
    room = _PAPER[landscape] - sum(labels)
    if not asked:
        return labels + [min(24.0, max(_NARROWEST, room / values))] * values
    kinds = {value.key: value.value for value in asked}
    needs = [_NARROWEST] * values
    for cell in grid.cells:
        if cell.key in kinds:
            at = cell.column - grid.label_columns
            needs[at] = max(needs[at], kinds[cell.key].width)
    return labels + [max(_NARROWEST, min(2.0, room / sum(needs)) * need) for need in needs]


def _heights(page: TemplatePage, grid: Grid, widths: Sequence[float]) -> list[float]:
    heights = [_ROW_HEIGHT] * grid.rows
    for cell in grid.cells:
        if cell.height == 1:
            width = sum(widths[cell.column : cell.column + cell.width])
            is_number = not cell.key or cell.key in page.content.form.by_key
            text = cell.text if is_number else str(page.content.values.get(cell.key, ""))
            heights[cell.row] = max(heights[cell.row], row_height((text, width)))
    return heights


def _write_nil(page: TemplatePage, table: Table, grid: Grid) -> None:
    _, row, column = nil_position(table, grid)
    page.put(row, TABLE_LEFT, table.nil_label, "box", "bold", "centre", width=column - TABLE_LEFT)
    page.field(table.nil_key, "box", "centre", "bold", "input", default=NO)
    rest = grid.columns - column - 1
    may_be_computed = page.content.form.may_be_computed(table.key)
    own = _NIL_HINT_VALUES if page.content.form.values_of(table.key) else _NIL_HINT
    hint = f"{own}{_COMPUTED_HINT if may_be_computed else ''}"
    choices = [YES, NO, *([FROM_REGISTER] if may_be_computed else [])]
    if rest > 0:
        page.put(row, column + 1, hint, "left", "hint", width=rest)
    page.sheet.set_row(NIL_ROW, 34 if column - TABLE_LEFT == 1 else 26)
    page.sheet.data_validation(
        row,
        column,
        row,
        column,
        {
            "validate": "list",
            "source": choices,
            "input_title": table.nil_label,
            "input_message": f"{hint}。",
            "error_title": "填写有误",
            "error_message": f"请选“{'”或“'.join(choices)}”。",
        },
    )


def _write_cell(page: TemplatePage, cell: GridCell) -> None:
    row, column = TABLE_TOP + cell.row, TABLE_LEFT + cell.column
    if cell.role == "number":
        number = page.content.form.by_key.get(cell.key)
        if number:
            _write_number(page, number, row, column, cell.width)
        else:
            _write_value(page, page.content.form.value(cell.key), cell.width)
        return
    looks = {"heading": ("head",), "column_label": ("head",), "row_label": ("left",)}[cell.role]
    if cell.height > 1 and cell.role == "row_label":
        looks = ("centre",)
    page.put(row, column, cell.text, "box", *looks, height=cell.height, width=cell.width)


def _write_number(page: TemplatePage, cell: Cell, row: int, column: int, width: int) -> None:
    """Write an input, a computed total or, where a total was typed over, what was typed, open to be mended."""
    if cell.is_input or (cell.drawn and page.content.stamp.is_summed):
        page.field(cell.key, "box", "centre", "input", width=width)
        return
    if cell.key in page.content.values:
        page.field(cell.key, "box", "centre", "computed", "open", width=width)
        return
    form = page.content.form
    looks = ("box", "centre", "computed", *page.marked(cell.key))
    if width > 1:
        page.put(row, column, "", *looks, width=width)
    drawn = form.drawn[cell.key] if cell.drawn else None
    rows = len(page.content.registers.get(drawn.register, ())) if drawn else 0
    formula = drawn_formula(form, drawn, rows) if drawn else _own_formula(form, cell.defined_by)
    page.formula(row, column, formula, page.content.figures[cell.key], *looks)
    page.annotate(cell.key)


def _write_value(page: TemplatePage, asked: Entry, width: int) -> None:
    """Write an input of another kind, in its own format."""
    looks = value_looks(page.looks, asked.value)
    page.field(asked.key, "box", *looks, "input", width=width)


@lru_cache(maxsize=1024)  # the same in every workbook of a form
def _own_formula(form: Form, balance_id: str) -> str:
    return total_formula(form, form.balance(balance_id))


def _validate(page: TemplatePage, table: Table) -> None:
    """Refuse typed text, negatives and fractions in the inputs, each kind in its own words."""
    form = page.content.form
    for kind in NUMBER_KINDS.values():
        inputs = [cell for cell in form.cells_of(table.key) if cell.is_input and cell.kind == kind.id]
        areas = rectangles(form.positions[cell.key] for cell in inputs)
        if areas:
            _validate_areas(page, areas, kind)


def _validate_values(page: TemplatePage, values: Sequence[Entry]) -> None:
    """Let what is no value of its kind not be typed, cells that ask the same at once."""
    form = page.content.form
    alike: dict[str, list[Entry]] = {}
    for value in values:
        alike.setdefault(repr(replace(value, key="", label="", weight="")), []).append(value)
    for group in alike.values():
        first, *others = rectangles(form.positions[value.key] for value in group)
        kind = group[0].value
        options = {
            **asked_of(form, kind),
            "input_title": _REQUIRED if group[0].required else _FREE,
            "input_message": kind.prompt[:_LONGEST_MESSAGE],
            "error_title": "填写有误",
            "error_message": (kind.prompt or "请核对后填写。")[:_LONGEST_MESSAGE],
            "other_cells": [list(area) for area in others],
        }
        page.sheet.data_validation(*first, options)


def _validate_areas(page: TemplatePage, areas: Sequence[Area], kind: NumberKind) -> None:
    options = {
        "validate": "integer" if kind.is_whole else "decimal",
        "criteria": ">=",
        "value": -LARGEST if kind.least is None else kind.least,
        "input_title": kind.title,
        "input_message": kind.prompt,
        "error_title": "填写有误",
        "error_message": kind.refusal,
        "other_cells": [list(area) for area in areas[1:]],
    }
    page.sheet.data_validation(*areas[0], options)
