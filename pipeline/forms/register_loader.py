"""The ``[[register]]`` tables of a form's TOML go in; registers come out, or an error that names the line."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import product
from typing import TYPE_CHECKING, Any, assert_never

from pipeline.forms.coherence import label_fault
from pipeline.forms.drawing import is_test
from pipeline.forms.form import Basic
from pipeline.forms.registers import (
    ANY_TIMES,
    MOST_ROWS,
    RELATIONS,
    TIMES,
    Column,
    Condition,
    Drawn,
    Register,
    RowRelation,
    RowRule,
)
from pipeline.forms.values.answers import NO, YES, Choice, YesNo
from pipeline.forms.values.days import Day
from pipeline.forms.values.plain import unnumbered
from pipeline.forms.values.registry import KINDS, faults_of, kind_of

if TYPE_CHECKING:
    from pipeline.forms.form import Cell
    from pipeline.toml_source import TomlSource, TomlTable

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_NAME = re.compile(r"\{(\w+)\}")
_FEWEST_COLUMNS = 2


@dataclass(frozen=True, slots=True)
class _RegisterText:
    key: str
    name: str
    sheet: str
    nil_label: str
    unique: tuple[str, ...] = ()
    rows: int = 2_000
    hint: str = ""
    nothing: str = ""


@dataclass(frozen=True, slots=True)
class _RowRuleText:
    id: str
    severity: str
    title: str
    relation: str
    column: str
    remedy: str
    source: str
    other: str = ""
    when: Mapping[str, Any] = field(default_factory=dict)
    extended: Mapping[str, Any] = field(default_factory=dict)
    workdays: int = 0
    extra: int = 0
    columns: tuple[str, ...] = ()
    who: str = ""
    patterns: tuple[str, ...] = ()
    explainable: bool = False
    waivable: bool = False
    adjustable: bool = False


@dataclass(frozen=True, slots=True)
class _FigureText:
    id: str
    severity: str
    title: str
    cell: str
    remedy: str
    source: str
    where: Mapping[str, Any] = field(default_factory=dict)
    sum: str = ""
    defines: bool = False
    explainable: bool = False
    waivable: bool = False
    adjustable: bool = False


_INNER = ("column", "rule", "figure")


def load_registers(source: TomlSource) -> tuple[Register, ...]:
    """Read every [[register]]. Raises ConfigError with file and line."""
    return tuple(map(load_register, source.tables("register")))


def load_register(section: TomlTable) -> Register:
    """Read one [[register]]. Raises ConfigError with file and line."""
    plain = {key: value for key, value in section.values.items() if key not in _INNER}
    written = _section(section, plain).into(_RegisterText)
    columns = tuple(_column(inner) for inner in section.inner("column"))
    if len(columns) < _FEWEST_COLUMNS:
        raise section.fault("登记表至少要有两个 [[register.column]]。")
    labels = [label for column in columns for label in (column.label, *column.also)]
    keys = [column.key for column in columns]
    for names, what in ((keys, "key"), (labels, "label")):
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise section.fault(f"列的 {what}“{twice}”出现了两次。", twice)
    strange = next((name for name in written.unique if name not in keys), None)
    if strange is not None:
        raise section.fault(f"unique 中的“{strange}”不是这张登记表的列。", "unique")
    if not 1 <= written.rows <= MOST_ROWS:
        raise section.fault(f"rows 应在 1 和 {MOST_ROWS} 之间。", "rows")
    if not any(column.required for column in columns):
        raise section.fault("登记表至少要有一列 required = true。", "column")
    refuse_pattern(section, written.nothing, "nothing")
    found = Register(
        written.key,
        written.name,
        written.sheet,
        written.nil_label,
        columns,
        written.unique,
        written.rows,
        written.hint,
        written.nothing,
    )
    for column, inner in zip(columns, section.inner("column"), strict=True):
        _refuse_weight(found, column, inner)
    rules = tuple(_rule(inner, found) for inner in section.inner("rule"))
    return Register(
        found.key,
        found.name,
        found.sheet,
        found.nil_label,
        columns,
        found.unique,
        found.rows,
        found.hint,
        found.nothing,
        rules,
    )


def _section(section: TomlTable, values: Mapping[str, Any]) -> TomlTable:
    return replace(section, values=values)


def with_official(
    registers: Sequence[Register], drawn: Iterable[Drawn], cells: Iterable[Cell]
) -> tuple[Register, ...]:
    """Return ``registers`` whose choices are also known by the label of the row or column that counts them, and no other choice."""
    known = {cell.key: cell for cell in cells}
    counted: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
    for item in drawn:
        cell = known[item.cell]
        labels = {unnumbered(text) for line in (cell.row, cell.column) for text in line.label[-1:]}
        for name, words in item.where:
            for label in labels if not is_test(words) else ():
                counted[item.register, name, label].update(words)
    found: defaultdict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for (register, name, label), said in counted.items():
        if len(said) == 1:
            found[register, name][label] = next(iter(said))
    return tuple(
        replace(
            own,
            columns=tuple(_known_by(column, found.get((own.key, column.key), {})) for column in own.columns),
        )
        for own in registers
    )


def _known_by(column: Column, official: Mapping[str, str]) -> Column:
    """Return a column whose choices have ``official`` wordings too; what is a choice itself means that choice."""
    plain = set(map(unnumbered, column.choices.values()))
    return replace(column, official={label: word for label, word in official.items() if label not in plain})


def _column(section: TomlTable) -> Column:
    section.refuse_unknown({item.name for item in fields(Column)} - {"official"})
    column = section.into(Column)
    if not _KEY.fullmatch(column.key):
        raise section.fault("列的 key 应是英文名称，只用字母、数字和下划线。", "key")
    if not column.label.strip():
        raise section.fault("“label”不能为空。", "label")
    for label in (column.label, *column.also):
        if problem := label_fault(label):
            raise section.fault(problem, "label")
    if column.label.rstrip().endswith(("*", "＊")):
        raise section.fault("label 不能以“*”结尾：必填的列写 required = true，模板里会自动加上“*”。", "label")
    for problem, token in faults_of(column):
        raise section.fault(problem, token)
    refuse_pattern(section, column.pattern)
    return column


def refuse_pattern(section: TomlTable, pattern: str, key: str = "pattern") -> None:
    """Raise where ``pattern`` is no regular expression."""
    try:
        re.compile(pattern)
    except re.error as error:
        raise section.fault(f"“{pattern}”不是正确的正则表达式：{error}。", key) from None


def _refuse_weight(register: Register, column: Column, section: TomlTable) -> None:
    averaged = kind_of(column).together == "average"
    by = register.index.get(column.weight, -1)
    if averaged and (by < 0 or KINDS[register.columns[by].kind].sort != "number"):
        raise section.fault(
            '求平均的列要用 weight 写明按哪一列（数字）加权；不要平均的写 together = "none"。', "weight"
        )
    if column.weight and not averaged:
        raise section.fault("只有求平均的列才能有 weight。", "weight")


def _rule(section: TomlTable, register: Register) -> RowRule:
    written = section.into(_RowRuleText)
    if written.relation not in RELATIONS:
        raise section.fault(f"relation 应为 {'、'.join(RELATIONS)} 之一。", "relation")
    relation: RowRelation = written.relation
    compares, days = _asks_days(relation)
    if compares and not written.other:
        raise section.fault(f"relation 为 {relation} 的要用 other 写明与哪一列的日期比。", "relation")
    if written.other and not compares:
        raise section.fault("只有 relation 为 order、due 的才能有 other。", "other")
    named = [written.who] * (relation == "apart")
    for name in (written.column, *((written.other,) if compares else ()), *written.columns, *named):
        if name not in register.index:
            raise section.fault(f"“{name}”不是登记表“{register.key}”的列。", name or "column")
        if days and register.columns[register.index[name]].kind != Day.id:
            raise section.fault(f"“{name}”的 kind 不是 date。", name)
    if (relation == "due") is not (written.workdays > 0) or written.extra < 0:
        raise section.fault(
            "relation 为 due 的要有 workdays（大于 0 的工作日数），其他的不能有。", "workdays"
        )
    _refuse_likeness(section, written)
    return RowRule(
        written.id,
        relation,
        written.column,
        written.remedy,
        written.other,
        conditions(section, register, written.when),
        conditions(section, register, written.extended),
        written.workdays,
        written.extra,
        written.columns,
        written.who,
        written.patterns,
    )


def _refuse_likeness(section: TomlTable, written: _RowRuleText) -> None:
    """Raise where a rule over what a cell names, or over rows that are alike, does not say of what, or another rule does."""
    if (written.relation in {"single", "apart"}) is not bool(written.patterns or written.columns):
        raise section.fault(
            "relation 为 single 的要有 patterns，为 apart 的要有 columns，其他的不能有。", "relation"
        )
    if (written.relation == "apart") is not bool(written.columns and written.who):
        raise section.fault("relation 为 apart 的要用 columns、who 写明比哪些列，其他的不能有。", "relation")
    for pattern in written.patterns:
        refuse_pattern(section, pattern, "patterns")


def _asks_days(relation: RowRelation) -> tuple[bool, bool]:
    """Say whether a relation is of two columns, and whether what it is of are days."""
    match relation:
        case "order" | "due":
            return True, True
        case "until" | "since":
            return False, True
        case "needs" | "blank" | "single" | "apart":
            return False, False
        case _:
            assert_never(relation)


def conditions(section: TomlTable, register: Register, written: Mapping[str, Any]) -> tuple[Condition, ...]:
    """Read what is asked of a row: column → the key of a choice, yes, no, or one of ``TIMES``; or a list of such."""
    found: list[Condition] = []
    for name, value in written.items():
        if name not in register.index:
            raise section.fault(f"“{name}”不是登记表“{register.key}”的列。", name)
        words = _words(register.columns[register.index[name]])
        wanted = value if isinstance(value, list) else [value]
        strange = next((item for item in wanted if not isinstance(item, str) or item not in words), None)
        if strange is not None or not wanted or (len(wanted) > 1 and set(wanted) & set(TIMES)):
            raise section.fault(
                f"“{name}”的条件“{strange or value}”不能用，可以用的有：{'、'.join(words)}。", name
            )
        found.append((name, tuple(words[item] for item in wanted)))
    return tuple(found)


def _words(column: Column) -> dict[str, str]:
    kind = KINDS[column.kind]
    if kind is Choice:
        return {**column.choices, "filled": "filled", "blank": "blank"}
    if kind is YesNo:
        return {"yes": YES, "no": NO, "filled": "filled", "blank": "blank"}
    return {name: name for name in (TIMES if kind is Day else ANY_TIMES)}


def load_drawn(source: TomlSource, registers: Sequence[Register], cells: Sequence[Cell]) -> tuple[Drawn, ...]:
    """Read every [[register.figure]]: one for each cell that it names. Raises ConfigError with file and line."""
    known = {cell.key: cell for cell in cells}
    found: dict[str, Drawn] = {}
    for register, section in zip(registers, source.tables("register"), strict=True):
        for inner in section.inner("figure"):
            for drawn in _drawn(inner, register):
                cell = known.get(drawn.cell)
                if cell is None:
                    raise inner.fault(f"没有单元格“{drawn.cell}”。", "cell")
                if cell.defined_by and drawn.defines:
                    raise inner.fault(
                        f"“{drawn.cell}”已由规则“{cell.defined_by}”计算，不能再由登记表计算。", "defines"
                    )
                if drawn.cell in found:
                    raise inner.fault(f"“{drawn.cell}”已由另一项 [[register.figure]] 说明。", "cell")
                found[drawn.cell] = drawn
    return tuple(found.values())


def _drawn(section: TomlTable, register: Register) -> Iterator[Drawn]:
    written = section.into(_FigureText)
    if written.sum and (
        written.sum not in register.index
        or KINDS[register.columns[register.index[written.sum]].kind].sort != "number"
    ):
        raise section.fault(f"sum 中的“{written.sum}”不是数字列。", "sum")
    own = conditions(section, register, written.where)
    names = list(dict.fromkeys(_NAME.findall(written.cell)))
    for name in names:
        if name not in register.index or not register.columns[register.index[name]].choices:
            raise section.fault(f"cell 花括号里的“{name}”不是 kind 为 choice 的列。", name)
    choices = [register.columns[register.index[name]].choices for name in names]
    for picked in product(*(choice.items() for choice in choices)):
        keys = {name: key for name, (key, _) in zip(names, picked, strict=True)}
        more = tuple((name, (label,)) for name, (_, label) in zip(names, picked, strict=True))
        cell = _spelled(written.cell, keys)
        yield Drawn(
            written.id, register.key, cell, (*own, *more), written.sum, written.defines, written.remedy
        )


def _spelled(pattern: str, keys: Mapping[str, str]) -> str:
    return _NAME.sub(lambda match: keys[match[1]], pattern)


def load_rules(source: TomlSource) -> dict[str, Basic]:
    """Return the rules of rows and of figures as what they are called and weigh, by id. Raises ConfigError with file and line."""
    found: dict[str, Basic] = {}
    for section in source.tables("register"):
        for kind in ("rule", "figure"):
            for inner in section.inner(kind):
                written: _RowRuleText | _FigureText = (
                    inner.into(_RowRuleText) if kind == "rule" else inner.into(_FigureText)
                )
                if written.id in found:
                    raise inner.fault(f"规则“{written.id}”出现了两次。", "id")
                if written.severity not in {"error", "warning", "info"}:
                    raise inner.fault("severity 应为 error、warning 或 info。", "severity")
                if any(sign in written.title for sign in "{}"):
                    raise inner.fault("title 中不能有花括号：登记表的规则没有界限。", "title")
                found[written.id] = Basic(
                    written.id,
                    written.severity,
                    written.title,
                    written.source,
                    adjustable=written.adjustable,
                    explainable=written.explainable,
                    waivable=written.waivable,
                )
    return found
