"""A worksheet of xlsxwriter goes in; a page that writes texts, numbers and formulas comes out.

Text always goes in as text, whatever it begins with: never a formula, a link or markup. Of what a cell cannot hold the
beginning goes in, and a mark that says so. Nothing depends on the clock, so the same cells give the same bytes.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, TypeAlias

from pipeline.forms.layout import fitting
from pipeline.model import Number
from pipeline.publishing.workbook.measure import stored

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

FONT = "宋体"
QUIET = "#595959"
"""The grey of what is said beside: seven to one on white, the least for everybody to read being 4.5 (WCAG 2.1, AA)."""
Property: TypeAlias = str | float | bool
Properties: TypeAlias = dict[str, Property]

_CREATED = datetime(2021, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Every workbook says this, so that the same inputs give the same bytes."""
A4, A3 = 9, 8


def new_workbook(
    stream: BytesIO, properties: Mapping[str, object], *, font_size: float, **options: object
) -> Workbook:
    """Begin a workbook that will be written to ``stream``; ``properties`` are the file's, ``options`` xlsxwriter's."""
    from xlsxwriter.workbook import Workbook  # noqa: PLC0415 - commands that build nothing start faster

    plain = {"default_format_properties": {"font_name": FONT, "font_size": font_size}}
    book = Workbook(stream, plain | options)
    book.set_properties({**properties, "created": _CREATED})
    return book


_SHORT = 60
"""Characters of a text that may well stand in many cells."""


def _fitting(text: str) -> str:
    return fitting(text.replace("\r\n", "\n").replace("\r", "\n"))


_fitting_once = lru_cache(maxsize=4096)(_fitting)


class CellFormats:
    """Makes each combination of xlsxwriter's properties once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, object], ...], Format] = {}

    def of(self, properties: Mapping[str, object]) -> Format:
        """Return the format of exactly these properties."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(dict(properties))
        return self._made[key]


class WorkbookPage:
    """One sheet being written: cells by zero-based row and column."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet

    def put_text(self, row: int, column: int, text: str, style: Format) -> None:
        """Write ``text`` as text; nothing leaves an empty cell."""
        text = (_fitting_once if len(text) <= _SHORT else _fitting)(text)
        if not text:
            self.sheet.write_blank(row, column, None, style)
        elif text.startswith("<r>"):  # xlsxwriter would take it for the XML of a rich text
            self.sheet.write_rich_string(row, column, "<", "r", text[2:], style)
        else:
            self.sheet.write_string(row, column, text, style)

    def put_number(self, row: int, column: int, value: Number | float, style: Format) -> None:
        """Write a number."""
        self.sheet.write_number(row, column, stored(value), style)

    def put_formula(
        self, row: int, column: int, formula: str, value: Number | Property | None, style: Format
    ) -> None:
        """Write a formula of ours together with its result."""
        result = fitting(value) if isinstance(value, str) else "" if value is None else stored(value)
        self.sheet.write_formula(row, column, formula, style, result)

    def merge(self, row: int, column: int, style: Format, *, down: int = 1, across: int = 1) -> None:
        """Make one cell of ``down`` × ``across``; what it shows is to be written afterwards."""
        if down * across > 1:
            self.sheet.merge_range(row, column, row + down - 1, column + across - 1, "", style)

    def set_up_paper(
        self, margins: tuple[float, float], *, paper: int = A4, landscape: bool = False, pages_high: int = 0
    ) -> None:
        """Print one page wide and centred, with ``margins`` above and below in inches."""
        top, bottom = margins
        self.sheet.set_paper(paper)
        if landscape:
            self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, pages_high)
        self.sheet.center_horizontally()
        self.sheet.set_margins(left=0.5, right=0.5, top=top, bottom=bottom)
