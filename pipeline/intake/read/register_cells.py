"""The cells of a register go in that hold no value of their own; why comes out: nothing is to be filled in, or a merged cell lies over them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline.forms.values.typed import says_nothing, shown
from pipeline.intake.read.register_heads import is_blank
from pipeline.model import Fact, Finding, Place, a1
from pipeline.wording.addresses import cell_ranges

if TYPE_CHECKING:
    from pipeline.forms.registers import Register
    from pipeline.forms.values.kind import ValueKind
    from pipeline.forms.values.plain import Raw
    from pipeline.intake.read.cellxml import Address
    from pipeline.intake.read.spreadsheet import SheetData

LEFT_BLANK = "left_blank"
"""What is noted of cells with “/” or “无” that may be blank."""
_SHOWN = 60
"""Characters of a value that a finding repeats."""


def is_left_blank(kind: ValueKind, value: Raw) -> bool:
    """Say whether “/”, “无” or the like stands where nothing has to, and is itself no value of the kind."""
    return (
        kind.may_say_nothing and says_nothing(value) and (bool(kind.fault(value)) or bool(kind.asked.pattern))
    )


def covered_among(sheet: SheetData, columns: Sequence[int], lines: Sequence[int]) -> Sequence[Address]:
    """Return the cells of a register over which a merged cell lies; ``columns``, ``lines``: where its columns and rows stand on the sheet."""
    spots = [(line, at) for line in lines for at in columns if at >= 0]
    covered = sheet.covered
    return () if covered.isdisjoint(spots) else [spot for spot in spots if spot in covered]


def under_merged(
    register: Register, sheet: SheetData, columns: Sequence[int], lines: Sequence[int]
) -> Iterator[tuple[int, int, Finding]]:
    """Yield row and column (from 0, of the register) of what a merged cell shows and its own row lacks, with the finding.

    ``columns``, ``lines`` as in ``covered_among``.
    """
    covered, among = sheet.covered, frozenset(lines)
    for row, line in enumerate(lines):
        for number, at in enumerate(columns):
            if at < 0 or (line, at) not in covered or not is_blank(sheet.at(line, at)):
                continue
            corner, value = _shown_at(sheet, among, (line, at))
            if value:
                personal = register.columns[number].personal
                facts: Mapping[str, Fact] = {
                    "cell": a1(*corner), "raw": "（个人信息）" if personal else value[:_SHOWN],
                }  # fmt: skip
                place, key = Place(sheet.name, a1(line, at)), register.row_key(number, row)
                yield row, number, Finding.found("V01", place, (key,), "merged", facts)


def read_under_merged(sheet: SheetData, covered: Iterable[Address]) -> Iterator[Finding]:
    """Say of values that were read although a merged cell covers them, as of those of tables."""
    cells = [a1(*spot) for spot in covered if not is_blank(sheet.at(*spot))]
    if cells:
        facts: Mapping[str, Fact] = {"cells": "、".join(cell_ranges(cells))}
        yield Finding.found("F05", Place(sheet.name, cells[0]), (), "merged", facts)


def _shown_at(sheet: SheetData, lines: Container[int], spot: Address) -> tuple[Address, str]:
    """Return the cell that is shown in place of ``spot``, above it among the rows or beside it, and what it shows."""
    above, beside = sheet.around_covered(spot)
    for at in (*([above] if above[0] in lines else []), beside):
        if value := shown(sheet.at(*at)).strip():
            return at, value
    return spot, ""
