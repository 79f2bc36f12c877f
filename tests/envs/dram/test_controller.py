"""What holds for every controller, device and trace: JEDEC's rules, and what must never get worse."""

from functools import cache

import numpy as np
import pytest
from dram_rules import breaches, misdeeds
from hypothesis import given, settings
from hypothesis import strategies as st

from archgym.envs.hardware.dram import controller as engine
from archgym.envs.hardware.dram.channel import Channel
from archgym.envs.hardware.dram.device import DEVICES
from archgym.envs.hardware.dram.trace import GENERATORS, Trace, generated, read_stl
from archgym.errors import ArchGymError
from archgym.spaces.dram_controller import DRAMController
from archgym.streams import uniform

SPACE = DRAMController()
designs = st.integers(0, 2**32).map(lambda seed: SPACE.decode(SPACE.sample(uniform(seed))))
devices = st.sampled_from(list(DEVICES.values()))


@cache
def channel(device, trace, ranks=1, requests=300):
    return Channel(DEVICES[device], generated(trace, DEVICES[device], requests, ranks), ranks)


def slowed(trace, factor):
    return Trace(trace.name, trace.cycle * factor, trace.address, trace.write)


@settings(max_examples=60)
@given(designs, devices, st.sampled_from(list(GENERATORS)), st.sampled_from([1, 2]), st.sampled_from([1, 30, 400]))
def test_every_command_keeps_the_rules_and_every_request_is_served(design, device, kind, ranks, pace):
    at_pace = Channel(device, slowed(generated(kind, device, 120, ranks), pace), ranks)
    served = at_pace.serve(design, log=True)
    assert breaches(device, ranks, served.log) == []
    _, banks, rows, _, writes = at_pace._requests
    assert misdeeds(device, list(zip(banks.tolist(), rows.tolist(), writes.tolist())), served.log) == []
    kinds = [engine.COMMANDS[k] for k in served.log[:, 1]]
    assert (kinds.count("ACT"), kinds.count("REF")) == (served.activations, served.refreshes)
    assert served.bandwidth <= device.peak_bandwidth * (1 + 1e-9)
    assert served.power * served.latency == pytest.approx(served.energy)


# RC is RAS and RP together, and CCD_S a burst, in all three devices: others bind before them.
@pytest.mark.parametrize("field", ["RCD", "RP", "RRD_S", "RRD_L", "FAW", "CCD_L", "WTR_S", "WTR_L", "WR", "RTP",
                                   "RFC", "RL", "RTRS", "turnaround", "RAS"])
def test_the_rules_catch_a_simulator_that_is_a_cycle_too_fast(field):
    """One duration shortened in the simulator only: the log of some busy trace on some device must show it."""
    for device in DEVICES.values():
        for kind, policy in (("mixed", "Open"), ("mixed", "Closed"), ("zipf", "Open"), ("matmul", "Open")):
            busy = Channel(device, generated(kind, device, 800, 2), 2)
            busy._timing = busy._timing._replace(**{field: getattr(busy._timing, field) - 1})
            design = SPACE.decode(SPACE.sample(uniform(1)))._replace(
                PagePolicy=policy, Scheduler="Fifo", SchedulerBuffer="Bankwise", RequestBufferSize=8,
                RefreshPolicy="AllBank", RefreshMaxPostponed=1, Arbiter="Simple")
            if breaches(device, 2, busy.serve(design, log=True).log):
                return
    raise AssertionError(f"{field} a cycle short went unseen")


@given(designs, st.sampled_from(list(DEVICES)), st.sampled_from(list(GENERATORS)))
def test_the_same_controller_serves_a_trace_alike_twice(design, device, kind):
    first, again = (channel(device, kind).serve(design, log=True) for _ in range(2))
    assert first.log.tobytes() == again.log.tobytes() and first.energy == again.energy


@given(designs, st.sampled_from(["stream", "random", "cloud", "zipf", "mixed"]))
def test_refreshes_take_time_where_rows_are_closed_after_every_access(design, kind):
    """With open rows a refresh may save precharges later; with closed rows it only takes time."""
    served = [channel("DDR3-1600", kind, requests=2000).serve(design._replace(
        PagePolicy="Closed", Scheduler="Fifo", RefreshPolicy=refresh)) for refresh in ("NoRefresh", "AllBank")]
    assert served[0].cycles <= served[1].cycles and served[0].refreshes == 0


