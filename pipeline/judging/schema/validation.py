"""A schema and the rows of a batch go in; what fails comes out, as (row, column, check).

pandera spends its time by the column, not by the row. Columns that are asked the same are therefore laid one below the
other and validated as one: the same checks of the same schema, at a hundredth of the cost. A test holds that pandera,
given the wide frame, says the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import pandas as pd
from pandera.errors import SchemaErrors

from pipeline.judging.schema.backends import pa

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_Signature: TypeAlias = tuple[object, ...]
_LONG = "values"


class CheckFailure(NamedTuple):
    """A value that does not pass: row and column of the frame, and the ``error`` of the check."""

    row: int
    column: int
    check: str


def failures(asked: Mapping[str, pa.Column], rows: NDArray[np.float64]) -> list[CheckFailure]:
    """Validate ``rows``, (submissions × the columns of a schema), in one lazy pass; return what fails, row by row."""
    columns = list(asked.values())
    alike: dict[_Signature, list[int]] = {}
    for number, column in enumerate(columns):
        alike.setdefault(_signature(column), []).append(number)
    found = [failure for numbers in alike.values() for failure in _failures(columns, numbers, rows)]
    return sorted(found, key=lambda failure: failure[:2])


def _signature(column: pa.Column) -> _Signature:
    """Return what is asked of a column, leaving out by which rule."""
    asked = ((check.name, tuple(check.statistics.items()), check.ignore_na) for check in column.checks)
    return (str(column.dtype), column.nullable, *asked)


def _failures(
    columns: list[pa.Column], numbers: list[int], rows: NDArray[np.float64]
) -> Iterator[CheckFailure]:
    first = columns[numbers[0]]
    at = {check.error: position for position, check in enumerate(first.checks)}
    long = pd.DataFrame({_LONG: rows[:, numbers].ravel()})
    schema = pa.DataFrameSchema({_LONG: pa.Column(first.dtype, first.checks, nullable=first.nullable)})
    for check, index in _broken(schema, long):
        row, number = divmod(index, len(numbers))
        column = numbers[number]
        yield CheckFailure(row, column, str(columns[column].checks[at[check]].error))


def _broken(schema: pa.DataFrameSchema, data: pd.DataFrame) -> Iterator[tuple[str, int]]:
    try:
        schema.validate(data, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        for check, index in zip(cases["check"], cases["index"], strict=True):
            yield str(check), int(index)
