"""The pandera schemas of a batch, and their failures as (check, row) pairs.

The id of what a check stands for is its ``error=``, the one name pandera reports for every kind of check.
Blank operands make NaN, and NaN passes: a rule over a blank is *not assessed*, never failed.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from pipeline.judging.sums import MICRO

_ROUNDING = 1e-3


@lru_cache(maxsize=8)
def cell_schema(largest: float) -> pa.DataFrameSchema:
    """Return the schema of cells; from ``largest`` 万元 on an agency has probably typed 元 (C07)."""
    return pa.DataFrameSchema(
        {
            "missing": pa.Column(bool, pa.Check.eq(False, error="C01")),  # noqa: FBT003 - the value compared with
            "count": pa.Column(
                float,
                [pa.Check.ge(0, error="C05"), pa.Check(lambda values: values % 1 == 0, error="C06")],
                nullable=True,
            ),
            "money": pa.Column(float, pa.Check.ge(0, error="C05"), nullable=True),
            "decimals": pa.Column(
                float,
                pa.Check(
                    lambda values: (values * MICRO - (values * MICRO).round()).abs() < _ROUNDING,
                    error="C07.decimals",
                ),
                nullable=True,
            ),
            "size": pa.Column(float, pa.Check.lt(largest, error="C07.size"), nullable=True),
        }
    )


CHECKS = pa.DataFrameSchema(
    {
        "equal": pa.Column(float, pa.Check.eq(0, error="="), nullable=True),
        "at_most": pa.Column(float, pa.Check.le(0, error="<="), nullable=True),
        "outside": pa.Column(float, pa.Check.eq(0, error="outside"), nullable=True),
    }
)


def failures(schema: pa.DataFrameSchema, data: pd.DataFrame) -> Iterator[tuple[str, int]]:
    """Validate in one lazy pass; yield (error id, row) of every failure, by row."""
    try:
        schema.validate(data, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases.sort_values("index", kind="stable")
        for check, row in zip(cases["check"], cases["index"], strict=True):
            yield str(check), int(row)
