"""A run goes in; the year's output folder comes out, only what differs being written.

``plan`` says which files these are and which may stay; here each is paired with what makes it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TypeAlias

from pipeline.machine.durable import clear_unfinished, read_whole
from pipeline.machine.work import Progress, Workforce
from pipeline.model import ArrivalKey, Made, Notice, ReadBack
from pipeline.publishing import documents, drafting, earlier_years, listings
from pipeline.publishing import listed_files as before
from pipeline.publishing.data import datafiles, record
from pipeline.publishing.document_paths import PDF, WORD, copy_of, path_of
from pipeline.publishing.documents import Layouts
from pipeline.publishing.file_plan import FilePlan, Publication, jobs, kept, plan, recorded
from pipeline.publishing.marking import mark_jobs, write_marked
from pipeline.publishing.summary import district_workbook as summary
from pipeline.publishing.summary.background import Background
from pipeline.publishing.web import pages
from pipeline.publishing.word import pdf_printing
from pipeline.publishing.year_folder import Aside, Staged, YearFolder, stage
from pipeline.wording.messages import notices

Words: TypeAlias = Mapping[ArrivalKey, Sequence[Notice]]
"""The findings of each assessment in words, by its key."""
Builder: TypeAlias = tuple[str, Callable[[], bytes]]
"""A path and what builds the file, so that only one is in memory at a time."""


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did; paths are relative to the year's output folder.

    ``pages`` are the coordinator's page and those beside it, in parts, between which it is to be said what became of the letters.
    """

    record: record.Record
    written: tuple[str, ...]
    removed: tuple[str, ...]
    made: Mapping[str, Made] = field(default_factory=dict)
    pages: Mapping[str, Sequence[str]] = field(default_factory=dict)
    kept: Sequence[Aside] = ()
    """What persons had done to files, and where that stands now."""
    blocked: Sequence[Aside] = ()
    """What could not be replaced, and where its new state stands."""
    failure: str = ""
    """Why some reports have no PDF, in a sentence."""


def publish(
    publication: Publication, folder: Path, *, work: Workforce, progress: Progress, dry_run: bool = False
) -> Published:
    """Write the outputs of ``publication`` into ``folder``. Raises OSError; running again is safe."""
    words: Words = {item.key: notices(publication.form, item.findings) for item in publication.assessments}
    planned = plan(publication)
    run_record = recorded(publication, planned, words)
    if dry_run:
        reports = [folder / path_of(stem, WORD) for stem in planned.printed]
        run_record = record.with_pdfs(run_record, pdf_printing.current(folder, reports))
        return Published(run_record, (), before.outdated(folder, run_record, publication.made))
    try:
        return _publish(publication, folder, planned, words, run_record, work=work, progress=progress)
    except OSError:
        with suppress(OSError):
            clear_unfinished(folder)
        raise


def _publish(
    publication: Publication,
    folder: Path,
    planned: FilePlan,
    words: Words,
    run_record: record.Record,
    *,
    work: Workforce,
    progress: Progress,
) -> Published:
    shared = YearFolder(
        folder,
        publication.made,
        publication.note,
        publication.today or publication.now.date(),
        before.drafts(run_record),
        publication.adopts,
    )
    _announce(publication, planned, folder, run_record)
    staying = kept(publication, planned, folder)
    for path in staying:
        shared.stay(path, planned.bases[path])
    layouts = documents.compile_layouts(
        publication.form, publication.layout, publication.style.decode("utf-8-sig", "replace")
    )
    todo, read = _documents(publication, planned, shared, layouts, staying, work=work, progress=progress)
    run_record, failure = _printed(publication, shared, todo, run_record, progress)
    known = replace(
        publication.background,
        extended={item.agency: item.until for item in publication.district.extensions},
        printed=documents.own_figures(todo, read),
        reports={job.report.code: path_of(job.stem, WORD) for job in todo},
    )
    marking = _marking(publication, planned, folder, staying, work=work, progress=progress)
    builders: list[Builder] = [
        *_of_the_run(publication, planned, words, layouts, known),
        *earlier_years.builders(layouts, planned.archive),
        *_finished(publication, planned),
        *_front_page(publication, planned, run_record),
        (before.RUN_NAME, partial(record.to_json, run_record)),
    ]
    built = [stage(folder, path, build()) for path, build in builders if path not in staying]
    shared.place([*marking(), *built])
    gone = [path for path in before.outdated(folder, run_record, publication.made) if shared.remove(path)]
    by_path = dict(zip((path_of(job.stem, WORD) for job in todo), read, strict=True))
    made = {
        path: replace(item, basis=planned.bases.get(path, ""), read=by_path.get(path))
        for path, item in shared.made.items()
    }
    page_parts = pages.coordinators_page(publication, words, run_record)
    made |= {path: publication.made[path] for path in page_parts if path in publication.made}
    return Published(
        run_record,
        tuple(shared.written),
        tuple(gone),
        made,
        page_parts,
        shared.kept,
        shared.blocked,
        failure,
    )


