"""A whole district folder on disk, and the command line run on it."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.forms.form import Form
from pipeline.ledger import open_ledger
from pipeline.model import Number
from pipeline.publishing.template import build_workbook
from tests.support.fills import approved, report
from tests.support.forking import forked
from tests.support.measuring import Cost, measured

NOW = "2024-02-01T08:00:00"
YEAR = 2023


@dataclass(frozen=True, slots=True)
class Ran:
    """What one run of the command line left behind."""

    code: int
    out: str
    err: str
    folder: Path

    @property
    def record(self) -> dict[str, Any]:
        """The run's own record."""
        found: dict[str, Any] = json.loads((self.folder / "run.json").read_text("utf-8"))
        return found

    def verdicts(self) -> dict[str, str]:
        """File → verdict."""
        return {item["file"]: item["verdict"] for item in self.record["submissions"]}

    def codes(self, file: str) -> list[str]:
        """Codes of a file's findings."""
        [item] = [item for item in self.record["submissions"] if item["file"] == file]
        return [finding["code"] for finding in item["findings"]]


def nianbao(
    *arguments: str | Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command line as a process of its own: forked from this one, which has imported all; with an ``environment``, anew."""
    command = [sys.executable, "-m", "pipeline", *map(str, arguments)]
    if environment is None and hasattr(os, "fork"):
        return forked(command)
    whole = os.environ | (environment or {})
    return subprocess.run(command, capture_output=True, check=False, encoding="utf-8", env=whole)


def run(
    district: Path, *options: str, output: Path | None = None, environment: Mapping[str, str] | None = None
) -> Ran:
    """Run a night."""
    target = output or district / "output"
    done = nianbao("run", district, "--output", target, "--now", NOW, *options, environment=environment)
    return Ran(done.returncode, done.stdout, done.stderr, target / str(YEAR))


def run_measured(district: Path) -> tuple[Ran, Cost]:
    """Run a night as a process of its own, and say what it took."""
    output = district / "output"
    command = ["run", str(district), "--output", str(output), "--now", NOW]
    done, cost = measured([sys.executable, "-m", "pipeline", *command])
    return Ran(done.returncode, done.stdout, done.stderr, output / str(YEAR)), cost


def with_known_secret(output: Path) -> Path:
    """Give the ledger in ``output`` the secret of every other such ledger, so that letters can be compared; return ``output``."""
    with open_ledger(output) as ledger, ledger.transaction("as another ledger's"):
        ledger.write("INSERT INTO secret (value) VALUES ('of tests')")
    return output


def make_district(
    folder: Path, agencies: Iterable[str], files: Mapping[str, bytes], *, level: str = "县区", extra: str = ""
) -> Path:
    """Make a district whose agencies have the codes 001, 002 … and whose inbox holds ``files``."""
    (folder / "inbox").mkdir(parents=True)
    (folder / "district.toml").write_text(
        f'name = "样例区"\nlevel = "{level}"\nyear = {YEAR}\nform = "annual_report_2021"\n'
        f"deadline = 2024-01-31\n{extra}",
        "utf-8",
    )
    rows = [f'{number:03},"{name}"' for number, name in enumerate(agencies, 1)]
    (folder / "agencies.csv").write_text("\n".join(["code,name", *rows]), "utf-8")
    for name, content in files.items():
        path = folder / "inbox" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def inputs_only(form: Form, numbers: Mapping[str, Number]) -> dict[str, Number]:
    """What an agency types: the totals are the template's."""
    return {cell.key: numbers[cell.key] for cell in form.cells if cell.is_input}


def filled(form: Form, name: str, seed: int = 0) -> bytes:
    """The blank template as the agency called ``name`` fills it in; no two seeds alike."""
    written = report(form, "", name, 2023, rng=random.Random(f"{name}{seed}"))
    numbers = dict(zip((cell.key for cell in form.cells), written.numbers, strict=True))
    entries = {form.entry_with_role("agency").key: name, form.entry_with_role("year").key: "2023"}
    entries |= approved(form)
    return build_workbook(form, values={**inputs_only(form, numbers), **written.texts, **entries})


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below ``folder`` with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
