"""Texts that are nearly those of others: what is said of ordinary ones, and what is compared of those that never end."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from rapidfuzz import fuzz

from pipeline.forms.loader import load_form
from pipeline.judging.rules.judge import judge
from pipeline.judging.texts.similarity import _Bare, likeness
from pipeline.model import Agency
from tests.support.fills import zeros
from tests.support.submissions import plain_texts, reading_of, submission_of

FORM = load_form()
KEY = "overview.proactive"
ALPHABET = [chr(0x4E00 + number) for number in range(3000)]


def words(size: int, seed: int = 1) -> str:
    return "".join(random.Random(seed).choices(ALPHABET, k=size))


def shuffled(text: str, seed: int) -> str:
    blocks = [text[at : at + 500] for at in range(0, len(text), 500)]
    random.Random(seed).shuffle(blocks)
    return "".join(blocks)


def told(*texts: str) -> list[list[object]]:
    """Say of each text, sent by agencies one after the other, with what percentage it is another's."""
    sent = [
        replace(
            submission_of(reading_of(FORM, zeros(FORM), plain_texts(FORM) | {KEY: text}), number=number),
            agency=Agency(f"{number:03}", f"第{number}局", "部门", "县区"),
        )
        for number, text in enumerate(texts, 1)
    ]
    return [
        [finding.facts["percent"] for finding in assessment.findings if finding.variant == "other_agency"]
        for assessment in judge(FORM, sent)
    ]


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The characters of every text that is laid beside another."""
    lengths: list[int] = []
    original = fuzz.ratio

    def ratio(one: str, other: str, *, score_cutoff: float) -> float:
        lengths.extend((len(one), len(other)))
        return original(one, other, score_cutoff=score_cutoff)

    monkeypatch.setattr(fuzz, "ratio", ratio)
    return lengths


def test_long_texts_are_compared_in_their_beginnings(compared: list[int]) -> None:
    """The blocks of one long text in another order each time: all have the same words, and none is a copy."""
    core = words(60_000)
    assert told(*(shuffled(core, seed) for seed in range(4))) == [[], [], [], []]
    assert compared
    assert max(compared) <= 6_000


def test_a_long_copy_is_still_told(compared: list[int]) -> None:
    core = words(60_000)
    assert told(core, core[:-100]) == [[], [100]]
    assert max(compared) <= 6_000


def test_a_long_text_that_begins_like_a_shorter_one_is_no_copy(compared: list[int]) -> None:
    core = words(60_000)
    assert likeness(_Bare(core[:7_000], ()), _Bare(core, ()), 85) == 0
    assert compared == []


@pytest.mark.parametrize("size", [130, 900, 5_900])
@pytest.mark.parametrize("changed", [0, 3, 10, 14, 16, 40])
def test_of_an_ordinary_text_every_character_counts(size: int, changed: int) -> None:
    core = words(size)
    other = core[: -size * changed // 100 or None] + words(size * changed // 100 // 2, seed=2)
    whole = int(fuzz.ratio(core, other, score_cutoff=85))
    assert likeness(_Bare(core, ()), _Bare(other, ()), 85) == whole
