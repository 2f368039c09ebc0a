"""A folder goes in; an open ledger comes out: its connection, its transactions, its originals.

WAL, so that ``status`` can read while a run writes and a power cut costs at most the open transaction; a busy
timeout, because a reader may hold the file for a moment; foreign keys, which SQLite leaves off unless asked.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache, partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias, TypeVar

from pipeline.ledger.behind import RESULT, behind, last_run, unknown_results
from pipeline.ledger.originals import Originals
from pipeline.ledger.schema import MIGRATIONS
from pipeline.machine import codec
from pipeline.machine.durable import (
    beside_of,
    checkpoint,
    discard,
    make_folder,
    put_in_place,
    set_mode,
    sync_folder,
    write_beside,
)
from pipeline.machine.environment import disk_failure
from pipeline.model import ConfigError, EnvironmentFailedError

FOLDER = "ledger"
DATABASE = "ledger.sqlite"
FORMER = "升级前的台账.sqlite"
"""Beside the ledger: what it was before it was last brought up to date."""
_PATIENCE_SECONDS = 10
_TRIES = 100
_LONGEST_NAME = 512 - len("-journal") if os.name == "posix" else 259 - len("-journal")
"""Bytes of a path that SQLite opens with the file beside it; it takes what is longer for one that cannot be opened."""
_PARTS = (f"{DATABASE}-wal", DATABASE)
_ORIGINALS = "originals"
_DECODING = (ValueError, LookupError, TypeError, ArithmeticError, zlib.error)
"""What is raised for a text that is not what was put there."""

Row = TypeVar("Row")
Read = TypeVar("Read")
Content = TypeVar("Content")
Values: TypeAlias = Sequence[Any] | Mapping[str, Any]
"""What SQL is given for its placeholders; SQLite's own types are Any."""


class Ledger:
    """An open ledger. Failures of the disk come out as EnvironmentFailedError; running again is safe."""

    def __init__(self, connection: sqlite3.Connection, originals: Originals) -> None:
        self._connection = connection
        self._read: dict[object, tuple[object, Any]] = {}
        self.originals = originals

    def rows(self, sql: str, values: Values = ()) -> list[sqlite3.Row]:
        """Return every row that ``sql`` selects."""
        with _database():
            return self._connection.execute(sql, values).fetchall()

    def one(self, sql: str, values: Values = ()) -> sqlite3.Row | None:
        """Return the first row that ``sql`` selects, None if there is none."""
        found = self.rows(sql, values)
        return found[0] if found else None

    def remembered(self, name: object, row: Row, read: Callable[[Row], Read]) -> Read:
        """Return what ``read`` makes of ``row``, made once as long as the row of that name is the same; nobody is to change it."""
        known = self._read.get(name)
        if known is None or known[0] != row:
            known = self._read[name] = (row, stored(read, row))
        found: Read = known[1]
        return found

    def write(self, sql: str, values: Values = ()) -> int:
        """Change something within a transaction; return the id of the row that was inserted last."""
        self._check_transaction()
        with _database():
            return self._connection.execute(sql, values).lastrowid or 0

    def write_many(self, sql: str, rows: Sequence[Values]) -> None:
        """Do the same change for every one of ``rows``, within a transaction."""
        self._check_transaction()
        with _database():
            self._connection.executemany(sql, rows)

    @contextmanager
    def transaction(self, reason: str) -> Iterator[None]:
        """Make what happens within one step: all of it is kept, or nothing. ``reason`` says why it belongs together."""
        with _database():
            self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.rollback()
            raise
        with _database():
            self._connection.commit()
        checkpoint(f"commit: {reason}")

    def _check_transaction(self) -> None:
        if not self._connection.in_transaction:
            raise AssertionError("writing to the ledger outside a transaction")


def stored(read: Callable[[Content], Read], content: Content) -> Read:
    """Return what ``read`` makes of what stands in the ledger: the one door. Raises EnvironmentFailedError where it is damaged."""
    try:
        return read(content)
    except _DECODING as error:
        raise EnvironmentFailedError(_DAMAGED) from error


