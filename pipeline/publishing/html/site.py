"""The reports that count go in; the front page of a folder to be put on the portal comes out.

The folder holds copies, so that it can be uploaded as it is: relative links only, no server needed, no trace of how a
report came about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.publishing.html.standing import Link
from pipeline.publishing.html.templating import digest, render, source


@dataclass(frozen=True, slots=True)
class Entry:
    """A published report: its agency and where its formats are, relative to the front page; the first is the web page."""

    agency: str
    kind: str
    formats: Sequence[Link]


def build_front_page(district: str, year: int, entries: Sequence[Entry]) -> bytes:
    """Build site/index.html: agencies in the order given, grouped by kind."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.kind, []).append(entry)
    style = source("page.css") + source("site.css")
    page = render(
        "site.html",
        district=district,
        year=year,
        groups=groups,
        count=len(entries),
        style=style,
        policy=digest(style),
    )
    return page.encode(errors="replace")
