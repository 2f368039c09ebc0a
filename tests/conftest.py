"""What every test may ask for, and the promise that CI skips nothing."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.forms.form import Form
from pipeline.forms.loader import load_form

if TYPE_CHECKING:
    from tests.support.folders import Ran

SKIP_NOTHING = "NIANBAO_SKIP_NOTHING"


@pytest.fixture(scope="session")
def form() -> Form:
    return load_form()


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """A run of the sample district; whoever changes anything in it changes a copy."""
    from tests.support.folders import run, with_known_secret  # noqa: PLC0415 - few tests need it

    place = Path(__file__).parent.parent / "examples" / "linping-2023"
    return run(place, output=with_known_secret(tmp_path_factory.mktemp("sample")))


@pytest.fixture
def unprinted(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine without LibreOffice, which would print what goes up anew for each paper that is looked at."""
    from pipeline.publishing.word import pdf_printing  # noqa: PLC0415 - few tests need it

    monkeypatch.setattr(pdf_printing, "find_program", lambda: None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where everything a test may need has been installed."""
    report = yield
    if report.skipped and os.environ.get(SKIP_NOTHING):
        report.outcome = "failed"
        report.longrepr = f"skipped although {SKIP_NOTHING} is set: {report.longrepr}"
    return report
