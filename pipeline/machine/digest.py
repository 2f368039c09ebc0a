"""Plain values, or nianbao itself, go in; a digest comes out that is the same on every machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from itertools import chain


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
    return _digested([resources.files("pipeline")])


@cache
def sources(parts: tuple[str, ...]) -> str:
    """Digest some folders and files of nianbao."""
    return _digested([resources.files("pipeline").joinpath(part) for part in parts])


def _digested(parts: Iterable[Traversable]) -> str:
    digest = hashlib.sha256()
    for item in chain.from_iterable(map(_sources, parts)):
        digest.update(item.name.encode())
        digest.update(item.read_bytes())
    return digest.hexdigest()


def _sources(folder: Traversable) -> Iterator[Traversable]:
    if folder.is_file():
        yield folder
        return
    for item in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if item.is_dir() and not item.name.startswith("__"):
            yield from _sources(item)
        elif not item.is_dir() and not item.name.endswith(".pyc"):
            yield item
