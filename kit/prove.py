"""A kit goes in; it is installed by its own script without a network and runs the sample district, or this fails.

With the newest pip it is only installed and asked for its name.

The other machines it is for cannot be run here: of those, tags, completeness and hashes are checked.

    python -m kit.prove dist/nianbao-….zip [--newest-pip]
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from kit.build import LIST, ROOT, SAMPLE
from kit.targets import TARGETS, missing, read_lock

_NO_NETWORK = ("unshare", "--user", "--map-root-user", "--net")
_UNFINISHED = 1
"""What a run of the sample district ends with: agencies are missing, as they are meant to be."""


def main() -> int:
    """Install and try the kit; return the exit code."""
    parser = argparse.ArgumentParser(description="Prove that a kit installs without a network.")
    parser.add_argument("kit", type=Path)
    parser.add_argument(
        "--newest-pip", action="store_true", help="install with the newest pip, not with Python's own"
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with zipfile.ZipFile(asked.kit) as package:
            package.extractall(folder)
        whole = folder / asked.kit.stem
        faults = _incomplete(whole)
        if faults:
            print("\n".join(faults))
            return 1
        return _installed(whole, folder, newest=asked.newest_pip)


def _incomplete(whole: Path) -> list[str]:
    """Say what any target of the kit would miss; a kit for one Python is asked for that one only."""
    lock = [
        item for item in read_lock((ROOT / "requirements.txt").read_text("utf-8")) if item.name != "flit-core"
    ]
    listed = read_lock((whole / LIST).read_text("utf-8"))
    hashes = {value for item in listed for value in item.hashes}
    wheels = sorted((whole / "wheels").iterdir())
    known = {path.name: value for path in wheels if (value := _digest(path)) in hashes}
    served = [
        target for target in TARGETS if any(f"-{target.abi}-{target.abi}-" in path.name for path in wheels)
    ]
    print(f"checked: {len(wheels)} wheels, {'; '.join(map(str, served))}")
    return [fault for target in served for fault in missing(target, lock, listed, wheels, known)] or (
        [] if served else ["the kit serves no target"]
    )


def _digest(path: Path) -> str:
    from kit.targets import digest  # noqa: PLC0415 - one name of the two modules is enough above

    return digest(path)


def _installed(whole: Path, folder: Path, *, newest: bool) -> int:
    """Install as a person would, and run the sample district."""
    home = folder / "program"
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PIP_", "PYTHON", "VIRTUAL_ENV"))
    }
    environment |= {
        "NIANBAO_HOME": str(home),
        "NIANBAO_FOLDER": str(folder / "年报"),
        "NIANBAO_PYTHON": sys.executable,
        "HOME": str(folder),
        "PIP_CONFIG_FILE": os.devnull,
    }
    alone = _alone()
    if newest:
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        subprocess.run(
            [home / "bin/python", "-m", "pip", "install", "--quiet", "--upgrade", "pip"], check=True
        )
        pip = [
            home / "bin/python",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-compile",
            "--no-index",
            "--no-deps",
            "--require-hashes",
        ]
        pip += ["--find-links", whole / "wheels", "-r", whole / LIST]
        subprocess.run([*alone, *pip], check=True, env=environment)
    else:
        script = ["sh", whole / "安装.sh"]
        subprocess.run([*alone, *script], check=True, env=environment, stdin=subprocess.DEVNULL)
    program = home / "bin" / "nianbao"
    said = subprocess.run(
        [program, "--version"], check=True, capture_output=True, text=True, env=environment
    ).stdout
    print(said.strip())
    if whole.name not in said:
        print("the program does not name the kit")
        return 1
    if newest:  # the same wheels: what they do was tried where Python's own pip installed them
        print("installed with the newest pip")
        return 0
    sample = folder / "样例区"
    shutil.copytree(whole / SAMPLE, sample)
    night = [program, "run", sample, "--now", "2024-02-01T08:00:00"]
    done = subprocess.run([*alone, *night], check=False, env=environment, capture_output=True, text=True)
    book = list((sample / "output" / "2023").glob("*汇总表.xlsx"))
    if done.returncode != _UNFINISHED or not book:
        print(done.stdout, done.stderr)
        return 1
    print(
        f"installed without a network ({'unshare' if alone else 'pip --no-index alone'}); the sample district ran"
    )
    return 0


def _alone() -> list[str]:
    """Return what takes the network from a command, where the machine allows that."""
    allowed = (
        shutil.which(_NO_NETWORK[0]) and not subprocess.run([*_NO_NETWORK, "true"], check=False).returncode
    )
    return list(_NO_NETWORK) if allowed else []


if __name__ == "__main__":
    sys.exit(main())
