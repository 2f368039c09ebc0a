"""What was written on a command line goes in; the district, folder, form, moment or period that it means comes out."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from pipeline.cli.usage import SPACES
from pipeline.machine.environment import disk
from pipeline.model import CHINA, ConfigError, plausible
from pipeline.periods import named, year_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.district.folder import District
    from pipeline.forms.form import Form


def district_of(folder: Path, moment: datetime, which: str | None = None) -> District:
    """Load a district: of the forms that it collects the first, or the one that was named."""
    from pipeline.district.folder import load_district

    found = load_district(folder, moment.astimezone(CHINA).date())
    return found if which is None else _one_of(found.campaigns, which, folder)


def districts_of(folder: Path, moment: datetime, which: str | None) -> tuple[District, ...]:
    """Load a district: all forms that it collects, or the one that was named."""
    found = district_of(folder, moment, which)
    return (found,) if which else found.campaigns


def _one_of(campaigns: Sequence[District], which: str, folder: Path) -> District:
    found = [item for item in campaigns if which in (item.form, item.id)]
    if len(found) != 1:
        there = "、".join(item.id for item in campaigns)
        why = "没有收" if not found else "有几期在收"
        raise ConfigError(f"“{which}”{why}，现在收的是：{there}。", file=folder)
    return found[0]


def output_of(folder: Path, output: Path | None) -> Path:
    """Return the folder of the results: the one that was named, or the district's own."""
    return output or folder / "output"


def moment_of(text: str | None) -> datetime:
    """Return the moment that was written, in China's time, or now. Raises ConfigError."""
    if text is None:
        return datetime.now(CHINA).replace(microsecond=0)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    moment = plausible(found)
    if moment is None:
        raise ConfigError(f"--now 的时间“{text}”写法不对，例如 2024-01-25T20:00:00。")
    return (moment if moment.tzinfo else moment.replace(tzinfo=CHINA)).astimezone(CHINA)


def refuse_setback(districts: Sequence[District], output: Path, moment: datetime, now: str | None) -> None:
    """Raise EnvironmentFailedError where ``moment``, by which what a person does is dated, is before a run of any form; not what --now says."""
    from pipeline.run import clock

    if now is None:
        for district in districts:
            clock.refuse_setback(district, output, moment)


def period_of(text: str | None) -> int | None:
    """Return the period that was written on the command line. Raises BadParameter."""
    if text is None:
        return None
    found = named(text)
    if found is None or not 2000 <= year_in(found) <= 2999:  # noqa: PLR2004 - what four digits can slip to
        raise typer.BadParameter(
            "应写四位年份，例如 2023；不是一年一报的写 2024H1、2024Q2、2024-06 这样。", param_hint="--year"
        )
    return found


def form_named(named: str) -> Form:
    """Return the form of that id, or in that file."""
    from pipeline.forms import library
    from pipeline.forms.loader import load_form, parse_written

    path = Path(named)
    if path.suffix != ".toml":
        return load_form(named)
    refuse_what_is_no_file([path])
    with disk():
        return parse_written(library.in_file(path))


def note_settings(district: District) -> None:
    """Say on the screen what a person should know about the settings; JSON on the other stream stays clean."""
    if district.note:
        typer.secho(district.note, err=True, fg=typer.colors.YELLOW)


def refuse_what_is_no_file(paths: Sequence[Path], *, folders: bool = False) -> None:
    """Raise ConfigError for the first of ``paths`` that is not there, or is a folder where none is meant."""
    for path in paths:
        if path.is_dir():
            if folders:
                continue
            raise ConfigError("这是文件夹，不是文件。请写里面的文件，可以写几个。", file=path)
        if not path.is_file():
            raise ConfigError(f"没有这个文件。请检查文件名；{SPACES}。", file=path)
