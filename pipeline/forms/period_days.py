"""A form of half-years, quarters or months goes in; how its template finds the days of the period that a clerk states comes out.

The days of a year every formula says itself. A shorter period is stated in words: the hidden stamp turns them into its first
day and the day after it, once for all formulas. Words that state no period give 0, so that no day lies in it or before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipeline.forms.formulas import quoted
from pipeline.forms.layout import STAMP_NAMES, STAMP_SHEET
from pipeline.forms.registers import DAY_TIMES
from pipeline.forms.values.plain import without
from pipeline.forms.values.typed import DAY_ZERO
from pipeline.periods import bounds_of

if TYPE_CHECKING:
    from pipeline.forms.form import Form
    from pipeline.periods import Period, PeriodKind

PERIOD_DAYS_ROW = len(STAMP_NAMES)
"""Of the stamp: the line of the first day; that of the day after the period follows."""
PERIOD_DAYS = (
    f"{quoted(STAMP_SHEET)}!$B${PERIOD_DAYS_ROW + 1}",
    f"{quoted(STAMP_SHEET)}!$B${PERIOD_DAYS_ROW + 2}",
)
"""Where both stand, as formulas refer to them."""
_MONTHS: Mapping[PeriodKind, int] = {"half": 6, "quarter": 3, "month": 1}
_PART_WORDS: Mapping[PeriodKind, tuple[str, ...]] = {
    "half": ("上半", "H1", "年1-6月", "下半", "H2", "7-12月"),
    "quarter": (
        *("一季", "1季", "Q1", "年1-3月"),
        *("二季", "2季", "Q2", "4-6月"),
        *("三季", "3季", "Q3", "7-9月"),
        *("四季", "4季", "Q4", "10-12月"),
    ),
}
_TO = "至到—–~"
"""Signs between the first and the last month."""


def counts_days(form: Form) -> bool:
    """Say whether formulas of the template ask for days of a period that is no year."""
    dated = {(word,) for word in DAY_TIMES}
    rules = [rule for register in form.registers for rule in register.rules]
    conditions = [*(own.where for own in form.drawn.values()), *(rule.when for rule in rules)]
    return form.period != "year" and (
        any(words in dated for several in conditions for _, words in several)
        or any(rule.relation in {"until", "since"} for rule in rules)
    )


def period_day_formulas(form: Form) -> tuple[str, str]:
    """Return the formulas of the first day of the stated period and of the day after it."""
    place, length = form.places[form.entry_with_role("year").key], _MONTHS[form.period]
    cell, first = f"{quoted(place.sheet)}!{place.cell}", PERIOD_DAYS[0]
    spelled = without(f"ASC({cell})", (" ",))
    months = ",".join(str(month) for month in range(1, 13, length))
    start = f"DATE(VALUE(LEFT({spelled},4)),CHOOSE({_part(form.period, spelled)},{months}),1)"
    if form.period == "month":  # a spreadsheet may have made a day of what was typed
        start = f"IF(ISNUMBER({cell}),DATE(YEAR({cell}),MONTH({cell}),1),{start})"
    return f"=IFERROR({start},0)", f"=IF({first}=0,0,DATE(YEAR({first}),MONTH({first})+{length},1))"


def other_period_formula(form: Form, period: Period) -> str:
    """Return the Excel formula that is 1 where something else than ``period`` is stated, and 0 where it is, or nothing at all."""
    place = form.places[form.entry_with_role("year").key]
    cell = f"{quoted(place.sheet)}!{place.cell}"
    if form.period == "year":
        stated, own = f"VALUE({without(f'ASC({cell})', (' ', '年', '度'))})", period
    else:
        stated = period_day_formulas(form)[0].removeprefix("=")
        own = (bounds_of(period)[0] - DAY_ZERO).days
    return f"=IF(LEN(TRIM({cell}))=0,0,IF(IFERROR({stated},0)={own},0,1))"


def _part(kind: PeriodKind, spelled: str) -> str:
    """Return the Excel expression of the number, from 1, that the part of the year has in ``spelled``; an error or 0 if none."""
    if kind == "month":
        dashed = without(spelled, ("度",))
        for sign in "年./":
            dashed = f'SUBSTITUTE({dashed},"{sign}","-")'
        digits = without(f'MID(SUBSTITUTE({dashed},"-","",1),5,2)', "月-")
        return f"VALUE({digits})"
    words = _PART_WORDS[kind]
    for sign in _TO:
        spelled = f'SUBSTITUTE({spelled},"{sign}","-")'
    for longer in ("--", "月-"):
        spelled = f'SUBSTITUTE({spelled},"{longer}","-")'
    ways = len(words) * _MONTHS[kind] // 12
    said = ",".join(f'"{word}"' for word in words)
    numbers = ",".join(str(number // ways + 1) for number in range(len(words)))
    return f"SUMPRODUCT(MAX(ISNUMBER(SEARCH({{{said}}},{spelled}))*{{{numbers}}}))"
