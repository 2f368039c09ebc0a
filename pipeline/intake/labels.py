"""A label as typed goes in; a form in which equal labels are equal comes out, and how alike two are.

Spaces, line breaks, width, brackets, quotes and commas are no difference; words are.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

_UNIFIED = str.maketrans(
    {
        **dict.fromkeys("[{<〔【〈《", "("),
        **dict.fromkeys("]}>〕】〉》", ")"),
        **dict.fromkeys("“”„‟'‘’「」『』`", '"'),
        **dict.fromkeys("、;；，", ","),
        "它": "他",
        "\u200b": "",
        "\ufeff": "",
    }
)
_ENUMERATOR = re.compile(r"^(\d{1,2})[,.:]")


@lru_cache(maxsize=4096)
def normalise(text: str) -> str:
    """Reduce ``text`` to what makes a label: NFKC, no white space, one kind of bracket, quote and comma."""
    plain = "".join(unicodedata.normalize("NFKC", text).translate(_UNIFIED).split())
    return _ENUMERATOR.sub(r"\1.", plain)


def likeness(one: str, other: str) -> float:
    """Say how alike two normalised labels are, from 0 to 1."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
