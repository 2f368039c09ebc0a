"""A web page goes in; where its links lead comes out: to what was saved along, to what is missing, or out of the folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import etree

_PAGES = frozenset({".html", ".htm"})
_ATTRIBUTES = ("href", "src")
_NOWHERE = ("#", "javascript:", "data:", "mailto:", "tel:", "about:")
_ASIDE = frozenset({"script", "base"})
_MOST = 500


@dataclass(frozen=True, slots=True)
class Links:
    """``missing`` lead to files that are not there, ``outward`` to other places, each once, in order."""

    missing: tuple[str, ...] = ()
    outward: tuple[str, ...] = ()


def is_page(path: Path) -> bool:
    """Say whether a file is called a web page."""
    return path.suffix.lower() in _PAGES


def links_of(path: Path, content: bytes) -> Links:
    """Look at the links of the page at ``path``; nothing is fetched."""
    if not is_page(path):
        return Links()
    parser = etree.HTMLParser(no_network=True, remove_comments=True)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        return Links()
    missing: dict[str, None] = {}
    outward: dict[str, None] = {}
    for target in _targets(root):
        parts = urlsplit(target)
        if parts.scheme or parts.netloc:
            outward[target] = None
        elif parts.path and not _is_there(path, unquote(parts.path)):
            missing[target] = None
    return Links(tuple(missing)[:_MOST], tuple(outward)[:_MOST])


def _targets(root: etree._Element | None) -> list[str]:
    found: list[str] = []
    for element in root.iter() if root is not None else ():
        if not isinstance(element.tag, str) or element.tag in _ASIDE:
            continue
        for name in _ATTRIBUTES:
            value = (element.get(name) or "").strip()
            if value and not value.lower().startswith(_NOWHERE):
                found.append(value)
    return found


def _is_there(path: Path, target: str) -> bool:
    """Whether a target stands beside the page; one that leads above its folder or to a root does not."""
    if target.startswith("/") or "\0" in target:
        return False
    try:
        return (path.parent / target).resolve().exists()
    except (OSError, ValueError):
        return False
