"""Labelled sentences of real kinds: what of their figures is seen when wrong by 1, by 2 and by 7, what is not reported, what is said falsely.

``python -m benchmarks sentences`` measures the sets of ``tests/judging/sentences``; with the path of a ``.json`` file, that set alone.
Wrong by 1, all their figures are; by 2 and 7, those of every fourth sentence that has some, and all of a set of one's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benchmarks.measure import Line
from pipeline.forms.loader import load_form
from tests.support.sentences import FARTHER, by_kind, load, measure

_AIMS = {
    "given": 5,
    "held_out": 10,
    "cold": 10,
    "fresh": 10,
    "report_words": 1,
    "unseen": 10,
    "unseen_later": 10,
    "unseen_last": 10,
    "unseen_fourth": 15,
    "unseen_fifth": 10,
    "unseen_sixth": 10,
    "unseen_seventh": 10,
    "unseen_eighth": 10,
    "unseen_ninth": 10,
    "unseen_tenth": 10,
    "unseen_eleventh": 10,
    "unseen_twelfth": 10,
    "unseen_thirteenth": 10,
    "unseen_fifteenth": 10,
    "unseen_sixteenth": 10,
    "unseen_seventeenth": 10,
    "unseen_eighteenth": 10,
    "unseen_nineteenth": 10,
    "unseen_twentieth": 10,
    "unseen_twentyfirst": 10,
    "unseen_twentysecond": 10,
    "unseen_twentythird": 10,
    "unseen_twentyfourth": 10,
    "unseen_twentyfifth": 10,
    "unseen_twentysixth": 10,
    "unseen_twentyseventh": 10,
    "unseen_twentyeighth": 10,
    "unseen_thirtieth": 10,
    "unseen_thirtysixth": 10,
    "unseen_thirtyeighth": 10,
    "unseen_fortieth": 10,
    "unseen_fortysecond": 10,
    "unseen_fortythird": 10,
    "unseen_fortyfourth": 10,
    "unseen_fortyfifth": 10,
    "unseen_fortysixth": 10,
    "unseen_fortyseventh": 10,
    "unseen_fortyeighth": 30,
    "unseen_fortyninth": 10,
    "unseen_fiftieth": 10,
    "unseen_fiftyfirst": 10,
    "unseen_fiftysecond": 20,
    "unseen_fiftythird": 10,
    "unseen_fiftyfourth": 10,
    "unseen_fiftyfifth": 10,
    "unseen_fiftysixth": 15,
    "unseen_fiftyseventh": 10,
    "unseen_fiftyeighth": 10,
    "unseen_fiftyninth": 30,
    "unseen_sixtieth": 25,
    "unseen_sixtyfirst": 10,
    "unseen_sixtysecond": 25,
    "unseen_sixtythird": 10,
    "unseen_sixtyfourth": 10,
    "real_kinds": 1,
    "whose_figures": 1,
    "few_words": 1,
    "true_first": 10,
    "true_second": 10,
    "true_third": 10,
    "true_fourth": 10,
    "true_fifth": 10,
    "true_sixth": 10,
    "true_seventh": 10,
    "true_eighth": 10,
    "near_values": 10,
    "near_accounts": 10,
}
"""Which percentage may be missed: of sentences that were known while the words were chosen, and of those written before and kept."""
_AIM = 10
_FARTHER_EVERY = 4
"""Of one sentence in so many the figures are raised farther, too: it takes half as long again, where all would take three times as long."""


def run(*paths: str) -> list[Line]:
    """Judge every sentence of the sets, or of those at ``paths``, both ways; print what was missed or said falsely, and caught / all by kind.

    What is only seen when wrong by 1, and not farther, is printed as WEAK.
    """
    form = load_form()
    lines: list[Line] = []
    for name in paths or _AIMS:
        items = load(Path(name) if paths else name)
        outcomes = list(measure(form, items, farther_every=1 if paths else _FARTHER_EVERY))
        aim = _AIMS.get(name, _AIM)
        for fault in (fault for own in outcomes for fault in own.faults):
            print(fault)
        total = by_kind(outcomes)
        for kind, own in total.items():
            print(
                f"{name:<9} {kind:<28} {own['caught']:>4} / {own['figures']:<4} figures, {_farther(own)}"
                f"{own['reported']:>3} / {own['asked']:<3} to report, {own['alarms']} false, {own['items']} sentences"
            )
        everything = total["all"]
        lines += [
            Line(f"{name}: figures wrong by 1 that are missed", _percent(everything["figures"] - everything["caught"], everything["figures"]), "%", aim),
            Line(f"{name}: not reported", _percent(everything["asked"] - everything["reported"], everything["asked"]), "%", aim),
            Line(f"{name}: false alarms", everything["alarms"], "findings", 0),
        ]  # fmt: skip
    return lines


def _farther(own: Mapping[str, int]) -> str:
    """Say how many of the figures that were raised farther are seen: +2 and +7 of all of them."""
    columns = " ".join(f"+{step} {own[f'+{step}']:>4}" for step in FARTHER)
    return f"{columns} / {own['farther']:<4} farther, "


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0
