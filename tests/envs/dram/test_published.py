"""DRAMSys's published results on its stream trace, DDR3-1600: times to the cycle, energies."""

import pytest

from archgym.envs.hardware.dram.channel import Channel
from archgym.envs.hardware.dram.device import DEVICES
from archgym.envs.hardware.dram.trace import generated, read_stl
from archgym.spaces.dram_controller import Controller

DDR3 = DEVICES["DDR3-1600"]


def controller(policy, scheduler, buffers, size, refresh="NoRefresh", postponed=1, pulled_in=1):
    return Controller(policy, scheduler, buffers, size, "Fifo", refresh, postponed, pulled_in, "Simple", 1)


EXACT = [
    (controller("OpenAdaptive", "Fifo", "ReadWrite", 8), 40_020, 0.08510925),
    (controller("ClosedAdaptive", "Fifo", "ReadWrite", 8, "AllBank", 7, 7), 40_020, 0.08513992),
    (controller("ClosedAdaptive", "Fifo", "Bankwise", 3), 40_020, 0.08513992),
    (controller("ClosedAdaptive", "Fifo", "ReadWrite", 4), 40_020, 0.08513992),
    (controller("Open", "FrFcfs", "ReadWrite", 6, "AllBank", 4, 3), 40_240, 0.08562),
    (controller("Open", "FrFcfs", "ReadWrite", 4, "AllBank", 8, 6), 40_375, 0.08534887),
    (controller("OpenAdaptive", "Fifo", "ReadWrite", 4), 40_375, 0.08534887),
    (controller("OpenAdaptive", "FrFcfsGrp", "Shared", 8, "AllBank", 1, 8), 40_570, 0.0863805),
    (controller("OpenAdaptive", "FrFcfs", "ReadWrite", 1, "AllBank", 4, 4), 41_356, 0.08636955),
    (controller("Closed", "FrFcfs", "Shared", 8), 357_132, 0.4405729),
    (controller("Closed", "Fifo", "Bankwise", 1), 377_880, 0.45457777),
]
NEAR = [
    (controller("Closed", "FrFcfsGrp", "Shared", 8, "AllBank", 8, 8), 362_067, 0.4523535),
    (controller("Closed", "FrFcfsGrp", "Shared", 8, "AllBank", 5, 7), 362_364, 0.45304897),
    (controller("Closed", "FrFcfsGrp", "Shared", 1, "AllBank", 7, 8), 383_164, 0.46725398),
]


@pytest.fixture(scope="module")
def channel():
    return Channel(DDR3, generated("stream", DDR3, 10_000))


@pytest.mark.parametrize("design, cycles, millijoules", EXACT)
def test_time_to_the_cycle_and_energy_to_a_tenth_of_a_percent(channel, design, cycles, millijoules):
    served = channel.serve(design)
    assert served.cycles == cycles
    assert served.energy * 1e3 == pytest.approx(millijoules, rel=1e-3)
    assert served.power == pytest.approx(served.energy / served.latency)
    assert served.latency == pytest.approx(cycles * 1.25e-9)


@pytest.mark.parametrize("design, cycles, millijoules", NEAR)
def test_closed_rows_with_refreshes_come_near(channel, design, cycles, millijoules):
    served = channel.serve(design)
    assert served.cycles == pytest.approx(cycles, rel=5e-3)
    assert served.energy * 1e3 == pytest.approx(millijoules, rel=1e-3)


def test_the_generated_stream_is_that_of_dramsys(shared_data):
    read, made = read_stl(shared_data / "dram_traces" / "stream.stl"), generated("stream", DDR3, 10_000)
    assert read.checksum == made.checksum
