"""DRAMController-v0: find the memory controller that serves a trace best."""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

from archgym.evaluator import Evaluator, Measurement, Measurements, Metric
from archgym.registry import register_task as task
from archgym.reward import NAME, Least, Rewarded, Targets
from archgym.task import Objective, Task, TaskInfo

from ....spaces.dram_controller import Controller, DRAMController
from .channel import Channel
from .device import checked_ranks, device_named
from .trace import generated, read_stl

METRICS = (
    Metric("cycles", "", "min", doc="memory cycles from the start to the last response"),
    Metric("latency", "s", "min", doc="the same in seconds: what ArchGym calls latency"),
    Metric("response", "s", "min", doc="mean time from a request's arrival to its response"),
    Metric("energy", "J", "min", doc="of the devices, standby included, for the whole trace"),
    Metric("power", "W", "min", doc="energy over latency"),
    Metric("bandwidth", "B/s", "max", doc="bytes moved over latency"),
    Metric("row_hits", "", "max", doc="share of requests that found their row open"),
)
UNITS = {metric.name: metric.unit for metric in METRICS}
# ArchGym's targets: 1 W, and 0.1 ms for its 10,000 requests.
TARGETS = {"target-power": ("power",), "target-latency": ("latency",), "target-both": ("power", "latency")}
TARGET = {"power": 1.0, "latency": 1e-4}
VERSION = 1  # of the simulator: larger when answers may have changed
SLOWEST = Controller("Closed", "Fifo", "Shared", 1, "Fifo", "AllBank", 1, 1, "Fifo", 1)


class Simulator(Evaluator):
    """Serves one trace; what it finds is a function of the controller."""

    metrics = METRICS
    instant = True
    cost_unit = "requests"

    def __init__(self, channel: Channel):
        self.channel = channel
        trace = channel.trace
        self.fingerprint = f"dram-{VERSION}:{channel.device.name}:ranks={channel.ranks}:trace={trace.checksum}"

    def evaluate(self, design, *, fidelity, seed):
        served = self.channel.serve(design)
        return Measurement({name: float(getattr(served, name)) for name in UNITS}, float(len(self.channel.trace)))

    def evaluate_many(self, designs, *, fidelity, seeds):
        """On as many threads as the numerical libraries may use: the compiled simulator runs beside Python."""
        threads = int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1)
        with ThreadPoolExecutor(threads) as pool:
            found = list(pool.map(lambda design: self.evaluate(design, fidelity=None, seed=0), designs))
        return Measurements.collect(found, list(UNITS))

    def drawing(self, design):
        from .timeline import drawing

        return drawing(self.channel, design)


@task("DRAMController-v0")
def dram_controller(device: Literal["DDR3-1600", "DDR4-2400", "LPDDR4-3200"] = "DDR3-1600", trace: str = "mixed",
                    requests: int = 10_000, ranks: int = 1, levels: Literal["all", "powers"] = "all",
                    objective: Literal["latency", "response", "energy", "power", "bandwidth", "energy-delay",
                                       "target-power", "target-latency", "target-both"] = "energy-delay") -> Task:
    """Find the memory controller that serves a trace of requests best, by simulation.

    device: the DRAM; each has its own timing, currents and address map.
    trace: stream, random, cloud, zipf, mixed (with writes), matmul, or the path of a .stl file.
    requests: how many a generated trace has.
    ranks: 1, 2 or 4.
    levels: "all" parameters of ArchGym, or "powers" of two of its counts (its multi-agent study).
    objective: a metric, the product of energy and latency, or ArchGym's rewards for hitting 1 W, 0.1 ms, or both.
    """
    chosen = device_named(device)
    checked_ranks(ranks)
    from_file = trace.endswith((".stl", ".rstl"))
    requested = read_stl(trace) if from_file else generated(trace, chosen, requests, ranks)
    simulator = Simulator(Channel(chosen, requested, ranks))
    reward = (Targets({name: TARGET[name] for name in TARGETS[objective]}) if objective in TARGETS else
              Least(("energy", "latency")) if objective == "energy-delay" else None)
    if reward is None:
        goal = next(metric.goal for metric in METRICS if metric.name == objective)
        evaluator, scalar = simulator, Objective(objective, goal, UNITS[objective])
    else:
        evaluator, scalar = Rewarded(simulator, reward), Objective(NAME)
    worst = scalar.value(evaluator.evaluate(SLOWEST, fidelity=None, seed=0).values)
    options = {"device": device, "trace": requested.name, "ranks": ranks, "levels": levels, "objective": objective}
    return Task(
        "DRAMController-v0", DRAMController(levels), evaluator, scalar,
        options if from_file else options | {"requests": requests}, worst=0.0 if objective in TARGETS else worst,
        about=TaskInfo(
            summary=f"A controller of {device} serving {len(requested):,} requests of {requested.name}; a measurement "
                    "costs the requests that it simulates",
            source="a simulator of the project's own, event-driven and compiled; device timings of data sheets",
            paper="parameters and rewards: Krishnan et al., ArchGym, ISCA 2023, arXiv 2306.08888; controller: Steiner et "
                  "al., DRAMSys4.0, SAMOS 2020",
            licence="none needed: traces and simulator are the project's own",
            data_version=simulator.fingerprint,
            holdout_note="No holdout: the simulator is deterministic, and the trace that is searched on is the one that "
                         "is reported."))
