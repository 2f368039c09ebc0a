"""Labelled sentences of real kinds: what of their figures is seen when wrong by 1, what is not reported, what is said falsely."""

from __future__ import annotations

from benchmarks.measure import Line
from pipeline.forms.loader import load_form
from tests.support.sentences import by_kind, load, measure

FILES = (
    "given",
    "held_out",
    "cold",
    "fresh",
    "unseen",
    "unseen_later",
    "unseen_last",
    "unseen_fourth",
    "unseen_fifth",
)
"""Sentences that were known while the words were chosen, and sentences that were written before and kept."""
_AIMS = {
    "given": 5,
    "held_out": 10,
    "cold": 10,
    "fresh": 10,
    "unseen": 10,
    "unseen_later": 10,
    "unseen_last": 10,
    "unseen_fourth": 15,
    "unseen_fifth": 10,
    "unseen_sixth": 10,
}


def run() -> list[Line]:
    """Judge every sentence both ways; print caught / all by kind, then what was missed or said falsely."""
    form = load_form()
    lines: list[Line] = []
    for name in FILES:
        outcomes = list(measure(form, load(name)))
        for fault in (fault for own in outcomes for fault in own.faults):
            print(fault)
        total = by_kind(outcomes)
        for kind, own in total.items():
            print(
                f"{name:<9} {kind:<28} {own['caught']:>4} / {own['figures']:<4} figures, "
                f"{own['reported']:>3} / {own['asked']:<3} to report, {own['alarms']} false, {own['items']} sentences"
            )
        everything = total["all"]
        lines += [
            Line(f"{name}: figures wrong by 1 that are missed", _percent(everything["figures"] - everything["caught"], everything["figures"]), "%", _AIMS[name]),
            Line(f"{name}: not reported", _percent(everything["asked"] - everything["reported"], everything["asked"]), "%", _AIMS[name]),
            Line(f"{name}: false alarms", everything["alarms"], "findings", 0),
        ]  # fmt: skip
    return lines


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0
