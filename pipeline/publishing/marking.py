"""Files that go back go in; the marked workbook of each is written beside its place. Runs in any worker.

A workbook that goes back is the dearest of all that a run makes, ten times a report.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.publishing.returning import returned_of
from pipeline.publishing.template import marked_workbook
from pipeline.publishing.year_folder import Staged, stage

if TYPE_CHECKING:
    from pipeline.district.folder import District
    from pipeline.forms.form import Form
    from pipeline.model import ArrivalKey, Assessment, PastReport


@dataclass(frozen=True, slots=True)
class MarkJob:
    """A workbook that goes back: where it stands in ``folder``, what it answers, and its agency's files in order of arrival."""

    folder: Path
    path: str
    item: Assessment
    files: Sequence[Assessment]
    past: PastReport | None


def mark_jobs(
    folder: Path,
    returned: Mapping[ArrivalKey, str],
    assessments: Sequence[Assessment],
    history: Mapping[str, PastReport],
) -> list[MarkJob]:
    """Return the workbooks that go back; ``returned`` are their paths by what they answer."""
    by_agency: defaultdict[str, list[Assessment]] = defaultdict(list)
    for item in assessments:
        by_agency[_code(item)].append(item)
    return [
        MarkJob(
            folder,
            returned[item.key],
            item,
            by_agency[_code(item)] if _code(item) else [item],
            history.get(_code(item)),
        )
        for item in assessments
        if item.key in returned
    ]


def _code(item: Assessment) -> str:
    return item.submission.agency.code if item.submission.agency else ""


def write_marked(shared: tuple[Form, District], jobs: Sequence[MarkJob]) -> list[Staged]:
    """Write a chunk of workbooks beside their places; return what is to be put in place."""
    form, district = shared
    return [stage(job.folder, job.path, _marked(form, district, job)) for job in jobs]


def _marked(form: Form, district: District, job: MarkJob) -> bytes:
    return marked_workbook(form, district, job.item, returned_of(form, job.files, job.item), job.past)
