"""The district's folder of published reports goes in; what of them differs from what counts in this run comes out.

That something lies there is seen without opening anything; only a run that works reads the reports.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.intake.fetch.archive import is_clutter
from pipeline.machine.durable import files_below, read_whole
from pipeline.model import Compared, DistrictSummary, PastReport
from pipeline.publishing.document_paths import PDF, WORD

if TYPE_CHECKING:
    from pipeline.district.folder import District
    from pipeline.forms.form import Form
    from pipeline.ledger import Ledger


def lying(district: District) -> tuple[tuple[str, str], ...]:
    """Return path and SHA-256 of every file in the folder, in the order of their paths."""
    folder = district.published
    if not folder.is_dir():
        return ()
    return tuple((path.relative_to(folder).as_posix(), _digest(path)) for path in _files(folder))


def compared(
    form: Form, district: District, ledger: Ledger, summary: DistrictSummary, files: Sequence[object]
) -> list[Compared]:
    """Compare ``files``, as ``lying`` found them, with the reports that count, and with earlier years in the ledger."""
    if not files:
        return []
    from pipeline.coordinating.comparing import compare  # noqa: PLC0415 - only where something was published
    from pipeline.coordinating.import_report import NOTHING_SAID  # noqa: PLC0415
    from pipeline.ledger import imports  # noqa: PLC0415

    own = {
        report.code: PastReport(
            report.code,
            report.year,
            dict(zip((cell.key for cell in form.cells), report.numbers, strict=True)),
            report.texts,
        )
        for report in (state.counting.report for state in summary.states if state.counting)
        if report
    }

    def known(year: int) -> Mapping[str, PastReport]:
        return own if year == district.year else imports.reports_of(ledger, year)

    return compare(form, district, [district.published], NOTHING_SAID, known)


def finished(district: District, found: Sequence[Compared]) -> dict[str, bytes]:
    """Return the district's own report of this period by suffix, where what was published agrees with the sums."""
    agreeing = {item.path for item in found if item.agencies and item.is_well and item.year == district.year}
    paths = _files(district.published) if agreeing else []
    chosen = {path.suffix.lower(): path for path in reversed(paths) if str(path) in agreeing}
    return {suffix: read_whole(chosen[suffix]) for suffix in (WORD, PDF) if suffix in chosen}


def _files(folder: Path) -> list[Path]:
    found = [path for path in files_below(folder) if not any(map(is_clutter, path.relative_to(folder).parts))]
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(read_whole(path)).hexdigest()
    except OSError:  # another program has it open, or it is gone
        return ""
