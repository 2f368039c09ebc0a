"""A returned file and what came before it go in; what stands in the workbook that goes back, and what to do there, come out.

Letter, marks, comments and 问题清单 all speak of this workbook and its addresses, never of the file that came.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipeline.forms.form import Form
from pipeline.forms.layout import FROM_REGISTER
from pipeline.forms.values.answers import YES
from pipeline.forms.values.keys import row_of
from pipeline.model import Assessment, Fact, Finding, Notice, Number, Reading, Severity, Verdict, by_cause
from pipeline.publishing.returning.open_totals import OpenTotals, open_checks, open_totals
from pipeline.publishing.returning.remaining import STRUCK, Remaining, remaining
from pipeline.publishing.returning.remaining_sums import as_restored, explained_totals, settle
from pipeline.wording.messages import in_order, notice, spoken

Values = Mapping[str, Fact]
_BLANK = "空"


@dataclass(frozen=True, slots=True)
class ReturnedContent:
    """What goes back. ``version`` is the version whose content is shown; 0: there were no figures and no texts, the template is blank."""

    values: Values
    explanations: Mapping[str, str]
    notices: tuple[Notice, ...]
    version: int
    open_totals: OpenTotals = field(default_factory=dict)
    open_columns: tuple[str, ...] = ()
    """Columns of registers, as register.column, that are blank in it and may have stood under another heading."""
    registers: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    """The rows of each register as they were sent."""


def shown_in(items: Sequence[Assessment], item: Assessment) -> Assessment | None:
    """Return the version that ``item`` is answered with: itself or, if it cannot be read, the last of its agency that can."""
    if _is_readable(item.submission.reading):
        return item
    owner = item.submission.agency
    return next(
        (
            other
            for other in reversed(items)
            if owner
            and other.submission.agency == owner
            and other.version < item.version
            and other.verdict is not Verdict.HELD
            and _is_readable(other.submission.reading)
        ),
        None,
    )


def returned_of(form: Form, items: Sequence[Assessment], item: Assessment) -> ReturnedContent:
    """Return what answers ``item``. ``items`` are the campaign's files in order of arrival."""
    shown = shown_in(items, item)
    reading = shown.submission.reading if shown else Reading(None, entries=item.submission.reading.entries)
    struck = [found for found in item.findings if (found.code, found.variant) in STRUCK]
    values = {
        key: value for key, value in _carried(form, reading).items() if key not in {one.key for one in struck}
    }
    said = (as_restored(form, item.submission.reading, found) for found in item.findings if _is_asked(found))
    groups = by_cause((found for found in said if found), lambda found: found.cause)
    unclear = _unclear_totals(form, reading, groups)
    left = _left(form, item, groups, {**_known(form, item), **values}, unclear)
    heavy = {id(one.finding): one for one in left}
    ordered = in_order(form, [one.finding for one in left])
    return ReturnedContent(
        values=values,
        explanations=reading.explanations,
        notices=tuple(_noticed(form, heavy[id(found)]) for found in ordered),
        version=shown.version if shown else 0,
        open_columns=tuple(_open_columns(item.findings)) if reading.registers else (),
        registers=_rows_carried(form, reading, struck),
        open_totals={**unclear, **open_checks(form, left)} if reading.numbers else {},
    )


def _noticed(form: Form, one: Remaining) -> Notice:
    """Put what is left into words; where other cells are to be changed than those that it shows in, now and then are of these."""
    said = replace(notice(form, one.finding), change=one.change, look=one.look, is_mended=one.is_mended)
    changes = next((way.changes for way in one.finding.suggestions), ())
    if not one.change or tuple(change.key for change in changes) != one.change:
        return said
    return replace(
        said,
        actual=_values(form, {change.key: change.before for change in changes}),
        expected=_values(form, {change.key: change.after for change in changes}),
    )


