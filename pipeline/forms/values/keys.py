"""The key of a value in a row of a register: register.column#row."""

from __future__ import annotations

import re

_ROW = re.compile(r"([A-Za-z0-9_]+)\.([A-Za-z0-9_]+)#(\d{1,6})", re.ASCII)


def row_key(register: str, column: str, row: int) -> str:
    """Spell the key of a value: of ``row``, from 0."""
    return f"{register}.{column}#{row + 1}"


def row_of(key: str) -> tuple[str, str, int] | None:
    """Return register, column and row (from 0) of the key of a value; None for any other key."""
    found = _ROW.fullmatch(key)
    return (found[1], found[2], int(found[3]) - 1) if found else None
