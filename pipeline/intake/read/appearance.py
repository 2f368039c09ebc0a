"""One model of how the cells of a sheet look, whatever file they came in; what a reader in the child saw goes in and out as JSON.

An .xlsx yields it from its XML, lazily; .xls, .ods and .xlsb are looked through where they are parsed, in the child.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.intake.read.cellxml import Address, CellFacts, Formula


@dataclass(frozen=True, slots=True)
class Appearance:
    """What the value of a cell does not tell; addresses are zero-based (row, column)."""

    facts: CellFacts = field(default_factory=CellFacts)
    formats: Mapping[Address, str] = field(default_factory=dict)
    """Codes of number formats, as a spreadsheet spells them; the usual ones may be left out."""
    struck: frozenset[Address] = frozenset()
    """Cells of which the whole or a part is struck out."""
    marked: frozenset[Address] = frozenset()
    """Texts of which a part is struck out, raised or lowered."""
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    covered: frozenset[Address] = frozenset()
    """Cells that lie under a merged one."""


@dataclass(slots=True)
class Notes:
    """An ``Appearance`` while a reader in the child gathers it; lists, because it leaves the child as JSON."""

    errors: list[tuple[int, int, str]] = field(default_factory=list)
    formulas: list[tuple[int, int, str, bool]] = field(default_factory=list)
    formats: list[tuple[int, int, str]] = field(default_factory=list)
    struck: list[Address] = field(default_factory=list)
    marked: list[Address] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    covered: list[Address] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        """Return what JSON can carry."""
        return {name: getattr(self, name) for name in self.__slots__}


def appearance_of(noted: Mapping[str, Any]) -> Appearance:
    """Return the appearance that ``Notes.as_json`` spelled."""
    return Appearance(
        CellFacts(
            {(row, column): text for row, column, text in noted["errors"]},
            {(row, column): Formula(text, stored) for row, column, text, stored in noted["formulas"]},
        ),
        {(row, column): code for row, column, code in noted["formats"]},
        _addresses(noted["struck"]),
        _addresses(noted["marked"]),
        frozenset(noted["hidden_rows"]),
        frozenset(noted["hidden_columns"]),
        _addresses(noted["covered"]),
    )


def _addresses(pairs: Iterable[Iterable[int]]) -> frozenset[Address]:
    return frozenset((row, column) for row, column in pairs)
