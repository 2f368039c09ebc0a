"""A document goes in; a Reading comes out, as of a filled template, with the place of every figure in the document.

Tables are found by their labels, texts by the headings above them, agency and year by the title. What is not found is a
finding; nothing is taken from where the form does not point.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.intake.documents.furniture import trimmed
from pipeline.intake.documents.naming import Named, name_of
from pipeline.intake.documents.parts import DataTable, Document, Paragraph, Part, Trail
from pipeline.intake.documents.sections import DocumentLine, Sections, headings, split_sections
from pipeline.intake.read.entries import Entries, read_cell_values, read_entries
from pipeline.intake.read.figures import TableFigures, complete, read_table
from pipeline.intake.read.labels import normalise
from pipeline.intake.read.listed import Listed, read_listed
from pipeline.intake.read.placing import Placement, place_table
from pipeline.intake.read.spreadsheet import SheetData
from pipeline.intake.read.unread_figures import unread_figures
from pipeline.model import Claims, Fact, Finding, Place, Reading
from pipeline.periods import spelled, stated
from pipeline.wording.addresses import position

if TYPE_CHECKING:
    from pipeline.forms.form import Form, Table

_FEWEST_HEADINGS = 3
"""A document with so many of the form's sections is a report, also where its tables are pictures."""
_SHOWN = 30
_ADDRESS = re.compile(r"[A-Z]{1,3}[0-9]{1,7}")


@dataclass(frozen=True, slots=True)
class _Sheets:
    """The tables of a document as sheets; ``stacks`` are those of one section put together, by its number."""

    single: Sequence[SheetData]
    stacks: Mapping[int, SheetData]


def understand(form: Form, document: Document) -> Reading | None:
    """Read a document as a report on ``form``; None where it is none."""
    body = _body(form, document.parts)
    lines = [DocumentLine(at, part.text) for at, part in enumerate(body) if isinstance(part, Paragraph)]
    tables = [at for at, part in enumerate(body) if isinstance(part, DataTable)]
    sections = split_sections(form, lines, tables)
    sheets = _sheets(form, body, sections)
    placements = [(table, _placed(form, table, sheets)) for table in form.tables]
    if not any(placed.sheet for _, placed in placements) and len(sections.begins) < _FEWEST_HEADINGS:
        return None
    named = _name(form, document, body, sections)
    return _reading(form, document, body, sections, placements, sheets, named)


def _body(form: Form, parts: Sequence[Part]) -> Sequence[Part]:
    """Return the parts of the element that holds the report: of a portal's page, without what stands around it."""
    texts = [(part.trail, part.text) for part in parts if isinstance(part, Paragraph)]
    if not any(trail for trail, _ in texts):
        return parts
    trails = [trail for trail, text in texts if headings(form, [text])]
    if len(trails) <= 1:
        return parts
    shared = _shared(trails)
    return [part for part in parts if part.trail[: len(shared)] == shared]


def _shared(trails: Sequence[Trail]) -> Trail:
    first, last = min(trails), max(trails)
    same = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), None)
    return first[: min(len(first), len(last)) if same is None else same]


def _sheets(form: Form, body: Sequence[Part], sections: Sections) -> _Sheets:
    single: list[SheetData] = []
    at_place: dict[int, SheetData] = {}
    for at, part in enumerate(body):
        if isinstance(part, DataTable):
            name = f"第{len(single) + 1}张表" + (f"（第{part.page}页）" if part.page else "")
            at_place[at] = SheetData(name, visible=True, rows=part.rows())
            single.append(at_place[at])
    stacks: dict[int, SheetData] = {}
    for number in range(len(form.sections)):
        own = [at_place[at] for at in sections.extent(number, len(body)) if at in at_place]
        if len(own) > 1:
            stacks[number] = SheetData(
                f"{own[0].name}至{own[-1].name}", visible=True, rows=[row for one in own for row in one.rows]
            )
    return _Sheets(single, stacks)


def _placed(form: Form, table: Table, sheets: _Sheets) -> Placement:
    """Place a table; one that was cut into several is looked for in all the tables of its section together."""
    placed = place_table(form, table, sheets.single)
    if placed.sheet and not placed.missing:
        return placed
    number = next(number for number, own in enumerate(form.sections) if table.key in own.contents)
    stack = sheets.stacks.get(number)
    whole = place_table(form, table, [stack]) if stack else Placement()
    return whole if len(whole.positions) > len(placed.positions) else placed


