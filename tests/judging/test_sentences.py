"""Labelled sentences of every kind, as written and with each of their figures wrong by 1: what is seen, what is said falsely."""

from __future__ import annotations

import pytest

from pipeline.forms.loader import load_form
from tests.support.sentences import FARTHER, by_kind, load, measure

SHARES = {
    "given": 0.95,
    "held_out": 0.9,
    "cold": 0.9,
    "fresh": 0.9,
    "report_words": 1,
    "unseen": 0.95,
    "unseen_later": 0.95,
    "unseen_last": 0.9,
    "unseen_fourth": 0.92,
    "unseen_fifth": 0.95,
    "unseen_sixth": 0.95,
    "unseen_seventh": 0.85,
    "unseen_eighth": 0.81,
    "unseen_ninth": 0.93,
    "unseen_tenth": 0.89,
    "unseen_eleventh": 0.89,
    "unseen_twelfth": 0.91,
    "unseen_thirteenth": 0.91,
    "unseen_fifteenth": 0.96,
    "unseen_sixteenth": 0.95,
    "unseen_seventeenth": 0.96,
    "unseen_eighteenth": 0.93,
    "unseen_nineteenth": 0.95,
    "unseen_twentieth": 0.89,
    "unseen_twentyfirst": 0.87,
    "unseen_twentysecond": 0.86,
    "unseen_twentythird": 0.73,
    "unseen_twentyfourth": 0.84,
    "unseen_twentyfifth": 0.86,
    "unseen_twentysixth": 0.88,
    "unseen_twentyseventh": 0.98,
    "unseen_twentyeighth": 0.97,
    "unseen_thirtieth": 0.93,
    "unseen_thirtysixth": 0.95,
    "unseen_thirtyeighth": 0.92,
    "unseen_fortieth": 0.96,
    "unseen_fortysecond": 0.98,
    "unseen_fortythird": 0.96,
    "unseen_fortyfourth": 0.98,
    "unseen_fortyfifth": 0.95,
    "unseen_fortysixth": 0.93,
    "unseen_fortyseventh": 0.96,
    "unseen_fortyeighth": 0.7,
    "unseen_fortyninth": 0.95,
    "unseen_fiftieth": 0.96,
    "unseen_fiftyfirst": 0.94,
    "unseen_fiftysecond": 0.82,
    "unseen_fiftythird": 0.93,
    "unseen_fiftyfourth": 0.93,
    "unseen_fiftyfifth": 0.93,
    "unseen_fiftysixth": 0.85,
    "unseen_fiftyseventh": 0.97,
    "unseen_fiftyeighth": 0.95,
    "unseen_fiftyninth": 0.7,
    "unseen_sixtieth": 0.79,
    "unseen_sixtyfirst": 0.97,
    "unseen_sixtysecond": 0.77,
    "unseen_sixtythird": 0.98,
    "unseen_sixtyfourth": 0.92,
    "real_words": 1,
    "real_kinds": 1,
    "whose_figures": 1,
    "few_words": 1,
}
"""Which share of the figures has to be seen; all but ``given`` were written before anything was fitted to them."""
_NOT_REPORTED = {
    "unseen": 1,
    "unseen_eighth": 3,
    "unseen_tenth": 1,
    "unseen_eleventh": 2,
    "unseen_twelfth": 2,
    "unseen_thirteenth": 1,
    "unseen_sixteenth": 1,
    "unseen_nineteenth": 4,
    "unseen_twentieth": 3,
    "unseen_twentyfirst": 3,
    "unseen_twentysecond": 2,
    "unseen_twentythird": 5,
    "unseen_twentyfourth": 1,
    "unseen_twentyfifth": 5,
    "unseen_twentysixth": 1,
    "unseen_thirtieth": 3,
    "unseen_thirtyeighth": 2,
    "unseen_fortysecond": 2,
    "unseen_fortyfourth": 1,
    "unseen_fortyfifth": 4,
    "unseen_fortysixth": 1,
    "unseen_fiftieth": 2,
    "unseen_fiftyfirst": 1,
    "unseen_fiftythird": 1,
    "unseen_fiftyfifth": 1,
    "unseen_fiftysixth": 2,
    "unseen_fiftyeighth": 3,
    "unseen_sixtyfourth": 1,
}
"""How many of the things that sentences ask for nothing says, on purpose or not: decision records 0186, 0199, 0203, 0205, 0208, 0210 and 0225 name them."""

