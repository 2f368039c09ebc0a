"""Bytes and a path go in; a whole file comes out, on the disk, or none.

A file is built beside its place, forced to the disk and renamed into it, so that no reader and no power cut ever meets
half of one. Of many files all are built first, forced to the disk together (``flush``), then renamed: what counts is the
order. Each lasting step passes ``checkpoint``, where a test may end the process.

Windows refuses to rename or remove a file while a virus scanner, an index or a synchronisation looks at it, which it does for a moment
whenever one was written: such a step is tried again before the refusal is believed.

A run writes thousands of files: a ``Path`` for each name of each would cost as much as the writing.
"""
# ruff: noqa: PTH101, PTH105, PTH118

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

READ_ONLY = 0o400
WRITABLE = 0o600
_OWN_FOLDER = 0o700
"""What agencies sent and what is written of it is for who runs nianbao; Windows inherits what the folder above allows."""
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
"""A new file, or none: a link that somebody has put in its place is not followed."""
_BESIDE = ".{}.new"
_FLUSHES_AT_ONCE = sys.platform == "linux"
"""Whether the system can be asked for all files of a file system at once."""
_PATIENCE_SECONDS = 2.0 if os.name == "nt" else 0.0
"""How long a step is tried that is refused; elsewhere a refusal is about rights and stays."""
_PAUSE_SECONDS = 0.05
_MODES_REFUSED = frozenset({errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})
"""What a share or a stick answers that knows no permissions, or lets only another account set them."""
Done = TypeVar("Done")
_watchers: list[Callable[[str], object]] = []


def checkpoint(step: str) -> None:
    """Say that ``step`` is done for good. Whatever goes out or stays passes here: writes, renames, commits, sends."""
    for watcher in _watchers:
        watcher(step)


@contextmanager
def watched(watcher: Callable[[str], object]) -> Iterator[None]:
    """Call ``watcher`` at every checkpoint, which is how tests end a run at any moment."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)


def patiently(step: Callable[[], Done]) -> Done:
    """Do what renames or removes a file, again while it is refused, within a bound. Raises OSError."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return step()
        except PermissionError:
            if time.monotonic() >= until:
                raise
        time.sleep(_PAUSE_SECONDS)


def remove(path: Path | str) -> None:
    """Remove a file if it is there. Raises OSError."""
    with suppress(FileNotFoundError):
        patiently(lambda: os.unlink(path))  # noqa: PTH108


def set_mode(path: Path | str, mode: int) -> None:
    """Set who may do what with a file or folder. Where its disk knows no permissions it stays as it is. Raises OSError."""
    try:
        os.chmod(path, mode)
    except OSError as error:
        if error.errno not in _MODES_REFUSED:
            raise


def make_folder(folder: Path) -> None:
    """Make ``folder`` and those above it that are missing, for nobody else to enter. Raises OSError."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode=_OWN_FOLDER, exist_ok=True)


def read_whole(path: Path | str) -> bytes:
    """Return what stands at ``path``. Raises OSError, which names the file."""
    with naming_file(path):
        return Path(path).read_bytes()


def files_below(folder: Path) -> list[Path]:
    """Return the files in ``folder`` and its folders, in order. Raises OSError.

    Also what is listed there and not found, as Windows does with a path that is too long: whoever opens it is told.
    """
    return sorted(path for path in folder.rglob("*") if path.is_file() or not os.path.lexists(path))


@contextmanager
def naming_file(path: Path | str) -> Iterator[None]:
    """Let an OSError name the file: of a disk that is full, a stick that was pulled, a file that is still in a cloud the system names none."""
    try:
        yield
    except OSError as error:
        if not error.filename:
            error.filename = os.fspath(path)
        raise


def write_whole(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path``. Raises OSError; nothing half-written is left."""
    write_beside(path, content)
    try:
        put_in_place(path)
    except BaseException:
        discard(path)
        raise


def write_beside(path: Path | str, content: bytes, *, mode: int | None = None, flushes: bool = True) -> None:
    """Write ``content`` whole beside ``path``, for ``put_in_place``. Raises OSError; nothing half-written is left.

    Without ``flushes`` the caller sees to it that ``flush`` stands before ``put_in_place``.
    """
    folder, name = os.path.split(path)
    beside = os.path.join(folder, _BESIDE.format(name))
    handle = _new(beside)
    try:
        with naming_file(path):
            try:
                _write_all(handle, content)
                if flushes or not _FLUSHES_AT_ONCE:
                    os.fsync(handle)
            finally:
                os.close(handle)
        checkpoint(f"write {name}")
        if mode is not None:
            set_mode(beside, mode)
    except BaseException:
        with suppress(OSError):
            remove(beside)
        raise


def _write_all(handle: int, content: bytes) -> None:
    """Write without a buffer: the system may take less at a time than it is given."""
    left = memoryview(content)
    while left:
        left = left[os.write(handle, left) :]


def flush(folder: Path) -> None:
    """Force everything that was written in the file system of ``folder`` to the disk. Raises OSError."""
    if not _FLUSHES_AT_ONCE:
        return  # each file was forced when it was written
    import ctypes  # noqa: PLC0415 - for a run that writes; Python has no name for this

    handle = os.open(folder, os.O_RDONLY)
    try:
        if ctypes.CDLL(None, use_errno=True).syncfs(handle):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(folder))
    finally:
        os.close(handle)


def put_in_place(path: Path | str, *, under: Path | None = None) -> None:
    """Rename what was written beside ``path`` to it, or to ``under``. Raises OSError; what was written stays beside then."""
    folder, name = os.path.split(path)
    patiently(lambda: os.replace(os.path.join(folder, _BESIDE.format(name)), under or path))
    checkpoint(f"rename {under.name if under else name}")


def beside_of(path: Path) -> Path:
    """Return where a file is written before it is renamed to ``path``."""
    return path.with_name(_BESIDE.format(path.name))


def discard(path: Path) -> None:
    """Remove what was written beside ``path`` and is not put in its place; what somebody holds is left to ``clear_unfinished``."""
    with suppress(OSError):
        remove(beside_of(path))


def _new(path: str) -> int:
    """Open a new file at ``path``, in whose way nothing stands as a rule. Raises OSError."""
    try:
        return os.open(path, _NEW, WRITABLE)
    except FileNotFoundError:
        make_folder(Path(path).parent)
    except FileExistsError:
        _clear(Path(path))
    return os.open(path, _NEW, WRITABLE)


def _clear(path: Path) -> None:
    """Remove what a killed run left, by then perhaps read-only, which Windows does not remove; of a link the link."""
    if not path.is_symlink() and path.exists():
        set_mode(path, WRITABLE)
    remove(path)


def clear_unfinished(folder: Path) -> None:
    """Remove what killed runs left beside the files in ``folder`` and its folders. Raises OSError."""
    for path in sorted(folder.rglob(_BESIDE.format("*"))):
        _clear(path)


def sync_folder(folder: Path) -> None:
    """Force the names in ``folder`` to the disk, once for all files renamed into it."""
    if os.name != "posix":  # elsewhere a folder cannot be opened, and the file system sees to it
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
