"""Bytes go in; a read-only file named by their SHA-256 comes out, kept for good.

What was sent is evidence: it is stored before anything is decided about it, and never changed or removed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.machine.durable import (
    READ_ONLY,
    discard,
    flush,
    put_in_place,
    read_whole,
    sync_folder,
    write_beside,
)
from pipeline.model import EnvironmentFailedError


class Originals:
    """The folder of originals. ``in_memory`` keeps new ones off the disk, for a run that writes nothing."""

    def __init__(self, folder: Path, *, in_memory: bool = False) -> None:
        self._folder = folder
        self._unwritten: dict[str, bytes] | None = {} if in_memory else None
        self._unsettled: set[str] = set()
        self.added = 0
        """Bytes that were stored since the ledger was opened."""

    def keep(self, contents: dict[str, bytes]) -> None:
        """Store ``contents``, keyed by their digests; those already there are left alone. Raises OSError."""
        self.add(contents)
        self.settle()

    def add(self, contents: dict[str, bytes]) -> None:
        """Begin to store ``contents``; they are stored for good by ``settle``, all together. Raises OSError."""
        if self._unwritten is not None:
            self._unwritten |= contents
            return
        for digest, content in contents.items():
            if digest not in self._unsettled and not self._path(digest).is_file():
                with self._whole_or_none():
                    write_beside(self._path(digest), content, mode=READ_ONLY, flushes=False)
                self._unsettled.add(digest)
                self.added += len(content)

    def settle(self) -> None:
        """Store for good what was added: forced to the disk first, then named. Raises OSError."""
        if not self._unsettled:
            return
        with self._whole_or_none():
            flush(self._folder)
            for digest in sorted(self._unsettled):
                put_in_place(self._path(digest))
        self._unsettled.clear()
        sync_folder(self._folder)

    @contextmanager
    def _whole_or_none(self) -> Iterator[None]:
        """Take away what was begun, where the disk fails: the next run stores it again."""
        try:
            yield
        except OSError:
            for digest in self._unsettled:
                discard(self._path(digest))
            self._unsettled.clear()
            raise

    def has(self, digest: str) -> bool:
        """Whether the original with ``digest`` is there."""
        return digest in (self._unwritten or ()) or self._path(digest).is_file()

    def load(self, digest: str) -> bytes:
        """Return the original with ``digest``. Raises EnvironmentFailedError if it is gone or not what it was."""
        if self._unwritten and digest in self._unwritten:
            return self._unwritten[digest]
        path = self._path(digest)
        content = read_whole(path) if path.is_file() else b""
        if hashlib.sha256(content).hexdigest() != digest:
            raise EnvironmentFailedError(f"原件 {path} 丢失或已被改动。请从备份恢复这个文件，然后重新运行。")
        return content

    def _path(self, digest: str) -> Path:
        return self._folder / digest
