"""A form, and whatever is known of one agency, go in; the bytes of a workbook come out.

One builder, three uses: the blank template, the personal one (agency and year filled in) and the returned one
(what the agency sent, on a clean official template, the faulty cells marked). Same inputs, same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from io import BytesIO
from types import MappingProxyType
from typing import TYPE_CHECKING

from pipeline.forms.form import Form, Sheet
from pipeline.forms.formulas import FAILS
from pipeline.forms.layout import CHECK_COLUMNS, NOTICES_SHEET, STAMP_SHEET
from pipeline.model import Notice, Number, PastReport, Place
from pipeline.publishing.template.check_page import explanation_places, marks_rows, write_checks
from pipeline.publishing.template.checks import (
    Check,
    Unseen,
    completeness_checks,
    rule_checks,
    unseen_checks,
)
from pipeline.publishing.template.content import Content, Rows, Stamp, gather
from pipeline.publishing.template.list_pages import (
    marks_address,
    write_entries,
    write_guide,
    write_stamp,
    write_texts,
)
from pipeline.publishing.template.marks import marks_of
from pipeline.publishing.template.notice_page import write_notices
from pipeline.publishing.template.past_page import write_past
from pipeline.publishing.template.register_page import write_register
from pipeline.publishing.template.table_page import write_table
from pipeline.publishing.template.template_page import CellStyles, TemplatePage
from pipeline.publishing.workbook.formula_cells import formula_sheet
from pipeline.publishing.workbook.page import new_workbook

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook

__all__ = ["Stamp", "build_workbook"]

_TAB_COLOURS: Mapping[str, str] = {
    "guide": "#70AD47",
    "entries": "#FFD966",
    "texts": "#FFD966",
    "table": "#FFD966",
    "register": "#FFD966",
    "checks": "#5B9BD5",
    "past": "#A5A5A5",
}


def build_workbook(  # noqa: PLR0913 - what a workbook shows, spelled out
    form: Form,
    stamp: Stamp = Stamp(),  # noqa: B008 - frozen, so one instance serves every call
    *,
    values: Mapping[str, Number | str] | None = None,
    explanations: Mapping[str, str] | None = None,
    notices: Sequence[Notice] = (),
    past: PastReport | None = None,
    unready: str = "",
    registers: Mapping[str, Rows] = MappingProxyType({}),
) -> bytes:
    """Build a workbook for ``form``; ``registers`` are the rows that are known, by register.

    ``values`` go into the fields by key, raw text as text; one for a computed cell stands there instead of
    the formula. ``explanations`` are keyed by the ids of checks; ``past`` is the agency's last year; ``unready`` stands
    in place of 可以报送 while a text still has a gap to fill in. Raises ValueError for a key that is no field; of a
    text longer than a cell holds the beginning goes in, with a mark that says so.
    """
    content = gather(form, stamp, values or {}, explanations or {}, notices, past, unready, registers)
    stream = BytesIO()
    with _new_book(stream, form) as book:
        _write(book, content)
    return stream.getvalue()


def _new_book(stream: BytesIO, form: Form) -> Workbook:
    book = new_workbook(
        stream,
        {"title": form.title, "author": form.words.office},
        font_size=11,
        in_memory=True,
        default_row_height=18,
        default_column_width=72,
    )
    book.set_size(1600, 1000)
    return book


@lru_cache(maxsize=64)
def explanation_lines(form: Form, level: str, kind: str) -> Mapping[str, tuple[str, Place]]:
    """Return what each line of 自查 checks and where it takes an explanation, by the check's id, in the template of such a body."""
    content = gather(form, Stamp(level=level, kind=kind), {}, {}, (), None)
    rules, unseen = rule_checks(content), unseen_checks(content)
    places = explanation_places(form.sheet_of_kind("checks"), rules, completeness_checks(content), unseen)
    titles = {line.id: line.title for line in rules} | {line.id: line.title for line in unseen}
    return {name: (titles[name], place) for name, place in places.items()}


def _write(book: Workbook, content: Content) -> None:
    looks, marks = CellStyles(book), marks_of(content.form, content.notices)
    rules, completeness, unseen = rule_checks(content), completeness_checks(content), unseen_checks(content)
    answers = explanation_places(content.form.sheet_of_kind("checks"), rules, completeness, unseen)

    def add(name: str, colour: str = "") -> TemplatePage:
        page = TemplatePage(book.add_worksheet(name, formula_sheet()), looks, content, marks)
        page.protect(filters=name == NOTICES_SHEET)
        if colour:
            page.sheet.set_tab_color(colour)
        return page

    for sheet in content.form.sheets:
        if sheet.kind == "register" and content.stamp.is_summed:
            continue
        page = add(sheet.name, _TAB_COLOURS[sheet.kind])
        _write_sheet(page, sheet, rules, completeness, unseen)
        if sheet.kind == "guide" and content.notices:
            page = add(NOTICES_SHEET, "#FF0000")
            write_notices(page, NOTICES_SHEET, answers)
            page.sheet.activate()
    write_stamp(add(STAMP_SHEET))


def _write_sheet(
    page: TemplatePage,
    sheet: Sheet,
    rules: Sequence[Check],
    completeness: Sequence[Check],
    unseen: Sequence[Unseen],
) -> None:
    form = page.content.form
    if sheet.kind == "guide":
        rows = marks_rows(len(rules), len(completeness))
        area = marks_address(form.sheet_of_kind("checks").name, *rows, CHECK_COLUMNS["mark"])
        write_guide(page, sheet, area, sum(check.mark == FAILS for check in (*rules, *completeness)))
    elif sheet.kind == "entries":
        write_entries(page, sheet)
    elif sheet.kind == "texts":
        write_texts(page, sheet)
    elif sheet.kind == "checks":
        write_checks(page, sheet, rules, completeness, unseen)
    elif sheet.kind == "past":
        write_past(page, sheet)
    for register in form.registers:
        if register.sheet == sheet.name:
            write_register(page, sheet, register)
    for table in form.tables:
        if table.sheet == sheet.name:
            write_table(page, sheet, table)
