"""What costs a moment to make and depends on nothing else goes in under a name; the same bytes come out, or nothing.

The folder is the user's own cache. It may be deleted, damaged or not writable at any moment: then things are made anew, and
nothing else changes. ``NIANBAO_CACHE`` says where it is; empty, there is none.
"""

from __future__ import annotations

import hashlib
import os
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from pipeline.machine.durable import make_folder

FOLDER = "NIANBAO_CACHE"
"""Of the environment: the folder, for a process whose home is another."""
_MOST = 32
"""So many things are kept; those that were made first go first."""
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
    return Path(named or usual.get(sys.platform, home / ".cache")) / "nianbao"


def recall(name: str) -> bytes | None:
    """Return what is kept under ``name``, None if it is not there whole."""
    place = folder()
    if place is None:
        return None
    try:
        found = (place / name).read_bytes()
    except OSError:
        return None
    digest, content = found[:_DIGEST_BYTES], found[_DIGEST_BYTES:]
    return content if hashlib.sha256(content).digest() == digest else None


def keep(name: str, content: bytes) -> None:
    """Keep ``content`` under ``name`` if that can be done."""
    place = folder()
    if place is None:
        return
    with suppress(OSError):
        make_folder(place)
        with NamedTemporaryFile(
            dir=place, delete=False
        ) as file:  # of its own name: two processes may keep the same
            file.write(hashlib.sha256(content).digest() + content)
        Path(file.name).replace(place / name)
        kept = sorted(place.iterdir(), key=lambda path: path.stat().st_mtime_ns)
        for path in kept[:-_MOST]:
            path.unlink()
