"""A district goes in; what a run makes of it whose power is cut at a step, and the run after that, comes out.

``cut`` starts this module as a program with ``power_cut.c`` preloaded, which notes what was not forced to the disk yet; that
is thrown away before the next run. The program loads everything once and cuts as often as is asked.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

SHIM = Path(__file__).with_suffix(".c")
_ROOT = Path(__file__).resolve().parents[2]
_SHARED_MEMORY = "-shm"
"""What SQLite makes anew."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What became of a run that was cut at ``step`` and of the one after it. ``different`` are the outputs that differ."""

    step: int
    was_cut: bool
    ended: bool
    different: tuple[str, ...] = ()


def compiled(folder: Path) -> Path:
    """Compile what is preloaded."""
    made = folder / "power_cut.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", made, SHIM, "-ldl"], check=True)
    return made


def cut(shim: Path, district: Path, work: Path, points: int, *, deaf: bool = False) -> tuple[int, list[Cut]]:
    """Cut a run over ``district`` at ``points`` steps, evenly; return how many steps it has, and what became of each.

    ``deaf``: the disk does not hear that everything is to be forced to it.
    """
    command = [
        sys.executable,
        "-m",
        __name__,
        str(shim),
        str(district),
        str(work),
        str(points),
        str(int(deaf)),
    ]
    environment = {**os.environ, "LD_PRELOAD": str(shim)}
    done = subprocess.run(command, cwd=_ROOT, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    steps, found = json.loads(done.stdout)
    return steps, [Cut(step, was_cut, ended, tuple(names)) for step, was_cut, ended, names in found]


class _Disk:
    """A folder on a disk whose power can be cut."""

    def __init__(self, shim: Path, work: Path, *, deaf: bool) -> None:
        self._shim = ctypes.CDLL(str(shim))
        self._copies, self._deaf = work / "copies", deaf
        self.steps = work / "steps"

    def run(self, place: Path, action: Callable[[], object], step: int) -> int:
        """Carry out ``action`` in a child that dies before its ``step``-th step; return its exit status."""
        shutil.rmtree(self._copies, ignore_errors=True)
        self._copies.mkdir()
        gc.freeze()
        child = os.fork()
        if child == 0:
            code = 1
            try:
                self._shim.power_start(
                    bytes(place), bytes(self._copies), ctypes.c_long(step), int(self._deaf)
                )
                action()
                self.steps.write_text(str(self._shim.power_steps()), "utf-8")
                code = 0
            finally:
                os._exit(code)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    def lose(self, place: Path) -> None:
        """Leave of every file what the disk had when the power went."""
        for path in [path for path in place.rglob("*") if path.is_file()]:
            number = path.stat().st_ino
            if path.name.endswith(_SHARED_MEMORY):
                path.unlink()
            elif (self._copies / f"{number}.dirty").exists():
                known = self._copies / str(number)
                mode = path.stat().st_mode
                path.chmod(0o600)
                path.write_bytes(known.read_bytes() if known.exists() else b"")
                path.chmod(mode)


def _main(shim: str, district: str, work: str, points: str, deaf: str) -> None:
    from pipeline.ledger import secret  # noqa: PLC0415 - as a program only
    from tests import test_killed  # noqa: PLC0415
    from tests.support.killing import run_in_child  # noqa: PLC0415

    setattr(secret, "token_hex", lambda _: "secret")  # noqa: B010 - as in the test of killed runs
    source, scratch = Path(district), Path(work)
    calm, warm, place = (scratch / name / "区" for name in ("calm", "warm", "cut"))

    def run(folder: Path) -> Callable[[], object]:
        return test_killed.night(folder, test_killed.FIRST)

    run(shutil.copytree(source, warm))()
    disk = _Disk(Path(shim), scratch, deaf=deaf == "1")
    assert disk.run(calm, run(shutil.copytree(source, calm)), 0) == 0
    wanted = test_killed.outputs(calm)
    steps = int(disk.steps.read_text("utf-8"))
    found = []
    for step in _spread(steps, int(points)):
        shutil.rmtree(place, ignore_errors=True)
        was_cut = disk.run(place, run(shutil.copytree(source, place)), step) == -signal.SIGKILL
        disk.lose(place)
        ended = run_in_child(run(place)) == 0
        got = test_killed.outputs(place)
        different = sorted(name for name in wanted.keys() | got.keys() if wanted.get(name) != got.get(name))
        found.append((step, was_cut, ended, different))
    print(json.dumps((steps, found)))  # noqa: T201 - read by ``cut``


def _spread(steps: int, points: int) -> Sequence[int]:
    return sorted({1 + number * (steps - 1) // max(1, points - 1) for number in range(points)})


if __name__ == "__main__":
    _main(*sys.argv[1:])
