"""An accepted submission goes in; the Report that merging and publishing may trust comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.model import Report, Rows

if TYPE_CHECKING:
    from pipeline.forms.form import Form
    from pipeline.model import Reading, Submission


def report_of(form: Form, item: Submission, reading: Reading) -> Report:
    """Return the report of ``item`` as settled in ``reading``. Raises AssertionError where anything is missing: a bug."""
    numbers = tuple(value for value in reading.numbers.values() if value is not None)
    if len(numbers) != len(form.cells) or item.agency is None or item.year is None:
        raise AssertionError(f"accepted although incomplete: {item.file}")
    return Report(
        form=form.id,
        agency=item.agency.name,
        code=item.agency.code,
        year=item.year,
        numbers=numbers,
        texts=reading.texts,
        entries=reading.entries,
        registers={own.key: reading.registers.get(own.key, Rows()) for own in form.registers},
    )
