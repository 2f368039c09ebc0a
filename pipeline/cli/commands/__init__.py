"""The command line: arguments go in, the exit code says how it went.

0 all well; 1 something was returned, held or missing; 2 usage or configuration; 3 another run holds the lock;
4 the environment failed and it is safe to run again; 70 the program has a fault, which it prints.
"""

from __future__ import annotations

import os
import sys
import traceback

from pipeline.cli.application import ALL_WELL, BUG, BUSY, ENVIRONMENT, WRONG_USE, app, complain
from pipeline.cli.commands import decision_commands, forms, letter_commands, run_commands, setup_commands
from pipeline.cli.usage import complaint
from pipeline.machine.garbage import look_seldom
from pipeline.model import BusyError, ConfigError, EnvironmentFailedError, NianbaoError

__all__ = ["app", "main"]

# as a person meets them
for part in (setup_commands, run_commands, decision_commands, letter_commands, forms):
    app.add_typer(part.commands)

_EXIT_CODES = {ConfigError: WRONG_USE, BusyError: BUSY, EnvironmentFailedError: ENVIRONMENT}


def main() -> None:
    """Run the command line; every failure ends in one Chinese sentence and its exit code."""
    asked = os.environ.get("PYTHONIOENCODING", "").partition(":")[0]
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding=asked or "utf-8", errors="replace")  # type: ignore[union-attr]
    os.environ["PYTHONSAFEPATH"] = (
        "1"  # nor does a process that is started from here find its modules in this folder
    )
    look_seldom()
    sys.exit(_run())


def _run() -> int:
    try:
        code = app(standalone_mode=False)
    except NianbaoError as error:
        complain(str(error))
        return next((code for kind, code in _EXIT_CODES.items() if isinstance(error, kind)), WRONG_USE)
    except Exception as error:  # noqa: BLE001 - the last stop before a coordinator's screen
        misused = complaint(error)
        if misused is not None:
            complain(misused)
            return WRONG_USE
        traceback.print_exc()
        complain("程序本身出了错，已有的结果没有受影响。请把上面的内容发给维护人员。")
        return BUG
    return code if isinstance(code, int) else ALL_WELL
