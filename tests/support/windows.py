"""What Windows does and Linux does not, in the functions of ``os`` and ``io`` that programs call."""

from __future__ import annotations

import builtins
import errno
import io
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import IO, Any, Self

import pytest

from pipeline.machine import durable, environment

LONGEST = 259
"""Characters of a path without LongPathsEnabled."""


def short_paths(patch: pytest.MonkeyPatch) -> None:
    """Let no path of more characters than Windows takes be found, though its folder lists it."""

    def limited(of: ModuleType, name: str, paths: int = 1) -> None:
        real = getattr(of, name)

        def checked(*args: object, **named: object) -> object:
            for path in args[:paths]:
                if isinstance(path, str | os.PathLike) and len(os.path.abspath(path)) > LONGEST:  # noqa: PTH100
                    raise FileNotFoundError(errno.ENOENT, "系统找不到指定的路径。", os.fspath(path))
            return real(*args, **named)

        patch.setattr(of, name, checked)

    for name in ("stat", "lstat", "open", "unlink", "mkdir", "chmod", "scandir", "listdir", "utime"):
        limited(os, name)
    for name in ("replace", "rename"):
        limited(os, name, 2)
    limited(io, "open")
    limited(builtins, "open")
    patch.setattr(environment, "_LONGEST_PATH", LONGEST)


def looks_fail(patch: pytest.MonkeyPatch, why: Callable[[Path], OSError | None]) -> None:
    """Let whoever asks what there is at a path be answered with the error that ``why`` returns for it."""

    def failing(name: str) -> None:
        real = getattr(os, name)

        def checked(path: object, *rest: object, **named: object) -> object:
            if isinstance(path, str | os.PathLike) and (error := why(Path(path))):
                raise error
            return real(path, *rest, **named)

        patch.setattr(os, name, checked)

    failing("stat")
    failing("lstat")


STEPS = ("replace", "rename", "unlink")


def scanned(
    patch: pytest.MonkeyPatch,
    *,
    seconds: float,
    is_held: Callable[[Path], bool],
    steps: Sequence[str] = STEPS,
) -> list[Path]:
    """Refuse to rename or remove a file for so long after the first try, as while a virus scanner looks at it; return what was refused.

    Of a renaming it is the source that ``is_held`` is asked of, then the target.
    """
    refused: list[Path] = []
    begun: dict[Path, float] = {}

    def check(path: Path, other: Path | None = None) -> None:
        if is_held(path) and time.monotonic() - begun.setdefault(path, time.monotonic()) < seconds:
            refused.append(path)
            raise PermissionError(
                errno.EACCES,
                "另一个程序正在使用此文件，进程无法访问。",
                str(path),
                None,
                other and str(other),
            )

    def refusing(name: str) -> None:
        real = getattr(os, name)

        def checked(source: str | Path, *rest: str | Path, **named: object) -> object:
            others = [Path(other) for other in rest[:1]]
            check(Path(source), *others)
            for other in others:
                if other.exists():
                    check(other)
            return real(source, *rest, **named)

        patch.setattr(os, name, checked)

    for name in steps:
        refusing(name)
    patch.setattr(durable, "_PATIENCE_SECONDS", 2.0)
    return refused


def ignores_case(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let files below ``folder`` be found by a name that differs in case; one that replaces another gets the new name."""

    def standing(path: object) -> object:
        """Return the path by which the disk has what is looked for at ``path``."""
        if not isinstance(path, str | os.PathLike) or not Path(path).is_relative_to(folder):
            return path
        asked = Path(path)
        try:
            names = listed(asked.parent)
        except OSError:
            return path
        alike = [name for name in names if name.casefold() == asked.name.casefold()]
        return asked.with_name(alike[0]) if alike and asked.name not in names else path

    listed, unlink = os.listdir, os.unlink

    def finding(of: ModuleType, name: str) -> None:
        real = getattr(of, name)

        def found(path: object, *rest: object, **named: object) -> object:
            return real(standing(path), *rest, **named)

        patch.setattr(of, name, found)

    def moving(name: str) -> None:
        real = getattr(os, name)

        def moved(source: object, target: str | Path, **named: object) -> object:
            before, moving = Path(str(standing(target))), Path(str(standing(source)))
            if before not in {Path(target), moving}:
                unlink(before)
            return real(moving, target, **named)

        patch.setattr(os, name, moved)

    for name in ("stat", "lstat", "open", "unlink", "utime", "chmod"):
        finding(os, name)
    moving("replace")
    moving("rename")
    finding(io, "open")
    finding(builtins, "open")


def cloud_only(patch: pytest.MonkeyPatch, name: str) -> None:
    """Let a file of this name be opened and not be read, as one that a synchronisation has left in its cloud; no error names it."""
    real = io.open

    def opened(path: Any, *rest: Any, **named: Any) -> Any:  # noqa: ANN401 - as ``open`` takes and returns
        file = real(path, *rest, **named)
        if isinstance(path, str | os.PathLike) and Path(path).name == name:
            return _InTheCloud(file)
        return file

    patch.setattr(io, "open", opened)
    patch.setattr(builtins, "open", opened)


class _InTheCloud:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read(self, *_: object) -> bytes:
        """Fail as Windows does."""
        raise OSError(errno.EINVAL, "云文件提供程序未运行。")
