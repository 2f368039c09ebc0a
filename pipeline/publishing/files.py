"""Bytes and a path go in; a whole file comes out, or none.

A file is built beside its place and renamed into it, so a reader never sees half of one; a file that already holds
the same bytes is left alone, so a run with nothing new rewrites nothing.
"""

from __future__ import annotations

import os
import re
import unicodedata
from itertools import chain, count
from pathlib import Path, PurePosixPath
from stat import S_ISREG

from pipeline.machine.durable import read_whole, write_whole

_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|(com|lpt)[\d¹²³]|con(in|out)\$)\s*(\.|$)")
_MOST_BYTES = 180
"""Room for a suffix within the 255 bytes that common file systems allow a name."""
_MOST_OF_MARK = 60
_LEAST_OF_TOPIC = 90
"""Of a long topic that much stays, thirty Chinese characters, however long the name before it is."""


def write_if_changed(path: Path, content: bytes) -> bool:
    """Put ``content`` at ``path``; return whether anything had to be written. Raises OSError."""
    if same_bytes(path, content):
        return False
    write_whole(path, content)
    return True


def same_bytes(path: Path | str, content: bytes) -> bool:
    """Whether ``content`` is what stands at ``path``."""
    try:
        stat = os.stat(path)  # noqa: PTH116 - a run asks it of thousands of files: see ``durable``
    except OSError:
        return False
    is_alike = S_ISREG(stat.st_mode) and stat.st_size == len(content)
    return is_alike and read_whole(path) == content


def safe_name(name: str, end: str = "", topic: str = "") -> str:
    """Return ``name``, ``topic`` and ``end`` as every file system takes them: no forbidden characters, no reserved word, not too long.

    Of what is too long the topic is cut, then the name, never the short ``end``, which tells names apart.
    """
    end, topic = _FORBIDDEN.sub("_", end), _FORBIDDEN.sub("_", topic)
    cleaned = _FORBIDDEN.sub("_", name).strip(" .") or "_"
    if _RESERVED.match(cleaned):
        cleaned = f"_{cleaned}"
    room = _MOST_BYTES - len(end.encode())
    topic = _cut(topic, max(room - len(cleaned.encode()), _LEAST_OF_TOPIC))
    return f"{_cut(cleaned, room - len(topic.encode()))}{topic}{end}".rstrip(" .")


def is_spelled_so(folder: Path, path: str) -> bool:
    """Whether what stands at ``path`` in ``folder`` is called by this very name: some disks find it by one that differs in case."""
    place = folder
    for part in PurePosixPath(path).parts:
        try:
            if part not in os.listdir(place):  # noqa: PTH208 - names alone
                return False
        except OSError:
            return False
        place /= part
    return True


class Names:
    """Names the files of a folder, each its own also where a file system tells neither case nor width apart."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, name: str, mark: str, end: str = "") -> str:
        """Return ``name`` with the short ``end``; where that is taken, with ``mark`` between them, numbered if need be."""
        mark = _cut(mark, _MOST_OF_MARK)
        between = chain(("", f"_{mark}"), (f"_{mark}_{number}" for number in count(2)))
        candidates = (safe_name(name, f"{words}{end}") for words in between)
        found = next(item for item in candidates if folded_path(item) not in self._taken)
        self._taken.add(folded_path(found))
        return found


def _cut(text: str, most: int) -> str:
    return text.encode()[: max(most, 0)].decode(errors="ignore")


def folded_path(name: str) -> str:
    """Return what names or paths have in common that a disk may take for one: it tells neither case nor width apart."""
    return unicodedata.normalize("NFKC", name).casefold()
