"""A page and one of the form's registers go in; a table of free rows is written, ready to be filled.

It is a real table of the spreadsheet: its columns have their validation and format all the way down, also where nothing
stands yet, without a cell written for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from pipeline.forms.layout import HINT_ROW, NIL_ROW, ROWS_HEAD, ROWS_TOP, TITLE_ROW
from pipeline.forms.values.answers import NO, YES
from pipeline.publishing.template.areas import line_count, row_height
from pipeline.publishing.template.list_pages import asked_of
from pipeline.publishing.template.template_page import TemplatePage

if TYPE_CHECKING:
    from pipeline.forms.form import Sheet
    from pipeline.forms.registers import Register

_HINT = "每件（条）填一行，从第一行起依次填写，不要空行、合并单元格，不要改表头；带 * 的列必须填。"
_STAR = " *"
_NIL_HINT = "一条也没有时选“是”"
_LONGEST_TITLE, _LONGEST_MESSAGE = 32, 255
"""Characters that Excel takes beside a cell that is being filled in."""
_LONGEST_TABLE_NAME = 200
_LEAST_PRINTED = 25
_HEAD_HEIGHT = 30.0


def write_register(page: TemplatePage, sheet: Sheet, register: Register) -> None:
    """Write the sheet of ``register``: hint, nil return, headings and the rows that are known."""
    rows = page.content.registers.get(register.key, ())
    last = ROWS_TOP + max(register.rows, len(rows)) - 1
    widths = [
        max(kind.width, 2.2 * len(column.label) + 2)
        for kind, column in zip(register.kinds, register.columns, strict=True)
    ]
    for number, width in enumerate(widths):
        look = page.looks("page", "box", "input", *_format(page, register, number))
        page.sheet.set_column(number, number, width, look)
    page.title(sheet.title, widths)
    hint = f"{_HINT}{register.hint}"
    page.put(HINT_ROW, 0, hint, "hint", width=len(widths))
    page.sheet.set_row(HINT_ROW, row_height((hint, sum(widths)), least=22))
    _write_nil(page, register, widths)
    for column in range(len(widths)):
        page.put(NIL_ROW + 1, column, "", "hint")
    _write_table(page, register, last)
    for row, values in enumerate(rows):
        for number, value in enumerate(values):
            _write_value(page, register, number, row, value)
        if any(line_count(*cell) > 1 for cell in zip(values, widths, strict=False)):
            page.sheet.set_row(ROWS_TOP + row, row_height(*zip(values, widths, strict=False)))
    _validate(page, register, last)
    page.sheet.freeze_panes(ROWS_TOP, 1)
    page.sheet.repeat_rows(ROWS_HEAD)
    page.sheet.print_area(TITLE_ROW, 0, ROWS_TOP + max(len(rows), _LEAST_PRINTED) - 1, len(widths) - 1)
    page.print_on_a4(landscape=True)


def _format(page: TemplatePage, register: Register, number: int) -> tuple[str, ...]:
    """Return the look of a column's values, which carries their number format."""
    return (
        "left" if register.kinds[number].number_format == "@" else "centre",
        page.looks.of_format(register.kinds[number].number_format),
    )


def _write_nil(page: TemplatePage, register: Register, widths: Sequence[float]) -> None:
    width = len(widths)
    page.put(NIL_ROW, 0, register.nil_label, "box", "bold", "centre")
    page.field(register.nil_key, "box", "centre", "bold", "input", default=NO)
    if width > 3:  # noqa: PLR2004 - label, answer, and one column at least for the hint
        page.put(NIL_ROW, 2, _NIL_HINT, "left", "hint", width=width - 2)
    page.sheet.set_row(NIL_ROW, row_height((register.nil_label, widths[0]), least=30))
    page.sheet.data_validation(
        NIL_ROW,
        1,
        NIL_ROW,
        1,
        {
            "validate": "list",
            "source": [YES, NO],
            "input_title": register.nil_label[:_LONGEST_TITLE],
            "input_message": f"{_NIL_HINT}。",
            "error_title": "填写有误",
            "error_message": f"请选“{YES}”或“{NO}”。",
        },
    )


def _write_table(page: TemplatePage, register: Register, last: int) -> None:
    head = page.looks("page", "box", "head")
    page.sheet.add_table(
        ROWS_HEAD,
        0,
        last,
        len(register.columns) - 1,
        {
            "name": f"register_{register.key}"[:_LONGEST_TABLE_NAME],
            "autofilter": False,
            "style": "Table Style Light 1",
            "banded_rows": False,
            "columns": [
                {"header": f"{column.label}{_STAR if column.required else ''}", "header_format": head}
                for column in register.columns
            ],
        },
    )
    page.sheet.set_row(ROWS_HEAD, _HEAD_HEIGHT)


def _write_value(page: TemplatePage, register: Register, number: int, row: int, value: str) -> None:
    key = register.row_key(number, row)
    looks = ("box", "input", *_format(page, register, number), *page.marked(key))
    at, stored = ROWS_TOP + row, register.kinds[number].stored(value) if value else ""
    if isinstance(stored, date):
        page.sheet.write_datetime(at, number, stored, page.looks("page", *looks))
    elif stored != "" or page.marked(key):
        page.put(at, number, stored, *looks)
    page.annotate(key)


def _validate(page: TemplatePage, register: Register, last: int) -> None:
    for number, (column, kind) in enumerate(zip(register.columns, register.kinds, strict=True)):
        required = "必填。" if column.required else ""
        page.sheet.data_validation(
            ROWS_TOP,
            number,
            last,
            number,
            {
                **asked_of(page.content.form, kind),
                "input_title": column.label[:_LONGEST_TITLE],
                "input_message": f"{required}{kind.prompt}"[:_LONGEST_MESSAGE],
                "error_title": "填写有误",
                "error_message": (kind.prompt or "请核对后填写。")[:_LONGEST_MESSAGE],
            },
        )
