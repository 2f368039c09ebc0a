"""Paths go in: files, folders, archives, pages saved whole; every file in them that may hold a report comes out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.intake.documents.recognising import SUFFIXES
from pipeline.intake.fetch import inbox_folder
from pipeline.intake.fetch.archive import ARCHIVES, MAILS, SPREADSHEETS, has_suffix, is_clutter
from pipeline.intake.guard import isolation as barrier
from pipeline.machine.durable import files_below
from pipeline.model import Envelope, Reading

if TYPE_CHECKING:
    from pipeline.forms.form import Form
    from pipeline.machine.pool import Pool

FIGURES = ".csv"
_PAGES = frozenset({".html", ".htm"})
_COMPANIONS = ("_files", ".files", "-Dateien", "_文件")
_WANTED = SPREADSHEETS | SUFFIXES | ARCHIVES | MAILS | {FIGURES}


def files_in(paths: Sequence[Path]) -> list[Path]:
    """List the files that are named or lie in folders that are named, each once, in the order of their paths."""
    found: dict[Path, None] = {}
    for path in paths:
        found |= dict.fromkeys(_below(path) if path.is_dir() else [path])
    return list(found)


def readings_in(form: Form, path: Path, pool: Pool) -> list[tuple[Envelope, Reading]]:
    """Return what is to be read in one file, of an archive all of it, and what it reads. Raises OSError.

    Opened and read in ``pool``: whatever a file does, it does to itself.
    """
    envelopes, failure = inbox_folder.open_file(path, barrier.opener(pool), with_documents=True)
    if failure:
        return [(item, barrier.set_aside(failure)) for item in envelopes]
    works = [
        barrier.ItemWork(number, "", partial(barrier.reading, form.reference, item.content))
        for number, item in enumerate(envelopes)
    ]
    read = dict(barrier.carried_out(pool, works, barrier.Spent()))
    return [(item, barrier.understood(form, read[number])) for number, item in enumerate(envelopes)]


def _below(path: Path) -> Iterator[Path]:
    """Yield the files below a folder, without what only belongs to a saved page."""
    inner = files_below(path)
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
