"""The lock serves every machine that the offline kit is for, and a kit that lacks something is refused.

Building a kit takes a network, so that is ``make kit`` and ``make kit-test``; here is what can be known without.
"""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from kit.build import list_of
from kit.manuals import MANUALS, lay_manuals
from kit.targets import TARGETS, Locked, Target, digest, missing, read_lock

ROOT = Path(__file__).parent.parent
LOCK = [
    item for item in read_lock((ROOT / "requirements.txt").read_text("utf-8")) if item.name != "flit-core"
]
WINDOWS = Target("win32", "AMD64", (3, 11))
LINUX = Target("linux", "aarch64", (3, 13))


def test_every_package_of_the_lock_has_hashes() -> None:
    assert all(item.hashes for item in LOCK)
    assert {item.name for item in LOCK} >= {"pandas", "pandera", "openpyxl", "xlsxwriter"}


def test_what_only_one_system_needs_is_asked_for_there() -> None:
    names = {target: {item.name for item in LOCK if item.is_for(target)} for target in (WINDOWS, LINUX)}
    assert names[WINDOWS] - names[LINUX] == {"colorama", "tzdata"} & names[WINDOWS] - names[LINUX]
    assert "colorama" in names[WINDOWS] - names[LINUX]


def wheel(folder: Path, name: str) -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("x.py", name)
    return path


@pytest.mark.parametrize(
    ("file", "windows", "linux"),
    [
        ("thing-1.0-py3-none-any.whl", True, True),
        ("thing-1.0-cp311-cp311-win_amd64.whl", True, False),
        ("thing-1.0-cp313-cp313-manylinux_2_28_aarch64.whl", False, True),
        ("thing-1.0-cp39-abi3-manylinux_2_17_aarch64.manylinux2014_aarch64.whl", False, True),
        ("thing-1.0-cp313-cp313-manylinux_2_34_aarch64.whl", False, False),
        ("thing-1.0-cp313-cp313-musllinux_1_2_aarch64.whl", False, False),
        ("thing-2.0-py3-none-any.whl", False, False),
    ],
)
def test_a_wheel_counts_only_where_it_runs(tmp_path: Path, file: str, *, windows: bool, linux: bool) -> None:
    path = wheel(tmp_path, file)
    [lock] = read_lock("thing==1.0 \\\n    --hash=sha256:00\n    # via nianbao\n")
    known = {path.name: digest(path)}
    assert [not list(missing(target, [lock], [lock], [path], known)) for target in (WINDOWS, LINUX)] == [
        windows,
        linux,
    ]


def test_a_wheel_that_is_not_the_one_listed_is_refused(tmp_path: Path) -> None:
    path = wheel(tmp_path, "thing-1.0-py3-none-any.whl")
    lock: list[Locked] = read_lock("thing==1.0 --hash=sha256:00\n")
    assert len(list(missing(WINDOWS, lock, lock, [path], {path.name: "0" * 64}))) == 1


def test_a_kit_for_every_python_asks_each_for_one_version(tmp_path: Path) -> None:
    """The lock has two numpys, an old one for the oldest Python: without its condition in the list pip installs nothing at all."""
    lock = read_lock(
        "thing==1.0 ; python_full_version < '3.12' --hash=sha256:00\n"
        "thing==2.0 ; python_full_version >= '3.12' --hash=sha256:00\n"
        "only-there==3.0 ; sys_platform == 'win32' --hash=sha256:00\n"
    )
    files = ("thing-1.0", "thing-2.0", "only_there-3.0", "nianbao-0.1.0")
    wheels = [wheel(tmp_path, f"{name}-py3-none-any.whl") for name in files]
    known = {path.name: digest(path) for path in wheels}
    listed = read_lock(list_of(known, lock))
    assert [item.pin for item in listed if item.is_for(WINDOWS)] == [
        "thing==1.0", "only-there==3.0", "nianbao==0.1.0",
    ]  # fmt: skip
    assert [item.pin for item in listed if item.is_for(LINUX)] == ["thing==2.0", "nianbao==0.1.0"]
    assert not [fault for target in TARGETS for fault in missing(target, lock, listed, wheels, known)]
    forgot = [replace(item, requirement=Requirement(item.pin)) for item in listed]
    assert all(list(missing(target, lock, forgot, wheels, known)) for target in TARGETS)


