"""DARTS and NASNet: published and analytic parameters, and the order of cells."""

import ast

import pyarrow.parquet as pq
import pytest

torch = pytest.importorskip("torch")

from archgym import registry, streams
from archgym.envs.training.builders.layers import Layers, Pointwise, Reduction
from archgym.envs.training.networks import network
from archgym.spaces.darts import OPERATIONS, Genotype

P_DARTS = """Genotype(
    normal=[('skip_connect', 0), ('dil_conv_3x3', 1), ('skip_connect', 0), ('sep_conv_3x3', 1), ('sep_conv_3x3', 1),
            ('sep_conv_3x3', 3), ('sep_conv_3x3', 0), ('dil_conv_5x5', 4)], normal_concat=range(2, 6),
    reduce=[('avg_pool_3x3', 0), ('sep_conv_5x5', 1), ('sep_conv_3x3', 0), ('dil_conv_5x5', 2), ('max_pool_3x3', 0),
            ('dil_conv_3x3', 1), ('dil_conv_3x3', 1), ('dil_conv_5x5', 3)], reduce_concat=range(2, 6))"""


def numbers(model):
    return sum(p.numel() for p in model.parameters())


def on_meta(*given, **skeleton):
    with torch.device("meta"):
        return network(*given, **skeleton)


def test_p_darts_has_the_parameters_that_were_counted_in_the_published_code():
    """chenxin061/pdarts, issue 7: 36 channels, 20 cells, no auxiliary head."""
    model = on_meta("DARTS", registry.space("DARTS").parse(P_DARTS), (3, 32, 32), 10)
    assert numbers(model) == 3_433_798


def test_genotypes_have_the_parameters_that_naslib_records(shared_data):
    """NASLib's normalizations inside of operations have no weights."""
    rows = pq.read_table(shared_data / "nasbench_suite_zero" / "zc_proxies_subsets.parquet",
                         columns=["arch", "params"],
                         filters=[("space", "==", "nasbench301"), ("task", "==", "cifar10")]).to_pylist()
    for row in rows[::300]:
        design = Genotype(*(tuple((OPERATIONS[operation], source) for source, operation in cell)
                            for cell in ast.literal_eval(row["arch"])))
        model = on_meta("DARTS", design, (3, 32, 32), 10, channels=32, cells=8)
        inside = sum(numbers(m) for name, m in model.named_modules()
                     if ".operations." in name and isinstance(m, torch.nn.BatchNorm2d))
        assert numbers(model) - inside == pytest.approx(1e6 * row["params"], abs=0.5)


def test_nasnet_has_its_analytic_parameters():
    """Every operation of a cell by its formula; 1x1 convolutions before a cell, a reduction by two skips where the last
    cell but one had twice the resolution (as many parameters as one 1x1 convolution)."""
    def norm(c):
        return 2 * c

    def of(name, c, strided):
        conv = {"conv_1x1": c * c + norm(c), "conv_3x3": 9 * c * c + norm(c), "dil_conv_3x3": 9 * c * c + norm(c),
                "conv_1x3_3x1": 2 * (3 * c * c + norm(c)), "conv_1x7_7x1": 2 * (7 * c * c + norm(c)),
                "identity": strided * (c * c + norm(c))}
        if name.startswith("sep"):
            return 2 * (int(name[-1]) ** 2 * c + c * c + norm(c))
        return conv.get(name, 0)

    space, u = registry.space("NASNet"), streams.uniform(8)
    for _ in range(3):
        design, channels, cells = space.decode(space.sample(u)), 8, 2
        before = last = 3 * channels
        expected = 27 * last + norm(last)
        for kind in ("normal", "normal", "reduce", "normal", "normal", "reduce", "normal", "normal"):
            blocks = getattr(design, kind)
            channels *= 1 + (kind == "reduce")
            expected += (before + last) * channels + 2 * norm(channels)
            taken = {source for block in blocks for source in (block.first_from, block.second_from)}
            for block in blocks:
                for source, name in ((block.first_from, block.first), (block.second_from, block.second)):
                    expected += of(name, channels, kind == "reduce" and source < 2)
            before, last = last, channels * len({2, 3, 4, 5, 6} - taken)
        model = on_meta("NASNet", design, (3, 16, 16), 10, channels=8, cells=cells)
        assert numbers(model) == expected + (last + 1) * 10


def test_cells_take_the_last_two_outputs_and_halve_in_their_places():
    space = registry.space("DARTS")
    design = space.decode(space.sample(streams.uniform(4)))
    model = network("DARTS", design, (3, 16, 16), 10, channels=4, cells=6).eval()
    chain, seen = model[0], []
    for each in chain.cells:
        each.register_forward_hook(lambda _, given, out: seen.append((*given, out)))
    model(torch.randn(1, 3, 16, 16))
    assert [out.shape[1:] for _, _, out in seen] == [(16, 16, 16)] * 2 + [(32, 8, 8)] * 2 + [(64, 4, 4)] * 2
    assert seen[0][0] is seen[0][1]
    for earlier, cell, later in zip(seen, seen[1:], seen[2:]):
        assert later[0] is earlier[2] and later[1] is cell[2]


@pytest.mark.parametrize("size", [(6, 8), (5, 7), (1, 1)])
def test_a_reduction_takes_every_second_pixel_and_those_between(size):
    module = Reduction(Layers(2, 1), 4, 6, 2).eval()
    x = torch.randn(2, 4, *size).relu()
    rows, columns = (size[0] + 1) // 2, (size[1] + 1) // 2
    between = torch.zeros(2, 4, rows, columns)
    between[:, :, :size[0] // 2, :size[1] // 2] = x[:, :, 1::2, 1::2]
    expected = torch.cat([torch.einsum("oc,nchw->nohw", conv.weight[:, :, 0, 0], part)
                          for conv, part in ((module.here, x[:, :, ::2, ::2]), (module.between, between))], 1)
    torch.testing.assert_close(module(x), module.norm(expected))


def test_a_strided_pointwise_convolution_is_the_convolution():
    ours = Pointwise(3, 5, 1, 2)
    plain = torch.nn.Conv2d(3, 5, 1, 2)
    plain.load_state_dict(ours.state_dict())
    x = torch.randn(2, 3, 7, 4)
    torch.testing.assert_close(ours(x), plain(x))
    assert isinstance(Layers(2, 1).convolution(3, 5, 1, 2), Pointwise)
