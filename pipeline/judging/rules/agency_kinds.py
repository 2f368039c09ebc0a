"""A reading and the kind of its agency go in; the reading without what is asked of agencies of other kinds comes out.

A table that is for towns alone is left blank by a department: that counts as 0 and nothing is missing. Where somebody has
filled it all the same it is read and judged like any other, so that no figure vanishes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.forms.arithmetic import with_totals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.forms.form import Form, Table
    from pipeline.model import Finding, Reading


def freed(form: Form, reading: Reading, kind: str) -> Reading:
    """Return ``reading`` as that of an agency of ``kind``: what it need not fill, and has not, is 0 and unasked for."""
    free = [table for table in form.free_tables(kind) if _is_blank(form, table, reading)]
    if not reading.numbers or not (free or form.free_keys(kind)):
        return reading
    keys = {cell.key for table in free for cell in form.cells_of(table.key)}
    texts = form.free_keys(kind) & set(reading.texts)
    numbers = {key: 0 if key in keys and value is None else value for key, value in reading.numbers.items()}
    return replace(
        reading,
        numbers=with_totals(form, numbers),
        unreadable={key: raw for key, raw in reading.unreadable.items() if key not in keys},
        findings=tuple(asked(reading.findings, keys | texts)),
    )


def asked(findings: Iterable[Finding], free: Iterable[str]) -> list[Finding]:
    """Leave out the findings that speak of nothing but what is ``free``."""
    keys = frozenset(free)
    return [item for item in findings if not item.keys or not keys.issuperset(item.keys)]


def _is_blank(form: Form, table: Table, reading: Reading) -> bool:
    keys = [cell.key for cell in form.cells_of(table.key)]
    return not any(reading.numbers.get(key) for key in keys) and not any(
        key in reading.unreadable for key in keys
    )
