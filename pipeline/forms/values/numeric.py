"""The kinds that are numbers, for entries and registers; what a number of each kind may be stands in ``numbers``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from pipeline.forms.values.kind import Sort, Together, ValueCheck, ValueKind
from pipeline.forms.values.numbers import LARGEST, NUMBER_KINDS, PLACES, NumberKind
from pipeline.forms.values.plain import without
from pipeline.forms.values.typed import WHOLE, Typed, type_cell

if TYPE_CHECKING:
    from pipeline.forms.values.plain import Raw
    from pipeline.model import Number

_PLAIN = re.compile(r"-?\d{1,30}(?:\.\d{1,30})?", re.ASCII)


def number_of(text: str) -> Number | None:
    """Return the number that a value spells; None where it is blank or no number."""
    if not _PLAIN.fullmatch(text):
        return None
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() else value


@lru_cache(maxsize=256)
def _number(kind: str, unit: str, limits: tuple[tuple[str, int], ...]) -> NumberKind:
    own, given = NUMBER_KINDS[kind], dict(limits)
    return replace(
        own,
        places=given.get("places", own.places),
        least=given.get("least", own.least),
        most=given.get("most", own.most),
        unit=unit or own.unit,
    )


@dataclass(frozen=True, slots=True)
class Figure(ValueKind):
    """A number of a kind of ``numbers``, as the form bounds it."""

    sort: ClassVar[Sort] = "number"
    bounds: ClassVar[tuple[str, ...]] = ("least", "most", "places")
    ways: ClassVar[tuple[Together, ...]] = ("sum", "average", "list", "none")
    width: ClassVar[float] = 11.0

    @property
    def number(self) -> NumberKind:
        """What such a number may be."""
        return _number(self.asked.kind, self.asked.unit, tuple(self.asked.limits.items()))

    @property
    def usual_prompt(self) -> str:
        return self.number.prompt

    @property
    def number_format(self) -> str:
        return self.number.shown_as or "General"

    def excel(self) -> dict[str, object]:
        number = self.number
        return {
            "validate": "integer" if number.is_whole else "decimal",
            "criteria": "between",
            "minimum": -LARGEST if number.least is None else number.least,
            "maximum": LARGEST if number.most is None else number.most,
        }

    def plain(self, values: Sequence[Raw]) -> Sequence[str] | None:
        found: list[str] = []
        for value in values:
            if type(value) is float and value.is_integer() and -LARGEST <= value <= LARGEST:
                found.append(str(int(value)))
            elif value == "":
                found.append("")
            else:
                return None
        return found

    def _read(self, value: Raw) -> Typed:
        return type_cell(value, self.number)

    def faults_array(self, cells: str) -> str:
        number = self.number
        units = (f"{number.unit}{WHOLE}", number.unit) if number.unit not in {"", "%"} else ()
        plain = without(f"ASC({cells})", units)
        decimals = f'(LEN({cells})-FIND(".",{cells}&".")>{number.places})'
        terms = [
            f"(LEN(TRIM({cells}))>0)*(1-ISNUMBER(VALUE({plain}))*(1-ISLOGICAL({cells})))",
            *([f"ISNUMBER({cells})*{decimals}"] if number.places < PLACES else []),
            *([] if number.least is None else [f"ISNUMBER({cells})*({cells}<{number.least})"]),
            *([] if number.most is None else [f"ISNUMBER({cells})*({cells}>{number.most})"]),
        ]
        return f"({'+'.join(terms)})"

    def is_faulty(self, text: str) -> bool:
        number = number_of(text)
        if number is None:
            return text != ""
        return not self.number.allows(number) or round(Decimal(number), self.number.places) != number

    def checks(self) -> tuple[ValueCheck, ...]:
        number, found = self.number, []
        if number.is_whole:
            found.append(ValueCheck("whole", None, "C06"))
        elif number.places < PLACES:
            found.append(ValueCheck("in_places", number.places, variant="places"))
        if number.least is not None:
            low = ("C05", "") if number.least == 0 else ("V01", "small")
            found.append(ValueCheck("ge", number.least, *low))
        if number.most is not None:
            found.append(ValueCheck("le", number.most, variant="large"))
        return tuple(found)

    def stored(self, text: str) -> Number | str:
        number = number_of(text)
        return text if number is None else number

    def shown(self, text: str) -> str:
        number, kind = number_of(text), self.number
        if number is None:
            return text
        if kind.shown_as:
            return f"{(Decimal(number) * 100).normalize():f}%"
        return f"{text}{kind.unit}"


@dataclass(frozen=True, slots=True)
class Share(Figure):
    """A percentage: kept as the fraction it is, never added up."""

    ways: ClassVar[tuple[Together, ...]] = ("average", "list", "none")