_ACCUSED = {
    "unseen_fiftysecond": ["P52-no_noun_again-7"],
    "unseen_sixtieth": ["P60-gov_sum-4", "P60-two_texts-2"],
}
"""True sentences that are accused: 承办 and 办结 of proposals of delegates, 14 each, where 14 requests were received and 15 answered;
what all departments received beside what the government itself did; a government's text that says nothing of 社会评议."""

_FEWEST_SILENT = {
    "unseen_last": 12,
    "unseen_seventh": 9,
    "unseen_eighth": 7,
    "unseen_sixtysecond": 0,
    "unseen_sixtyfourth": 4,
}
"""The others have more; of these most quiet sentences say figures of the tables as well."""


_ACCUSED_OF_NEAR_VALUES = ["K049", "K096", "K105", "K136", "K160"]
"""True sentences that are accused all the same, of 296 written to be: decision record 0203 says why."""


_ACCUSED_BESIDE_ACCOUNTS = [
    "C031", "C049", "C072", "C078", "C099", "C114", "C186", "C190", "C195", "C201", "C244", "C250", "C259", "C287",
]  # fmt: skip
"""The same, of 306 written by somebody who had read the code that closes accounts: decision record 0209."""


@pytest.mark.parametrize("name", SHARES)
def test_no_sentence_is_accused_and_nearly_every_wrong_figure_is_seen(name: str) -> None:
    outcomes = list(measure(load_form(), load(name)))
    total = by_kind(outcomes)["all"]
    faults = "\n".join(fault for own in outcomes for fault in own.faults)
    accused = [fault.partition(":")[0] for own in outcomes for fault in own.faults if ": FALSE " in fault]
    assert accused == _ACCUSED.get(name, []), faults
    assert total["reported"] >= total["asked"] - _NOT_REPORTED.get(name, 0), faults
    assert total["caught"] >= SHARES[name] * total["figures"] > 0, faults


@pytest.mark.parametrize(
    "name",
    [
        "true_first",
        "true_second",
        "true_third",
        "true_fourth",
        "true_fifth",
        "true_sixth",
        "true_seventh",
        "true_eighth",
    ],
)
def test_no_number_of_a_true_passage_is_accused(name: str) -> None:
    outcomes = list(measure(load_form(), load(name)))
    assert len(outcomes) == 150
    assert [fault for own in outcomes for fault in own.faults] == []


def test_each_file_has_sentences_that_must_stay_silent() -> None:
    for name in SHARES:
        items = load(name)
        assert len({item.id for item in items}) == len(items)
        silent = sum(not item.report and "{" not in item.text for item in items)
        assert silent >= _FEWEST_SILENT.get(name, 20)


@pytest.mark.parametrize(
    ("name", "known"),
    [("near_values", _ACCUSED_OF_NEAR_VALUES), ("near_accounts", _ACCUSED_BESIDE_ACCOUNTS)],
)
def test_numbers_of_other_things_near_those_of_the_tables_are_left_alone(name: str, known: list[str]) -> None:
    outcomes = list(measure(load_form(), load(name)))
    assert len(outcomes) > 290
    accused = [fault for own in outcomes for fault in own.faults]
    assert {fault.partition("-")[0] for fault in accused} <= {*known}, accused


def test_figures_are_raised_farther_in_one_sentence_of_so_many_that_have_some() -> None:
    items = load("real_kinds")[:12]
    some, every = (list(measure(load_form(), items, farther_every=many)) for many in (3, 1))
    with_figures = [own for own in every if own.figures]
    assert [own.farther for own in every] == [own.figures for own in every]
    assert [own.farther > 0 for own in some if own.figures] == [
        at % 3 == 0 for at in range(len(with_figures))
    ]
    total = by_kind(every)["all"]
    assert total["farther"] >= total[f"+{FARTHER[-1]}"] > 0


@pytest.mark.parametrize(
    ("name", "fewest"),
    [("whose_figures", 100), ("after_lists", 60), ("few_words", 30), ("taken_up", 50)],
)
def test_figures_told_after_others_or_lists_or_in_few_words_are_read_and_not_only_seen_for_slips(
    name: str, fewest: int
) -> None:
    outcomes = list(measure(load_form(), load(name), farther_every=1))
    assert [fault for own in outcomes for fault in own.faults] == []
    total = by_kind(outcomes)["all"]
    assert all(total[f"+{step}"] == total["farther"] > fewest for step in FARTHER)
