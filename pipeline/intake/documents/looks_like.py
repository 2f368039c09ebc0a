"""The name and bytes of a file beside others go in; whether it may be a report as a document comes out.

Mails and archives carry notices, letters and pictures besides; only what may be a report is taken out of them, and only
where no workbook came along. Formats that need a program to be opened are told by their name.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from pipeline.intake.documents.recognising import SUFFIXES, open_document
from pipeline.intake.guard.package import MAX_BYTES
from pipeline.intake.guard.refusal import Refused

_READ_HERE = frozenset({".docx", ".docm", ".odt", ".html", ".htm", ".mht", ".mhtml"})
_REPORT = re.compile(r"年报|年度报告|年度工作报告")
_ABOUT_REPORTS = re.compile(r"通知|通告|函|要求|说明|方案|格式|样表|模板|须知|名单|催")
_SUBJECT = "信息公开"
_HEAD = 40
"""Paragraphs in which a report says what it is."""


def may_be_report(name: str, content: bytes) -> bool:
    """Say whether a file should be read as a report."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in SUFFIXES or not content or len(content) > MAX_BYTES:
        return False
    if suffix not in _READ_HERE:
        return bool(_REPORT.search(name)) and not _ABOUT_REPORTS.search(name)
    try:
        document = open_document(content)
    except Refused:
        return False
    if document is None or not (document.tables or document.pictures):
        return False
    from pipeline.intake.documents.parts import Paragraph  # noqa: PLC0415 - loaded by whoever opened the document

    head = "".join([*document.titles, *(p.text for p in document.parts[:_HEAD] if isinstance(p, Paragraph))])
    plain = "".join(head.split())
    return _SUBJECT in plain and bool(_REPORT.search(plain))
