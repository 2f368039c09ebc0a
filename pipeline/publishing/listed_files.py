"""A record goes in; every file that it speaks of, and what of an earlier run is none of them, comes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from pipeline.model import Made
from pipeline.publishing.data import record
from pipeline.publishing.document_paths import WORD, copy_of, paths_of
from pipeline.publishing.year_folder import is_as_written

RUN_NAME = "run.json"


def is_complete(
    folder: Path,
    found: record.Record,
    made: Mapping[str, Made],
    *,
    drafts: frozenset[str],
    with_pdf: bool = False,
) -> bool:
    """Whether every file that the record names stands there as it was written and, if wanted, every report has its PDF.

    A draft may have been completed by hand, and the pages are written anew in any case.
    """
    if with_pdf and any(item["report"] and not item.get("pdf") for item in found["submissions"]):
        return False
    paths = (all_paths(found) | {RUN_NAME}) - {found["files"]["dashboard"], *found.get("lists", ())}
    return all(
        path in made
        and not made[path].beside
        and ((folder / path).is_file() if path in drafts else is_as_written(folder, path, made[path]))
        for path in paths
    )


def outdated(folder: Path, found: record.Record, known: Iterable[str]) -> tuple[str, ...]:
    """Return what is there, is ``known`` as written by an earlier run, and is not written by this one."""
    paths = {*known} - all_paths(found) - {RUN_NAME}
    return tuple(path for path in sorted(paths) if (folder / path).is_file())


def drafts(found: record.Record) -> frozenset[str]:
    """Return the outputs that people are asked to complete."""
    return frozenset({path for path in (found["files"]["district_report"],) if path})


def all_paths(found: record.Record) -> set[str]:
    """Return every output of the run that ``found`` records: what it names, and the copies in ``site/``."""
    reports = [item for item in found["submissions"] if item["report"]]
    offered = [item for item in reports if item["site"]]
    stems = (PurePosixPath(item["report"]).name.removesuffix(WORD) for item in offered)
    copies = {copy_of(item["pdf"]) for item in offered if item.get("pdf")}
    return (record.paths(found) | copies).union(*map(paths_of, stems))
