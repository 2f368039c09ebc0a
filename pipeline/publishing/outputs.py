"""A night goes in; the year's output folder comes out, only what differs being written.

``plan`` says which files these are and which may stay; here each is paired with what makes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TypeAlias

from pipeline.machine.durable import clear_unfinished
from pipeline.machine.work import Progress, Work
from pipeline.messages import notices
from pipeline.model import Assessment, Made, Notice, PastReport
from pipeline.publishing import (
    archive,
    before,
    datafiles,
    documents,
    drafting,
    listings,
    pages,
    pdf,
    record,
    summary,
    workbook,
)
from pipeline.publishing.documents import Layouts
from pipeline.publishing.plan import PAGE, Night, Plan, jobs, kept, plan, recorded
from pipeline.publishing.summary import Background
from pipeline.publishing.year_folder import Aside, YearFolder, stage
from pipeline.returning import returned_of

Words: TypeAlias = Mapping[int, Sequence[Notice]]
"""The findings of each assessment in words, by its ``id()``."""
Builder: TypeAlias = tuple[str, Callable[[], bytes]]
"""A path and what builds the file, so that only one is in memory at a time."""


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did; paths are relative to the year's output folder.

    ``page`` is the coordinator's page, in parts, between which it is to be said what became of the letters.
    """

    record: record.Record
    written: tuple[str, ...]
    removed: tuple[str, ...]
    made: Mapping[str, Made] = field(default_factory=dict)
    page: Sequence[str] = ()
    kept: Sequence[Aside] = ()
    """What persons had done to files, and where that stands now."""
    blocked: Sequence[Aside] = ()
    """What could not be replaced, and where its new state stands."""
    failure: str = ""
    """Why some reports have no PDF, in a sentence."""


def publish(
    night: Night, folder: Path, *, work: Work, progress: Progress, dry_run: bool = False
) -> Published:
    """Write the outputs of ``night`` into ``folder``. Raises OSError; running again is safe."""
    words: Words = {id(item): notices(night.form, item.findings) for item in night.assessments}
    planned = plan(night)
    tonight = recorded(night, planned, words)
    if dry_run:
        reports = [folder / documents.path_of(stem, documents.WORD) for stem in planned.printed]
        tonight = record.with_pdfs(tonight, pdf.current(folder, reports))
        return Published(tonight, (), before.outdated(folder, tonight, night.made))
    try:
        return _publish(night, folder, planned, words, tonight, work=work, progress=progress)
    except OSError:
        with suppress(OSError):
            clear_unfinished(folder)
        raise


def _publish(
    night: Night,
    folder: Path,
    planned: Plan,
    words: Words,
    tonight: record.Record,
    *,
    work: Work,
    progress: Progress,
) -> Published:
    shared = YearFolder(
        folder,
        night.made,
        night.note,
        night.today or night.now.date(),
        before.drafts(tonight),
        night.adopts,
    )
    _announce(night, planned, folder, tonight)
    staying = kept(night, planned, folder)
    for path in staying:
        shared.stay(path, planned.bases[path])
    layouts = documents.compile_layouts(night.form, night.layout, night.style.decode("utf-8-sig", "replace"))
    todo = jobs(night, planned, folder, staying)
    done = work.map(
        documents.write_documents, layouts, todo, lambda count: progress("生成各单位年报", count, len(todo))
    )
    shared.place(item for several in done for item in several)
    todo = [replace(job, document=shared.where(documents.path_of(job.stem, documents.WORD))) for job in todo]
    read = work.map(
        documents.read_documents,
        layouts.reader,
        todo,
        lambda count: progress("核对各单位年报", count, len(todo)),
    )
    tonight, failure = _printed(night, shared, todo, tonight, progress)
    known = replace(
        night.background,
        extended={item.agency: item.until for item in night.district.extensions},
        printed=documents.own_figures(todo, read),
        reports={job.report.code: documents.path_of(job.stem, documents.WORD) for job in todo},
    )
    builders: list[Builder] = [
        *_marked(night, planned, progress),
        *_of_the_night(night, planned, words, layouts, known),
        *archive.builders(layouts, planned.archive),
        (planned.files["site"], partial(pages.front_page, night, planned, before.all_paths(tonight))),
        (before.RUN_NAME, partial(record.to_json, tonight)),
    ]
    shared.place([stage(folder, path, build()) for path, build in builders if path not in staying])
    gone = [path for path in before.outdated(folder, tonight, night.made) if shared.remove(path)]
    by_path = dict(zip((documents.path_of(job.stem, documents.WORD) for job in todo), read, strict=True))
    made = {
        path: replace(item, basis=planned.bases.get(path, ""), read=by_path.get(path))
        for path, item in shared.made.items()
    }
    if PAGE in night.made:
        made[PAGE] = night.made[PAGE]
    return Published(
        tonight,
        tuple(shared.written),
        tuple(gone),
        made,
        pages.coordinators_page(night, words, tonight),
        shared.kept,
        shared.blocked,
        failure,
    )


