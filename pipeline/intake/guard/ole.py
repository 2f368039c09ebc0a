"""The bytes of an OLE file (.xls, .doc, an encrypted .xlsx …) go in; the names in its root folder come out.

Only the directory is read, and only the root's own level: an .xls inside a .doc does not make a workbook.
"""

from __future__ import annotations

import struct

from pipeline.intake.guard.refusal import Refused, not_a_workbook

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER = 512
_ENTRY = 128
_NOTHING = 0xFFFFFFFF
_LAST_SECTOR = 0xFFFFFFFA
_MAX_SECTORS = 4096
_KINDS = (
    ("EncryptedPackage", ""),
    ("Workbook", "xls"),
    ("Book", "xls"),
)
_FOREIGN = (
    ("WordDocument", "Word 文档"),
    ("PowerPoint Document", "PPT 演示文稿"),
    ("VisioDocument", "Visio 图"),
)


def kind_of(content: bytes) -> str:
    """Return ``xls``. Raises Refused for encrypted, damaged and other OLE files."""
    names = {name.casefold() for name in root_names(content)}
    for name, kind in _KINDS:
        if name.casefold() in names:
            if not kind:
                raise Refused("encrypted")
            return kind
    for name, foreign in _FOREIGN:
        if name.casefold() in names:
            raise not_a_workbook(foreign)
    if any(name.startswith("__substg1.0_") or name == "__properties_version1.0" for name in names):
        raise not_a_workbook("Outlook 邮件")
    raise Refused("damaged") if not names else not_a_workbook("其他格式的文档")


def root_names(content: bytes) -> list[str]:
    """List the streams and folders in the root of an OLE file. Raises Refused where it is damaged."""
    try:
        directory = _directory(content)
        child = struct.unpack_from("<I", directory, 76)[0]
    except (struct.error, IndexError):
        raise Refused("damaged") from None
    names: list[str] = []
    waiting, seen = [child], set[int]()
    while waiting:
        number = waiting.pop()
        start = number * _ENTRY
        if number == _NOTHING or number in seen or start + _ENTRY > len(directory):
            continue
        seen.add(number)
        length = min(64, int.from_bytes(directory[start + 64 : start + 66], "little"))
        names.append(directory[start : start + max(0, length - 2)].decode("utf-16-le", "replace"))
        waiting += struct.unpack_from("<II", directory, start + 68)
    return names


def _directory(content: bytes) -> bytes:
    """Join the sectors of the directory by following the allocation table."""
    size = 1 << min(12, int.from_bytes(content[30:32], "little"))
    table_sectors = [sector for sector in struct.unpack_from("<109I", content, 76) if sector <= _LAST_SECTOR]
    table = b"".join(_sector(content, sector, size) for sector in table_sectors)
    sector = struct.unpack_from("<I", content, 48)[0]
    chunks: list[bytes] = []
    while sector < _LAST_SECTOR and len(chunks) < _MAX_SECTORS:
        chunks.append(_sector(content, sector, size))
        following = table[sector * 4 : sector * 4 + 4]
        sector = int.from_bytes(following, "little") if following else _NOTHING
    return b"".join(chunks)


def _sector(content: bytes, number: int, size: int) -> bytes:
    start = (number + 1) * max(size, _HEADER)
    return content[start : start + size]
