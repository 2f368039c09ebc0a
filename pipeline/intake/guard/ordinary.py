"""A part of an .xlsx goes in; it comes out in UTF-8, and whether it is XML that every reader understands alike."""

from __future__ import annotations

import re
from xml.parsers import expat

from pipeline.intake.guard.refusal import Refused, hostile

_DECLARED = re.compile(
    rb"\s{0,9}<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([\w.:-]{1,40})[\"'][^>]{0,100}>"
)
_OWN = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_OTHERS = frozenset({"gbk", "gb2312", "gb18030", "big5", "iso-8859-1", "windows-1252", "cp936"})
"""What a program may declare and mean; the event parser knows no encodings of several bytes but UTF-8."""


def decoded(data: bytes) -> bytes:
    """Return XML in UTF-8; ``data`` itself where it is. Raises Refused."""
    declared = _DECLARED.match(data, 0, 400)
    name = declared[1].decode("ascii").lower() if declared else "utf-8"
    if name in _OWN:
        return data
    if name not in _OTHERS or not declared:
        raise hostile("文字编码异常")
    try:
        return data[declared.end() :].decode(name).encode()
    except UnicodeDecodeError:
        raise Refused("damaged") from None


def is_ordinary(data: bytes) -> bool:
    """Say whether XML holds nothing that readers may pass over differently. Raises Refused for what is no XML."""
    strange: list[str] = []
    parser = expat.ParserCreate()
    parser.CommentHandler = strange.append
    parser.StartCdataSectionHandler = lambda: strange.append("")
    parser.ProcessingInstructionHandler = lambda *_: strange.append("")
    parser.StartDoctypeDeclHandler = _refuse_definitions
    parse(parser, data)
    return not strange


def _refuse_definitions(*_: object) -> None:
    raise hostile("含有实体定义")


def parse(parser: expat.XMLParserType, data: bytes) -> None:
    """Let ``parser`` read all of ``data``. Raises Refused for what is no XML."""
    try:
        parser.Parse(data, True)  # noqa: FBT003 - the signature of expat
    except (expat.ExpatError, ValueError):  # the latter for an encoding that it does not know
        raise Refused("damaged") from None
