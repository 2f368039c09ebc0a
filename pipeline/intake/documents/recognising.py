"""The bytes of a file go in; the document they are comes out, by content and not by name, or None if they are none.

Each reader is loaded when the first document of its kind comes: most files are workbooks, and are read in other processes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.intake.guard import ole, package
from pipeline.intake.guard.refusal import hostile

if TYPE_CHECKING:
    from pipeline.intake.documents.parts import Document

SUFFIXES = frozenset(
    {".docx", ".docm", ".doc", ".wps", ".rtf", ".odt", ".html", ".htm", ".mht", ".mhtml", ".pdf", ".txt"}
)
"""What documents are called; the readers go by content."""
_SAMPLE = 4096
_PAGE = re.compile(rb"<(?:!doctype html|html|head|body|table|meta|div|p)[\s>]", re.IGNORECASE)
_ODT = b"application/vnd.oasis.opendocument.text"
_PDF_KIND = "PDF 文件"


def open_document(content: bytes) -> Document | None:
    """Open a document with the reader for it. Raises Refused for one that cannot or must not be read."""
    try:
        return _opened(content)
    except RecursionError:
        raise hostile("嵌套过深") from None


def _opened(content: bytes) -> Document | None:
    if content.startswith(b"PK"):
        return _packed(content)
    if content[:_SAMPLE].lstrip().startswith(b"%PDF"):
        return _pdf(content)
    if content.startswith(b"{\\rtf"):
        return _converted(content, ".rtf")
    if content.startswith(ole.MAGIC):
        names = {name.casefold() for name in ole.root_names(content)}
        return _converted(content, ".doc") if "worddocument" in names else None
    head = content[:_SAMPLE]
    if _PAGE.search(head) or _PAGE.search(head.replace(b"\0", b"")) or b"multipart/related" in head.lower():
        from pipeline.intake.documents.web import read_web  # noqa: PLC0415

        return read_web(content)
    from pipeline.intake.documents.text_files import read_text  # noqa: PLC0415

    return read_text(content)


def _packed(content: bytes) -> Document | None:
    opened = package.open_package(content)
    if "word/document.xml" in opened.entries:
        from pipeline.intake.documents.word import read_word  # noqa: PLC0415

        return read_word(content)
    has_both = {"mimetype", "content.xml"} <= opened.entries.keys()
    if not (has_both and package.inflate_within(opened, "mimetype").startswith(_ODT)):
        return None
    from pipeline.intake.documents.odt import read_odt  # noqa: PLC0415

    return read_odt(content)


def _converted(content: bytes, suffix: str) -> Document:
    from pipeline.intake.documents import document_child  # noqa: PLC0415
    from pipeline.intake.documents.word import read_word  # noqa: PLC0415

    return read_word(document_child.as_word(content, suffix))


def _pdf(content: bytes) -> Document:
    from pipeline.intake.documents import document_child  # noqa: PLC0415
    from pipeline.intake.documents.parts import BlockCell, DocumentTable, Paragraph, document  # noqa: PLC0415

    answer = document_child.pdf_parts(content)
    blocks: list[Paragraph | DocumentTable] = []
    for part in answer["parts"]:
        if "text" in part:
            blocks.append(Paragraph(part["text"], part["page"]))
        else:
            cells = [BlockCell(r, c, [Paragraph(text)], h, w) for r, c, h, w, text in part["cells"]]
            blocks.append(DocumentTable(cells, part["page"]))
    return document(_PDF_KIND, blocks, pictures=answer["pictures"], bare_pages=tuple(answer["bare"]))
