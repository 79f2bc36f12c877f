"""How training-free scores rank NAS-Bench-201 cells: against the table's accuracy, and against published scores.

    python -m archgym.experiments.proxy_correlations --write docs/training_free.md --published FOLDER

FOLDER holds `zc_proxies_subsets.parquet`, the scores of NAS-Bench-Suite-Zero (Krishnakumar et al., NeurIPS 2022); cells
are then drawn from those that have published scores, else from all. Zen scores are in `nb201_zen_full.parquet` there,
the cells they are of in `../nasbench201/nb201.parquet`.
"""

import argparse
import math
from ast import literal_eval
from multiprocessing import get_context
from pathlib import Path
from time import process_time

import numpy as np

import archgym
from archgym.errors import UnknownName
from archgym.evaluator import measure
from archgym.stats.agreement import kendall_tau, kendall_tau_interval, kendall_tau_of_best, spearman_rho
from archgym.streams import generator

from ..envs.tables.nasbench201 import SPACE, records
from ..envs.training.training_free import SCORES
from ..spaces.cell import EDGES, OPERATIONS
from .proxy_page import page

SKELETON = "channels: 16, cells: 1"
BATCH = 32
AGAIN = 100
"""Cells that are scored with a second seed as well."""
PUBLISHED = {"parameters": "params", "naswot": "nwot", "jacob_cov": "jacov"}
"""Score -> its column there, where the names differ."""
PUBLISHED_OPERATIONS = ("skip_connect", "none", "nor_conv_3x3", "nor_conv_1x1", "avg_pool_3x3")
PUBLISHED_EDGES = ((1, 0), (2, 0), (3, 0), (2, 1), (3, 1), (3, 2))


def codes_of(published) -> np.ndarray:
    """(N,) codes of our space of cells that are written as NASLib does, "(4,3,3,3,2,3)"."""
    genomes = []
    for text in published:
        named = dict(zip(PUBLISHED_EDGES, literal_eval(text)))
        genomes.append([OPERATIONS.index(PUBLISHED_OPERATIONS[named[edge]]) for edge in EDGES])
    return SPACE.codes(np.array(genomes))


def published_scores(folder: Path) -> dict[str, np.ndarray]:
    """Columns of the cells with published scores on CIFAR-10, and their "code"."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    rows = pq.read_table(folder / "zc_proxies_subsets.parquet")
    rows = rows.filter(pc.and_(pc.equal(rows["space"].cast("string"), "nasbench201"),
                               pc.equal(rows["task"].cast("string"), "cifar10")))
    found = {"code": codes_of(rows["arch"].to_pylist())}
    for score in SCORES:
        column = PUBLISHED.get(score, score)
        if column in rows.column_names and rows[column].null_count < len(rows):
            found[score] = np.asarray(rows[column].to_numpy(), float)
    if (folder / "nb201_zen_full.parquet").is_file():
        found["zen"] = of_all_cells(folder, "cifar10_zen")[found["code"]]
    return found


def of_all_cells(folder: Path, column: str) -> np.ndarray:
    """(15,625,) a column of the file of Zen scores, by code."""
    import pyarrow.parquet as pq

    cells = pq.read_table(folder.parent / "nasbench201" / "nb201.parquet", columns=["index", "arch"]).to_pydict()
    codes = SPACE.codes(np.array([SPACE.encode(SPACE.parse(text)) for text in cells["arch"]]))
    rows = pq.read_table(folder / "nb201_zen_full.parquet", columns=["index", column]).to_pydict()
    code_of = dict(zip(cells["index"], codes))
    found = np.empty(SPACE.size)
    found[[code_of[index] for index in rows["index"]]] = rows[column]
    return found


def of_table(name, designs) -> np.ndarray | str:
    """What the objective of a table's task is for each design, the mean over its seeds; or why there is no such table."""
    try:
        task = archgym.task(name)
    except UnknownName:
        return f"{name} is no task here yet"
    seeds = range(task.evaluator.seeds)
    return np.array([np.mean([task.objective.value(measure(task.evaluator, design, None, seed, lambda: repr(design)).values)
                              for seed in seeds]) for design in designs])


def scores(score, designs, seed):
    """(values, NaN where the score is not defined; seconds of the processor for one)."""
    task = archgym.task("TrainingFree-v0", score=score, data="digits", skeleton=SKELETON, batch=BATCH, seeds=seed + 1,
                        device="cpu")
    started = process_time()
    values = [measure(task.evaluator, d, None, seed, lambda: repr(d)).values.get(score, math.nan) for d in designs]
    return np.array(values), (process_time() - started) / len(designs)


def ranked(values):
    """Undefined ones rank last, as a search would have them."""
    return np.where(np.isfinite(values), values, -np.inf)


def study(cells: int, seed: int, folder: Path | None, table: str | None = None, workers: int = 2):
    """(a row a score: agreement with the accuracy, ours and the published, and of the two with each other; a note).

    The note says why there is no column on `table`, where there is none.
    """
    theirs = published_scores(folder) if folder else {"code": np.arange(SPACE.size)}
    picked = generator(seed, "proxy correlations", "cells").choice(len(theirs["code"]), cells, replace=False)
    codes = theirs["code"][picked]
    truth = np.nanmean(records("cifar10")["accuracy"], axis=1)[codes]
    designs = [SPACE.decode(genome) for genome in np.stack(np.unravel_index(codes, (len(OPERATIONS),) * len(EDGES)), 1).tolist()]
    rows = []
    with get_context("spawn").Pool(workers) as pool:
        found = pool.starmap(scores, [(score, designs, seed) for score in SCORES]
                             + [(score, designs[:AGAIN], seed + 1) for score in SCORES], chunksize=1)
    in_table = of_table(table, designs) if table else ""
    for score, (values, seconds), (others, _) in zip(SCORES, found, found[len(SCORES):]):
        ours = ranked(values)
        row = {"score": score, "tau": kendall_tau_interval(ours, truth), "rho": spearman_rho(ours, truth),
               "best": kendall_tau_of_best(ours, truth), "again": kendall_tau(ours[:AGAIN], ranked(others)),
               "undefined": int(np.isnan(values).sum()), "seconds": seconds}
        if not isinstance(in_table, str):
            row["table"] = kendall_tau_interval(ours, in_table)
        if score in theirs:
            known = np.isfinite(other := theirs[score][picked])
            row |= {"their_tau": kendall_tau_interval(other[known], truth[known]),
                    "their_best": kendall_tau_of_best(other[known], truth[known]),
                    "together": kendall_tau_interval(ours[known], other[known]), "known": int(known.sum())}
        rows.append(row)
    return rows, in_table if isinstance(in_table, str) else ""


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cells", type=int, default=300, help="random cells; default 300")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2, help="processes; default 2")
    parser.add_argument("--published", type=Path, metavar="FOLDER", help="where zc_proxies_subsets.parquet is")
    parser.add_argument("--table", metavar="TASK", help="a table of these cells, such as NASBenchMNIST1D-v0")
    parser.add_argument("--write", required=True, type=Path, metavar="FILE", help="the page, docs/training_free.md")
    given = parser.parse_args(arguments)
    if given.cells < 20:
        parser.error("--cells: at least 20, for the best tenth is ranked as well")
    found, note = study(given.cells, given.seed, given.published, given.table, given.workers)
    command = "".join(f" --{name} {value}" for name, value in vars(given).items()
                      if name in ("cells", "published", "table") and value is not None)
    given.write.write_text(page(found, given.cells, given.seed, given.published is not None, given.table, note, command)
                           + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
