"""A run goes in; which files it writes, what each is made of and which may stay comes out, before a byte is written.

    reports/<agency>.docx .html     a report that counts; stays while layout, style, program and all that its judgement
    site/reports/<agency>.*         depends on are the same. It is not even made again.
    returned/<agency>_第n次.xlsx     a submission that goes back: the same
    *.pdf and their copies          stay while the Word report says what they were printed from (see ``pdf``)
    site/reports/<year>/<agency>.*  a report of an earlier year; stays while it and the layouts are the same
    site/index.html, index.html, the district's workbook, report and table for above, figures.csv, findings.csv
                                    the whole run: made each time, written where their bytes differ
    run.json                        last, so that an interrupted run is seen and done again

What the run before wrote and this one does not is removed. A run in which nothing changed does not come here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from pipeline.district.folder import District
from pipeline.forms.form import Form
from pipeline.forms.weighed import is_in_doubt
from pipeline.machine.digest import digest_of
from pipeline.model import (
    ArrivalKey,
    Assessment,
    Compared,
    DistrictSummary,
    Made,
    Notice,
    OtherCampaign,
    PastReport,
    Report,
    RunCounts,
    Verdict,
)
from pipeline.periods import title_of
from pipeline.publishing.data import record
from pipeline.publishing.document_paths import PAGE, WEB, WORD, copy_of, lists_of, path_of, paths_of
from pipeline.publishing.documents import PrintJob
from pipeline.publishing.drafting import is_summed
from pipeline.publishing.earlier_years import Archived, Reports, archived
from pipeline.publishing.files import Names, safe_name
from pipeline.publishing.listings import listed_names
from pipeline.publishing.returning import shown_in
from pipeline.publishing.summary.background import Background
from pipeline.publishing.year_folder import is_as_written
from pipeline.wording.messages import notices

RETURNED = "returned"
_ALWAYS_NAMED = ("summary", "district_report")
"""In ``run.json``: named also where there is no such file."""


@dataclass(frozen=True, slots=True)
class Publication:
    """Everything that publishing needs to know of a run. ``assessments`` stand in order of arrival."""

    form: Form
    district: District
    summary: DistrictSummary
    assessments: Sequence[Assessment]
    leftovers: Sequence[record.Leftover]
    layout: bytes
    style: bytes
    now: datetime
    bases: Mapping[ArrivalKey, str] = field(default_factory=dict)
    """By the key of an assessment: the digest of everything it depends on."""
    background: Background = field(default_factory=Background)
    """What earlier years and the ledger know."""
    made: Mapping[str, Made] = field(default_factory=dict)
    """What the runs before wrote, by path; a file made of the same is not made again."""
    was_cut_off: bool = False
    """Whether the run before did not come to its end."""
    adopts: bool = False
    """Whether what stands in the folder was written by a program that kept no digests."""
    announce: Callable[[Iterable[str]], object] = lambda _: None
    """Is told of every path before the first is written."""
    note: Callable[[Mapping[str, str]], object] = lambda _: None
    """Is told of the digest of every file, by path, before it is put in place."""
    today: date | None = None
    """The day on which the files are written, where they are made as of another."""
    history: Mapping[str, PastReport] = field(default_factory=dict)
    """Last year's reports by agency code."""
    with_pdf: bool = False
    """Whether the Word reports are to be printed as PDF."""
    earlier_runs: Sequence[RunCounts] = ()
    """How earlier runs found the agencies, oldest first."""
    archive: Reports = field(default_factory=dict)
    """The reports of earlier years that are known."""
    called: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    """The names of those whose reports counted in earlier years, as they were then: by year and code."""
    published: Sequence[Compared] = ()
    """What was published, against what counts."""
    finished: Mapping[str, bytes] = field(default_factory=dict)
    """The district's own report, finished by a person and as it was published, by suffix."""
    beside: Sequence[OtherCampaign] = ()
    """The other forms that the district collects at the same time."""


