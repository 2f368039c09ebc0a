"""Build the sample district: ``python examples/build_linping_2023.py [DIR]`` (default: examples/linping-2023)."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from examples.linping.build import build  # noqa: E402 - the root must be on the path first

if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "examples" / "linping-2023"
    build(target)
    print(f"written: {target}")