def stored_moment(text: str) -> datetime:
    """Return a time as it stands in the ledger. Raises EnvironmentFailedError where it is none."""
    return stored(datetime.fromisoformat, text)


def stored_value(kind: type[Read], body: str) -> Read:
    """Return the value of ``kind`` that the codec wrote as ``body``. Raises EnvironmentFailedError where it is none."""
    return stored(partial(codec.loads, kind), body)


@contextmanager
def open_ledger(output: Path, part: str = "") -> Iterator[Ledger]:
    """Open the ledger in ``output``, made or brought up to date if need be. Raises ConfigError if it is newer than this program.

    ``part``: that of a form which is collected beside another one; the originals are the same. Raises
    EnvironmentFailedError for one that is damaged, or is gone beside what earlier runs left.
    """
    folder = output / FOLDER / part
    with _database():
        _refuse_lost(output, part, is_empty=not (folder / DATABASE).exists())
        _for_us_alone(folder)
        connection = _connect(folder / DATABASE)
    try:
        _check_whole(connection, output, part)
        with _database():
            connection.execute(
                "PRAGMA journal_mode = WAL"
            )  # a network share may refuse it and stay safe, only slower
            connection.execute(
                "PRAGMA synchronous = FULL"
            )  # what was promised in a letter outlives a power cut
        _migrate(connection, folder / DATABASE, copies=True)
        yield Ledger(connection, Originals(output / FOLDER / _ORIGINALS))
    finally:
        connection.close()


def _for_us_alone(folder: Path) -> None:
    """Let nobody else into the ledger: names, figures and letters stand in it. A share that knows no permissions stays as it is."""
    make_folder(folder)
    set_mode(folder, 0o700)  # of somebody else's folder, which we may only use, it stays
    os.close(os.open(folder / DATABASE, os.O_RDWR | os.O_CREAT, 0o600))


@contextmanager
def open_copy(output: Path, part: str = "") -> Iterator[Ledger]:
    """Open the ledger as it is now in memory, for whoever must not change anything; an empty one if there is none yet."""
    folder = output / FOLDER / part
    connection = _connect(":memory:")
    try:
        with _database(), TemporaryDirectory() as aside:
            if (folder / DATABASE).is_file():
                _copy(folder, Path(aside))
                with _closing(_connect(Path(aside) / DATABASE)) as copied:
                    copied.backup(connection)
        _check_whole(connection, output, part)
        _migrate(connection, folder / DATABASE, copies=False)
        yield Ledger(connection, Originals(output / FOLDER / _ORIGINALS, in_memory=True))
    finally:
        connection.close()


def has_ledger(output: Path, part: str = "") -> bool:
    """Whether there has been a run that wrote into ``output``, of the first form or of ``part``. Raises EnvironmentFailedError where its ledger is gone."""
    found = (output / FOLDER / part / DATABASE).is_file()
    _refuse_lost(output, part, is_empty=not found)
    return found


def parts_in(output: Path) -> tuple[str, ...]:
    """Return the forms that were ever collected beside the first one."""
    return tuple(sorted(path.parent.name for path in (output / FOLDER).glob(f"*/{DATABASE}")))


def _copy(folder: Path, aside: Path) -> None:
    """Copy the database and what is not yet folded into it; opening it in place would leave files beside it.

    A run may write meanwhile: what changed while it was copied is copied again, else the two would not belong together.
    """
    for _ in range(_TRIES):
        before = _stat(folder)
        for name in _PARTS:
            (aside / name).unlink(missing_ok=True)
            if name in before:
                shutil.copyfile(folder / name, aside / name)
        if _stat(folder) == before:
            return
    raise EnvironmentFailedError("另一次运行正在写台账。请稍后再运行。")


