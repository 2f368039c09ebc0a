"""What every test may ask for, and the promise that CI skips nothing."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

from pipeline.forms.form import Form
from pipeline.forms.loader import load_form

SKIP_NOTHING = "NIANBAO_SKIP_NOTHING"


@pytest.fixture(scope="session")
def form() -> Form:
    return load_form()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where everything a test may need has been installed."""
    report = yield
    if report.skipped and os.environ.get(SKIP_NOTHING):
        report.outcome = "failed"
        report.longrepr = f"skipped although {SKIP_NOTHING} is set: {report.longrepr}"
    return report
