"""A night's summary and assessments go in; the year's output folder comes out, only what differs being written.

Plan first, then act: every path is decided before the first byte is written, and what an earlier night wrote and this
one does not is removed. The record comes last, so an interrupted night is seen and done again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath

from pipeline.district.folder import District
from pipeline.forms.form import Form
from pipeline.machine.digest import digest_of
from pipeline.machine.work import Work
from pipeline.messages import notices
from pipeline.model import (
    Assessment,
    DistrictSummary,
    Made,
    NightCounts,
    Notice,
    PastReport,
    Severity,
    Verdict,
)
from pipeline.publishing import datafiles, documents, drafting, pdf, record, summary, workbook
from pipeline.publishing.documents import Job, path_of
from pipeline.publishing.files import safe_name, write_if_changed
from pipeline.publishing.html import dashboard, site
from pipeline.publishing.html.standing import Link, Morning
from pipeline.publishing.summary import Background

RUN_NAME = "run.json"
FIGURES_NAME = "figures.csv"
FINDINGS_NAME = "findings.csv"
RETURNED = "returned"
SITE_NAME = f"{documents.SITE}/index.html"

Progress = Callable[[str, int, int], None]
"""Called with the stage's Chinese name, how much is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Night:
    """Everything that publishing needs to know of a night. ``assessments`` stand in order of arrival."""

    form: Form
    district: District
    summary: DistrictSummary
    assessments: Sequence[Assessment]
    leftovers: Sequence[record.Leftover]
    layout: bytes
    style: bytes
    now: datetime
    bases: Mapping[int, str] = field(default_factory=dict)
    """By the ``id()`` of an assessment: the digest of everything it depends on."""
    background: Background = field(default_factory=Background)
    """What earlier years and the ledger know."""
    made: Mapping[str, Made] = field(default_factory=dict)
    """What the night before wrote, by path; a file made of the same is not made again."""
    history: Mapping[str, PastReport] = field(default_factory=dict)
    """Last year's reports by agency code."""
    with_pdf: bool = False
    """Whether the Word reports are to be printed as PDF."""
    nights: Sequence[NightCounts] = ()
    """How earlier nights found the agencies, oldest first."""


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did; paths are relative to the year's output folder."""

    record: record.Record
    written: tuple[str, ...]
    removed: tuple[str, ...]
    made: Mapping[str, Made] = field(default_factory=dict)
    failure: str = ""
    """Why some reports have no PDF, in a sentence."""


