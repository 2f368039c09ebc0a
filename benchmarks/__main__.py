"""Run every comparison, or those named: ``python -m benchmarks reading checking``; ``race`` is beside the peers, ``scale`` against N (see there).

``sentences SET.json`` measures a set of labelled sentences of one's own.
"""

from __future__ import annotations

import importlib
import sys

from benchmarks import race, scale
from pipeline.machine.garbage import look_seldom

NAMES = (
    "reading",
    "checking",
    "word",
    "html",
    "summary",
    "night",
    "faults",
    "slips",
    "sentences",
    "texts",
    "registers",
    "documents",
)


def main() -> int:
    """Print the lines; exit 1 if an aim was missed."""
    if sys.argv[1:2] in (["race"], ["scale"]):
        (race if sys.argv[1] == "race" else scale).main(sys.argv[2:])
        return 0
    look_seldom()  # as every command does
    missed = False
    sets = [given for given in sys.argv[1:] if given.endswith(".json")]
    for name in ("sentences",) if sets else sys.argv[1:] or NAMES:
        for line in importlib.import_module(f"benchmarks.{name}").run(*sets):
            print(line, flush=True)
            missed |= line.value > line.aim
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