def _stat(folder: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of what there is of the database."""
    found = {path.name: path.stat() for path in map(folder.joinpath, _PARTS) if path.is_file()}
    return {name: (stat.st_size, stat.st_mtime_ns) for name, stat in found.items()}


def _connect(path: Path | str) -> sqlite3.Connection:
    """Open a database. Raises sqlite3.Error, and OSError where its path is longer than SQLite takes, which it says of no path."""
    try:
        connection = sqlite3.connect(path, timeout=_PATIENCE_SECONDS, isolation_level=None)
    except sqlite3.OperationalError as error:
        if isinstance(path, Path) and len(os.fsencode(path.resolve())) > _LONGEST_NAME:
            raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), str(path)) from error
        raise
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


@contextmanager
def _closing(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    try:
        yield connection
    finally:
        connection.close()


def _check_whole(connection: sqlite3.Connection, output: Path, part: str) -> None:
    """Refuse a ledger with a damaged page, or with less in it than earlier runs left beside it: nothing is begun anew because a file was lost."""
    with _database():
        [said] = connection.execute("PRAGMA integrity_check(1)").fetchone()
        [tables] = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if said != "ok":
            raise sqlite3.DatabaseError(said)
    _refuse_lost(output, part, is_empty=not tables)
    if tables:
        _refuse_older(connection, output, part)


def _refuse_older(connection: sqlite3.Connection, output: Path, part: str) -> None:
    """Refuse a ledger that does not know a run whose results stand beside it, naming at once what other forms have of the kind."""
    with _database():
        newer = unknown_results(connection, output, part)
        if not newer:
            return
        others: list[Path] = []
        for other in sorted({"", *parts_in(output)} - {part}):
            with TemporaryDirectory() as aside:
                _copy(output / FOLDER / other, Path(aside))
                with _closing(_connect(Path(aside) / DATABASE)) as copied:
                    others += unknown_results(copied, output, other)
        raise EnvironmentFailedError(behind(last_run(connection), newer, others, output))


def _refuse_lost(output: Path, part: str, *, is_empty: bool) -> None:
    """Refuse to begin a ledger where there was one; only a run that had one leaves results, and keeps originals.

    The originals are those of all forms, whichever is collected first.
    """
    originals = () if part or parts_in(output) else (output / FOLDER / _ORIGINALS).glob("*")
    if is_empty and any(chain(originals, output.glob(f"*/{part}/{RESULT}"))):
        raise EnvironmentFailedError(_LOST)


def _migrate(connection: sqlite3.Connection, path: Path, *, copies: bool) -> None:
    """Bring the schema up to date, all of it or nothing. Raises ConfigError where that fails, the ledger being as it was.

    ``copies``: keep beside ``path`` what stood there before, for who must go back to the program that wrote it.
    """
    with _database():
        [version] = connection.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise ConfigError(
            "台账是由更新版本的 nianbao 写的，本版本不能使用。请安装新版本后再运行，不要删除台账。", file=path
        )
    if version == len(MIGRATIONS):
        missing = _missing(connection)
    else:
        if version and copies:
            _keep_former(connection, path.with_name(FORMER))
        missing = _upgrade(connection, version)
    if missing:
        kept = f"升级前的台账在同一文件夹的“{FORMER}”。" if path.with_name(FORMER).is_file() else ""
        raise ConfigError(
            f"台账（第 {version} 版）不能用于本版本（第 {len(MIGRATIONS)} 版）：{missing}。本次没有改动台账。{kept}"
            "请换回写这份台账的 nianbao 版本，或者换上备份的台账，并把这段话发给维护人员；不要删除台账。",
            file=path,
        )


def _upgrade(connection: sqlite3.Connection, version: int) -> str:
    """Run the migrations after ``version`` in one transaction; say what is wrong with the outcome, which is undone then."""
    try:
        with _database():
            connection.executescript(f"BEGIN IMMEDIATE;{_scripts(version)}")
            missing = _missing(connection)
            if not missing:
                connection.execute("COMMIT")
    except (sqlite3.Error, sqlite3.Warning) as error:
        missing = str(error)
    finally:
        if connection.in_transaction:
            connection.rollback()
    if not missing:
        checkpoint(f"commit: migrations from {version}")
    return missing


def _scripts(version: int) -> str:
    return "".join((*MIGRATIONS[version:], f"\nPRAGMA user_version = {len(MIGRATIONS)};"))


def _missing(connection: sqlite3.Connection) -> str:
    """Name what a ledger of this program has and this one has not: a program between two releases may have written it."""
    missing = _whole_schema() - _schema(connection)
    return f"缺少 {'、'.join(sorted(missing))}" if missing else ""


@cache
def _whole_schema() -> frozenset[str]:
    with _closing(_connect(":memory:")) as connection:
        connection.executescript(_scripts(0))
        return _schema(connection)


def _schema(connection: sqlite3.Connection) -> frozenset[str]:
    """Name tables with their columns, and views, indexes and triggers: whatever SQL may ask for."""
    with _database():
        return frozenset(row[0] for row in connection.execute(_SCHEMA))


_SCHEMA = """
SELECT name FROM sqlite_master
UNION ALL
SELECT sqlite_master.name || '.' || columns.name
FROM sqlite_master JOIN pragma_table_info(sqlite_master.name) AS columns WHERE sqlite_master.type = 'table'
"""


def _keep_former(connection: sqlite3.Connection, path: Path) -> None:
    """Write the database as it is now to ``path``, whole, in place of what an earlier upgrade left there."""
    beside = beside_of(path)
    try:
        with _database():
            write_beside(path, b"")
            with _closing(sqlite3.connect(beside)) as copy:
                connection.backup(copy)
            put_in_place(path)
            sync_folder(path.parent)
    finally:
        discard(path)


@contextmanager
def _database() -> Iterator[None]:
    """Turn what SQLite says of a disk that fails into EnvironmentFailedError; a mistake in SQL stays a bug."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except OSError as error:
        raise EnvironmentFailedError(disk_failure(error)) from error
    except sqlite3.OperationalError as error:
        said = _failure(error)
        if str(error).startswith(_DAMAGE):
            raise EnvironmentFailedError(_DAMAGED) from error
        if not said:
            raise
        raise EnvironmentFailedError(f"读写台账（{_FILE}）失败：{said}，然后重新运行。") from error
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise EnvironmentFailedError(_DAMAGED) from error


_DAMAGE = ("no such table", "Could not decode")
"""How SQLite begins to speak of a table that has gone (every one was made by a migration), and of a text that is none."""
_FILE = f"output/{FOLDER}/{DATABASE}"
_REMEDY = f"请把 {FOLDER} 文件夹移到别处留存，换上备份的 {FOLDER} 文件夹，然后重新运行。"
_DAMAGED = f"台账文件（{_FILE}）损坏，不能读取。{_REMEDY}"
_LOST = (
    f"台账文件（{_FILE}）不在了，或者里面是空的，而 output 里还有以前运行的结果。{_REMEDY}"
    "没有备份、确实要从头开始的，把整个 output 文件夹移到别处。"
)
_SPACE = "磁盘空间不够，或者磁盘、网络盘出了故障。请清理磁盘，检查磁盘是否正常"
_RIGHTS = "没有读写权限。请让运行 nianbao 的账号能读写 output 文件夹和里面的文件"
_IN_USE = "另一个程序正在使用它。请等另一次运行结束，关闭打开它的程序"
_FAILURES = {
    "FULL": "磁盘空间不够，没有写完。请清理磁盘",
    "IOERR": _SPACE,
    "NOLFS": _SPACE,
    "READONLY": _RIGHTS,
    "CANTOPEN": _RIGHTS,
    "PERM": _RIGHTS,
    "BUSY": _IN_USE,
    "LOCKED": _IN_USE,
    "PROTOCOL": _IN_USE,
}


def _failure(error: sqlite3.OperationalError) -> str:
    """Say what the disk or another program did, and the remedy; empty of a mistake in SQL."""
    name = getattr(error, "sqlite_errorname", "").removeprefix("SQLITE_")
    return next((said for kind, said in _FAILURES.items() if name.startswith(kind)), "")
