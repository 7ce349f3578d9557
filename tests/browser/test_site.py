"""The documentation as it is built: links lead somewhere, searches find, nothing comes from afar.

`sphinx-build docs docs/_build/html` builds it; CONTRIBUTING.md has the whole command.
"""

import functools
import threading
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urldefrag

import click
import pytest

import thermospin as ts
from thermospin.cli import main
from thermospin.spec import json_schema

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
SITE = ROOT / "docs" / "_build" / "html"
ANSWERS = {  # what somebody types, and the page that answers
    "kelvin": "howto/units.html",
    "tesla": "howto/units.html",
    "gap_model": "reference/parameters.html",
    "rtol": "evidence/accuracy.html",
    "resume": "howto/resume.html",
    "SLURM": "howto/clusters.html",
    "xarray": "howto/notebooks.html",
    "error bar": "howto/fits.html",
    "depairing": "physics/films.html",
    "Seebeck voltage": "physics/model.html",
    "explore": "howto/explore.html",
    "slider": "howto/explore.html",
    "map.html": "howto/plotting.html",
    "csv": "reference/file.html",
    "lock-in": "howto/measured.html",
    "heater": "physics/heat-balance.html",
    "Fano": "physics/noise.html",
    "install": "start.html",
    "GPU": "howto/cuda.html",
    "cite": "index.html",
}
SHOWN = {  # pages of each kind
    "index.html",
    "start.html",
    "howto/fits.html",
    "paper/claims.html",
    "physics/model.html",
    "pictures/index.html",
    "reference/api/Currents-class.html",
    "reference/command-line.html",
    "reference/spec.html",
    "evidence/scaling.html",
    "development/architecture.html",
}


class Page(HTMLParser):
    """The anchors of a page, where its links lead, and what a browser loads with it."""

    def __init__(self, path):
        super().__init__()
        self.anchors, self.links, self.loaded = set(), set(), set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.anchors |= {given[key] for key in ("id", "name") if given.get(key)}
        if given.get("href"):
            (self.loaded if tag == "link" else self.links).add(given["href"])
        if given.get("src"):
            self.loaded.add(given["src"])


def is_elsewhere(address):
    return address.startswith(("http:", "https:", "//", "mailto:"))


@pytest.fixture(scope="module")
def pages():
    found = {path: Page(path) for path in SITE.rglob("*.html") if "_static" not in path.parts}
    if not found:
        pytest.fail("build the documentation first: sphinx-build docs docs/_build/html", False)
    return found


@pytest.fixture(scope="module")
def address(pages):
    assert pages

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=SITE))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def tab(chromium):
    context = chromium.new_context()
    page = context.new_page()
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: said.type == "error" and problems.append(said.text))
    yield page
    context.close()
    assert problems == []


def broken_links(pages):
    for path, page in pages.items():
        for link in page.links | page.loaded:
            if is_elsewhere(link) or link.startswith(("data:", "javascript:")):
                continue
            target, anchor = map(unquote, urldefrag(link))
            file = (path.parent / target.split("?")[0]).resolve() if target else path
            in_page = pages.get(file)
            if not file.exists() or (anchor and in_page and anchor not in in_page.anchors):
                yield f"{path.relative_to(SITE)}: {link}"


def test_every_link_within_the_site_leads_to_a_file_and_its_anchor(pages):
    assert len(pages) > 60
    assert list(broken_links(pages)) == []


def test_no_page_loads_anything_from_elsewhere(pages):
    foreign = {link for page in pages.values() for link in page.loaded if is_elsewhere(link)}
    assert foreign == set()


def test_every_public_name_has_a_page():
    names = {path.stem.removesuffix("-class") for path in SITE.glob("reference/api/*.html")}
    assert {name.removeprefix("thermospin.") for name in names} == set(ts.__all__)


def test_every_key_of_the_schema_stands_on_the_page_of_keys():
    text = (SITE / "reference" / "spec.html").read_text(encoding="utf-8")
    schema = json_schema()
    parts = (schema, *(schema["$defs"][name] for name in ("Fixed", "NumericsModel", "Material")))
    keys = [key for part in parts for key in part["properties"]]
    assert len(keys) > 40
    assert [key for key in keys if f'<span class="pre">{key}</span>' not in text] == []


def test_every_command_and_option_stands_on_the_page_of_the_command_line(pages):
    anchors = pages[SITE / "reference" / "command-line.html"].anchors
    options = [
        f"cmdoption-thermospin-{name}-{option.opts[-1].lstrip('-')}"
        for name, command in main.commands.items()
        for option in command.params
        if isinstance(option, click.Option)
    ]
    assert len(options) > 60
    assert [
        f"thermospin-{name}" for name in main.commands if f"thermospin-{name}" not in anchors
    ] == []
    assert [option for option in options if option not in anchors] == []


@pytest.mark.parametrize("words", ANSWERS)
def test_a_search_finds_the_page_that_answers_among_the_first_three(tab, address, words):
    tab.goto(f"{address}/search.html")
    tab.locator("input[type=search]:visible").first.fill(words)
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#search-results li:first-child p.context")
    found = tab.locator("#search-results ul.search > li > a").evaluate_all(
        "links => links.slice(0, 3).map(link => link.pathname.slice(1))"
    )
    assert ANSWERS[words] in found


@pytest.mark.parametrize("width", [1280, 420])
def test_no_page_is_wider_than_the_window(tab, address, width):
    tab.set_viewport_size({"width": width, "height": 720})
    wider = {}
    for name in sorted(SHOWN):
        tab.goto(f"{address}/{name}")
        wider[name] = tab.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
    assert wider == dict.fromkeys(sorted(SHOWN), 0)
