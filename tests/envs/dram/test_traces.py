"""Traces: generators that a seed decides, and files that name their bad line."""

import numpy as np
import pytest

from archgym.envs.hardware.dram.channel import Channel
from archgym.envs.hardware.dram.device import DEVICES
from archgym.envs.hardware.dram.trace import GENERATORS, generated, read_stl
from archgym.errors import ArchGymError

DDR3 = DEVICES["DDR3-1600"]


@pytest.mark.parametrize("name", GENERATORS)
@pytest.mark.parametrize("device", DEVICES.values(), ids=lambda d: d.name)
def test_a_generated_trace_fits_the_device_and_its_seed_decides_it(name, device):
    trace = generated(name, device, 3000)
    trace.check(device, 1)
    assert len(trace) == 3000 and (np.diff(trace.cycle) >= 0).all() and (trace.address % device.burst_bytes == 0).all()
    assert generated(name, device, 3000).checksum == trace.checksum
    drawn = name not in ("stream", "matmul")
    assert (generated(name, device, 3000, seed=1).checksum != trace.checksum) == drawn
    assert trace.write.any() == (name in ("mixed", "matmul"))


def test_the_mixture_is_half_sequential_and_the_skewed_trace_has_hot_rows():
    cloud = generated("cloud", DDR3, 50_000)
    assert 0.4 < (np.diff(cloud.address) == 64).mean() < 0.6
    zipf = generated("zipf", DDR3, 50_000)
    _, counts = np.unique(zipf.address // 8192, return_counts=True)
    assert np.sort(counts)[-len(counts) // 100:].sum() > 0.3 * len(zipf)


def test_a_file_is_read_with_comments_lengths_and_relative_cycles(tmp_path):
    (tmp_path / "a.stl").write_text("# two requests\n0:\tread\t0x40\n\n7: (64)\twrite 0x80  # here\n")
    (tmp_path / "a.rstl").write_text("3: read 0x40\n7: write 0x80\n")
    trace = read_stl(tmp_path / "a.stl")
    assert trace.cycle.tolist() == [0, 7] and trace.address.tolist() == [64, 128] and trace.write.tolist() == [0, 1]
    assert read_stl(tmp_path / "a.rstl").cycle.tolist() == [3, 10]


@pytest.mark.parametrize("text, says", [
    ("0: read 0x0\n5: fetch 0x40\n", "line 2: '5: fetch 0x40' is no request"),
    ("0: read 0x0\n5: read\n", "line 2"),
    ("0 read 0x0\n", "line 1"),
    ("x: read 0x0\n", "line 1"),
    ("-1: read 0x0\n", "line 1"),
    ("0: (x) read 0x0\n", "line 1"),
    ("0: read 0xZZ\n", "line 1"),
    ("9: read 0x0\n\n4: read 0x40\n", "line 3: cycle 4 comes after cycle 9"),
    ("# nothing\n", "holds no request"),
])
def test_a_bad_line_is_named(tmp_path, text, says):
    (tmp_path / "bad.stl").write_text(text)
    with pytest.raises(ArchGymError, match=says.replace("(", r"\(")):
        read_stl(tmp_path / "bad.stl")


def test_a_file_that_is_not_there_or_no_text(tmp_path):
    with pytest.raises(ArchGymError, match="none.stl: No such file"):
        read_stl(tmp_path / "none.stl")
    (tmp_path / "binary.stl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ArchGymError, match="not a text file"):
        read_stl(tmp_path / "binary.stl")


def test_an_address_beyond_the_device_is_named_with_its_line(tmp_path):
    (tmp_path / "far.stl").write_text("0: read 0x0\n# far\n1: read 0x40000000\n")
    trace = read_stl(tmp_path / "far.stl")
    with pytest.raises(ArchGymError, match="line 3: address 0x40000000 lies beyond 1 rank of DDR3-1600"):
        Channel(DDR3, trace)
    Channel(DDR3, trace, ranks=2)


@pytest.mark.parametrize("call, says", [
    (lambda: generated("strem", DDR3, 10), "did you mean 'stream'"),
    (lambda: generated("stream", DDR3, 0), "requests must be a whole number"),
])
def test_a_trace_that_cannot_be_made(call, says):
    with pytest.raises(ArchGymError, match=says):
        call()
