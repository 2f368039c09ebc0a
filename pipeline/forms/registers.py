"""What a register is: a table of as many rows as there are, entered freely; plain values, made by ``register_loader``.

Every column asks for a value of a kind (``values``). Rules speak of a row; figures of an ordinary table may be counted or
added up from the rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from pipeline.forms import layout
from pipeline.forms.values.keys import row_key
from pipeline.forms.values.registry import kind_of
from pipeline.model import Place, a1

if TYPE_CHECKING:
    from pipeline.forms.values.kind import ValueKind

RowRelation = Literal["order", "due", "until", "since", "needs", "blank", "single", "apart"]
RELATIONS: tuple[RowRelation, ...] = get_args(RowRelation)
DAY_TIMES = ("in_year", "before_year", "not_before_year")
"""What may be asked of the day in a row: that it lies in the period that is reported, be that a month, or before, or that it does not lie before."""
ANY_TIMES = ("filled", "blank")
"""What may be asked of any value."""
TIMES = (*DAY_TIMES, *ANY_TIMES)
MOST_ROWS = 5_000
WHOLES, PARTS = ("合计", "总计", "共计"), ("小计", "本页合计", "累计")
"""With what a line begins that is no row but a total of all of them, or of some."""
SIGNED = ("填表", "填报", "制表", "审核", "复核", "经办", "负责人", "联系")
NOTES = ("注", "说明", "备注")
"""With what a line begins that says who filled the register in, or a note."""
EXAMPLES = ("例:", "例如", "例1", "示例", "样例", "举例", "填写示例", "填写样例", "填报示例", "填报样例")
"""With what begins that only shows how to fill in a row, or stands above such a one."""
GROUPS = r"(?:\d{4}年度?)?(?:第?[一二三四1-4]季度?|[上下]半年|(?:\d{1,2}|十?[一二三四五六七八九]|十)月份?)?:?"
"""How a line reads that stands over the rows of a part of the year."""
_NO_TEXTS: Mapping[str, str] = {}
_NO_LIMITS: Mapping[str, int] = {}

Condition: TypeAlias = "tuple[str, tuple[str, ...]]"
"""A column, and the values of which one must stand there; or one of ``TIMES`` alone."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a register: what is asked for in every row. See ``values.kind.Asked``."""

    key: str
    label: str
    kind: str
    required: bool = False
    prompt: str = ""
    unit: str = ""
    limits: Mapping[str, int] = field(default_factory=lambda: _NO_LIMITS)
    choices: Mapping[str, str] = field(default_factory=lambda: _NO_TEXTS)
    pattern: str = ""
    together: str = ""
    weight: str = ""
    """Of an average: the column by which it is weighed."""
    personal: bool = False
    """Whether it holds what concerns a person: never merged, published or quoted."""
    also: tuple[str, ...] = ()
    """Other wordings of the label."""
    never: tuple[str, ...] = ()
    """Words of headings that look like the label and mean something else: the day that an answer is due is not that of the answer."""
    official: Mapping[str, str] = field(default_factory=lambda: _NO_TEXTS)
    """Other wordings of what can be chosen, without numbers and spaces, wording → choice: the labels of what counts it (``register_loader.with_official``)."""


@dataclass(frozen=True, slots=True)
class RowRule:
    """What holds of every row. ``when`` are the conditions under which it is asked.

    order: ``column`` is no day before ``other``; due: it is at most ``workdays`` after it, ``extra`` more where ``extended``
    holds; until: it is no day after the period that is reported; since: it is none before; needs: ``column`` is filled; blank: it is not;
    single: none of ``patterns`` is found in it, which say that it names several; apart: no other row has ``who`` and all ``columns``
    in common with it under another ``unique``: of a row that names nobody, or in which one of ``patterns`` is found, nothing is said.
    """

    id: str
    relation: RowRelation
    column: str
    remedy: str
    other: str = ""
    when: tuple[Condition, ...] = ()
    extended: tuple[Condition, ...] = ()
    workdays: int = 0
    extra: int = 0
    columns: tuple[str, ...] = ()
    who: str = ""
    patterns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure of an ordinary table that the rows come to: how many fulfil ``where``, or what ``column`` adds up to in those."""

    rule: str
    register: str
    cell: str
    where: tuple[Condition, ...]
    column: str = ""
    defines: bool = False
    remedy: str = ""


@dataclass(frozen=True)  # without slots: kinds and numbers of columns are worked out once
class Register:
    """A table of rows that are entered freely."""

    key: str
    name: str
    sheet: str
    nil_label: str
    columns: tuple[Column, ...]
    unique: tuple[str, ...] = ()
    """The columns that no two rows have in common, together."""
    rows: int = 2_000
    """How many rows the template has room for."""
    hint: str = ""
    nothing: str = ""
    """How a line reads that says in its own words that there is no row."""
    rules: tuple[RowRule, ...] = ()

    @cached_property
    def kinds(self) -> tuple[ValueKind, ...]:
        """The kind of each column."""
        return tuple(map(kind_of, self.columns))

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Where among the columns each stands, by its key."""
        return {column.key: number for number, column in enumerate(self.columns)}

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """Every label, and every other wording of one."""
        return tuple(name for column in self.columns for name in (column.label, *column.also))

    @cached_property
    def asked(self) -> frozenset[str]:
        """The columns that have to be filled or that a rule asks about."""
        conditions = [one for rule in self.rules for one in (*rule.when, *rule.extended)]
        named = [name for rule in self.rules for name in (rule.column, rule.other) if name]
        needed = [column.key for column in self.columns if column.required]
        return frozenset((*needed, *named, *(name for name, _ in conditions)))

    @property
    def nil_key(self) -> str:
        """Key of the statement that there is no row."""
        return f"{self.key}.nil"

    def row_key(self, column: int, row: int) -> str:
        """Spell the key of a value: of ``row``, from 0."""
        return row_key(self.key, self.columns[column].key, row)

    def place(self, column: int, row: int) -> Place:
        """Return where the value stands in the template."""
        return Place(self.sheet, a1(layout.ROWS_TOP + row, column))
