"""A real browser on the page. Without Chromium these tests are left out, and the summary says so."""

import shutil
from collections.abc import AsyncIterator

import pytest
from browser.screen import FLAGS, Screen
from dialogue import World
from playwright.async_api import Browser, async_playwright

CHROMIUM = shutil.which("chromium")

LEFT_OUT = """The page was NOT tested: there is no Chromium here.
Install it (Debian and Ubuntu: apt-get install chromium fonts-noto-core) so that `chromium` is found,
then run: make test"""


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave the test out before anything is started for it."""
    if CHROMIUM is None and "browser" in getattr(item, "fixturenames", ()):
        pytest.skip("no Chromium")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what was left out."""
    if CHROMIUM is None:
        terminalreporter.section("LEFT OUT: the page in a browser", sep="!", red=True, bold=True)
        terminalreporter.line(LEFT_OUT, red=True, bold=True)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Headless Chromium."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        await chromium.close()


@pytest.fixture
async def desk(browser: Browser, world: World) -> AsyncIterator[Screen]:
    """The page on a wide screen."""
    async with Screen.opened(browser, world, width=1280) as screen:
        yield screen


@pytest.fixture
async def phone(browser: Browser, world: World) -> AsyncIterator[Screen]:
    """The page on a phone."""
    async with Screen.opened(browser, world, width=390) as screen:
        yield screen
