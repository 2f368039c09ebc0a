"""Text, numbers and formulas go in; cells of a workbook of the office come out, in one typography.

Every text goes through ``WorkbookPage.put_text``, which never makes a formula or a link of it; formulas and links are only
those written here by name. Nothing depends on the clock, so the same cells give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING

from xlsxwriter.url import Url

from pipeline.forms.formulas import quoted
from pipeline.forms.layout import fitting
from pipeline.forms.values.numbers import NUMBER_KINDS
from pipeline.model import Number, Verdict, a1, column_letters
from pipeline.publishing.workbook.formula_cells import formula_sheet
from pipeline.publishing.workbook.measure import MOST_HEIGHT, joined, lines_of, stored
from pipeline.publishing.workbook.page import (
    A3,
    A4,
    FONT,
    CellFormats,
    Properties,
    Property,
    WorkbookPage,
    new_workbook,
)
from pipeline.publishing.workbook.streaming import RunPattern, StreamedSheet

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

HEAD_FONT = "黑体"
HEAD_FILL, NOTE_FILL = "#E7ECF3", "#FFF2CC"
BORDER = "#8C8C8C"
STATE_FILLS: Mapping[Verdict | None, str] = {
    Verdict.RETURNED: "#F8D7DA",
    Verdict.HELD: "#FFE5B4",
    None: "#E2E3E5",
}
"""Only what somebody still has to do something about is coloured."""
COUNT_FORMAT, MONEY_FORMAT = "0_ ", "0.00????_ "
"""Of an amount: points stand below each other, no figure is rounded to two decimals."""
TIME_FORMAT, DAY_FORMAT = "yyyy-mm-dd hh:mm", "yyyy-mm-dd"
LINE_HEIGHT = 15.0
_MOST_LINKS = 65_000
"""Of a sheet, of Excel's 65,530: a province has more agencies."""
_HEADER_ROOM = 120
"""Characters of the district's name in a page header; Excel allows 255 in all."""


class Fold(Enum):
    """What a row is where figures are folded away behind the total below them."""

    PART = "folded"
    TOTAL = "folds"


_FOLDS: Mapping[Fold | None, dict[str, int | bool]] = {
    None: {},
    Fold.PART: {"level": 1, "hidden": True},
    Fold.TOTAL: {"collapsed": True},
}


