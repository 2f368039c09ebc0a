"""What clerks leave in cells instead of numbers, in real files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from pipeline.model import Number
from tests.intake.support import Draft, Formula, draft, with_own_formulas
from tests.support.faults.planting import Plant, Planted, Sent, kind

CELL = "requests.granted_in_full.enterprise"
AMOUNT = "proactive.charges.amount"


def book(sent: Sent, answers: Mapping[str, object] | None = None) -> Draft:
    """Make the file of a report, its totals typed."""
    entries: dict[str, object] = {entry.key: "" for entry in sent.form.entries}
    entries |= {
        sent.form.entry_with_role("agency").key: "甲局",
        sent.form.entry_with_role("year").key: "2023",
    }
    return draft(sent.form, sent.numbers, answers={**entries, **sent.texts, **(answers or {})})


def live_book(sent: Sent, without: str = "") -> Draft:
    """Make the file of a report on the template: totals are formulas, with their results stored."""
    made = with_own_formulas(sent.form, book(sent), sent.numbers)
    if without:
        del made.sheets[sent.form.positions[without][0]][sent.form.positions[without][1:]]
    return made


def _entered(code: str, value: object, key: str = CELL, *also: str) -> Plant:
    def plant(sent: Sent) -> Planted:
        made = live_book(sent)
        made.put(sent.form.positions[key], value)
        return Planted(code, (key,), also, content=made.xlsx())

    return plant


VALUES: Mapping[str, tuple[str, object, str]] = {
    "a slash": ("C02", "/", CELL),
    "a dash": ("C02", "—", CELL),
    "nothing in words": ("C02", "无", CELL),
    "not concerned": ("C02", "不涉及", CELL),
    "not available": ("C02", "N/A", CELL),
    "yuan with its unit": ("C03", "251000元", AMOUNT),
    "an error of the spreadsheet": ("C08", "#REF!", CELL),
    "a date": ("C08", date(2024, 1, 2), CELL),
    "a truth value": ("C08", True, CELL),
    "a telephone number": ("C08", 13812345678.0, CELL),
    "about twenty": ("C08", "约20", CELL),
    "a formula without result": ("C08", Formula("=1+A1"), CELL),
    "two numbers": ("C08", "12\n13", CELL),
}
for _name, (_code, _value, _key) in VALUES.items():
    kind(f"cell: {_name}")(_entered(_code, _value, _key))


def _respelled(code: str, spell: Callable[[Number], str], key: str = CELL) -> Plant:
    def plant(sent: Sent) -> Planted:
        made = live_book(sent)
        made.put(sent.form.positions[key], spell(sent.numbers[key]))
        return Planted(code, (key,), content=made.xlsx())

    return plant


SPELLINGS: Mapping[str, tuple[str, Callable[[Number], str], str]] = {
    "a unit": ("C03", lambda value: f"{value}件", CELL),
    "ten thousand yuan with its unit": (
        "C03",
        lambda value: f"{value:f}万元" if not isinstance(value, int) else f"{value}万元",
        AMOUNT,
    ),
    "full-width digits": ("C04", lambda value: "".join(chr(ord(sign) + 0xFEE0) for sign in str(value)), CELL),
    "thousands": ("C04", lambda value: f"{value:,}", CELL),
    "text": ("C04", str, CELL),
    "spaces": ("C04", lambda value: f" {value}　", CELL),
}
for _name, (_code, _spell, _key) in SPELLINGS.items():
    kind(f"number written with {_name}")(_respelled(_code, _spell, _key))


@kind("a blank cell")
def _blank(sent: Sent) -> Planted:
    return Planted("C01", (CELL,), content=live_book(sent, CELL).xlsx())


@kind("a blank row")
def _row(sent: Sent) -> Planted:
    keys = tuple(cell.key for cell in sent.form.cells if cell.key.startswith("requests.granted_in_part."))
    made = live_book(sent)
    for key in keys:
        sheet, *spot = sent.form.positions[key]
        del made.sheets[sheet][spot[0], spot[1]]
    return Planted("C01", keys, content=made.xlsx())


@kind("a blank table")
def _table(sent: Sent) -> Planted:
    keys = tuple(cell.key for cell in sent.form.cells_of("disputes"))
    made = book(sent)
    for key in keys:
        sheet, *spot = sent.form.positions[key]
        del made.sheets[sheet][spot[0], spot[1]]
    return Planted("C01", keys, content=made.xlsx())


@kind("the blank template")
def _template(sent: Sent) -> Planted:
    texts: dict[str, object] = {text.key: "" for text in sent.form.texts}
    made = draft(sent.form, answers={**texts, sent.form.entry_with_role("agency").key: "甲局"})
    return Planted("C01.nothing_filled", (), content=made.xlsx())


@kind("a nil return with figures")
def _nil(sent: Sent) -> Planted | None:
    if not any(sent.numbers[cell.key] for cell in sent.form.cells_of("requests")):
        return None
    return Planted("C09", ("requests.nil",), content=book(sent, {"requests.nil": "是"}).xlsx())


@kind("a stale total")
def _stale(sent: Sent) -> Planted:
    key = "requests.granted_in_full.total"
    made = with_own_formulas(sent.form, book(sent), {**sent.numbers, key: sent.numbers[key] + 3})
    return Planted("C04.recomputed", (key,), content=made.xlsx())
