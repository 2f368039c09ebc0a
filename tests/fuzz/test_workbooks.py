"""Workbooks with bytes, elements and entries damaged at random: whatever comes out, the child lives or the item is set aside.

A short run belongs to every test run; ``make fuzz`` (or ``NIANBAO_FUZZ=5000``) makes it as long as one likes. The seed of a
failure is in its message.
"""

from __future__ import annotations

import io
import os
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from functools import cache

import openpyxl
import pytest

from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.intake.guard import inspection as guard
from pipeline.intake.guard import spelling
from pipeline.intake.guard.isolation import FIRST, ItemWork, Spent, carried_out, reading, understood
from pipeline.intake.guard.refusal import Refused
from pipeline.intake.read.cellxml import scan
from pipeline.intake.read.spreadsheet import open_workbook
from pipeline.machine.pool import Pool
from tests.intake.support import draft, numbers_for, zip_of
from tests.intake.xlsb import xlsb

EXAMPLES = int(os.environ.get("NIANBAO_FUZZ", "20"))
PIECES = (
    *(b"<c>", b"</c>", b'<c r="A1">', b"<v>", b"</v>", b"<v>7</v>", b"<v/>", b"<f>1</f>", b"<f/>", b"<row>", b"</row>"),
    *(b"<!-- -->", b"<!-- <c><v>9</v></c> -->", b"<![CDATA[8]]>", b"&#55;", b"&lt;", b"<x:c>", b"</x:c>", b"<?p q?>", b"<is><t>1</t></is>"),
    *(b"</sheetData>", b"<sheetData>", b' r="B2"', b' t="e"', b' t="str"', b' s="99999"', b"'", b'"', b">", b"<", b"\0", b"\xff"),
)  # fmt: skip


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool() as made:
        yield made


@cache
def saved(kind: str) -> bytes:
    made = draft(load_form(), numbers_for(load_form()))
    if kind == "xlsb":
        return xlsb({name: cells for name, cells in made.sheets.items() if cells})
    save: Callable[[], bytes] = getattr(made, kind)
    return save()


def mutated(content: bytes, rng: random.Random, pieces: tuple[bytes, ...] = ()) -> bytes:
    """Overwrite, cut, double or insert a few times; where ``pieces`` are given, at the edges of tags."""
    for _ in range(rng.randint(1, 4)):
        edges = [found.start() for found in re.finditer(rb"<", content)] if pieces else []
        at = rng.choice(edges) if edges and rng.random() < 0.8 else rng.randrange(len(content) + 1)
        size = rng.choice((0, 0, 1, 4, 40))
        instead = rng.choice((*pieces, content[at : at + 60])) if pieces else rng.randbytes(rng.randint(0, 8))
        content = content[:at] + instead + content[at + size :]
    return content


def with_mutated_part(rng: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(saved("xlsx"))) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    name = rng.choice([name for name in parts if name.endswith((".xml", ".rels"))])
    parts[name] = mutated(parts[name], rng, PIECES)
    return zip_of(parts)


def example(kind: str, rng: random.Random) -> bytes:
    return with_mutated_part(rng) if kind == "xlsx" else mutated(saved(kind), rng)


@pytest.mark.parametrize("kind", ["xlsx", "xls", "xlsb", "ods"])
def test_every_damaged_workbook_is_answered(form: Form, pool: Pool, kind: str) -> None:
    works = [
        ItemWork(seed, "", lambda seed=seed: reading(form.id, example(kind, random.Random(seed))))  # type: ignore[misc]
        for seed in range(EXAMPLES)
    ]
    for seed, outcome in carried_out(pool, works, Spent()):
        found = understood(form, outcome)
        assert found.numbers or any(item.severity == "error" for item in found.findings), f"{kind} {seed}"
        assert not any(item.variant == "bug" for item in found.findings), f"{kind} {seed}: {outcome}"
    assert FIRST.cpu


def values(content: bytes) -> dict[tuple[str, int, int], object] | None:
    """What the product reads, by sheet, row and column; None where it refuses."""
    inspection = guard.inspect(content)
    if inspection.refusal:
        return None
    try:
        sheets = open_workbook(content, inspection)
    except Refused:
        return None
    return {
        (sheet.name, row, column): value
        for sheet in sheets
        for row, line in enumerate(sheet.rows)
        for column, value in enumerate(line)
        if isinstance(value, float)
    }


def test_what_is_read_is_what_another_reader_sees() -> None:
    """Numbers in cells: wherever openpyxl reads another one from the file as it came, the product must have refused it."""
    for seed in range(EXAMPLES):
        content = with_mutated_part(random.Random(seed))
        ours = values(content)
        if ours is None:
            continue
        try:
            book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
        except Exception:  # noqa: BLE001, S112 - the other reader is stricter
            continue
        for (name, row, column), value in ours.items():
            if name in book.sheetnames:
                other = book[name].cell(row + 1, column + 1).value
                assert not isinstance(other, int | float) or float(other) == value, (
                    f"{seed} {name} {row} {column}"
                )


def test_the_plain_spelling_is_stable_and_says_the_same() -> None:
    """What was written anew is plain; and nothing that is looked for in a sheet is lost by it."""
    with zipfile.ZipFile(io.BytesIO(saved("xlsx"))) as source:
        sheet = source.read("xl/worksheets/sheet3.xml")
    assert spelling.plain(sheet) == sheet
    anew = spelling.plain(sheet.replace(b"<sheetData>", b"<!-- --><sheetData>"))
    assert scan(anew) == scan(sheet)
    for seed in range(EXAMPLES):
        try:
            once = spelling.plain(mutated(sheet, random.Random(seed), PIECES))
        except Refused:
            continue
        assert spelling.plain(once) == once, seed
