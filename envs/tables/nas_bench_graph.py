"""NAS-Bench-Graph: 26,206 graph neural networks, trained on nine graphs.

The records come inside the PyPI package `nas_bench_graph`, its light version: means over three trainings. Nothing is
downloaded when a task opens.
"""

import hashlib
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import numpy as np

from archgym.errors import ArchGymError
from archgym.evaluator import Metric
from archgym.registry import register_task as task
from archgym.tables import pickles
from archgym.tables.evaluator import Column, Rows, Table
from archgym.task import Objective, Task, TaskInfo

from ...spaces.nas_bench_graph import NASBenchGraph, NASBenchGraphProteins, numbered

ROWS, PROTEINS_ROWS = 26_206, 2_021


@lru_cache(maxsize=2)
def records(dataset: str) -> tuple[list[int], dict[str, np.ndarray], str]:
    """(official number of each network, columns (rows, 1), checksum of the file that they came from)."""
    found = find_spec("nas_bench_graph")
    if found is None:
        raise ArchGymError("NASBenchGraph-v0 reads its table from the package nas_bench_graph, which is not installed: "
                           "pip install nas_bench_graph")
    path = Path(found.origin).parent / "light" / f"{dataset}.bench"
    content = path.read_bytes()
    rows = pickles.records(content, str(path))
    expected = PROTEINS_ROWS if dataset == "proteins" else ROWS
    if len(rows) != expected:
        raise ArchGymError(f"{path} holds {len(rows):,} networks, expected {expected:,}; reinstall nas_bench_graph")
    numbers = sorted(rows)
    columns = {name: np.array([[rows[number][name]] for number in numbers], float)
               for name in ("valid_perf", "perf", "latency", "para")}
    return numbers, columns, hashlib.sha256(content).hexdigest()


@task("NASBenchGraph-v0")
def nas_bench_graph(dataset: Literal["arxiv", "citeseer", "computers", "cora", "cs", "photo", "physics", "proteins",
                                     "pubmed"] = "cora") -> Task:
    """Find the graph neural network that classifies the nodes of a graph best on validation data.

    dataset: which graph the networks were trained on. Networks for proteins have five operations, others nine.
    """
    numbers, columns, checksum = records(dataset)
    space = NASBenchGraphProteins() if dataset == "proteins" else NASBenchGraph()
    rows = Rows(space, None, [space.key(numbered(number)) for number in numbers])
    what = "ROC-AUC" if dataset == "proteins" else "accuracy"
    accuracy = Metric("val_accuracy", "", "max", doc=f"validation {what}, 0 to 1, mean of three trainings")
    test = Metric("test_accuracy", "", "max", "holdout", f"test {what}, 0 to 1, mean of the same three trainings")
    searched = [Column(metric, {None: columns[name]}) for metric, name in (
        (accuracy, "valid_perf"), (Metric("latency", "s", "min", doc="recorded latency"), "latency"),
        (Metric("parameters", "M", "min", doc="number of parameters, in millions"), "para"))]
    cost = {None: np.zeros(len(numbers))}
    fingerprint = f"nas_bench_graph:light/{dataset}:sha256={checksum}"
    return Task(
        "NASBenchGraph-v0", space, Table(rows, searched, cost, fingerprint),
        Objective(accuracy.name, "max", "", test.name), options={"dataset": dataset},
        open_judge=lambda: Table(rows, (Column(test, {None: columns["perf"]}),), cost, fingerprint),
        worst=0.0, optimum=float(columns["valid_perf"].max()),
        about=TaskInfo(
            summary=f"NAS-Bench-Graph's networks on {dataset}, mean of three trainings; networks of skips alone are "
                    "infeasible; a measurement costs nothing, for the package records no training time",
            source="PyPI package nas_bench_graph (light version); records of NAS-Bench-Graph",
            paper="Qin et al., NAS-Bench-Graph, NeurIPS 2022 Datasets and Benchmarks, arXiv 2206.09166",
            licence="Apache-2.0 (package and records)", data_version=fingerprint,
            holdout_note="Holdout: test performance, which the search does not see; it is of the same three trainings "
                         "as the validation performance, so what their seeds have in common is in both. Both are "
                         "means: a measurement has no noise."))
