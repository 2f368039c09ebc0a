"""Reports of earlier years go in; what the folder for the portal carries of them, and where, comes out.

A year is offered as far as it is known whole: the figures where all are known, the report where its texts are too. A report
is its body's as that was then: it stands under the name of then, also where that body is part of another one now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from pipeline.machine.digest import digest_of, program
from pipeline.model import Agency, Number, PastReport, Report
from pipeline.periods import Period, name_of
from pipeline.publishing import documents
from pipeline.publishing.data import downloads
from pipeline.publishing.document_paths import BOOK, LIST, REPORTS, WEB, WORD, copy_of
from pipeline.publishing.files import Names
from pipeline.publishing.web import report_page as web
from pipeline.publishing.word import report as word

if TYPE_CHECKING:
    from pipeline.forms.form import Form

Reports = Mapping[Period, Mapping[str, PastReport]]
"""By period and agency code."""


@dataclass(frozen=True, slots=True)
class Archived:
    """A report of an earlier year as it is offered: ``stem`` is where it stands, without a suffix."""

    agency: Agency
    year: Period
    stem: str
    report: Report
    suffixes: tuple[str, ...]
    """The formats, the first being the one that is shown first."""

    @property
    def paths(self) -> tuple[str, ...]:
        """Return its files, relative to the year's output folder."""
        return tuple(f"{self.stem}{suffix}" for suffix in self.suffixes)

    @property
    def basis(self) -> str:
        """Digest what its files are made of, the layouts aside."""
        return digest_of((program(), self.report))


def archived(
    form: Form, agencies: Sequence[Agency], reports: Reports, called: Mapping[int, Mapping[str, str]]
) -> list[Archived]:
    """Return what is offered of earlier years: the newest year first, agencies in the order given.

    ``called`` are the names of then by year and code, where a campaign here knew them; else the name is that of now.
    """
    found: list[Archived] = []
    for year in sorted(reports, reverse=True):
        names, then = Names(), called.get(year, {})
        for agency in (replace(item, name=then.get(item.code, item.name)) for item in agencies):
            stem = names.take(agency.name, agency.code)
            past = reports[year].get(agency.code)
            report = _whole(form, agency, past) if past else None
            if report:
                path = copy_of(f"{REPORTS}/{name_of(year)}/{stem}")
                found.append(Archived(agency, year, path, report, _suffixes(form, report)))
    return found


def builders(
    layouts: documents.Layouts, items: Sequence[Archived]
) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Pair every file with what builds it."""
    makers: Mapping[str, Callable[[Report], bytes]] = {
        WEB: partial(web.render_page, layouts.web),
        WORD: partial(word.render, layouts.word),
        BOOK: partial(downloads.figures_workbook, layouts.downloads),
        LIST: partial(downloads.figures_list, layouts.downloads),
    }
    for item in items:
        for suffix, path in zip(item.suffixes, item.paths, strict=True):
            yield path, partial(makers[suffix], item.report)


def _whole(form: Form, agency: Agency, past: PastReport) -> Report | None:
    """Return the report where every figure of it is known."""
    numbers: list[Number] = [
        value for cell in form.cells if (value := past.numbers.get(cell.key)) is not None
    ]
    if len(numbers) != len(form.cells):
        return None
    texts = {text.key: past.texts.get(text.key, "") for text in form.texts}
    return Report(form.id, agency.name, agency.code, past.year, tuple(numbers), texts, {})


def _suffixes(form: Form, report: Report) -> tuple[str, ...]:
    has_texts = all(report.texts[text.key] for text in form.texts if text.required)
    figures = (BOOK, LIST)
    return (WEB, WORD, *figures) if has_texts else figures
