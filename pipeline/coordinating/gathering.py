"""Paths go in: files, folders, archives, pages saved whole; every file in them that may hold a report comes out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.intake import folder
from pipeline.intake.archive import ARCHIVES, SPREADSHEETS, has_suffix, is_clutter
from pipeline.intake.documents.opening import SUFFIXES
from pipeline.model import Envelope

FIGURES = ".csv"
_PAGES = frozenset({".html", ".htm"})
_COMPANIONS = ("_files", ".files", "-Dateien", "_文件")
_WANTED = SPREADSHEETS | SUFFIXES | ARCHIVES | {FIGURES, ".eml"}


def files_in(paths: Sequence[Path]) -> list[Path]:
    """List the files that are named or lie in folders that are named, each once, in the order of their paths."""
    found: dict[Path, None] = {}
    for path in paths:
        found |= dict.fromkeys(_below(path) if path.is_dir() else [path])
    return list(found)


def envelopes_in(path: Path) -> tuple[Envelope, ...]:
    """Return what is to be read in one file; of an archive all of it. Raises OSError."""
    return folder.open_file(path, with_documents=True)


def _below(path: Path) -> Iterator[Path]:
    """Yield the files below a folder, without what only belongs to a saved page."""
    inner = sorted(item for item in path.rglob("*") if item.is_file())
    pages = {item.with_suffix("") for item in inner if has_suffix(item.name, _PAGES)}
    aside = {page.with_name(page.name + mark) for page in pages for mark in _COMPANIONS}
    for item in inner:
        parts = item.relative_to(path).parts
        if (
            aside.isdisjoint(item.parents)
            and not any(map(is_clutter, parts))
            and has_suffix(item.name, _WANTED)
        ):
            yield item
