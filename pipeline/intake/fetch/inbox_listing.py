"""The inbox folder goes in; the files that were sent come out, and what is listed there but cannot be reached, with the reason.

Nothing that a folder lists is passed over in silence: whoever put it there counts on its being read.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from pipeline.intake.fetch.archive import is_clutter
from pipeline.machine.environment import is_too_long


def has_files(inbox: Path) -> bool:
    """Whether anything lies in ``inbox`` that was sent, readable or not."""
    return any(files_sent(inbox))


def files_sent(inbox: Path) -> tuple[list[tuple[str, Path]], dict[str, str]]:
    """Return the files that were sent, by what they are called below the inbox, in order, and files and folders out of reach.

    Of these the variant of F01 says why. Raises OSError if the inbox itself is one of them.
    """
    found: list[tuple[str, Path]] = []
    out_of_reach: dict[str, str] = {}

    def refuse(path: Path, error: OSError, *, is_folder: bool) -> None:
        variant = why_out_of_reach(path, error)
        if variant and path == inbox:
            raise error
        if variant:
            is_closed_folder = is_folder and variant == "closed"
            out_of_reach[path.relative_to(inbox).as_posix()] = (
                "closed_folder" if is_closed_folder else variant
            )

    def refuse_folder(error: OSError) -> None:
        refuse(Path(error.filename), error, is_folder=True)

    for place, folders, names in os.walk(inbox, onerror=refuse_folder):
        folders[:] = [name for name in folders if not is_clutter(name)]
        for path in (Path(place, name) for name in names if not is_clutter(name)):
            try:
                if _was_sent(path, inbox):
                    found.append((path.relative_to(inbox).as_posix(), path))
            except PermissionError as error:  # of a folder that lists its names but does not let anybody in
                folders.clear()
                refuse(Path(place), error, is_folder=True)
                break
            except OSError as error:
                refuse(path, error, is_folder=False)
    return sorted(found), out_of_reach


def why_out_of_reach(path: Path, error: OSError) -> str:
    """Return which variant of F01 says why what a folder listed at ``path`` fails with ``error``; empty where it was taken away since.

    Windows lists names below a path that is too long for it, and then does not find them.
    """
    if error.errno == errno.ENAMETOOLONG:
        return "too_long"
    if not isinstance(error, FileNotFoundError):  # no right to read it, or another program has it open
        return "closed"
    if not _is_listed(path):
        return ""
    return "too_long" if is_too_long(path) else "out_of_reach"


def _is_listed(path: Path) -> bool:
    try:
        return path.name in os.listdir(path.parent)  # noqa: PTH208 - names alone
    except OSError:
        return False


def _was_sent(path: Path, inbox: Path) -> bool:
    """Whether ``path`` is a file, or a link to one within the inbox. Raises OSError if that cannot be found out."""
    mode = path.lstat().st_mode
    return stat.S_ISREG(mode) or (stat.S_ISLNK(mode) and _lies_within(path, inbox) and path.is_file())


def _lies_within(path: Path, inbox: Path) -> bool:
    """Whether a link stays within the inbox: what lies elsewhere was not sent to us."""
    return path.resolve().is_relative_to(inbox.resolve())
