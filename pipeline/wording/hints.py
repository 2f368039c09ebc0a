"""Suggestions go in; the sentence that tells a clerk what to change comes out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import TYPE_CHECKING

from pipeline.model import CellChange, Suggestion, a1, column_letters
from pipeline.wording.addresses import around, cell_named, position
from pipeline.wording.catalogue import CATALOGUE

if TYPE_CHECKING:
    from pipeline.forms.form import Form

TYPED_TOTAL = "typed_total"
"""The kind of a suggestion that totals were typed and are what is wrong."""

_LIKELY: Mapping[str, str] = {
    "told": "与文字中写的一致",
    "left": "文字中写明的数与其他各格一致",
    "swapped": "可能两位数字写颠倒了",
    "doubled": "可能多打了一位数字",
    "dropped": "可能漏打了一位数字",
    "sign": "可能多打了负号",
    "point": "可能多打了小数点",
    "subtotal": "可能把合计数又填成了其中一项",
    "repeated": "可能把相邻一格的数又加了一遍",
    "surplus": "可能这一格不该填",
    "forgotten": "可能漏填了这一格",
    "exchanged": "可能相邻两格填反了",
    "moved": "可能填错了一格",
    "lines": "可能相邻两行或两列填反了",
    "too_low": "可能整段低了一行",
    "too_high": "可能整段高了一行",
    "too_right": "可能整段偏右一列",
    "too_left": "可能整段偏左一列",
}
"""What speaks for a suggestion, by its kind."""
_BACK: Mapping[str, tuple[int, int]] = {
    "too_low": (-1, 0),
    "too_high": (1, 0),
    "too_right": (0, -1),
    "too_left": (0, 1),
}
"""Rows and columns by which what was shifted goes back."""
_ELSEWHERE = "核对同一行、同一列的其他各格"
STATED = "stated"
"""The kind of a suggestion that several texts speak for and no sum: the texts may be what is wrong."""
RESTORED_OPEN = "restored_open"
"""The same where nothing proves the parts: a person asks if nothing is changed."""
RESTORED = "restored"
"""The kind of a suggestion that a workbook with live totals carries out by itself: nothing is left to change."""
_NAMED = 3
"""Totals that one sentence names."""
_TYPED = "手工填的或者公式被改动，退回表中恢复自动计算"

_PAIR = 2


def way_out(form: Form, suggestions: Sequence[Suggestion]) -> str:
    """Say what to change, alternatives one after the other; empty if there is nothing to suggest."""
    ways = [_way(form, suggestion) for suggestion in suggestions]
    is_guess = any(suggestion.is_guess for suggestion in suggestions)
    if [suggestion.kind for suggestion in suggestions] == [TYPED_TOTAL]:
        return _of_typed_totals(*suggestions)
    if len(ways) < 2:  # noqa: PLR2004 - one way is said as a sentence
        return f"请核对是不是应{ways[0]}；不是的，{_ELSEWHERE}" if is_guess else "".join(ways)
    numbered = [f"（{number}）{way}" for number, way in enumerate(ways, start=1)]
    rest = [f"都不是的，{_ELSEWHERE}"] if is_guess else []
    return f"请核对是哪一种：{'；'.join([*numbered, *rest])}"


def totals_in_words(typed: Iterable[tuple[str, object, object]]) -> str:
    """Name totals that were typed: each by its cell, what it was given as and what its parts come to."""
    named = islice(typed, _NAMED)
    return "；".join(f"{cell} 报来的是 {given}，各项之和是 {parts}" for cell, given, parts in named)


def _of_typed_totals(suggestion: Suggestion) -> str:
    """Say of totals that were typed what the letter says: they are formulas in what goes back, no clerk can change them."""
    spots = (
        (change.place.cell if change.place else "", change.before, change.after)
        for change in suggestion.changes
    )
    wording = CATALOGUE["sums", "typed_guess" if suggestion.is_guess else "typed_over"]
    return f"{wording.fault.format(totals=totals_in_words(spots))}；{wording.remedy}"


def _way(form: Form, suggestion: Suggestion) -> str:
    if suggestion.kind == TYPED_TOTAL:
        return f"各项都无误的，错在总计（{_TYPED}）"
    if suggestion.kind == RESTORED:
        return f"各项都无误的，不用改（总计是{_TYPED}）"
    if suggestion.kind == RESTORED_OPEN:
        return f"各项都无误的，发回后由{form.words.office}打电话核实（总计是{_TYPED}）"
    likely = _LIKELY.get(suggestion.kind, "")
    reason = f"（{likely}）" if likely else ""
    count = suggestion.settles
    if suggestion.kind == STATED:
        return f"文字中 {count} 处写的数都指向同一格：文字无误的，{_done(form, suggestion)}，就都一致了；表格无误的，改正文字"
    settled = f"{count} 条勾稽关系全部成立" if count > 1 else "这条勾稽关系成立"
    return f"{_done(form, suggestion)}{reason}，{settled}"


def _done(form: Form, suggestion: Suggestion) -> str:
    changes = suggestion.changes
    kind = suggestion.kind
    is_pair = len(changes) == _PAIR  # a total that is a formula again needs no change of its own
    if kind == "exchanged" and is_pair:
        return f"把 {_spot(form, changes[0])} 与 {_spot(form, changes[1])} 的数对换"
    if kind == "moved" and is_pair:
        target, source = sorted(changes, key=lambda change: change.before or 0)
        return f"把 {_spot(form, source)} 的 {source.before} 移到 {_spot(form, target)}"
    if kind == "lines":
        return f"把 {_sheet(changes)} {_lines(changes)}的数对换"
    if kind in _BACK:
        return _copied_back(changes, _BACK[kind])
    steps = (f"{_spot(form, change)} 由 {change.before} 改为 {change.after}" for change in changes)
    return f"把 {'，'.join(steps)}"


def _copied_back(changes: Sequence[CellChange], step: tuple[int, int]) -> str:
    """Say how a run of figures goes back: what is copied where, and what the cells at its end are to hold then.

    Rows or columns between the shifted ones that stand right are left where they are.
    """
    held = {
        spot: change.after for change in changes if change.place and (spot := position(change.place.cell))
    }
    axis = 0 if step[0] else 1
    first, last = (pick(spot[axis] for spot in held) for pick in (min, max))
    end = last if sum(step) < 0 else first
    blocks = [
        [spot for spot in block if spot[axis] != end] for block in _blocks(held, axis, range(first, last + 1))
    ]
    target = [block for block in blocks if block]
    left = sorted(set(held) - {spot for block in target for spot in block})
    filled = "，".join(f"{a1(*spot)} 填 {held[spot]}" for spot in left)
    if not target:
        return f"把 {_sheet(changes)} {filled}"
    source = [[(row - step[0], column - step[1]) for row, column in block] for block in target]
    whither = f"{'分别' if len(target) > 1 else ''}复制到 {_spelled(target)}"
    return f"把 {_sheet(changes)} {_spelled(source)} 的数{whither}，再在 {filled}"


def _blocks(spots: Iterable[tuple[int, int]], axis: int, run: range) -> Iterator[list[tuple[int, int]]]:
    """Yield a rectangle over ``run`` for each stretch of neighbouring lanes in which ``spots`` lie."""
    lanes = sorted({spot[1 - axis] for spot in spots})
    for _, stretch in groupby(enumerate(lanes), key=lambda item: item[1] - item[0]):
        yield [(lane, at) if axis else (at, lane) for _, lane in stretch for at in run]


def _spelled(blocks: Iterable[Iterable[tuple[int, int]]]) -> str:
    return "、".join(around(a1(*spot) for spot in block) for block in blocks)


def _spot(form: Form, change: CellChange) -> str:
    """Say where, and of a cell that is not where the template has it also which item it is."""
    if change.place and change.place == form.places[change.key]:
        return str(change.place)
    return cell_named(str(change.place or ""), form.by_key[change.key].short_label)


def _sheet(changes: Sequence[CellChange]) -> str:
    return next((change.place.sheet for change in changes if change.place), "")


def _cells(changes: Sequence[CellChange]) -> list[str]:
    return [change.place.cell for change in changes if change.place]


def _lines(changes: Sequence[CellChange]) -> str:
    """Name the rows, or the columns and how far: what lies above and below may have a cause of its own, or none."""
    spots = [spot for cell in _cells(changes) if (spot := position(cell))]
    rows, columns = ({spot[axis] for spot in spots} for axis in (0, 1))
    if len(rows) == 2:  # noqa: PLR2004 - two rows were exchanged, or else two columns
        return "与".join(f"第 {row + 1} 行" for row in sorted(rows))
    named = "与".join(f" {column_letters(column)} 列" for column in sorted(columns))
    return f"第 {min(rows) + 1} 行到第 {max(rows) + 1} 行的{named}"
