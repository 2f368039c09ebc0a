"""Check, without the network, that each lock file installs without anything being resolved.

In: ``pyproject.toml``, the lock files, and what the installed packages say of themselves.
Out: a line for every requirement that a lock does not meet; exit code 1 if there is one.

The locks are installed with ``--no-deps``, so that no pip, old or new, looks for a version on the day it runs.
What this leaves to be proved is that nothing is missing: every requirement of this project, and of every package
that comes with it (those behind an extra too), names a package of the lock, in a version that it accepts.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCKS: Mapping[str, Sequence[str]] = {
    "requirements.txt": ("build",),
    "requirements-dev.txt": ("dev",),
}
"""Lock file → the project's extras that it holds besides the dependencies of a run."""


def locked(text: str) -> dict[str, str]:
    """Return name → version of what ``text``, a lock file, installs on this machine."""
    lines = (
        line.removesuffix("\\").strip()
        for line in text.splitlines()
        if line and not line.startswith((" ", "#"))
    )
    wanted = [item for item in map(Requirement, lines) if item.marker is None or item.marker.evaluate()]
    return {canonicalize_name(item.name): str(item.specifier).removeprefix("==") for item in wanted}


def unmet(lock: Mapping[str, str], roots: Sequence[Requirement]) -> Iterator[str]:
    """Yield a sentence for each requirement behind ``roots`` that ``lock`` does not meet."""
    waiting = [("pyproject.toml", root) for root in roots]
    seen = set()
    while waiting:
        origin, wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if name not in lock:
            yield f"{origin} asks for {wanted}, which is not locked"
        elif not wanted.specifier.contains(lock[name], prereleases=True):
            yield f"{origin} asks for {wanted}, locked is {lock[name]}"
        elif (here := metadata.version(name)) != lock[name]:
            yield f"{name} {lock[name]} is locked, {here} is installed: remove .venv and run make again"
        else:
            waiting += [
                (name, item) for extra in ("", *wanted.extras) for item in _asked_by(name, extra, seen)
            ]


def _asked_by(name: str, extra: str, seen: set[tuple[str, str]]) -> list[Requirement]:
    if (name, extra) in seen:
        return []
    seen.add((name, extra))
    asked = map(Requirement, metadata.requires(name) or ())
    return [item for item in asked if item.marker is None or item.marker.evaluate({"extra": extra})]


def main() -> int:
    """Check every lock file; return the exit code."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    faults = []
    for name, extras in LOCKS.items():
        roots = [
            *project["dependencies"],
            *(item for extra in extras for item in project["optional-dependencies"][extra]),
        ]
        lock = locked((ROOT / name).read_text(encoding="utf-8"))
        faults += [f"{name}: {fault}" for fault in unmet(lock, list(map(Requirement, roots)))]
    print("\n".join(faults) or "every requirement is met by the locks")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
