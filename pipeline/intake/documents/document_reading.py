"""The bytes of a file that is no workbook go in; a Reading comes out where they are a report as a document.

Never raises for anything an agency can send, and says nothing of documents that are no report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.intake.documents.recognising import open_document
from pipeline.intake.documents.understanding import understand
from pipeline.intake.guard.package import MAX_BYTES
from pipeline.intake.guard.refusal import Refused
from pipeline.model import Reading

if TYPE_CHECKING:
    from pipeline.forms.form import Form


def read_report(form: Form, content: bytes) -> Reading | None:
    """Read a report in Word, web page, ODF text or PDF; None where the file is no report."""
    if len(content) > MAX_BYTES:
        return None
    try:
        document = open_document(content)
        return understand(form, document) if document else None
    except Refused as refused:
        if refused.finding.variant == "damaged":  # then it counts that it is no workbook
            return None
        return Reading(None, findings=(refused.finding,))
