"""A form that was built is kept; with and without what is kept, however damaged, the form is the same."""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from pipeline.forms import compiled
from pipeline.forms.form import Form
from pipeline.forms.library import shipped
from pipeline.forms.loader import DEFAULT_FORM, form_ids, parse_written
from pipeline.machine import cache
from tests.support import windows


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(cache.FOLDER, str(tmp_path / "cache"))
    return tmp_path / "cache"


def built(form_id: str = DEFAULT_FORM) -> tuple[Form, bool]:
    """Return the form, and whether it had to be built."""
    calls: list[str] = []

    def build() -> Form:
        calls.append(form_id)
        return parse_written(shipped(form_id))

    return compiled.built(form_id, (), build), bool(calls)


def plain(value: object) -> object:
    """Return a form's values all the way down: forms themselves are compared by identity."""
    if is_dataclass(value) and not isinstance(value, type):
        return type(value), [plain(getattr(value, item.name)) for item in fields(value)]
    if isinstance(value, dict):
        return [(key, plain(item)) for key, item in value.items()]
    return [plain(item) for item in value] if isinstance(value, tuple | list) else value


@pytest.mark.parametrize("form_id", form_ids())
def test_a_form_that_was_kept_is_the_form_that_was_built(form_id: str) -> None:
    first, was_built = built(form_id)
    again, was_built_again = built(form_id)
    assert (was_built, was_built_again) == (True, False)
    assert again is not first
    assert plain(again) == plain(first)


def damaged(content: bytes) -> list[bytes]:
    half = content[: len(content) // 2]
    digest = hashlib.sha256(half).digest()
    return [b"", content[:10], half, content[:-1] + b"x", digest + half, bytes(len(content))]


@pytest.mark.parametrize("number", range(6))
def test_what_is_damaged_is_built_anew(folder: Path, number: int) -> None:
    first, _ = built()
    [kept] = folder.iterdir()
    kept.write_bytes(damaged(kept.read_bytes())[number])
    again, was_built = built()
    assert was_built
    assert plain(again) == plain(first)
    assert built()[1] is False


class Trap:
    """What would run a command if it were read as any pickle is."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, ("raise SystemExit('run')",)


@pytest.mark.parametrize(
    "trap",
    [Trap(), Path("/"), print, {"a": Trap()}, "no form"],
    ids=["call", "path", "print", "inside", "text"],
)
def test_what_is_kept_can_be_nothing_but_a_form(folder: Path, trap: object) -> None:
    built()
    [kept] = folder.iterdir()
    content = pickle.dumps(trap)
    kept.write_bytes(hashlib.sha256(content).digest() + content)
    assert built()[1] is True


def test_without_a_folder_forms_are_built(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    for said in ("", str(blocked), str(blocked / "below")):
        monkeypatch.setenv(cache.FOLDER, said)
        assert built()[1] is built()[1] is True
    assert not folder.exists()


def test_only_so_many_are_kept(folder: Path) -> None:
    for number in range(40):
        cache.keep(f"{number}.form", b"x")
    names = {path.name for path in folder.iterdir()}
    assert len(names) == 32
    assert "39.form" in names


def test_what_lies_beside_and_was_not_kept_here_stays(folder: Path) -> None:
    """However old it is: the folder may be one that somebody named, and holds the program of a venv."""
    for name in ("Include", "Lib"):
        (folder / name).mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text("home = C:\\Python313\n", "utf-8")
    for path in (*folder.iterdir(), folder):
        os.utime(path, (1e9, 1e9))
    for number in range(60):
        cache.keep(f"{number}.form", b"x" * 1000)
    names = {path.name for path in folder.iterdir()}
    assert names >= {"Include", "Lib", "pyvenv.cfg", "59.form"}
    assert len(names) == 3 + 32


def test_a_thing_that_cannot_be_replaced_leaves_nothing_beside_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.keep("a.form", b"x")
    windows.scanned(monkeypatch, seconds=600, is_held=lambda path: path.name == "a.form", steps=("replace",))
    cache.keep("a.form", b"y")
    assert [path.name for path in folder.iterdir()] == ["a.form"]


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no such limit")
def test_a_full_disk_leaves_no_half_of_a_thing(folder: Path) -> None:
    """A half carries no digest and would stay for good, another one for every run."""
    import resource  # noqa: PLC0415 - not on Windows

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
    try:
        cache.keep("a.form", b"x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(folder.iterdir()) == []


def test_on_windows_the_folder_is_not_that_of_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kit installs into %LOCALAPPDATA%\\nianbao."""
    monkeypatch.delenv(cache.FOLDER, raising=False)
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "win32")
    program = tmp_path / "nianbao"
    assert cache.folder() not in {None, program}
    assert program not in (cache.folder() or program).parents
