"""Bytes go in; a read-only file named by their SHA-256 comes out, kept for good.

What was sent is evidence: it is stored before anything is decided about it, and never changed or removed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from pipeline.machine.durable import READ_ONLY, sync_folder, write_whole
from pipeline.model import EnvironmentFailedError


class Originals:
    """The folder of originals. ``in_memory`` keeps new ones off the disk, for a run that writes nothing."""

    def __init__(self, folder: Path, *, in_memory: bool = False) -> None:
        self._folder = folder
        self._unwritten: dict[str, bytes] | None = {} if in_memory else None
        self.added = 0
        """Bytes that were stored since the ledger was opened."""

    def keep(self, contents: dict[str, bytes]) -> None:
        """Store ``contents``, keyed by their digests; those already there are left alone. Raises OSError."""
        if self._unwritten is not None:
            self._unwritten |= contents
            return
        new = {digest: content for digest, content in contents.items() if not self._path(digest).is_file()}
        for digest, content in new.items():
            write_whole(self._path(digest), content, mode=READ_ONLY)
            self.added += len(content)
        if new:
            sync_folder(self._folder)

    def has(self, digest: str) -> bool:
        """Whether the original with ``digest`` is there."""
        return digest in (self._unwritten or ()) or self._path(digest).is_file()

    def load(self, digest: str) -> bytes:
        """Return the original with ``digest``. Raises EnvironmentFailedError if it is gone or not what it was."""
        if self._unwritten and digest in self._unwritten:
            return self._unwritten[digest]
        path = self._path(digest)
        content = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(content).hexdigest() != digest:
            raise EnvironmentFailedError(f"原件 {path} 丢失或已被改动。请从备份恢复这个文件，然后重新运行。")
        return content

    def _path(self, digest: str) -> Path:
        return self._folder / digest
