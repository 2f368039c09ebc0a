"""What docs/architecture.md tells a newcomer is true, and a name stands for one thing in the house."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

HOUSE = Path(__file__).parent.parent
PAGE = (HOUSE / "docs" / "architecture.md").read_text("utf-8")
SOURCES = sorted((HOUSE / "pipeline").rglob("*.py"))
ENOUGH = 18
LONGEST_WAY = 9
MOST_FILES = 4


def _part(heading: str) -> str:
    return PAGE.partition(f"## {heading}")[2].partition("\n## ")[0]


def _rows(part: str) -> list[list[str]]:
    rows = [re.split(r"\s*\|\s*", line.strip("| ")) for line in part.splitlines() if line.startswith("| ")]
    return rows[1:]


def test_every_place_that_the_page_names_exists() -> None:
    places = re.findall(r"`(pipeline/[\w/.]+)`", PAGE)
    places += [f"pipeline/{place}" for row in _rows(_part("Ten changes")) for place in _named(row[1])]
    assert len(places) > 40
    assert [place for place in places if not (HOUSE / place).exists()] == []


def test_every_module_that_a_paper_names_exists() -> None:
    """By its whole path or by the end of it; a name alone may be of what was."""
    here = [f"/{path.relative_to(HOUSE).as_posix()}" for path in HOUSE.glob("*/**/*.py")]
    papers = [HOUSE / "CONTRIBUTING.md", *HOUSE.glob("docs/**/*.md")]
    named = [
        (path.name, place)
        for path in papers
        for place in re.findall(r"`([\w.-]+/[\w./-]*)", path.read_text("utf-8"))
        if place.endswith(".py") or place.startswith(("pipeline/", "tests/", "docs/", "benchmarks/", "kit/"))
    ]
    assert len(named) > 100
    ours = {(paper, place) for paper, place in named if not (HOUSE / place).exists()}
    assert [one for one in ours if not any(path.endswith(f"/{one[1]}") for path in here)] == []


def _named(text: str) -> list[str]:
    return [place for place in re.findall(r"`([\w/.]+)`", text) if place != "letters/"]


def test_the_way_from_a_rule_to_the_red_cell_is_short() -> None:
    steps = re.findall(r"^\d+\. `", _part("Why is this cell red?"), re.MULTILINE)
    assert 0 < len(steps) <= LONGEST_WAY


def test_behaviours_are_found_by_name() -> None:
    """A word of the question, or what it says in brackets, begins as the file or its folder does."""
    rows = _rows(_part("Where is"))
    found = [row for row in rows if _is_named(*row[:2])]
    assert len(rows) >= ENOUGH + 2
    assert len(found) >= ENOUGH, [row for row in rows if row not in found]


def _is_named(question: str, place: str) -> bool:
    names = re.split(r"[/_.]", place.strip("`").removeprefix("pipeline/").removesuffix(".py"))
    words = re.findall(r"[a-z]{3,}", question.casefold())
    return any(word[:5] == name[:5] for word in words for name in names)


def test_ten_changes_touch_few_files() -> None:
    rows = _rows(_part("Ten changes"))
    assert len(rows) == 10
    files = {change: len(re.findall(r"`[^`]+`|TOML|where it arises", places)) for change, places, *_ in rows}
    assert {change: number for change, number in files.items() if not 0 < number <= MOST_FILES} == {}


def test_no_two_classes_have_one_name() -> None:
    """A class name means one thing, wherever it stands, whether others see it or not."""
    places: dict[str, list[str]] = defaultdict(list)
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                places[node.name.lstrip("_")].append(str(path.relative_to(HOUSE)))
    assert {name: where for name, where in places.items() if len(where) > 1} == {}
