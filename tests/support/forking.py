"""A command line goes in; it runs in a child forked from this process, and what it said and how it ended come out.

A process that starts anew imports for longer than most commands take. What a child has from its parent are the modules;
arguments, streams and warnings are those of a new process.
"""

from __future__ import annotations

import gc
import importlib
import os
import pkgutil
import subprocess
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import BinaryIO

import pipeline
from pipeline.cli.commands import main
from pipeline.district.folder import load_district
from pipeline.forms.loader import DEFAULT_FORM, load_form
from pipeline.machine import pool
from pipeline.machine.work import Workforce
from pipeline.model import CHINA
from pipeline.run import batch
from tests.support import readers

for _module in pkgutil.walk_packages(pipeline.__path__, "pipeline."):
    if not _module.name.endswith("__main__"):
        importlib.import_module(_module.name)


def in_child(action: Callable[[], int]) -> int:
    """Carry out ``action`` in a child, where everything is imported already; return its exit status, below 0 for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(begun(action), 0)[1])


def begun(action: Callable[[], int]) -> int:
    """Begin ``action`` in such a child; return its process number, for ``os.waitpid``."""
    gc.freeze()  # what the child only reads is not copied for it
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = action()
        except BaseException:  # noqa: BLE001 - the child ends here, whatever happens
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(code)
    gc.unfreeze()
    return child


@cache
def _have_all_at_hand() -> None:
    """Run a small night in this process, so that no child has to compile templates and expressions, or to load what a run needs."""
    from tests.support.folders import NOW, filled, make_district  # noqa: PLC0415 - it imports this module

    with tempfile.TemporaryDirectory() as place:
        content = filled(load_form(DEFAULT_FORM), "甲局")
        district = make_district(Path(place) / "区", ["甲局"], {"甲局.xlsx": content})
        batch.run(
            load_district(district),
            district / "output",
            now=datetime.fromisoformat(NOW).replace(tzinfo=CHINA),
            work=Workforce(),
            progress=lambda *_: None,
        )


def forked(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run ``command`` (Python, ``-m``, ``pipeline``, arguments) in a child."""
    _have_all_at_hand()
    if readers.can_fork():
        readers.address()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        code = in_child(lambda: _run(command, out, err))
        said, complained = (_text(file) for file in (out, err))
    return subprocess.CompletedProcess(command, code, said, complained)


def _text(file: BinaryIO) -> str:
    file.seek(0)
    return file.read().decode("utf-8")


def _run(command: list[str], out: BinaryIO, err: BinaryIO) -> int:
    with Path(os.devnull).open("rb") as nothing:
        for number, file in enumerate((nothing, out, err)):
            os.dup2(file.fileno(), number)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(number, mode, encoding="utf-8", closefd=False)
        for number, mode in ((0, "r"), (1, "w"), (2, "w"))
    )
    sys.argv = [str(Path(str(pipeline.__file__)).with_name("__main__.py")), *command[3:]]
    warnings.resetwarnings()
    warnings.simplefilter("ignore")
    if readers.can_fork():
        setattr(pool, "_begun", readers.forked_reader)  # noqa: B010 - it begins what the pool would
    try:
        main()
        code: object = 0
    except SystemExit as ended:
        code = ended.code
    if isinstance(code, str):
        sys.stderr.write(f"{code}\n")
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return code if isinstance(code, int) else 0
