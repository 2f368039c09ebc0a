"""The runs of a line go in; its text comes out. A raised, lowered or struck run beside a number is shown in brackets.

A footnote's mark after a figure, ``10`` and a raised ``1``, is not 101; nor is a struck 5 before a 6 the figure 56. In
words such marks are left out: they belong to no label and no sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

_FIGURE = re.compile(r"[\d.,，\s件条宗份例起项个次万元%-]*", re.ASCII)


class TextRun(NamedTuple):
    """A piece of a line; ``look`` is empty where it is plain."""

    text: str
    look: str = ""


def joined(runs: Iterable[TextRun]) -> str:
    """Join the runs of one line."""
    whole = [run for run in runs if run.text]
    if len(whole) == 1 and not whole[0].look:
        return whole[0].text
    if not any(run.look for run in whole):
        return "".join(run.text for run in whole)
    plain = "".join(run.text for run in whole if not run.look)
    if not _FIGURE.fullmatch(plain):
        return plain
    if not plain.strip() and len({run.look for run in whole}) == 1 and whole[0].look == "vertAlign":
        return "".join(run.text for run in whole)  # all of it is raised: a matter of style
    return "".join(f"〔{run.text}〕" if run.look and run.text.strip() else run.text for run in whole)