def _printed(
    night: Night,
    shared: YearFolder,
    todo: Sequence[documents.Job],
    tonight: record.Record,
    progress: Progress,
) -> tuple[record.Record, str]:
    """Print the Word reports as PDF where that is wanted; return the record with every PDF that is right, and why some lack."""
    folder = shared.path
    reports = [folder / documents.path_of(job.stem, documents.WORD) for job in todo]
    batch = pdf.Batch()
    if night.with_pdf:
        batch = pdf.print_documents(
            reports,
            lambda count: progress("生成 PDF", count, len(reports)),
            lambda path, content: shared.write(path.relative_to(folder).as_posix(), content),
        )
    printed = pdf.current(folder, reports)
    offered = {documents.path_of(job.stem, documents.WORD) for job in todo if job.is_offered}
    for path in printed.values():
        if path not in shared.made:
            shared.place([stage(folder, path, (folder / path).read_bytes())])
    copies = [path for report, path in printed.items() if report in offered]
    shared.place([stage(folder, documents.copy_of(path), (folder / path).read_bytes()) for path in copies])
    return record.with_pdfs(tonight, printed), batch.failure


def _announce(night: Night, planned: Plan, folder: Path, tonight: record.Record) -> None:
    """Say what will be written, and clear what a night that was cut off left half-written."""
    if night.was_cut_off:
        clear_unfinished(folder)
    printed = {
        documents.path_of(stem, documents.WORD): documents.path_of(stem, pdf.SUFFIX)
        for stem in planned.printed
    }
    night.announce(before.all_paths(record.with_pdfs(tonight, printed) if night.with_pdf else tonight))


def _marked(night: Night, planned: Plan, progress: Progress) -> Iterator[Builder]:
    """Pair every workbook that goes back with what builds it."""
    found = [item for item in night.assessments if id(item) in planned.returned]
    for number, item in enumerate(found, 1):
        agency = item.submission.agency
        past = night.history.get(agency.code) if agency else None
        build = partial(_marked_workbook, night, item, past)
        yield planned.returned[id(item)], partial(_told, progress, number, len(found), build)


def _marked_workbook(night: Night, item: Assessment, past: PastReport | None) -> bytes:
    back = returned_of(night.form, night.assessments, item)
    return workbook.marked_workbook(night.form, night.district, item, back, past)


def _told(progress: Progress, number: int, count: int, build: Callable[[], bytes]) -> bytes:
    progress("生成退回表格", number, count)
    return build()


def _of_the_night(
    night: Night, planned: Plan, words: Words, layouts: Layouts, known: Background
) -> Iterator[Builder]:
    """Pair what speaks of the whole night, the two pages aside, with what builds it."""
    form, district, found = night.form, night.summary, planned.files
    by_file = sorted(night.assessments, key=lambda item: item.submission.file)
    rows = [(item, notice) for item in by_file for notice in words[id(item)]]
    yield (
        found["summary"],
        partial(
            summary.build_summary,
            form,
            district,
            deadline=night.district.deadline,
            now=night.now,
            notices={item.submission.sha256: words[id(item)] for item in night.assessments},
            background=known,
        ),
    )
    if "district_report" in found:
        yield found["district_report"], partial(drafting.render_district_report, layouts.word, form, district)
    yield found["upward"], partial(drafting.upward_table, form, district, night.district.level)
    yield found["figures"], partial(datafiles.figures_csv, form, district)
    for listing in listings.listings_of(form, district):
        yield found[listing.key], partial(listings.listing_csv, listing)
    yield found["findings"], partial(datafiles.findings_csv, rows)
