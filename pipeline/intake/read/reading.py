"""The bytes of a file go in; a Reading comes out: every number, text and entry placed, typed and explained.

Never raises for anything an agency can send: whatever is wrong with a file is a finding of its Reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.forms.arithmetic import total_of, with_totals
from pipeline.forms.drawing import drawn_figures
from pipeline.forms.layout import SUMS_NAME
from pipeline.forms.weighed import weighed
from pipeline.intake.guard import inspection as guard
from pipeline.intake.guard.refusal import Refused
from pipeline.intake.guard.sheet_limits import KEPT_COLUMNS, KEPT_ROWS
from pipeline.intake.read.entries import read_cell_values, read_entries
from pipeline.intake.read.figures import TableFigures, complete, read_table
from pipeline.intake.read.headed_texts import settle_headings
from pipeline.intake.read.labels import normalise, period_of
from pipeline.intake.read.listed import (
    answers_of,
    read_explanations,
    read_listed,
    read_open_totals,
    read_stamp,
)
from pipeline.intake.read.oddities import oddities, under_merged
from pipeline.intake.read.pasted import paste_of
from pipeline.intake.read.placing import place_table, sheet_texts, sheets_of_lines, without_copies
from pipeline.intake.read.register_rows import Registers, read_registers
from pipeline.intake.read.spreadsheet import open_workbook
from pipeline.intake.read.stamped import REFUSING, about_stamp, as_of
from pipeline.intake.read.titles import foreign_titles
from pipeline.intake.read.unread_figures import unread_figures
from pipeline.intake.read.unread_sheets import strange_sheets
from pipeline.intake.read.unread_texts import unread_texts
from pipeline.model import Claims, Fact, Finding, Number, Place, Reading, a1
from pipeline.periods import named, year_in

if TYPE_CHECKING:
    from pipeline.forms.form import Form, Table
    from pipeline.intake.read.listed import Listed
    from pipeline.intake.read.placing import Placement
    from pipeline.intake.read.spreadsheet import SheetData

LONGEST_TEXT = 200_000
"""Characters that a cell can hold; other formats than Excel's may hold more, which no workbook can give back."""
_MARKER_SLACK = 8
"""A marker of the old form stands in a cell of its own; a narrative that mentions the words is longer."""


def read(form: Form, content: bytes) -> Reading:
    """Read one file as a submission on ``form``; what is found weighs what the form declares."""
    found = _read(form, content)
    return replace(found, findings=tuple(weighed(form, found.findings)))


def _read(form: Form, content: bytes) -> Reading:
    inspection = guard.inspect(content, _seldom_read(form))
    if inspection.refusal:
        is_other = inspection.refusal.variant == "not_a_workbook"
        report = _read_document(form, content) if is_other else None
        return report or Reading(None, findings=(inspection.refusal,))
    try:
        sheets = open_workbook(content, inspection)
        remarks = list(inspection.remarks)
        if any(sheet.second_reader for sheet in sheets):
            remarks.append(Finding.found("F01", variant="second_reader"))
        remarks += [_clipped(sheet) for sheet in sheets if sheet.clipped]
        found = _read_sheets(form, sheets, remarks)
    except Refused as refused:  # of a sheet that waited to be read, as of any other
        return Reading(None, findings=(*inspection.remarks, refused.finding))
    longest = max(map(len, _texts(found)), default=0)
    if longest > LONGEST_TEXT:
        refusal = Refused("long_text", limit=LONGEST_TEXT).finding
        return Reading(None, findings=(*inspection.remarks, refusal))
    return found


@lru_cache(maxsize=8)
def _seldom_read(form: Form) -> frozenset[str]:
    """Name the sheets of the template that hold nothing of an agency's but explanations, and those are hardly ever given."""
    return frozenset(sheet.name for sheet in form.sheets if sheet.kind in {"checks", "past"})


def _read_document(form: Form, content: bytes) -> Reading | None:
    from pipeline.intake.documents.document_reading import read_report  # noqa: PLC0415 - nearly all are workbooks

    return read_report(form, content)


def _texts(found: Reading) -> Iterator[str]:
    """Yield every text that is taken over as it stands."""
    claims = found.claims
    yield from (claims.agency, claims.code, *claims.stamp, *claims.stamp.values())
    for texts in (found.texts, found.entries, found.explanations, found.unreadable):
        yield from texts.values()


def _clipped(sheet: SheetData) -> Finding:
    facts: Mapping[str, Fact] = {"sheet": sheet.name, "rows": KEPT_ROWS, "columns": KEPT_COLUMNS}
    return Finding.found("F05", Place(sheet.name), (), "clipped", facts)


