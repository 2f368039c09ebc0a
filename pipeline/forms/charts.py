"""The form's [[chart]] declarations go in; which chart shows which figures comes out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Literal

from pipeline.forms.expand import Expander
from pipeline.toml_source import Faults, TomlTable

if TYPE_CHECKING:
    from pipeline.toml_source import TomlSource

Over = Literal["agencies", "parts", "years"]
"""What the marks of a chart stand for: an agency each, a part each, or a year each with one series for every part."""
_OVERS: tuple[Over, ...] = ("agencies", "parts", "years")

MOST_SERIES = 3
"""More lines in one chart are a tangle."""


@dataclass(frozen=True, slots=True)
class ChartPart:
    """A labelled figure of a chart: the sum of ``cells``."""

    label: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart over sums of cells, all of one ``unit``."""

    title: str
    unit: str
    over: Over
    parts: tuple[ChartPart, ...]


@dataclass(frozen=True, slots=True)
class _WrittenChart:
    title: str
    unit: str
    over: str
    parts: tuple[object, ...]


def load_charts(source: TomlSource, expander: Expander) -> tuple[Chart, ...]:
    """Read every [[chart]]. Raises ConfigError for cells the form does not have."""
    faults = Faults()
    found = faults.each(source.tables("chart"), lambda section: _chart(section, expander))
    faults.refuse()
    return found


def _chart(section: TomlTable, expander: Expander) -> Chart:
    written = section.into(_WrittenChart)
    over = next((name for name in _OVERS if name == written.over), None)
    if over is None:
        raise section.fault(f"over 应为 {'、'.join(_OVERS)} 之一。", "over")
    parts = tuple(chain.from_iterable(_parts(section, item, expander) for item in written.parts))
    if not parts or (over == "agencies" and len(parts) > 1):
        raise section.fault("parts 至少一项；over 为 agencies 时恰好一项。", "parts")
    if over == "years" and len(parts) > MOST_SERIES:
        raise section.fault(f"over 为 years 时最多 {MOST_SERIES} 项。", "parts")
    return Chart(written.title, written.unit, over, parts)


def _parts(section: TomlTable, item: object, expander: Expander) -> list[ChartPart]:
    """Return the part that ``item`` writes, or one for each row or column of its group, called by its label."""
    if not isinstance(item, dict) or set(item) not in ({"label", "cells"}, {"each", "cells"}):
        raise section.fault(
            "parts 的每一项应写成 { label = …, cells = […] }；一组行或列各画一项的写成 "
            '{ each = "表.@组", cells = ["表.行.{each}"] }。',
            "parts",
        )
    part = TomlTable(section.source, "chart.parts", item, section.first_line, section.last_line)
    cells = part.strings("cells")
    if "each" in item:
        return [ChartPart(*found) for found in expander.cells_of_each(section, item["each"], cells)]
    if not isinstance(item["label"], str):
        raise section.fault("“label”的值类型不对，应为文字。", "parts")
    return [ChartPart(item["label"], expander.cells(section, cells))]
