"""The edges of the machine: the output folder's lock, and a disk that fails."""

from __future__ import annotations

import os
import platform
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.machine.durable import make_folder
from pipeline.model import BusyError, EnvironmentFailedError

_SPECIAL = re.compile(r"[\s&()'\"$`;<>|*?!#\\[\]{}~^%]" if os.name == "posix" else r"[\s&()'^;,=%!]")
_EXPANDED = re.compile(r"[$`\"\\!]")
_LOCK_NAME = ".nianbao.lock"
_HOLDER_NAME = ".nianbao.holder"


@contextmanager
def disk() -> Iterator[None]:
    """Turn a failing disk into EnvironmentFailedError, whose sentence tells the next step."""
    try:
        yield
    except BrokenPipeError:  # whoever read what is printed has gone: no disk failed
        raise
    except OSError as error:
        file = (
            error.filename2 or error.filename or "未知文件"
        )  # of a renaming: the file that could not be replaced
        opened = (
            "这个文件可能正在 Excel 或 WPS 中打开，请先关闭；" if isinstance(error, PermissionError) else ""
        )
        raise EnvironmentFailedError(
            f"读写文件失败：{error.strerror or error}（{file}）。{opened}"
            f"请检查磁盘空间和文件夹权限，然后重新运行。"
        ) from error


def typed(path: Path) -> str:
    """Return ``path`` as it must be typed in a command: quoted where a shell would take a character for something else."""
    text = str(path)
    if not _SPECIAL.search(text):
        return text
    return shlex.quote(text) if os.name == "posix" and _EXPANDED.search(text) else f'"{text}"'


def program() -> str:
    """Return what starts nianbao from any folder: its name where the shell finds it, else its full path."""
    name = "nianbao.exe" if os.name == "nt" else "nianbao"
    own = Path(sys.executable).parent / name
    if not own.exists():
        return f"{typed(Path(sys.executable))} -m pipeline"
    found = shutil.which("nianbao")
    return "nianbao" if found and Path(found).resolve() == own.resolve() else typed(own)


def command(verb: str, folder: Path) -> str:
    """Return the command line that does ``verb`` with the district in ``folder``; it runs as it is printed."""
    return f"{program()} {verb} {typed(folder)}"


@contextmanager
def lock(output: Path) -> Iterator[None]:
    """Hold the output folder for one run. Raises BusyError, naming the holder, if another run has it."""
    with disk():
        make_folder(output)
        guard = FileLock(output / _LOCK_NAME)
        try:
            guard.acquire(timeout=0)
        except Timeout:
            raise BusyError(
                f"另一次运行正在使用 {output}（{_holder(output)}）。请等它结束后再运行。"
            ) from None
    try:
        with disk():
            (output / _HOLDER_NAME).write_text(f"{platform.node()}，进程 {os.getpid()}", "utf-8")
        yield
    finally:
        (output / _HOLDER_NAME).unlink(missing_ok=True)
        guard.release()


def _holder(output: Path) -> str:
    try:
        return (output / _HOLDER_NAME).read_text("utf-8")
    except OSError:
        return "刚刚开始"
