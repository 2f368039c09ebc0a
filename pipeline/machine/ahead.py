"""The names of modules that will be needed go in; they are being loaded while this process waits for others."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from threading import Thread

_under_way: list[Thread] = []
_begun: set[str] = set()
"""Who asks for the same again meanwhile gets no second thread: two that make the same ready take as long as both."""


def load_ahead(*modules: str, then: Callable[[], object] = lambda: None) -> None:
    """Begin to load ``modules``, and what ``then`` makes ready.

    Whoever needs one imports it as ever, waits for the rest, and meets what went wrong.
    """

    def load() -> None:
        for module in modules:
            with suppress(Exception):
                import_module(module)
        with suppress(Exception):
            then()

    if not all(module in sys.modules or module in _begun for module in modules):
        _begun.update(modules)
        _under_way.append(Thread(target=load, daemon=True))
        _under_way[-1].start()


def wait_for_the_rest() -> None:
    """Wait until all that was begun is loaded: what would be made ready twice at once takes longer than the rest of once."""
    while _under_way:
        _under_way.pop().join()
