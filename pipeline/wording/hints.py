"""Suggestions go in; the sentence that tells a clerk what to change comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline.model import Change, Suggestion, column_letters
from pipeline.wording.addresses import around, position

if TYPE_CHECKING:
    from pipeline.forms.form import Form

_LIKELY: Mapping[str, str] = {
    "told": "与文字中写的一致",
    "left": "文字中写明的数与其他各格一致",
    "swapped": "可能两位数字写颠倒了",
    "doubled": "可能多打了一位数字",
    "dropped": "可能漏打了一位数字",
    "sign": "可能多打了负号",
    "point": "可能多打了小数点",
    "typed_total": "可能总计是手工填的，与各项不符",
    "subtotal": "可能把合计数又填成了其中一项",
    "repeated": "可能把相邻一格的数又加了一遍",
    "surplus": "可能这一格不该填",
    "exchanged": "可能相邻两格填反了",
    "moved": "可能填错了一格",
    "lines": "可能相邻两行或两列填反了",
    "too_low": "可能整段低了一行",
    "too_high": "可能整段高了一行",
    "too_right": "可能整段偏右一列",
    "too_left": "可能整段偏左一列",
}
"""What speaks for a suggestion, by its kind."""
_BACK: Mapping[str, str] = {
    "too_low": "上移一行",
    "too_high": "下移一行",
    "too_right": "左移一列",
    "too_left": "右移一列",
}


def way_out(form: Form, suggestions: Sequence[Suggestion]) -> str:
    """Say what to change, alternatives one after the other; empty if there is nothing to suggest."""
    ways = [_way(form, suggestion) for suggestion in suggestions]
    if len(ways) < 2:  # noqa: PLR2004 - one way is said as a sentence
        return "".join(ways)
    numbered = (f"（{number}）{way}" for number, way in enumerate(ways, start=1))
    return f"请核对是哪一种：{'；'.join(numbered)}"


def _way(form: Form, suggestion: Suggestion) -> str:
    likely = _LIKELY.get(suggestion.kind, "")
    reason = f"（{likely}）" if likely else ""
    count = suggestion.settles
    settled = f"{count} 条勾稽关系全部成立" if count > 1 else "这条勾稽关系成立"
    return f"{_done(form, suggestion)}{reason}，{settled}"


def _done(form: Form, suggestion: Suggestion) -> str:
    changes = suggestion.changes
    kind = suggestion.kind
    if kind == "exchanged":
        return f"把 {_spot(form, changes[0])} 与 {_spot(form, changes[1])} 的数对换"
    if kind == "moved":
        target, source = sorted(changes, key=lambda change: change.before or 0)
        return f"把 {_spot(form, source)} 的 {source.before} 移到 {_spot(form, target)}"
    if kind == "lines":
        return f"把 {_sheet(changes)} {_lines(changes)}的数对换"
    if kind in _BACK:
        return f"把 {_sheet(changes)} {around(_cells(changes))} 的数{_BACK[kind]}"
    steps = (f"{_spot(form, change)} 由 {change.before} 改为 {change.after}" for change in changes)
    return f"把 {'，'.join(steps)}"


def _spot(form: Form, change: Change) -> str:
    """Say where, and of a cell that is not where the template has it also which item it is."""
    label = form.by_key[change.key].short_label
    if change.place is None:
        return label
    return str(change.place) if change.place == form.places[change.key] else f"{change.place}（{label}）"


def _sheet(changes: Sequence[Change]) -> str:
    return next((change.place.sheet for change in changes if change.place), "")


def _cells(changes: Sequence[Change]) -> list[str]:
    return [change.place.cell for change in changes if change.place]


def _lines(changes: Sequence[Change]) -> str:
    spots = [spot for cell in _cells(changes) if (spot := position(cell))]
    rows, columns = ({spot[axis] for spot in spots} for axis in (0, 1))
    if len(rows) == 2:  # noqa: PLR2004 - two rows were exchanged, or else two columns
        return "与".join(f"第 {row + 1} 行" for row in sorted(rows))
    return "与".join(f" {column_letters(column)} 列" for column in sorted(columns))
