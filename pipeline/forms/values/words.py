"""The kind of free text, with a pattern and a length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pipeline.forms.values.kind import ValueCheck, ValueKind
from pipeline.forms.values.plain import UNSEEN, Raw
from pipeline.forms.values.typed import Typed, shown

LONGEST = 2_000
"""Characters of a text in a line, where the form does not say."""


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

    def excel(self) -> dict[str, object]:
        if "longest" not in self.asked.limits:
            return {"validate": "any"}
        return {"validate": "length", "criteria": "<=", "value": self.longest}

    def _read(self, value: Raw) -> Typed:
        if isinstance(value, str) and value.isprintable() and value == value.strip():  # nearly every one
            return Typed(text=value)
        text = shown(value).translate(UNSEEN).strip()
        return Typed(text="\n".join(line.strip() for line in text.splitlines()))

    def checks(self) -> tuple[ValueCheck, ...]:
        found = [ValueCheck("at_most_long", self.longest, variant="long")]
        if shortest := self.asked.limits.get("shortest"):
            found.append(ValueCheck("at_least_long", shortest, variant="short"))
        if self.asked.pattern:
            found.append(ValueCheck("matching", self.asked.pattern, variant="pattern"))
        return tuple(found)
