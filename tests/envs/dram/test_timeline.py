"""The picture of a controller's commands, against the log that they are read off."""

from itertools import pairwise

import pytest

import archgym
from archgym.drawing.paint import rendered
from archgym.envs.hardware.dram.controller import COMMANDS
from archgym.envs.hardware.dram.timeline import FAMILIES, drawing
from archgym.streams import uniform


def opened(device="DDR3-1600", ranks=1, requests=400):
    return archgym.task("DRAMController-v0", device=device, ranks=ranks, requests=requests, trace="mixed")


@pytest.mark.parametrize("device, ranks", [("DDR3-1600", 1), ("DDR4-2400", 2), ("LPDDR4-3200", 1)])
def test_the_first_commands_are_drawn_where_the_log_has_them(device, ranks):
    task = opened(device, ranks)
    channel, u = task.evaluator.evaluator.channel, uniform(1)
    length = 6 * channel.device.RC
    for _ in range(6):
        design = task.space.decode(task.space.sample(u))
        panel = drawing(channel, design).panels[0]
        logged = [(cycle, COMMANDS[command], bank) for cycle, command, bank, _ in
                  channel.serve(design, log=True).log.tolist() if cycle < length]
        for family, names in (("activate", ("ACT",)), ("read", ("RD", "RDA")), ("write", ("WR", "WRA"))):
            drawn = sorted((start, span.lane) for span in panel.spans for start, _, f in span.pieces if f == family)
            assert drawn == sorted((cycle, bank) for cycle, name, bank in logged if name in names)
        assert {f for span in panel.spans for *_, f in span.pieces} <= {*FAMILIES, ""}


def test_no_bank_does_two_things_at_once():
    task = opened()
    channel, u = task.evaluator.evaluator.channel, uniform(2)
    for _ in range(10):
        for panel in drawing(channel, task.space.decode(task.space.sample(u))).panels:
            for lane in range(len(panel.lanes)):
                pieces = sorted(p for span in panel.spans if span.lane == lane for p in span.pieces)
                assert all(a[1] <= b[0] for a, b in pairwise(pieces))


def test_the_first_refresh_has_a_panel_and_never_refreshing_has_none():
    task = opened(requests=2000)
    design = task.space.decode(task.space.sample(uniform(0)))
    drawn = task.evaluator.drawing(design._replace(RefreshPolicy="AllBank", RefreshMaxPostponed=1))
    refreshed = {span.lane for span in drawn.panels[1].spans if span.text == "refresh"}
    assert refreshed == set(range(8))
    assert len(task.evaluator.drawing(design._replace(RefreshPolicy="NoRefresh")).panels) == 1
    assert rendered(drawn, ".svg") == rendered(drawn, ".svg")
