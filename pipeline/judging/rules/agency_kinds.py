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
    free = _left_blank(form, reading, kind)
    if not reading.numbers or not (free or form.free_keys(kind)):
        return reading
    keys = {key for table in free for key in form.keys_of(table.key)}
    texts = form.free_keys(kind) & set(reading.texts)
    numbers = {key: 0 if key in keys and value is None else value for key, value in reading.numbers.items()}
    return replace(
        reading,
        numbers=with_totals(form, numbers),
        unreadable={key: raw for key, raw in reading.unreadable.items() if key not in keys},
        findings=tuple(asked(reading.findings, keys | texts)),
    )


def free_values(form: Form, reading: Reading, kind: str) -> frozenset[str]:
    """Return the keys of the values in tables that nobody asks an agency of ``kind`` for, and that are blank as a table is."""
    blank = {table.key for table in _left_blank(form, reading, kind)} | reading.nil_tables
    return frozenset(
        value.key for value in form.cell_values if value.table in blank and not reading.entries.get(value.key)
    )


def free_texts(form: Form, reading: Reading, kind: str) -> frozenset[str]:
    """Return the keys of what nobody asks an agency of ``kind`` to write: of a table of sums also what no draft writes for it."""
    unwritten = {text.key for text in form.bare_texts} if reading.claims.is_summed else ()
    return form.free_keys(kind).union(unwritten)


def asked(findings: Iterable[Finding], free: Iterable[str]) -> list[Finding]:
    """Leave out the findings that speak of nothing but what is ``free``."""
    keys = frozenset(free)
    return [item for item in findings if not item.keys or not keys.issuperset(item.keys)]


def _left_blank(form: Form, reading: Reading, kind: str) -> list[Table]:
    return [table for table in form.free_tables(kind) if _is_blank(form, table, reading)]


def _is_blank(form: Form, table: Table, reading: Reading) -> bool:
    return not any(
        reading.numbers.get(key) or reading.entries.get(key) or key in reading.unreadable
        for key in form.keys_of(table.key)
    )
