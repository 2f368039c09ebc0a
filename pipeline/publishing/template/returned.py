"""A judged submission and what remains of its findings go in; the workbook that goes back comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.publishing.template.build import build_workbook
from pipeline.publishing.template.content import Stamp

if TYPE_CHECKING:
    from pipeline.district.folder import District
    from pipeline.forms.form import Form
    from pipeline.model import Assessment, PastReport
    from pipeline.publishing.returning import ReturnedContent


def marked_workbook(
    form: Form, district: District, item: Assessment, returned: ReturnedContent, past: PastReport | None
) -> bytes:
    """Build the workbook that goes back: the official template, marked. ``past`` is the agency's last year."""
    agency = item.submission.agency
    stamp = Stamp(
        agency_code=agency.code if agency else "",
        agency=agency.name if agency else "",
        year=district.year,
        level=item.submission.level,
        kind=item.submission.kind,
        district=district.name,
        open_totals=returned.open_totals,
        open_columns=returned.open_columns,
        is_summed=item.submission.reading.claims.is_summed,
    )
    return build_workbook(
        form,
        stamp,
        values=returned.values,
        explanations=returned.explanations,
        notices=returned.notices,
        past=past,
        registers=returned.registers,
    )
