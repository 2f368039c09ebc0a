"""Everything the outputs of a night depend on goes in; one digest comes out.

Two nights with the same fingerprint have the same outputs, so the second need not make them again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from pipeline.district import District
from pipeline.model import Envelope


def fingerprint(
    district: District,
    envelopes: Sequence[Envelope],
    others: Sequence[object],
    layouts: Sequence[bytes],
    now: datetime,
) -> str:
    """Digest the inbox (in order of arrival), the configuration, the layouts and the program.

    Of the clock only the passing of the deadline counts. ``others`` are plain values that print the same every time.
    """
    parts = (
        *((item.path, item.sha256, item.received_at, item.sender, item.failed_checks) for item in envelopes),
        *others,
        (district.name, district.level, district.year, district.form, district.deadline, district.rules),
        district.trusted_senders,
        *district.agencies,
        district.extensions,
        now.date() > district.deadline,
        *(hashlib.sha256(layout).hexdigest() for layout in layouts),
        program(),
    )
    return digest_of(parts)


def digest_of(parts: Iterable[object]) -> str:
    """Digest plain values that print the same every time."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(repr(part).encode())
        digest.update(b"\0")
    return digest.hexdigest()


@cache
def program() -> str:
    """Digest nianbao itself: a new version may judge, say or print things differently."""
    digest = hashlib.sha256()
    for item in _sources(resources.files("pipeline")):
        digest.update(item.name.encode())
        digest.update(item.read_bytes())
    return digest.hexdigest()


def _sources(folder: Traversable) -> Iterator[Traversable]:
    for item in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if item.is_dir() and not item.name.startswith("__"):
            yield from _sources(item)
        elif not item.is_dir() and not item.name.endswith(".pyc"):
            yield item
