"""A page's address goes in; Debian's Chromium shows it, and everything it should not do is written down.

The browser starts with a fresh profile and without its own errands; whatever a page asks for beyond its file is refused
and counted, so a test cannot pass by being offline.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

CHROMIUM = shutil.which("chromium")
PHONE, DESKTOP = 360, 1280
Scheme = Literal["light", "dark"]
in_every_look = pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESKTOP, "dark")])
"""Each width and each scheme once: colours do not depend on the width, nor widths on the colours."""
_HEIGHT = 800
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A page in the browser and what it did: ``noises`` of the console, ``requests`` beyond its own file."""

    page: Page
    noises: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def assert_quiet(self) -> None:
        """Assert that nothing was complained of and nothing asked for."""
        assert (self.noises, self.requests) == ([], [])

    def sideways(self) -> int:
        """Return by how many pixels the page is wider than the window."""
        width: int = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        return width

    def barriers(self) -> list[str]:
        """Return what axe-core finds wrong, each rule with the element it was broken by."""
        found = Axe().run(self.page).response["violations"]
        return [
            f"{item['id']}: {node['target']} {node['failureSummary']}"
            for item in found
            for node in item["nodes"]
        ]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser; skips the test where there is none."""
    if CHROMIUM is None:
        pytest.skip("Chromium (chromium) is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=list(_FLAGS))
        yield browser
        browser.close()


@contextmanager
def show(
    browser: Browser,
    path: Path,
    *,
    width: int = DESKTOP,
    scheme: Scheme = "light",
    script: bool = True,
    at: str = "",
) -> Iterator[Shown]:
    """Open the file at ``path`` in a fresh profile; ``at`` is the moment its clock shows, by default the real one."""
    context = browser.new_context(
        viewport={"width": width, "height": _HEIGHT}, color_scheme=scheme, java_script_enabled=script
    )
    page = context.new_page()
    if at:
        page.clock.set_fixed_time(at)
    shown = Shown(page)
    address = path.resolve().as_uri()

    def listen(message: ConsoleMessage) -> None:
        shown.noises.append(f"{message.type}: {message.text}")

    def watch(request: Request) -> None:
        if request.url.split("#")[0] != address:
            shown.requests.append(request.url)

    page.on("console", listen)
    page.on("pageerror", lambda error: shown.noises.append(str(error)))
    page.on("request", watch)
    page.goto(address)
    yield shown
    context.close()
