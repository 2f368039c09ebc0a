"""The lock and a machine go in; the wheels that this machine installs come out, or what is missing for it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import canonicalize_name, parse_wheel_filename

PYTHONS = ((3, 11), (3, 12), (3, 13), (3, 14))
_OWN = "nianbao"
"""What the kit brings beside what is locked."""
GLIBC = (28, 27, 26, 24, 17, 12, 5)
"""Minor versions of glibc 2 whose wheels run on the oldest Linux that is served (2.28), newest first."""


@dataclass(frozen=True, slots=True)
class Target:
    """A kind of machine with one version of Python."""

    system: str
    machine: str
    python: tuple[int, int]

    def __str__(self) -> str:
        """Name it in what is printed."""
        return f"{self.system} {self.machine} Python {self.python[0]}.{self.python[1]}"

    @property
    def platforms(self) -> list[str]:
        """The platform tags that it takes, best first."""
        if self.system == "win32":
            return [f"win_{self.machine.lower()}"]
        numbered = [f"manylinux_2_{minor}_{self.machine}" for minor in GLIBC]
        old = [f"manylinux2014_{self.machine}", f"manylinux2010_{self.machine}", f"manylinux1_{self.machine}"]
        return [*numbered, *old, f"linux_{self.machine}"]

    @property
    def abi(self) -> str:
        """The tag of its interpreter, for instance cp311."""
        return f"cp{self.python[0]}{self.python[1]}"

    @property
    def tags(self) -> list[Tag]:
        """Every tag that it takes, best first."""
        return [
            *cpython_tags(self.python, [self.abi], self.platforms),
            *compatible_tags(self.python, self.abi, self.platforms),
        ]

    @property
    def environment(self) -> dict[str, str]:
        """What a requirement's marker asks of it."""
        version = f"{self.python[0]}.{self.python[1]}"
        return {
            "sys_platform": self.system,
            "platform_machine": self.machine,
            "platform_system": "Windows" if self.system == "win32" else "Linux",
            "os_name": "nt" if self.system == "win32" else "posix",
            "python_version": version,
            "python_full_version": f"{version}.0",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
        }


TARGETS = tuple(
    Target(system, machine, python)
    for system, machine in (("win32", "AMD64"), ("linux", "x86_64"), ("linux", "aarch64"))
    for python in PYTHONS
)


@dataclass(frozen=True, slots=True)
class Locked:
    """One package of the lock: what is asked for, and the hashes that it may have."""

    requirement: Requirement
    hashes: frozenset[str]

    @property
    def name(self) -> str:
        """Its name as every index spells it."""
        return canonicalize_name(self.requirement.name)

    @property
    def pin(self) -> str:
        """Name and version, as pip takes them."""
        return f"{self.requirement.name}{self.requirement.specifier}"

    def is_for(self, target: Target) -> bool:
        """Whether ``target`` installs it."""
        return self.requirement.marker is None or self.requirement.marker.evaluate(target.environment)


def read_lock(text: str) -> list[Locked]:
    """Read a lock file as uv or pip-compile writes it."""
    entries = re.split(r"\n(?=\S)", re.sub(r"(?m)^\s*#.*\n", "", text.strip() + "\n"))
    found = []
    for entry in entries:
        asked, *rest = entry.replace("\\\n", " ").split("--hash=sha256:")
        if asked.strip():
            found.append(Locked(Requirement(asked.strip()), frozenset(part.split()[0] for part in rest)))
    return found


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def missing(
    target: Target,
    lock: Sequence[Locked],
    listed: Sequence[Locked],
    wheels: Sequence[Path],
    known: Mapping[str, str],
) -> Iterator[str]:
    """Yield a sentence for everything that ``target`` would not find.

    ``listed`` is the kit's own list, from which it is installed: it asks a machine for what the ``lock`` asks it for, and for no second version.
    ``known`` are the kit's hashes by file name.
    """
    tags = set(target.tags)
    asked = sorted(item.pin for item in listed if item.is_for(target) and item.name != _OWN)
    wanted = sorted(item.pin for item in lock if item.is_for(target))
    if asked != wanted:
        yield f"{target}: the kit's list and the lock differ: {', '.join(sorted({*asked} ^ {*wanted}))}"
    for item in lock:
        if not item.is_for(target):
            continue
        fitting = [path for path in wheels if _fits(path.name, item, tags)]
        if not fitting:
            yield f"{target}: no wheel of {item.pin}"
        for path in fitting:
            if known.get(path.name) != digest(path):
                yield f"{target}: {path.name} is not what the kit's list says"


def _fits(file: str, item: Locked, tags: set[Tag]) -> bool:
    name, version, _, own = parse_wheel_filename(file)
    return (
        name == item.name
        and item.requirement.specifier.contains(version, prereleases=True)
        and bool(own & tags)
    )