def test_the_kits_list_of_this_lock_asks_every_machine_for_what_the_lock_does() -> None:
    known = {
        f"{item.name.replace('-', '_')}-{str(item.requirement.specifier)[2:]}-py3-none-any.whl": "00"
        for item in LOCK
    }
    listed = read_lock(list_of(known, LOCK))
    for target in TARGETS:
        assert [item.pin for item in listed if item.is_for(target)] == [
            f"{item.name}{item.requirement.specifier}" for item in LOCK if item.is_for(target)
        ]


def test_three_systems_and_every_python_are_served() -> None:
    assert len({(target.system, target.machine) for target in TARGETS}) == 3
    assert all(
        target.environment["python_full_version"].startswith(str(target.python[0])) for target in TARGETS
    )


def test_the_version_names_the_kit(tmp_path: Path) -> None:
    """As nianbao is installed from one: a file beside the package says which."""
    spec = importlib.util.find_spec("pipeline")
    assert spec
    assert spec.origin
    (tmp_path / "pipeline").symlink_to(Path(spec.origin).parent, target_is_directory=True)
    code = (
        "import importlib.resources as r, pathlib; import pipeline.cli.application as cli; import pipeline.cli.commands\n"
        f"cli.resources = type('R', (), {{'files': staticmethod(lambda _: pathlib.Path({str(tmp_path)!r}))}})\n"
        "cli.app(['--version'], standalone_mode=False)"
    )
    (tmp_path / "kit.txt").write_text("nianbao-0.1.0-abc1234\n", "utf-8")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
    assert "nianbao-0.1.0-abc1234" in done.stdout, done.stderr


def test_no_file_of_the_kit_names_a_registry() -> None:
    for path in (ROOT / "kit").iterdir():
        if path.is_file():
            assert "://" not in path.read_text("utf-8"), path


def test_the_manuals_of_the_kit_are_pages_whose_links_and_pictures_are_there(tmp_path: Path) -> None:
    pages = lay_manuals(ROOT / "docs", tmp_path / "手册")
    assert {path.name for path in pages} == set(MANUALS.values())
    for path in pages:
        page = path.read_text("utf-8")
        targets = re.findall(r'(?:href|src)="([^"#]+)', page)
        assert not [target for target in targets if ":" not in target and not (path.parent / target).exists()]
        assert "<h1>" in page
        assert not re.search(r"(?m)^\s*(?:\||```|#+ )", re.sub(r"(?s)<pre>.*?</pre>", "", page)), path
    assert 'href="收发邮件.html"' in pages[0].read_text("utf-8")
    assert 'src="pictures/todo.png"' in pages[0].read_text("utf-8")


@pytest.mark.parametrize("name", ["安装.bat", "安装.sh"])
def test_an_installer_takes_what_the_readme_says_it_takes(name: str) -> None:
    script = (ROOT / "kit" / name).read_text("utf-8")
    for page, about in (
        ("README.md", "The installer of a kit takes"),
        ("README.zh-CN.md", "安装包的“安装”可以用环境变量"),
    ):
        said = (ROOT / page).read_text("utf-8").partition(about)[2].partition("\n\n")[0]
        names = set(re.findall(r"NIANBAO_[A-Z]+", said))
        assert names == {"NIANBAO_HOME", "NIANBAO_FOLDER", "NIANBAO_PYTHON"}
        assert [item for item in names if not re.search(rf"%{item}%|\$\{{{item}\b", script)] == []
    assert "3, 11" in script


def test_the_installer_of_windows_refuses_a_python_of_32_bits_however_it_is_found() -> None:
    script = (ROOT / "kit" / "安装.bat").read_text("utf-8")
    asked = [line for line in script.splitlines() if "not defined PYTHON" in line and "-c" in line]
    assert [line for line in asked if "-64" not in line and "sys.maxsize" not in line] == []


def test_the_task_of_windows_runs_what_the_kit_installs_also_from_a_path_with_blanks() -> None:
    page = (ROOT / "docs" / "scheduling.md").read_text("utf-8")
    script = (ROOT / "kit" / "安装.bat").read_text("utf-8")
    home, folder = (
        found[1] for name in ("HOME_DIR", "FOLDER") if (found := re.search(rf'set "{name}=(%.+)"', script))
    )
    lines = [line for line in page.splitlines() if line.startswith("schtasks")]
    assert [line for line in lines if f'\\"{home}\\Scripts\\nianbao.exe\\" run \\"{folder}\\"' in line]
    assert [line for line in lines if not re.fullmatch(r'.* /TR "\\"[^"]+\\" run \\"[^"]+\\""', line)] == []
    assert "交流电源" in page, "a notebook on battery runs no task as it is made"