def _values(form: Form, numbers: Mapping[str, Number | None]) -> str | None:
    """Write the value of a cell, or of each of several with its address; None for one that is blank."""
    written = {key: _BLANK if value is None else spoken(value) for key, value in numbers.items()}
    if len(written) == 1:
        [value] = written.values()
        return None if value == _BLANK else value
    return "、".join(f"{form.places[key].cell} {value}" for key, value in written.items())


def _is_asked(found: Finding) -> bool:
    """Leave out what nobody need ask the agency: notes, what it explained, what was waived, what is on trial."""
    return found.severity is not Severity.INFO and not found.is_answered and not found.on_trial


def _is_readable(reading: Reading) -> bool:
    """Whether there is anything of the form to show."""
    read = (*reading.numbers.values(), *reading.salvaged.values())
    return any(value is not None for value in read) or any(
        (*reading.texts.values(), *(rows.cells for rows in reading.registers.values()))
    )


def _carried(form: Form, reading: Reading) -> dict[str, Fact]:
    """Return what stood in every input cell, as it was written where it could not be read. Totals are the template's own."""
    numbers = {
        cell.key: reading.unreadable.get(
            cell.key, reading.numbers.get(cell.key, reading.salvaged.get(cell.key))
        )
        for cell in form.cells
        if cell.is_input or (cell.drawn and reading.claims.is_summed)
    }
    nil = {table.nil_key: YES for table in form.tables if table.key in reading.nil_tables}
    nil |= {own.nil_key: YES for own in form.registers if own.key in reading.nil_tables}
    nil |= {form.table(key).nil_key: FROM_REGISTER for key in reading.from_registers}
    given = {**reading.entries, **reading.texts, **numbers, **nil}
    return {key: value for key, value in given.items() if value not in (None, "")}


def _rows_carried(form: Form, reading: Reading, struck: Sequence[Finding]) -> dict[str, list[list[str]]]:
    """Return the rows of each register but for what was struck out: a cell stays blank, of a whole row one that has to be filled."""
    rows = {key: [list(cells) for cells in own.cells] for key, own in reading.registers.items()}
    for found in struck:
        place = row_of(found.key or "")
        if place:
            key, column, row = place
            register = form.register(key)
            rows[key][row][register.index[column]] = ""
    return rows


def _known(form: Form, item: Assessment) -> dict[str, Fact]:
    """Return the entries that the template fills in by itself."""
    agency = item.submission.agency
    given: dict[str, Fact] = {"agency": agency.name, "code": agency.code, "year": "?"} if agency else {}
    return {entry.key: given[entry.role] for entry in form.entries if entry.role in given}


def _open_columns(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield the columns that may stay blank and are, although what belongs there may have stood under another heading."""
    for found in findings:
        facts = found.facts
        if found.variant == "open_column" or (
            found.variant == "missing_column" and facts["others"] and not facts["rows"]
        ):
            yield f"{facts['register']}.{facts['column']}"


def _unclear_totals(form: Form, reading: Reading, groups: Sequence[Sequence[Finding]]) -> OpenTotals:
    """Return the typed totals that contradict their parts, but for those of which it is known what is wrong."""
    if not reading.numbers:
        return {}
    found = open_totals(form, reading)
    known = {key for group in groups if found for key in explained_totals(form, reading, group)}
    return {key: sides for key, sides in found.items() if key not in known}


def _left(
    form: Form, item: Assessment, groups: Sequence[Sequence[Finding]], values: Values, unclear: OpenTotals
) -> list[Remaining]:
    reading, kind = item.submission.reading, item.submission.kind
    left: list[Remaining] = []
    for head, *rest in groups:
        if head.variant in form.checks or head.suggestions:
            left += settle(form, reading, [head, *rest], unclear)
        else:
            left.append(remaining(form, head, values, kind))
            left += [
                remaining(form, found, values, kind)
                if (found.code, found.variant) == (head.code, head.variant)
                else _follower(form, found, values, kind)
                for found in rest
            ]
    return left


def _follower(form: Form, found: Finding, values: Values, kind: str) -> Remaining:
    """What follows from another finding is only to be looked at."""
    one = remaining(form, found, values, kind)
    return replace(one, change=(), look=(*one.change, *one.look))
