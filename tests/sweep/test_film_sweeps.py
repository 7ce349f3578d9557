"""Whole sweeps of films with rates: their files, their bits after a stop and in shards, labels."""

from functools import partial

import numpy as np
import pytest
import xarray
from sweep_cases import bits, stopped_after

from thermospin import dataset, execution, parse_spec
from thermospin.execution import CutSizes, Engine
from thermospin.execution.chunks import Mesh
from thermospin.observables.evaluation import evaluate
from thermospin.verification import verify

AXES = """\
axes:
  depairing_Sm: [0, 0.02]
  V: [-0.3, -0.1, 0.1, 0.2, 0.3]
  spin_orbit_Sm: [0, 0.1]
"""
OUTPUTS = """\
outputs: [I_q, dIdV, SGE, J_S, S_I, Delta_Sm, E_g_S, E_g_Sm, G_0, V_S, V_p_minus, V_p_plus, G_max]
"""
FIXED = "T_S: 0.7, T_Sm: 0.01, h_exc: 0.4, gamma: 1e-3"
RULES = "numerics: {rtol: 1e-6}\n"
TEXT = f"fixed: {{{FIXED}}}\n{AXES}{OUTPUTS}{RULES}"
SPEC = parse_spec(TEXT, "films.yaml")
SMALL_CHUNKS = Engine(sizes=CutSizes(largest=4, smallest=2))
run_sweep = partial(execution.run_sweep, engine=SMALL_CHUNKS)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return the file of one undisturbed run."""
    path = tmp_path_factory.mktemp("films") / "whole.h5"
    report = run_sweep(SPEC, path, threads=1)
    assert report.missed == 0
    return path


def test_a_sweep_of_films_passes_verify(whole):
    assert [check for check in verify(whole).checks if not check.passed] == []


def test_the_file_holds_what_a_direct_call_gives(whole):
    found, mesh, V = dataset.read(whole).outputs, Mesh.of(SPEC), SPEC.axes["V"]
    for i, k in np.ndindex(2, 2):
        row = {name: SPEC.axes[name][[at]] for name, at in
               (("depairing_Sm", i), ("spin_orbit_Sm", k))}  # fmt: skip
        direct = evaluate(SPEC.outputs, V, mesh.junction_with(row), rtol=SPEC.rtol).values
        for name, values in direct.items():
            mine = found[name][i, :, k] if values.ndim > 1 else found[name][i, k]
            np.testing.assert_array_equal(mine, values[0])


@pytest.mark.parametrize("threads", [1, 2])
def test_bits_do_not_depend_on_threads_or_on_a_stop(whole, tmp_path, threads):
    path = tmp_path / "stopped.h5"
    stopped_after(2, SPEC, path, engine=SMALL_CHUNKS)
    report = run_sweep(SPEC, path, threads=threads, resume=True)
    assert report.skipped > 0
    assert bits(path) == bits(whole)


def test_merged_shards_have_the_bits_of_one_run(whole, tmp_path):
    paths = [tmp_path / f"{number}.h5" for number in (1, 2, 3)]
    for number in (3, 1, 2):
        run_sweep(SPEC, paths[number - 1], shard=f"{number}/3", threads=2)
    execution.merge(tmp_path / "merged.h5", paths, engine=SMALL_CHUNKS)
    assert bits(tmp_path / "merged.h5") == bits(whole)


def test_bits_of_a_film_do_not_depend_on_what_else_is_swept(whole, tmp_path):
    alone = f"fixed: {{{FIXED}, spin_orbit_Sm: 0.1, depairing_Sm: 0.02}}\n"
    alone += f"axes: {{V: [-0.3, -0.1, 0.1, 0.2, 0.3]}}\n{OUTPUTS}{RULES}"
    run_sweep(parse_spec(alone, "one.yaml"), tmp_path / "one.h5", threads=1)
    many, one = dataset.read(whole).outputs, dataset.read(tmp_path / "one.h5").outputs
    for name, values in one.items():
        mine = many[name][1, :, 1] if values.ndim else many[name][1, 1]
        np.testing.assert_array_equal(mine, values)


def test_rates_label_the_file_and_edges_are_named(whole):
    with xarray.open_dataset(whole, engine="h5netcdf") as found:
        assert found.I_q.dims == ("depairing_Sm", "V", "spin_orbit_Sm")
        assert found.E_g_Sm.dims == ("depairing_Sm", "spin_orbit_Sm")
        assert found.spin_orbit_Sm.attrs["units"] == "Δ0"
        assert found.E_g_Sm.attrs["long_name"] == "lowest energy at which Sm has states"
        ideal = found.sel(depairing_Sm=0, spin_orbit_Sm=0)
        assert float(ideal.E_g_Sm) == float(ideal.Delta_Sm) - 0.4
        assert bool((found.E_g_S == found.E_g_S[0, 0]).all())
        assert float(found.E_g_Sm[1, 0]) < float(ideal.E_g_Sm)


def test_rates_in_units_of_energy_give_the_values_of_rates_in_gaps(tmp_path):
    text = f"material: {{Delta_0: 200 ueV, G_T: 0.1 mS}}\nfixed: {{{FIXED}, V: 0.1}}\n"
    text += "axes: {spin_orbit_Sm: %s}\noutputs: [I_q, E_g_Sm]\n"
    for name, rates in (("gaps", "[0, 0.1]"), ("units", "[0, 20 ueV]")):
        run_sweep(parse_spec(text % rates, "units.yaml"), tmp_path / f"{name}.h5", threads=1)
    assert verify(tmp_path / "units.h5").passed
    with (
        xarray.open_dataset(tmp_path / "gaps.h5", engine="h5netcdf") as gaps,
        xarray.open_dataset(tmp_path / "units.h5", engine="h5netcdf") as units,
    ):
        xarray.testing.assert_equal(units, gaps)
        assert units.I_q.spin_orbit_Sm_eV.values.tolist() == [0.0, 2e-5]
        assert units.E_g_Sm.attrs["SI_units"] == "eV"
        assert units.E_g_Sm.attrs["SI_factor"] == 2e-4
