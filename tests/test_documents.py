"""What the documents say holds: links lead somewhere, tables are complete, examples run."""

import os
import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from click.testing import CliRunner

import thermospin as ts
from thermospin.cli import main
from thermospin.fitting import load_fit_spec
from thermospin.fitting.fit_parameters import CIRCUIT
from thermospin.fitting.fit_spec import KEYS
from thermospin.fitting.fit_spec_data import ENTRY_KEYS
from thermospin.quantities import OUTPUTS, PARAMETERS
from thermospin.spec import parse_spec

ROOT = Path(__file__).parents[1]
BUILT = {"_build", "pictures", "api"}  # folders that the build of the site fills
DOCS = sorted(
    page
    for page in (ROOT / "docs").glob("**/*.md")
    if not BUILT.intersection(page.relative_to(ROOT).parts)
)
PAGES = [*sorted(ROOT.glob("*.md")), *DOCS]
INDICES = [page for page in DOCS if page.name == "index.md" and page.parent.name != "docs"]
PARAMETER_PAGE = ROOT / "docs" / "reference" / "parameters.md"
SPEC_PAGES = ("README.md", *(f"docs/howto/{name}.md" for name in ("specs", "units", "plotting")))
LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")


def blocks(page, language):
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def path_of(page):
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=path_of)
def test_every_link_leads_to_a_file(page):
    links = LINK.findall(page.read_text(encoding="utf-8"))
    missing = [link for link in links if not (page.parent / link).exists()]
    # what the build fills is looked up by the build, for which a warning is an error
    assert [link for link in missing if not BUILT.intersection(Path(link).parts)] == []


@pytest.mark.parametrize("page", sorted({*PAGES} - {ROOT / "README.md"}), ids=path_of)
def test_every_page_says_first_for_whom_it_is(page):
    text = page.read_text(encoding="utf-8")
    if text.startswith("```{include}"):
        return  # a document in the root, which is among the pages itself
    title, opening = text.split("\n\n")[:2]
    assert title.startswith("# ")
    assert opening.startswith("For ")


@pytest.mark.parametrize("index", INDICES, ids=path_of)
def test_the_index_of_a_folder_lists_every_page_of_it(index):
    pages = {page.name for page in index.parent.glob("*.md")} - {"index.md"}
    assert pages - set(LINK.findall(index.read_text(encoding="utf-8"))) == set()


def test_the_page_on_parameters_lists_every_output_with_its_unit():
    text = PARAMETER_PAGE.read_text(encoding="utf-8").replace(r"\|", "|")
    missing = [
        output.name
        for output in OUTPUTS.values()
        if f"| `{output.name}` | {output.meaning} | {output.unit} |" not in text
    ]
    assert missing == []


def test_the_page_on_parameters_names_every_parameter_with_its_unit():
    text = PARAMETER_PAGE.read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    units = {
        name: line.split("|")[3].strip()
        for line in rows
        for name in re.findall(r"`(\w+)`", line)
        if name in PARAMETERS
    }
    assert units == {parameter.name: parameter.unit for parameter in PARAMETERS.values()}


def test_the_python_of_the_page_on_specs_runs():
    (code,) = blocks("docs/howto/specs.md", "python")
    names = {}
    exec(compile(code, "specs.md", "exec"), names)  # the code is the page's own
    assert names["ds"].sizes == {"T_S": 2, "V": 101}


def test_the_python_of_the_start_and_of_the_pages_on_units_and_notebooks_runs(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    names = {}
    for page in ("docs/start.md", "docs/howto/units.md", "docs/howto/notebooks.md"):
        for code in blocks(page, "python"):
            exec(compile(code, page, "exec"), names)  # the code is the page's own
    assert names["I"].charge.shape == (3, 201)
    assert names["value"] == pytest.approx(9.88e-09, rel=1e-3)
    found = names["ds"].set_xindex("T_S_kelvin").V_S.sel(T_S_kelvin=0.7)
    assert float(found) == pytest.approx(0.265925, abs=1e-6)
    assert float(names["current"].max()) == pytest.approx(6.659e-8, rel=1e-3)


def test_the_page_on_python_lists_every_public_name():
    text = (ROOT / "docs" / "reference" / "python.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^   (\w+)$", text, re.MULTILINE)) == sorted(ts.__all__)


