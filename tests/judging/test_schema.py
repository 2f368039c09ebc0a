"""The form's schema: its columns are the form's keys, its checks the form's rules, and both ways to validate agree."""

from __future__ import annotations

import random

import numpy as np
import pandas as pd
import pandera.pandas as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from pandera.errors import SchemaErrors

from pipeline.forms.form import Form
from pipeline.judging.schema.form_schema import columns_of, counted_rules, printed, schema_of
from pipeline.judging.schema.frame import rows_of
from pipeline.judging.schema.validation import CheckFailure, failures
from pipeline.model import Finding, Severity
from tests.support.fills import consistent_numbers
from tests.support.submissions import reading_of


def test_columns_are_the_keys_and_rules_of_the_form(form: Form) -> None:
    columns = list(schema_of(form).columns)
    assert columns[:200] == [cell.key for cell in form.cells]
    assert columns[200:] == [*form.checks, *counted_rules(form)]
    assert all(column.title for column in schema_of(form).columns.values())


def test_every_rule_decides_through_the_schema(form: Form) -> None:
    asked = {
        str(check.error).partition(".")[0]
        for column in schema_of(form).columns.values()
        for check in column.checks
    }
    assert asked == set(form.rules_by_id)


def test_a_complete_report_passes(form: Form) -> None:
    rows = rows_of(
        form, [reading_of(form, consistent_numbers(form, random.Random(1)))], ["县区"], [None], [()]
    )
    assert not failures(columns_of(form), rows)


def test_what_a_rule_over_texts_finds_fails_its_column(form: Form) -> None:
    reading = reading_of(form, consistent_numbers(form, random.Random(1)))
    told = [Finding("N10", Severity.WARNING), Finding("N10", Severity.WARNING)]
    rows = rows_of(form, [reading], ["县区"], [None], [told])
    columns = list(schema_of(form).columns)
    assert failures(columns_of(form), rows) == [CheckFailure(0, columns.index("N10"), "N10")]


VALUES = st.sampled_from([0.0, 1.0, 2.5, -1.0, -0.5, np.nan, 12_000.0, 0.1234567])
"""What a column can hold: nothing wrong, a fraction, less than nothing, a blank, too much, too exact."""


@settings(max_examples=8, deadline=None)
@given(data=st.data(), height=st.integers(1, 4))
def test_the_wide_schema_says_the_same_by_pandera_itself(
    form: Form, data: st.DataObject, height: int
) -> None:
    schema = schema_of(form)
    width = len(schema.columns)
    rows = np.zeros((height, width))
    spots = st.tuples(st.integers(0, height - 1), st.integers(0, width - 1))
    for (row, column), value in data.draw(st.dictionaries(spots, VALUES, max_size=40)).items():
        rows[row, column] = value
    assert {tuple(item) for item in failures(schema.columns, rows)} == _by_pandera(schema, rows)


def _by_pandera(schema: pa.DataFrameSchema, rows: np.ndarray) -> set[tuple[int, int, str]]:
    columns = list(schema.columns)
    try:
        schema.validate(pd.DataFrame(rows, columns=columns), lazy=True)
    except SchemaErrors as errors:
        found = errors.failure_cases
        return {
            (int(index), columns.index(str(column)), str(check))
            for index, column, check in zip(found["index"], found["column"], found["check"], strict=True)
        }
    return set()


def test_what_is_printed_is_the_schema(form: Form) -> None:
    text = printed(schema_of(form))
    assert "一、本年新收政府信息公开申请数量" in text
    again = pa.DataFrameSchema.from_yaml(text)
    assert list(again.columns) == list(schema_of(form).columns)
    assert printed(again) == text
