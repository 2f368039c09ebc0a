"""The bytes of a text file go in; its paragraphs come out, and tables where the cells of a row are parted by tabs.

A table saved with each cell on a line of its own is none any more: its figures are not found, and that is said.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from itertools import groupby

from pipeline.intake.documents.odd_marks import TextRun, joined
from pipeline.intake.documents.parts import BlockCell, Document, DocumentTable, Paragraph, document, tidy

KIND = "纯文本文件"
_MARKED = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_UNMARKED = ("utf-8", "gb18030")
_CONTROLS = frozenset(map(chr, range(32))) - frozenset("\t\n\r\f\v")
_FEWEST_ROWS = 2


def read_text(content: bytes) -> Document | None:
    """Read a text file; None where it is none."""
    text = _decoded(content)
    return document(KIND, _blocks(text.splitlines())) if text else None


def _decoded(content: bytes) -> str:
    marked = [encoding for mark, encoding in _MARKED if content.startswith(mark)]
    for encoding in marked or _UNMARKED:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return "" if _CONTROLS.intersection(text) else text
    return ""


def _blocks(lines: Iterable[str]) -> Iterator[Paragraph | DocumentTable]:
    for is_row, group in groupby(lines, key=lambda line: "\t" in line.strip()):
        own = list(group)
        if is_row and len(own) >= _FEWEST_ROWS:
            yield DocumentTable(
                [
                    BlockCell(row, column, [Paragraph(tidy(joined([TextRun(text)])))])
                    for row, line in enumerate(own)
                    for column, text in enumerate(line.split("\t"))
                    if text.strip()
                ]
            )
        else:
            yield from (Paragraph(tidy(line)) for line in own)
