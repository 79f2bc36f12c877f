"""What every agent and every peer does on NAS-Bench-201 and on open spaces: runs in processes, kept in a folder."""

import json
import re
from importlib.metadata import version
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from time import process_time

from archgym import Budget, registry, run, space, task
from archgym.agent import settings
from archgym.errors import ArchGymError
from archgym.evaluator import source_digest

from .peer_loops import PEERS

AT = (50, 100, 200, 300)
MANY = 1_000
SLOW = 2.0  # CPU seconds of a run
FEW_SEEDS = 20
LIMIT = 1_800.0  # seconds by the clock after which a process is given up
PARTS = ("regret", "thousand", "spaces")
DATASETS = ("cifar10", "cifar100")
SPACES = ("NASBench201", "einspace", "HierarchicalNASBench201")
ON_SPACES = 200  # evaluations


def nasbench201(dataset="cifar10"):
    return task("NASBench201-v0", dataset=dataset, noise="mean")


def statistics_of_graphs(name):
    """A task whose evaluator costs next to nothing: designs with some twenty nodes and many labels are good."""
    opened = space(name)

    def evaluate(design):
        graph = opened.graph(design)
        nodes = len(graph.labels)
        return len(set(graph.labels)) + len(graph.edges) / nodes - abs(nodes - 20) / 10

    return task(space=opened, evaluate=evaluate, name=f"graph statistics of {name}")


# What a process does: each function yields rows, a dictionary a run.

def regret_of(best, optimum):
    return [optimum - best[min(n, len(best)) - 1] for n in AT]


def regret_rows(name, seeds):
    opened, budget = nasbench201(), Budget(evaluations=AT[-1])
    run(opened, name, Budget(evaluations=2))  # what it imports is not the run's
    for seed in seeds:
        start = process_time()
        best = run(opened, name, budget, seed).trajectory.incumbents()
        yield {"seed": seed, "cpu": process_time() - start, "regret": regret_of(best, opened.optimum)}


def thousand_rows(name, seeds):
    opened = {dataset: nasbench201(dataset) for dataset in DATASETS}
    for seed in seeds:
        yield {"seed": seed, "best": {d: run(t, name, Budget(evaluations=MANY), seed).incumbent.value
                                      for d, t in opened.items()}}


def peer_rows(name, seeds):
    opened = nasbench201()
    table = {tuple(map(int, g)): float(v) for g, v in zip(opened.population().genomes, opened.population().values)}
    sizes, best = [len(choice.options) for choice in opened.space.choices], []

    def measure(picks):
        best.append(max(table[picks], best[-1]) if best else table[picks])
        return table[picks]

    PEERS[name](measure, sizes, 10**6, 2)
    for seed in seeds:
        best.clear()
        start = process_time()
        PEERS[name](measure, sizes, seed, AT[-1])
        yield {"seed": seed, "cpu": process_time() - start, "regret": regret_of(best, opened.optimum)}


def space_rows(name, seeds):
    for at, where in enumerate(SPACES):
        if at not in seeds:
            continue
        opened = statistics_of_graphs(where)
        start = process_time()
        row = {"seed": at, "space": where}
        try:
            found = run(opened, name, Budget(evaluations=ON_SPACES))
            row |= {"evaluations": len(found.trajectory), "best": found.incumbent.value}
        except ArchGymError as why:
            row |= {"refuses": str(why)}
        yield row | {"cpu": process_time() - start}


ROWS = {"regret": regret_rows, "thousand": thousand_rows, "spaces": space_rows, "peers": peer_rows}


def work(part, name, seeds, path, source):
    """The body of a process: rows are written as they come, so that nothing is lost where it is ended."""
    with open(path, "a", encoding="utf-8") as file:
        def write(row):
            # The newline first: what another process was writing when it was ended stays a line of its own.
            file.write("\n" + json.dumps({"source": source} | row))
            file.flush()

        try:
            for row in ROWS[part](name, seeds):
                write(row)
                if part in ("regret", "peers") and row["seed"] == seeds[0] and row["cpu"] > SLOW:
                    seeds[FEW_SEEDS:] = []
        except ModuleNotFoundError as why:
            write({"error": f"needs the package {why.name!r}, which is not installed"})
        except Exception as why:  # the table says so, and the other agents go on
            write({"error": f"{type(why).__name__}: {why}".removeprefix("ArchGymError: ")})


# What the parent does.

class Results:
    """The folder of rows, and the processes that fill it."""

    def __init__(self, folder, seeds):
        self.folder, self.seeds = Path(folder), seeds
        self.folder.mkdir(parents=True, exist_ok=True)
        self.broken = {}

    def source(self, part, name):
        if part == "peers":
            return version(name.split()[0]) if installed(name.split()[0]) else "none"
        agent = registry.agent(name)
        return f"{source_digest(agent)} {json.dumps(settings(agent), sort_keys=True)}"

    def rows(self, part, name):
        """Sound rows of the agent as it is now, by seed; errors are not kept."""
        path, source = self._path(part, name), self.source(part, name)
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        rows = {row["seed"]: row for row in map(_row, lines) if row and row["source"] == source and "error" not in row}
        return [rows[seed] for seed in sorted(rows)]

    def complete(self, part, name):
        """Run what is missing, in a process; what stopped it is in `broken` afterwards."""
        wanted = self.wanted(part, name)
        have = {row["seed"] for row in self.rows(part, name)}
        missing = [seed for seed in wanted if seed not in have]
        if not missing:
            return
        path = self._path(part, name)
        size = path.stat().st_size if path.is_file() else 0
        process = get_context("spawn").Process(
            target=work, args=(part, name, missing, str(path), self.source(part, name)))
        process.start()
        process.join(LIMIT)
        if process.is_alive():
            process.kill()
            process.join()
            self.broken[part, name] = f"given up after {LIMIT:,.0f} s"
        elif process.exitcode:
            self.broken[part, name] = f"its process ended with code {process.exitcode}"
        else:
            with open(path, encoding="utf-8") as file:
                file.seek(size)
                errors = [row["error"] for row in map(_row, file) if row and "error" in row]
            if errors:
                self.broken[part, name] = errors[-1]

    def wanted(self, part, name):
        if part == "spaces":
            return list(range(len(SPACES)))
        rows = self.rows("peers" if part == "peers" else "regret", name)
        slow = bool(rows) and rows[0]["cpu"] > SLOW
        if part == "thousand":
            return [] if slow or not rows else list(range(self.seeds))
        return list(range(min(self.seeds, FEW_SEEDS) if slow else self.seeds))

    def _path(self, part, name):
        return self.folder / f"{part}-{re.sub(r'[^A-Za-z0-9.]+', '-', name)}.jsonl"


def _row(line):
    """What a line says; None where it is empty or was cut off."""
    try:
        return json.loads(line)
    except ValueError:
        return None


def installed(package):
    return find_spec(package.lower().replace("-", "_")) is not None
