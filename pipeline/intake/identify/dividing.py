"""A file and the forms that one office collects go in; which of them it is sent for comes out.

The stamp says so; where it is lost, the labels: the form of which most stands in the file. Of several periods of one form
it is the one that the clerk states.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.forms.form import Form
from pipeline.intake.read.reading import read
from pipeline.model import Reading
from pipeline.periods import Period, named


@dataclass(frozen=True, slots=True)
class Collected:
    """A form and the period for which it is collected."""

    form: Form
    period: Period


def home_of(collected: Sequence[Collected], content: bytes) -> int:
    """Return the number of the one of ``collected`` that a file is sent for; the first where nothing says so."""
    forms = {item.form.id: item.form for item in collected}
    first = collected[0].form
    readings = {first.id: read(first, content)}
    stamped = readings[first.id].claims.stamp.get("form", "")
    own = stamped if stamped in forms else _by_labels(forms, readings, content)
    candidates = [number for number, item in enumerate(collected) if item.form.id == own]
    if len(candidates) == 1:
        return candidates[0]
    found = readings.get(own) or read(forms[own], content)
    period = found.claims.year or named(found.claims.stamp.get("year", ""))
    newest = max(candidates, key=lambda number: collected[number].period)
    return next((number for number in candidates if collected[number].period == period), newest)


def _by_labels(forms: dict[str, Form], readings: dict[str, Reading], content: bytes) -> str:
    """Return the id of the form of which the largest part stands in the file; of equal ones the larger, then the first."""
    for form_id, form in forms.items():
        if form_id not in readings:
            readings[form_id] = read(form, content)
    return max(forms, key=lambda form_id: _weight(forms[form_id], readings[form_id]))


def _weight(form: Form, reading: Reading) -> tuple[float, int]:
    """Return how much of ``form`` stands in a file, as a share and as a number; without any register of its nothing does."""
    if form.registers and not reading.registers:
        return 0.0, 0
    columns = sum(place >= 0 for rows in reading.registers.values() for place in rows.columns)
    placed = [key for key in reading.places if key in form.by_key]
    cells = max(
        len(placed), len(reading.salvaged), sum(value is not None for value in reading.numbers.values())
    )
    whole = len(form.cells) + sum(len(register.columns) for register in form.registers)
    return (columns + cells) / max(whole, 1), columns + cells
