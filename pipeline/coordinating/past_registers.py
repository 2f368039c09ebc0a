"""Reports of an earlier year that were imported go in; where the register of that year says otherwise comes out, in sentences.

Each form is compared with its own last year. Whoever brings in what one of them was corrected to has not corrected the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.ledger import imports
from pipeline.ledger.access import view_campaign
from pipeline.long_lists import first_of
from pipeline.periods import title_of

if TYPE_CHECKING:
    from pipeline.district.folder import District
    from pipeline.forms.carried import CarriedFigures
    from pipeline.forms.form import Form
    from pipeline.model import PastReport

_SHOWN = 3


def register_remarks(
    form: Form, district: District, output: Path, reports: Sequence[PastReport]
) -> dict[tuple[str, int], list[str]]:
    """Say of each report, by agency and year, which of its figures the register that the district collects besides does not come to."""
    found: dict[tuple[str, int], list[str]] = {}
    for item in form.carried if reports else ():
        other = next((other for other in district.others if other.form == item.form), None)
        if other is None:
            continue
        with view_campaign(other, output) as (ledger, _):
            there = {year: imports.reports_of(ledger, year) for year in {own.year for own in reports}}
        for own in reports:
            said = _differing(form, item, other, own, there[own.year].get(own.agency))
            found.setdefault((own.agency, own.year), []).extend(said)
    return found


def _differing(
    form: Form, item: CarriedFigures, other: District, own: PastReport, register: PastReport | None
) -> Iterator[str]:
    if register is None:
        return
    differing = [
        f"“{form.by_key[key].short_label}”这里 {value}、台账 {count}"
        for key, place in item.cells.items()
        if form.by_key[key].is_input
        and (value := own.numbers.get(key)) is not None
        and (count := register.numbers.get(place)) is not None
        and value != count
    ]
    if differing:
        yield (
            f"与{title_of(own.year)}的{item.name}不一致：{first_of(differing, _SHOWN, '等 {} 处')}。"
            f"今年的台账与上年的台账比；台账也更正过的，用 {other.command('import')} 导入更正后的台账"
        )
