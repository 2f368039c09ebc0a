"""A declared rule goes in; one balance for each row or column it speaks of comes out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, product
from typing import TYPE_CHECKING, Any

from pipeline.forms.form import Balance, Cell, Entry, Line, Rule, Table, is_last_year, last_year, this_year
from pipeline.forms.relations import RELATIONS

if TYPE_CHECKING:
    from pipeline.toml_source import TomlTable

_NAME = re.compile(r"\{(\w+)\}")
_TIMES = re.compile(r"\s{0,9}([1-9]\d?|100)\s{0,9}\*\s{0,9}(.*)", re.DOTALL)
"""How often a term counts: 12 * table.row.column."""
_OTHER_TIMES = re.compile(r"[-+\d.\s]{1,40}[*×]")


class Expander:
    """Knows the cells of a form and resolves the patterns of its rules."""

    def __init__(self, tables: Sequence[Table], cells: Sequence[Cell], values: Sequence[Entry]) -> None:
        self._cells = cells
        self._values = values
        self._numeric = {(cell.table, line.key) for cell in cells for line in (cell.row, cell.column)}
        """Tables and their lines on which numbers stand: a rule for each line has nothing to say of others."""
        self._lines: dict[str, list[Line]] = {}
        for table in tables:
            for block in table.blocks:
                self._add(f"{table.key}.rows", block.rows)
                self._add(f"{table.key}.columns", block.columns)

    def expand(
        self,
        section: TomlTable,
        rule: Rule,
        each: Mapping[str, Any],
        left: Sequence[str],
        right: Sequence[str],
    ) -> list[Balance]:
        """Return the balances of ``rule``. Raises ConfigError for terms that meet no cell."""
        choices = {name: self._choices(section, value) for name, value in each.items()}
        balances = []
        for picked in product(*(choice.items() for choice in choices.values())):
            names = dict(zip(choices, (key for key, _ in picked), strict=True))
            balances.append(
                Balance(
                    id=".".join((rule.id, *names.values())),
                    rule=rule,
                    subject=" ".join(label for _, label in picked),
                    left=self._terms(section, left, names),
                    right=self._terms(section, right, names),
                )
            )
        for balance in balances:
            self._refuse_faulty(section, balance)
        return balances

    def cells(self, section: TomlTable, patterns: Sequence[str]) -> tuple[str, ...]:
        """Return the keys of the cells that ``patterns`` name. Raises ConfigError for a pattern that meets none."""
        return self._terms(section, patterns, {})

    def cells_of_each(
        self, section: TomlTable, lines: object, patterns: Sequence[str]
    ) -> list[tuple[str, tuple[str, ...]]]:
        """Return the label of each of ``lines`` (rows, columns or a group) and the cells that ``patterns`` name with its key as {each}.

        Raises ConfigError as ``cells`` does, and for lines that are not there.
        """
        choices = self._choices(section, lines)
        return [(label, self._terms(section, patterns, {"each": key})) for key, label in choices.items()]

    def _add(self, name: str, lines: Iterable[Line]) -> None:
        self._lines.setdefault(name, []).extend(lines)
        table = name.split(".", maxsplit=1)[0]
        for line in lines:
            for group in line.groups:
                self._lines.setdefault(f"{table}.@{group}", []).append(line)

    def _choices(self, section: TomlTable, value: Any) -> dict[str, str]:  # noqa: ANN401 - a TOML value
        if isinstance(value, dict) and all(isinstance(label, str) for label in value.values()):
            return dict(value)
        if not isinstance(value, str) or value not in self._lines:
            raise section.fault(f"each 中的“{value}”不是本表样的行、列或组。", "each")
        table = value.split(".", maxsplit=1)[0]
        lines = [
            line for line in self._lines[value] if not self._values or (table, line.key) in self._numeric
        ]
        return {line.key: line.label[-1] if line.label else "" for line in lines}

    def _terms(
        self, section: TomlTable, patterns: Sequence[str], names: Mapping[str, str]
    ) -> tuple[str, ...]:
        keys: list[str] = []
        for pattern in patterns:
            times = _TIMES.fullmatch(pattern)
            if not times and _OTHER_TIMES.match(pattern):
                raise section.fault(f"“{pattern}”的倍数应是 1 到 100 的整数，写成 12 * 表.行.列。", pattern)
            try:
                spelled = _NAME.sub(lambda match: names[match.group(1)], times[2] if times else pattern)
            except KeyError as error:
                raise section.fault(f"“{pattern}”用了 each 中没有的名称 {error}。", pattern) from None
            found = self._matching(section, this_year(spelled), pattern)
            if not found:
                raise section.fault(f"规则中的“{spelled}”不是本表样的单元格。", pattern)
            own = [last_year(key) for key in found] if is_last_year(spelled) else found
            if set(own) & set(keys):
                raise section.fault("规则中同一个单元格出现了两次。", pattern)
            keys += [key for key in own for _ in range(int(times[1]) if times else 1)]
        return tuple(keys)

    def _matching(self, section: TomlTable, term: str, token: str) -> list[str]:
        wanted = re.compile(r"\.".join(self._segment(section, term, part) for part in term.split(".")))
        value = next((value for value in self._values if wanted.fullmatch(value.key)), None)
        if value:
            raise section.fault(
                f"“{value.key}”（{value.label}，kind = {value.kind}）不是相加的数，不能用在这里。", token
            )
        return [cell.key for cell in self._cells if wanted.fullmatch(cell.key)]

    def _segment(self, section: TomlTable, term: str, part: str) -> str:
        if not part.startswith("@"):
            return re.escape(part)
        lines = self._lines.get(f"{term.split('.', maxsplit=1)[0]}.{part}")
        if not lines:
            raise section.fault(f"没有名为“{part}”的组。", part)
        return "(?:" + "|".join(re.escape(line.key) for line in lines) + ")"

    def _refuse_mixed(self, section: TomlTable, balance: Balance) -> None:
        """Refuse a rule that adds figures of different measures, or compares them otherwise than with 0."""
        sides = [self._measures(keys) for keys in (balance.left, balance.right)]
        mixed = next((own for own in sides if len(own) > 1), ())
        if mixed:
            raise section.fault(f"规则“{balance.id}”把{'和'.join(mixed)}加在一起了。", "left")
        both = tuple(dict.fromkeys(chain.from_iterable(sides)))
        if len(both) > 1 and not RELATIONS[balance.rule.relation].is_of_zero:
            either = "、".join(name for name, own in RELATIONS.items() if own.is_of_zero)
            raise section.fault(
                f"规则“{balance.id}”拿{'和'.join(both)}相比；左右两边不是同一种数的，relation 只能是 {either}。",
                "right",
            )

    def _measures(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Return what the cells of ``keys`` measure, each once."""
        own = {this_year(key) for key in keys}
        return tuple(dict.fromkeys(cell.number.measure for cell in self._cells if cell.key in own))

    def _refuse_faulty(self, section: TomlTable, balance: Balance) -> None:
        keys = balance.keys
        self._refuse_mixed(section, balance)
        if set(balance.left) & set(balance.right):
            raise section.fault(f"规则“{balance.id}”中同一个单元格出现了两次。", "left")
        if not balance.left or (
            balance.rule.defines
            and (
                len(balance.left) > 1
                or len(set(balance.right)) < len(balance.right)
                or balance.rule.relation != "="
                or balance.reaches_back
            )
        ):
            raise section.fault(f"规则“{balance.id}”的左边应恰好是一个单元格，不带倍数。", "left")
        if all(map(is_last_year, keys)):
            raise section.fault(f"规则“{balance.id}”只说到上年的数，没有本年的单元格可以指出。", "left")
        for words, terms in (
            (balance.rule.left_words, balance.left),
            (balance.rule.right_words, balance.right),
        ):
            if len(words) not in {1, len(set(terms))}:
                raise section.fault(f"规则“{balance.id}”的 words 应是一个词，或每项一个词。", "words")