class OfficeBook:
    """A workbook whose ``running_head`` (left and right) stands above every printed page.

    Sheets go to disk while they are built, so memory does not grow with the roster; see ``page``.
    """

    def __init__(self, title: str, running_head: tuple[str, str], *, keywords: str = "") -> None:
        self._target = BytesIO()
        self._workbook = new_workbook(
            self._target, {"title": fitting(title), "keywords": keywords}, font_size=10.5
        )
        self._formats = CellFormats(self._workbook)
        self._boxed: dict[tuple[tuple[str, Property], ...], Format] = {}
        self._workbook.set_calc_mode("auto")
        left, right = (_in_head(fitting(text)[:_HEADER_ROOM]) for text in running_head)
        self._header = f'&L&"{FONT}"&9{left}&R&"{FONT}"&9{{}}{right}'
        self._is_appendix = False
        self._pages: list[OfficePage] = []

    def style(self, **properties: Property) -> Format:
        """Return the format of these xlsxwriter properties; text is centred vertically and wraps unless told otherwise."""
        plain: Properties = {
            "font_name": FONT,
            "font_size": 10.5,
            "valign": "vcenter",
            "text_wrap": True,
        }
        return self._formats.of(plain | properties)

    def boxed(self, **properties: Property) -> Format:
        """Return a style with thin borders; text that is not centred keeps off them."""
        key = tuple(properties.items())
        if key not in self._boxed:
            plain: Properties = {"border": 1, "border_color": BORDER}
            if properties.get("align") != "center":
                plain["indent"] = 1
            self._boxed[key] = self.style(**(plain | properties))
        return self._boxed[key]

    def head(self, **properties: Property) -> Format:
        """Return the style of a column heading."""
        plain: Properties = {"font_name": HEAD_FONT, "align": "center", "bg_color": HEAD_FILL}
        return self.boxed(**(plain | properties))

    def figure(self, kind: str, **properties: Property) -> Format:
        """Return the style of a figure of ``kind``; a long one shrinks rather than show as ####."""
        shown = COUNT_FORMAT if NUMBER_KINDS[kind].is_whole else MONEY_FORMAT
        plain: Properties = {"num_format": shown, "align": "right", "text_wrap": False, "shrink": True}
        return self.boxed(**(plain | properties))

    def state(self, verdict: Verdict | None) -> Format:
        """Return the style of a verdict in words."""
        return self.filled(STATE_FILLS.get(verdict), align="center")

    def filled(self, fill: str | None, **properties: Property) -> Format:
        """Return a boxed style with the fill colour, if there is one."""
        return self.boxed(**(properties | ({"bg_color": fill} if fill else {})))

    def page(
        self,
        name: str,
        widths: Sequence[float],
        *,
        landscape: bool = False,
        streamed: bool = False,
        large: bool = False,
    ) -> OfficePage:
        """Add a sheet with these column widths, printed on A4 (``large``: A3), one page wide, pages numbered.

        A ``streamed`` sheet keeps one row in memory: its rows must be written from top to bottom, and nothing in it
        may span rows. xlsxwriter wants this of a whole workbook or of none, but looks at the setting sheet by sheet.
        """
        self._workbook.constant_memory = streamed
        sheet = self._workbook.add_worksheet(name, StreamedSheet if streamed else formula_sheet())
        self._workbook.constant_memory = False
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        page = OfficePage(self, name, sheet, widths)
        page.set_up_paper((0.75, 0.7), paper=A3 if large else A4, landscape=landscape)
        sheet.hide_gridlines(2)
        sheet.set_header(self._header.format("附表　" if self._is_appendix else ""))
        if self._is_appendix:
            sheet.set_tab_color(BORDER)
        sheet.set_footer(f'&C&"{FONT}"&9第 &P 页，共 &N 页')
        self._pages.append(page)
        return page

    def begin_appendix(self) -> None:
        """Mark the sheets from here on, on paper and on their tabs, as what only proves the others."""
        self._is_appendix = True

    def chart(self, kind: str) -> Chart:
        """Make a native chart of xlsxwriter's ``kind``."""
        return self._workbook.add_chart({"type": kind})

    def to_bytes(self) -> bytes:
        """Close the workbook and return it; what was written of a sheet is what prints of it."""
        for page in self._pages:
            page.set_print_area()
        self._workbook.close()
        return self._target.getvalue()


def _in_head(text: str) -> str:
    """Spell text for a page header, which is to be formatted once more."""
    return text.replace("&", "&&").replace("{", "{{").replace("}", "}}")


