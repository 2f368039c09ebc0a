"""Reports that count go in; each is printed in every format, only what differs being written.

What stands in the written Word documents is read back, so that the run can prove that it is what was sent.

What printing needs is compiled once and can be pickled, so that any worker can take a chunk of the reports.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipeline.forms.form import Form
from pipeline.machine.durable import read_whole
from pipeline.model import Number, ReadBack, Report
from pipeline.publishing.data import downloads
from pipeline.publishing.document_paths import BOOK, LIST, WEB, WORD, path_of, paths_of
from pipeline.publishing.web import report_page as web
from pipeline.publishing.word import report as word
from pipeline.publishing.word.printed_figures import FigureReader, compile_reader, read_figures
from pipeline.publishing.year_folder import Staged, stage_copies


@dataclass(frozen=True, slots=True)
class Layouts:
    """The compiled layouts."""

    word: word.Layout
    web: web.CompiledPage
    downloads: downloads.Downloads
    reader: FigureReader


@dataclass(frozen=True, slots=True)
class PrintJob:
    """A report to print: ``stem`` is its name in ``reports/`` of ``folder``, without a suffix."""

    folder: Path
    stem: str
    report: Report
    is_offered: bool = True
    """Whether it goes into the folder for the portal."""
    is_made: bool = False
    """Whether the documents stand there already, made of the same; then they are only looked at."""
    known: ReadBack | None = None
    """What this program read in the Word document before."""
    document: str = ""
    """Where the Word document stands, if not in its own place."""


@lru_cache(maxsize=4)
def compile_layouts(form: Form, word_layout: bytes, style: str) -> Layouts:
    """Compile the Word layout and the page with the district's style. Raises ConfigError if one cannot be used."""
    return Layouts(
        word.compile_layout(word_layout, form),
        web.compile_page(form, style),
        downloads.compile_downloads(form),
        compile_reader(form),
    )


def write_documents(layouts: Layouts, jobs: Sequence[PrintJob]) -> list[tuple[Staged, ...]]:
    """Print a chunk of reports beside their places; return for each what is to be put in place. Runs in any worker."""
    return [tuple(_written(layouts, job)) for job in jobs]


def read_documents(reader: FigureReader, jobs: Sequence[PrintJob]) -> list[ReadBack]:
    """Read a chunk of Word documents as they lie there once all are written. Runs in any worker."""
    return [_read_back(reader, job) for job in jobs]


def own_figures(jobs: Sequence[PrintJob], read: Sequence[ReadBack]) -> dict[str, tuple[Number | None, ...]]:
    """Return what was read of each agency, by code; a document that stands for two agencies is neither's."""
    times = Counter(item.sha256 for item in read)
    return {
        job.report.code: item.figures for job, item in zip(jobs, read, strict=True) if times[item.sha256] == 1
    }


def _read_back(reader: FigureReader, job: PrintJob) -> ReadBack:
    """Read a document; the very bytes that were read before need not be taken apart again."""
    content = read_whole(job.folder / (job.document or path_of(job.stem, WORD)))
    digest = hashlib.sha256(content).hexdigest()
    if job.known and job.known.sha256 == digest:
        return job.known
    return ReadBack(digest, _once(read_figures(reader, content), job.report.numbers))


def _once(read: tuple[Number | None, ...], figures: tuple[Number, ...]) -> tuple[Number | None, ...]:
    """Hold what was read once, where it is spelled as the report has it."""
    return figures if repr(read) == repr(figures) else read


def _written(layouts: Layouts, job: PrintJob) -> Iterator[Staged]:
    if job.is_made:
        return
    offered = paths_of(job.stem, is_offered=job.is_offered)
    for suffix, content in _printed(layouts, job).items():
        yield from stage_copies(job.folder, [path for path in offered if path.endswith(suffix)], content)


def _printed(layouts: Layouts, job: PrintJob) -> dict[str, bytes]:
    """Print a report in every format, by suffix: two for readers, two for the portal only."""
    report = job.report
    printed = {WORD: word.render(layouts.word, report), WEB: web.render_page(layouts.web, report)}
    if job.is_offered:
        printed[BOOK] = downloads.figures_workbook(layouts.downloads, report)
        printed[LIST] = downloads.figures_list(layouts.downloads, report)
    return printed
