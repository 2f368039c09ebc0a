"""The bytes of a ``figures.csv`` of an earlier run go in; each agency's figures come out, or why they cannot be taken."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from pipeline.forms.layout import FIGURES_HEAD
from pipeline.long_lists import first_of

if TYPE_CHECKING:
    from pipeline.forms.form import Cell, Form
    from pipeline.model import Number

_SHOWN = 3
_CALLED = dict(zip(FIGURES_HEAD, ("单位代码", "单位名称"), strict=True))
"""The columns before the numbers, as people call them."""

_ANOTHER = (
    "不是运行生成的 figures.csv，没有它的列；请用上年结果文件夹里的 figures.csv，"
    "只要一家单位的，请用它的 .xlsx 数据表、报告网页或者 Word 报告"
)
_OF_ANOTHER_FORM = "是另一种表的 figures.csv，没有“{}”的列"


@dataclass(frozen=True, slots=True)
class FiguresLine:
    """One agency's line: what it calls itself, and its figures by cell key, None where the line is blank."""

    line: int
    code: str
    name: str
    numbers: Mapping[str, Number | None]


@dataclass(frozen=True, slots=True)
class FiguresFile:
    """The lines of the file; ``refusal`` is a Chinese sentence where it cannot be taken, and nothing is.

    ``remark`` names the columns of the form that the file has not: the form may have got them since.
    """

    rows: tuple[FiguresLine, ...] = ()
    refusal: str = ""
    remark: str = ""


def read_figures(form: Form, content: bytes) -> FiguresFile:
    """Read every line, or none: a file with one impossible figure is not half right."""
    try:
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error):
        return FiguresFile(refusal="不是 UTF-8 编码的 CSV 文件，请用上年运行时生成的 figures.csv，不要另存")
    head = [name.strip() for name in lines[0]] if lines else []
    if refusal := _refusal(form, head):
        return FiguresFile(refusal=refusal)
    rows: list[FiguresLine] = []
    for number, line in enumerate(lines[1:], 2):
        if any(value.strip() for value in line):
            row = _row(form, number, dict(zip(head, line, strict=False)))
            if isinstance(row, str):
                return FiguresFile(refusal=row)
            rows.append(row)
    if not rows:
        return FiguresFile(refusal="文件里没有一家单位的数据")
    return FiguresFile(tuple(rows), remark=_remark(form, head))


def _refusal(form: Form, head: Sequence[str]) -> str:
    """Say why a file with these columns is none of the form's figures, empty if it is, be it of an earlier edition."""
    missing = [_CALLED[name] for name in FIGURES_HEAD if name not in head]
    has_figures = any(cell.key in head for cell in form.cells)
    if missing and (has_figures or len(missing) < len(_CALLED)):
        return f"缺少“{'、'.join(missing)}”列，请用上年运行时生成的 figures.csv，不要改列名"
    if missing:
        return _ANOTHER
    return "" if has_figures else _OF_ANOTHER_FORM.format(form.title)


def _remark(form: Form, head: Sequence[str]) -> str:
    """Say which figures the file has not, and which of its columns are none of the form's: one may have been renamed."""
    unknown = [cell for cell in form.cells if cell.key not in head]
    if not unknown:
        return ""
    keys = {*FIGURES_HEAD, *(cell.key for cell in form.cells)}
    strange = [f"“{name}”" for name in head if name not in keys]
    said = f"文件里没有现行表样的 {len(unknown)} 列（{_some([cell.short_label for cell in unknown])}），这些数按不掌握处理"
    return f"{said}；不认识的列没有采用：{_some(strange)}" if strange else said


def _some(names: Sequence[str]) -> str:
    return first_of(names, _SHOWN)


def _row(form: Form, number: int, values: Mapping[str, str]) -> FiguresLine | str:
    """Return the line, or what is wrong with it."""
    code, name = (values.get(column, "").strip().removeprefix("'") for column in FIGURES_HEAD)
    numbers: dict[str, Number | None] = {}
    for cell in form.cells:
        text = values.get(cell.key, "").strip()
        figure = _figure(cell, text)
        if figure is None and text:
            return f"第 {number} 行（{name or code}）的“{cell.short_label}”填的是“{text}”，不是合理的数"
        numbers[cell.key] = figure
    return FiguresLine(number, code, name, numbers)


def _figure(cell: Cell, text: str) -> Number | None:
    """Return the figure that ``text`` spells, None if it is none: not blank, not negative, whole where it counts."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    if not value.is_finite() or not cell.number.allows(value):
        return None
    return int(value) if cell.number.is_whole else value


def refused_labels(form: Form, numbers: Mapping[str, Number | None]) -> Sequence[str]:
    """Return the labels of figures that no report can hold: negative, or a fraction of a count."""
    return [
        cell.short_label
        for cell in form.cells
        if (value := numbers.get(cell.key)) is not None and not cell.number.allows(value)
    ]
