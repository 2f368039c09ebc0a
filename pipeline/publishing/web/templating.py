"""The name of a template and its values go in; a page comes out, everything in it escaped, nothing fetched from elsewhere.

Jinja2 is imported here and nowhere else, when the first page is made and not before.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

_BETWEEN_PHONES = re.compile(r"\s*[;；,，、/／\n]\s*|\s{2,}|\s+(?=\d{3,4}-|1\d{10})")

if TYPE_CHECKING:
    from jinja2 import Environment


def render(name: str, **values: object) -> str:
    """Fill the template ``name`` of this package. Raises jinja2.UndefinedError for a value that is missing."""
    return _environment().get_template(name).render(**values)


def source(name: str) -> str:
    """Return a style sheet or a script of this package, to be written into a page as it is."""
    from importlib import resources  # noqa: PLC0415 - with Jinja2, only where pages are made

    return resources.files(__package__).joinpath("templates", name).read_text("utf-8")


def digest(text: str) -> str:
    """Return the source expression by which a content security policy allows an inline style or script."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def json_in_page(value: object) -> str:
    """Spell a value for a script of the page: whatever its texts hold, nothing in it ends the element or is markup."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def link(path: str) -> str:
    """Spell a relative path as a link, so that Chinese names, spaces and # survive on any server and file share."""
    stem, dot, suffix = path.rpartition(".")
    return f"{_quoted(stem)}{dot}{quote(suffix)}"


@lru_cache(maxsize=8192)
def _quoted(stem: str) -> str:
    """Spell what several links share: a report has many formats."""
    return quote(stem)


def phones(text: str) -> list[str]:
    """Split telephone numbers that stand in one cell, so that each can be dialled."""
    return [part for part in _BETWEEN_PHONES.split(text.strip()) if part]


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - see above

    environment = Environment(
        loader=PackageLoader("pipeline.publishing.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["link"] = link
    environment.filters["phones"] = phones
    return environment
