"""A page goes in; 上年数据 is written: every figure of last year beside this year's, for the clerk and for 自查 to look up.

Without last year's report the sheet is hidden and its cells are blank, so that the checks over them stay unassessed.
"""

from __future__ import annotations

from pipeline.forms.form import Cell, Form, Sheet, last_year
from pipeline.forms.formulas import quoted
from pipeline.forms.layout import HINT_ROW, PAST_COLUMNS, PAST_TOP
from pipeline.model import Number, PastReport, a1
from pipeline.periods import scope_of
from pipeline.publishing.template.areas import row_height
from pipeline.publishing.template.template_page import TemplatePage

_HEADS = ("部分", "项目", "{past}", "{now}", "增减")
_WIDTHS = (18.0, 62.0, 14.0, 14.0, 14.0)


def write_past(page: TemplatePage, sheet: Sheet) -> None:
    """Write one line for each number of the form."""
    past, form = page.content.past, page.content.form
    page.title(sheet.title, _WIDTHS)
    page.put(HINT_ROW, 0, _source(past, form), "hint", width=len(_WIDTHS))
    for column, (head, width) in enumerate(zip(_HEADS, _WIDTHS, strict=True)):
        page.sheet.set_column(column, column, width)
        page.put(PAST_TOP - 1, column, head.format(**form.spoken), "box", "head")
    for cell in page.content.form.cells:
        _write_line(page, cell)
    page.sheet.freeze_panes(PAST_TOP, 0)
    page.sheet.repeat_rows(PAST_TOP - 1)
    page.print_on_a4(landscape=False)
    if past is None:
        page.sheet.hide()


def _source(past: PastReport | None, form: Form) -> str:
    said = form.spoken
    if past is None:
        return f"没有{said['past']}数据，自查中与{said['past']}比较的各项显示为“—”。"
    return f"{scope_of(past.year)}数据，来自{past.source}。如与本单位{said['past']}公开的{said['short']}不一致，请告诉{said['office']}。"


def _write_line(page: TemplatePage, cell: Cell) -> None:
    form, figures = page.content.form, page.content.figures
    _, row, column = form.position(last_year(cell.key))
    past = figures.get(last_year(cell.key))
    texts = {"part": form.table(cell.table).sheet, "label": cell.short_label}
    for name, text in texts.items():
        page.put(row, PAST_COLUMNS[name], text, "box", "left")
    height = row_height(*((text, _WIDTHS[PAST_COLUMNS[name]]) for name, text in texts.items()), least=18)
    page.sheet.set_row(row, height)
    page.put(row, column, "" if past is None else past, "box", "centre")
    if page.content.past is None:
        return
    present = figures[cell.key]
    here = form.places[cell.key]
    this, that = a1(row, PAST_COLUMNS["present"]), a1(row, column)
    there = f"{quoted(here.sheet)}!{here.cell}"
    page.formula(row, PAST_COLUMNS["present"], f'=IF(ISNUMBER({there}),{there},"")', present, "box", "centre")
    page.formula(
        row,
        PAST_COLUMNS["change"],
        f'=IF(AND(ISNUMBER({this}),ISNUMBER({that})),ROUND({this}-{that},6),"")',
        _change(past, present),
        "box",
        "centre",
    )


def _change(past: Number | None, present: Number | None) -> Number | None:
    return None if past is None or present is None else present - past