@pytest.mark.parametrize("kind", ["random", "cloud"])
@pytest.mark.parametrize("policy", ["Open", "OpenAdaptive"])
@pytest.mark.parametrize("size", [4, 8])
def test_row_hits_first_is_no_slower_than_first_come(kind, policy, size):
    design = SPACE.decode(SPACE.sample(uniform(0)))._replace(
        PagePolicy=policy, SchedulerBuffer="Shared", RequestBufferSize=size, RefreshPolicy="NoRefresh",
        Arbiter="Simple")
    first_come, hits_first = (channel("DDR3-1600", kind, requests=5000).serve(design._replace(Scheduler=s))
                              for s in ("Fifo", "FrFcfs"))
    assert hits_first.cycles <= first_come.cycles * 1.001


def test_reads_alone_never_wait_for_a_turn_of_the_bus():
    design = SPACE.decode(SPACE.sample(uniform(0)))
    reads = generated("cloud", DEVICES["DDR4-2400"], 2000)
    slow_turn = Channel(DEVICES["DDR4-2400"], reads)
    slow_turn._timing = slow_turn._timing._replace(WTR_S=500, WTR_L=500, turnaround=500)
    assert slow_turn.serve(design).cycles == Channel(DEVICES["DDR4-2400"], reads).serve(design).cycles


def test_one_transaction_in_flight_costs_a_whole_access_each():
    design = SPACE.decode(SPACE.sample(uniform(0)))._replace(
        PagePolicy="Closed", Arbiter="Fifo", MaxActiveTransactions=1, RefreshPolicy="NoRefresh")
    device = DEVICES["DDR3-1600"]
    one_bank_each = Trace("hops", np.arange(50), np.arange(50) * 8192, np.zeros(50, bool))
    # An access to a closed bank takes RCD + RL + burst; the next enters a cycle after its response.
    assert Channel(device, one_bank_each).serve(design).cycles == 50 * (10 + 10 + 4) + 49


def test_responses_in_order_wait_for_their_elders():
    design = SPACE.decode(SPACE.sample(uniform(0)))._replace(
        PagePolicy="Open", Scheduler="FrFcfs", SchedulerBuffer="Shared", RequestBufferSize=8, Arbiter="Reorder",
        MaxActiveTransactions=4, RefreshPolicy="NoRefresh")
    served = [channel("DDR3-1600", "zipf", requests=3000).serve(design._replace(RespQueue=q)) for q in ("Fifo", "Reorder")]
    assert served[0].response > served[1].response


def test_idle_refreshes_are_made_ahead_and_spare_later_ones():
    device = DEVICES["DDR3-1600"]
    gap = device.REFI * 20 // 100
    sparse = Trace("sparse", np.arange(100) * gap + 1000, np.arange(100) * 64, np.zeros(100, bool))
    design = SPACE.decode(SPACE.sample(uniform(0)))._replace(RefreshPolicy="AllBank", RefreshMaxPulledin=8,
                                                             RefreshMaxPostponed=1, Arbiter="Simple")
    served = Channel(device, sparse).serve(design, log=True)
    refreshes = served.log[served.log[:, 1] == engine.REF, 0]
    # Nothing waits at the first trigger: eight more follow at once, and the next eight triggers are skipped.
    assert refreshes[0] // device.REFI == 1 and (np.diff(refreshes[:9]) == device.RFC).all()
    assert refreshes[9] >= 10 * device.REFI


def test_dramsys_traces_are_served(shared_data):
    design = SPACE.decode(SPACE.sample(uniform(0)))
    for name, ranks in (("cloud-1", 1), ("cloud-2", 1), ("random", 1), ("chstone-aes_32", 2)):
        trace = read_stl(shared_data / "dram_traces" / f"{name}.stl")
        served = Channel(DEVICES["DDR3-1600"], trace, ranks).serve(design)
        assert served.cycles > trace.cycle[-1] and 0 <= served.row_hits <= 1


def test_a_trace_of_dramsys_that_goes_back_in_time_is_refused_with_its_line(shared_data):
    with pytest.raises(ArchGymError, match="ddr3_example.stl, line 470: cycle 0 comes after cycle 468"):
        read_stl(shared_data / "dram_traces" / "ddr3_example.stl")
