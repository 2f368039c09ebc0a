"""A reading and what the agency's registers come to go in; the reading comes out with the tables that are computed from these.

What an agency fills in itself is compared instead: two numbers that differ are a finding that quotes both at the cell.
A table for which the agency asks (按台账) and whose register is not accepted stays blank, and that is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from pipeline.forms.arithmetic import with_totals
from pipeline.forms.carried import CODE, CarriedFigures
from pipeline.forms.layout import FROM_REGISTER
from pipeline.model import Fact, Finding, Number, Reading, Severity

if TYPE_CHECKING:
    from pipeline.forms.form import Form

_NONE, _OF_OTHERS = "no_register", "other_bodies"
_WAITS = (_NONE, _OF_OTHERS)


@dataclass(frozen=True, slots=True)
class CountedRegister:
    """What the accepted reports on another form come to that speak for the bodies of one report, by cell there.

    ``uneven`` names the bodies that only one of both speaks for, since they merged or were split in between: then nothing is compared or taken.
    """

    figures: Mapping[str, Number | None]
    uneven: tuple[str, ...] = ()


Counted: TypeAlias = Mapping[str, CountedRegister]
"""What belongs to one report, by form."""


def carried_into(form: Form, reading: Reading, counted: Counted) -> Reading:
    """Return ``reading`` with what the registers come to, where it asks for that, and the differences where it does not."""
    if not reading.is_placed or not (reading.from_registers or (form.beside and counted)):
        return reading
    numbers = dict(reading.numbers)
    findings: list[Finding] = []
    for item in form.carried:
        asked = reading.from_registers.intersection(item.tables)
        register = counted.get(item.form)
        if register is None or register.uneven:
            facts = {"source": item.name, "bodies": "、".join(register.uneven) if register else ""}
            variant = _OF_OTHERS if register else _NONE
            findings += [_finding(form, reading, table, variant, facts) for table in sorted(asked)]
            continue
        figures = register.figures
        differing = list(_differing(form, reading, item, figures))
        for table in sorted(asked):
            filled = _filled(form, reading, item, table, figures)
            numbers |= filled
            findings.append(
                _finding(form, reading, table, "taken", {"source": item.name, "count": len(filled)})
            )
        findings += differing
    if not findings:
        return reading
    settled = with_totals(form, numbers)
    return replace(
        reading,
        numbers=settled,
        computed=reading.computed | {key for key, value in settled.items() if value != reading.numbers[key]},
        findings=(*reading.findings, *findings),
    )


def awaited(form: Form, reading: Reading) -> frozenset[str]:
    """Return the cells that wait for a register which is not accepted, or is of other bodies: blank as they are, nobody need fill them in. Where the district lets that pass, what is blank is missing."""
    found = (item for item in reading.findings if item.code == CODE and item.variant in _WAITS)
    nil = {key for item in found if item.severity is Severity.ERROR for key in item.keys}
    tables = {table.key for table in form.tables if table.nil_key in nil}
    return frozenset(key for item in form.carried for key in item.cells if form.by_key[key].table in tables)


def _filled(
    form: Form, reading: Reading, item: CarriedFigures, table: str, figures: Mapping[str, Number | None]
) -> dict[str, Number]:
    """Return the figures of the cells of ``table`` that the agency has left blank."""
    return {
        cell.key: count
        for cell in form.cells_of(table)
        if cell.is_input
        and reading.numbers[cell.key] is None
        and cell.key in reading.places
        and cell.key not in reading.unreadable
        and (count := figures.get(item.cells[cell.key])) is not None
    }


def _differing(
    form: Form, reading: Reading, item: CarriedFigures, figures: Mapping[str, Number | None]
) -> Iterator[Finding]:
    for key, there in item.cells.items():
        value, count = reading.numbers[key], figures.get(there)
        if value is None or count is None or value == count or not form.by_key[key].is_input:
            continue
        facts: Mapping[str, Fact] = {"value": value, "count": count, "source": item.name}
        yield Finding.found(CODE, reading.places.get(key), (key,), "differs", facts)


def _finding(form: Form, reading: Reading, table: str, variant: str, facts: Mapping[str, Fact]) -> Finding:
    nil = form.table(table).nil_key
    return Finding.found(CODE, reading.places.get(nil), (nil,), variant, {**facts, "word": FROM_REGISTER})
