"""What a coordinator says of files to be imported, and what was taken from each of them."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.model import PastReport


@dataclass(frozen=True, slots=True)
class ImportAnswers:
    """What the coordinator knows that files may not say: the agency's code, the year, and that a blank means none."""

    agency: str = ""
    year: int | None = None
    blank_is_zero: bool = False


NOTHING_SAID = ImportAnswers()


@dataclass(frozen=True, slots=True)
class Taken:
    """One file: the reports taken from it, or ``refusal``, a Chinese sentence; ``remarks`` are for the coordinator."""

    file: str
    reports: tuple[PastReport, ...] = ()
    refusal: str = ""
    remarks: tuple[str, ...] = ()
