"""ZigZag on our hardware: what it counts, in our words."""

import pytest

from archgym.errors import Infeasible
from archgym.spaces.accelerator_hardware import Hardware
from archgym.spaces.accelerator_layers import DIMENSIONS, layer_named

pytest.importorskip("zigzag", reason="needs zigzag-dse: pip install 'archgym[hw]'")
pytest.importorskip("six", reason="zigzag-dse needs six: pip install 'archgym[hw]'")

from archgym.envs.hardware.accelerator.zigzag import best  # noqa: E402

SMALL = Hardware(4, 4, 64, 1024, 4, 16)
PRODUCT = layer_named("K8-C16-P8")


def factors(**times):
    return tuple(times.get(d, 1) for d in DIMENSIONS)


def searched(hardware=SMALL, layer=PRODUCT, rows=None, columns=None, **options):
    return best(hardware, layer, factors(C=4) if rows is None else rows, factors(K=4) if columns is None else columns,
                **options)


@pytest.mark.parametrize("even", [False, True])
def test_the_energy_of_the_counts_is_what_zigzag_says_itself(even):
    found = searched(even=even)
    energies = found.found.energies(SMALL)
    assert 1e12 * (sum(energies.values()) - energies["network"]) == pytest.approx(found.pj, rel=1e-9)


def test_what_fits_the_buffer_crosses_dram_once():
    found = searched(SMALL._replace(buffer=4096)).found
    assert found.dram == 8 * 16 + 16 * 8 + 8 * 8
    assert found.operations == 8 * 16 * 8 and found.busy == 8 * 16 * 8 / 16


def test_the_loops_of_every_tensor_are_those_of_the_layer_that_no_pes_share():
    for levels in searched().loops.values():
        times = dict.fromkeys(DIMENSIONS, 1)
        for level in levels:
            for d, n in level:
                times[d] *= n
        assert times == dict(zip(DIMENSIONS, factors(K=2, C=4, P=8)))


def test_a_dimension_that_the_array_does_not_divide_takes_the_rounds_that_cover_it():
    assert searched(layer=layer_named("K7-C16-P8")).found.busy == 2 * 4 * 8


def test_a_wider_dram_or_a_larger_buffer_is_never_worse():
    slow, wide, large = (searched(SMALL._replace(**change)).found for change in (
        {}, {"dram_bandwidth": 16}, {"buffer": 4096}))
    assert wide.cycles < slow.cycles and wide.dram == slow.dram
    assert large.dram <= slow.dram


def test_a_tile_that_fits_no_register_is_infeasible_and_told_so():
    with pytest.raises(Infeasible, match="2 bytes of registers"):
        searched(SMALL._replace(registers=2))


def test_nothing_is_printed_and_nothing_written(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    searched()
    assert not list(tmp_path.iterdir())
    assert capfd.readouterr() == ("", "")


def test_more_loops_to_order_are_never_worse():
    few, many = (searched(SMALL._replace(registers=16), loops=loops) for loops in (3, 4))
    assert few.orders < many.orders
    products = [sum(each.found.energies(SMALL).values()) * each.found.cycles for each in (few, many)]
    assert products[1] <= products[0]