@dataclass(frozen=True, slots=True)
class FilePlan:
    """The files of a run by path, relative to the year's folder; assessments are known by their keys."""

    files: Mapping[str, str]
    """Those of the whole run, by their name in ``run.json``."""
    stems: Mapping[ArrivalKey, str]
    """The name of a report's documents, without a suffix, by the assessment that counts."""
    offered: frozenset[ArrivalKey]
    """The reports that go into the folder for the portal: all but those whose words stand in another report, or are in doubt; none of a form that nobody publishes."""
    returned: Mapping[ArrivalKey, str]
    """The marked workbook of each submission that goes back."""
    bases: Mapping[str, str]
    """What each file that speaks of one submission alone is made of, as a digest; and of one report of an earlier year."""
    archive: tuple[Archived, ...] = ()
    """The reports of earlier years in the folder for the portal."""
    printed: tuple[str, ...] = ()
    """The names of the documents that are made: none of a form that prints nothing."""
    finished: Mapping[str, str] = field(default_factory=dict)
    """Where the district's own report stands in the folder for the portal, by suffix."""


def plan(publication: Publication) -> FilePlan:
    """Decide every path of ``publication`` and what may stay is measured by."""
    stems, returned = _stems(publication), _returned(publication)
    is_public = publication.form.is_public
    offered = frozenset(
        item.key
        for item in publication.assessments
        if is_public
        and item.key in stems
        and publication.form.sections
        and item.report
        and not (is_summed(publication.form, item.report) or unanswered(publication.form, item))
    )
    older = archived(
        publication.form,
        publication.district.roster_agencies,
        publication.archive if is_public else {},
        publication.called,
    )
    layouts = digest_of(map(digest_of, ([publication.layout], [publication.style])))
    bases = _bases(publication, stems, offered, returned)
    bases |= {path: digest_of((layouts, item.basis)) for item in older for path in item.paths}
    own = _own_name(publication.form, publication.district)
    return FilePlan(
        _files(publication.form, publication.district),
        stems,
        offered,
        returned,
        bases,
        tuple(older),
        tuple(_printed(publication, stems).values()),
        {suffix: copy_of(path_of(own, suffix)) for suffix in publication.finished if is_public},
    )


def unanswered(form: Form, item: Assessment) -> bool:
    """Whether a report says something that may be wrong, so that it is not offered to be published."""
    return any(is_in_doubt(form, finding) for finding in item.findings)


def kept(publication: Publication, planned: FilePlan, folder: Path) -> set[str]:
    """Return the paths that stay: there as the run before left them, and made of the same."""
    return {
        path
        for path, basis in planned.bases.items()
        if _stays(folder, path, basis, publication.made.get(path))
    }


def jobs(publication: Publication, planned: FilePlan, folder: Path, staying: set[str]) -> list[PrintJob]:
    """Return every report that counts, in roster order, with whether its documents stay."""
    return [
        _job(publication, folder, stem, report, staying, is_offered=state.counting.key in planned.offered)
        for state in publication.summary.states
        if state.counting
        and (report := state.counting.report)
        and (stem := _printed(publication, planned.stems).get(state.counting.key))
    ]


def _job(
    publication: Publication, folder: Path, stem: str, report: Report, staying: set[str], *, is_offered: bool
) -> PrintJob:
    is_made = staying.issuperset(paths_of(stem, is_offered=is_offered))
    document = publication.made.get(path_of(stem, WORD)) if is_made else None
    return PrintJob(folder, stem, report, is_offered, is_made, document.read if document else None)


def recorded(
    publication: Publication, planned: FilePlan, words: Mapping[ArrivalKey, Sequence[Notice]]
) -> record.Record:
    """Describe the run as ``run.json`` will; PDFs are added when they are printed."""
    spoken = _words(publication.assessments)
    submissions = [
        record.submission_record(
            item,
            words[item.key],
            clerk=publication.form.clerk_of(item.submission.reading.entries),
            **_report_paths(
                _printed(publication, planned.stems).get(item.key), is_offered=item.key in planned.offered
            ),
            returned=planned.returned.get(item.key),
            counts=item.key in planned.stems,
            word=spoken.get(item.key),
        )
        for item in publication.assessments
    ]
    submissions += [
        record.leftover_record(item, notices(publication.form, item.findings))
        for item in publication.leftovers
    ]
    by_file = sorted(submissions, key=lambda item: str(item["file"]))
    return record.run_record(
        publication.summary,
        now=publication.now,
        files={**dict.fromkeys(_ALWAYS_NAMED), **planned.files, "site": planned.files.get("site")},
        lists=[*lists_of(len(publication.summary.states))],
        submissions=by_file,
        archive=[
            *(path for item in planned.archive for path in item.paths),
            *planned.finished.values(),
        ],
        published=[
            record.published_record(item, notices(publication.form, item.findings))
            for item in publication.published
            if not item.is_well
        ],
    )


