"""A place in a tidy text goes in; a short quotation with the place marked 【】 comes out, fit to leave the house."""

from __future__ import annotations

import re

from pipeline.judging.texts.tidy import sentence_around
from pipeline.wording.personal_numbers import mask

_AROUND = 36
"""Characters kept on either side of what is marked."""
_PRIVATE = re.compile(r"\d{7,}[Xx]?")
_FIGURE = re.compile(r"\d{1,9}")
"""A figure that is marked alone is no person's number: it must be seen."""


def quoted(text: str, start: int, end: int) -> str:
    """Return the sentence around ``text[start:end]``, shortened, what lies between them marked, long numbers masked."""
    first, last = sentence_around(text, start, end)
    before, after = text[first:start], text[end:last]
    if len(before) > _AROUND:
        before = f"……{before[-_AROUND:]}"
    if len(after) > _AROUND:
        after = f"{after[:_AROUND]}……"
    marked = text[start:end]
    return f"{hidden(before)}【{marked if _FIGURE.fullmatch(marked) else hidden(marked)}】{hidden(after)}"


def hidden(text: str) -> str:
    """Mask every number long enough to be somebody's."""
    return _PRIVATE.sub(lambda match: mask(match[0]), text)
