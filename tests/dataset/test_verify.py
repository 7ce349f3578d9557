"""`thermospin verify` finds every altered bit, every broken promise and every wrong number."""

import json
import os
import random
import tracemalloc
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner
from sweep_cases import OF_GIVEN_T_S, STAND_IN, make_spec, stand_in

from thermospin import observables, parse_spec, run_sweep
from thermospin.cli import main
from thermospin.dataset import FileError, opened, read
from thermospin.execution import Engine, Stopped
from thermospin.quantities import OUTPUTS, STATUS
from thermospin.verification import file_verification, mirrors, slabs, verify

FLIPS = 150  # of a bounded sample; the slow form flips a bit of every byte
WRONG = 1e-6  # relative error of a number that must be found, rtol being 1e-8
SPEC = """\
title: Everything
fixed: {T_S: 0.7, gamma: 1e-3, R_L: 5, V_ac: 0, hf: 0.1}
axes:
  h_exc: [-0.3, 0, 0.3]
  V: {start: -0.2, stop: 0.2, num: 5}
outputs: [%s]
material: {Delta_0: 200 ueV, G_T: 0.1 mS}
"""
EVERYTHING = parse_spec(SPEC % ", ".join(OF_GIVEN_T_S), "everything.yaml")
ONE_FIELD = SPEC.replace("[-0.3, 0, 0.3]", "[0.3]")  # where no output is 0 for all bias values


def failed(path, **options):
    return [check.name for check in verify(path, **options).checks if not check.passed]


@pytest.fixture(scope="session")
def sound(tmp_path_factory):
    """A finished file with every output, which must not be changed."""
    path = tmp_path_factory.mktemp("verify") / "everything.h5"
    run_sweep(EVERYTHING, path, threads=1)
    return path


@pytest.fixture
def falsified(tmp_path):
    """Return a function that runs a sweep whose values are changed before they are stored."""

    def run(change, spec=EVERYTHING):
        def evaluate(outputs, V, junction, *, rtol):
            found = observables.evaluate(outputs, V, junction, rtol=rtol)
            change(found)
            return found

        engine = Engine(evaluate=evaluate)
        run_sweep(spec, tmp_path / "out.h5", threads=1, force=True, engine=engine)
        return tmp_path / "out.h5"

    return run


def test_a_sound_file_passes(sound):
    found = verify(sound, sample=4)
    assert found.passed
    details = {check.name: check.detail for check in found.checks}
    assert "4 agree" in details["recomputed points"]
    assert "3 agree" in details["recomputed junctions"]
    assert "15 ok" in details["status"]


def test_the_sample_follows_from_the_spec_alone(sound):
    assert verify(sound, sample=1) == verify(sound, sample=1)


@pytest.mark.parametrize(
    "name",
    [name for name in OF_GIVEN_T_S if not (name.endswith("_error") or OUTPUTS[name].pumped)],
)
def test_a_wrong_number_of_any_output_is_found(falsified, name):
    def change(found):
        if name in found.values:
            found.values[name] *= 1.0 + WRONG  # keeps every symmetry but the sums

    path = falsified(change, parse_spec(ONE_FIELD % f"{name}, I_error", "wrong.yaml"))
    where = "points" if OUTPUTS[name].biased else "junctions"
    assert f"recomputed {where}" in failed(path)


def test_a_wrong_gap_is_found(monkeypatch, tmp_path):
    from thermospin.observables import points

    right = points.lead_gap

    def wrong(T, h, gap, model, gamma):
        return right(T, h, gap, model, gamma) * (1.0 if model == "constant" else 1.0 - WRONG)

    monkeypatch.setattr(points, "lead_gap", wrong)
    spec = parse_spec(SPEC % "Delta_S, I_q, dIdV, J_S, G_0, V_S", "gap.yaml")
    run_sweep(spec, tmp_path / "out.h5", threads=1)
    assert failed(tmp_path / "out.h5") == ["recomputed points", "recomputed junctions"]


def test_a_seebeck_voltage_that_was_overlooked_is_found(falsified):
    def change(found):
        found.values["V_S"][:] = np.nan

    path = falsified(change, parse_spec(SPEC % "I_q, V_S, power_max", "overlooked.yaml"))
    assert failed(path) == ["outputs against each other", "recomputed junctions"]


