"""The district's year goes in; its own report, drafted, and its sums as a filled template that goes up, come out.

The sentences stand in the form as [[draft]]; what only a person can write is left as a gap that rule N14 catches, and
so are sums that lack an agency: neither can be taken for a finished report by mistake.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.forms.drafts import filled, has_figures, refers, to_fill_in
from pipeline.forms.values.numeric import Figure
from pipeline.forms.values.typed import plain_number
from pipeline.model import Report
from pipeline.periods import title_of, year_in
from pipeline.publishing import template as workbook
from pipeline.publishing.cell_values import sums_and_averages, together_words
from pipeline.publishing.summary.brief import absentees
from pipeline.publishing.word import report as word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.forms.form import Form
    from pipeline.model import DistrictSummary, Number


def district_report(form: Form, summary: DistrictSummary) -> Report:
    """Return the district's own report: the sums, and for every text what can be written and what is to be added."""
    texts = {
        draft.text: [*_said(draft.lines, form, summary), *map(to_fill_in, draft.ask)] for draft in form.drafts
    }
    return _report(form, summary, texts)


def render_district_report(layout: word.Layout, form: Form, summary: DistrictSummary) -> bytes:
    """Print the district's own report (.docx); every page of one that lacks an agency says so."""
    return word.render(layout, district_report(form, summary), note=partial_mark(summary), shows_gaps=True)


def upward_table(form: Form, summary: DistrictSummary, level: str) -> bytes:
    """Return the standard template (.xlsx) filled with the sums, for the body above, which collects it like any other."""
    texts = {
        draft.text: [*_said(draft.lines, form, summary), *_said(draft.refer, form, summary)]
        for draft in form.drafts
    }
    report = _report(form, summary, texts)
    numbers: dict[str, Number | str] = {
        cell.key: value
        for cell, value in zip(form.cells, report.numbers, strict=True)
        if cell.is_input or cell.drawn
    }
    mark = partial_mark(summary)
    stamp = workbook.Stamp(
        agency=summary.district, year=summary.year, level=level, note=mark, is_summed=_asks_more(form)
    )
    unready = "部分汇总，不能报送" if mark else ""
    values = {**numbers, **sums_and_averages(form, summary.reports), **report.texts}
    return workbook.build_workbook(form, stamp, values=values, unready=unready)


def _asks_more(form: Form) -> bool:
    """Say whether ``form`` asks for what sums do not have: rows, values of other kinds, texts that no draft writes."""
    needed = (asked for asked in form.valued_entries if asked.required or isinstance(asked.value, Figure))
    return bool(form.registers or form.bare_texts) or any(needed)


def partial_mark(summary: DistrictSummary) -> str:
    """Say that sums are partial; nothing where they are whole."""
    counted, expected = len(summary.reports), len(summary.states)
    return f"部分汇总 {counted} / {expected} 家" if counted < expected else ""


def _report(form: Form, summary: DistrictSummary, texts: dict[str, list[str]]) -> Report:
    mark = partial_mark(summary)
    if mark and form.texts:
        gap = to_fill_in(f"{mark}，未含：{absentees(summary)}。单位报齐后重新生成；确需按此报出的，删去本段")
        first = form.texts[0].key
        texts[first] = [gap, *texts.get(first, ())]
    return Report(
        form=form.id,
        agency=summary.district,
        code="",
        year=summary.year,
        numbers=summary.totals,
        texts={key: "\n".join(lines) for key, lines in texts.items()},
        entries=together_words(form, summary.reports),
    )


def _said(lines: Sequence[str], form: Form, summary: DistrictSummary) -> list[str]:
    names = {"agency": summary.district, "year": str(year_in(summary.year)), "period": title_of(summary.year)}
    numbers = {cell.key: total for cell, total in zip(form.cells, summary.totals, strict=True)}
    mark = partial_mark(summary)
    said = filled(lines, names, numbers, plain_number)
    return [
        f"（{mark}）{text}" if mark and has_figures(line) else text
        for line, text in zip(lines, said, strict=True)
    ]


def is_summed(form: Form, report: Report) -> bool:
    """Whether the report came up as a table of sums: what it says stands in another report of the same title."""
    return any(
        refers(line, paragraph)
        for draft in form.drafts
        for paragraph in report.texts.get(draft.text, "").splitlines()
        for line in draft.refer
    )
