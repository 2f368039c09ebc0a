"""How far a sheet may reach: one set of limits for every container, also for the readers in the child."""

MAX_ROWS = 20_000
MAX_COLUMNS = 2_000
MAX_AREA = 250_000
"""Parsers lay a sheet out as a full rectangle: so many cells it may have."""
KEPT_ROWS = 2_000
KEPT_COLUMNS = 100
"""What is read of a sheet that reaches further: far more than any form has."""


def fits(rows: int, columns: int) -> bool:
    """Say whether a sheet may be read whole."""
    return rows <= MAX_ROWS and columns <= MAX_COLUMNS and rows * columns <= MAX_AREA


class SheetCells:
    """The cells of one sheet while it is read; what lies too far out is left out at last."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], object] = {}
        self._rows = self._columns = 0

    def put(self, row: int, column: int, value: object) -> None:
        """Take a value; a blank is none."""
        if value == "":
            return
        self._rows, self._columns = max(self._rows, row + 1), max(self._columns, column + 1)
        is_near = row < KEPT_ROWS and column < KEPT_COLUMNS
        if is_near or (row < MAX_ROWS and column < MAX_COLUMNS and len(self._cells) < MAX_AREA):
            self._cells[row, column] = value

    @property
    def is_clipped(self) -> bool:
        """Whether it reaches too far to be read whole."""
        return not fits(self._rows, self._columns)

    def rows(self) -> list[list[object]]:
        """Return the rows from the first on, without blanks at their ends."""
        rows: list[list[object]] = []
        for (row, column), value in sorted(self._cells.items(), key=lambda item: item[0]):
            if self.is_clipped and (row >= KEPT_ROWS or column >= KEPT_COLUMNS):
                continue
            rows += [[] for _ in range(row + 1 - len(rows))]
            rows[row] += [""] * (column - len(rows[row]))
            rows[row].append(value)
        return rows
