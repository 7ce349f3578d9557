"""The command explore: what it opens, what it prints where, and how it ends."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from thermospin import explorer
from thermospin.cli import main

SPEC = """\
fixed: {T_Sm: 0.02, gamma: 1e-2}
axes:
  h_exc: [0.1, 0.2]
  T_S: [0.5, 0.6]
  V: {start: -0.5, stop: 0.6, num: 201}
outputs: [I_s]
"""


@pytest.fixture
def served(monkeypatch):
    """Return what the command would have served."""
    calls = []
    monkeypatch.setattr(explorer, "serve", lambda state, **how: calls.append((state, how)))
    return calls


def explore(*arguments):
    return CliRunner().invoke(main, ["explore", *arguments], catch_exceptions=False)


def test_the_page_of_a_spec_begins_with_its_first_values(served, tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(SPEC)
    assert explore(str(path), "--no-browser").exit_code == 0
    (state, how) = served[0]
    assert state.parameters == {"T_S": "0.5", "T_Sm": "0.02", "h_exc": "0.1", "gamma": "0.01"}
    assert (state.start, state.stop, state.num, state.shown) == ("-0.5", "0.6", "201", ("I_s",))
    assert how["show"] is False


def test_the_page_of_a_result_begins_with_the_spec_of_the_result(served, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    spec = "fixed: {T_S: 0.6}\naxes: {h_exc: [0.1, 0.2]}\noutputs: [G_0]\n"
    assert CliRunner().invoke(main, ["run", "-", "-o", "own.h5"], input=spec).exit_code == 0
    assert explore("own.h5").exit_code == 0
    assert served[0][0].parameters["h_exc"] == "0.1"
    assert served[0][1]["show"] is True


def test_a_measured_file_is_laid_over(served, tmp_path):
    data = tmp_path / "iv.csv"
    data.write_text("V (mV),I (nA)\n" + "".join(f"{i},{i}\n" for i in range(-5, 6)))
    assert explore("--overlay", str(data)).exit_code == 0
    assert served[0][1]["overlay"].V.size == 11


def test_a_measured_file_without_names_is_read_as_the_options_say(served, tmp_path):
    data = tmp_path / "plain.txt"
    data.write_text("".join(f"{i} {i}\n" for i in range(-5, 6)))
    refused = explore("--overlay", str(data))
    assert refused.exit_code == 2
    assert "--data-units" in refused.stderr
    assert explore("--overlay", str(data), "--data-units", "mV,nA").exit_code == 0
    assert served[0][1]["overlay"].V_unit == "V"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nothing.yaml"], "nothing.yaml: cannot be read"),
        (["--port", "0"], "must be a whole number from 1 to 65535"),
        (["--overlay", "nothing.csv"], "does not exist"),
    ],
)
def test_wrong_input_is_refused_before_anything_is_served(served, arguments, words):
    result = explore(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert served == []


def test_a_port_that_is_taken_is_named(served):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = explore("--port", str(port))
    assert result.exit_code == 1
    assert f"port {port} is taken: choose another" in result.stderr
    assert served == []


def status_of_socket(address, origin):
    """Return how the explorer answers a page of some origin that asks for a connection."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    asked = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
             "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Origin": origin}  # fmt: skip
    try:
        connection.request("GET", "/ws", headers=asked)
        return connection.getresponse().status
    finally:
        connection.close()


def test_the_address_is_printed_and_ctrl_c_ends_the_page():
    command = [sys.executable, "-m", "thermospin", "explore", "--no-browser"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    try:
        address = process.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:[0-9]+/", address)
        with urllib.request.urlopen(address, timeout=30) as answer:
            assert b"thermospin explore" in answer.read()
        with urllib.request.urlopen(f"{address}?T_S=%FF", timeout=30) as answer:  # is no UTF-8
            assert answer.status == 200
        assert status_of_socket(address, "http://elsewhere.example") == 403
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=30)
    finally:
        process.kill()
    assert (process.returncode, rest) == (0, "")
    assert "ready: currents" in errors
    assert "Traceback" not in errors
