"""What sentences claim: every labelled sentence, and two thousand made ones whose figures are known."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from pipeline.forms.loader import load_form
from pipeline.forms.narrative import Figures
from pipeline.judging.narratives.claims import Reader
from pipeline.judging.narratives.filed import Filed, masked
from pipeline.judging.narratives.tidy import tidy
from pipeline.model import Agency

FORM = load_form()
[RULE] = [rule for rule in FORM.narratives if isinstance(rule, Figures)]
READER = Reader(RULE)
AGENCY = Agency("007", "杭州市临平区财政局", "部门", "县区", ("区财政局",))
FILED = Filed(number=0, texts={}, numbers={}, places={}, agency=AGENCY, year=2023)


@dataclass(frozen=True)
class Labelled:
    text: str
    says: dict[str, int]
    parts: list[list[Any]] = field(default_factory=list)


LABELLED = [
    Labelled(**item)
    for item in tomllib.loads(Path(__file__).with_name("labelled_sentences.toml").read_text("utf-8"))[
        "sentence"
    ]
]


def test_there_are_enough_sentences_and_each_figure_is_claimed_somewhere() -> None:
    assert len(LABELLED) >= 120
    assert {claim.key for claim in RULE.claims} <= {key for item in LABELLED for key in item.says}
    assert sum(not item.says for item in LABELLED) >= 40


@pytest.mark.parametrize("item", LABELLED, ids=lambda item: item.text[:40])
def test_a_labelled_sentence_says_exactly_its_figures(item: Labelled) -> None:
    said, added = READER.read(masked(tidy(item.text), FILED))
    assert {statement.claim.key: statement.value for statement in said} == item.says
    assert [[found.partition.name, found.whole, found.total] for found in added] == item.parts
