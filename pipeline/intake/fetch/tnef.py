"""The bytes of a winmail.dat (TNEF) go in; whether files are packed inside comes out.

Outlook wraps a mail in it when told to send "rich text" to a server that does not know the format. Most hold only
formatting and are passed over; one that holds files cannot be read by anybody else, and its sender is told so.
"""

from __future__ import annotations

MAGIC = b"\x78\x9f\x3e\x22"
_HEADER = 6
_ATTRIBUTE = 9
"""Level (1), id (4) and length (4) stand before the data of an attribute, a checksum (2) behind."""
_CHECKSUM = 2
_FILE_DATA = 0x0006800F


def holds_files(content: bytes) -> bool:
    """Whether a TNEF file carries an attachment; a damaged one counts as carrying one, so that somebody asks."""
    start = _HEADER
    while start + _ATTRIBUTE <= len(content):
        kind = int.from_bytes(content[start + 1 : start + 5], "little")
        length = int.from_bytes(content[start + 5 : start + 9], "little")
        if kind == _FILE_DATA:
            return True
        start += _ATTRIBUTE + length + _CHECKSUM
    return start != len(content)
