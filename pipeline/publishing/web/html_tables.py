"""A printed table goes in; its rows as HTML sees them come out: every figure knows the headings that govern it.

Grouped headings over and beside the figures cannot be told by ``scope`` alone, so each figure also names its own
(``headers``): a screen reader then says 不予公开, 属于国家秘密, 自然人 before the number.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from pipeline.forms.form import Grid, GridCell


@dataclass(frozen=True, slots=True)
class HtmlCell:
    """A cell: a heading with ``id`` and ``scope``, or, with a ``key``, a figure with its ``headers``."""

    text: str
    key: str
    look: str
    width: int
    height: int
    id: str = ""
    scope: str = ""
    headers: str = ""


TEXT_LOOK = "words"
Row = tuple[HtmlCell, ...]


@dataclass(frozen=True, slots=True)
class HtmlTable:
    """A table: ``head`` repeats on every printed page; a body stands for each block of the form."""

    id: str
    label_columns: int
    value_columns: int
    head: tuple[Row, ...]
    bodies: tuple[tuple[Row, ...], ...]


def html_table(grid: Grid, table_id: str, texts: Collection[str] = ()) -> HtmlTable:
    """Lay out ``grid`` for HTML; ``table_id`` begins the id of every heading, the cells of ``texts`` may break into lines."""
    figures = {cell.row for cell in grid.cells if cell.key}
    rows = [_row(grid, number, table_id, figures, texts) for number in range(grid.rows)]
    starts = _block_starts(grid.rows, figures)
    blocks = [tuple(rows[start:end]) for start, end in zip(starts, [*starts[1:], grid.rows], strict=True)]
    head: tuple[Row, ...] = ()
    if len(blocks) == 1:
        head, blocks = blocks[0][: grid.header_rows], [blocks[0][grid.header_rows :]]
    return HtmlTable(table_id, grid.label_columns, grid.columns - grid.label_columns, head, tuple(blocks))


def _block_starts(rows: int, figures: set[int]) -> list[int]:
    """A block begins where headings follow figures."""
    return [row for row in range(rows) if row not in figures and (row == 0 or row - 1 in figures)]


def _row(grid: Grid, number: int, table_id: str, figures: set[int], texts: Collection[str]) -> Row:
    """Spell the cells that begin in a row; what spans into it from above is HTML's to know."""
    cells = sorted((cell for cell in grid.cells if cell.row == number), key=lambda cell: cell.column)
    return tuple(_cell(grid, cell, table_id, figures, texts) for cell in cells)


def _cell(grid: Grid, cell: GridCell, table_id: str, figures: set[int], texts: Collection[str]) -> HtmlCell:
    if cell.key:
        headers = " ".join(_id(table_id, item) for item in _governing(grid, cell, figures))
        look = TEXT_LOOK if cell.key in texts else "figure"
        return HtmlCell("", cell.key, look, cell.width, cell.height, headers=headers)
    return HtmlCell(
        cell.text,
        "",
        _look(grid, cell),
        cell.width,
        cell.height,
        id=_id(table_id, cell),
        scope=_scope(cell),
    )


def _id(table_id: str, cell: GridCell) -> str:
    return f"{table_id}-{cell.row}-{cell.column}"


def _scope(cell: GridCell) -> str:
    if cell.role == "row_label":
        return "rowgroup" if cell.height > 1 else "row"
    return "colgroup" if cell.width > 1 else "col"


def _look(grid: Grid, cell: GridCell) -> str:
    """Name the style: innermost row labels are ranged left, and row labels know where they begin to stay in sight there."""
    if cell.role == "row_label":
        kind = "item" if cell.column + cell.width == grid.label_columns else "group"
        return f"{kind} from-{cell.column}"
    if cell.role == "column_label" and cell.column < grid.label_columns:
        return "corner"
    return cell.role.replace("_", "-")


def _governing(grid: Grid, figure: GridCell, figures: set[int]) -> Iterator[GridCell]:
    """Yield the headings of a figure: of its block, of its row from the outermost, of its column."""
    top = _header_rows(figure.row, figures)
    beside = [cell for cell in grid.cells if cell.role == "row_label" and _covers_row(cell, figure.row)]
    above = [
        cell
        for cell in grid.cells
        if cell.role in ("heading", "column_label") and cell.row in top and _overlaps(cell, figure)
    ]
    yield from (cell for cell in above if cell.role == "heading")
    yield from sorted(beside, key=lambda cell: cell.column)
    yield from sorted((cell for cell in above if cell.role != "heading"), key=lambda cell: cell.row)


def _header_rows(row: int, figures: set[int]) -> Sequence[int]:
    """Return the heading rows of the block that ``row`` stands in."""
    runs = [(has_figures, list(run)) for has_figures, run in groupby(range(row + 1), figures.__contains__)]
    return runs[-2][1] if len(runs) > 1 else ()


def _covers_row(cell: GridCell, row: int) -> bool:
    return cell.row <= row < cell.row + cell.height


def _overlaps(cell: GridCell, figure: GridCell) -> bool:
    return cell.column < figure.column + figure.width and figure.column < cell.column + cell.width
