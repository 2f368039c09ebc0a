"""Kinds that are words: free text, with a pattern and a length, and telephone numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from pipeline.forms.values.kind import ValueCheck, ValueKind
from pipeline.forms.values.plain import UNSEEN, Raw, without
from pipeline.forms.values.typed import Typed, shown

LONGEST = 2_000
"""Characters of a text in a line, where the form does not say."""
_WIDE = re.compile(r"[\uff01-\uff5e\u3000]")
"""Signs that are as wide as a Chinese one and have another width."""
_LOST_FROM, _LOST_SURELY = 10**15, 2**53
"""Of a number from here on Excel keeps the first fifteen digits and writes 0 for the last one; no spreadsheet keeps all of a larger one."""
_BESIDE_DIGITS = ("-", "—", " ", "(", ")", "+", "/", "、", ",", ";", "转", "分机", "或")
"""What stands between the digits of telephone numbers, and between several of them."""
_FEWEST_DIGITS = 5
"""A short number of a town has five digits."""


@dataclass(frozen=True, slots=True)
class FreeText(ValueKind):
    """A text of one or more lines."""

    id: ClassVar[str] = "text"
    bounds: ClassVar[tuple[str, ...]] = ("shortest", "longest")
    width: ClassVar[float] = 24.0

    @property
    def longest(self) -> int:
        """Characters that it may have."""
        return self.asked.limits.get("longest", LONGEST)

    @property
    def may_say_nothing(self) -> bool:
        return not self.asked.required and bool(self.asked.pattern)

    def excel(self) -> dict[str, object]:
        if "longest" not in self.asked.limits:
            return {"validate": "any"}
        return {"validate": "length", "criteria": "<=", "value": self.longest}

    @property
    def live_title(self) -> str:
        return "字数符合要求" if "shortest" in self.asked.limits else f"不超过 {self.longest} 字"

    def faults_array(self, cells: str) -> str:
        length, shortest = f"LEN(TRIM({cells}))", self.asked.limits.get("shortest", 0)
        ends = f'(({cells}>=2^53)+(RIGHT(TEXT({cells},"0"),1)="0")>0)'
        lost = f"ISNUMBER({cells})*({cells}>=10^15)*{ends}"
        return f"(({length}>{self.longest})+({length}>0)*({length}<{shortest})+{lost})"

    def is_faulty(self, text: str) -> bool:
        return bool(text) and not self.asked.limits.get("shortest", 0) <= len(text) <= self.longest

    def _read(self, value: Raw) -> Typed:
        if isinstance(value, str) and value.isprintable() and value == value.strip():  # nearly every one
            return self._in_one_width(value)
        if isinstance(value, int | float) and _has_lost(abs(value)):
            return self._wrong(value, "long_number")
        text = shown(value).translate(UNSEEN).strip()
        return self._in_one_width("\n".join(line.strip() for line in text.splitlines()))

    def _in_one_width(self, text: str) -> Typed:
        """Return a text that is spelled as the form prescribes, or would be but for the width of its signs."""
        pattern = self.asked.pattern
        if not pattern or not _WIDE.search(text) or re.fullmatch(pattern, text):
            return Typed(text=text)
        narrow = unicodedata.normalize("NFKC", text).strip()
        return self._noted(narrow, text) if re.fullmatch(pattern, narrow) else Typed(text=text)

    def plain(self, values: Sequence[Raw]) -> Sequence[str] | None:
        texts = [value for value in values if isinstance(value, str)]
        joined = "".join(texts)
        is_plain = joined.isprintable() and list(map(str.strip, texts)) == texts
        if self.asked.pattern and is_plain and _WIDE.search(joined):
            return None
        return texts if is_plain and len(texts) == len(values) else None

    def checks(self) -> tuple[ValueCheck, ...]:
        found = [ValueCheck("at_most_long", self.longest, variant="long")]
        if shortest := self.asked.limits.get("shortest"):
            found.append(ValueCheck("at_least_long", shortest, variant="short"))
        if self.asked.pattern:
            found.append(ValueCheck("matching", self.asked.pattern, variant="pattern"))
        return tuple(found)


def _has_lost(number: float) -> bool:
    """Say whether a number may have lost its last digits: what ends otherwise than with 0 was kept whole."""
    return number >= _LOST_SURELY or (number >= _LOST_FROM and number % 10 == 0)


@dataclass(frozen=True, slots=True)
class Phone(FreeText):
    """A telephone number, or several, kept as they are written."""

    id: ClassVar[str] = "phone"
    bounds: ClassVar[tuple[str, ...]] = ()
    width: ClassVar[float] = 16.0

    @property
    def may_say_nothing(self) -> bool:
        return not self.asked.required

    @property
    def usual_prompt(self) -> str:
        return "填电话号码，例如 0571-12345678。"

    def fault_formula(self, cell: str) -> str:
        return f"SUMPRODUCT({self.faults_array(cell)})"

    def faults_array(self, cells: str) -> str:
        digits = without(f"ASC({cells})", (*_BESIDE_DIGITS, "\uff64", "\u3000"))  # ASC makes 、 narrow
        rest = without(digits, map(str, range(10)))
        is_number = f"(LEN({digits})>={_FEWEST_DIGITS})*(LEN({rest})=0)"
        return f"(LEN(TRIM({cells}))>0)*(1-{is_number})"

    @property
    def live_title(self) -> str:
        return "是电话号码"

    def is_faulty(self, text: str) -> bool:
        return ValueKind.is_faulty(self, text)

    def plain(self, values: Sequence[Raw]) -> Sequence[str] | None:
        return ValueKind.plain(self, values)

    def _read(self, value: Raw) -> Typed:
        typed = FreeText._read(self, value)  # noqa: SLF001 - super() does not work in classes with slots
        digits = unicodedata.normalize("NFKC", typed.text)
        for part in _BESIDE_DIGITS:
            digits = digits.replace(part, "")
        is_number = digits.isascii() and digits.isdigit() and len(digits) >= _FEWEST_DIGITS
        return typed if is_number or not typed.text else self._wrong(value, self.id)
