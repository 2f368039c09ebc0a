"""The district's year goes in; the workbook for the district office comes out, as bytes.

Sheets in order: 总览, 报送情况, the official tables summed, 明细, 问题清单. Each sheet is a module beside this one;
here stands only their order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.publishing.summary.book import Book, Brief
from pipeline.publishing.summary.detail import sums, write_detail
from pipeline.publishing.summary.findings import write_findings
from pipeline.publishing.summary.overview import overview_title, write_overview
from pipeline.publishing.summary.status import write_status
from pipeline.publishing.summary.tables import write_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from pipeline.forms.form import Form
    from pipeline.model import DistrictSummary, Notice


def build_summary(
    form: Form,
    summary: DistrictSummary,
    *,
    deadline: date,
    now: datetime,
    notices: Mapping[str, Sequence[Notice]],
) -> bytes:
    """Return the district workbook (.xlsx). ``notices`` are keyed by the submission's sha256.

    Every figure but those of 明细 is a formula with its stored value. The same arguments give the same bytes.
    """
    brief = Brief(form, summary, deadline, now, notices)
    columns = sums(brief)
    book = Book(overview_title(brief))
    write_overview(book, brief, columns)
    write_status(book, brief)
    for table in form.tables:
        write_table(book, brief, table, columns)
    write_detail(book, brief, columns)
    write_findings(book, brief)
    return book.to_bytes()
