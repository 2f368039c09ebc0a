"""A form and a seeded random source go in; consistent, plausible figures and whole reports come out.

Everything is derived from the form's cells and balances, so a new form needs no new code here.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from decimal import Decimal

from pipeline.forms.arithmetic import difference, holds, total_of, with_totals
from pipeline.forms.form import BALANCING, Balance, Cell, Entry, Form, Text
from pipeline.model import Number, Report
from pipeline.periods import spelled, year_in

DISTRICT_LEVEL = "县区"
_EMPTY_SHARE = 0.6
"""Most cells of most agencies are zero."""

_SENTENCES = (
    "{agency}认真贯彻落实《中华人民共和国政府信息公开条例》，扎实推进各项工作。",
    "坚持以公开为常态、不公开为例外，及时回应社会关切。",
    "完善信息发布审核制度，严格落实先审查、后公开的要求。",
    "畅通受理渠道，规范答复文书格式，提高办理质量。",
    "加强与司法部门的会商研判，切实保障群众的知情权。",
    "优化网站栏目设置，做好内容的日常更新和维护。",
    "组织工作人员参加业务培训，提升队伍专业水平。",
    "对照工作要点逐项自查，发现问题立行立改。",
    "围绕重点领域，做好政策文件的起草说明和解读。",
    "部分栏目更新不够及时，解读形式还不够丰富。",
    "下一步将健全工作机制，压实各科室的责任。",
    "安排专人负责保密审查，防止不当公开。",
)


_PASSES = 5


def seeded(seed: int | str) -> random.Random:
    """Return a random source that gives the same figures in every run."""
    return random.Random(seed)


def consistent_numbers(
    form: Form, rng: random.Random, scale: int = 20, level: str = DISTRICT_LEVEL
) -> dict[str, Number]:
    """Return a value for every number, in the form's order, that satisfies every rule of one year binding ``level``."""
    balances = [balance for balance in form.balances_for(level) if not balance.reaches_back]
    numbers: dict[str, Number | None] = {
        cell.key: _random_value(cell, rng, scale) for cell in form.cells if cell.is_input
    }
    for balance in balances:
        if not balance.right and balance.rule.relation == "=":
            numbers.update(dict.fromkeys(balance.left, 0))
    for balance in balances:
        if not balance.rule.defines:
            _settle(form, balance, numbers)
    checks = [check for check in form.checks.values() if check.applies_to(level) and not check.reaches_back]
    parts = dict(form.evaluation_order)
    for _ in range(_PASSES):  # what settles one rule may break another
        for check in checks:
            if check.rule.relation not in BALANCING and not holds(check, _operands(check, parts, numbers)):
                _ease(form, check, numbers)
        for balance in balances:
            if not balance.rule.defines and not holds(balance, _operands(balance, parts, numbers)):
                _settle(form, balance, numbers)
    filled = with_totals(form, numbers)
    broken = [check.id for check in checks if not holds(check, filled)]
    assert not broken, f"cannot make {broken} hold by adding to an input cell"
    return {key: value for key, value in filled.items() if value is not None}


def zeros(form: Form) -> dict[str, Number]:
    """Return a nil return: every number zero."""
    return {cell.key: Decimal(0) if cell.kind == "money" else 0 for cell in form.cells}


def numbers_tuple(form: Form, numbers: Mapping[str, Number]) -> tuple[Number, ...]:
    """Put ``numbers`` in the form's order, as a Report holds them."""
    return tuple(numbers[cell.key] for cell in form.cells)


def approved(form: Form) -> dict[str, str]:
    """The entry that says who approved a report."""
    return {entry.key: "李四" for entry in form.entries if entry.role == "approver"}


