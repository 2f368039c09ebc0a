"""The names of modules that will be needed go in; they are being loaded while this process waits for others."""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module
from threading import Thread


def load_ahead(*modules: str) -> None:
    """Begin to load ``modules``. Whoever needs one imports it as ever, waits for the rest, and meets what went wrong."""

    def load() -> None:
        for module in modules:
            with suppress(Exception):
                import_module(module)

    if not all(module in sys.modules for module in modules):
        Thread(target=load, daemon=True).start()
