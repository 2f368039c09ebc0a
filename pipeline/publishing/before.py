"""The year's folder goes in; what the last finished night left there comes out, as its record tells."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from pipeline.publishing import documents, record

RUN_NAME = "run.json"


def read_record(folder: Path) -> record.Record | None:
    """Return the record of the last finished night in ``folder``, None if there is none that can be used."""
    try:
        found = json.loads((folder / RUN_NAME).read_text("utf-8"))
    except (FileNotFoundError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and _is_within(folder, found) else None


def _is_within(folder: Path, found: record.Record) -> bool:
    """Whether the record names files of this folder only: who can write here must not have others removed or sent."""
    try:
        paths = all_paths(found)
    except (KeyError, TypeError, AttributeError, ValueError):
        return False
    whole = folder.resolve()
    return all(
        isinstance(path, str)
        and not {"..", "\\", ":"} & {*PurePosixPath(path).parts, *path}
        and (folder / path).resolve().is_relative_to(whole)
        for path in paths
    )


def is_complete(folder: Path, found: record.Record, *, with_pdf: bool = False) -> bool:
    """Whether every file that the record names is there and, if wanted, every report has its PDF."""
    if with_pdf and any(item["report"] and not item.get("pdf") for item in found["submissions"]):
        return False
    return all((folder / path).is_file() for path in all_paths(found))


def outdated(folder: Path, tonight: record.Record, known: Iterable[str]) -> tuple[str, ...]:
    """Return what is there and ``tonight`` does not write: of the night before, and ``known`` of one that was cut off."""
    earlier = read_record(folder)
    paths = {*known, *(all_paths(earlier) if earlier else ())} - all_paths(tonight)
    return tuple(path for path in sorted(paths) if (folder / path).is_file())


def all_paths(found: record.Record) -> set[str]:
    """Return every output of the night that ``found`` records: what it names, and the copies in ``site/``.

    Earlier records do not say which reports were offered there: all were.
    """
    reports = [item for item in found["submissions"] if item["report"]]
    offered = [item for item in reports if item.get("site", item["report"])]
    stems = (PurePosixPath(item["report"]).name.removesuffix(documents.WORD) for item in offered)
    copies = {documents.copy_of(item["pdf"]) for item in offered if item.get("pdf")}
    return (record.paths(found) | copies).union(*map(documents.paths_of, stems))
