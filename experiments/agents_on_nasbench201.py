"""Every registered agent on NAS-Bench-201 and on open spaces, beside other libraries' own loops: docs/agents.md.

    python -m archgym.experiments.agents_on_nasbench201 [--seeds N] [--agents A ...] [--peers P ...] [--parts P ...]
                                                        [--results DIR] [--kept] [--csv FILE] [--write FILE]

Regret: CIFAR-10, noise="mean", 300 evaluations, in accuracy points below the optimum after 50, 100, 200 and 300, mean
and standard error over seeds (50; 20 for agents of which the first run took more than two CPU seconds). Thousand: the
chance to end better than the best of 1,000 random cells, on CIFAR-10 and CIFAR-100, for agents that are not slow.
Spaces: 200 evaluations on three spaces, with the agent's own words where it refuses one.

An agent runs in processes of its own, with one thread; CPU seconds are the process's, a first short run apart. Each run
is a line of a file in DIR: what is there is not run again, unless the agent's source has changed since.
"""

import argparse
import csv
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from archgym import registry
from archgym.errors import ArchGymError, UnknownName

from .agent_runs import PARTS, Results
from .agents_page import page, table_rows
from .peer_loops import PEERS


def missing_agents(names):
    """Agent -> why it cannot be made here: a package that is not installed."""
    found = {}
    for name in names:
        try:
            registry.agent(name)
        except UnknownName:
            raise
        except ArchGymError as why:
            found[name] = str(why)
    return found


def collect(options):
    """(Results, agents that run, {agent: why it cannot}, peers); what was missing is run first, unless only what is kept
    is asked for."""
    for package in ("OMP", "OPENBLAS", "MKL"):
        os.environ[f"{package}_NUM_THREADS"] = "1"
    names = options.agents or registry.agent_names()
    absent = missing_agents(names)
    present = [name for name in names if name not in absent]
    results = Results(options.results, options.seeds)
    if options.kept:
        return results, present, absent, options.peers
    with ThreadPoolExecutor(options.workers) as pool:
        if "regret" in options.parts:
            jobs = [("regret", name) for name in present] + [("peers", name) for name in options.peers]
            list(pool.map(lambda job: results.complete(*job), jobs))
        jobs = [(part, name) for part in ("thousand", "spaces") if part in options.parts for name in present]
        list(pool.map(lambda job: results.complete(*job), jobs))
    return results, present, absent, options.peers


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(description="Every agent on NAS-Bench-201, beside other libraries' own loops.")
    parser.add_argument("--seeds", type=int, default=50, help="runs an agent (default 50)")
    parser.add_argument("--agents", nargs="*", metavar="AGENT", help="default: all that are registered")
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS), metavar="PEER",
                        help=f"default: {', '.join(PEERS)}")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--workers", type=int, default=1, help="processes at a time (default 1: the quietest clock)")
    parser.add_argument("--results", default="agents-on-nasbench201", metavar="DIR", help="where runs are kept")
    parser.add_argument("--kept", action="store_true", help="run nothing: the page of what DIR holds so far")
    parser.add_argument("--csv", metavar="FILE", help="also write the numbers of the first table to a file")
    parser.add_argument("--write", metavar="FILE", help="write the page to a file, such as docs/agents.md")
    options = parser.parse_args(arguments)
    try:
        found = collect(options)
    except UnknownName as why:
        parser.error(str(why))
    text = page(*found, options.parts)
    print(text)
    if options.write:
        Path(options.write).write_text(text + "\n", encoding="utf-8")
    if options.csv:
        with open(options.csv, "w", newline="", encoding="utf-8") as file:
            rows = table_rows(*found)
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    broken = found[0].broken
    return int(any(part != "peers" for part, _ in broken))


if __name__ == "__main__":
    sys.exit(main())
