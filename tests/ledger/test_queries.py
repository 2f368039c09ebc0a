"""No question to the ledger looks at a whole table for each row of another: what a run costs would grow with the square."""

from __future__ import annotations

import ast
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

import pipeline
from pipeline.ledger.schema import MIGRATIONS

_ASKED = ("rows", "one", "write", "write_many")
_SMALL = ("SCAN runs",)
"""Tables that grow with the nights, not with the agencies."""


def questions() -> Iterator[tuple[str, str]]:
    """Yield (place, SQL) of every statement that is written out in the program."""
    root = Path(pipeline.__file__).parent
    for path in sorted(root.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                not isinstance(node, ast.Call)
                or getattr(node.func, "attr", "") not in _ASKED
                or not node.args
            ):
                continue
            if isinstance(sql := getattr(node.args[0], "value", None), str):
                yield f"{path.relative_to(root)}:{node.lineno}", sql


def whole_tables(connection: sqlite3.Connection, sql: str) -> list[str]:
    """Return the tables that are looked at from end to end for each row of another in ``sql``."""
    inner: set[int] = set()
    found = []
    for number, parent, _, detail in connection.execute(f"EXPLAIN QUERY PLAN {sql}", [None] * sql.count("?")):
        if detail.startswith("SCAN") and parent in inner and detail not in _SMALL:
            found.append(detail)
        if detail.startswith("CORRELATED"):
            inner.add(number)
        elif detail.startswith(("SCAN", "SEARCH")):
            inner.add(parent)
    return found


@pytest.fixture(scope="module")
def empty() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.executescript("".join(MIGRATIONS))
    yield connection
    connection.close()


def test_no_table_is_looked_through_for_each_row_of_another(empty: sqlite3.Connection) -> None:
    asked = list(questions())
    assert len(asked) > 80
    assert {place: found for place, sql in asked if (found := whole_tables(empty, sql))} == {}


def test_what_no_index_answers_is_seen(empty: sqlite3.Connection) -> None:
    joined = "SELECT at FROM versions JOIN envelopes AS copies ON {} WHERE versions.year = ?"
    assert whole_tables(empty, joined.format("2 * copies.id = versions.word").replace("at", "path", 1))
    assert not whole_tables(empty, joined.format("copies.id = versions.word / 2").replace("at", "path", 1))
