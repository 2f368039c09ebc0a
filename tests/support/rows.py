"""A form with registers and a seeded random source go in; rows and entries that break no rule come out."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, timedelta

from pipeline.forms.drawing import fulfils
from pipeline.forms.form import Form
from pipeline.forms.registers import Register, RowRule
from pipeline.forms.values.kind import Asked
from pipeline.forms.values.registry import kind_of
from pipeline.periods import bounds_of

YEAR = 2023
_WORDS = "关于城乡规划建设环境保护教育卫生预算决算招生安置补偿"


def rows_of(form: Form, rng: random.Random, most: int = 12) -> dict[str, list[list[str]]]:
    """Return a few rows for every register; sometimes none."""
    return {
        own.key: [row_of(own, rng, number) for number in range(rng.randrange(most))] for own in form.registers
    }


def entries_of(form: Form, rng: random.Random) -> dict[str, str]:
    """Return a value for every entry that is a value of the report."""
    return {
        entry.key: value_of(entry, rng, 0, is_unique=False)
        for entry in form.valued_entries
        if entry.required or rng.random() < 0.7
    }


def nil_of(form: Form, rows: Mapping[str, list[list[str]]]) -> dict[str, str]:
    """Return the nil returns of the registers without rows."""
    return {own.nil_key: "是" for own in form.registers if not rows[own.key]}


def row_of(register: Register, rng: random.Random, number: int) -> list[str]:
    """Return a row that breaks no rule of ``register``."""
    row = [
        value_of(column, rng, number, is_unique=column.key in register.unique)
        if column.required or rng.random() < 0.5
        else ""
        for column in register.columns
    ]
    for _ in range(6):
        for rule in register.rules:
            if all(fulfils(register, one, YEAR)(row) for one in rule.when):
                _mend(register, rule, row, rng, number)
    return row


def _mend(register: Register, rule: RowRule, row: list[str], rng: random.Random, number: int) -> None:
    at = register.index[rule.column]
    if rule.relation == "blank":
        row[at] = ""
    elif rule.relation == "needs" and not row[at]:
        row[at] = value_of(register.columns[at], rng, number, is_unique=False)
    elif rule.relation == "until" and row[at]:
        row[at] = min(row[at], bounds_of(YEAR)[1].isoformat())
    elif rule.relation == "since" and row[at]:
        row[at] = max(row[at], bounds_of(YEAR)[0].isoformat())
    elif rule.relation in {"order", "due"} and row[at] and row[register.index[rule.other]]:
        first = date.fromisoformat(row[register.index[rule.other]])
        row[at] = (first + timedelta(days=rng.randrange(20))).isoformat()


def value_of(  # noqa: PLR0911 - one for each kind
    asked: Asked, rng: random.Random, number: int, *, is_unique: bool
) -> str:
    """Return a value of the kind that is asked for."""
    kind = kind_of(asked)
    match asked.kind:
        case "yes_no":
            return rng.choice("是否")
        case "choice":
            return rng.choice(list(asked.choices.values()))
        case "date":
            return (date(YEAR, 1, 1) + timedelta(days=rng.randrange(330))).isoformat()
        case "year":
            return str(YEAR)
        case "period":
            return f"{YEAR}Q{rng.randrange(1, 5)}"
        case "text":
            if asked.pattern:
                example = asked.prompt.partition("例如")[2] or "1号"
                return example.strip(" ：:。").replace("1号", f"{number + 1}号")
            return f"{number + 1:03}号" if is_unique else "".join(rng.sample(_WORDS, 6))
        case "phone":
            return "0571-12345678"
        case "percent":
            return f"0.{rng.randrange(1, 10)}"
        case _:
            limits = asked.limits
            least, most = limits.get("least", 0), limits.get("most", limits.get("least", 0) + 40)
            assert kind.sort == "number"
            return str(rng.randrange(least, most + 1))