def _words(assessments: Sequence[Assessment]) -> dict[ArrivalKey, int]:
    """Number the versions of each agency in the order in which they were sent last, from 1, by their keys."""
    own: dict[str, list[Assessment]] = {}
    for item in assessments:
        if item.submission.agency:
            own.setdefault(item.submission.agency.code, []).append(item)
    ordered = (sorted(files, key=lambda item: (item.word, item.version)) for files in own.values())
    return {item.key: number for files in ordered for number, item in enumerate(files, 1)}


def _files(form: Form, district: District) -> dict[str, str]:
    about = f"{district.name}{form.about(district.year)}"
    return {
        "summary": f"{safe_name(about, '汇总表')}.xlsx",
        **({"district_report": _own_name(form, district) + WORD} if form.sections else {}),
        "upward": f"{safe_name(about, '上报表')}.xlsx",
        "dashboard": PAGE,
        **({"site": copy_of(PAGE)} if form.is_public else {}),
        "figures": "figures.csv",
        "findings": "findings.csv",
        **{name: f"{name}.csv" for name in listed_names(form)},
    }


def _own_name(form: Form, district: District) -> str:
    """Name the district's own report, without a suffix."""
    return safe_name(f"{district.name}{title_of(district.year)}", topic=form.words.document)


def _stems(publication: Publication) -> dict[ArrivalKey, str]:
    """Name the documents of each report that counts; of equal names the later in the roster gets the agency's code."""
    names = Names()
    stems = [
        (state, names.take(state.agency.name, state.agency.code)) for state in publication.summary.states
    ]
    return {state.counting.key: stem for state, stem in stems if state.counting}


def _printed(publication: Publication, stems: Mapping[ArrivalKey, str]) -> Mapping[ArrivalKey, str]:
    """Return the names of those documents that are made: none of a form that prints nothing."""
    return stems if publication.form.sections else {}


def _returned(publication: Publication) -> dict[ArrivalKey, str]:
    """Name the marked workbook of every returned submission of a known agency."""
    names = Names()
    return {
        item.key: f"{RETURNED}/{names.take(agency.name, agency.code, f'_第{item.version}次')}.xlsx"
        for item in publication.assessments
        if item.verdict is Verdict.RETURNED and (agency := item.submission.agency)
    }


def _bases(
    publication: Publication,
    stems: Mapping[ArrivalKey, str],
    offered: frozenset[ArrivalKey],
    returned: Mapping[ArrivalKey, str],
) -> dict[str, str]:
    layouts = digest_of(map(digest_of, ([publication.layout], [publication.style])))
    printed = {
        number: paths_of(stem, is_offered=number in offered)
        for number, stem in _printed(publication, stems).items()
    }
    found = {
        path: digest_of((layouts, publication.bases[number]))
        for number, several in printed.items()
        for path in several
        if number in publication.bases
    }
    for item in publication.assessments:
        if item.key in returned and item.key in publication.bases:
            shown = shown_in(publication.assessments, item)
            found[returned[item.key]] = digest_of(
                (layouts, publication.bases[item.key], publication.bases.get(shown.key, "") if shown else "")
            )
    return found


def _stays(folder: Path, path: str, basis: str, known: Made | None) -> bool:
    return (
        known is not None and known.basis == basis and not known.beside and is_as_written(folder, path, known)
    )


def _report_paths(stem: str | None, *, is_offered: bool) -> dict[str, str | None]:
    suffixes = {"report": WORD, "html": WEB}
    paths = {key: path_of(stem, suffix) if stem else None for key, suffix in suffixes.items()}
    return {**paths, "site": copy_of(paths["html"]) if paths["html"] and is_offered else None}
