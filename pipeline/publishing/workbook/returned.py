"""A returned submission goes in; the official template, filled with what was sent, wrong cells marked, comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.model import Severity
from pipeline.publishing.workbook.build import Stamp, build_workbook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.district.folder import District
    from pipeline.forms.form import Form
    from pipeline.model import Assessment, Fact, Notice, PastReport


def marked_workbook(
    form: Form, district: District, item: Assessment, found: Sequence[Notice], past: PastReport | None
) -> bytes:
    """Build the workbook that goes back. ``found`` are the findings in words, ``past`` the agency's last year."""
    agency = item.submission.agency
    stamp = Stamp(
        agency_code=agency.code if agency else "",
        agency=agency.name if agency else "",
        year=district.year,
        level=item.submission.level,
        district=district.name,
    )
    return build_workbook(
        form,
        stamp,
        values=_sent(form, item),
        explanations=item.submission.reading.explanations,
        notices=[notice for notice in found if notice.severity != Severity.INFO],
        past=past,
    )


def _sent(form: Form, item: Assessment) -> dict[str, Fact]:
    """Return what stood in every input cell, as it was written where it could not be read."""
    reading = item.submission.reading
    numbers = {
        cell.key: reading.unreadable.get(
            cell.key, reading.numbers.get(cell.key, reading.salvaged.get(cell.key))
        )
        for cell in form.cells
        if cell.is_input
    }
    return {
        key: value
        for key, value in {**reading.entries, **reading.texts, **numbers}.items()
        if value is not None
    }
