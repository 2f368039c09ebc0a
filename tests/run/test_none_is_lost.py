"""No decision takes from an agency the report that counts, unless a person says so: another may count instead, never none."""

from __future__ import annotations

import io
import os
import zipfile
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.forms.form import Form
from tests.support.towns import Town, box

EXAMPLES = int(os.environ.get("NIANBAO_HISTORIES", "2"))
OWN, UNKNOWN, OTHER = "财政局", "财政大数据中心", "教育局"
WRONG = {"disputes.reconsideration.total": 9999}
"""A figure for which a report is returned."""
PLACES = ("early", "folder", "mail", "one_mail", "stranger", "zip", "late")
DECIDED = ("accept", "accept", "accept", "dismiss", "count")


def deliver(town: Town, place: str, name: str, book: bytes, number: int) -> None:
    """Let a file come on the tenth of January, or the day before or after, in one of the ways in which files come."""
    match place:
        case "early" | "folder" | "late":
            day = {"early": 9, "folder": 10, "late": 11}[place]
            town.put(f"2024-01-{day:02}/{name}", book)
        case "zip":
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w") as archive:
                archive.writestr(name, book)
            town.put(f"2024-01-10/{number}.zip", packed.getvalue())
        case _:
            sender = "stranger@elsewhere.example" if place == "stranger" else box("001")
            town.receive(sender, f"Wed, 10 Jan 2024 09:3{number}:00 +0800", (name, book))


@pytest.mark.parametrize(("is_first", "is_right"), [*product((True, False), repeat=2)])
def test_a_file_accepted_beside_one_that_counts_counts_instead_or_not_at_all(
    form: Form, tmp_path: Path, *, is_first: bool, is_right: bool
) -> None:
    """Both were found in one look, and whose the one is a person has said: the order of their names says nothing."""
    town = Town.of(form, tmp_path / "区", OWN, OTHER)
    town.put("2024-01-10/m.xlsx", town.book(OWN, 1, template_of="001"))
    name = "a.xlsx" if is_first else "z.xlsx"
    town.put(f"2024-01-10/{name}", town.book(UNKNOWN, 2, wrong={} if is_right else WRONG))
    town.run("2024-01-10")
    assert town.figures == {OWN: town.figures_of(OWN, 1)}
    assert town.decide("accept", f"2024-01-10/{name}", OWN, day="2024-01-11").code == 0
    town.run("2024-01-11")
    expected = town.figures_of(UNKNOWN, 2) if is_right else town.figures_of(OWN, 1)
    assert town.figures == {OWN: expected}
    rows = {row["file"]: row for row in town.ran.record["submissions"]}
    assert [row["verdict"] for row in rows.values()].count("duplicate") == 0
    assert {row["version"] for row in rows.values()} == {1, 2}
    assert "没有新的报送" in town.run("2024-01-12").text
    town.put("2024-01-15/新.xlsx", town.book(OWN, 3, template_of="001"))
    town.run("2024-01-15")
    assert town.figures == {OWN: town.figures_of(OWN, 3)}, "what comes later counts as ever"


ARRIVALS = st.lists(
    st.tuples(
        st.sampled_from(PLACES),
        st.sampled_from((OWN, OWN, UNKNOWN, OTHER)),
        st.sampled_from(("a", "m", "z")),
        st.booleans(),
    ),
    min_size=2,
    max_size=4,
)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    arrivals=ARRIVALS, decided=st.lists(st.tuples(st.sampled_from(DECIDED), st.integers(0, 3)), max_size=3)
)
@example(
    arrivals=[("mail", OWN, "m", True), ("mail", UNKNOWN, "a", True), ("stranger", OWN, "z", True)],
    decided=[("accept", 0), ("accept", 0)],
)
@example(
    arrivals=[("folder", OTHER, "a", True), ("folder", OWN, "m", True), ("folder", UNKNOWN, "b", True)],
    decided=[("accept", 0), ("accept", 0)],
)
def test_whatever_is_decided_who_had_a_report_that_counts_has_one(
    form: Form, arrivals: list[tuple[str, str, str, bool]], decided: list[tuple[str, int]]
) -> None:
    with TemporaryDirectory() as folder:
        town = Town.of(form, Path(folder) / "区", OWN, OTHER)
        for number, (place, name, file, is_right) in enumerate(arrivals):
            template_of = {OWN: "001"}.get(name, "") if number % 2 else ""
            wrong = {} if is_right else WRONG
            book = town.book(name, number, wrong=wrong, template_of=template_of)
            deliver(town, place, f"{file}{number}.xlsx", book, number)
        day = 11
        town.run(f"2024-01-{day}")
        for kind, pick in decided:
            counted = set(town.figures)
            decide(town, kind, pick, f"2024-01-{day}")
            day += 1
            town.run(f"2024-01-{day}")
            assert counted <= set(town.figures)


def decide(town: Town, kind: str, pick: int, day: str) -> None:
    """Decide something of a file or a version that a run has listed; nothing where there is none."""
    rows = town.ran.record["submissions"]
    if kind == "count":
        own = [row for row in rows if row["verdict"].startswith("accepted") and row["version"]]
        if own:
            row = own[pick % len(own)]
            town.decide("count", row["agency"], str(row["version"]), day=day)
        return
    held = [row["file"] for row in rows if row["verdict"] == "held"]
    if held:
        town.decide(kind, held[pick % len(held)], *([OWN] if kind == "accept" else []), day=day)
