"""Text, numbers and formulas go in; cells of the district workbook come out, in one typography.

Every text goes through ``Page.text``, which never makes a formula or a link of it; formulas and links are only
those written here by name. Nothing depends on the clock, so the same cells give the same bytes.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import TypeAlias

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.forms.form import Form
from pipeline.model import DistrictSummary, Notice, Number, Verdict

Property: TypeAlias = str | float | bool
Properties: TypeAlias = dict[str, Property]

BODY_FONT, HEAD_FONT = "宋体", "黑体"
HEAD_FILL, NOTE_FILL = "#E7ECF3", "#FFF2CC"
BORDER = "#8C8C8C"
STATE_FILLS: Mapping[Verdict | None, str] = {
    Verdict.RETURNED: "#F8D7DA",
    Verdict.HELD: "#FFE5B4",
    None: "#E2E3E5",
}
"""Only what somebody still has to do something about is coloured."""
COUNT_FORMAT, MONEY_FORMAT, TIME_FORMAT = "0", "0.00####", "yyyy-mm-dd hh:mm"
LINE_HEIGHT = 15.0
_CREATED = datetime(2021, 1, 1)  # noqa: DTZ001 - a fixed mark in the file's properties, not a moment
_CELL_LIMIT = 32_000
"""Excel holds 32,767 characters in a cell."""
_SHEET_NAME_LIMIT = 31
_NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Brief:
    """What the sheets of the district workbook speak of. ``notices`` are keyed by the submission's sha256."""

    form: Form
    summary: DistrictSummary
    deadline: date
    now: datetime
    notices: Mapping[str, Sequence[Notice]]

    @property
    def counted(self) -> int:
        """How many agencies are in the sums."""
        return len(self.summary.reports)

    @property
    def expected(self) -> int:
        """How many agencies are to report."""
        return len(self.summary.states)

    @property
    def is_partial(self) -> bool:
        """Whether an agency is not in the sums."""
        return self.counted < self.expected


class Book:
    """A workbook in memory."""

    def __init__(self, title: str) -> None:
        self._target = BytesIO()
        self._workbook = Workbook(
            self._target,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_format_properties": {"font_name": BODY_FONT, "font_size": 10.5},
            },
        )
        self._workbook.set_properties({"title": clean(title), "created": _CREATED})
        self._workbook.set_calc_mode("auto")
        self._styles: dict[tuple[tuple[str, Property], ...], Format] = {}

    def style(self, **properties: Property) -> Format:
        """Return the format of these xlsxwriter properties; text is centred vertically and wraps unless told otherwise."""
        key = tuple(sorted(properties.items()))
        if key not in self._styles:
            self._styles[key] = self._workbook.add_format(
                {"font_name": BODY_FONT, "font_size": 10.5, "valign": "vcenter", "text_wrap": True}
                | properties
            )
        return self._styles[key]

    def boxed(self, **properties: Property) -> Format:
        """Return a style with thin borders; text that is not centred keeps off them."""
        plain: Properties = {"border": 1, "border_color": BORDER}
        if properties.get("align") != "center":
            plain["indent"] = 1
        return self.style(**(plain | properties))

    def head(self, **properties: Property) -> Format:
        """Return the style of a column heading."""
        plain: Properties = {"font_name": HEAD_FONT, "align": "center", "bg_color": HEAD_FILL}
        return self.boxed(**(plain | properties))

    def figure(self, kind: str, **properties: Property) -> Format:
        """Return the style of a figure of ``kind``; a long one shrinks rather than show as ####."""
        shown = MONEY_FORMAT if kind == "money" else COUNT_FORMAT
        plain: Properties = {"num_format": shown, "align": "right", "text_wrap": False, "shrink": True}
        return self.boxed(**(plain | properties))

    def state(self, verdict: Verdict | None) -> Format:
        """Return the style of a verdict in words."""
        return self.filled(STATE_FILLS.get(verdict), align="center")

    def filled(self, fill: str | None, **properties: Property) -> Format:
        """Return a boxed style with the fill colour, if there is one."""
        return self.boxed(**(properties | ({"bg_color": fill} if fill else {})))

    def page(self, name: str, widths: list[float], *, landscape: bool = False) -> Page:
        """Add a sheet with these column widths, printed on A4, one page wide, pages numbered."""
        sheet = self._workbook.add_worksheet(name)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.set_paper(9)
        if landscape:
            sheet.set_landscape()
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.center_horizontally()
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        sheet.set_footer("&C第 &P 页，共 &N 页")
        return Page(self, name, sheet, widths)

    def to_bytes(self) -> bytes:
        """Close the workbook and return it."""
        self._workbook.close()
        return self._target.getvalue()


class Page:
    """A sheet: cells by zero-based row and column."""

    def __init__(self, book: Book, name: str, sheet: Worksheet, widths: list[float]) -> None:
        self.book = book
        self.name = name
        self.sheet = sheet
        self._widths = widths

    def text(
        self, row: int, column: int, text: str, style: Format, *, across: int = 1, down: int = 1
    ) -> None:
        """Write ``text`` as text (nothing leaves an empty cell), over ``across`` columns and ``down`` rows."""
        self._merge(row, column, style, across, down)
        if text:
            self.sheet.write_string(row, column, clean(text), style)
        else:
            self.sheet.write_blank(row, column, None, style)

    def number(self, row: int, column: int, value: float, style: Format) -> None:
        """Write a number."""
        self.sheet.write_number(row, column, value, style)

    def time(self, row: int, column: int, moment: datetime, style: Format) -> None:
        """Write a moment as the clock of its own zone showed it."""
        self.sheet.write_datetime(row, column, moment.replace(tzinfo=None), style)

    def formula(
        self, row: int, column: int, formula: str, style: Format, value: Property, *, across: int = 1
    ) -> None:
        """Write a formula of ours with its stored result."""
        self._merge(row, column, style, across, 1)
        self.sheet.write_formula(row, column, formula, style, value)

    def height_for(self, row: int, texts: Mapping[int, tuple[str, int]], *, least: float = 18.0) -> None:
        """Make ``row`` high enough for ``texts``: column → (text, columns it spans)."""
        lines = max(
            (
                lines_of(text, sum(self._widths[column : column + across]))
                for column, (text, across) in texts.items()
            ),
            default=1,
        )
        self.sheet.set_row(row, max(least, lines * LINE_HEIGHT + 3))

    def _merge(self, row: int, column: int, style: Format, across: int, down: int) -> None:
        if across > 1 or down > 1:
            self.sheet.merge_range(row, column, row + down - 1, column + across - 1, "", style)


def clean(text: str) -> str:
    """Return ``text`` without what a workbook cannot hold; what is cut off is marked."""
    text = _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
    return text if len(text) <= _CELL_LIMIT else text[:_CELL_LIMIT] + "……"


def sheet_name(text: str, ending: str) -> str:
    """Join a sheet name that Excel accepts."""
    return f"{text[: _SHEET_NAME_LIMIT - len(ending)]}{ending}"


def stored(value: Number) -> float:
    """Return the figure as a workbook stores it."""
    return value if isinstance(value, int) else float(value)


def lines_of(text: str, width: float) -> int:
    """Estimate the lines ``text`` takes in a column ``width`` wide; a Chinese character is two units."""
    room = max(2.0, width - 2.0)
    return sum(max(1, math.ceil(_units(line) * 1.02 / room)) for line in text.split("\n"))


def _units(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in line)
