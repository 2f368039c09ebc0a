"""The reports that count go in; the front page of a folder to be put on the portal comes out.

The folder holds copies, so that it can be uploaded as it is: relative links only, no server needed, no trace of how a
report came about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.forms.form import Words
from pipeline.periods import Period, title_of
from pipeline.publishing.web.agency_rows import Link
from pipeline.publishing.web.templating import digest, render, source


@dataclass(frozen=True, slots=True)
class SiteEntry:
    """A published report: its agency and where its formats are, relative to the front page; the first is the web page."""

    agency: str
    kind: str
    formats: Sequence[Link]
    period: Period = 0
    """Of an earlier report; 0 where it is of the front page's own."""


def build_front_page(
    district: str,
    year: Period,
    words: Words,
    entries: Sequence[SiteEntry],
    earlier: Sequence[SiteEntry] = (),
    own: Sequence[Link] = (),
) -> bytes:
    """Build site/index.html: agencies in the order given, grouped by kind; below them ``earlier`` reports by agency and period.

    ``own`` are the formats of the district's own report, which stands above them all.
    """
    groups: dict[str, list[SiteEntry]] = {}
    for entry in entries:
        groups.setdefault(entry.kind, []).append(entry)
    style = source("page.css") + source("site.css")
    page = render(
        "site.html",
        district=district,
        title=title_of(year),
        words=words,
        groups=groups,
        count=len(entries),
        periods={one: title_of(one) for one in sorted({entry.period for entry in earlier}, reverse=True)},
        index=_by_agency(earlier),
        own=own,
        style=style,
        policy=digest(style),
    )
    return page.encode(errors="replace")


def _by_agency(earlier: Sequence[SiteEntry]) -> dict[str, dict[Period, Sequence[Link]]]:
    """Return the formats by agency and period; none where a period is not known."""
    periods = {entry.period for entry in earlier}
    found: dict[str, dict[Period, Sequence[Link]]] = {}
    for entry in earlier:
        found.setdefault(entry.agency, dict.fromkeys(periods, ()))[entry.period] = entry.formats
    return found