def _name(form: Form, document: Document, body: Sequence[Part], sections: Sections) -> Named:
    head = [line.text for line in sections.before]
    start = next((at for at, part in enumerate(document.parts) if body and part is body[0]), 0)
    around = [part.text for part in document.parts[:start] if isinstance(part, Paragraph)]
    named = name_of(form, head, document.titles, around)
    at_head = name_of(form, head, (), ()).lines
    return replace(named, lines=at_head)


def _reading(
    form: Form,
    document: Document,
    body: Sequence[Part],
    sections: Sections,
    placements: Sequence[tuple[Table, Placement]],
    sheets: _Sheets,
    named: Named,
) -> Reading:
    figures = TableFigures()
    everything = [*sheets.single, *sheets.stacks.values()]
    is_superseded = _is_superseded(form, everything) and any(
        placed.missing or not placed.sheet for _, placed in placements
    )
    for table, found in placements:
        placed = _only_exact(found) if is_superseded else found
        figures.findings += _table_findings(table, form, placed)
        if placed.sheet:
            read_table(form, table, placed, everything, figures)
            figures.findings += unread_figures(form, table, placed, everything, is_nil=False)
    numbers = {**dict.fromkeys(cell.key for cell in form.cells), **figures.numbers}
    figures.numbers = numbers
    whole = complete(form, figures)
    listed = _listed(form, sheets.single)
    if listed:
        sections = Sections()  # headings there are names of sheets
        named = _named_in(form, listed, named)
    texts, left_out = _texts(form, sections, named)
    above = sections.before[named.lines.stop : named.lines.stop + 1]
    sections.places |= {key: line.number for key in _opening(form) for line in above}
    entries = {entry.key: "" for entry in form.entries}
    entries[form.entry_with_role("agency").key] = named.agency
    entries[form.entry_with_role("year").key] = str(spelled(named.year)) if named.year else ""
    answered = Entries(entries)
    if listed:
        texts = {text.key: listed.answers.get(text.key, "") for text in form.texts}
        answered = read_entries(form, listed, {**entries, **_entries_of(form, listed)})
        answered.findings += listed.findings
        figures.places |= listed.places
    valued = read_cell_values(form, figures, answered)
    places = {key: _spoken(place) for key, place in figures.places.items()}
    places |= {key: _paragraph(body, at) for key, at in sections.places.items()}
    findings = [_translated(found) for found in (*figures.findings, *valued.findings)]
    findings += _text_findings(form, sections)
    findings += _remarks(document, left_out)
    findings += _rows_left(form)
    return Reading(
        form.id,
        Claims({}, agency=named.agency, year=named.year, period=form.period, keys=form.roles),
        numbers=whole,
        texts=texts,
        entries=valued.answers,
        places=places,
        unreadable={**figures.unreadable, **valued.unreadable},
        computed=frozenset(
            key for key, value in whole.items() if value is not None and numbers.get(key) is None
        ),
        findings=(_headline(document, whole, texts, superseded=is_superseded), *findings),
    )


def _listed(form: Form, sheets: Sequence[SheetData]) -> Listed | None:
    """Return what stands beside its labels where the document is a template saved as one; None where it is an ordinary report."""
    found = read_listed(form, sheets)
    return found if sum(text.key in found.places for text in form.texts) > len(form.texts) / 2 else None


def _entries_of(form: Form, listed: Listed) -> dict[str, str]:
    return {entry.key: answer for entry in form.entries if (answer := listed.answers.get(entry.key))}


def _named_in(form: Form, listed: Listed, named: Named) -> Named:
    """Return agency and year as they stand beside their labels, else as the document is headed."""
    answers = {role: listed.answers.get(form.entry_with_role(role).key, "") for role in ("agency", "year")}
    return replace(
        named,
        agency=answers["agency"] or named.agency,
        year=stated(answers["year"], form.period) or named.year,
    )


def _is_superseded(form: Form, sheets: Iterable[SheetData]) -> bool:
    markers = {normalise(marker) for marker in form.superseded.markers}
    return any(
        isinstance(value, str) and normalise(value) in markers
        for sheet in sheets
        for row in sheet.rows
        for value in row
    )


def _only_exact(placed: Placement) -> Placement:
    """Leave out what was only nearly found: on another form a nearly equal label means something else."""
    unsure = {key for fault in placed.near for key in fault.keys}
    positions = {key: spot for key, spot in placed.positions.items() if key not in unsure}
    return replace(placed, positions=positions, near=())


