"""The district's figures and findings go in; CSV files for other programs come out.

UTF-8 with a byte order mark and CRLF, so that Excel and WPS open them as they are. What agencies typed stays
text: a cell that a spreadsheet would take for a formula gets an apostrophe in front.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import fields
from typing import TYPE_CHECKING

from pipeline.forms.layout import FIGURES_HEAD
from pipeline.forms.values.typed import plain_number
from pipeline.model import Assessment, Notice
from pipeline.publishing.cell_values import merged_values, seen_value
from pipeline.wording.personal_numbers import without_persons

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.forms.form import Form
    from pipeline.model import DistrictSummary

_NOT_LISTED = {"fault", "answered", "cause", "change", "look", "pleaded", "in_doubt", "is_mended"}
"""Of a notice: ``fault`` is a part of ``message``, ``pleaded`` and ``answered`` of ``hint``; the others are names of our own."""
NOTICE_COLUMNS = tuple(item.name for item in fields(Notice) if item.name not in _NOT_LISTED)
FINDINGS_HEAD = ("file", "sha256", "agency", "agency_name", "version", "verdict", *NOTICE_COLUMNS)
_FORMULA_START = tuple(
    "=+-@＝＋－＠\t\r\n"
)  # Chinese Excel reads the full-width signs as the half-width ones
_PLAIN_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def figures_csv(form: Form, summary: DistrictSummary) -> bytes:
    """Return one row per report that counts, in roster order: agency code, agency name, every number, the values of tables."""
    values = [value for table in form.tables for value in merged_values(form, table.key)]
    head = (*FIGURES_HEAD, *(cell.key for cell in form.cells), *(value.key for value in values))
    rows = (
        (
            as_text_cell(state.agency.code),
            as_text_cell(state.agency.name),
            *(
                number if isinstance(number, int) else plain_number(number)
                for number in state.counting.report.numbers
            ),
            *(as_text_cell(seen_value(value, state.counting.report)) for value in values),
        )
        for state in summary.states
        if state.counting and state.counting.report
    )
    return csv_of(head, rows)


def findings_csv(rows: Iterable[tuple[Assessment, Notice]]) -> bytes:
    """Return one row per finding, in the order given."""
    return csv_of(FINDINGS_HEAD, (_finding_row(assessment, notice) for assessment, notice in rows))


def as_text_cell(text: str) -> str:
    """Return ``text`` so that a spreadsheet shows it and runs nothing."""
    if text.startswith(_FORMULA_START) and not _PLAIN_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def _finding_row(assessment: Assessment, notice: Notice) -> list[str]:
    submission = assessment.submission
    agency = submission.agency
    values = [
        without_persons(submission.file),
        submission.sha256,
        agency.code if agency else "",
        agency.name if agency else "",
        str(assessment.version),
        assessment.verdict.value,
        *(getattr(notice, name) or "" for name in NOTICE_COLUMNS),
    ]
    return [as_text_cell(value) for value in values]


def csv_of(head: Sequence[str], rows: Iterable[Sequence[str | int]]) -> bytes:
    """Write rows below a head, as every spreadsheet opens them."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows(rows)
    return target.getvalue().encode("utf-8-sig", errors="replace")
