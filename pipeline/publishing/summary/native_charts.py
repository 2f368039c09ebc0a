"""The form's charts and the year's figures go in; 图表, native charts beside the live figures they show, comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.forms.formulas import sum_formula
from pipeline.model import Number, a1
from pipeline.periods import title_of
from pipeline.publishing.summary.brief import Brief, added_up
from pipeline.publishing.summary.official_tables import printed_positions
from pipeline.publishing.workbook.measure import stored
from pipeline.publishing.workbook.office import HEAD_FONT, OfficeBook, OfficePage
from pipeline.publishing.workbook.page import FONT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.forms.charts import Chart, ChartPart
    from pipeline.publishing.summary.detail import SumColumn

CHARTS_SHEET = "图表"
_WIDTHS = [38.0, 10.0, 10.0, 10.0, 2.0, *[9.0] * 8]
_CHART_COLUMN, _CHART_WIDTH, _CHART_HEIGHT = 5, 530, 330
_ROW_HEIGHT = 20.0
_CHART_ROWS = 14
"""As many rows as a chart is high."""
_CHARTS_PER_PAGE = 4
_MOST_AGENCIES = 12
_FILLS = ("#4472C4", "#ED7D31", "#70AD47")
Cells = list[tuple[str, Number]]
"""Formulas with their results."""


def write_charts(book: OfficeBook, brief: Brief, columns: Mapping[str, SumColumn]) -> None:
    """Write 图表: for each chart its figures as formulas, and the chart over them."""
    page = book.page(CHARTS_SHEET, _WIDTHS)
    page.title(f"{brief.title}图表（{brief.share}）")
    row = 1
    for chart in brief.form.charts:
        row = _write_chart(page, brief, chart, _lines(brief, chart, columns), row)
    page.sheet.fit_to_pages(1, -(-len(brief.form.charts) // _CHARTS_PER_PAGE))


def _lines(brief: Brief, chart: Chart, columns: Mapping[str, SumColumn]) -> list[tuple[str, Cells]]:
    if chart.over == "agencies":
        return _by_agency(brief, chart.parts[0], columns)
    if chart.over == "years":
        return _by_year(brief, chart.parts)
    return [(part.label, [_sum(brief, part)]) for part in chart.parts]


def _sum(brief: Brief, part: ChartPart) -> tuple[str, Number]:
    """Return the district's sum of a part, as a formula and as a figure."""
    where, totals = printed_positions(brief.form), brief.totals
    return f"={sum_formula([where[key] for key in part.cells])}", sum(totals[key] for key in part.cells)


def _by_agency(brief: Brief, part: ChartPart, columns: Mapping[str, SumColumn]) -> list[tuple[str, Cells]]:
    """Return the agencies with the largest figures, largest first, and all others together."""
    found: list[tuple[Number, int, str]] = []
    for place, state in enumerate(brief.summary.states):
        if state.counting and state.counting.report:
            numbers = state.counting.report.numbers
            value = sum(numbers[brief.form.by_key[key].index] for key in part.cells)
            found.append((value, place, state.agency.name))
    ranked = sorted((item for item in found if item[0]), key=lambda item: (-item[0], item[1]))
    shown = ranked[:_MOST_AGENCIES]
    lines: list[tuple[str, Cells]] = [
        (name, [("=" + "+".join(columns[key].of(place) for key in part.cells), value)])
        for value, place, name in shown
    ]
    if len(ranked) > len(shown):
        formula, total = _sum(brief, part)
        others = "-".join((formula, *(cells[0][0].removeprefix("=") for _, cells in lines)))
        rest = total - sum(value for value, _, _ in shown)
        lines.append((f"其他 {len(ranked) - len(shown)} 家", [(others, rest)]))
    return lines


