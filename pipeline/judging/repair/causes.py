"""The findings of one submission go in; the same come out, each with its cause and, where the sums tell, with remedies.

One slip breaks several rules and one wrong choice blanks a table; to a clerk either is one problem.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from pipeline.forms.values.keys import row_of
from pipeline.judging.repair.evidence import Evidence
from pipeline.judging.repair.stated import Restated, restated
from pipeline.judging.repair.suggest import Repair, suggest
from pipeline.judging.repair.tally import tally_of
from pipeline.model import NIL_CELL, NIL_LABEL, Finding, Severity

if TYPE_CHECKING:
    from pipeline.forms.form import Form
    from pipeline.judging.texts.statements import Statement
    from pipeline.model import Fact, Number, Reading

_FILE = "F"
"""The family of findings about the file; of a template with nothing in it all others are not worth a line."""
_OUT_OF_RANGE = frozenset({"C05", "C06"})
_About: TypeAlias = "tuple[tuple[str, ...], Fact | None]"
_FOLLOWING: Mapping[str, tuple[str, ...]] = {"nil_contradiction": ()}
"""Findings that upset a whole table, by variant, and what follows from them besides failed sums."""


def is_unfilled(form: Form, reading: Reading) -> bool:
    """Whether the template came back as it was sent: no number, no text, no nil return."""
    return (
        reading.is_placed
        and all(_is_unfilled(form, key, value) for key, value in reading.numbers.items())
        and not any(map(str.strip, reading.texts.values()))
        and not reading.nil_tables
        and not reading.from_registers
        and not any(rows.cells for rows in reading.registers.values())
        and not any(reading.entries.get(entry.key) for entry in form.valued_entries if not entry.personal)
        and not reading.unreadable
        and all(cell.key in reading.places for cell in form.cells)
    )


def _is_unfilled(form: Form, key: str, value: Number | None) -> bool:
    """Whether a figure was left as the template has it: blank, or 0 where it is drawn from rows that are not there."""
    is_own = form.by_key[key].is_input or not any(own.defines for own in form.drawn.values())
    return value is None or (not is_own and value == 0)


def unfilled(findings: Iterable[Finding]) -> list[Finding]:
    """Return what is to be said of a template that nobody filled in."""
    kept = [finding for finding in findings if finding.code.startswith(_FILE)]
    return [*kept, Finding.found("C01", variant="nothing_filled")]


def explained(
    form: Form,
    reading: Reading,
    findings: Sequence[Finding],
    *,
    level: str,
    kind: str = "",
    operands: Mapping[str, Number | None],
    statements: Sequence[Statement] = (),
) -> list[Finding]:
    """Return the findings with causes and suggestions.

    ``operands`` are this and, where known, last year's numbers, ``statements`` the figures that the texts state.
    """
    repairs = (
        suggest(
            form,
            operands,
            statements,
            level=level,
            computed=reading.computed,
            places=reading.places,
            kind=kind,
        )
        if any_sum_fails(form, findings)
        else []
    )
    own = {check: repair for repair in repairs for check in repair.failed}
    by_statement = {_about(one): repair for repair in reversed(repairs) for one in repair.statements}
    linked = [_with_statement(by_statement, _with_repair(repairs, own, finding)) for finding in findings]
    if statements and not any(repair.suggestions for repair in repairs):
        tally = tally_of(form, operands, level=level, computed=reading.computed, kind=kind)
        stated = restated(Evidence(tally, statements), reading.places)
        linked = _with_restated(stated, linked) if stated else linked
    return _with_tables(form, reading, [_of_nil(form, reading, finding) for finding in linked])


def _of_nil(form: Form, reading: Reading, finding: Finding) -> Finding:
    """Name the cell by which the table of a failed sum is said to be nil: no figure can be filled in beside that."""
    if not reading.nil_tables or finding.variant not in form.checks:
        return finding
    of_cells = dict.fromkeys(form.by_key[key].table for key in finding.keys if key in form.by_key)
    table = next((form.table(key) for key in of_cells if key in reading.nil_tables), None)
    if table is None:
        return finding
    said = {NIL_LABEL: table.nil_label, NIL_CELL: str(form.places[table.nil_key])}
    return replace(finding, facts={**finding.facts, **said})


def any_sum_fails(form: Form, findings: Iterable[Finding]) -> bool:
    """Whether there is anything that a change of figures could settle."""
    return any(finding.variant in form.checks for finding in findings)


def _with_statement(by_statement: Mapping[_About, Repair], finding: Finding) -> Finding:
    """Put a text that states what a suggestion makes of the table to the same cause; ``by_statement`` are these by what they state."""
    repair = by_statement.get((finding.keys, finding.facts.get("claimed")))
    return replace(finding, cause=_name(repair)) if repair else finding


def _about(statement: Statement) -> _About:
    """Return by what a finding is known that says of ``statement`` that the tables have it otherwise: its keys, and what is claimed."""
    return (statement.text, *statement.cells), statement.value


def _with_restated(repair: Restated, findings: Iterable[Finding]) -> list[Finding]:
    """Put the texts that contradict one cell to one cause, with what may be changed."""
    contradicted, cause = set(map(_about, repair.statements)), f"texts:{repair.suggestions[0].changes[0].key}"

    def linked(finding: Finding) -> Finding:
        if (finding.keys, finding.facts.get("claimed")) not in contradicted:
            return finding
        is_settled = finding.severity is Severity.INFO or bool(finding.explanation)
        return replace(finding, cause=cause, suggestions=() if is_settled else repair.suggestions)

    return list(map(linked, findings))


def _with_repair(repairs: Sequence[Repair], own: Mapping[str, Repair], finding: Finding) -> Finding:
    repair = own.get(finding.variant)
    if repair is None and finding.code in _OUT_OF_RANGE:
        repair = next((other for other in repairs if finding.key in other.cells), None)
        if repair and not _begins_at(finding.key, repair):
            is_known = any(not way.is_guess for way in repair.suggestions)
            return finding if is_known else replace(finding, cause=_name(repair))
    if repair is None:
        return finding
    is_settled = finding.severity is Severity.INFO or (
        finding.severity is Severity.WARNING and finding.explanation
    )
    return replace(finding, cause=_name(repair), suggestions=() if is_settled else repair.suggestions)


def _name(repair: Repair) -> str:
    return f"sums:{repair.failed[0]}"


def _begins_at(key: str | None, repair: Repair) -> bool:
    return any(suggestion.changes[0].key == key for suggestion in repair.suggestions[:1])


def _with_tables(form: Form, reading: Reading, findings: Sequence[Finding]) -> list[Finding]:
    """Put what follows from the state of a whole table, or of the rows it is drawn from, to the cause of that."""
    result = _with_rows(form, reading, findings)
    for head in findings:
        table = _table_of(form, head.key) if head.variant in _FOLLOWING else ""
        if table:
            result = [_under(form, head, table, finding) for finding in result]
    return result


_NO_COLUMN = frozenset({"missing_column", "open_column"})
"""What is said of a column of a register that is not there, or of which nobody knows whether it is to be blank."""


def _with_rows(form: Form, reading: Reading, findings: Sequence[Finding]) -> list[Finding]:
    """Put the sums of a table that nobody fills in to the first cell of its rows that decides what is counted and is wrong."""
    result = list(findings)
    for register in form.registers:
        figures = {key: own for key, own in form.drawn.items() if own.register == register.key}
        drawn = {form.by_key[key].table for key in figures}
        drawn -= {cell.table for cell in form.cells if cell.is_input}
        asked = {name for own in figures.values() for name, _ in own.where}
        head = next((item for item in result if _decides(register.key, asked, reading, item)), None)
        if head is None:
            continue
        for number, item in enumerate(result):
            is_sum = item.variant in form.checks and all(_table_of(form, key) in drawn for key in item.keys)
            if item is head or is_sum or _says_the_same(item, head):
                result[number] = replace(item, cause=f"rows:{register.key}", suggestions=())
    return result


def _says_the_same(item: Finding, head: Finding) -> bool:
    """Whether it is the same slip in another row: one wrong word that was pasted down a column is one problem."""
    columns = [row_of(key or "") for key in (item.key, head.key)]
    is_one_column = None not in columns and len({own[:2] for own in columns if own}) == 1
    return is_one_column and (item.code, item.variant, item.facts) == (head.code, head.variant, head.facts)


def _decides(register: str, asked: Collection[str], reading: Reading, finding: Finding) -> bool:
    """Whether ``finding`` is of a cell in a row of ``register`` that could not be read or, as a whole column may be missing, is wrong in a column ``asked`` for by what is counted."""
    if finding.variant in _NO_COLUMN and finding.facts["register"] == register:
        return finding.facts["column"] in asked
    place = row_of(finding.key or "")
    if place is None or place[0] != register:
        return False
    return finding.key in reading.unreadable or (finding.severity is Severity.ERROR and place[1] in asked)


def _under(form: Form, head: Finding, table: str, finding: Finding) -> Finding:
    follows = finding.variant in form.checks or finding.code in _FOLLOWING[head.variant]
    if finding is head or (follows and all(_table_of(form, key) == table for key in finding.keys)):
        return replace(finding, cause=f"{head.code}:{table}", suggestions=())
    return finding


def _table_of(form: Form, key: str | None) -> str:
    """Return the table of a number or of a nil return."""
    if key and key in form.by_key:
        return form.by_key[key].table
    return next((table.key for table in form.tables if table.nil_key == key), "")
