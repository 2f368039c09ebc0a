"""What clerks do to a filled template, several things at once: a figure is read as the sheet shows it, or the file says at its cell why not.

Hypothesis chooses what is done where; the figures that were meant are known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.forms import layout
from pipeline.forms.form import Form, Table
from pipeline.forms.loader import load_form
from pipeline.intake.read.reading import read
from pipeline.model import Place, Severity, a1
from tests.intake.support import Draft, draft, numbers_for

FORM = load_form()
NUMBERS = numbers_for(FORM, 7)
INPUTS = [cell.key for cell in FORM.cells if cell.is_input]
FULL_WIDTH = str.maketrans("0123456789.,", "０１２３４５６７８９．，")
PLAIN: dict[str, Callable[[float], object]] = {
    "text": lambda number: f"{number:g}",
    "full width": lambda number: f"{number:g}".translate(FULL_WIDTH),
    "spaces": lambda number: f"\u00a0{number:g}\u3000",
    "marks of direction": lambda number: f"\u202a{number:g}\u202c",
    "line end": lambda number: f"{number:g}\n",
    "decimals": lambda number: f"{number:.6f}",
    "noise": lambda number: number + 1e-10,
}
"""Other ways to write a number that leave no doubt."""
DOUBTFUL: dict[str, Callable[[float], object]] = {
    "about": lambda number: f"约{number:g}",
    "range": lambda number: f"{number:g}-{number + 1:g}",
    "fraction": lambda number: f"{number:g}/2",
    "note mark": lambda number: f"{number:g}①",
    "power": lambda number: f"{number:g}²",
    "two numbers": lambda number: f"{number:g} {number + 1:g}",
    "brackets": lambda number: f"({number:g})",
    "question": lambda number: f"{number:g}？",
    "per cent": lambda number: f"{number:g}%",
    "ten thousand": lambda number: f"{number:g}万",
    "dash": lambda _: "—",
    "nothing": lambda _: None,
}
"""Ways to write that leave doubt: no number may come of them."""


@dataclass(slots=True)
class Desk:
    """A file under a clerk's hands: where each cell went, and which say nothing certain any more."""

    form: Form
    made: Draft
    spots: dict[str, tuple[str, int, int]]
    doubtful: set[str] = field(default_factory=set)

    def write(self, key: str, ways: dict[str, Callable[[float], object]], way: str) -> None:
        self.made.put(self.spots[key], ways[way](float(NUMBERS[key])))

    def insert(self, table: Table, *, rows: int, columns: int, row: int, column: int) -> None:
        """Insert rows before ``row`` and columns before ``column``."""

        def move(r: int, c: int) -> tuple[int, int]:
            return r + rows * (r >= row), c + columns * (c >= column)

        sheet = self.spots[table.nil_key][0]
        self.made.shift(sheet, move)
        for key, (name, *spot) in self.spots.items():
            if name == sheet:
                self.spots[key] = (name, *move(*spot))

    def rename(self, table: Table, name: str) -> None:
        old = self.spots[table.nil_key][0]
        self.made.rename(old, name)
        self.spots = {key: (name if at[0] == old else at[0], *at[1:]) for key, at in self.spots.items()}

    def copy(self, table: Table, *, blank: bool) -> None:
        """Leave a second copy of a table's sheet in the file, as the spreadsheet names it."""
        sheet = self.spots[table.nil_key][0]
        cells = dict(self.made.sheets[sheet])
        for key, (name, *spot) in self.spots.items():
            if blank and name == sheet and key in self.form.by_key:
                cells.pop((spot[0], spot[1]), None)
        self.made.sheets[f"{sheet} (2)"] = cells


def desk() -> Desk:
    keys = [*(cell.key for cell in FORM.cells), *(table.nil_key for table in FORM.tables)]
    return Desk(FORM, draft(FORM, NUMBERS), {key: FORM.positions[key] for key in keys})


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_figure_is_read_as_it_is_shown_or_said(data: st.DataObject) -> None:
    work = desk()
    for key in data.draw(st.lists(st.sampled_from(INPUTS), max_size=6, unique=True)):
        work.write(key, PLAIN, data.draw(st.sampled_from(sorted(PLAIN))))
    for key in data.draw(st.lists(st.sampled_from(INPUTS), max_size=2, unique=True)):
        work.write(key, DOUBTFUL, data.draw(st.sampled_from(sorted(DOUBTFUL))))
        work.doubtful.add(key)
    table = data.draw(st.sampled_from(FORM.tables))
    _change_sheet(work, table, data)
    reading = read(FORM, work.made.xlsx())
    loud = [found for found in reading.findings if found.severity is not Severity.INFO]
    said = {key for found in loud for key in found.keys}
    for key in INPUTS:
        if key in work.doubtful:
            assert reading.numbers[key] is None
            sheet, row, column = work.spots[key]
            assert reading.places[key] == Place(sheet, a1(row, column))
        else:
            assert reading.numbers[key] == NUMBERS[key]
    assert said <= work.doubtful
    assert {key for key in work.doubtful if reading.unreadable.get(key)} <= said


def _change_sheet(work: Desk, table: Table, data: st.DataObject) -> None:
    """Do one thing to the sheet of a table, or nothing."""
    change = data.draw(st.sampled_from(["nothing", "rows", "columns", "both", "name", "copy", "blank copy"]))
    if change in {"rows", "columns", "both"}:
        bottom, right = layout.TABLE_TOP + len(table.blocks[0].rows) + 4, 10
        work.insert(
            table,
            rows=0 if change == "columns" else data.draw(st.integers(1, 2)),
            columns=0 if change == "rows" else data.draw(st.integers(1, 2)),
            row=data.draw(st.integers(0, bottom)),
            column=data.draw(st.integers(0, right)),
        )
    elif change == "name":
        work.rename(table, data.draw(st.sampled_from(["Sheet1", "三、申请办理", "表 "])))
    elif "copy" in change:
        work.copy(table, blank=change == "blank copy")


@given(st.sampled_from(INPUTS), st.integers(1, 9))
@settings(max_examples=20, deadline=None)
def test_a_copy_that_differs_in_one_figure_is_never_passed_over(key: str, more: int) -> None:
    work = desk()
    table = FORM.table(FORM.by_key[key].table)
    work.copy(table, blank=False)
    work.made.sheets[f"{table.sheet} (2)"][FORM.positions[key][1:]] = float(NUMBERS[key]) + more
    [found] = [item for item in read(FORM, work.made.xlsx()).findings if item.severity is Severity.ERROR]
    assert (found.code, found.variant, found.keys) == ("F05", "copies_differ", (key,))
