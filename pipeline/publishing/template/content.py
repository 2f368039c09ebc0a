"""What a workbook is to show goes in; every figure a spreadsheet would compute from it comes out.

Many programs show the stored result of a formula without computing it, so the builder stores the right
one. The arithmetic here is a spreadsheet's: text in a number cell counts as nothing, a nil return turns
the blanks of its table into zeros.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from pipeline.forms.arithmetic import with_past
from pipeline.forms.drawing import figures_of
from pipeline.forms.form import Form, is_last_year
from pipeline.forms.values.answers import YES
from pipeline.model import Notice, Number, PastReport
from pipeline.periods import Period, scope_of, spelled, stated

Rows = Sequence[Sequence[str]]
"""The values of a register, row by row."""
_FIRST_ABSURD_YEAR = 10
"""Digits that no year has."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Whom a workbook is for: filled into 基本信息 and into the hidden stamp. ``district`` only stands in titles."""

    agency_code: str = ""
    agency: str = ""
    year: int | None = None
    level: str = "县区"
    kind: str = ""
    """Of the agency: which rules and tables are for it."""
    district: str = ""
    open_totals: Mapping[str, tuple[Number, Number]] = field(default_factory=dict)
    """Of what was sent last: totals that contradict their parts, as they were typed and as they came out."""
    open_columns: tuple[str, ...] = ()
    """Of what was sent last: columns of registers, as register.column, that were missing beside headings that nobody knows."""
    note: str = ""
    """What is to be known of all figures, such as that they are partial sums: in every title and above every page."""
    is_summed: bool = False
    """Whether the figures are sums of several reports: without rows of registers, and nothing else has to be filled in."""

    @property
    def addressee(self) -> str:
        """Agency (else district) and year, as titles say them, and the note; empty for the blank template."""
        year = scope_of(self.year) if self.year else ""
        return "，".join(filter(None, (f"{self.agency or self.district}{year}", self.note)))


@dataclass(frozen=True, slots=True)
class Content:
    """All that one workbook shows.

    ``values`` holds what stands in the form's fields, blanks left out; ``locked`` names the entries the
    coordinator filled; ``figures`` holds every number, last year's too, as a spreadsheet counts it, None where there is none.
    """

    form: Form
    stamp: Stamp
    values: Mapping[str, Number | str]
    locked: frozenset[str]
    nil_tables: frozenset[str]
    figures: Mapping[str, Number | None]
    past: PastReport | None
    explanations: Mapping[str, str]
    notices: tuple[Notice, ...]
    registers: Mapping[str, Rows] = field(default_factory=dict)
    """The rows of registers that are known, by its key."""
    unready: str = ""
    """Why the workbook may not be sent while a gap is left in its texts; empty where 自查 alone decides."""


def gather(  # noqa: PLR0913, PLR0917 - what a workbook shows, spelled out
    form: Form,
    stamp: Stamp,
    values: Mapping[str, Number | str],
    explanations: Mapping[str, str],
    notices: Sequence[Notice],
    past: PastReport | None,
    unready: str = "",
    registers: Mapping[str, Rows] = MappingProxyType({}),
) -> Content:
    """Bring together what the workbook shows. Raises ValueError for a value whose key is no field of ``form``."""
    unknown = sorted(set(values) - set(form.positions))
    if unknown:
        raise ValueError(f"not fields of {form.id}: {', '.join(unknown)}")
    given = {key: value for key, value in values.items() if value != ""}
    prefilled = _prefilled(form, stamp)
    shown = _as_stored(form, _with_numeric_years(form, {**_free(form, stamp, given), **prefilled, **given}))
    nil_tables = frozenset(table.key for table in form.tables if shown.get(table.nil_key) == YES)
    return Content(
        form=form,
        stamp=stamp,
        values=shown,
        locked=frozenset(key for key, value in prefilled.items() if shown[key] == value),
        nil_tables=nil_tables,
        registers=registers,
        figures=with_past(
            _figures(form, shown, nil_tables, {} if stamp.is_summed else _drawn(form, registers, shown)),
            past.numbers if past else None,
        ),
        past=past,
        explanations=explanations,
        notices=tuple(notices),
        unready=unready,
    )


def _free(form: Form, stamp: Stamp, given: Mapping[str, Number | str]) -> dict[str, Number | str]:
    """Declare nil the tables that agencies of this kind need not fill, where nothing is given for them."""
    if not stamp.agency:
        return {}
    return {
        table.nil_key: YES
        for table in form.free_tables(stamp.kind)
        if not any(key in given for key in form.keys_of(table.key))
    }


def _prefilled(form: Form, stamp: Stamp) -> dict[str, Number | str]:
    given: dict[str, Number | str | None] = {
        "agency": stamp.agency,
        "code": stamp.agency_code,
        "year": spelled(stamp.year) if stamp.year else None,
    }
    return {entry.key: value for entry in form.entries if (value := given.get(entry.role))}


def _with_numeric_years(form: Form, values: dict[str, Number | str]) -> dict[str, Number | str]:
    """Turn years given as digits into numbers, so that Excel does not complain of a number stored as text."""
    years = {entry.key for entry in form.entries if entry.kind == "year"}
    for key in years & set(values):
        value = values[key]
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < _FIRST_ABSURD_YEAR:
            values[key] = int(value)
    return values


def _as_stored(form: Form, values: dict[str, Number | str]) -> dict[str, Number | str]:
    """Turn entries that are numbers into numbers; days stay as they are spelled, which every program reads."""
    for entry in form.valued_entries:
        value = values.get(entry.key)
        if isinstance(value, str) and entry.value.sort == "number":
            stored = entry.value.stored(value)
            values[entry.key] = value if isinstance(stored, date) else stored
    return values


def _drawn(
    form: Form, registers: Mapping[str, Rows], values: Mapping[str, Number | str]
) -> dict[str, Number]:
    """Return the figures that the template computes from its registers."""
    period, found = period_in(form, values), dict[str, Number]()
    for register in form.registers:
        wanted = {
            key: drawn
            for key, drawn in form.drawn.items()
            if drawn.defines and drawn.register == register.key
        }
        found |= figures_of(register, wanted, registers.get(register.key, ()), period)
    return found


def period_in(form: Form, values: Mapping[str, Number | str]) -> Period | None:
    """Return the period that the workbook states, as its formulas understand it: a year is a number."""
    value = values.get(form.entry_with_role("year").key)
    if form.period != "year":
        return stated(str(value), form.period)
    return value if isinstance(value, int) else None


def _figures(
    form: Form,
    values: Mapping[str, Number | str],
    nil_tables: frozenset[str],
    drawn: Mapping[str, Number],
) -> dict[str, Number | None]:
    figures: dict[str, Number | None] = {}
    for cell in form.cells:
        value = values.get(cell.key, drawn.get(cell.key))
        figures[cell.key] = None if isinstance(value, str) else value
    for key, parts in form.evaluation_order:
        if key not in values:
            figures[key] = _sum(form, parts, figures, nil_tables)
    return figures


def _sum(
    form: Form, keys: Sequence[str], figures: Mapping[str, Number | None], nil_tables: frozenset[str]
) -> Number | None:
    """Add as ``formulas.py`` writes it: complete operands only, unless their table is declared nil this year."""
    total: Number = 0
    for key in keys:
        value = figures.get(key)
        if value is None and (is_last_year(key) or form.by_key[key].table not in nil_tables):
            return None
        total += value or 0
    return total


def side_value(content: Content, keys: Sequence[str]) -> Number | None:
    """Return the value of one side of a balance; None is shown as a dash."""
    return _sum(content.form, keys, content.figures, content.nil_tables)
