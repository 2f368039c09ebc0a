"""Plain values, or nianbao itself, go in; a digest comes out that is the same on every machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable


def digest_of(parts: Iterable[object]) -> str:
    """Digest plain values that print the same every time."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(repr(part).encode())
        digest.update(b"\0")
    return digest.hexdigest()


@cache
def program() -> str:
    """Digest nianbao itself: a new version may judge, say or print things differently."""
    digest = hashlib.sha256()
    for item in _sources(resources.files("pipeline")):
        digest.update(item.name.encode())
        digest.update(item.read_bytes())
    return digest.hexdigest()


def _sources(folder: Traversable) -> Iterator[Traversable]:
    for item in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if item.is_dir() and not item.name.startswith("__"):
            yield from _sources(item)
        elif not item.is_dir() and not item.name.endswith(".pyc"):
            yield item
