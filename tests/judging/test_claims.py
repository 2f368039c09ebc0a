"""What sentences claim: every labelled sentence, and two thousand made ones whose figures are known."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.forms.loader import load_form
from pipeline.forms.narrative import FigureClaims, PartSums
from pipeline.judging.texts.filed import ReportTexts, TextContext, called
from pipeline.judging.texts.stated_figures import figures, said_in
from pipeline.judging.texts.text_sums import sums
from pipeline.judging.texts.tidy import tidy
from pipeline.model import Agency, Number
from tests.judging.made_sentences import Passage, passage

FORM = load_form()
[RULE] = [rule for rule in FORM.narratives if isinstance(rule, FigureClaims)]
[SUMS] = [rule for rule in FORM.narratives if isinstance(rule, PartSums)]
AGENCY = Agency("007", "杭州市临平区财政局", "部门", "县区", ("区财政局",))
TEXT = "overview.on_request"
CELLS = {
    "new": "requests.new_received.total",
    "over": "requests.carried_over.total",
    "done": "requests.outcomes_total.total",
    "forward": "requests.carried_forward.total",
    "reviews": "disputes.reconsideration.total",
    "suits": "disputes.litigation_direct.total",
    "issued": "proactive.normative_documents.issued",
}
FILED = ReportTexts(
    number=0, texts={}, numbers={}, places={}, agency=AGENCY, year=2023, names=tuple(called(AGENCY))
)


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
    exact = {claim.key for claim in RULE.claims if claim.equals and not claim.at_most}
    assert not exact - {key for item in LABELLED for key in item.says}
    assert sum(not item.says for item in LABELLED) >= 40


@pytest.mark.parametrize("item", LABELLED, ids=lambda item: item.text[:40])
def test_a_labelled_sentence_says_exactly_its_figures(item: Labelled) -> None:
    text = tidy(item.text)
    said = [own for own in said_in(RULE, TEXT, text, FILED) if own.claim.equals and not own.at_most]
    assert {own.claim.key: own.value for own in said} == item.says
    filed = replace(FILED, texts={TEXT: text}, numbers={})
    added = [found.facts for found in sums(SUMS, TextContext(FORM))(filed)]
    assert [[found["whole"], found["added"]] for found in added] == item.parts


def _filed(item: Passage, text: str) -> ReportTexts:
    """A report with the passage as its text and the figures it is about in their cells."""
    numbers: dict[str, Number | None] = dict.fromkeys((cell.key for cell in FORM.cells), 0)
    for name, key in CELLS.items():
        numbers[key] = item.numbers[name]
    return replace(FILED, texts={TEXT: tidy(text)}, numbers=numbers, places=FORM.places)


def test_two_thousand_true_passages_do_not_alarm() -> None:
    check = figures(RULE, TextContext(FORM))
    alarms = []
    for seed in range(2000):
        made = passage(seed)
        alarms += [(made.text(), finding.facts) for finding in check(_filed(made, made.text()))]
    assert alarms == []


def test_a_slip_in_any_figure_of_a_thousand_passages_is_found() -> None:
    """Each passage with one of its figures wrong by a value that none of its meanings has."""
    check = figures(RULE, TextContext(FORM))
    missed = []
    slips = 0
    for seed in range(1000):
        made = passage(seed)
        for place, figure in enumerate(made.figures):
            wrong = figure.value + 2111
            text = made.text(place, wrong)
            found = [finding.facts["claimed"] for finding in check(_filed(made, text))]
            slips += 1
            if wrong not in found:
                missed.append((figure.key, text))
    assert slips > 2500
    assert missed == []
