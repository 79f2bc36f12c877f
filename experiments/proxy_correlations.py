"""How training-free scores rank NAS-Bench-201 cells: against the table's accuracy, and against published scores.

    python -m archgym.experiments.proxy_correlations --write docs/training_free.md --published FOLDER

FOLDER holds `zc_proxies_subsets.parquet`, the scores of NAS-Bench-Suite-Zero (Krishnakumar et al., NeurIPS 2022); cells
are then drawn from those that have published scores, else from all.
"""

import argparse
import math
from ast import literal_eval
from multiprocessing import get_context
from pathlib import Path
from time import process_time

import numpy as np

import archgym
from archgym.evaluator import measure
from archgym.stats.agreement import kendall_tau, kendall_tau_of_best
from archgym.streams import generator

from ..envs.tables.nasbench201 import SPACE, records
from ..envs.training.training_free import SCORES
from ..spaces.cell import EDGES, OPERATIONS
from .proxy_page import page

SKELETON = "channels: 16, cells: 1"
BATCH = 32
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
    return found


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


def rho(first, second):
    from scipy.stats import spearmanr

    return float(spearmanr(first, second).statistic)


def study(cells: int, seed: int, folder: Path | None, workers: int = 2) -> list[dict]:
    """A row a score: agreement with the accuracy, ours and the published; and of the two with each other."""
    theirs = published_scores(folder) if folder else {"code": np.arange(SPACE.size)}
    picked = generator(seed, "proxy correlations", "cells").choice(len(theirs["code"]), cells, replace=False)
    codes = theirs["code"][picked]
    truth = np.nanmean(records("cifar10")["accuracy"], axis=1)[codes]
    designs = [SPACE.decode(genome) for genome in np.stack(np.unravel_index(codes, (len(OPERATIONS),) * len(EDGES)), 1).tolist()]
    rows = []
    with get_context("spawn").Pool(workers) as pool:
        found = pool.starmap(scores, [(score, designs, seed) for score in SCORES], chunksize=1)
    for score, (values, seconds) in zip(SCORES, found):
        ours = ranked(values)
        row = {"score": score, "tau": kendall_tau(ours, truth), "rho": rho(ours, truth),
               "best": kendall_tau_of_best(ours, truth), "undefined": int(np.isnan(values).sum()), "seconds": seconds}
        if score in theirs:
            known = np.isfinite(other := theirs[score][picked])
            row |= {"their_tau": kendall_tau(other[known], truth[known]),
                    "their_best": kendall_tau_of_best(other[known], truth[known]),
                    "together": kendall_tau(ours[known], other[known]), "known": int(known.sum())}
        rows.append(row)
    return rows


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cells", type=int, default=300, help="random cells; default 300")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2, help="processes; default 2")
    parser.add_argument("--published", type=Path, metavar="FOLDER", help="where zc_proxies_subsets.parquet is")
    parser.add_argument("--write", required=True, type=Path, metavar="FILE", help="the page, docs/training_free.md")
    given = parser.parse_args(arguments)
    if given.cells < 20:
        parser.error("--cells: at least 20, for the best tenth is ranked as well")
    found = study(given.cells, given.seed, given.published, given.workers)
    given.write.write_text(page(found, given.cells, given.seed, given.published is not None) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
