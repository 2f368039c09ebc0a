"""What was read of the texts and the sheets go in; what a clerk wrote and nobody read comes out.

A text that was pasted over several cells, or stands once more and otherwise on another sheet, would be published
cut short or in the wrong version.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from pipeline.forms import layout
from pipeline.intake.read.labels import tells_another_year
from pipeline.intake.read.listed import answer_beside, clean, is_guidance, is_label
from pipeline.intake.read.placing import own_names
from pipeline.model import Finding, Place, a1
from pipeline.wording.addresses import position

if TYPE_CHECKING:
    from pipeline.forms.form import Form, Text
    from pipeline.intake.read.listed import Listed
    from pipeline.intake.read.spreadsheet import SheetData

_SENTENCE = 11
"""Characters from which a cell holds a sentence and no remark, also without a full stop."""
_PARAGRAPH = 30
"""Characters from which what stands beside a text's label on one more sheet is a text."""
_SHOWN = 6
_BEGINNING = 20

_Cell = tuple[int, int, str]


def unread_texts(
    form: Form, listed: Listed, sheets: Sequence[SheetData], year: int | None
) -> Iterable[Finding]:
    """Point at sentences among the texts that were not read, and at copies of texts that differ.

    ``sheets`` are those without tables; ``year`` is the one that the file states.
    """
    own = own_names(form)
    with_texts = {listed.places[text.key].sheet for text in form.texts if text.key in listed.places}
    for sheet in sheets:
        if sheet.name in with_texts:
            yield from _unread(form, listed, sheet)
        elif sheet.visible and sheet.name not in own and not tells_another_year(sheet.name, year):
            yield from _copies(form, listed, sheet)


def _unread(form: Form, listed: Listed, sheet: SheetData) -> Iterator[Finding]:
    places = {text.key: listed.places.get(text.key) for text in form.texts}
    lower = [
        spot[0] - form.positions[key][1]
        for key, place in places.items()
        if place and place.sheet == sheet.name and (spot := position(place.cell))
    ]
    found = [
        (row, column, clean(text))
        for row, column, text in _sentences(sheet, layout.LIST_TOP + min(lower))
        if (sheet.name, row, column) not in listed.read
        and not any(text in (item.prompt, item.guidance) for item in form.texts)
        and not any(is_guidance(clean(text), item) for item in form.texts)
    ]
    if found:
        row, column, text = found[0]
        cells = "、".join(a1(*spot) for *spot, _ in found[:_SHOWN])
        facts = {"cells": cells, "raw": " ".join(text[:_BEGINNING].split()) + "……" * (len(text) > _BEGINNING)}
        yield Finding.found("F05", Place(sheet.name, a1(row, column)), (), "unread_text", facts)


def _sentences(sheet: SheetData, top: int) -> Iterator[_Cell]:
    for r, row in enumerate(sheet.rows[top:], top):
        for c, value in enumerate(row):
            if isinstance(value, str) and (len(value) >= _SENTENCE or value.rstrip().endswith("。")):
                yield r, c, value


def _copies(form: Form, listed: Listed, sheet: SheetData) -> Iterator[Finding]:
    for text in form.texts:
        answer, place = _answer_on(sheet, text), listed.places.get(text.key)
        if place and len(answer) >= _PARAGRAPH and _bare(answer) not in _bare(listed.answers[text.key]):
            facts = {"label": text.label, "sheet": place.sheet, "copy": sheet.name}
            yield Finding.found("F05", place, (text.key,), "texts_differ", facts)


def _answer_on(sheet: SheetData, text: Text) -> str:
    """Return what stands beside the label of ``text``, if it stands on ``sheet`` once."""
    spots = [
        (r, c)
        for r, row in enumerate(sheet.rows)
        for c, value in enumerate(row)
        if is_label(value, text.label)
    ]
    return answer_beside(sheet, *spots[0], text)[0] if len(spots) == 1 else ""


def _bare(text: str) -> str:
    return "".join(text.split())