class OfficePage(WorkbookPage):
    """A sheet in the office's typography."""

    def __init__(self, book: OfficeBook, name: str, sheet: Worksheet, widths: Sequence[float]) -> None:
        self.book = book
        self.name = name
        super().__init__(sheet)
        self.widths = widths
        self.last_row = 0
        self.breaks: Sequence[int] = ()
        self._links = 0
        """The columns with which a new page begins. All pages are scaled as the widest needs, in whatever program."""

    def set_print_area(self) -> None:
        """Print what was written: one area for each page side by side."""
        edges = [0, *self.breaks, len(self.widths)]
        areas = (
            f"${column_letters(left)}$1:${column_letters(right - 1)}${self.last_row + 1}"
            for left, right in pairwise(edges)
        )
        self.sheet.print_area_range = ",".join(f"{quoted(self.name)}!{area}" for area in areas)

    def title(self, text: str, *, size: float = 16, height: float = 30) -> None:
        """Write the title over the whole width of the first row."""
        style = self.book.style(font_name=HEAD_FONT, font_size=size, align="center")
        self.text(0, 0, text, style, across=len(self.widths))
        self.height_for(0, {0: (text, len(self.widths))}, least=height, scale=size / 10.5)

    def heads(self, row: int, names: Sequence[str]) -> None:
        """Write a row of column headings."""
        for column, name in enumerate(names):
            self.text(row, column, name, self.book.head())
        self.height_for(row, {column: (name, 1) for column, name in enumerate(names)}, least=24)

    def line(self, row: int, text: str, style: Format, *, least: float = 20) -> None:
        """Write ``text`` over the whole width of a row, which becomes high enough for it."""
        self.text(row, 0, text, style, across=len(self.widths))
        self.height_for(row, {0: (text, len(self.widths))}, least=least)

    def text(
        self, row: int, column: int, text: str, style: Format, *, across: int = 1, down: int = 1
    ) -> None:
        """Write ``text`` as text (nothing leaves an empty cell), over ``across`` columns and ``down`` rows."""
        self._merge(row, column, style, across, down)
        self.put_text(row, column, text, style)

    def number(self, row: int, column: int, value: float, style: Format) -> None:
        """Write a number."""
        self.last_row = max(self.last_row, row)
        self.put_number(row, column, value, style)

    def numbers(self, row: int, column: int, values: Sequence[Number], pattern: RunPattern) -> None:
        """Write figures side by side on a streamed sheet, in the styles that ``pattern`` was made of."""
        self.last_row = max(self.last_row, row)
        self.sheet.write_run(
            row, column, [value if value.__class__ is int else stored(value) for value in values], pattern
        )

    def time(self, row: int, column: int, moment: datetime) -> None:
        """Write a moment as the clock of its own zone showed it; of one that only has a day, the day."""
        shown = TIME_FORMAT if moment.time() != datetime.min.time() else DAY_FORMAT
        style = self.book.boxed(align="center", num_format=shown)
        self.sheet.write_datetime(row, column, moment.replace(tzinfo=None), style)

    def formula(
        self, row: int, column: int, formula: str, style: Format, value: Property, *, across: int = 1
    ) -> None:
        """Write a formula of ours with its stored result."""
        self._merge(row, column, style, across, 1)
        self.put_formula(row, column, formula, value, style)

    def leads_to(self, row: int, column: int, sheet: str, at: tuple[int, int], style: Format) -> None:
        """Make the cell lead to another sheet; what it shows is to be written afterwards."""
        target = f"internal:{quoted(sheet)}!{a1(*at)}"
        self.sheet.write_url(row, column, target, style, "", f"点击查看“{sheet}”")

    def file_link(self, row: int, column: int, path: str, text: str, style: Format) -> None:
        """Write ``text`` that opens the file at ``path``, relative to this workbook; only shown where Excel takes no more links."""
        self._links += 1
        if self._links > _MOST_LINKS:
            self.text(row, column, text, style)
            return
        link = Url(f"external:{path.replace('#', '%23')}")
        link._set_object_link()  # noqa: SLF001 - otherwise / becomes \\, which only Windows takes for a folder
        link.text = fitting(text)
        self.sheet.write_url(row, column, link, style)

    def height_for(
        self,
        row: int,
        texts: Mapping[int, tuple[str, int]],
        *,
        least: float = 18.0,
        scale: float = 1.0,
        fold: Fold | None = None,
    ) -> None:
        """Make ``row`` high enough for ``texts``: column → (text, columns it spans), of type ``scale`` times the usual."""
        self.sheet.set_row(row, self.needed(texts, least=least, scale=scale), None, _FOLDS[fold])

    def needed(
        self, texts: Mapping[int, tuple[str, int]], *, least: float = 18.0, scale: float = 1.0
    ) -> float:
        """Return the points of height that ``texts`` need in one row; a single line has ``least``."""
        lines = 1
        for column, (text, across) in texts.items():
            width = self.widths[column] if across == 1 else joined(self.widths[column : column + across])
            lines = max(lines, lines_of(text, width / scale))
        room = lines * LINE_HEIGHT * scale + 3 if lines > 1 else 0.0
        return min(MOST_HEIGHT, max(least, room))

    def _merge(self, row: int, column: int, style: Format, across: int, down: int) -> None:
        self.last_row = max(self.last_row, row + down - 1)
        if across > 1 or down > 1:
            self.merge(row, column, style, down=down, across=across)