JUST_BORN = """\
fixed: {h_exc: 0.275, gamma: 1e-2, R_L: 5000}
axes: {T_S: [0.45, 0.48]}
outputs: [%s]
"""
MISSES = {"V_S": np.nan, "power_max": 0.0, "efficiency_max": 0.0, "G_load_max": 0.0}


@pytest.mark.parametrize("name", MISSES)
def test_what_a_search_missed_where_zeros_are_just_born_is_found(falsified, name):
    spec = parse_spec(JUST_BORN % name, "born.yaml")
    path = falsified(lambda _: None, spec)
    assert failed(path) == []
    stored = read(path).outputs[name]
    assert np.isnan(stored[0]) if name == "V_S" else stored[0] == 0.0
    assert stored[1] > 0.0

    def change(found):
        found.values[name][:] = MISSES[name]

    assert failed(falsified(change, spec)) == ["recomputed junctions"]


TOGETHER = ["V_S", "power_max", "efficiency_max", "G_load_max", "V_load", "power_load"]
CONTRADICTIONS = {
    "power_load > power_max": ("power_load", 1.0),
    "efficiency_load > efficiency_max": ("efficiency_load", 0.9),
    "V_load > V_S": ("V_load", 0.5),
    "V_S exists, power_max is 0": ("power_max", 0.0),
    "power_max > 0 without V_S": ("V_S", np.nan),
    "V_load without V_S": ("V_S", np.nan),
    "only one of power_max and G_load_max > 0": ("G_load_max", 0.0),
    "efficiency_max > 0 without power_max": ("power_max", 0.0),
}


@pytest.mark.parametrize("words", CONTRADICTIONS)
def test_outputs_that_contradict_each_other_are_found(falsified, words):
    spec = parse_spec(JUST_BORN % ", ".join([*TOGETHER, "efficiency_load"]), "born.yaml")
    name, value = CONTRADICTIONS[words]

    def change(found):
        found.values[name][:] = value

    path = falsified(change, spec)
    checks = {check.name: check for check in verify(path, sample=0).checks}
    assert not checks["outputs against each other"].passed
    assert words in checks["outputs against each other"].detail


@pytest.mark.parametrize("name", ["I_up", "I_down", "I_q", "I_s", "G", "dIdV", "power"])
def test_a_symmetry_broken_in_the_last_bit_is_found(falsified, name):
    def change(found):
        found.values[name][0, 0] = np.nextafter(found.values[name][0, 0], 9.0)

    assert "symmetries" in failed(falsified(change), sample=0)


POLARISED = """\
fixed: {T_S: 0.7, h_exc: 0.3, gamma: 1e-3}
axes: {%s}
outputs: [I_up, I_down, dIdV, J_S]
"""
P_AXIS, V_AXIS = "P: [-0.5, 0, 0.5, 1]", "V: [-0.2, -0.1, 0, 0.1, 0.2, 0.3]"


def symmetries(path):
    found = {check.name: check for check in verify(path, sample=0).checks}["symmetries"]
    return found.passed, found.detail


@pytest.mark.parametrize("order", [(P_AXIS, V_AXIS), (V_AXIS, "T_Sm: [0.1, 0.2]", P_AXIS)])
def test_reversal_of_the_bias_and_of_the_polarisation_is_checked(falsified, order):
    """I_down(V, P) = −I_up(−V, −P), P = 0 included, and likewise the others; P = 1 has none."""
    spec = parse_spec(POLARISED % ", ".join(order), "polarised.yaml")
    pairs = 4 * (5 + 3) * (len(order) - 1)  # of outputs, V at P = 0.5, V ≥ 0 at P = 0, of T_Sm
    assert symmetries(falsified(lambda _: None, spec)) == (True, f"{pairs} pairs equal")

    def change(found):
        found.values["I_up"][0, 0] = np.nextafter(found.values["I_up"][0, 0], 9.0)

    passed, detail = symmetries(falsified(change, spec))
    assert not passed
    assert detail.endswith(f" of {pairs} pairs differ")


def test_where_no_symmetry_applies_none_is_said_to_hold(falsified):
    spec = parse_spec(POLARISED % f"P: [0.5, 1], {V_AXIS}", "polarised.yaml")
    assert symmetries(falsified(lambda _: None, spec)) == (True, "none apply to these points")


