"""Integrals on the graphics card of this machine against those of the processor: ``-m cuda``."""

from dataclasses import replace

import device_cases
import numpy as np
import pytest
from numba import cuda
from sweep_cases import MANY_CHUNKS, stopped_after

import thermospin as ts
from thermospin.dataset import StoreError, describe
from thermospin.device import card_name
from thermospin.execution.engine import engine_on
from thermospin.kernels.kinds import CONDUCTANCE, CURRENT
from thermospin.machine.arithmetic import quotient, root
from thermospin.observables.spin_up_integrals import spin_up_integral

pytestmark = pytest.mark.cuda
OF_ESTIMATES, EXCEPTIONS = 0.5, 2e-4
"""By how much of itself an estimate may differ, and in what share of points by more: at 1e-12 it is
made of coefficients that are little more than rounding. On a processor whose compiler fuses as that
of a card does, 5 slopes of 200,000 differed by more than half, by 0.83 at most; no value by more
than 0.038 of its estimate."""
BIAS = np.linspace(-1.5, 1.5, 2001)
SPEC = {
    "axes": {
        "h_exc": {"start": 0.0, "stop": 0.7, "num": 81},
        "V": {"start": -1.0, "stop": 1.0, "num": 2001},
    },
    "fixed": {"T_S": 0.7, "T_Sm": 0.1, "gamma": 1e-4},
    "outputs": ["I_q", "I_s", "I_error", "dIdV", "G_0"],
}
SMALL_SPEC = SPEC | {"axes": {"h_exc": [0.2, 0.4], "V": {"start": -1.0, "stop": 1.0, "num": 101}}}


def check(card, processor):
    """Require values of a card that lie within a tenth of their estimates, and like estimates."""
    value, error, met = (np.asarray(each) for each in processor)
    assert np.all(np.abs(card[0] - value) <= device_cases.SHARE * error)
    assert np.mean(np.abs(card[1] - error) > OF_ESTIMATES * error) <= EXCEPTIONS
    np.testing.assert_array_equal(card[2], met)


@pytest.fixture(scope="module")
def found():
    return {name: device_cases.results(name) for name in ("cpu", "cuda")}


@pytest.mark.parametrize("case", device_cases.CASES)
def test_values_differ_by_a_tenth_of_the_estimate_at_most(found, case):
    check(found["cuda"][case], found["cpu"][case])


@pytest.mark.parametrize("kind", [CURRENT, CONDUCTANCE], ids=["currents", "slopes"])
@pytest.mark.parametrize("rtol", [1e-4, 1e-8, 1e-12])
def test_many_random_junctions(kind, rtol):
    points = device_cases.hostile_points(200_000)
    card, processor = (spin_up_integral(kind, *points, rtol, on) for on in ("cuda", "cpu"))
    check(card, processor)


@pytest.mark.parametrize("kind", [CURRENT, CONDUCTANCE], ids=["currents", "slopes"])
def test_junctions_from_one_end_of_the_limits_to_the_other(kind):
    points = device_cases.far_points(20_000)
    card, processor = (spin_up_integral(kind, *points, 1e-8, on) for on in ("cuda", "cpu"))
    check(card, processor)


def test_roots_and_quotients_are_rounded_to_nearest():
    random = np.random.default_rng(4)
    numbers, others = (
        10.0 ** random.uniform(-150, 150, 1_000_000) * random.uniform(1, 10, 1_000_000)
        for _ in "ab"
    )
    roots, quotients = np.empty_like(numbers), np.empty_like(numbers)

    @cuda.jit
    def compute(a, b, roots, quotients):
        for i in range(cuda.grid(1), a.size, cuda.gridsize(1)):
            roots[i], quotients[i] = root(a[i]), quotient(-a[i], b[i])

    compute[512, 128](numbers, others, roots, quotients)
    np.testing.assert_array_equal(roots, np.sqrt(numbers))
    np.testing.assert_array_equal(quotients, -numbers / others)


def test_more_points_than_are_sent_at_once_and_again_the_same_bits():
    V = np.linspace(-2.0, 2.0, 3_000_001)
    first, second = (ts.currents(V, device_cases.junction(h_exc=0.3), device="cuda") for _ in "12")
    np.testing.assert_array_equal(first.up, second.up)
    some = slice(None, None, 1001)
    processor = ts.currents(V[some], device_cases.junction(h_exc=0.3))
    difference = np.abs(first.up[some] - processor.up)
    assert np.all(difference <= device_cases.SHARE * processor.error)


def test_what_a_card_does_not_do_has_the_bits_of_the_processor():
    film = device_cases.junction(h_exc=0.3, depairing_Sm=0.02)
    names = ["I_q", "J_S", "S_I", "V_S"]
    card, processor = (
        ts.evaluate(names, BIAS[::100], film, device=on).values for on in ("cuda", "cpu")
    )
    for name in names:
        np.testing.assert_array_equal(card[name], processor[name])


def test_a_sweep_names_its_card_and_is_not_mixed(tmp_path):
    report = ts.run_sweep(SPEC, tmp_path / "card.h5", device="cuda")
    assert report.missed == 0
    assert describe(tmp_path / "card.h5").provenance["device"] == f"cuda: {card_name()}"
    many_chunks = replace(engine_on("cuda"), sizes=MANY_CHUNKS.sizes)
    on_processor = replace(engine_on("cpu"), sizes=MANY_CHUNKS.sizes)
    stopped_after(2, SMALL_SPEC, tmp_path / "x.h5", engine=many_chunks)
    with pytest.raises(StoreError, match="another device"):
        ts.run_sweep(SMALL_SPEC, tmp_path / "x.h5", resume=True, engine=on_processor)
    again = ts.run_sweep(SMALL_SPEC, tmp_path / "x.h5", resume=True, engine=many_chunks)
    assert again.skipped > 0
