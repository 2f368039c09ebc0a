"""What costs a moment to make and depends on nothing else goes in under a name; the same bytes come out, or nothing.

The folder is the user's own cache. It may be deleted, damaged or not writable at any moment: then things are made anew, and
nothing else changes. ``NIANBAO_CACHE`` says where it is; empty, there is none. Whatever else lies in it is somebody's: only what
carries its own digest, as things do that are kept here, ever goes.
"""

from __future__ import annotations

import hashlib
import os
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp

from pipeline.machine.durable import make_folder

FOLDER = "NIANBAO_CACHE"
"""Of the environment: the folder, for a process whose home is another."""
_MOST = 32
"""So many things are kept; those that were made first go first."""
_LARGEST = 64 * 1024 * 1024
"""Bytes; what is larger is not ours, and is not looked into."""
_DIGEST_BYTES = 32


def folder() -> Path | None:
    """Return where things are kept, None where they are not."""
    said = os.environ.get(FOLDER)
    if said is not None:
        return Path(said) if said else None
    try:
        home = Path.home()
    except RuntimeError:
        return None
    usual = {"win32": home / "AppData" / "Local", "darwin": home / "Library" / "Caches"}
    named = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME")
    own = (
        "nianbao-cache" if sys.platform == "win32" else "nianbao"
    )  # where Windows keeps caches the kit installs programs
    return Path(named or usual.get(sys.platform, home / ".cache")) / own


def recall(name: str) -> bytes | None:
    """Return what is kept under ``name``, None if it is not there whole."""
    place = folder()
    return None if place is None else _content(place / name)


def keep(name: str, content: bytes) -> None:
    """Keep ``content`` under ``name`` if that can be done."""
    place = folder()
    if place is None:
        return
    with suppress(OSError):
        make_folder(place)
        handle, beside = mkstemp(dir=place)  # of its own name: two processes may keep the same
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(content).digest() + content)
            Path(beside).replace(place / name)
        except OSError:  # the disk is full, or another process has it open: there it is
            Path(beside).unlink(missing_ok=True)
        _trim(place)


def _trim(place: Path) -> None:
    """Remove what was kept first, beyond so many. Raises OSError."""
    found = [(path, path.stat()) for path in place.iterdir() if path.is_file() and not path.is_symlink()]
    if len(found) <= _MOST:
        return
    small = [(stat.st_mtime_ns, path) for path, stat in found if stat.st_size <= _LARGEST]
    kept = [path for _, path in sorted(small) if _content(path) is not None]
    for path in kept[:-_MOST]:
        with suppress(OSError):  # another process reads it, or removed it
            path.unlink()


def _content(path: Path) -> bytes | None:
    """Return what is kept at ``path``, None where nothing is that was kept here and is whole."""
    try:
        found = path.read_bytes()
    except OSError:
        return None
    digest, content = found[:_DIGEST_BYTES], found[_DIGEST_BYTES:]
    return content if hashlib.sha256(content).digest() == digest else None