def _read_sheets(form: Form, sheets: Sequence[SheetData], remarks: Sequence[Finding]) -> Reading:
    placements = [(table, place_table(form, table, sheets)) for table in form.tables]
    lacking = [bool(placed.missing or placed.changed) or not placed.sheet for _, placed in placements]
    listed = read_listed(form, sheets)
    settle_headings(form, listed)
    stamp = read_stamp(sheets)
    entries = answers_of(listed, form.entries)
    claims = _claims(form, stamp, entries)
    if any(lacking) and _is_superseded(form, sheets):
        return _superseded(form, claims, placements, sheets, listed, remarks)
    missing = [table for table, placed in placements if not placed.sheet and not placed.ambiguous]
    period = claims.year or named(stamp.get("year", ""))
    registers = Registers() if claims.is_summed else read_registers(form, sheets, period)
    placements = [(table, without_copies(placed, registers.sheets)) for table, placed in placements]
    said = about_stamp(form, stamp, lacking)
    if said:
        remarks = (*remarks, said)
    if said and said.variant == REFUSING:
        return Reading(None, claims, entries=entries, findings=tuple(remarks))
    is_elsewhere = claims.is_summed and not form.tables
    if len(missing) == len(form.tables) and not registers.rows and not is_elsewhere:
        findings = (*remarks, *(_missing_table(form, table) for table in missing), *registers.findings)
        return Reading(None, claims, entries=entries, findings=as_of(said, findings))
    year = year_in(period) if period else None
    figures = _read_tables(form, placements, sheets, year)
    _take_drawn(form, registers, period, figures)
    numbers = complete(form, figures)
    figures.findings += _open_totals(form, sheets, numbers, figures.places)
    valued = read_cell_values(form, figures, read_entries(form, listed, entries))
    findings = (
        *remarks,
        *listed.findings,
        *foreign_titles(form, sheets),
        *_beside(form, sheets, placements, listed, registers, remarks, year),
        *figures.findings,
        *valued.findings,
        *registers.findings,
    )
    return Reading(
        form.id,
        claims,
        numbers=numbers,
        texts=answers_of(listed, form.texts),
        entries=valued.answers,
        explanations=read_explanations(form, sheets),
        places={**figures.places, **listed.places, **registers.places},
        unreadable={**figures.unreadable, **valued.unreadable, **registers.unreadable},
        nil_tables=frozenset((*figures.nil_tables, *registers.nil)),
        registers=registers.rows,
        from_registers=frozenset(figures.from_registers),
        computed=frozenset(
            key for key, value in numbers.items() if value is not None and figures.numbers.get(key) is None
        ),
        findings=as_of(said, findings),
    )


def _read_tables(
    form: Form, placements: Iterable[tuple[Table, Placement]], sheets: Sequence[SheetData], year: int | None
) -> TableFigures:
    """Read the figures of every table that was found, and what is odd about them."""
    figures = TableFigures()
    for table, placed in placements:
        figures.findings += _placement_findings(form, table, placed)
        if not placed.sheet:
            continue
        paste = paste_of(form, table, placed, sheets)
        read_table(form, table, paste.placement if paste else placed, sheets, figures)
        figures.findings += oddities(form, table, placed, sheets, year)
        _take_merged(form, table, placed, sheets, figures)
        is_nil = table.key in figures.nil_tables
        figures.findings += (
            [paste.finding] if paste else unread_figures(form, table, placed, sheets, is_nil=is_nil)
        )
    return figures


def _take_drawn(form: Form, registers: Registers, period: int | None, into: TableFigures) -> None:
    """Fill in what is counted from registers where no table states it."""
    for key, value in drawn_figures(form, registers.rows, period).items():
        if form.by_key[key].drawn and into.numbers.get(key) is None:
            into.numbers[key] = value


def _beside(
    form: Form,
    sheets: Sequence[SheetData],
    placements: Sequence[tuple[Table, Placement]],
    listed: Listed,
    registers: Registers,
    remarks: Iterable[Finding],
    year: int | None,
) -> Iterator[Finding]:
    """Name what stands on sheets beside what was found of the form."""
    held = {placed.sheet for _, placed in placements} | {rows.sheet for rows in registers.rows.values()}
    lines = sheets_of_lines(form, sheets)
    yield from (Finding.found("F05", Place(name), (), "lines", {"sheet": name}) for name in lines)
    yield from unread_texts(form, listed, [sheet for sheet in sheets if sheet.name not in held], year)
    known = {
        *held,
        *registers.sheets,
        *lines,
        *(item.place.sheet for item in remarks if item.place),
        *(name for name, _, _ in listed.read),
        *_copies(placements),
    }
    yield from strange_sheets(form, sheets, known)


def _take_merged(
    form: Form, table: Table, placed: Placement, sheets: Sequence[SheetData], into: TableFigures
) -> None:
    """Say of blank cells that another figure is merged over them: they are not only left out."""
    if table.key in into.nil_tables:
        return
    sheet = next(sheet for sheet in sheets if sheet.name == placed.sheet)
    for key, finding in under_merged(form, table, placed, sheet):
        into.unreadable[key] = ""
        into.findings.append(finding)


def _copies(placements: Iterable[tuple[Table, Placement]]) -> Iterator[str]:
    """Yield the sheets that hold a table once more, and those of which nobody knows which is meant."""
    for _, placed in placements:
        yield from (*(copy.sheet for copy in placed.copies), *placed.rivals)


