"""The rows of a register go in; what stands beside and between them, is no row and no value, and may matter comes out.

A clerk writes 此件已撤回 beside a request, without a heading over it, or 一月 between those of two months.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.forms.registers import GROUPS
from pipeline.forms.values.kind import PERSONAL
from pipeline.forms.values.typed import says_nothing, shown
from pipeline.intake.read.labels import normalise
from pipeline.intake.read.register_heads import is_blank
from pipeline.long_lists import first_of
from pipeline.model import Finding, Place, a1
from pipeline.wording.addresses import cell_ranges

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.forms.registers import Register
    from pipeline.forms.values.plain import Raw
    from pipeline.intake.read.register_copies import ListedRows
    from pipeline.intake.read.register_heads import Head
    from pipeline.model import Fact

_GROUP = re.compile(GROUPS)
_WORD = re.compile(r"[^\W\d_]{2}")
"""What is a remark holds two letters in a row at least: no number, no mark."""
_SHOWN = 6
_LONGEST = 40
"""Ranges, and characters of a line, that a finding repeats."""


def beside_rows(register: Register, listed: ListedRows) -> Iterator[Finding]:
    """Point at texts beside rows that stand under no heading at all."""
    head = listed.head
    width = max(map(len, map(head.sheet.rows.__getitem__, listed.lines)), default=0)
    free = [
        column
        for column in range(width)
        if column not in head.columns and is_blank(head.sheet.at(head.row, column))
    ]
    if head.is_lacking or not free:
        return
    spots = [(line, at) for line in listed.lines for at in free if _is_remark(head.sheet.at(line, at))]
    if spots:
        ranges = cell_ranges(a1(*spot) for spot in spots)
        facts: dict[str, Fact] = {
            "table": register.name,
            "cells": first_of(ranges, _SHOWN, "……"),
        }
        yield Finding.found("V02", Place(head.sheet.name, a1(*spots[0])), (), "beside", facts)


def _is_remark(value: Raw) -> bool:
    return isinstance(value, str) and bool(_WORD.search(value)) and not says_nothing(value)


def is_group(register: Register, head: Head, line: int, cells: Sequence[Raw]) -> bool:
    """Say whether a line is a heading over some of the rows: one text alone, of a month or in a cell merged across most columns."""
    filled = [number for number, value in enumerate(cells) if not is_blank(value)]
    if len(filled) != 1 or not isinstance(value := cells[filled[0]], str):
        return False
    covered = head.sheet.covered
    merged = sum((line, column) in covered for column in head.columns)
    is_text = register.columns[filled[0]].kind == "text"
    return 2 * merged >= len(head.columns) or (is_text and _GROUP.fullmatch(normalise(value)) is not None)


def alone(cells: Sequence[Raw]) -> str:
    """Return what stands first on a line."""
    return next((shown(value).strip()[:_LONGEST] for value in cells if not is_blank(value)), "")


def between_rows(register: Register, listed: ListedRows) -> Iterator[Finding]:
    """Point at the headings over some of the rows; where there are no rows, it is said that there are none."""
    head = listed.head
    for line in listed.groups if listed.rows else ():
        number, value = next(
            (number, value)
            for number, column in enumerate(head.columns)
            if not is_blank(value := head.sheet.at(line, column))
        )
        said = PERSONAL if register.columns[number].personal else shown(value).strip()[:_LONGEST]
        place = Place(head.sheet.name, a1(line, head.columns[number]))
        yield Finding.found("V02", place, (), "no_row", {"line": line + 1, "raw": said})