def _texts(form: Form, sections: Sections, named: Named) -> tuple[dict[str, str], list[str]]:
    """Return every text of the form, and the lines that belong to none."""
    before = [line.text for line in sections.before][named.lines.stop :]
    whole = {**sections.texts, **dict.fromkeys(_opening(form), before)}
    kept: dict[str, list[str]] = {}
    left_out = [line.text for line in sections.loose]
    for key, lines in whole.items():
        kept[key], aside = trimmed(lines, named.agency)
        left_out += aside
    return {text.key: "\n".join(kept.get(text.key, ())) for text in form.texts}, left_out


def _opening(form: Form) -> list[str]:
    """Return the key of the text that stands above every section, if the form has one."""
    placed = {key for section in form.sections for key in section.contents}
    return [text.key for text in form.texts if text.key not in placed][:1]


def _table_findings(table: Table, form: Form, placed: Placement) -> Iterator[Finding]:
    facts: Mapping[str, Fact] = {"table": table.name}
    if not placed.sheet:
        keys = placed.ambiguous or form.keys_of(table.key)
        yield Finding.found("F08", None, keys, "several" if placed.ambiguous else "no_table", facts)
        return
    where = Place(placed.sheet)
    if placed.ambiguous:
        yield Finding.found("F08", where, placed.ambiguous, "unplaced", facts)
    for fault in placed.missing:
        yield Finding.found("F08", where, fault.keys, "no_label", {**facts, "label": fault.label})
    for fault in placed.near:
        near = {"found": fault.found, "label": fault.label}
        yield Finding.found("F03", where, fault.keys, "near_label", near)


def _text_findings(form: Form, sections: Sections) -> Iterator[Finding]:
    for text in form.texts:
        if text.key in sections.missing and text.required:
            facts = {"label": text.label}
            yield Finding.found("F08", None, (text.key,), "no_heading", facts)
    for title in sections.twice:
        yield Finding.found("F08", None, (), "heading_twice", {"label": title})


def _remarks(document: Document, left_out: Sequence[str]) -> Iterator[Finding]:
    if document.bare_pages:
        facts: Mapping[str, Fact] = {"pages": "、".join(map(str, document.bare_pages))}
        yield Finding.found("F08", variant="scanned", facts=facts)
    if document.is_revised:
        yield Finding.found("F08", variant="revised")
    if left_out:
        first = " ".join(left_out[0][:_SHOWN].split())
        facts = {"count": len(left_out), "raw": first + "……" * (len(left_out[0]) > _SHOWN)}
        yield Finding.found("F08", variant="left_out", facts=facts)


def _rows_left(form: Form) -> Iterator[Finding]:
    """Say of every register that its rows are not read from a document."""
    for register in form.registers:
        yield Finding.found("F08", None, (), "rows_unread", {"table": register.name, "sheet": register.sheet})


def _headline(
    document: Document,
    numbers: Mapping[str, object],
    texts: Mapping[str, str],
    *,
    superseded: bool,
) -> Finding:
    """Say what it is and how much of it was read; that it is no template is for the district to accept or not."""
    facts: Mapping[str, Fact] = {
        "kind": document.kind,
        "numbers": sum(value is not None for value in numbers.values()),
        "all": len(numbers),
        "texts": sum(bool(text) for text in texts.values()),
    }
    return Finding.found("F08", variant="superseded" if superseded else "document", facts=facts)


def _paragraph(body: Sequence[Part], at: int) -> Place:
    page = body[at].page
    count = sum(isinstance(part, Paragraph) for part in body[: at + 1])
    return Place(f"第{page}页" if page else "正文", f"第{count}段")


def _spoken(place: Place) -> Place:
    """Spell an address as a person counts in a document's table."""
    return Place(place.sheet, _row_and_column(place.cell))


def _row_and_column(cell: str) -> str:
    spot = position(cell)
    return f"第{spot[0] + 1}行第{spot[1] + 1}列" if spot else cell


def _translated(found: Finding) -> Finding:
    place = _spoken(found.place) if found.place else None
    cells = found.facts.get("cells")
    if not isinstance(cells, str):
        return replace(found, place=place)
    spelled = _ADDRESS.sub(lambda one: _row_and_column(one[0]), cells)
    return replace(found, place=place, facts={**found.facts, "cells": spelled})
