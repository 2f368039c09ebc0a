"""Published reports go in; what of each differs from what was accepted comes out, as findings with their place in the document.

An agency's report is compared with its accepted figures and texts; the district's own with the sums of its agencies. Pages
that were saved must lead to what was saved along; links that lead out are listed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.coordinating.gathering import files_in, readings_in
from pipeline.district.adjusting import form_of
from pipeline.forms.drafts import GAP
from pipeline.intake.documents.links import is_page, links_of
from pipeline.intake.identify import identity
from pipeline.intake.read.labels import normalise
from pipeline.judging.rules.published import differences
from pipeline.ledger import imports
from pipeline.ledger.access import view_campaign
from pipeline.machine.environment import disk, disk_failure
from pipeline.machine.pool import Pool
from pipeline.model import Compared, Finding, Number, PastReport, Severity
from pipeline.periods import spaced_of
from pipeline.wording.messages import notice

if TYPE_CHECKING:
    from pipeline.coordinating.import_report import ImportAnswers
    from pipeline.district.folder import District
    from pipeline.forms.form import Form
    from pipeline.model import Envelope, Reading

_GOVERNMENT = "人民政府"


Known = Callable[[int], Mapping[str, PastReport]]
"""The accepted reports of a year by agency code."""


def compare_files(
    district: District, output: Path, paths: Sequence[Path], said: ImportAnswers
) -> list[Compared]:
    """Compare every file of ``paths`` with what the ledger has; nothing is written."""
    form = form_of(district)
    with disk(), view_campaign(district, output) as (ledger, _):
        return compare(form, district, paths, said, lambda year: imports.reports_of(ledger, year))


def compare(
    form: Form, district: District, paths: Sequence[Path], said: ImportAnswers, known: Known
) -> list[Compared]:
    """Compare every file of ``paths`` with what is ``known``."""
    roster = identity.Roster.of(district.agencies, district.name, district.merged)
    compared: list[Compared] = []
    with Pool() as pool:
        for path in files_in(paths):
            try:
                read = readings_in(form, path, pool)
            except OSError as error:  # a file that is open elsewhere, or whose path is too long, costs itself
                compared.append(Compared(path.name, refusal=disk_failure(error).rstrip("。"), path=str(path)))
                continue
            compared += [
                _linked(path, item, _compared(form, district, roster, item, found, said, known))
                for item, found in read
            ]
    return compared


def _linked(path: Path, envelope: Envelope, found: Compared) -> Compared:
    """Add where the links of a page lead; a page that is no report is one whose links alone are looked at."""
    links = links_of(path, envelope.content)
    if found.refusal and not found.owner and is_page(path):
        found = replace(found, refusal="")
    return replace(found, missing=links.missing, outward=links.outward, path=str(path))


def _compared(
    form: Form,
    district: District,
    roster: identity.Roster,
    envelope: Envelope,
    found: Reading,
    said: ImportAnswers,
    known: Known,
) -> Compared:
    if not found.numbers:
        return Compared(envelope.name, refusal=_why(form, found.findings))
    year = said.year or found.claims.year or district.year
    if not said.agency and _is_district(district, found):
        return _with_sums(form, district, envelope, found, year, known)
    who = identity.identify(found, path=envelope.path, sender=None, roster=roster, year=year)
    named = None if who.held else who.agency
    named = named or (None if found.claims.agency else identity.named_in(envelope.path, roster))
    owner = next((item for item in roster.agencies if item.code == said.agency), named)
    if owner is None:
        why = f"“{found.claims.agency}”不在名单中" if found.claims.agency else "没有写明是哪个单位的"
        return Compared(
            envelope.name, found.claims.agency or "？", year, refusal=f"{why}，请用 --agency 写明单位"
        )
    accepted = known(year).get(owner.code)
    if accepted is None:
        refusal = f"没有 {owner.name} {spaced_of(year)}已接受的数据，无从核对"
        return Compared(envelope.name, owner.name, year, refusal=refusal)
    texts = accepted.texts if any(accepted.texts.values()) else None
    return Compared(
        envelope.name,
        owner.name,
        year,
        tuple(differences(form, found, accepted.numbers, texts)),
    )


def _with_sums(
    form: Form,
    district: District,
    envelope: Envelope,
    found: Reading,
    year: int,
    known: Known,
) -> Compared:
    reports = known(year)
    if not reports:
        refusal = f"没有 {spaced_of(year)}已接受的数据，无从核对"
        return Compared(envelope.name, district.name, year, refusal=refusal)
    if any(GAP in text for text in found.texts.values()):
        refusal = "还有未补写的“【填写：……】”，请补完删去标记"
        return Compared(envelope.name, district.name, year, refusal=refusal)
    sums: dict[str, Number | None] = {
        cell.key: _sum(report.numbers.get(cell.key) for report in reports.values()) for cell in form.cells
    }
    return Compared(
        envelope.name,
        district.name,
        year,
        tuple(differences(form, found, sums, None)),
        agencies=len(reports),
    )


def _sum(values: Iterable[Number | None]) -> Number | None:
    whole = list(values)
    known = [value for value in whole if value is not None]
    return sum(known[1:], start=known[0]) if known and len(known) == len(whole) else None


def _is_district(district: District, found: Reading) -> bool:
    own = normalise(found.claims.agency).removesuffix(_GOVERNMENT)
    name = normalise(district.name).removesuffix(_GOVERNMENT)
    return bool(own) and (own == name or (own.endswith(name) and own.removesuffix(name).endswith("市")))


def _why(form: Form, findings: Iterable[Finding]) -> str:
    said = [notice(form, item).fault for item in findings if item.severity is Severity.ERROR]
    return "；".join(said) or "读不出报告"