def _open_totals(
    form: Form, sheets: Sequence[SheetData], numbers: Mapping[str, Number | None], places: Mapping[str, Place]
) -> Iterable[Finding]:
    """Point at totals that were typed in the file before, contradicted their parts, and whose parts come to the same still."""
    stated = read_open_totals(form, sheets)
    if not stated:
        return
    inputs = {cell.key: numbers[cell.key] for cell in form.cells if not cell.defined_by}
    sums = with_totals(form, inputs)
    for key, (typed, then) in stated.items():
        check = form.checks.get(key)
        if check:
            sides = total_of(check.left, sums), total_of(check.right, sums)
            if sides == (typed, then) and typed != then:
                facts: Mapping[str, Fact] = {"title": check.rule.title, "left": typed, "right": then}
                place = places.get(check.anchor)
                yield Finding.found("F05", place, (check.anchor,), "open_check", facts)
        elif sums[key] == then and then != typed:
            facts = {"typed": typed, "value": then}
            yield Finding.found("F05", places.get(key), (key,), "open_total", facts)


def _claims(form: Form, stamp: Mapping[str, str], entries: Mapping[str, str]) -> Claims:
    return Claims(
        stamp,
        agency=entries[form.entry_with_role("agency").key],
        code=entries[form.entry_with_role("code").key],
        year=period_of(form.period, entries[form.entry_with_role("year").key]),
        period=form.period,
        keys=form.roles,
        is_summed=SUMS_NAME in stamp,
    )


def _is_superseded(form: Form, sheets: Iterable[SheetData]) -> bool:
    markers = [normalise(marker) for marker in form.superseded.markers]
    return any(
        marker in text and len(text) <= len(marker) + _MARKER_SLACK
        for sheet in sheets
        if sheet.visible
        for _, _, text in sheet_texts(sheet)
        for marker in markers
    )


def _superseded(
    form: Form,
    claims: Claims,
    placements: Sequence[tuple[Table, Placement]],
    sheets: Sequence[SheetData],
    listed: Listed,
    remarks: Sequence[Finding],
) -> Reading:
    """Make the reading of a file on the old form: one finding, and what can be carried over to the new one."""
    figures = TableFigures()
    shared = [(table, placed) for table, placed in placements if placed.sheet and not placed.ambiguous]
    for table, placed in shared:
        read_table(form, table, placed, sheets, figures)
    facts: Mapping[str, Fact] = {
        "authority": form.authority,
        "old_authority": form.superseded.authority,
    }
    if shared:
        facts = {**facts, "tables": "、".join(f"“{table.name}”" for table, _ in shared)}
    finding = Finding.found("F04", variant="carried" if shared else "", facts=facts)
    return Reading(
        form.id,
        claims,
        texts=answers_of(listed, form.texts),
        entries=answers_of(listed, form.entries),
        salvaged={
            key: value
            for key, value in figures.numbers.items()
            if value is not None and form.by_key[key].is_input
        },
        findings=(*remarks, finding),
    )


def _missing_table(form: Form, table: Table) -> Finding:
    return Finding.found("F03", None, form.keys_of(table.key), "missing_table", {"table": table.name})


def _placement_findings(form: Form, table: Table, placed: Placement) -> list[Finding]:
    if not placed.sheet and not placed.ambiguous:
        return [_missing_table(form, table)]
    where = Place(placed.sheet) if placed.sheet else None
    found: list[Finding] = []
    if placed.ambiguous:
        variant = "several" if placed.rivals else "unplaced"
        facts: Mapping[str, Fact] = {"table": table.name}
        if placed.rivals:
            facts = {
                **facts,
                "sheets": "、".join(f"“{name}”" for name in placed.rivals),
                "sheet": table.sheet,
            }
        found.append(Finding.found("F05", where, placed.ambiguous, variant, facts))
    for fault in placed.missing:
        facts = {"table": table.name, "label": fault.label}
        found.append(Finding.found("F03", where, fault.keys, "missing_label", facts))
    for fault in placed.near:
        facts = {"found": fault.found, "label": fault.label}
        place = Place(fault.position[0], a1(*fault.position[1:])) if fault.position else where
        found.append(Finding.found("F03", place, fault.keys, "near_label", facts))
    for fault in placed.changed:
        facts = {"table": table.name, "found": fault.found, "label": fault.label}
        place = Place(fault.position[0], a1(*fault.position[1:])) if fault.position else where
        found.append(Finding.found("F03", place, fault.keys, "changed_heading", facts))
    if placed.sheet not in {"", table.sheet} and not placed.ambiguous:
        facts = {"table": table.name, "found": placed.sheet, "sheet": table.sheet}
        found.append(Finding.found("F05", where, (), "renamed", facts))
    if placed.moved:
        facts = {"table": table.name}
        found.append(Finding.found("F05", where, (), "moved", facts))
    return found