def read_record(folder: Path) -> record.Record | None:
    """Return the record of the last finished night in ``folder``, None if there is none that can be used."""
    try:
        found = json.loads((folder / RUN_NAME).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def is_complete(folder: Path, found: record.Record, *, with_pdf: bool = False) -> bool:
    """Whether every file that the record names is there and, if wanted, every report has its PDF."""
    if with_pdf and any(item["report"] and not item.get("pdf") for item in found["submissions"]):
        return False
    return all((folder / path).is_file() for path in all_paths(found))


def all_paths(found: record.Record) -> set[str]:
    """Return every output of the night that ``found`` records: what it names, and the copies in ``site/``."""
    reports = (item["report"] for item in found["submissions"] if item["report"])
    stems = (PurePosixPath(path).name.removesuffix(documents.WORD) for path in reports)
    copies = {f"{documents.SITE}/{item['pdf']}" for item in found["submissions"] if item.get("pdf")}
    return (record.paths(found) | copies).union(*map(documents.paths_of, stems))


def publish(
    night: Night, folder: Path, *, work: Work, progress: Progress, dry_run: bool = False
) -> Published:
    """Write the outputs of ``night`` into ``folder``. Raises OSError; running again is safe."""
    words = {id(item): notices(night.form, item.findings) for item in night.assessments}
    names = _report_names(night)
    returned = _returned_names(night)
    tonight = _record(night, words, names, returned)
    if dry_run:
        tonight = record.with_pdfs(tonight, _pdfs(folder, names))
        return Published(tonight, (), _gone(folder, tonight))
    bases = _bases(night, names, returned)
    current = {path for path, basis in bases.items() if _is_made(night, folder, path, basis)}
    layouts = documents.compile_layouts(night.form, night.layout, night.style.decode("utf-8-sig", "replace"))
    jobs = _jobs(night, folder, names, current)
    done = work.map(
        documents.write_documents, layouts, jobs, lambda count: progress("生成各单位年报", count, len(jobs))
    )
    written = [path for printed in done for path in printed.written]
    failure = _print_pdfs(night, folder, names, written, progress)
    tonight = record.with_pdfs(tonight, _pdfs(folder, names))
    gone = _gone(folder, tonight)
    known = replace(
        night.background,
        extended={item.agency: item.until for item in night.district.extensions},
        printed={job.report.code: item.figures for job, item in zip(jobs, done, strict=True)},
        reports={job.report.code: path_of(job.stem, documents.WORD) for job in jobs},
    )
    builders = [*_marked_builders(night, words, returned, progress), *_builders(night, layouts, words, known)]
    builders.append((dashboard.NAME, partial(_dashboard, night, words, tonight)))
    builders.append((SITE_NAME, partial(_front_page, night, names, tonight)))
    for path, build in builders:
        if path not in current and write_if_changed(folder / path, build()):
            written.append(path)
    for path in gone:
        (folder / path).unlink(missing_ok=True)
    if write_if_changed(folder / RUN_NAME, record.to_json(tonight)):
        written.append(RUN_NAME)
    made = {path: Made(basis, (folder / path).stat().st_size) for path, basis in bases.items()}
    return Published(tonight, tuple(written), gone, made, failure)


def _gone(folder: Path, tonight: record.Record) -> tuple[str, ...]:
    """Return what an earlier night wrote and this one does not."""
    earlier = read_record(folder)
    return tuple(sorted(all_paths(earlier) - all_paths(tonight))) if earlier else ()


def _print_pdfs(
    night: Night, folder: Path, names: Mapping[int, str], written: list[str], progress: Progress
) -> str:
    """Print the Word reports that have no PDF of what they say now; return why some still have none."""
    if not night.with_pdf:
        return ""
    printed = [folder / path_of(stem, documents.WORD) for stem in names.values()]
    done = pdf.print_documents(printed, lambda count: progress("生成 PDF", count, len(printed)))
    for document in done.written:
        path = path_of(document.stem, pdf.SUFFIX)
        write_if_changed(folder / documents.SITE / path, (folder / path).read_bytes())
        written += (path, f"{documents.SITE}/{path}")
    return done.failure


def _pdfs(folder: Path, names: Mapping[int, str]) -> dict[str, str]:
    """Map the Word reports that have a PDF of what they say now to its path."""
    return {
        path_of(stem, documents.WORD): path_of(stem, pdf.SUFFIX)
        for stem in names.values()
        if pdf.is_current(folder / path_of(stem, documents.WORD))
    }


def _bases(night: Night, names: Mapping[int, str], returned: Mapping[int, str]) -> dict[str, str]:
    """Digest for each file that speaks of one submission alone what it is made of."""
    layouts = digest_of(map(digest_of, ([night.layout], [night.style])))
    documents_of = {number: documents.paths_of(name) for number, name in names.items()}
    marked = {number: (path,) for number, path in returned.items()}
    return {
        path: digest_of((layouts, night.bases[number]))
        for paths in (documents_of, marked)
        for number, several in paths.items()
        for path in several
        if number in night.bases
    }


def _is_made(night: Night, folder: Path, path: str, basis: str) -> bool:
    """Whether the file is there, made of the same, as the night before left it."""
    known = night.made.get(path)
    place = folder / path
    return (
        known is not None and known.basis == basis and place.is_file() and place.stat().st_size == known.size
    )


def summary_name(district: District) -> str:
    """Return the file name of the district workbook."""
    return f"{safe_name(f'{district.name}{district.year}年政府信息公开年报汇总表')}.xlsx"


def district_report_name(district: District) -> str:
    """Return the file name of the district's own report."""
    return f"{safe_name(f'{district.name}{district.year}年政府信息公开工作年度报告')}.docx"


def upward_name(district: District) -> str:
    """Return the file name of the filled template that goes up."""
    return f"{safe_name(f'{district.name}{district.year}年政府信息公开年报上报表')}.xlsx"


def _report_names(night: Night) -> dict[int, str]:
    """Map the assessments whose report counts to the name of its documents; equal names get the agency's code."""
    counting = [state.counting for state in night.summary.states if state.counting]
    taken: set[str] = set()
    names: dict[int, str] = {}
    for item in counting:
        agency = item.submission.agency
        if agency is None:
            continue
        name = safe_name(agency.name)
        if name.casefold() in taken:
            name = safe_name(f"{agency.name}_{agency.code}")
        taken.add(name.casefold())
        names[id(item)] = name
    return names


def _returned_names(night: Night) -> dict[int, str]:
    """Map every returned assessment of a known agency to the path of its marked workbook."""
    names: dict[int, str] = {}
    for item in night.assessments:
        agency = item.submission.agency
        if item.verdict is Verdict.RETURNED and agency:
            stem = f"{safe_name(agency.name)}_第{item.version}次"
            if f"{RETURNED}/{stem}.xlsx" in names.values():
                stem = f"{safe_name(agency.name)}_{safe_name(agency.code)}_第{item.version}次"
            names[id(item)] = f"{RETURNED}/{stem}.xlsx"
    return names


def _record(
    night: Night, words: Mapping[int, list[Notice]], names: Mapping[int, str], returned: Mapping[int, str]
) -> record.Record:
    submissions = [
        record.submission_record(
            item, words[id(item)], **_report_paths(names.get(id(item))), returned=returned.get(id(item))
        )
        for item in night.assessments
    ]
    submissions += [record.leftover_record(item) for item in night.leftovers]
    return record.run_record(
        night.summary,
        now=night.now,
        files={
            "summary": summary_name(night.district),
            "district_report": district_report_name(night.district),
            "upward": upward_name(night.district),
            "dashboard": dashboard.NAME,
            "site": SITE_NAME,
            "figures": FIGURES_NAME,
            "findings": FINDINGS_NAME,
        },
        submissions=sorted(submissions, key=lambda item: str(item["file"])),
    )


def _report_paths(name: str | None) -> dict[str, str | None]:
    suffixes = {"report": documents.WORD, "html": documents.WEB}
    return {key: path_of(name, suffix) if name else None for key, suffix in suffixes.items()}


def _jobs(night: Night, folder: Path, names: Mapping[int, str], current: Container[str]) -> list[Job]:
    """Return every report that counts, with whether its documents are still to be made."""
    return [
        Job(folder, stem, report, is_made=all(path in current for path in documents.paths_of(stem)))
        for state in night.summary.states
        if state.counting and (report := state.counting.report) and (stem := names.get(id(state.counting)))
    ]


def _marked_builders(
    night: Night, words: Mapping[int, list[Notice]], returned: Mapping[int, str], progress: Progress
) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Pair every workbook that goes back with what builds it."""
    marked = [item for item in night.assessments if id(item) in returned]
    for number, item in enumerate(marked, 1):
        advance = partial(progress, "生成退回表格", number, len(marked))
        yield returned[id(item)], partial(_marked, night, item, words[id(item)], advance)


def _builders(
    night: Night, layouts: documents.Layouts, words: Mapping[int, list[Notice]], known: Background
) -> list[tuple[str, Callable[[], bytes]]]:
    """Pair every other output with what builds it, so that only one is in memory at a time."""
    by_digest = {item.submission.sha256: words[id(item)] for item in night.assessments}
    by_file = sorted(night.assessments, key=lambda item: item.submission.file)
    rows = [(item, notice) for item in by_file for notice in words[id(item)]]
    build = partial(
        summary.build_summary,
        night.form,
        night.summary,
        deadline=night.district.deadline,
        now=night.now,
        notices=by_digest,
        background=known,
    )
    return [
        (summary_name(night.district), build),
        (
            district_report_name(night.district),
            partial(drafting.render_district_report, layouts.word, night.form, night.summary),
        ),
        (
            upward_name(night.district),
            partial(drafting.upward_table, night.form, night.summary, night.district.level),
        ),
        (FIGURES_NAME, partial(datafiles.figures_csv, night.form, night.summary)),
        (FINDINGS_NAME, partial(datafiles.findings_csv, rows)),
    ]


def _dashboard(night: Night, words: Mapping[int, list[Notice]], tonight: record.Record) -> bytes:
    """Build the coordinator's page, with a link to every output that the record names."""
    labels = {"report": "Word", "html": "网页", "pdf": "PDF", "returned": "退回表格"}
    files = {
        "summary": "汇总表（Excel）",
        "district_report": "本级年报初稿（Word）",
        "upward": "上报模板（Excel）",
        "site": "公布用的网页（site 文件夹）",
        "findings": "问题清单（CSV）",
        "figures": "各单位数据（CSV）",
    }
    morning = Morning(
        summary=night.summary,
        deadline=night.district.deadline,
        now=night.now,
        notices={item.submission.sha256: words[id(item)] for item in night.assessments},
        links={item["sha256"]: _links(item, labels) for item in tonight["submissions"] if item["version"]},
        extended={item.agency: item.until for item in night.district.extensions},
        outputs=_links(tonight["files"], files),
        nights=(*night.nights, NightCounts(night.now, tonight["counts"])),
    )
    return dashboard.build_dashboard(night.form, morning)


def _front_page(night: Night, names: Mapping[int, str], tonight: record.Record) -> bytes:
    """Build the front page of the folder for the portal."""
    formats = {
        documents.WEB: "网页",
        documents.WORD: "Word",
        pdf.SUFFIX: "PDF",
        documents.BOOK: "Excel",
        documents.LIST: "CSV",
    }
    there = all_paths(tonight)
    entries = [
        site.Entry(
            agency=state.agency.name,
            kind=state.agency.kind,
            formats=[
                Link(label, path)
                for suffix, label in formats.items()
                if f"{documents.SITE}/{(path := path_of(names[id(state.counting)], suffix))}" in there
            ],
        )
        for state in night.summary.states
        if state.counting and id(state.counting) in names
    ]
    return site.build_front_page(night.district.name, night.district.year, entries)


def _links(found: record.Record, labels: Mapping[str, str]) -> list[Link]:
    return [Link(label, found[key]) for key, label in labels.items() if found[key]]


def _marked(night: Night, item: Assessment, found: Sequence[Notice], advance: Callable[[], None]) -> bytes:
    """Build the workbook that goes back: the official template, filled with what was sent, wrong cells marked."""
    advance()
    agency = item.submission.agency
    reading = item.submission.reading
    stamp = workbook.Stamp(
        agency_code=agency.code if agency else "",
        agency=agency.name if agency else "",
        year=night.district.year,
        level=item.submission.level,
        district=night.district.name,
    )
    sent = {
        cell.key: reading.unreadable.get(
            cell.key, reading.numbers.get(cell.key, reading.salvaged.get(cell.key))
        )
        for cell in night.form.cells
        if cell.is_input
    }
    values = {
        key: value for key, value in {**reading.entries, **reading.texts, **sent}.items() if value is not None
    }
    return workbook.build_workbook(
        night.form,
        stamp,
        values=values,
        explanations=reading.explanations,
        notices=[notice for notice in found if notice.severity != Severity.INFO],
        past=night.history.get(agency.code) if agency else None,
    )
