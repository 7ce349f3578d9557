"""What the browser tests share: Chromium, a served explorer, pages that may not fail unseen."""

import sys
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

import chromium as of_the_system

WIDE = {"width": 1280, "height": 720}


@pytest.fixture(scope="session")
def chromium():
    """Return headless Chromium."""
    try:
        path = of_the_system.executable()
    except FileNotFoundError as error:
        pytest.fail(str(error))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=of_the_system.arguments())
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def explorer():
    """Return the address of an explorer that is served without a spec."""
    with of_the_system.served() as (_, address):
        yield address


@pytest.fixture(scope="session")
def user(chromium):
    """Return the context of one user, which keeps what the browser has loaded once."""
    allowed = ["clipboard-read", "clipboard-write"]
    context = chromium.new_context(viewport=WIDE, permissions=allowed)
    yield context
    context.close()


@pytest.fixture
def new_page(user):
    """Return a function that opens pages.

    A message of the console that is an error, a request that fails, and one to another machine,
    each fails the test. A page of another user is one of another context.
    """
    wrong, pages = [], []

    def make(context=user):
        page = context.new_page()
        pages.append(page)
        page.set_default_timeout(20_000)
        page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("requestfailed", lambda request: wrong.append(f"failed: {request.url}"))
        page.on("request", lambda request: wrong.extend(_elsewhere(request.url)))
        return page

    yield make
    for page in pages:
        page.close()
    assert wrong == []


@pytest.fixture
def offline(chromium, new_page):
    """Return a page of a browser without network."""
    with chromium.new_context(viewport=WIDE, offline=True) as context:
        yield new_page(context)


def _elsewhere(url):
    """Return an address in a list if it is of another machine."""
    here = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:", "file:")
    return [] if url.startswith(here) else [f"elsewhere: {url}"]
