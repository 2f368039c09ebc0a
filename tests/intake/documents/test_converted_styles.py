"""The same random reports in random styles, as an office program saves them: the same figures or none, never a wrong one."""

from __future__ import annotations

import random
from dataclasses import fields
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from pipeline.intake.read.reading import read
from pipeline.model import Report
from tests.intake.documents.test_styles import CHOICES, FORM, made
from tests.support.documents import Style, as_docx
from tests.support.libreoffice import convert

REPORTS = 6
TOTALS = {cell.key: frozenset(FORM.balance(cell.defined_by).right) for cell in FORM.cells if cell.defined_by}


def styled(seed: int) -> Style:
    """A style as hypothesis would draw one."""
    rng = random.Random(seed)
    own: dict[str, Any] = {
        item.name: rng.choice(CHOICES.get(item.name, [True, False, False]))
        for item in fields(Style)
        if item.name != "seed"
    }
    return Style(**own, seed=seed)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Report]:
    folder = tmp_path_factory.mktemp("styled")
    found = {}
    for seed in range(REPORTS):
        path = folder / f"{seed}.docx"
        path.write_bytes(as_docx(FORM, made(seed), styled(seed)))
        found[path] = made(seed)
    return found


@pytest.mark.parametrize(("kind", "reports"), [("odt", REPORTS), ("pdf", REPORTS), ("doc", REPORTS // 2)])
def test_what_is_read_is_what_stands_there(
    sources: dict[Path, Report], tmp_path: Path, kind: str, reports: int
) -> None:
    """Fewer as .doc, of which each starts an office program once more."""
    sources = dict(islice(sources.items(), reports))
    files = convert(list(sources), tmp_path / "made", kind)
    whole = 0
    for file, sent in zip(files, sources.values(), strict=True):
        found = read(FORM, file.read_bytes())
        told = {key for item in found.findings for key in item.keys}
        unread = {key for key, value in found.numbers.items() if value is None}
        told |= {
            total for total, parts in TOTALS.items() if unread & parts
        }  # what has an unread part has no sum
        numbers = dict(zip((cell.key for cell in FORM.cells), sent.numbers, strict=True))
        style = styled(int(file.stem))
        for key, number in numbers.items():
            value = found.numbers.get(key)
            if value is None:
                assert key in told or (style.blank_zeros and not number) or not found.numbers, (
                    file.name,
                    key,
                )
            else:
                assert value == number, (file.name, key)
        for key, text in sent.texts.items():
            same = "".join(found.texts.get(key, "").split()) == "".join(text.split())
            assert same or key in told or not found.texts, (file.name, key)
        whole += all(found.numbers.get(key) == number for key, number in numbers.items() if number)
    assert whole >= reports / 2, f"{whole} of {reports} read whole"
