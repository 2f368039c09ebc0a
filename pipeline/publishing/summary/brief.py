"""What the sheets of the district workbook speak of: the year, and whatever else is known about it.

Nothing beyond the reports themselves has to be known; a sheet that lacks something says so in a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from pipeline.forms.form import Form
from pipeline.long_lists import first_of
from pipeline.model import ArrivalKey, DistrictSummary, Notice, Number
from pipeline.publishing.summary.background import Background, PastFigures
from pipeline.publishing.workbook.office import Fold

ON_ONE_PAGE = 48
"""As many agencies stay legible on one page."""
_LONG_LIST = 30
_LONG_TABLE = 50
"""A list of more figures than this shows the totals of the rows, and folds away what they are made of."""
_FOLDED = "较长的表只列各行的总计，点左侧的“+”展开各列的数字。"
_MONEY_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Brief:
    """What the sheets of the district workbook speak of. ``notices`` are keyed by the arrival."""

    form: Form
    summary: DistrictSummary
    deadline: date
    now: datetime
    notices: Mapping[ArrivalKey, Sequence[Notice]]
    background: Background = field(default_factory=Background)

    @property
    def title(self) -> str:
        """What the workbook is about: the district, the period, and what the form is called in short."""
        return f"{self.summary.district}{self.form.about(self.summary.year)}"

    def deadline_of(self, code: str) -> date:
        """The last day on which the agency with ``code`` is in time."""
        return self.background.extended.get(code, self.deadline)

    def past_of(self, year: int) -> dict[str, PastFigures]:
        """The figures of ``year`` of each agency that had them, be it on the roster still or not."""
        return {code: figures for code, figures in self.background.past.get(year, {}).items() if figures}

    @property
    def counted(self) -> int:
        """How many agencies are in the sums."""
        return len(self.summary.reports)

    @property
    def expected(self) -> int:
        """How many agencies are to report."""
        return len(self.summary.states)

    @property
    def is_partial(self) -> bool:
        """Whether an agency is not in the sums."""
        return self.counted < self.expected

    @property
    def share(self) -> str:
        """How many of the agencies are in the sums, in words that also say when they are not all."""
        return f"{'部分汇总 ' if self.is_partial else '汇总 '}{self.counted} / {self.expected} 家"

    @property
    def last_row_of(self) -> int:
        """How many rows a list of the agencies takes: one at least."""
        return max(1, self.expected)

    @property
    def decimals(self) -> int:
        """To how many decimals money is rounded: six, or more where an accepted amount has more."""
        amounts = (total for total in self.summary.totals if isinstance(total, Decimal))
        return max((_MONEY_DECIMALS, *(-int(amount.normalize().as_tuple().exponent) for amount in amounts)))

    @property
    def totals(self) -> dict[str, Number]:
        """The district's sums by cell key."""
        return {cell.key: total for cell, total in zip(self.form.cells, self.summary.totals, strict=True)}


def folding(form: Form) -> str:
    """Say how to see the figures that are folded away; nothing where none are."""
    return _FOLDED if folds_of(form) else ""


def folds_of(form: Form) -> dict[str, Fold]:
    """Say which figures of long tables are folded away in a list, by cell key: all but the last of each row."""
    folds: dict[str, Fold] = {}
    for table in form.summed_tables:
        cells = form.cells_of(table.key)
        for cell, following in zip(cells, (*cells[1:], None), strict=True):
            if len(cells) > _LONG_TABLE:
                is_last = following is None or following.row != cell.row
                folds[cell.key] = Fold.TOTAL if is_last else Fold.PART
    return folds


def partial_note(brief: Brief) -> str:
    """Say how many agencies are in the sums and, where it is not all, which are not."""
    count = f"{brief.counted} / {brief.expected} 家"
    if not brief.is_partial:
        return f"{count}（全部汇总）"
    return f"{count}（部分汇总，未含：{absentees(brief.summary)}）"


def absentees(summary: DistrictSummary) -> str:
    """Name the agencies that are not in the sums, in full; a long list is cut short."""
    names = [state.agency.name for state in summary.states if not state.counting]
    return first_of(names, _LONG_LIST, "等 {} 家，名单见汇总表“报送情况”")


def added_up(reports: Iterable[PastFigures]) -> dict[str, Number]:
    """Add up the figures of an earlier year by cell key; a key that nobody has is absent."""
    sums: dict[str, Number] = {}
    for report in reports:
        for key, value in report.items():
            if value is not None:
                sums[key] = sums.get(key, 0) + value
    return sums
