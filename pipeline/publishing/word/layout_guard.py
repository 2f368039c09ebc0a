"""The bytes of a district's Word layout go in; that nothing in it acts or reaches out is made sure.

What stands in the layout is published with every report, and LibreOffice opens it: no remote template, no linked picture, no
field but those that number and list, no object, no macro.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from pipeline.model import ConfigError

FIELDS = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES", "SECTION", "TOC", "STYLEREF", "SEQ"})
"""Fields that look at nothing but the document itself."""
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OBJECTS = frozenset(
    {f"{_WORD}object", f"{_WORD}altChunk", f"{_WORD}control", f"{_WORD}attachedTemplate", f"{_WORD}subDoc"}
)
_FOLDERS = frozenset({"embeddings", "activex"})
_LARGEST = 20 * 1024 * 1024


def refuse_active(content: bytes, file: Path) -> None:
    """Raise ConfigError with the reason where the layout acts or reaches out."""
    try:
        reason = next(_reasons(content), "")
    except (zipfile.BadZipFile, ParseError, DefusedXmlException, NotImplementedError, RuntimeError, OSError):
        reason = "文件已损坏，或者不是 Word 文档"
    if reason:
        raise ConfigError(
            f"版式文件不能用：{reason}。请删去后另存为 .docx，或者删去这个文件，使用默认的版式。", file=file
        )


def _reasons(content: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        if sum(info.file_size for info in package.infolist()) > _LARGEST:
            yield "文件太大"
            return
        for name in package.namelist():
            parts = PurePosixPath(name.lower())
            if _FOLDERS.intersection(parts.parts) or "vbaproject" in parts.name:
                yield f"里面有嵌入的对象或宏（{parts.name}）"
            if parts.suffix in (".xml", ".rels"):
                yield from _of_part(fromstring(package.read(name)))


def _of_part(root: Element) -> Iterator[str]:
    codes: list[str] = []
    for element in root.iter():
        if element.get("TargetMode", "").lower() == "external":
            yield f"链接到文件以外的内容（{element.get('Target', '')[:80]}）"
        elif element.tag in _OBJECTS:
            yield "里面有嵌入的对象或远程模板"
        elif element.tag == f"{_WORD}fldSimple":
            yield from _of_field(element.get(f"{_WORD}instr", ""))
        elif element.tag == f"{_WORD}fldChar" and element.get(f"{_WORD}fldCharType") == "begin":
            codes.append("")
        elif element.tag == f"{_WORD}instrText":
            codes[-1:] = [(codes[-1] if codes else "") + (element.text or "")]
    for code in codes:
        yield from _of_field(code)


def _of_field(code: str) -> Iterator[str]:
    name = next(iter(code.split()), "").upper()
    if name and name not in FIELDS:
        yield f"里面有“{name[:20]}”域"
