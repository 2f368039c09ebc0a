"""A name from a file system, a mail or an archive goes in; text that every output can hold comes out.

Names come as bytes that claim to be text: GBK where UTF-8 is expected, control characters, marks that reverse what one
reads. One such name must not cost the run its workbook.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from urllib.parse import unquote_to_bytes

_UNSEEN = frozenset({"Cc", "Cf", "Cs"})
_NO_CHARACTERS = "\ufffe\uffff"


def plain_name(text: str) -> str:
    """Read bytes that are no UTF-8 as GBK, and put an underline for every character that cannot be seen."""
    try:
        raw = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raw = text.encode("utf-8", "replace")
    name = _decoded(raw)
    if name.isprintable():  # nearly every one
        return name
    return "".join(
        "_" if unicodedata.category(letter) in _UNSEEN or letter in _NO_CHARACTERS else letter
        for letter in name
    )


def unlike(path: str, used: set[str], own: Collection[str] = ()) -> str:
    """Return ``path``, its last part numbered where another file is called so, and note it as ``used``: a person decides by it.

    No number makes it one of the names that are others' ``own``.
    """
    folder, stroke, name = path.rpartition("/")
    number = 1
    while path in used or (number > 1 and path in own):
        number += 1
        path = f"{folder}{stroke}{number}_{name}"
    used.add(path)
    return path


def unescaped(name: str) -> str:
    """Undo the percent signs that web mail programs write names in, where they wrote the whole of one so."""
    if not name.isascii() or "%" not in name or " " in name:
        return name
    plain = _decoded(unquote_to_bytes(name))
    return name if plain.isascii() else plain


def _decoded(raw: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")
