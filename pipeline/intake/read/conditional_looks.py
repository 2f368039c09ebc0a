"""The XML of one sheet of an .xlsx goes in; where its figures look otherwise under a condition comes out.

Whether a condition holds is worked out where a figure is compared with numbers; of any other it is not known.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from xml.parsers import expat

from pipeline.intake.read.cellxml import Address, Area
from pipeline.intake.read.xlsx_styles import STRUCK
from pipeline.model import column_number

NOTHING_SHOWN = ";;;"
"""The format of a figure of which only a bar or a sign is shown."""
_OWN_LOOKS = (b"showValue", b":dxf", b"<dxf")
"""By what a sheet itself says how figures look under a condition; else it is said by a number of the workbook's."""
_CORNER = re.compile(r"([A-Z]{1,3})?(\d{1,7})?")
_FARTHEST = 2**20
_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "equal": operator.eq, "notEqual": operator.ne, "greaterThan": operator.gt, "lessThan": operator.lt,
    "greaterThanOrEqual": operator.ge, "lessThanOrEqual": operator.le,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ConditionalLook:
    """Areas in which figures may look as ``code`` says: a number format or ``STRUCK``; empty: as ever."""

    areas: tuple[Area, ...]
    code: str = ""
    compared: str = ""
    limits: tuple[str, ...] = ()

    def may_hold(self, spot: Address, value: float) -> bool:
        """Say whether a figure may look so."""
        row, column = spot
        if not any(
            top <= row <= bottom and left <= column <= right for top, left, bottom, right in self.areas
        ):
            return False
        try:
            limits = [float(limit) for limit in self.limits]
        except ValueError:
            return True
        if self.compared in {"between", "notBetween"} and len(limits) == 2:  # noqa: PLR2004 - from one to the other
            return (min(limits) <= value <= max(limits)) == (self.compared == "between")
        return self.compared not in _COMPARE or len(limits) != 1 or _COMPARE[self.compared](value, limits[0])


def conditional_looks(xml: bytes, differing: Sequence[str]) -> tuple[ConditionalLook, ...]:
    """Return the looks that figures of a sheet may have under a condition; ``differing`` are those of the workbook, by number."""
    may_differ = any(differing) and b"cfRule" in xml
    if not may_differ and not any(mark in xml for mark in _OWN_LOOKS):
        return ()
    reader = _ConditionsReader(differing)
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text
    parser.Parse(xml, True)  # noqa: FBT003 - the signature of expat; the guard has parsed it before
    return tuple(look for look in reader.found if look.code)


class _ConditionsReader:
    """Follows conditional formatting, that of the extensions as well, which says its areas last."""

    def __init__(self, differing: Sequence[str]) -> None:
        self.found: list[ConditionalLook] = []
        self._differing = differing
        self._areas: tuple[Area, ...] = ()
        self._rules: list[ConditionalLook] = []
        self._text: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Enter an element."""
        local = name.rpartition(":")[2]
        if local == "conditionalFormatting":
            self._areas, self._rules = _areas(attributes.get("sqref", "")), []
        elif local == "cfRule":
            code = _at(self._differing, attributes.get("dxfId", ""))
            self._rules.append(ConditionalLook((), code, attributes.get("operator", "")))
        elif local in {"formula", "f", "sqref"}:
            self._text = []
        elif self._rules:
            self._look(local, attributes)

    def _look(self, local: str, attributes: Mapping[str, str]) -> None:
        if local == "numFmt":
            code = attributes.get("formatCode", "")
        elif local == "strike" and attributes.get("val", "1") in {"1", "true"}:
            code = STRUCK
        elif local in {"iconSet", "dataBar"} and attributes.get("showValue") in {"0", "false"}:
            code = NOTHING_SHOWN
        else:
            return
        self._rules[-1] = replace(self._rules[-1], code=code)

    def end(self, name: str) -> None:
        """Leave an element."""
        local = name.rpartition(":")[2]
        text = "".join(self._text or ())
        if local == "sqref":
            self._areas = _areas(text)
        elif local in {"formula", "f"} and self._rules:
            self._rules[-1] = replace(self._rules[-1], limits=(*self._rules[-1].limits, text))
        elif local == "conditionalFormatting":
            self.found += [replace(rule, areas=self._areas) for rule in self._rules]
            self._rules = []
        if local in {"formula", "f", "sqref"}:
            self._text = None

    def text(self, data: str) -> None:
        """Take the text of a formula or of areas."""
        if self._text is not None:
            self._text.append(data)


def _areas(text: str) -> tuple[Area, ...]:
    found: list[Area] = []
    for reference in text.replace("$", "").upper().split():
        first, _, last = reference.partition(":")
        corners = [_CORNER.fullmatch(corner) for corner in (first, last or first)]
        if corners[0] and corners[1]:
            top, left = _spot(corners[0], 0)
            found.append((top, left, *_spot(corners[1], _FARTHEST)))
    return tuple(found)


def _spot(corner: re.Match[str], missing: int) -> Address:
    """Return row and column; of whole columns or rows what they do not say is ``missing``."""
    return (
        int(corner[2]) - 1 if corner[2] else missing,
        column_number(corner[1]) if corner[1] else missing,
    )


def _at(differing: Sequence[str], number: str) -> str:
    is_one = number.isascii() and number.isdecimal() and len(number) < 6  # noqa: PLR2004 - no file has so many
    return differing[int(number)] if is_one and int(number) < len(differing) else ""
