"""What every test may ask for."""

from __future__ import annotations

import pytest

from pipeline.forms.form import Form
from pipeline.forms.loader import load_form


@pytest.fixture(scope="session")
def form() -> Form:
    return load_form()
