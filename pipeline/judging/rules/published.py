"""What an agency published and what was accepted from it go in; where the two differ comes out, cell by cell, sentence by sentence.

What the published document leaves blank is no difference where nothing was accepted; what was not found in it is said and not
taken for a difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from pipeline.forms.layout import NOTHING_TO_SAY
from pipeline.model import Fact, Finding, Number
from pipeline.wording.messages import spoken

if TYPE_CHECKING:
    from pipeline.forms.form import Form
    from pipeline.model import Reading

FIGURE, SENTENCE, UNREAD = "P01", "P02", "P03"
_STOP = re.compile(r"(?<=[。！？；!?;])|\n")
_SHOWN = 40


def differences(
    form: Form, published: Reading, numbers: Mapping[str, Number | None], texts: Mapping[str, str] | None
) -> list[Finding]:
    """Compare a published report with accepted ``numbers`` and ``texts``; with None for texts the figures alone."""
    found = [*_figures(form, published, numbers)]
    if texts is not None:
        for item in form.texts:
            own = published.texts.get(item.key, "")
            if not texts.get(item.key) and _plain(own) == _plain(NOTHING_TO_SAY):
                continue  # as documents print what was left empty
            if own or item.key in published.places:
                found += _sentences(published, item.key, texts.get(item.key, ""), own)
            elif texts.get(item.key):
                facts = {"label": item.label}
                found.append(Finding.found(UNREAD, None, (item.key,), "text", facts))
    return found


def _figures(form: Form, published: Reading, numbers: Mapping[str, Number | None]) -> Iterator[Finding]:
    unread: dict[str, list[str]] = {}
    for cell in form.cells:
        accepted, own = numbers.get(cell.key), published.numbers.get(cell.key)
        place = published.places.get(cell.key)
        if accepted is None or own == accepted:
            continue
        raw = published.unreadable.get(cell.key, "")
        facts: Mapping[str, Fact] = {
            "published": spoken(own) if own is not None else raw or "空格",
            "accepted": spoken(accepted),
        }
        if own is not None or raw:
            yield Finding.found(FIGURE, place, (cell.key,), "figure", facts)
        elif place is None:
            unread.setdefault(cell.table, []).append(cell.key)
        elif accepted:
            yield Finding.found(FIGURE, place, (cell.key,), "figure", facts)
    for table, keys in unread.items():
        counts: Mapping[str, Fact] = {"table": form.table(table).name, "count": len(keys)}
        yield Finding.found(UNREAD, None, tuple(keys), "figures", counts)


def _sentences(published: Reading, key: str, accepted: str, own: str) -> Iterator[Finding]:
    before, after = _split(accepted), _split(own)
    plain = [[_plain(one) for one in several] for several in (before, after)]
    place = published.places.get(key)
    for kind, i1, i2, j1, j2 in SequenceMatcher(a=plain[0], b=plain[1], autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        facts: Mapping[str, Fact] = {"accepted": _shown(before[i1:i2]), "published": _shown(after[j1:j2])}
        variant = {"replace": "changed", "delete": "left_out", "insert": "added"}[kind]
        yield Finding.found(SENTENCE, place, (key,), variant, facts)


def _split(text: str) -> list[str]:
    return [one.strip() for one in _STOP.split(text) if one.strip()]


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _shown(sentences: Sequence[str]) -> str:
    whole = "".join(" ".join(one.split()) for one in sentences)
    return whole if len(whole) <= _SHOWN else f"{whole[:_SHOWN]}……"
