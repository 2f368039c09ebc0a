"""A run and its record go in; the coordinator's page and the portal's front page come out, linking what there is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from pipeline.model import ArrivalKey, DecisionKind, Notice, RunCounts, Verdict
from pipeline.publishing.data.record import Record, came_by_mail, is_strange
from pipeline.publishing.document_paths import BOOK, LIST, PDF, SITE, WEB, WORD, copy_of, path_of
from pipeline.publishing.file_plan import FilePlan, Publication, unanswered
from pipeline.publishing.listings import listings_of
from pipeline.publishing.web import dashboard, letters_page, site
from pipeline.publishing.web.agency_rows import Link, PageContext
from pipeline.wording.personal_numbers import without_persons

_OF_A_SUBMISSION = {"report": "Word", "html": "网页", "pdf": "PDF", "returned": "退回表格"}
_OF_THE_RUN = {
    "summary": "汇总表（Excel）",
    "district_report": "本级{short}初稿（Word）",
    "upward": "上报表（Excel）",
    "site": "公布用的网页（site 文件夹）",
    "findings": "问题清单（CSV）",
    "figures": "各单位数据（CSV）",
}
_FORMATS = {
    WEB: "网页",
    WORD: "Word",
    PDF: "PDF",
    BOOK: "Excel",
    LIST: "CSV",
}


def coordinators_page(
    publication: Publication, words: Mapping[ArrivalKey, Sequence[Notice]], run_record: Record
) -> dict[str, list[str]]:
    """Build index.html, and the pages beside it that list many agencies, each in its parts, with a link to every output."""
    morning = PageContext(
        summary=publication.summary,
        deadline=publication.district.deadline,
        now=publication.now,
        notices=words,
        clerks={
            item.key: publication.form.clerk_of(item.submission.reading.entries)
            for item in publication.assessments
        },
        links={
            (item["file"], item["sha256"]): _links(item, _OF_A_SUBMISSION)
            for item in run_record["submissions"]
            if item["version"]
        },
        extended={item.agency: item.until for item in publication.district.extensions},
        outputs=_links(
            run_record["files"], _of_the_run(publication) | _listed(publication) | _site(run_record)
        ),
        run_counts=(*publication.earlier_runs, RunCounts(publication.now, run_record["counts"])),
        waivers=publication.background.decided(DecisionKind.WAIVE),
        remarks=publication.district.remarks(came_by_mail=came_by_mail(run_record)),
        doubted=frozenset(item.key for item in publication.assessments if unanswered(publication.form, item)),
        published=publication.published,
        short=publication.form.words.short,
        beside=publication.beside,
        strange=[
            (without_persons(item["file"]), item["findings"][0]["message"])
            for item in run_record["submissions"]
            if is_strange(item)
        ],
    )
    built = dashboard.build_pages(publication.form, morning)
    return {path: letters_page.parts(page) for path, page in built.items()}


def _of_the_run(publication: Publication) -> dict[str, str]:
    return {key: label.format(short=publication.form.words.short) for key, label in _OF_THE_RUN.items()}


def _listed(publication: Publication) -> dict[str, str]:
    """Name what is listed row by row."""
    return {item.key: f"{item.name}（CSV）" for item in listings_of(publication.form, publication.summary)}


def _site(run_record: Record) -> dict[str, str]:
    """Name the folder for the portal where it lacks reports: those whose words stand in another, or are still to be checked."""
    lacking = [
        item for item in run_record["submissions"] if item["report"] is not None and item["site"] is None
    ]
    doubtful = sum(item["verdict"] == Verdict.ACCEPTED_WITH_REMARKS for item in lacking)
    parts = (("公布前请核对", doubtful), ("上报表", len(lacking) - doubtful))
    said = "、".join(f"{word} {number} 份" for word, number in parts if number)
    return {"site": f"公布用的网页（site 文件夹，不含{said}）"} if lacking else {}


def front_page(publication: Publication, planned: FilePlan, there: Collection[str]) -> bytes:
    """Build the front page of the folder for the portal; ``there`` are the paths of all outputs."""
    entries = [
        site.SiteEntry(
            agency=state.agency.name,
            kind=state.agency.kind,
            formats=[
                Link(label, path)
                for suffix, label in _FORMATS.items()
                if copy_of(path := path_of(planned.stems[state.counting.key], suffix)) in there
            ],
        )
        for state in publication.summary.states
        if state.counting and state.counting.key in planned.offered
    ]
    return site.build_front_page(
        publication.district.name,
        publication.district.year,
        publication.form.words,
        entries,
        _earlier(planned),
        [Link(_FORMATS[suffix], path.removeprefix(f"{SITE}/")) for suffix, path in planned.finished.items()],
    )


def _earlier(planned: FilePlan) -> list[site.SiteEntry]:
    """List the reports of earlier years with their formats."""
    return [
        site.SiteEntry(
            agency=item.agency.name,
            kind=item.agency.kind,
            formats=[
                Link(_FORMATS[suffix], path.removeprefix(f"{SITE}/"))
                for suffix, path in zip(item.suffixes, item.paths, strict=True)
            ],
            period=item.year,
        )
        for item in planned.archive
    ]


def _links(found: Record, labels: Mapping[str, str]) -> list[Link]:
    return [Link(label, path) for key, label in labels.items() if (path := found.get(key))]
