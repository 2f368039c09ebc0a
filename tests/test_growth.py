"""Nothing costs more than its size: every pattern and every reader is tried with what patterns stumble over, once, twice, four times as long."""

from __future__ import annotations

import gc
import importlib
import itertools
import pkgutil
import random
import re
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pytest

import pipeline
from pipeline.forms.form import Form
from pipeline.intake.fetch.archive import unpack
from pipeline.intake.guard import inspection as guard
from pipeline.intake.guard import spelling
from pipeline.intake.guard.refusal import Refused
from pipeline.intake.read.cellxml import hidden_lines, merged_away, scan
from pipeline.judging.rules.judge import judge
from pipeline.model import Agency, Claims, Reading, Submission
from tests.intake.support import zip_of
from tests.support.fills import report

SEEDS = (
    *"a1 .,;:<>\"'()[]{}=-_/\\@#%&*+年月件号一（），、：“《【\n\t\0",
    *(
        "<a ",
        "<a>",
        "a=",
        'a="',
        "a='",
        "=  ",
        "--",
        "12",
        "1,",
        "a.",
        "A1",
        "r=",
        "<c ",
        "<f>",
        "<v>",
        "<si>",
        "&#1;",
        "[a",
        '"a',
    ),
    *("1年", "1月1日", "《1", "其中", "简称", "；；", "  ", "a b", "1 1", "＊＊", "XX", "——"),
)
SIZES = (750, 1500, 3000)
TOO_LONG = 0.02
"""Seconds below which nobody can tell how something grows."""
SURE = 0.5
"""Seconds above which what else happens on the machine counts little: nothing is measured twice that takes so long."""
BOUNDED = {
    "pipeline.intake.fetch.headers": "asks lines of a head for the name they begin with; heads are cut, tests/fuzz tries them",
    "pipeline.intake.read.formula_value": "takes one word after the other of a formula of 1,000 characters at most",
    "pipeline.intake.fetch.origin": "looks at fields of mails; what it takes of these is its own tests' affair",
    "pipeline.forms": "looks at the form's own TOML, not at what comes",
    "pipeline.district": "looks at the district's own settings",
    "pipeline.toml_source": "looks at settings",
    "pipeline.cli.usage": "looks at the command line",
    "pipeline.publishing": "looks at what was built here, and at the district's own layout",
    "pipeline.publishing.returning": "looks at what was built here",
}


Sized: TypeAlias = Callable[[int], Callable[[], object]]
"""Of a size: something to be done with so much."""


def seconds(action: Callable[[], object]) -> float:
    first = _timed(action)
    return min(first, _timed(action)) if TOO_LONG <= first < SURE else first


def _timed(action: Callable[[], object]) -> float:
    """Without looks for garbage, as the commands do: one goes through all that the tests before have left."""
    gc.disable()
    start = time.process_time()
    try:
        action()
        return time.process_time() - start
    finally:
        gc.enable()


def is_linear(action: Sized, sizes: tuple[int, ...] = SIZES) -> bool:
    """Whether four times as much takes no more than about four times as long; measured anew before it is said that it does."""
    for _ in range(3):
        last = seconds(action(sizes[-1]))
        if (
            last < TOO_LONG
            or last < 2.8 * seconds(action(sizes[-2]))
            or last < 7.0 * seconds(action(sizes[0]))
        ):
            return True
    return False


def patterns() -> Iterator[tuple[str, re.Pattern[str] | re.Pattern[bytes]]]:
    for info in pkgutil.walk_packages(pipeline.__path__, "pipeline."):
        if info.name == "pipeline.__main__" or info.name.startswith(tuple(BOUNDED)):
            continue
        for name, value in vars(importlib.import_module(info.name)).items():
            for number, found in enumerate(value if isinstance(value, tuple) else (value,)):
                if isinstance(found, re.Pattern):
                    yield f"{info.name}.{name}.{number}", found