@pytest.mark.parametrize(("name", "law"), [("J_S", "energy"), ("I_q", "energy")])
def test_energy_that_is_lost_is_found(falsified, name, law):
    def change(found):
        found.values[name][:, 1:] *= 1.0 + WRONG

    path = falsified(change, parse_spec(SPEC % "J_S, J_Sm, I_q", "laws.yaml"))
    found = {check.name: check for check in verify(path, sample=0).checks}
    assert not found["thermodynamics"].passed
    assert law in found["thermodynamics"].detail


def test_entropy_that_is_lost_is_found(falsified):
    def change(found):
        for name in ("J_S", "J_Sm"):
            found.values[name] *= -1.0  # conserves energy if no charge flows

    path = falsified(change, parse_spec(SPEC % "J_S, J_Sm", "laws.yaml"))
    found = {check.name: check for check in verify(path, sample=0).checks}
    assert found["thermodynamics"].detail == "15 lose entropy"


def test_an_error_above_the_tolerance_must_be_marked(falsified):
    def raise_error(found):
        found.values["I_error"][0, 2] = 1e-3

    def mark_too(found):
        raise_error(found)
        found.status[0, 2] = STATUS["tolerance_missed"]

    assert "error estimates" in failed(falsified(raise_error), sample=0)
    assert failed(falsified(mark_too), sample=0) == []


def test_an_error_of_a_supercurrent_above_the_tolerance_must_be_marked(falsified):
    def raise_error(found):
        found.values["I_c_error"][0] = 1e-3

    def mark_too(found):
        raise_error(found)
        found.junction_status[0] = STATUS["tolerance_missed"]

    assert "error estimates" in failed(falsified(raise_error), sample=0)
    assert failed(falsified(mark_too), sample=0) == []


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_no_numbers_are_found(falsified, value):
    def change(found):
        found.values["dIdV"][0, 1] = value

    assert "finite" in failed(falsified(change), sample=0)


@pytest.mark.parametrize("name", ["V_S", "SGE", "efficiency_load", "power_max", "V_load"])
@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_an_infinite_value_is_found_and_not_computed_with(falsified, name, value):
    def change(found):
        if name in found.values:
            found.values[name][...] = value

    path = falsified(change, parse_spec(ONE_FIELD % name, "infinite.yaml"))
    where = "points" if OUTPUTS[name].biased else "junctions"
    assert {"finite", f"recomputed {where}"} <= set(failed(path, sample=3))


def test_values_that_need_not_be_numbers_are_counted(falsified):
    def change(found):
        found.values["V_S"][:] = 0.3
        found.values["V_S"][0] = np.nan
        found.values["fano"][:] = 1.0
        found.values["fano"][:, 2] = np.nan

    spec = parse_spec(SPEC % "I_q, fano, V_S", "undefined.yaml")
    path = falsified(change, spec)
    found = {check.name: check for check in verify(path, sample=0).checks}
    outputs = read(path).outputs
    fano, V_S = (int(np.count_nonzero(np.isnan(outputs[name]))) for name in ("fano", "V_S"))
    assert min(fano, V_S) > 0
    said = f"all values except {fano} of fano, {V_S} of V_S, undefined by definition"
    assert (found["finite"].passed, found["finite"].detail) == (True, said)


@pytest.mark.parametrize("flag", [STATUS["not_computed"], 7])
def test_points_left_out_are_found(falsified, flag):
    def change(found):
        found.status[0, 0] = flag

    assert "status" in failed(falsified(change), sample=0)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"rtol": 1e-7}, "rtol"),
        ({"fixed": dict(EVERYTHING.fixed) | {"T_S": 0.71}}, "T_S"),
        ({"axes": dict(EVERYTHING.axes) | {"h_exc": np.array([-0.3, 0.0, 0.31])}}, "h_exc"),
        ({"text": EVERYTHING.text.replace("0.7", "0.6")}, "T_S"),
        ({"text": "axes: ["}, "cannot be read"),
        ({"overrides": ("T_S=0.6",)}, "T_S"),
    ],
)
def test_numbers_of_another_spec_are_found(tmp_path, changes, named):
    run_sweep(replace(EVERYTHING, **changes), tmp_path / "out.h5", threads=1)
    found = {check.name: check for check in verify(tmp_path / "out.h5", sample=0).checks}
    assert not found["spec"].passed
    assert named in found["spec"].detail


