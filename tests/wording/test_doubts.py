"""Why a file waits, as its sender may be told: of findings that there are, and of no agency."""

from __future__ import annotations

from pipeline.model import Finding
from pipeline.wording import doubts
from pipeline.wording.catalogue import CATALOGUE


def test_every_doubt_is_about_a_finding_that_there_is() -> None:
    marks = {f"{code}.{variant}" for code, variant in CATALOGUE}
    assert set(doubts._DOUBTS) <= marks  # noqa: SLF001 - what it knows


def test_whose_it_is_is_told_before_what_is_in_it() -> None:
    found = [Finding.found("F05", variant="open_total"), Finding.found("F06", variant="foreign_sender")]
    assert doubts.mark_of(found) == "F06.foreign_sender"
    assert doubts.mark_of([*found, Finding.found("F01", variant="time")]) == "F01"
    assert doubts.mark_of([]) == ""
    assert doubts.doubt_of("").why
