"""A document that only a large library can read goes in; what it found comes out of a child process, or why not.

The one place from which readers of documents start another program: PDF in a child of our own interpreter, .doc and its
relatives by LibreOffice, which makes a .docx of them.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from pipeline.intake.guard import sandbox
from pipeline.intake.guard.refusal import Refused, hostile
from pipeline.machine import libreoffice

_PDF_SECONDS = 12.0
"""A report takes half of one; nothing a clerk sends takes ten."""


def pdf_parts(content: bytes) -> dict[str, Any]:
    """Return what ``pdf.read_pdf`` finds. Raises Refused."""
    try:
        [answer] = sandbox.parse(content, sandbox.PDF, seconds=_PDF_SECONDS)
    except sandbox.FaultError as fault:
        reason = str(fault)
        known = reason in {"encrypted", "damaged", "crashed"}
        raise (Refused(reason) if known else hostile(reason)) from None
    return answer


def as_word(content: bytes, suffix: str) -> bytes:
    """Return a .doc (.wps, .rtf) as .docx. Raises Refused, with a variant of its own where LibreOffice is missing."""
    program = libreoffice.find_program()
    if program is None:
        raise Refused("needs_office")
    with tempfile.TemporaryDirectory(prefix="nianbao-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        source = folder / f"document{suffix}"
        source.write_bytes(content)
        libreoffice.convert(
            program, [source], folder / "out", "docx", seconds=60, memory=libreoffice.ONE_DOCUMENT
        )
        made = folder / "out" / "document.docx"
        if not made.is_file():
            raise Refused("crashed")
        return made.read_bytes()
