"""The name of a report goes in; where its documents stand in the year's folder comes out.

Apart from what prints them, so that a run that prints nothing need not load it.
"""

from __future__ import annotations

REPORTS, SITE = "reports", "site"
WORD, WEB, BOOK, LIST = ".docx", ".html", ".xlsx", ".csv"
PDF = ".pdf"
PAGE = "index.html"
"""The coordinator's page and, in the folder for the portal, its front page."""


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
