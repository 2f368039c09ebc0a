"""Reports and a form go in; what cells of its tables hold that is no number to be added up comes out: printed, listed, brought together.

The values of an agency are printed in the grid and listed on 明细; of the district there is what they come to: a count of
是, an average by weight. What comes to nothing is looked up agency by agency.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline.forms.values.answers import YES
from pipeline.forms.values.numeric import Figure
from pipeline.forms.values.together import brought_together, rounded
from pipeline.forms.values.typed import plain_number
from pipeline.forms.values.words import FreeText
from pipeline.wording.personal_numbers import without_persons

if TYPE_CHECKING:
    from pipeline.forms.form import Entry, Form
    from pipeline.model import Number, Report

LOOK_UP, NOT_MERGED = "见明细", "不汇总"
"""What a table of sums prints where values are only listed, or do not come together at all."""


def merged_values(form: Form, table: str) -> tuple[Entry, ...]:
    """Return the values of ``table`` that are listed agency by agency, in printing order."""
    return tuple(value for value in form.values_of(table) if value.value.together != "none")


def seen_value(asked: Entry, report: Report) -> str:
    """Return a value as it is spelled, without numbers of persons."""
    value = report.entries.get(asked.key, "")
    return without_persons(value) if isinstance(asked.value, FreeText) else value


def printed_values(asked: Iterable[Entry], report: Report) -> dict[str, str]:
    """Return what the grids of a document print of each of ``asked``, in one line."""
    return {value.key: " ".join(value.value.shown(seen_value(value, report)).split()) for value in asked}


def together_of(form: Form, asked: Entry, reports: Sequence[Report]) -> Number | None:
    """Return what a value of all ``reports`` comes to; None where that is no number."""
    weights = [_weight(form, asked.weight, report) for report in reports] if asked.weight else ()
    return brought_together(asked.value.together, [seen_value(asked, one) for one in reports], weights)


def together_formula(asked: Entry, area: str, weights: str) -> str:
    """Return the formula that brings the cells of ``area`` together, weighed by those of ``weights``."""
    if asked.value.together == "yes":
        return f'=COUNTIF({area},"{YES}")'
    known = f"ISNUMBER({area})*ISNUMBER({weights})"
    return f"=ROUND(SUMPRODUCT({known},{area},{weights})/SUMPRODUCT({known},{weights}),6)"


def together_words(form: Form, reports: Sequence[Report]) -> Mapping[str, str]:
    """Return what the district's own report prints in the place of each value; empty where it comes to no number."""
    found = {value.key: (value, together_of(form, value, reports)) for value in form.cell_values}
    return {
        key: f"{number}家" if value.value.together == "yes" else plain_number(number)
        for key, (value, number) in found.items()
        if number is not None
    }


def sums_and_averages(form: Form, reports: Sequence[Report]) -> dict[str, str]:
    """Return the values of entries and tables that a district itself can report, by key: sums and averages, as they are spelled.

    An average has the decimals that the form allows.
    """
    found: dict[str, str] = {}
    for asked in form.valued_entries:
        kind = asked.value
        if isinstance(kind, Figure) and kind.together in {"sum", "average"} and not asked.personal:
            number = together_of(form, asked, reports)
            if number is not None:
                found[asked.key] = plain_number(rounded(number, kind.number.places))
    return found


def _weight(form: Form, key: str, report: Report) -> str:
    cell = form.by_key.get(key)
    return plain_number(report.numbers[cell.index]) if cell else report.entries.get(key, "")
