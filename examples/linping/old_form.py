"""A workbook on the form in force goes in; the same agency's figures on the form of 2019 come out.

Section 二 is typed as 国办公开办函〔2019〕60号 has it; of section 三 the rows of （六）其他处理 become one.
"""

from __future__ import annotations

from dataclasses import replace

from examples.linping.copies import (
    Cells,
    PlainSheet,
    Value,
    changed,
    taken_apart,
    with_value,
    without_row,
)
from pipeline.forms.form import Form
from pipeline.forms.layout import HINT_ROW, NIL_ROW

_STUB = "信息内容"
_BLOCKS: tuple[tuple[str, tuple[str, ...], tuple[tuple[Value, ...], ...]], ...] = (
    (
        "第二十条第（一）项",
        ("本年新制作数量", "本年新公开数量", "对外公开总数量"),
        (("规章", 0, 0, 0), ("规范性文件", 0, 0, 1)),
    ),
    (
        "第二十条第（五）项",
        ("上一年项目数量", "本年增/减", "处理决定数量"),
        (("行政许可", 0, 0, 0), ("其他对外管理服务事项", 4, -1, 12)),
    ),
    (
        "第二十条第（六）项",
        ("上一年项目数量", "本年增/减", "处理决定数量"),
        (("行政处罚", 9, 0, 6), ("行政强制", 0, 0, 0)),
    ),
    ("第二十条第（八）项", ("上一年项目数量", "本年增/减"), (("行政事业性收费", 0, 0),)),
    ("第二十条第（九）项", ("采购项目数量", "采购总金额"), (("政府集中采购", 3, 41.6),)),
)
_OTHER_ROWS = ("other_correction_overdue", "other_fee_unpaid", "other_other")
_LAST_COLUMN = 3
_WIDTH = 22.0


def on_old_form(form: Form, content: bytes) -> list[PlainSheet]:
    """Return the sheets of the old form, without checks and without a stamp, as it had none."""
    requests = form.table("requests")
    tables = {form.table("requests").sheet, form.table("disputes").sheet}
    dropped = {sheet.name for sheet in form.sheets if sheet.kind in {"guide", "checks"}}
    sheets = [sheet for sheet in taken_apart(content) if not sheet.hidden and sheet.name not in dropped]
    sheets = changed(sheets, form.table("proactive").sheet, _section_two)
    sheets = changed(sheets, requests.sheet, lambda sheet: _section_three(form, sheet))
    return [sheet if sheet.name not in tables else _without_hints(sheet) for sheet in sheets]


def _without_hints(sheet: PlainSheet) -> PlainSheet:
    """Drop what stands between title and table: the old form had no nil return."""
    between = range(HINT_ROW, NIL_ROW + 1)
    return replace(
        sheet,
        cells={at: value for at, value in sheet.cells.items() if at[0] not in between},
        merges=tuple(merge for merge in sheet.merges if merge[0] not in between),
        boxed=frozenset(at for at in sheet.boxed if at[0] not in between),
    )


def _section_two(sheet: PlainSheet) -> PlainSheet:
    cells: Cells = {(0, 0): sheet.cells[0, 0]}
    merges = [(0, 0, 0, _LAST_COLUMN)]
    row = 2
    for heading, columns, lines in _BLOCKS:
        cells[row, 0] = heading
        merges.append((row, 0, row, _LAST_COLUMN))
        for line in ((_STUB, *columns), *lines):
            row += 1
            cells |= {(row, column): value for column, value in enumerate(line)}
        row += 1
    return replace(
        sheet,
        cells=cells,
        merges=tuple(merges),
        widths=dict.fromkeys(range(_LAST_COLUMN + 1), _WIDTH),
        heights={},
        boxed=frozenset((line, column) for line in range(2, row) for column in range(_LAST_COLUMN + 1)),
    )


def _section_three(form: Form, sheet: PlainSheet) -> PlainSheet:
    """Delete two of the three rows of （六） and let its label stand over the one that is left."""
    rows = [form.positions[f"requests.{row}.natural_person"][1] for row in _OTHER_ROWS]
    for row in sorted(rows[1:], reverse=True):
        sheet = without_row(sheet, row)
    return with_value(sheet, rows[0], form.grids["requests"].label_columns - 1, "")
