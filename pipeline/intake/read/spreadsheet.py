"""Guarded bytes go in; the sheets of the workbook come out, each as rows of values from A1 on.

The content decides how it is read, not the name. An .xlsx the guard has measured is read in this process by one fast
reader; the binary formats and .ods, which it cannot measure, are read in a child by readers that see styles too.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pipeline.forms.values.plain import Raw
from pipeline.intake.guard import sandbox
from pipeline.intake.guard.refusal import Refused, hostile
from pipeline.intake.guard.sandbox import MAX_AREA
from pipeline.intake.read.appearance import Appearance, appearance_of
from pipeline.intake.read.cellxml import Address, CellFacts, Covered, hidden_lines, merged_away, scan
from pipeline.intake.read.xlsx_styles import STRIKE, STRUCK, CellLooks, marked_texts

if TYPE_CHECKING:
    from pipeline.intake.guard.inspection import Inspection

__all__ = ["Raw", "SheetData", "open_workbook"]


@dataclass(frozen=True)  # without slots: the facts are computed once, when somebody asks
class SheetData:
    """One sheet: ``rows[r][c]`` stands at zero-based (r, c); ``second_reader`` says that the fast reader failed."""

    name: str
    visible: bool
    rows: list[list[Any]]
    xml: bytes = field(default=b"", repr=False)
    second_reader: bool = False
    looks: CellLooks = field(default_factory=CellLooks, repr=False)
    appearance: Appearance | None = field(default=None, repr=False)
    """How the cells look, of another format than .xlsx; None: it is worked out of ``xml`` and ``looks``."""
    clipped: bool = False
    """Whether cells far out were left unread."""

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


def open_workbook(content: bytes, inspection: Inspection) -> list[SheetData]:
    """Read every worksheet of a file the guard let pass. Raises Refused."""
    seen = inspection.package or content
    sheets = _read_here(seen, inspection) if inspection.kind == "xlsx" else None
    if sheets is None:
        sheets = _read_in_child(seen, inspection)
    if not sheets:
        raise Refused("damaged")
    return sheets


def _is_clipped(inspection: Inspection, name: str) -> bool:
    return name in inspection.clipped


def _read_here(content: bytes, inspection: Inspection) -> list[SheetData] | None:
    """Read an .xlsx in this process; None where the fast reader cannot."""
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - the command line starts without it

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        opened = [
            (item, workbook.get_sheet_by_index(number))
            for number, item in enumerate(workbook.sheets_metadata)
            if str(item.typ) == "SheetTypeEnum.WorkSheet"
        ]
        _refuse_wide(sheet for _, sheet in opened)
        return [
            SheetData(
                item.name,
                str(item.visible) == "SheetVisibleEnum.Visible",
                sheet.to_python(skip_empty_area=False),
                inspection.sheets.get(item.name, b""),
                looks=inspection.looks,
                clipped=_is_clipped(inspection, item.name),
            )
            for item, sheet in opened
        ]
    except (KeyboardInterrupt, SystemExit, GeneratorExit, Refused):
        raise
    except BaseException:  # noqa: BLE001 - a panic of the reader's Rust code is no Exception
        return None


def _refuse_wide(sheets: Iterable[Any]) -> None:
    if sum((sheet.total_height + 1) * (sheet.total_width + 1) for sheet in sheets) > MAX_AREA:
        raise hostile("表格范围过大")


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
