"""A worksheet and the marks of its cells go in; a page of a template that writes values with looks comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline.forms.formulas import quoted
from pipeline.model import Number, Place
from pipeline.publishing.template.areas import row_height
from pipeline.publishing.template.content import Content
from pipeline.publishing.template.marks import CellMark
from pipeline.publishing.workbook.page import FONT, QUIET, CellFormats, WorkbookPage

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

_TITLE_SIZE = 16
_LONGEST_PIECE = 255
"""Characters that Excel takes in one text of a formula."""
_LOOKS: Mapping[str, Mapping[str, object]] = {
    "page": {"valign": "vcenter", "text_wrap": True},
    "title": {"bold": True, "font_size": _TITLE_SIZE, "align": "center"},
    "subtitle": {"font_size": 12, "align": "center", "font_color": "#404040"},
    "hint": {"font_size": 10, "font_color": QUIET},
    "bold": {"bold": True},
    "big": {"bold": True, "font_size": 18, "align": "center"},
    "small": {"font_size": 9, "font_color": QUIET},
    "centre": {"align": "center"},
    "left": {"align": "left", "indent": 1},
    "top": {"valign": "top"},
    "box": {"border": 1, "border_color": "#7F7F7F"},
    "head": {"bold": True, "align": "center", "bg_color": "#DDEBF7"},
    "input": {"locked": False, "bg_color": "#FFFBE0"},
    "open": {"locked": False},
    "computed": {"bg_color": "#E7E6E6", "bold": True},
    "figure": {"text_wrap": False, "shrink": True, "align": "center"},
    "as_text": {"num_format": "@"},
    "date": {"num_format": "yyyy-mm-dd"},
    "link": {"font_color": "#0563C1", "underline": 1},
    "error": {"bg_color": "#FF9C9C"},
    "related": {"bg_color": "#FDE6EA"},
    "warning": {"bg_color": "#FFD27F"},
    "info": {},
    "good": {"font_color": "#00692B", "bg_color": "#D5F0DC"},
    "bad": {"font_color": "#A80000", "bg_color": "#FFD6D6"},
}
"""What a look adds; later looks win over earlier ones."""


_FORMAT = "format "
"""Begins a look that is a number format."""


class CellStyles:
    """Makes each combination of looks once."""

    def __init__(self, book: Workbook) -> None:
        self._formats = CellFormats(book)
        self._made: dict[tuple[str, ...], Format] = {}

    def __call__(self, *names: str) -> Format:
        """Return the cell format that has all the looks named."""
        if names not in self._made:
            properties: dict[str, object] = {}
            for name in names:
                properties |= (
                    {"num_format": name[len(_FORMAT) :]} if name.startswith(_FORMAT) else _LOOKS[name]
                )
            self._made[names] = self._formats.of(properties)
        return self._made[names]

    @staticmethod
    def of_format(code: str) -> str:
        """Return the look that shows numbers in the format ``code``."""
        return f"{_FORMAT}{code}"


class TemplatePage(WorkbookPage):
    """One sheet of a template: knows the content, the looks and the marks of its cells."""

    def __init__(
        self, sheet: Worksheet, looks: CellStyles, content: Content, marks: Mapping[str, CellMark]
    ) -> None:
        super().__init__(sheet)
        self.looks = looks
        self.content = content
        self._marks = marks

    def put(
        self,
        row: int,
        column: int,
        value: Number | str,
        *looks: str,
        height: int = 1,
        width: int = 1,
    ) -> None:
        """Write a value (an empty text leaves the cell blank), merged over ``height`` × ``width`` cells."""
        style = self.looks("page", *looks)
        self.merge(row, column, style, down=height, across=width)
        if isinstance(value, str):
            self.put_text(row, column, value, style)
        else:
            self.put_number(row, column, value, style)

    def formula(self, row: int, column: int, formula: str, value: Number | str | None, *looks: str) -> None:
        """Write a formula together with its result."""
        self.put_formula(row, column, formula, value, self.looks("page", *looks))

    def jump(self, row: int, column: int, place: Place, text: str, *looks: str) -> None:
        """Write ``text`` that leads to ``place``, as a formula: LibreOffice does not break the lines of a link."""
        pieces = [text[at : at + _LONGEST_PIECE] for at in range(0, max(len(text), 1), _LONGEST_PIECE)]
        words = "&".join('"' + piece.replace('"', '""') + '"' for piece in pieces)
        self.jump_showing(row, column, place, words, text, *looks)

    def jump_showing(self, row: int, column: int, place: Place, words: str, value: str, *looks: str) -> None:
        """Write what the formula ``words`` says (now ``value``), leading to ``place``."""
        target = f"#{quoted(place.sheet)}!{place.cell or 'A1'}".replace('"', '""')
        self.formula(row, column, f'=HYPERLINK("{target}",{words})', value, *looks, "link")

    def link(self, row: int, column: int, place: Place, text: str, *looks: str) -> None:
        """Write ``text`` that leads to ``place`` of this workbook."""
        target = f"internal:'{place.sheet}'!{place.cell or 'A1'}"
        self.sheet.write_url(row, column, target, self.looks("page", *looks), text, "点击转到该单元格")

    def field(self, key: str, *looks: str, width: int = 1, default: str = "") -> None:
        """Write what stands in the field ``key``, marked if a notice speaks of it."""
        _, row, column = self.content.form.positions[key]
        mark = self._marks.get(key)
        if mark:
            looks = (*looks, mark.severity)
        self.put(row, column, self.content.values.get(key, default), *looks, width=width)
        self.annotate(key)

    def marked(self, key: str) -> tuple[str, ...]:
        """Return the look of the mark on ``key``, if there is one."""
        mark = self._marks.get(key)
        return (mark.severity,) if mark else ()

    def annotate(self, key: str) -> None:
        """Attach the comment of the mark on ``key``, if there is one."""
        mark = self._marks.get(key)
        if mark:
            _, row, column = self.content.form.spot_of(key)
            self.sheet.write_comment(row, column, mark.comment, mark.options(FONT))

    def title(self, text: str, widths: Sequence[float]) -> None:
        """Write the title row over columns of these ``widths``; whom the workbook is for stands behind it."""
        whom = self.content.stamp.addressee
        full = f"{text}（{whom}）" if whom else text
        self.put(0, 0, full, "title", width=len(widths))
        self.sheet.set_row(0, row_height((full, sum(widths)), least=34, size=_TITLE_SIZE))

    def print_on_a4(self, *, landscape: bool, pages_high: int = 0) -> None:
        """Set the page up: A4, one page wide, centred, numbered."""
        self.set_up_paper((0.6, 0.7), landscape=landscape, pages_high=pages_high)
        if note := self.content.stamp.note.replace("&", "&&"):
            self.sheet.set_header(f'&R&"{FONT},常规"&10{note}')
        self.sheet.set_footer(f'&C&"{FONT},常规"&10第 &P 页')

    def protect(self, *, filters: bool = False) -> None:
        """Lock what is not open, without a password; columns and rows may be resized."""
        self.sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": filters})
        self.sheet.hide_gridlines(2)
