"""Guarded bytes go in; the sheets of the workbook come out, each as rows of values from A1 on.

The content decides how it is read, not the name. An .xlsx the guard has measured is read in this process by one fast
reader; the binary formats and .ods, which it cannot measure, are read in a child by readers that see styles too.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

from pipeline.forms.layout import TITLE_ROW
from pipeline.forms.values.plain import Raw
from pipeline.intake.guard import sandbox
from pipeline.intake.guard.refusal import Refused, hostile
from pipeline.intake.guard.sandbox import MAX_AREA
from pipeline.intake.read.appearance import Appearance, appearance_of
from pipeline.intake.read.book import GuardedBook, rebuilt, whole, with_heads
from pipeline.intake.read.cellxml import Address, CellFacts, Covered, hidden_lines, merged_away, scan
from pipeline.intake.read.conditional_looks import ConditionalLook, conditional_looks
from pipeline.intake.read.xlsx_styles import STRIKE, STRUCK, CellLooks, marked_texts

if TYPE_CHECKING:
    from pipeline.intake.guard.inspection import Inspection

__all__ = ["Raw", "SheetData", "WaitingRows", "open_workbook"]

_NEAR = 1000 * 80
"""Cells that a sheet may reach over that waits."""
Row = list[Any]


class WaitingRows(Sequence[Row]):
    """The rows of a sheet that hardly anybody asks for, read when somebody does; ``head`` is what the first one holds."""

    def __init__(self, head: Sequence[Row], read: Callable[[], Sequence[Row]]) -> None:
        self.head = head
        self._read = read

    @cached_property
    def _rows(self) -> Sequence[Row]:
        return self._read()

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | Sequence[Row]:
        return self._rows[at]

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)


@dataclass(frozen=True)  # without slots: the facts are computed once, when somebody asks
class SheetData:
    """One sheet: ``rows[r][c]`` stands at zero-based (r, c); ``second_reader`` says that the fast reader failed."""

    name: str
    visible: bool
    rows: Sequence[Row]
    xml: bytes = field(default=b"", repr=False)
    second_reader: bool = False
    looks: CellLooks = field(default_factory=CellLooks, repr=False)
    appearance: Appearance | None = field(default=None, repr=False)
    """How the cells look, of another format than .xlsx; None: it is worked out of ``xml`` and ``looks``."""
    clipped: bool = False
    """Whether cells far out were left unread."""

    @property
    def title(self) -> Raw:
        """What stands in the first cell, where the template has the title."""
        rows = self.rows.head if isinstance(self.rows, WaitingRows) else self.rows
        return rows[TITLE_ROW][0] if len(rows) > TITLE_ROW and rows[TITLE_ROW] else None

    def at(self, row: int, column: int) -> Raw:
        """Return the value at (row, column); None outside of what is filled."""
        rows = self.rows
        line = rows[row] if 0 <= row < len(rows) else ()
        value: Raw = line[column] if 0 <= column < len(line) else None
        return value

    def is_marked(self, row: int, column: int) -> bool:
        """Say whether a part of the text at (row, column) is struck out, raised or lowered."""
        if self.appearance:
            return (row, column) in self.appearance.marked
        text = self.at(row, column)
        return text in self.looks.marked or (b"<is>" in self.xml and text in marked_texts(self.xml))

    def is_struck(self, row: int, column: int) -> bool:
        """Say whether what stands at (row, column), or a part of it, is struck out."""
        if self.appearance:
            return (row, column) in self.appearance.struck
        return self.at(row, column) in self._struck or self.odd_cells.get((row, column)) == STRUCK

    @property
    def may_be_struck(self) -> bool:
        """Whether anything in the workbook, or on this sheet, is struck out; of hardly any is it."""
        if self.appearance:
            return bool(self.appearance.struck)
        return STRUCK in self.looks.odd.values() or bool(self._struck)

    @cached_property
    def _struck(self) -> frozenset[str]:
        return self.looks.struck | (marked_texts(self.xml, STRIKE) if b"<is>" in self.xml else frozenset())

    @cached_property
    def odd_cells(self) -> Mapping[Address, str]:
        """Cells in which a number looks otherwise: the code of the format, or ``STRUCK``."""
        if self.appearance:
            return {**self.appearance.formats, **dict.fromkeys(self.appearance.struck, STRUCK)}
        return self.looks.odd_cells(self.xml)

    @cached_property
    def conditional_looks(self) -> tuple[ConditionalLook, ...]:
        """How figures may look under a condition; known of an .xlsx only."""
        return () if self.appearance else conditional_looks(self.xml, self.looks.differing)

    def format_at(self, row: int, column: int) -> str:
        """Return the code of the number format at (row, column); empty where none is known."""
        if self.appearance:
            return self.appearance.formats.get((row, column), "")
        return self.looks.format_at(self.xml, (row, column))

    @cached_property
    def facts(self) -> CellFacts:
        """Error cells and formulas."""
        return self.appearance.facts if self.appearance else scan(self.xml)

    @cached_property
    def hidden_lines(self) -> tuple[frozenset[int], frozenset[int]]:
        """Rows and columns that are hidden."""
        if self.appearance:
            return self.appearance.hidden_rows, self.appearance.hidden_columns
        return hidden_lines(self.xml)

    @cached_property
    def covered(self) -> frozenset[Address] | Covered:
        """Cells that lie under a merged one: what they hold is not shown."""
        return self.appearance.covered if self.appearance else merged_away(self.xml)

    def around_covered(self, spot: Address) -> tuple[Address, Address]:
        """Return the next cells above and to the left of ``spot`` that no merged one covers: either may be shown in its place."""
        top, left = spot
        while top and (top, spot[1]) in self.covered:
            top -= 1
        while left and (spot[0], left) in self.covered:
            left -= 1
        return (top, spot[1]), (spot[0], left)


def open_workbook(content: bytes, inspection: Inspection) -> list[SheetData]:
    """Read every worksheet of a file the guard let pass; those that wait, when somebody asks for their rows. Raises Refused."""
    book = inspection.book
    sheets = _read_here(with_heads(book), inspection) if book else None
    if sheets is None:
        sheets = _read_whole(content, inspection)
    if not sheets:
        raise Refused("damaged")
    return sheets


def _read_whole(content: bytes, inspection: Inspection) -> list[SheetData]:
    """Read every sheet now, one that waits as well."""
    if not inspection.book:
        return _read_in_child(inspection.package or content, inspection)
    book = whole(inspection.book)
    sheets = _read_here(book, inspection)
    return _read_in_child(rebuilt(book), inspection) if sheets is None else sheets


def _is_clipped(inspection: Inspection, name: str) -> bool:
    return name in inspection.clipped


def _read_here(book: GuardedBook, inspection: Inspection) -> list[SheetData] | None:
    """Read an .xlsx in this process; None where the fast reader cannot, or where those that wait may be too much."""
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - the command line starts without it

    waiting = {sheet.name for sheet in book.sheets if sheet.waits}
    later = _Later(inspection)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(rebuilt(book)))
        opened = [
            (item, workbook.get_sheet_by_index(number))
            for number, item in enumerate(workbook.sheets_metadata)
            if str(item.typ) == "SheetTypeEnum.WorkSheet"
        ]
        area = sum((sheet.total_height + 1) * (sheet.total_width + 1) for _, sheet in opened)
        if area + _NEAR * len(waiting) > MAX_AREA:
            if waiting:
                return None
            raise hostile("表格范围过大")  # noqa: TRY301 - a panic is caught here, a refusal is not
        sheets = []
        for item, sheet in opened:
            rows = sheet.to_python(skip_empty_area=False)
            sheets.append(
                SheetData(
                    item.name,
                    str(item.visible) == "SheetVisibleEnum.Visible",
                    later.rows(item.name, rows) if item.name in waiting else rows,
                    inspection.sheets.get(item.name, b""),
                    looks=inspection.looks,
                    clipped=_is_clipped(inspection, item.name),
                )
            )
    except (KeyboardInterrupt, SystemExit, GeneratorExit, Refused):
        raise
    except BaseException:  # noqa: BLE001 - a panic of the reader's Rust code is no Exception
        return None
    return sheets


class _Later:
    """The whole workbook, read once, when the first of the sheets that wait is asked for."""

    def __init__(self, inspection: Inspection) -> None:
        self._inspection = inspection

    @cached_property
    def _rows(self) -> Mapping[str, Sequence[Row]]:
        return {sheet.name: sheet.rows for sheet in _read_whole(b"", self._inspection)}

    def rows(self, name: str, head: Sequence[Row]) -> WaitingRows:
        """Return the rows of a sheet, to be read when they are asked for. Raises Refused then."""
        return WaitingRows(head, lambda: self._rows[name])


def _read_in_child(content: bytes, inspection: Inspection) -> list[SheetData]:
    second = inspection.kind == "xlsx"
    try:
        found = sandbox.parse(content, "openpyxl" if second else inspection.kind)
    except sandbox.FaultError as fault:
        reason = str(fault)
        raise (hostile("表格范围过大") if reason == "extent" else Refused(reason)) from None
    return [
        SheetData(
            item["name"],
            item["visible"],
            item["rows"],
            inspection.sheets.get(item["name"], b""),
            second,
            inspection.looks,
            appearance_of(item["appearance"]) if "appearance" in item else None,
            item.get("clipped", False) or _is_clipped(inspection, item["name"]),
        )
        for item in found
    ]
