"""Tables pasted at the wrong place: totals that were pasted along decide where the figures belong, or nothing of the block is read."""

from __future__ import annotations

import random

import pytest

from pipeline.forms.arithmetic import with_totals
from pipeline.forms.loader import load_form
from pipeline.intake.read.reading import read
from pipeline.model import Number, Reading, Severity
from tests.intake.support import Draft, codes, draft
from tests.support.fills import consistent_numbers, zeros

FORM = load_form()
TABLE = "requests"
CELLS = [cell for cell in FORM.cells if cell.table == TABLE]
TOP, LEFT = FORM.positions[CELLS[0].key][1:]
SHEET = FORM.positions[CELLS[0].key][0]
COLUMNS = len({FORM.positions[cell.key][2] for cell in CELLS})
ROWS = len(CELLS) // COLUMNS
Grid = list[list[Number | str | None]]


def grid_of(numbers: dict[str, Number]) -> Grid:
    """The figures of the table, row by row, totals typed."""
    values: list[Number | str | None] = [numbers[cell.key] for cell in CELLS]
    return [values[start : start + COLUMNS] for start in range(0, len(values), COLUMNS)]


def pasted(numbers: dict[str, Number], grid: Grid, *, down: int = 0, across: int = 0) -> Draft:
    """A template into which ``grid`` was pasted, ``down`` rows and ``across`` columns off."""
    made = draft(FORM, numbers)
    for cell in CELLS:
        del made.sheets[SHEET][FORM.positions[cell.key][1:]]
    for r, row in enumerate(grid):
        for c, value in enumerate(row):
            if value is not None:
                made.put(
                    (SHEET, TOP + r + down, LEFT + c + across),
                    float(value) if not isinstance(value, str) else value,
                )
    return made


def seeds() -> list[dict[str, Number]]:
    return [
        dict(consistent_numbers(FORM, random.Random(seed), most))
        for seed, most in enumerate((2, 5, 20, 60, 200))
    ]


def own(reading: Reading) -> dict[str, Number | None]:
    return {cell.key: reading.numbers[cell.key] for cell in CELLS if cell.is_input}


def meant(numbers: dict[str, Number]) -> dict[str, Number | None]:
    return {cell.key: numbers[cell.key] for cell in CELLS if cell.is_input}


def subtotal(grid: Grid) -> Grid:
    """With a column for what stands between the first and the last, as some tables print it."""
    return [
        [row[0], sum(value for value in row[1:-1] if value and not isinstance(value, str)), *row[1:]]
        for row in grid
    ]


@pytest.mark.parametrize("numbers", seeds())
@pytest.mark.parametrize(
    ("down", "across"),
    [
        (0, 1),
        (0, 2),
        (1, 0),
        (2, 0),
        (1, 1),
        (2, 1),
        (4, 0),
        (5, 2),
        (0, -1),
        (0, -2),
        (-1, 0),
        (-2, 0),
        (-1, -1),
    ],
)
def test_a_shift_is_read_from_where_the_totals_prove_it(
    numbers: dict[str, Number], down: int, across: int
) -> None:
    reading = read(FORM, pasted(numbers, grid_of(numbers), down=down, across=across).xlsx())
    settled(reading, numbers)


@pytest.mark.parametrize("numbers", seeds())
def test_a_subtotal_column_is_left_out(numbers: dict[str, Number]) -> None:
    settled(read(FORM, pasted(numbers, subtotal(grid_of(numbers))).xlsx()), numbers)


@pytest.mark.parametrize("numbers", seeds())
def test_a_heading_pasted_along_is_left_out(numbers: dict[str, Number]) -> None:
    heading: Grid = [[f"栏{number}" for number in range(COLUMNS)]]
    settled(read(FORM, pasted(numbers, [*heading, *grid_of(numbers)]).xlsx()), numbers)


def settled(reading: Reading, numbers: dict[str, Number]) -> None:
    """Every figure is the one that was meant, and said to be shifted; or none of the block is read, and that is said."""
    [found] = [item for item in reading.findings if item.code == "F05" and item.severity is Severity.ERROR]
    read_values = own(reading)
    if found.variant in {"pasted_off", "pasted_low"}:
        assert read_values == meant(numbers)
    else:
        assert found.variant in {"pasted_off_unclear", "pasted_low_unclear"}
        assert set(read_values.values()) == {None}


@pytest.mark.parametrize(("down", "across"), [(0, -1), (-1, 0), (-1, -1)])
def test_figures_over_labels_that_no_total_proves_are_read_from_nowhere(down: int, across: int) -> None:
    numbers = seeds()[3]
    grid = [list(row) for row in grid_of(numbers)]
    grid[1][-1] = 999
    reading = read(FORM, pasted(numbers, grid, down=down, across=across).xlsx())
    assert "F05.pasted_off_unclear" in codes(reading.findings)
    assert set(own(reading).values()) == {None}


def test_a_shift_is_proven_in_an_ordinary_report() -> None:
    numbers = seeds()[3]
    for made in (
        pasted(numbers, grid_of(numbers), across=-1),
        pasted(numbers, grid_of(numbers), down=-1),
        pasted(numbers, grid_of(numbers), across=1),
        pasted(numbers, subtotal(grid_of(numbers))),
        pasted(numbers, grid_of(numbers), down=1, across=1),
    ):
        assert "F05.pasted_off" in codes(read(FORM, made.xlsx()).findings)


@pytest.mark.parametrize("numbers", seeds()[2:])
@pytest.mark.parametrize("missing", [1, 2])
def test_of_rows_with_some_missing_nothing_is_read(numbers: dict[str, Number], missing: int) -> None:
    """As from the table of an earlier form, whose rows were fewer: the sums cannot tell which."""
    grid = grid_of(numbers)
    at = ROWS - 3 - missing
    left: list[Number | str | None] = [
        sum(value for value in column if value and not isinstance(value, str))
        for column in zip(*grid[at - 1 : at + missing], strict=True)
    ]
    reading = read(FORM, pasted(numbers, [*grid[: at - 1], left, *grid[at + missing :]]).xlsx())
    assert "F05.pasted_off_unclear" in codes(reading.findings)
    assert set(own(reading).values()) == {None}


@pytest.mark.parametrize("numbers", seeds()[2:])
def test_totals_that_landed_in_the_column_before_them_are_seen(numbers: dict[str, Number]) -> None:
    """The last applicant column was left out, and its cells hold the totals of the others."""
    inputs = {key: 0 if key.endswith("other_organisation") else value for key, value in numbers.items()}
    whole = with_totals(FORM, {cell.key: inputs[cell.key] for cell in FORM.cells if cell.is_input})
    known = {key: value or 0 for key, value in whole.items()}
    made = draft(FORM, known)
    for row in range(ROWS):
        *_, last, total = CELLS[row * COLUMNS : (row + 1) * COLUMNS]
        made.put(FORM.positions[last.key], float(known[total.key]))
        made.put(FORM.positions[total.key], float(2 * known[total.key]))
    reading = read(FORM, made.xlsx())
    assert "F05.pasted_off_unclear" in codes(reading.findings)


@pytest.mark.parametrize("seed", range(40))
def test_what_is_right_is_never_called_shifted(seed: int) -> None:
    rng = random.Random(seed)
    numbers = dict(consistent_numbers(FORM, rng, rng.choice((1, 2, 3, 5, 20)))) if seed else dict(zeros(FORM))
    assert not [
        code for code in codes(read(FORM, draft(FORM, numbers).xlsx()).findings) if code.startswith("F05")
    ]
