"""The district's year goes in; the workbook for the district office comes out, as bytes.

Each sheet is a module beside this one; here stands only their order: what is signed and read, then what proves it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.publishing.listings import listings_of
from pipeline.publishing.summary.background import Background
from pipeline.publishing.summary.brief import Brief
from pipeline.publishing.summary.by_kind import write_by_kind
from pipeline.publishing.summary.corrections import write_changes
from pipeline.publishing.summary.detail import columns_of, write_detail
from pipeline.publishing.summary.findings import write_findings
from pipeline.publishing.summary.listing import write_listing
from pipeline.publishing.summary.native_charts import write_charts
from pipeline.publishing.summary.official_tables import write_table
from pipeline.publishing.summary.overview import overview_title, write_overview
from pipeline.publishing.summary.reconcile import write_reconcile
from pipeline.publishing.summary.sources import write_sources
from pipeline.publishing.summary.submission_status import write_status
from pipeline.publishing.summary.yearly import write_yearly
from pipeline.publishing.workbook.office import OfficeBook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from pipeline.forms.form import Form
    from pipeline.model import ArrivalKey, DistrictSummary, Notice


def build_summary(
    form: Form,
    summary: DistrictSummary,
    *,
    deadline: date,
    now: datetime,
    notices: Mapping[ArrivalKey, Sequence[Notice]],
    background: Background = Background(),  # noqa: B008 - frozen, so one instance serves every call
) -> bytes:
    """Return the district workbook (.xlsx). ``notices`` are keyed by the arrival.

    Every figure but those of 明细, and those from outside the year's reports, is a formula with its stored value.
    The same arguments give the same bytes.
    """
    brief = Brief(form, summary, deadline, now, notices, background)
    columns = columns_of(brief)
    title = overview_title(brief)
    book = OfficeBook(title, (title, brief.share))
    write_overview(book, brief, columns)
    write_status(book, brief)
    for table in form.tables:
        write_table(book, brief, table, columns)
    for listing in listings_of(form, summary):
        write_listing(book, brief, listing)
    if form.tables:
        write_by_kind(book, brief, columns)
        write_yearly(book, brief, columns)
    if form.charts:
        write_charts(book, brief, columns)
    write_changes(book, brief)
    write_findings(book, brief)
    book.begin_appendix()
    for table in form.tables:
        write_detail(book, brief, table, columns)
    if form.tables:
        write_reconcile(book, brief, columns)
    write_sources(book, brief)
    return book.to_bytes()