def report(
    form: Form,
    agency_code: str,
    agency: str,
    year: int,
    numbers: Mapping[str, Number] | None = None,
    rng: random.Random | None = None,
) -> Report:
    """Return a complete report of ``agency``; figures and texts follow ``rng`` (its code seeds one if none is given)."""
    rng = rng or seeded(agency_code)
    figures = consistent_numbers(form, rng) if numbers is None else numbers
    return Report(
        form=form.id,
        agency=agency,
        code=agency_code,
        year=year,
        numbers=numbers_tuple(form, figures),
        texts={text.key: _paragraphs(text, agency, year, rng) for text in form.texts},
        entries={entry.key: _entry(entry, agency_code, agency, year) for entry in form.entries},
    )


def _random_value(cell: Cell, rng: random.Random, scale: int) -> Number:
    nothing = rng.random() < _EMPTY_SHARE
    if cell.kind == "money":
        decimals = rng.randint(0, 6)
        return Decimal(0) if nothing else Decimal(rng.randint(0, scale * 10**decimals)).scaleb(-decimals)
    return 0 if nothing else rng.randint(0, scale)


def _operands(
    balance: Balance, parts: Mapping[str, Sequence[str]], numbers: Mapping[str, Number | None]
) -> dict[str, Number | None]:
    """Return what ``balance`` compares, its totals added up: the same as of all totals of the form, which take fifty times as long."""

    def value(key: str) -> Number | None:
        own = numbers.get(key)
        if own is not None or key not in parts:
            return own
        return total_of(parts[key], {part: value(part) for part in parts[key]})

    return {key: value(key) for key in (*balance.left, *balance.right)}


def _settle(form: Form, balance: Balance, numbers: dict[str, Number | None]) -> None:
    """Add what is missing to the lighter side of ``balance``, in its first input cell."""
    parts = dict(form.evaluation_order)
    gap = difference(balance, _operands(balance, parts, numbers))
    assert gap is not None
    if gap == 0 or (gap < 0 and balance.rule.relation == "<="):
        return
    lighter = balance.right if gap > 0 else balance.left
    for key in (*lighter, *(part for total in lighter for part in parts.get(total, ()))):
        if form.by_key[key].is_input:
            numbers[key] = (numbers[key] or 0) + (gap if gap > 0 else -gap)
            return


def _ease(form: Form, check: Balance, numbers: dict[str, Number | None]) -> None:
    """Empty the left of ``check`` into the first cell that the same column's sum is also made of, or fill what it needs."""
    parts = dict(form.evaluation_order)
    for key in (part for total in check.left for part in parts.get(total, (total,))):
        if not form.by_key[key].is_input:
            continue
        siblings = [rest for whole, rest in parts.items() if key in rest and whole not in check.left]
        siblings += [
            parts[other]
            for balance in form.balances
            if key in balance.right and not balance.rule.defines
            for other in balance.right
            if other in parts
        ]
        amount, numbers[key] = numbers[key] or 0, 0
        if siblings:
            heir = siblings[0][0]
            numbers[heir] = (numbers[heir] or 0) + amount
        elif check.rule.relation == "needs" and form.by_key[check.right[0]].is_input:
            numbers[key], numbers[check.right[0]] = amount, 1


def _paragraphs(text: Text, agency: str, year: int, rng: random.Random) -> str:
    """Write two paragraphs without figures of the tables, with the words that the section must contain."""
    chosen = rng.sample(_SENTENCES, 4)
    lines = ["".join(chosen[:2]), "".join(chosen[2:])]
    if "监督保障" in text.label:
        lines.append(
            f"数据统计期限为{year}年1月1日至12月31日。工作考核结果为合格，社会评议满意，没有责任追究情形。"
        )
    if "其他需要报告" in text.label:
        lines.append("本年度没有收取信息处理费。")
    return "\n".join(lines).replace("{agency}", agency)


def _entry(entry: Entry, code: str, agency: str, year: int) -> str:
    by_role = {"agency": agency, "code": code, "year": str(spelled(year))}
    if entry.role in by_role:
        return by_role[entry.role]
    if entry.kind == "date":
        return f"{year_in(year) + 1}-01-15"
    return {"电话": "0571-86123456", "邮箱": "office@example.gov.cn"}.get(entry.label[-2:], "张三")
