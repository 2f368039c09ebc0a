"""The edges of the machine: the output folder's lock, and a disk that fails."""

from __future__ import annotations

import errno
import os
import platform
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.machine.durable import WRITABLE, make_folder
from pipeline.model import BusyError, EnvironmentFailedError

_SPECIAL = re.compile(r"[\s&()'\"$`;<>|*?!#\\[\]{}~^%]" if os.name == "posix" else r"[\s&()'^;,=%!]")
_EXPANDED = re.compile(r"[$`\"\\!]")
_LOCK_NAME = ".nianbao.lock"
_LONGEST_PATH = 259 if os.name == "nt" else None
"""Characters of a whole path; Windows takes more only where somebody has set LongPathsEnabled. Elsewhere the system itself says so."""
_HOLDER_NAME = ".nianbao.holder"


@contextmanager
def disk() -> Iterator[None]:
    """Turn a failing disk into EnvironmentFailedError, whose sentence tells the next step."""
    try:
        yield
    except BrokenPipeError:  # whoever read what is printed has gone: no disk failed
        raise
    except OSError as error:
        raise EnvironmentFailedError(disk_failure(error)) from error


def disk_failure(error: OSError) -> str:
    """Say in Chinese what failed, at which file where that is known, and what to do; the system's own words are for the log."""
    if error.errno == errno.ENOENT and _is_of_a_long_path(error):
        error = OSError(errno.ENAMETOOLONG, error.strerror, error.filename)
    file = error.filename2 or error.filename  # of a renaming: the file that could not be replaced
    where = f"（{file}）" if isinstance(file, str | Path) and str(file) else ""
    if isinstance(error, PermissionError):
        is_file = bool(where) and Path(file).suffix != "" and not os.path.isdir(file)  # noqa: PTH112 - says no where it may not look
        return f"文件{where}{_OPENED}{_RIGHTS}" if is_file else f"没有读写权限{where}。{_RIGHTS}"
    for numbers, (what, remedy) in _FAILURES.items():
        if error.errno in numbers:
            return f"{what}{where}。{remedy}，然后重新运行。"
    return f"读写文件失败{where}。请检查磁盘、网络盘是否正常，然后重新运行；仍然如此的，把 ledger/log 中当天的日志发给维护人员。"


def is_too_long(path: Path) -> bool:
    """Whether Windows does not find ``path`` for its length alone."""
    return _LONGEST_PATH is not None and len(os.path.abspath(path)) > _LONGEST_PATH  # noqa: PTH100 - looks at no file


def _is_of_a_long_path(error: OSError) -> bool:
    """Whether Windows calls a path missing that is too long: for a new folder it says so, of anything else only that it is not there."""
    names = [name for name in (error.filename, error.filename2) if isinstance(name, str | Path)]
    says_so = getattr(error, "winerror", None) == _WINDOWS_TOO_LONG
    return says_so or any(is_too_long(Path(name)) for name in names)


_WINDOWS_TOO_LONG = 206
_OPENED = "正在 Excel、WPS 中打开，或者没有读写权限。打开着的请先关闭；不是的，"
"""Said of files alone: no spreadsheet program opens a folder."""
_RIGHTS = "请让运行 nianbao 的账号能读写它和它所在的文件夹，然后重新运行。"
_FAILURES = {
    frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG}): (
        "磁盘空间不够，没有写完",
        "请清理磁盘（或配额），或者用 --output 把结果放到更大的磁盘",
    ),
    frozenset({errno.EROFS}): ("磁盘是只读的，不能写", "请换一个能写的文件夹，或者请管理员改为可写"),
    frozenset({errno.ENOENT}): ("文件或文件夹不在了", "请检查网络盘、移动盘是否连接，文件是否移走或改了名"),
    frozenset({errno.EEXIST, errno.ENOTDIR, errno.EISDIR}): (
        "这个位置应是文件的是文件夹，或者应是文件夹的是文件，不能读写",
        "请把它改名或移到别处",
    ),
    frozenset({errno.ENAMETOOLONG}): ("文件名或路径太长", "请把区县文件夹移到路径更短的地方"),
    frozenset({errno.EBUSY, errno.ETXTBSY}): ("文件正被其他程序使用", "请关闭打开它的程序"),
}


def typed(path: Path) -> str:
    """Return ``path`` as it must be typed in a command: quoted where a shell would take a character for something else."""
    text = str(path)
    if not _SPECIAL.search(text):
        return text
    return shlex.quote(text) if os.name == "posix" and _EXPANDED.search(text) else f'"{text}"'


def program() -> str:
    """Return what starts nianbao from any folder: its name where the shell finds it, else its full path."""
    own, found = _own_program(), shutil.which("nianbao")
    is_found = found and own.exists() and Path(found).resolve() == own.resolve()
    return "nianbao" if is_found else full_program()


def full_program() -> str:
    """Return what starts nianbao where no shell has looked for it: a desktop knows other paths than the shell in which it was set up."""
    own = _own_program()
    return typed(own) if own.exists() else f"{typed(Path(sys.executable))} -m pipeline"


def _own_program() -> Path:
    return Path(sys.executable).parent / ("nianbao.exe" if os.name == "nt" else "nianbao")


def command(verb: str, folder: Path) -> str:
    """Return the command line that does ``verb`` with the district in ``folder``; it runs as it is printed."""
    return f"{program()} {verb} {typed(folder)}"


@contextmanager
def lock(output: Path) -> Iterator[None]:
    """Hold the output folder for one run. Raises BusyError, naming the holder, if another run has it."""
    with disk():
        make_folder(output)
        guard = FileLock(output / _LOCK_NAME, mode=WRITABLE)
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
        with suppress(OSError):  # who holds it is only told to others
            (output / _HOLDER_NAME).unlink()
        guard.release()


def _holder(output: Path) -> str:
    try:
        return (output / _HOLDER_NAME).read_text("utf-8")
    except OSError:
        return "刚刚开始"
