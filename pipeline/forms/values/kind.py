"""What is asked for goes in (``Asked``); its kind of value comes out: one object that knows everything of such values.

A value is always spelled in one way, as text: numbers plain, days as 2024-03-05, 是 or 否. A blank is an empty text.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol

from pipeline.forms.values.typed import Typed, shown, unreadable

if TYPE_CHECKING:
    from datetime import date

    from pipeline.forms.values.plain import Raw
    from pipeline.model import Number

Together = Literal["sum", "average", "yes", "list", "none"]
"""How the values of several agencies come together: added up, averaged by weight, counted where they are 是, listed, not at all."""
Sort = Literal["number", "text"]
VALUE = "V01"
"""The rule that a value is one of its kind, where that is no number of a table."""
SPELLED = "V03"
"""The rule that what says who filled a report in, and when, is a value of its kind."""
REQUIRED = "C01"
PERSONAL = "（个人信息）"
"""Stands in findings for what concerns a person."""


class Asked(Protocol):
    """An entry, or a column of a register: what is asked for, as the form declares it."""

    @property
    def label(self) -> str:
        """What it is called."""

    @property
    def kind(self) -> str:
        """The name of its kind."""

    @property
    def prompt(self) -> str:
        """What to fill in, for who fills it in."""

    @property
    def required(self) -> bool:
        """Whether it cannot be left blank."""

    @property
    def unit(self) -> str:
        """The unit of a number."""

    @property
    def limits(self) -> Mapping[str, int]:
        """Bounds by name; which there are depends on the kind."""

    @property
    def choices(self) -> Mapping[str, str]:
        """What can be chosen: key → label."""

    @property
    def official(self) -> Mapping[str, str]:
        """Other wordings of what can be chosen, as the form itself has them elsewhere, reduced by ``plain.unnumbered``: wording → choice."""

    @property
    def pattern(self) -> str:
        """What the whole text must match; empty: anything."""

    @property
    def together(self) -> str:
        """How the values of several agencies come together; empty: as is usual for the kind."""

    @property
    def personal(self) -> bool:
        """Whether it holds what concerns a person."""


@dataclass(frozen=True, slots=True)
class ValueCheck:
    """What is asked of every value of a batch: a check of pandera by name, with its argument, and the finding if it fails."""

    name: str
    argument: object
    code: str = VALUE
    variant: str = ""


@dataclass(frozen=True, slots=True)
class ValueKind(ABC):
    """A kind of value, for one entry or column. Each subclass says everything of its kind in one place."""

    id: ClassVar[str]
    sort: ClassVar[Sort] = "text"
    bounds: ClassVar[tuple[str, ...]] = ()
    """The names that ``limits`` may hold."""
    ways: ClassVar[tuple[Together, ...]] = ("list", "none")
    """How values of the kind can come together, the usual way first."""
    width: ClassVar[float] = 14.0
    """Of a column that holds such values, in characters."""
    asked: Asked = field(compare=False)

    @property
    def together(self) -> Together:
        """How the values of several agencies come together."""
        return next((way for way in self.ways if way == self.asked.together), self.ways[0])

    @property
    def prompt(self) -> str:
        """What to fill in: in the form's words, else in those of the kind."""
        return self.asked.prompt or self.usual_prompt

    @property
    def usual_prompt(self) -> str:
        """What to fill in, where the form does not say."""
        return ""

    @property
    def mending(self) -> str:
        """What to fill in, for who filled in something else."""
        return self.prompt

    @property
    def long_list(self) -> tuple[str, ...]:
        """What can be chosen, where a spreadsheet takes it from cells only: it is too long for one place, or has commas or quotes."""
        return ()

    @property
    def number_format(self) -> str:
        """The number format of a spreadsheet in which it is filled in."""
        return "@"

    @property
    def may_say_nothing(self) -> bool:
        """Whether “/” or “无” in its cell is a blank: it can be left blank, and is no text that may say so."""
        return not self.asked.required

    def excel(self) -> dict[str, object]:
        """Return the data validation of a spreadsheet, as xlsxwriter takes it."""
        return {"validate": "any"}

    def read(self, value: Raw) -> Typed:
        """Read what somebody filled in, tolerantly; what is no such value is a fault."""
        if value is None or value == "":
            return Typed()
        return self._read(value)

    def plain(self, values: Sequence[Raw]) -> Sequence[str] | None:
        """Return a column of values as they are spelled, where ``read`` has nothing to say of any; None: ask it of each.

        Whole columns are looked at together, which costs a tenth. What is not certain at first sight is none.
        """
        del values
        return None

    @abstractmethod
    def _read(self, value: Raw) -> Typed:
        """Read what is no blank."""

    def checks(self) -> tuple[ValueCheck, ...]:
        """Return what is asked of every value that was read."""
        return ()

    def stored(self, text: str) -> Number | date | str:
        """Return a value as a cell of a spreadsheet holds it."""
        return text

    def shown(self, text: str) -> str:
        """Return a value as people read it."""
        return text

    def error(self, raw: str) -> Typed:
        """Say that a cell shows an error of the spreadsheet."""
        return unreadable("C08", "excel_error" if self.sort == "number" else "error_value", raw)

    def fault(self, value: Raw) -> str:
        """Return what is wrong with a single value, as the variant of a finding; empty: nothing."""
        typed = self.read(value)
        return typed.variant if typed.raw is not None else ""

    def fault_formula(self, cell: str) -> str:
        """Return the Excel expression that is 1 where ``fault`` finds one in ``cell`` and else 0; empty: there is none."""
        del cell
        return ""

    def faults_array(self, cells: str) -> str:
        """Return the Excel array that is more than 0 where one of ``cells`` holds what ``is_faulty``; empty: there is none."""
        del cells
        return ""

    @property
    def live_title(self) -> str:
        """What ``faults_array`` asks, for who fills it in."""
        return "填写正确"

    def is_faulty(self, text: str) -> bool:
        """Say whether a value, as it is spelled, is none of the kind, or out of its bounds, as far as a formula can tell."""
        return bool(self.fault(text))

    def alike(self, word: str) -> tuple[str, ...]:
        """Return how ``word`` may be spelled in a cell, each reduced by ``plain.normalise``."""
        return (word,)

    def _wrong(self, value: Raw, variant: str) -> Typed:
        return unreadable(VALUE, variant, shown(value).strip())

    def _noted(self, text: str, value: Raw) -> Typed:
        """Return what was read, with a note where it was spelled otherwise."""
        raw = shown(value).strip()
        if raw == text:
            return Typed(text=text)
        return Typed(None, "C04", "normalised", {"raw": raw[:60], "value": text}, text)