PATTERNS = dict(patterns())


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_no_pattern_grows_faster_than_its_text(name: str) -> None:
    pattern: Any = PATTERNS[name]

    def over(seed: str) -> Sized:
        def sized(size: int) -> Callable[[], object]:
            text = (seed * size)[:size]
            raw = text.encode()
            if isinstance(pattern.pattern, bytes):
                return lambda: len(pattern.findall(raw))
            return lambda: len(pattern.findall(text))

        return sized

    assert [seed for seed in SEEDS if not is_linear(over(seed))] == [], name


def sheet(body: bytes) -> bytes:
    return b"<worksheet><sheetData>" + body + b"</sheetData></worksheet>"


READERS: dict[str, Sized] = {}


def reader(action: Sized) -> Sized:
    READERS[getattr(action, "__name__", "")] = action
    return action


NUMBERS = itertools.count()
"""One for every sheet, so that none is remembered from the time before."""


def _spelled(data: bytes) -> Callable[[], object]:
    def spell() -> object:
        try:
            return spelling.plain(data + b"<!-- %d -->" % next(NUMBERS))
        except Refused:
            return None

    return spell


@reader
def cells_as_usual(size: int) -> Callable[[], object]:
    return _spelled(sheet(b'<row r="1"><c r="A1"><v>1</v></c></row>' * size))


@reader
def a_cell_that_never_ends(size: int) -> Callable[[], object]:
    return _spelled(b'<worksheet><sheetData><row r="1">' + b'<c r="A1"><f ' * size)


@reader
def attributes(size: int) -> Callable[[], object]:
    return _spelled(sheet(b"<row " + b" ".join(b'a%d="1"' % n for n in range(size // 4)) + b"/>"))


@reader
def comments(size: int) -> Callable[[], object]:
    return _spelled(b"<worksheet>" + b"<!-- <sheet a -->" * size + b"</worksheet>")


@reader
def formulas(size: int) -> Callable[[], object]:
    xml = sheet(b'<c r="A1"><f>' * size + b"x" * size)
    return lambda: scan(xml)


@reader
def merges(size: int) -> Callable[[], object]:
    xml = b"<mergeCells>" + b'<mergeCell ref="A1:XFD1048576"/>' * (size // 10) + b"</mergeCells>"
    return lambda: (merged_away(xml).isdisjoint({(n, n) for n in range(20)}), hidden_lines(xml))


@reader
def entries(size: int) -> Callable[[], object]:
    content = zip_of({f"{n}.xlsx": b"x" for n in range(size // 8)})
    return lambda: (unpack(content), guard.inspect(content))


@pytest.mark.parametrize("name", READERS)
def test_no_reader_grows_faster_than_its_input(name: str) -> None:
    assert is_linear(READERS[name])


CLAUSES = (
    "收到申请1件，", "收到政府信息公开申请1件，其中", "公开1条、", "办结1件。", "【填写", "《", "“", "（1件", "按照", "根据1，", "2022年", "1月1日至",
    "13800138000", "甲局", "简称“甲", "其中自然人1件、",
)  # fmt: skip


@pytest.mark.parametrize("clause", CLAUSES)
def test_judging_grows_with_the_texts(form: Form, clause: str) -> None:
    filled = report(form, "001", "甲局", 2023, rng=random.Random(1))
    numbers = dict(zip((cell.key for cell in form.cells), filled.numbers, strict=True))

    def of(size: int) -> Callable[[], object]:
        texts = {text.key: (clause * size)[:size] for text in form.texts}
        reading = Reading(form.id, Claims({}, "甲局", "", 2023), numbers, texts, places=form.places)
        sent = Submission(
            "x",
            "x",
            "x",
            "folder",
            None,
            0,
            reading,
            Agency("001", "甲局", "", "县区"),
            "县区",
            2023,
            held=False,
        )
        return lambda: judge(form, [sent])

    of(100)()
    assert is_linear(of, (2000, 4000, 8000))
