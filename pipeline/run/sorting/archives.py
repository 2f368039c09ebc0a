"""Paths go in; the archive in which they lie together comes out."""

from __future__ import annotations

from collections.abc import Sequence


def archive_of(outer: Sequence[str]) -> str:
    """Return the outermost archive in which files lie together, at whatever depth; empty where they lie in none."""
    parts = [path.split("/") for path in outer]
    shared = [names[0] for names in zip(*parts, strict=False) if len(set(names)) == 1]
    ends = [at for at, part in enumerate(shared, 1) if part.lower().endswith(".zip")]
    return "/".join(shared[: ends[0]]) if ends else ""
