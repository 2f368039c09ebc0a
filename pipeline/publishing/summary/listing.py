"""A listing goes in; its sheet of the district workbook comes out: every row of every agency, and what the columns come to."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING

from pipeline.forms.values.answers import YES
from pipeline.model import a1
from pipeline.periods import title_of
from pipeline.publishing.workbook.measure import sheet_name, stored
from pipeline.publishing.workbook.office import HEAD_FILL, OfficeBook, OfficePage

if TYPE_CHECKING:
    from xlsxwriter.format import Format

    from pipeline.forms.values.kind import ValueKind
    from pipeline.publishing.listings import Listing
    from pipeline.publishing.summary.brief import Brief

_HEAD = ("序号", "单位代码", "单位名称")
_WIDTHS = [6.0, 10.0, 30.0]
_LEFT = len(_HEAD)
_HEAD_ROW, _FIRST_ROW = 2, 3
_WIDEST = 40.0


def listing_sheet_name(listing: Listing) -> str:
    """Return the name of the sheet that holds every agency's rows."""
    return sheet_name(listing.sheet, " 汇总")


def write_listing(book: OfficeBook, brief: Brief, listing: Listing) -> None:
    """Write every row, in roster order; then what the columns come to, as formulas."""
    widths = [
        *_WIDTHS,
        *(min(_WIDEST, max(own.kind.width, 2.0 * len(own.label) + 3)) for own in listing.columns),
    ]
    page = book.page(listing_sheet_name(listing), widths, landscape=True, streamed=True)
    page.title(f"{brief.summary.district}{title_of(brief.summary.year)}{listing.name}（{brief.share}）")
    subtitle = f"共 {len(listing.rows)} 条，由各单位报送的逐条汇总；涉及个人的内容不汇总。"
    page.line(1, subtitle, page.book.style(align="center"))
    page.heads(_HEAD_ROW, [*_HEAD, *(own.label for own in listing.columns)])
    middle, plain = book.boxed(align="center"), book.boxed()
    styles = [value_style(book, own.kind) for own in listing.columns]
    for number, (code, name, values) in enumerate(listing.rows):
        row = _FIRST_ROW + number
        page.number(row, 0, number + 1, middle)
        page.text(row, 1, code, middle)
        page.text(row, 2, name, plain)
        for column, (value, style) in enumerate(zip(values, styles, strict=True)):
            write_value(page, row, _LEFT + column, listing.columns[column].kind, value, style)
        wrapped = {column: (text, 1) for column, text in enumerate((name, *values), _LEFT - 1) if text}
        page.height_for(row, wrapped, least=15.5)
    last = _FIRST_ROW + max(1, len(listing.rows)) - 1
    _write_together(page, last + 1, listing)
    page.sheet.freeze_panes(_FIRST_ROW, _LEFT)
    page.sheet.autofilter(_HEAD_ROW, 0, last, len(widths) - 1)
    page.sheet.repeat_rows(_HEAD_ROW)


def value_style(book: OfficeBook, kind: ValueKind) -> Format:
    """Return the style of a value of ``kind`` in a list."""
    if kind.number_format == "@":
        return book.boxed()
    return book.boxed(align="center", text_wrap=False, num_format=kind.number_format)


def write_value(page: OfficePage, row: int, column: int, kind: ValueKind, text: str, style: Format) -> None:
    """Write a value of ``kind`` as a spreadsheet holds it; nothing leaves an empty cell."""
    value = kind.stored(text) if text else ""
    if isinstance(value, date):
        page.sheet.write_datetime(row, column, datetime.combine(value, time()), style)
    elif isinstance(value, str):
        page.text(row, column, value, style)
    else:
        page.number(row, column, stored(value), style)


def _write_together(page: OfficePage, row: int, listing: Listing) -> None:
    style = page.book.boxed(bold=True, bg_color=HEAD_FILL, align="center")
    for column, word in enumerate(("合计", "", f"{len(listing.rows)} 条")):
        page.text(row, column, word, style)
    for column, own in enumerate(listing.columns):
        value = listing.together(column) if listing.rows else None
        if value is None:
            page.text(row, _LEFT + column, "", style)
            continue
        shown = own.kind.number_format if own.kind.sort == "number" else "0"
        figure = page.book.boxed(bold=True, bg_color=HEAD_FILL, align="center", num_format=shown)
        page.formula(row, _LEFT + column, _formula(listing, column, row - 1), figure, stored(value))


def _formula(listing: Listing, column: int, last: int) -> str:
    own, area = listing.columns[column], _area(_LEFT + column, last)
    if own.kind.together == "yes":
        return f'=COUNTIF({area},"{YES}")'
    if own.kind.together == "average":
        by = _area(_LEFT + own.weight, last)
        known = f"ISNUMBER({area})*ISNUMBER({by})"
        return f"=ROUND(SUMPRODUCT({known},{area},{by})/SUMPRODUCT({known},{by}),6)"
    return f"=ROUND(SUM({area}),6)"


def _area(column: int, last: int) -> str:
    return f"{a1(_FIRST_ROW, column)}:{a1(last, column)}"
