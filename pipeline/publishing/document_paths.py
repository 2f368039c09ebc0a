"""The name of a report goes in; where its documents stand in the year's folder comes out.

Apart from what prints them, so that a run that prints nothing need not load it.
"""

from __future__ import annotations

REPORTS, SITE = "reports", "site"
WORD, WEB, BOOK, LIST = ".docx", ".html", ".xlsx", ".csv"
PDF = ".pdf"
PAGE = "index.html"
"""The coordinator's page and, in the folder for the portal, its front page."""


MOST_ROWS = 1500
"""Agencies that the coordinator's page lists itself; of more each page beside it lists some."""
_PER_LIST = 500


def lists_of(agencies: int) -> dict[str, slice]:
    """Return the pages beside the coordinator's, by path, and which of so many agencies each lists; none where it lists them itself."""
    parts = [
        slice(first, min(first + _PER_LIST, agencies))
        for first in range(0, agencies if agencies > MOST_ROWS else 0, _PER_LIST)
    ]
    return {f"各单位_{part.start + 1:05}-{part.stop:05}.html": part for part in parts}


def path_of(stem: str, suffix: str) -> str:
    """Return where a document stands, relative to the year's output folder."""
    return f"{REPORTS}/{stem}{suffix}"


def copy_of(path: str) -> str:
    """Return where the copy for the portal of the document at ``path`` stands."""
    return f"{SITE}/{path}"


def paths_of(stem: str, *, is_offered: bool = True) -> tuple[str, ...]:
    """Return everything that is printed of a report; ``is_offered``: also for the portal."""
    printed = (path_of(stem, suffix) for suffix in (WORD, WEB))
    copied = (copy_of(path_of(stem, suffix)) for suffix in (WEB, WORD, BOOK, LIST))
    return (*printed, *copied) if is_offered else tuple(printed)