def outcome(path):
    """Return "refused", or the checks that failed."""
    try:
        return failed(path, sample=0)
    except FileError:
        return "refused"


def flipped(path, data, places):
    """Yield the places at which a flipped bit went unseen."""
    draw = random.Random(0)
    for place in places:
        damaged = bytearray(data)
        damaged[place] ^= 1 << draw.randrange(8)
        path.write_bytes(damaged)
        if outcome(path) == []:
            yield place


@pytest.fixture
def small(tmp_path):
    run_sweep(parse_spec(SPEC % "I_up, I_down, V_S", "small.yaml"), tmp_path / "a.h5", threads=1)
    return (tmp_path / "a.h5").read_bytes()


def test_a_flipped_bit_anywhere_is_found(small, tmp_path):
    places = random.Random(1).sample(range(len(small)), FLIPS)
    assert list(flipped(tmp_path / "b.h5", small, places)) == []


@pytest.mark.slow
def test_a_flipped_bit_in_every_byte_is_found(small, tmp_path):
    assert list(flipped(tmp_path / "b.h5", small, range(len(small)))) == []


def test_a_flipped_bit_of_any_value_is_blamed_on_its_variable(sound, tmp_path):
    data = sound.read_bytes()
    with opened(sound) as file:
        places = {name: variable.place for name, variable in file.variables.items()}
    assert {"V", "V_volt", "T_S", "Delta_0", "status", "I_up"} <= places.keys()
    for name, (start, end) in places.items():
        for place in {start, (start + end) // 2, end - 1}:
            damaged = bytearray(data)
            damaged[place] ^= 1
            (tmp_path / "b.h5").write_bytes(damaged)
            with opened(tmp_path / "b.h5") as file:
                assert file.altered() == [name]


PARAMETERS_OF_FLIPS = ("T_S", "gamma", "V", "h_exc", "gap_Sm", "R_L", "P")


@pytest.mark.parametrize("name", PARAMETERS_OF_FLIPS)
def test_nothing_is_computed_from_a_parameter_that_was_altered(tmp_path, monkeypatch, name):
    """A flip of the sign, or of a bit of the exponent, makes a junction that there is not."""
    fixed = {"R_L": 1.0, "P": 0.5}
    spec = make_spec({"h_exc": [0.1, 0.2], "V": [0.1, 0.2]}, ["I_q", "V_S", "power_max"], fixed)
    run_sweep(spec, tmp_path / "a.h5", threads=1, engine=STAND_IN)
    monkeypatch.setattr(file_verification, "check_points", forbidden)
    monkeypatch.setattr(file_verification, "check_junctions", forbidden)
    data = (tmp_path / "a.h5").read_bytes()
    with opened(tmp_path / "a.h5") as file:
        end = file.variables[name].place[1]
    for byte, bit in [(1, 7), (1, 6), (1, 0), (2, 7), (8, 0)]:
        damaged = bytearray(data)
        damaged[end - byte] ^= 1 << bit
        (tmp_path / "b.h5").write_bytes(damaged)
        assert failed(tmp_path / "b.h5") == ["checksums"]


def forbidden(*_):
    raise AssertionError("something is computed from what was altered")


@pytest.mark.parametrize(
    ("axes", "fixed", "named"),
    [
        ({"T_S": [-0.3, 0.3]}, {}, "T_S"),
        ({"T_S": [0.3, 1e9]}, {}, "T_S"),
        ({"T_S": [0.3, np.nan]}, {}, "T_S"),
        ({"T_S": [0.3, np.inf]}, {}, "T_S"),
        ({"T_S": [0.5, 0.3]}, {}, "T_S"),
        ({"T_S": [0.3, 0.3]}, {}, "T_S"),
        ({"T_S": [0.3]}, {"gamma": -1e-3, "gap_S": 1e300}, "gamma, gap_S"),
        ({"T_S": np.r_[np.linspace(0.1, 0.9, slabs.SLAB), 0.8]}, {}, "T_S"),
    ],
    ids=["sign", "large", "nan", "infinite", "order", "twice", "fixed", "beyond a slab"],
)
def test_nothing_is_computed_from_parameters_beyond_their_limits(
    tmp_path, monkeypatch, axes, fixed, named
):
    monkeypatch.setattr("thermospin.execution.chunks.Mesh.junction_with", unchecked)
    for each in ("check_symmetries", "check_points", "check_junctions"):
        monkeypatch.setattr(file_verification, each, forbidden)
    run_sweep(make_spec(axes, ["V_S"], fixed), tmp_path / "out.h5", threads=1, engine=STAND_IN)
    found = {check.name: check for check in verify(tmp_path / "out.h5").checks}
    assert found["checksums"].passed
    assert not found["ranges"].passed
    assert found["ranges"].detail.endswith(f": {named}")


def unchecked(mesh, swept):
    """Return a junction whose values are not held against their limits."""
    fields = dict.fromkeys(("T_S", "T_Sm", "h_exc", "h_S"), 0.0) | mesh.spec.fixed | swept
    return SimpleNamespace(**fields)


def test_a_spec_that_asks_for_more_than_is_there_costs_nothing(tmp_path):
    text = "fixed: {T_S: 0.7}\naxes: {V: {start: 0, stop: 1, num: 100000000}}\noutputs: [I_q]\n"
    spec = replace(make_spec({"V": [0.1, 0.2]}, ["I_q"]), text=text)
    run_sweep(spec, tmp_path / "out.h5", threads=1, engine=STAND_IN)
    tracemalloc.start()
    try:
        found = {check.name: check for check in verify(tmp_path / "out.h5").checks}
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "must span at most 2 points in all" in found["spec"].detail
    assert peak < 1e7


@pytest.mark.parametrize("order", [("V", "T_S"), ("T_S", "V")])
def test_a_long_axis_takes_little_more_memory_than_the_axis_itself(tmp_path, order):
    text = "axes: {%s: %s, %s: %s}\noutputs: [I_q, I_up, I_down]\n"
    points = {"V": "{start: -1, stop: 1, num: 1000001}", "T_S": "[0.5]"}
    words = [word for axis in order for word in (axis, points[axis])]
    run_sweep(
        parse_spec(text % tuple(words), "a.yaml"), tmp_path / "out.h5", threads=1, engine=STAND_IN
    )
    tracemalloc.start()
    try:
        found = verify(tmp_path / "out.h5", sample=2)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    details = {check.name: check.detail for check in found.checks}
    assert "2,000,004 pairs" in details["symmetries"] or "pairs differ" in details["symmetries"]
    assert peak < 3 * 8e6


@pytest.mark.parametrize("extra", [b"\0", b"more"])
def test_bytes_behind_the_end_are_found(sound, tmp_path, extra):
    (tmp_path / "b.h5").write_bytes(sound.read_bytes() + extra)
    assert outcome(tmp_path / "b.h5") in (["checksums"], "refused")


def test_zeroed_and_swapped_pages_are_found(sound, tmp_path):
    data = sound.read_bytes()
    pages = [data[i : i + 4096] for i in range(0, len(data), 4096)]
    for k in range(len(pages) - 1):
        for others in (bytes(len(pages[k])), pages[k + 1]):
            if others == pages[k]:
                continue
            damaged = b"".join([*pages[:k], others, *pages[k + 1 :]])[: len(data)]
            (tmp_path / "b.h5").write_bytes(damaged.ljust(len(data), b"\0"))
            assert outcome(tmp_path / "b.h5") != []


MESHES = (
    {"h_exc": [0.0, 0.1, 0.2], "V": np.linspace(-1, 1, 5), "T_S": [0.3, 0.5]},
    {"V": np.linspace(-0.5, 1, 7), "T_S": [0.3, 0.5], "P": [-0.5, 0.0, 0.25, 0.5]},
    {"P": [-0.5, 0.0, 0.5], "T_S": [0.3, 0.5, 0.7], "V": [-1, -0.9, -0.5, 0, 0.5, 0.7, 1]},
    {"P": [-0.3, 0.3], "T_S": [0.5], "V": np.linspace(-1, 1, 300)},
)


@pytest.mark.parametrize("slab", [1, 4, 7, 1000])
@pytest.mark.parametrize("axes", MESHES, ids=range(len(MESHES)))
@pytest.mark.parametrize("reversed_axes", [{"V"}, {"V", "P"}])
def test_mirror_images_are_found_however_a_file_is_cut(
    tmp_path, monkeypatch, slab, axes, reversed_axes
):
    if not reversed_axes <= axes.keys():
        reversed_axes = {"V"}
    spec = make_spec(axes, ["I_q", "I_s"])
    run_sweep(spec, tmp_path / "out.h5", threads=1, engine=Engine(evaluate=random_numbers))
    found = read(tmp_path / "out.h5")
    pairs = equal = 0
    for place in np.ndindex(spec.shape):
        image = []
        for axis, index in zip(axes, place, strict=True):
            values = list(axes[axis])
            wanted = -values[index] if axis in reversed_axes else values[index]
            image += [values.index(wanted)] if wanted in values else []
        if len(image) == len(place) and tuple(image) <= place:
            pairs += 1
            equal += found.outputs["I_q"][place] == -found.outputs["I_s"][tuple(image)]
    monkeypatch.setattr(slabs, "SLAB", slab)
    with opened(tmp_path / "out.h5") as file:
        counted = mirrors.differing(file, "I_q", "I_s", -1.0, reversed_axes)
    assert pairs > 0
    assert counted == (pairs, pairs - equal)


def random_numbers(outputs, V, junction, *, rtol):
    """Return values of which some are opposite to others, by chance."""
    found = stand_in(outputs, V, junction, rtol=rtol)
    draw = np.random.default_rng(3)
    found.values |= {name: draw.choice([-1.0, 1.0], it.shape) for name, it in found.values.items()}
    return found


def test_a_large_file_takes_little_memory(tmp_path):
    axes = {"V": np.linspace(-1, 1, 1001), "T_S": np.linspace(0.1, 0.9, 3000)}
    run_sweep(make_spec(axes, ["I_q"]), tmp_path / "out.h5", threads=1, engine=STAND_IN)
    size = os.path.getsize(tmp_path / "out.h5")
    tracemalloc.start()
    try:
        verify(tmp_path / "out.h5", sample=2)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size > 25e6
    assert peak < size / 2


MANY_CHUNKS = make_spec({"T_S": np.linspace(0.1, 0.9, 90), "V": np.linspace(-1, 1, 101)}, ["I_q"])


def test_unfinished_work_is_sound_but_does_not_pass(tmp_path):
    answers = iter([False, True])
    with pytest.raises(Stopped):
        run_sweep(
            MANY_CHUNKS, tmp_path / "out.h5", stop=lambda: next(answers, True), engine=STAND_IN
        )
    assert failed(tmp_path / "out.h5.partial") == ["complete"]


def test_the_bytes_of_a_shard_are_checked(tmp_path):
    run_sweep(MANY_CHUNKS, tmp_path / "out.h5", shard="1/2", engine=STAND_IN)
    assert verify(tmp_path / "out.h5").passed
    with opened(tmp_path / "out.h5") as file:
        place = file.variables["chunk_sha256"].start
    damaged = bytearray((tmp_path / "out.h5").read_bytes())
    damaged[place] ^= 1
    (tmp_path / "b.h5").write_bytes(damaged)
    assert failed(tmp_path / "b.h5") == ["checksums"]


def invoke(*arguments):
    return CliRunner().invoke(main, ["verify", *map(str, arguments)])


def test_the_command_reports_and_exits_accordingly(sound, tmp_path):
    passed = invoke(sound, "--sample", "2")
    assert passed.exit_code == 0
    assert passed.stdout.splitlines()[-1] == f"{sound}: passed"
    damaged = bytearray(sound.read_bytes())
    with opened(sound) as file:
        damaged[file.variables["I_q"].start] ^= 1
    (tmp_path / "b.h5").write_bytes(damaged)
    rejected = invoke(tmp_path / "b.h5", "--json")
    assert rejected.exit_code == 1
    report = json.loads(rejected.stdout)
    assert not report["passed"]
    assert report["checks"][0] == {
        "name": "checksums",
        "passed": False,
        "detail": "altered: I_q",
    }
    (tmp_path / "notes.h5").write_text("no HDF5")
    foreign = invoke(tmp_path / "notes.h5")
    assert foreign.exit_code == 2
    assert "notes.h5" in foreign.stderr


@pytest.mark.parametrize("number", ["-1", "1_0", "ten", "1.5", "10000000", "٣"])
def test_a_sample_size_is_a_plain_number(sound, number):
    assert invoke(sound, "--sample", number).exit_code == 2
