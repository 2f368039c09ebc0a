"""A table's rows, columns and label paths go in; the printed table comes out as merged cells.

The template, the district workbook, the Word and the HTML report all print this one grid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.forms.form import Grid, GridCell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.forms.form import Block, Line, Table


def build_grid(table: Table) -> Grid:
    """Lay out ``table``: blocks below each other, labels merged over what they govern."""
    label_columns = max(_depth(block.rows) for block in table.blocks)
    value_columns = max(len(block.columns) for block in table.blocks)
    cells: list[GridCell] = []
    top = 0
    header_rows = 0
    for block in table.blocks:
        placed, height, header = _block(table.key, block, top, label_columns, value_columns)
        cells += placed
        header_rows = header_rows or header
        top += height
    return Grid(tuple(cells), top, label_columns + value_columns, label_columns, header_rows)


def is_tiled(grid: Grid) -> bool:
    """Whether the cells of ``grid`` cover it, each place once."""
    covered = [
        (cell.row + down, cell.column + right)
        for cell in grid.cells
        for down in range(cell.height)
        for right in range(cell.width)
    ]
    return len(covered) == len(set(covered)) == grid.rows * grid.columns


def cell_key(table: str, row: Line, column: Line) -> str:
    """Spell the key of a number; a table of one row has an empty row key."""
    return ".".join(part for part in (table, row.key, column.key) if part)


def lines_of(table: Table, key: str) -> tuple[int, Line, Line]:
    """Return the block (its number), the row and the column of the cell ``key`` of ``table``."""
    return next(
        (number, row, column)
        for number, block in enumerate(table.blocks)
        for row in block.rows
        for column in block.columns
        if cell_key(table.key, row, column) == key
    )


def _block(
    table: str, block: Block, top: int, label_columns: int, value_columns: int
) -> tuple[list[GridCell], int, int]:
    cells: list[GridCell] = []
    start = top
    if block.heading:
        cells.append(GridCell(top, 0, 1, label_columns + value_columns, "heading", block.heading))
        top += 1
    header_depth = _depth(block.columns)
    widths = _spread(len(block.columns), value_columns)
    if label_columns:
        cells.append(GridCell(top, 0, header_depth, label_columns, "column_label", block.stub))
    cells += _column_labels(block.columns, widths, top, label_columns, header_depth)
    header_rows = top + header_depth - start
    top += header_depth
    cells += _row_labels(block.rows, top, label_columns)
    for row_number, row in enumerate(block.rows):
        left = label_columns
        for column, width in zip(block.columns, widths, strict=True):
            cells.append(
                GridCell(top + row_number, left, 1, width, "number", key=cell_key(table, row, column))
            )
            left += width
    return cells, top + len(block.rows) - start, header_rows


def _depth(lines: Sequence[Line]) -> int:
    return max(len(line.label) for line in lines)


def _spread(columns: int, width: int) -> list[int]:
    """Give every column one place and the last one what is left."""
    return [1] * (columns - 1) + [width - columns + 1]


def _runs(lines: Sequence[Line], level: int) -> list[tuple[int, int]]:
    """Group neighbouring lines that share their label path down to ``level``: (first, count)."""
    runs: list[tuple[int, int]] = []
    for number, line in enumerate(lines):
        if len(line.label) <= level:
            continue
        path = line.label[: level + 1]
        previous = lines[number - 1].label[: level + 1] if number else ()
        if runs and path == previous and len(line.label) > level + 1:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((number, 1))
    return runs


def _column_labels(
    columns: Sequence[Line], widths: Sequence[int], top: int, left: int, depth: int
) -> list[GridCell]:
    cells = []
    for level in range(depth):
        for first, count in _runs(columns, level):
            is_leaf = len(columns[first].label) == level + 1
            cells.append(
                GridCell(
                    top + level,
                    left + sum(widths[:first]),
                    depth - level if is_leaf else 1,
                    sum(widths[first : first + count]),
                    "column_label",
                    columns[first].label[level],
                )
            )
    return cells


def _row_labels(rows: Sequence[Line], top: int, label_columns: int) -> list[GridCell]:
    cells = []
    for level in range(label_columns):
        for first, count in _runs(rows, level):
            is_leaf = len(rows[first].label) == level + 1
            cells.append(
                GridCell(
                    top + first,
                    level,
                    count,
                    label_columns - level if is_leaf else 1,
                    "row_label",
                    rows[first].label[level],
                )
            )
    return cells