def _by_year(brief: Brief, parts: Sequence[ChartPart]) -> list[tuple[str, Cells]]:
    """Return a line for each year of which every figure is known, saying of how many agencies where these differ."""
    whose, lines = (
        {brief.summary.year: {report.code for report in brief.summary.reports}},
        {brief.summary.year: [_sum(brief, part) for part in parts]},
    )
    for year in brief.background.past:
        reports = brief.past_of(year)
        sums = added_up(reports.values())
        if all(key in sums for part in parts for key in part.cells):
            whose[year] = set(reports)
            lines[year] = [("", sum(sums[key] for key in part.cells)) for part in parts]
    alike = all(codes == whose[brief.summary.year] for codes in whose.values())
    return [
        (title_of(year) if alike else f"{title_of(year)}（{len(whose[year])} 家）", lines[year])
        for year in sorted(lines)
    ]


def _write_chart(
    page: OfficePage, brief: Brief, chart: Chart, lines: Sequence[tuple[str, Cells]], row: int
) -> int:
    """Write caption, figures and chart from ``row`` on; return the first row below them."""
    partial = "（部分汇总）" if brief.is_partial else ""
    caption = f"{chart.title}（{chart.unit}）{partial}"
    style = page.book.style(font_name=HEAD_FONT, font_size=12, valign="bottom")
    page.text(row, 0, caption, style, across=_CHART_COLUMN - 1)
    page.sheet.set_row(row, 30)
    series = [part.label for part in chart.parts] if chart.over == "years" else [chart.unit]
    for column, name in enumerate(("年度" if chart.over == "years" else "项目", *series)):
        page.text(row + 1, column, name, page.book.head())
    for number, (label, cells) in enumerate(lines, row + 2):
        _write_line(page, number, label, cells)
    if not any(value for _, cells in lines for _, value in cells):
        page.text(row + 2 + len(lines), 0, "都是 0，没有可画的数据。", page.book.style())
    else:
        _draw(page, chart, caption, series, (row + 2, row + 1 + len(lines)))
    below = row + 2 + max(len(lines) + 1, _CHART_ROWS)
    for number in range(row + 1, below):
        page.sheet.set_row(number, _ROW_HEIGHT)
    page.last_row = max(page.last_row, below)
    return below + 1


def _write_line(page: OfficePage, row: int, label: str, cells: Cells) -> None:
    page.text(row, 0, label, page.book.boxed(shrink=True, text_wrap=False))
    style = page.book.figure("count", num_format="General")
    for column, (formula, value) in enumerate(cells, 1):
        if formula:
            page.formula(row, column, formula, style, stored(value))
        else:
            page.number(row, column, stored(value), style)


def _draw(page: OfficePage, chart: Chart, caption: str, series: Sequence[str], rows: tuple[int, int]) -> None:
    first, last = rows
    drawn = page.book.chart("bar" if chart.over == "agencies" else "column")
    font = {"name": FONT, "size": 9}
    for number in range(1, len(series) + 1):
        drawn.add_series(
            {
                "name": [page.name, first - 1, number] if chart.over == "years" else chart.title,
                "categories": [page.name, first, 0, last, 0],
                "values": [page.name, first, number, last, number],
                "fill": {"color": _FILLS[number - 1]},
                "gap": 60,
                "data_labels": {"value": True, "font": font},
            }
        )
    drawn.set_title({"name": caption, "name_font": {"name": HEAD_FONT, "size": 12, "bold": False}})
    across = chart.over == "agencies"
    named = {"num_font": font, "reverse": across, "major_gridlines": {"visible": False}}
    measured = {"num_font": font, "visible": not across, "major_gridlines": {"visible": False}, "min": 0}
    drawn.set_x_axis(measured if across else named)
    drawn.set_y_axis(named if across else measured)
    drawn.set_legend({"position": "bottom", "font": font} if chart.over == "years" else {"none": True})
    drawn.set_size({"width": _CHART_WIDTH, "height": _CHART_HEIGHT})
    description = {"description": f"{caption}，数据见左侧表格", "object_position": 2}
    page.sheet.insert_chart(a1(first - 1, _CHART_COLUMN), drawn, description)
