"""Elements whose spelling was looked at go in; whether they are XML comes out, mostly without a parser.

What a pattern leaves open are the attributes, which are the same in nearly every row, and the characters. A parser looks at each
set of attributes once; all else that could be wrong is rare, and then it looks at everything.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.intake.guard.ordinary import decoded, is_ordinary
from pipeline.intake.guard.refusal import Refused

_CONTROLS = bytes(sign for sign in range(0x20) if chr(sign) not in "\t\n\r")
_RARE = ((b"&", b"&"), (b"]", b"]]>"), (b"\xef", b"\xef\xbf\xbe"), (b"\xef", b"\xef\xbf\xbf"))
"""What only a parser can judge, each behind the byte by which it is found fast: references, an end of CDATA, what is no character."""
_ATTRIBUTES = re.compile(rb'<(?:row r="\d{1,3}"|f)([ /][^>]*)>')


def are_well_formed(elements: bytes) -> bool:
    """Say whether rows or shared texts, nested as they should be and without comments and the like, are XML in UTF-8."""
    return _is_surely_text(elements) or is_surely_ordinary(b"<x>%s</x>" % elements)


def is_surely_ordinary(data: bytes) -> bool:
    """Say whether a parser finds nothing in ``data`` that readers may pass over differently."""
    try:
        return decoded(data) is data and is_ordinary(data)
    except Refused:  # the part as a whole may be well, and is looked at then
        return False


def _is_surely_text(elements: bytes) -> bool:
    is_open = any(byte in elements and sign in elements for byte, sign in _RARE)
    if is_open or len(elements.translate(None, _CONTROLS)) < len(elements):
        return False
    try:
        elements.decode()
    except UnicodeDecodeError:
        return False
    return all(map(_are_attributes, set(_ATTRIBUTES.findall(elements))))


@lru_cache(maxsize=512)
def _are_attributes(written: bytes) -> bool:
    return is_surely_ordinary(b"<x%s/>" % written.removesuffix(b"/"))
