"""The lock and a failing disk."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from pipeline.machine.durable import write_whole
from pipeline.machine.environment import disk, disk_failure, lock
from pipeline.model import BusyError, EnvironmentFailedError
from tests.support import windows

HOLD = """
import sys
from functools import partial
from pathlib import Path
from pipeline.machine.environment import lock
with lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_a_second_run_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        with pytest.raises(BusyError, match=str(other.pid)), lock(tmp_path):
            pytest.fail("two runs at once")
        other.communicate("\n")
    with lock(tmp_path):
        pass


def test_a_killed_run_leaves_no_lock(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        other.stdout.readline()
        other.kill()
    with lock(tmp_path):
        pass


def test_an_output_that_cannot_be_made_is_an_environment_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(EnvironmentFailedError), lock(tmp_path / "file" / "output"):
        pytest.fail("a folder inside a file")


def test_disk_errors_carry_the_file(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFailedError, match="nowhere"), disk():
        (tmp_path / "nowhere" / "x").read_bytes()


def test_a_file_that_another_program_holds_open_is_named_and_that_is_said() -> None:
    with pytest.raises(EnvironmentFailedError, match=r"（汇总表\.xlsx）.*打开"), disk():
        raise PermissionError(13, "Permission denied", "汇总表.xlsx.new", None, "汇总表.xlsx")


def test_a_full_disk_is_no_open_file() -> None:
    with pytest.raises(EnvironmentFailedError) as caught, disk():
        raise OSError(28, "No space left on device", "汇总表.xlsx")
    assert "打开" not in str(caught.value)


def test_whoever_stops_reading_what_is_printed_is_no_failing_disk() -> None:
    with pytest.raises(BrokenPipeError), disk():
        raise BrokenPipeError


@pytest.mark.parametrize("number", [*errno.errorcode, 0])
def test_what_the_system_says_is_said_in_chinese(number: int) -> None:
    said = disk_failure(OSError(number, os.strerror(number), "报送/甲.xlsx"))
    assert "报送/甲.xlsx" in said
    assert not re.search(rf"(?!{_OWN_WORDS})\b[A-Za-z]{{3,}}", said.replace("报送/甲.xlsx", ""), re.ASCII)
    assert "重新运行" in said
    assert "未知" not in disk_failure(OSError(number, os.strerror(number)))


def test_a_path_that_is_too_long_for_windows_is_no_lost_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says that there is no such path."""
    windows.short_paths(monkeypatch)
    long = tmp_path / ("长" * 80) / ("长" * 80) / ("长" * 80)
    for act in (long.read_bytes, partial(write_whole, long, b"1"), long.mkdir):
        with pytest.raises(EnvironmentFailedError, match=r"路径太长.*移到路径更短的地方"), disk():
            act()
    with pytest.raises(EnvironmentFailedError, match="不在了"), disk():
        (tmp_path / "短").read_bytes()
    said_by_windows = FileNotFoundError(errno.ENOENT, "文件名或扩展名太长。", "甲")
    monkeypatch.setattr(said_by_windows, "winerror", 206, raising=False)
    assert "路径太长" in disk_failure(said_by_windows)


_OWN_WORDS = "nianbao|ledger|log|output|Excel|WPS"


def test_a_folder_without_rights_is_not_said_to_be_open_in_excel(tmp_path: Path) -> None:
    said = disk_failure(PermissionError(errno.EACCES, "Permission denied", str(tmp_path)))
    assert ("权限" in said, "Excel" in said) == (True, False)


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() != 0, reason="takes rights away, and needs some to do so"
)
def test_where_nothing_may_be_looked_at_that_is_said(tmp_path: Path) -> None:
    shut = tmp_path / "shut"
    shut.mkdir(mode=0)
    program = (
        "import os,sys\nfrom pipeline.machine.environment import disk_failure\nos.setuid(65534)\n"
        "print(disk_failure(PermissionError(13, 'x', sys.argv[1])))"
    )
    said = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", program, str(shut / "district.toml")],
        capture_output=True, text=True, encoding="utf-8", check=True,
    ).stdout  # fmt: skip
    assert "权限" in said


def test_a_holder_that_cannot_be_removed_ends_no_run(tmp_path: Path) -> None:
    (tmp_path / ".nianbao.holder").mkdir()
    with pytest.raises(EnvironmentFailedError), lock(tmp_path):
        pytest.fail("nobody could say who holds it")
    (tmp_path / ".nianbao.holder").rmdir()
    with lock(tmp_path):
        pass


def test_a_full_disk_is_told_with_the_file_that_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(EnvironmentFailedError, match=r"磁盘空间不够.*甲\.xlsx"), disk():
        write_whole(tmp_path / "甲.xlsx", b"1")
