"""Bytes and a path go in; a whole file comes out, or none.

A file is built beside its place and renamed into it, so a reader never sees half of one; a file that already holds
the same bytes is left alone, so a night with nothing new rewrites nothing.
"""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.machine.durable import write_whole

_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
_RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)$")
_MOST_BYTES = 180
"""Room for a suffix within the 255 bytes that common file systems allow a name."""


def write_if_changed(path: Path, content: bytes) -> bool:
    """Put ``content`` at ``path``; return whether anything had to be written. Raises OSError."""
    if path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content:
        return False
    write_whole(path, content)
    return True


def safe_name(name: str) -> str:
    """Return ``name`` as every file system takes it: no forbidden characters, no reserved word, not too long."""
    cleaned = _FORBIDDEN.sub("_", name).strip(" .") or "_"
    if _RESERVED.match(cleaned):
        cleaned = f"_{cleaned}"
    while len(cleaned.encode()) > _MOST_BYTES:
        cleaned = cleaned[:-1]
    return cleaned
