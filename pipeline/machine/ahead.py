"""The name of a module that will be needed goes in; it is being loaded while this process waits for others."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from threading import Thread


def load_ahead(module: str) -> None:
    """Begin to load ``module``. Whoever needs it imports it as ever, waits for the rest, and meets what went wrong."""

    def load() -> None:
        with suppress(Exception):
            import_module(module)

    Thread(target=load, daemon=True).start()
