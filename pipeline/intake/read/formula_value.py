"""A formula that a clerk typed and the sheets it refers to go in; what it comes to today comes out, or that nobody can tell.

Programs that fill in a workbook may leave the stored result of a formula as it was before. Only what every spreadsheet
means alike is worked out: the four operations, references, and sums; anything else is left to the stored result.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from pipeline.model import column_number

if TYPE_CHECKING:
    from pipeline.intake.read.spreadsheet import SheetData

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)"
    r"|(?P<area>(?:(?:'(?:[^']|''){1,64}'|[^\s'!()+\-*/,:;<>=&\"]{1,64})!)?\$?[A-Za-z]{1,3}\$?\d{1,7}(?::\$?[A-Za-z]{1,3}\$?\d{1,7})?(?![\w(.]))"
    r"|(?P<name>[A-Za-z][A-Za-z.]{0,40})(?=\()"
    r"|(?P<sign>[-+*/(),]))"
)
_CORNER = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_DEEPEST = 12
_MOST_CELLS = 20_000
_LONGEST = 1_000
DIVIDED = "#DIV/0!"

_AGGREGATES: dict[str, Callable[[Sequence[float]], float]] = {
    "SUM": sum,
    "MAX": lambda numbers: max(numbers, default=0.0),
    "MIN": lambda numbers: min(numbers, default=0.0),
    "COUNT": lambda numbers: float(len(numbers)),
}


class UnknownError(Exception):
    """What the formula comes to cannot be told here."""


class _DividedError(Exception):
    """The formula divides by nothing."""


def value_of(formula: str, home: SheetData, sheets: Sequence[SheetData]) -> float | str | None:
    """Return the number, or the error, that ``formula`` on ``home`` comes to; None where that cannot be told."""
    try:
        return _FormulaReader(formula, home, sheets, 0).run()
    except _DividedError:
        return DIVIDED
    except (UnknownError, RecursionError, OverflowError):
        return None


class _FormulaReader:
    """Reads one formula from left to right."""

    def __init__(self, formula: str, home: SheetData, sheets: Sequence[SheetData], depth: int) -> None:
        if depth > _DEEPEST or not formula or len(formula) > _LONGEST:
            raise UnknownError
        self._home, self._sheets, self._depth = home, sheets, depth
        self._tokens = list(_tokens(formula))
        self._next = 0

    def run(self) -> float:
        """Return what the whole comes to."""
        result = self._sum()
        if self._next != len(self._tokens):
            raise UnknownError
        return result

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._next] if self._next < len(self._tokens) else ("", "")

    def _take(self, *signs: str) -> str:
        kind, text = self._peek()
        if kind == "sign" and text in signs:
            self._next += 1
            return text
        return ""

    def _sum(self) -> float:
        total = self._product()
        while sign := self._take("+", "-"):
            other = self._product()
            total = total + other if sign == "+" else total - other
        return total

    def _product(self) -> float:
        total = self._factor()
        while sign := self._take("*", "/"):
            other = self._factor()
            if sign == "/" and other == 0:
                raise _DividedError
            total = total * other if sign == "*" else total / other
        return total

    def _factor(self) -> float:
        if self._take("-"):
            return -self._factor()
        if self._take("+"):
            return self._factor()
        if self._take("("):
            inner = self._sum()
            self._close()
            return inner
        kind, text = self._peek()
        self._next += 1
        if kind == "number":
            return float(text)
        if kind == "area" and ":" not in text:
            return next(iter(self._cells(text, default=0.0)))
        if kind == "name":
            return self._called(text.upper())
        raise UnknownError

    def _called(self, name: str) -> float:
        if not self._take("("):
            raise UnknownError
        if name == "ROUND":
            number = self._sum()
            places = self._sum() if self._take(",") else 0.0
            self._close()
            return round(number + (1e-9 if number > 0 else -1e-9), int(places))
        if name not in _AGGREGATES:
            raise UnknownError
        numbers: list[float] = []
        while True:
            kind, text = self._peek()
            if kind == "area" and self._is_whole_argument():
                self._next += 1
                numbers += self._cells(text)
            else:
                numbers.append(self._sum())
            if not self._take(","):
                break
        self._close()
        return _AGGREGATES[name](numbers)

    def _is_whole_argument(self) -> bool:
        following = self._tokens[self._next + 1 : self._next + 2]
        return following in ([("sign", ",")], [("sign", ")")])

    def _close(self) -> None:
        if not self._take(")"):
            raise UnknownError

    def _cells(self, area: str, default: float | None = None) -> list[float]:
        """Return the numbers in an area; a blank is ``default``, or none. A text, which programs treat otherwise, is unknown."""
        name, _, corners = area.rpartition("!")
        sheet = self._sheet(name)
        spots = [_spot(corner) for corner in corners.split(":")]
        (top, left), (bottom, right) = spots[0], spots[-1]
        if top > bottom or left > right or (bottom - top + 1) * (right - left + 1) > _MOST_CELLS:
            raise UnknownError
        found = [
            self._number(sheet, row, column)
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
        ]
        return [number if number is not None else default for number in found if number is not None or default is not None]  # type: ignore[misc]  # fmt: skip

    def _sheet(self, name: str) -> SheetData:
        if not name:
            return self._home
        plain = name.strip("'").replace("''", "'")
        for sheet in self._sheets:
            if sheet.name == plain:
                return sheet
        raise UnknownError

    def _number(self, sheet: SheetData, row: int, column: int) -> float | None:
        if (row, column) in sheet.facts.errors:
            raise UnknownError
        formula = sheet.facts.formulas.get((row, column))
        if formula:
            return _FormulaReader(formula.text, sheet, self._sheets, self._depth + 1).run()
        value = sheet.at(row, column)
        if value in {None, ""}:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise UnknownError
        return float(value)


def _tokens(formula: str) -> Iterator[tuple[str, str]]:
    position = 0
    while position < len(formula.rstrip()):
        found = _TOKEN.match(formula, position)
        if not found or found.lastgroup is None:
            raise UnknownError
        yield found.lastgroup, found[found.lastgroup]
        position = found.end()


def _spot(corner: str) -> tuple[int, int]:
    found = _CORNER.fullmatch(corner)
    if not found:
        raise UnknownError
    return int(found[2]) - 1, column_number(found[1])
