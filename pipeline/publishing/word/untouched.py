"""The bytes of a Word layout go in; whether anybody has saved it since nianbao made it comes out.

Asked of every run, so nothing is loaded here of what looks into a layout (``layout_guard``).
"""

from __future__ import annotations

import io
import zipfile
import zlib

_ABOUT = "docProps/core.xml"
_NEVER_SAVED = b">1980-01-01T00:00:00Z</dcterms:modified>"
_UNDATED = (1980, 1, 1, 0, 0, 0)


def is_untouched(content: bytes) -> bool:
    """Whether nobody has saved the layout since nianbao made it: whatever saves one says when, in the document or in its package."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            is_undated = all(info.date_time == _UNDATED for info in package.infolist())
            return is_undated and _NEVER_SAVED in package.read(_ABOUT)
    except (zipfile.BadZipFile, zlib.error, KeyError, NotImplementedError, RuntimeError):
        return False
