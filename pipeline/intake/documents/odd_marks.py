"""The runs of a line go in; its text comes out. A run beside a number that looks otherwise is shown in brackets, so that the cell is no number.

A footnote's mark after a figure, ``10`` and a raised ``1``, is not 101; nor is a struck 5 before a 6 the figure 56. In
words such marks are left out: they belong to no label and no sentence. What is moved up or down, or shown nobody can say
how, stays in words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from pipeline.forms.values.plain import TURNED, UNSEEN

RAISED = "raised"
STRUCK = "struck"
SHIFTED = "shifted"
"""Moved up or down by some points."""
UNSURE = "unsure"
"""Shown in a way that nobody can tell from the file: in a formula, from right to left, too small to be seen."""
HIDDEN = "hidden"
"""Hidden by a style sheet, which something that a page does may show."""
SIGN = "□"
"""Stands for a sign of which only a picture is known."""
_LEFT_OUT = frozenset({RAISED, STRUCK})
_OF_STYLE = frozenset({RAISED, SHIFTED})
"""What is no matter where all of a line looks so."""
_FIGURE = re.compile(r"[\d.,，\s件条宗份例起项个次万元%-]*", re.ASCII)


class TextRun(NamedTuple):
    """A piece of a line; ``look`` is empty where it is plain."""

    text: str
    look: str = ""


def joined(runs: Iterable[TextRun]) -> str:
    """Join the runs of one line."""
    whole = [run for run in runs if run.text]
    text = whole[0].text if len(whole) == 1 else "".join([run.text for run in whole])
    is_turned = TURNED in text
    if not is_turned and not any(run.look for run in whole):  # nearly every line
        return text
    if is_turned:
        whole = [TextRun(run.text, run.look or UNSURE) for run in whole]
    looks = {run.look for run in whole if run.look or run.text.strip()}
    if HIDDEN in looks and (looks != {HIDDEN} or _is_figure(text)):
        return joined(run for run in whole if run.look != HIDDEN)
    kept = "".join(run.text for run in whole if run.look not in _LEFT_OUT)
    if not _is_figure(kept):
        return kept
    if len(looks) == 1 and looks <= _OF_STYLE:
        return text
    pieces = [
        (look, "".join(run.text for run in group)) for look, group in groupby(whole, key=lambda run: run.look)
    ]
    return "".join(f"〔{piece}〕" if look and piece.strip() else piece for look, piece in pieces)


def _is_figure(text: str) -> bool:
    return bool(_FIGURE.fullmatch(unicodedata.normalize("NFKC", text).translate(UNSEEN)))
