"""The lock goes in; one zip comes out from which nianbao is installed without a network.

Every wheel is downloaded by pip with the hashes of the lock; nianbao's own is built here and carries the kit's name.
The kit's own list holds the hash of every wheel in it.

    python -m kit.build [--python 3.11]… [--out dist]
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from packaging.markers import Marker
from packaging.utils import parse_wheel_filename

from kit.manuals import FOLDER, lay_manuals
from kit.targets import PYTHONS, TARGETS, Locked, Target, digest, missing, read_lock
from pipeline import KIT_MARK, __version__

ROOT = Path(__file__).parent.parent
PARTS = ("安装.bat", "安装.sh", "安装说明.txt")
SAMPLE = "examples/linping-2023"
LIST = "requirements.txt"
_PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
_LS_FILES = (
    "git",
    "-c",
    "core.quotepath=off",
    "ls-files",
    "-z",
    "--cached",
    "--others",
    "--exclude-standard",
)
_STAMP = (2024, 1, 1, 0, 0, 0)


def main() -> int:
    """Build the kit; return the exit code."""
    parser = argparse.ArgumentParser(description="Build the offline kit.")
    parser.add_argument(
        "--python", action="append", help="only this version, for instance 3.11; may be repeated"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    asked = parser.parse_args()
    versions = [tuple(map(int, text.split("."))) for text in asked.python or ()] or list(PYTHONS)
    targets = [target for target in TARGETS if target.python in versions]
    lock = [
        item for item in read_lock((ROOT / "requirements.txt").read_text("utf-8")) if item.name != "flit-core"
    ]
    name = f"nianbao-{__version__}-{_commit()}"
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / name
        wheels = whole / "wheels"
        wheels.mkdir(parents=True)
        _own_wheel(name, wheels)
        for target in targets:
            _download(target, lock, wheels, Path(folder))
        known = {path.name: digest(path) for path in sorted(wheels.iterdir())}
        (whole / LIST).write_text(list_of(known, lock), "utf-8")
        for part in PARTS:
            shutil.copy(ROOT / "kit" / part, whole / part)
        lay_manuals(ROOT / "docs", whole / FOLDER)
        for path in _tracked(SAMPLE):
            (whole / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, whole / path)
        faults = [
            fault
            for target in targets
            for fault in missing(
                target, lock, read_lock((whole / LIST).read_text("utf-8")), list(wheels.iterdir()), known
            )
        ]
        if faults:
            print("\n".join(faults))
            return 1
        asked.out.mkdir(parents=True, exist_ok=True)
        made = asked.out / f"{name}.zip"
        _pack(whole, made)
    print(f"{made}: {len(known)} wheels for {len(targets)} targets, {made.stat().st_size // 2**20} MB")
    return 0


def _commit() -> str:
    said = subprocess.run(
        ["git", "describe", "--always", "--dirty=-changed", "--abbrev=7", "--exclude=*"],  # noqa: S607 - git is on the path where this is built
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return said.stdout.strip()


def _tracked(folder: str) -> list[str]:
    said = subprocess.run([*_LS_FILES, folder], cwd=ROOT, capture_output=True, check=True)
    return [path for path in said.stdout.decode().split("\0") if path]


def _own_wheel(name: str, wheels: Path) -> None:
    """Build nianbao's own wheel from a copy of the sources that carries the name of the kit."""
    with tempfile.TemporaryDirectory() as folder:
        for path in [*_tracked("pipeline"), "pyproject.toml", "README.md", "LICENSE"]:
            target = Path(folder) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, target)
        (Path(folder) / "pipeline" / KIT_MARK).write_text(f"{name}\n", "utf-8")
        _run("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(wheels), folder)


def _download(target: Target, lock: Sequence[Locked], wheels: Path, scratch: Path) -> None:
    """Add the wheels of ``target`` that are not there yet."""
    tags = set(target.tags)
    here = [parse_wheel_filename(path.name) for path in wheels.iterdir()]
    wanted = [
        item
        for item in lock
        if item.is_for(target) and not any(name == item.name and own & tags for name, _, _, own in here)
    ]
    if not wanted:
        return
    listed = scratch / "wanted.txt"
    listed.write_text(_lines(wanted), "utf-8")
    platforms = [word for platform in target.platforms for word in ("--platform", platform)]
    python = [
        "--python-version",
        ".".join(map(str, target.python)),
        "--implementation",
        "cp",
        "--abi",
        target.abi,
    ]
    python += ["--abi", "abi3", "--abi", "none"]
    _run(
        "download", "--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", str(listed),
        *platforms, *python, "--dest", str(wheels),
    )  # fmt: skip


def _lines(items: Sequence[Locked]) -> str:
    return "".join(f"{item.pin} {_spelled(item.hashes)}\n" for item in items)


def _run(*words: str) -> None:
    subprocess.run([*_PIP, *words], check=True)


def list_of(known: Mapping[str, str], lock: Sequence[Locked]) -> str:
    """Spell the kit's list: each package with the hashes of its wheels (``known``: by file), and the lock's word for which machine it is."""
    markers = {(item.name, str(item.requirement.specifier)): item.requirement.marker for item in lock}
    by_pin: dict[tuple[str, str], list[str]] = {}
    for file, value in known.items():
        name, version, _, _ = parse_wheel_filename(file)
        by_pin.setdefault((name, f"=={version}"), []).append(value)
    return "".join(
        f"{name}{version}{_condition(markers.get((name, version)))} {_spelled(values)}\n"
        for (name, version), values in by_pin.items()
    )


def _condition(marker: Marker | None) -> str:
    return f" ; {marker}" if marker else ""


def _spelled(hashes: Iterable[str]) -> str:
    return " ".join(f"--hash=sha256:{value}" for value in sorted(hashes))


def _pack(whole: Path, made: Path) -> None:
    """Zip the folder; names in UTF-8, scripts for Linux may be run as they are."""
    with zipfile.ZipFile(made, "w") as package:
        for path in sorted(item for item in whole.rglob("*") if item.is_file()):
            info = zipfile.ZipInfo(path.relative_to(whole.parent).as_posix(), _STAMP)
            info.external_attr = (0o100755 if path.suffix == ".sh" else 0o100644) << 16
            info.create_system = 3
            is_packed = path.suffix in {".whl", ".xlsx", ".docx", ".zip", ".png"}
            info.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
            package.writestr(info, path.read_bytes())


if __name__ == "__main__":
    sys.exit(main())