def test_the_script_of_the_laboratory_runs_and_its_table_is_the_one_shown(tmp_path):
    script = ROOT / "docs" / "howto" / "laboratory" / "laboratory.sh"
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", script], cwd=tmp_path, env=environment, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    assert "left out 1 of 101 rows without a finite number (line 20)" in done.stderr.decode()
    for name in ("overlay.png", "map.png"):
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")
    (shown,) = blocks("docs/howto/laboratory.md", "text")
    table = (tmp_path / "curve.csv").read_text(encoding="utf-8")
    head, first = shown.splitlines()
    assert table.splitlines()[0] == head
    assert float(table.splitlines()[1].split(",")[2]) == pytest.approx(float(first.split(",")[2]))


def values_of(report):
    """Return the values and errors in SI of the table of a fit by the name of the parameter."""
    row = re.compile(r"^(\w+(?:\[\d\])?) .*  (\S+) ± (\S+) (?:ueV|uS|uV|pA)  ", re.MULTILINE)
    return {name: (float(value), float(error)) for name, value, error in row.findall(report)}


@pytest.fixture(scope="module")
def fits(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fits")
    script = ROOT / "docs" / "howto" / "fits" / "fits.sh"
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", script], cwd=folder, env=environment, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return folder, done.stdout.decode()


def test_the_script_of_the_page_on_fits_finds_what_the_page_shows(fits):
    folder, printed = fits
    (shown,) = blocks("docs/howto/fits.md", "text")
    first, second, third = printed.split("χ² = ")[1:]
    found = values_of(first)
    assert set(found) == {"Delta_0", "G_T", "gamma", "V_offset", "I_offset"}
    for name, (value, error) in values_of(shown).items():
        assert found[name] == (pytest.approx(value, abs=0.1 * error), pytest.approx(error, rel=0.1))
    truth = {"h_exc[1]": 20.0, "h_exc[2]": 40.0, "h_exc[3]": 60.0, "Delta_0": 205.0, "gamma": 4.0,
             "G_T": 98.0}  # fmt: skip
    for name, true in truth.items():
        value, error = values_of(second)[name]
        assert abs(value - true) < 4.0 * error < 0.01 * true
    assert values_of(third)["spin_orbit_Sm"][0] == pytest.approx(20.5, abs=0.5)
    assert "does not describe the data" in (folder / "misfit.txt").read_text(encoding="utf-8")
    for name in ("fit.png", "fit.pdf", "fit.json", "profile_gamma.png", "junction_1.yaml"):
        assert (folder / "series" / name).stat().st_size > 0
    assert (folder / "junction.h5").exists()


def test_the_python_and_the_spec_of_the_page_on_fits_are_those_of_its_folder(fits, monkeypatch):
    folder, _ = fits
    (code,) = blocks("docs/howto/fits.md", "python")
    monkeypatch.chdir(folder)
    names = {}
    exec(compile(code, "fits.md", "exec"), names)  # the code is the page's own
    assert names["found"].material.Delta_0 == pytest.approx(205e-6, rel=1e-3)
    loaded = load_fit_spec("series.yaml")
    assert [free.name for free in loaded.problem.free if free.each] == ["h_exc"]
    (spec,) = blocks("docs/howto/fits.md", "yaml")
    assert spec == (ROOT / "docs" / "howto" / "fits" / "series.yaml").read_text(encoding="utf-8")


def test_the_page_on_fits_names_every_parameter_of_the_circuit_and_every_key():
    text = (ROOT / "docs" / "howto" / "fits.md").read_text(encoding="utf-8")
    for parameter in CIRCUIT.values():
        row = f"| `{parameter.name}` | {parameter.meaning} | {parameter.unit} |"
        assert f"{row} {parameter.default:g} |" in text
    assert [key for key in (*KEYS, *ENTRY_KEYS) if f"`{key}`" not in text] == []


def rows_of(text):
    """Return the rows of a table, of which each cell is a word or, if it can be, a number."""

    def value(cell):
        try:
            return float(cell.strip().replace("−", "-"))
        except ValueError:
            return cell.strip()

    return [[value(cell) for cell in line.split("|")[1:-1]] for line in text.splitlines()]


def assert_is_shown_on_the_page_on_films(table):
    section = (ROOT / "docs" / "physics" / "films.md").read_text(encoding="utf-8")
    shown = section[section.index(table.splitlines()[0]) :].split("\n\n")[0]
    assert len(rows_of(shown)) == 13
    for computed, stated in zip(rows_of(table), rows_of(shown), strict=True):
        assert computed[0] == stated[0]
        numbers = [cell if isinstance(cell, str) else pytest.approx(cell, abs=1.1e-5)
                   for cell in stated]  # fmt: skip
        assert computed == numbers


def test_the_table_on_the_page_on_films_is_what_its_script_prints(capsys):
    runpy.run_path(str(ROOT / "docs" / "physics" / "films" / "effect.py"), run_name="__main__")
    printed, messages = capsys.readouterr()
    assert messages == ""
    assert_is_shown_on_the_page_on_films(printed)


@pytest.mark.slow
def test_the_script_of_the_page_on_films_makes_its_pictures_and_its_table(tmp_path):
    folder = ROOT / "docs" / "physics" / "films"
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", folder / "films.sh"], cwd=tmp_path, env=environment,
                          capture_output=True)  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    pictures = sorted(path.name for path in folder.glob("*.png"))
    assert sorted(path.name for path in tmp_path.glob("*.png")) == pictures
    text = (ROOT / "docs" / "physics" / "films.md").read_text(encoding="utf-8")
    assert [name for name in pictures if f"(films/{name})" not in text] == []
    assert_is_shown_on_the_page_on_films((tmp_path / "effect.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", SPEC_PAGES)
def test_the_specs_shown_are_specs(page):
    shown = [block for block in blocks(page, "yaml") if "axes:" in block]
    assert shown
    for text in shown:
        assert parse_spec(text, "shown.yaml").size > 1


def test_the_python_of_the_readme_runs_and_gives_the_numbers_beside_it(tmp_path, monkeypatch):
    code = next(block for block in blocks("README.md", "python") if "Junction(" in block)
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(compile(code, "README.md", "exec"), names)  # the code is the README's own
    stated = re.findall(r"^ts\.(.+?)  # (\d+\.\d{4,})", code, re.MULTILINE)
    assert len(stated) == 2
    for call, number in stated:
        assert float(eval(f"ts.{call}", names)) == pytest.approx(float(number), rel=1e-6)
    assert names["ds"].I_q.sizes == {"T_S": 12, "V": 401}
    assert names["I_ampere"].shape == (2001,)
    assert np.all(np.isfinite(names["I"].charge))


def test_every_command_and_the_python_of_the_page_on_plotting_draw(tmp_path, monkeypatch):
    (spec,) = blocks("docs/howto/plotting.md", "yaml")
    monkeypatch.chdir(tmp_path)
    ts.run_sweep(parse_spec(spec, "film"), "film.h5", threads=1)
    commands = [shlex.split(line) for block in blocks("docs/howto/plotting.md", "text")
                for line in block.splitlines()]  # fmt: skip
    assert len(commands) == 7
    for number, words in enumerate(commands):
        if "-o" not in words:
            words += ["-o", f"{number}.png"]
        assert CliRunner().invoke(main, words[1:]).output == f"{words[-1]}\n"
    (code,) = blocks("docs/howto/plotting.md", "python")
    exec(compile(code, "plotting.md", "exec"), {"ts": ts, "xr": xr})  # the code is the page's own
    assert (tmp_path / "film.svg").exists()