def _documents(
    publication: Publication,
    planned: FilePlan,
    shared: YearFolder,
    layouts: Layouts,
    staying: set[str],
    *,
    work: Workforce,
    progress: Progress,
) -> tuple[list[documents.PrintJob], list[ReadBack]]:
    """Write the documents of every report and read them back; return the jobs, with the Word document of each as it lies there."""
    short = publication.form.words.short
    todo = jobs(publication, planned, shared.path, staying)
    done = work.map(
        documents.write_documents,
        layouts,
        todo,
        lambda count: progress(f"生成各单位{short}", count, len(todo)),
    )
    shared.place(item for several in done for item in several)
    lying = [replace(job, document=shared.where(path_of(job.stem, WORD))) for job in todo]
    read = work.map(
        documents.read_documents,
        layouts.reader,
        lying,
        lambda count: progress(f"核对各单位{short}", count, len(lying)),
    )
    return lying, read


def _marking(
    publication: Publication,
    planned: FilePlan,
    folder: Path,
    staying: Collection[str],
    *,
    work: Workforce,
    progress: Progress,
) -> Callable[[], list[Staged]]:
    """Begin to write the workbooks that go back; they are there when what is returned is called."""
    marked = [
        job
        for job in mark_jobs(folder, planned.returned, publication.assessments, publication.history)
        if job.path not in staying
    ]
    return work.begin(
        write_marked,
        (publication.form, publication.district),
        marked,
        lambda count: progress("生成退回表格", count, len(marked)) if marked else None,
        weight=10,
    )


def _printed(
    publication: Publication,
    shared: YearFolder,
    todo: Sequence[documents.PrintJob],
    run_record: record.Record,
    progress: Progress,
) -> tuple[record.Record, str]:
    """Print the Word reports as PDF where that is wanted; return the record with every PDF that is right, and why some lack."""
    folder = shared.path
    reports = [folder / path_of(job.stem, WORD) for job in todo]
    batch = pdf_printing.Batch()
    if publication.with_pdf:
        batch = pdf_printing.print_documents(
            reports,
            lambda count: progress("生成 PDF", count, len(reports)),
            lambda path, content: shared.write(path.relative_to(folder).as_posix(), content),
        )
    printed = pdf_printing.current(folder, reports)
    offered = {path_of(job.stem, WORD) for job in todo if job.is_offered}
    for path in printed.values():
        if path not in shared.made:
            shared.place([stage(folder, path, read_whole(folder / path))])
    copies = [path for report, path in printed.items() if report in offered]
    shared.place([stage(folder, copy_of(path), read_whole(folder / path)) for path in copies])
    return record.with_pdfs(run_record, printed), batch.failure


def _announce(publication: Publication, planned: FilePlan, folder: Path, run_record: record.Record) -> None:
    """Say what will be written, and clear what a run that was cut off left half-written."""
    if publication.was_cut_off:
        clear_unfinished(folder)
    printed = {path_of(stem, WORD): path_of(stem, PDF) for stem in planned.printed}
    publication.announce(
        before.all_paths(record.with_pdfs(run_record, printed) if publication.with_pdf else run_record)
    )


def _finished(publication: Publication, planned: FilePlan) -> Iterator[Builder]:
    """Pair the district's own report in the folder for the portal with what was published."""
    for suffix, path in planned.finished.items():
        yield path, partial(publication.finished.__getitem__, suffix)


def _front_page(publication: Publication, planned: FilePlan, run_record: record.Record) -> Iterator[Builder]:
    """Pair the front page of the folder for the portal with what builds it, where the form is published at all."""
    if "site" in planned.files:
        there = before.all_paths(run_record)
        yield planned.files["site"], partial(pages.front_page, publication, planned, there)


def _of_the_run(
    publication: Publication, planned: FilePlan, words: Words, layouts: Layouts, known: Background
) -> Iterator[Builder]:
    """Pair what speaks of the whole run, the two pages aside, with what builds it."""
    form, district, found = publication.form, publication.summary, planned.files
    by_file = sorted(publication.assessments, key=lambda item: item.submission.file)
    rows = [(item, notice) for item in by_file for notice in words[item.key]]
    yield (
        found["summary"],
        partial(
            summary.build_summary,
            form,
            district,
            deadline=publication.district.deadline,
            now=publication.now,
            notices=words,
            background=known,
        ),
    )
    if "district_report" in found:
        yield found["district_report"], partial(drafting.render_district_report, layouts.word, form, district)
    yield found["upward"], partial(drafting.upward_table, form, district, publication.district.level)
    yield found["figures"], partial(datafiles.figures_csv, form, district)
    for listing in listings.listings_of(form, district):
        yield found[listing.key], partial(listings.listing_csv, listing)
    yield found["findings"], partial(datafiles.findings_csv, rows)
