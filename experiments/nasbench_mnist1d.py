"""Does a table that trains in three processor hours tell search strategies apart?

NASBenchMNIST1D-v0 is this project's own benchmark: NAS-Bench-201's cells as networks of sequences, every one of the
6,466 official classes trained on MNIST-1D with three seeds, validation and test accuracy after each of four epochs. It
ships with ArchGym and is opened offline. This page is its data card, and a comparison of strategies on it.

Cells after Dong and Yang, "NAS-Bench-201: Extending the Scope of Reproducible Neural Architecture Search", ICLR 2020;
data after Greydanus and Kobak, "Scaling Down Deep Learning with MNIST-1D", ICML 2024.
"""

import numpy as np

from archgym import stats
from archgym.report import card
from archgym.report.text import listed
from archgym.stats.agreement import kendall_tau, kendall_tau_interval, kendall_tau_of_best, spearman_rho
from archgym.streams import generator
from archgym.study_page import table

from ..envs.tables.nasbench201 import SPACE
from ..envs.tables.nasbench201 import records as nasbench201
from ..envs.tables.nasbench_mnist1d import EPOCHS, records
from .incumbents import incumbents
from .mnist1d_recipes import agreement
from .mnist1d_table import RECIPE, SKELETON

QUICK = {"seeds": 5, "budget": {"evaluations": 60}}
HELD = "holdout: mean test accuracy of the trainings that the search did not see"


def sections(sweep, figures):
    entry = sweep.tasks[0]
    found = card.find(entry.task)
    yield "What it is", list(_what())
    yield "What it is like", [table(("", ""), card.words(found), numbers=False),
                              figures.save(card.picture(found).figure, "card", "The card in pictures")]
    yield "Epochs", list(_epochs())
    yield "Beside the published table", list(_beside())
    yield "The best cells", list(_best())
    yield "Search on it", list(_search(sweep, entry, figures))


def _what():
    data = records()
    skeleton = ", ".join(f"{name}: {value}" for name, value in SKELETON.items())
    yield ("`archgym.task(\"NASBenchMNIST1D-v0\")` shows the validation accuracy of one of three recorded trainings; "
           "the holdout is the mean test accuracy of the two others. `noise=\"mean\"` shows the mean of the three. The "
           f"fidelities are the epochs, {', '.join(map(str, EPOCHS))}, of one schedule: the learning rate is still "
           "high after the first.")
    yield table(("", ""), [
        ("Cells", f"{len(data['valid'][1]):,} classes for {SPACE.size:,} genomes; isomorphic ones share a record, that "
         "of the first in the space's order"),
        ("Network", f"NAS-Bench-201's skeleton for sequences, {skeleton}"),
        ("Recipe", f"{RECIPE}; else Train-v0's defaults, a cosine to zero among them"),
        ("Data", "MNIST-1D's default set: 1,000 sequences of 40 to train on, 1,000 to validate, 1,000 to test"),
        ("Columns", "valid_1 to valid_4, test_1 to test_4 in percent, parameters, flops of one sample, seconds of the "
         "processor a training, status"),
        ("Declared cost", "samples x operations, three times the pass forward, at 1 GFLOP/s"),
        ("Trained by", "`python -m archgym.experiments.mnist1d_table`, one thread a training; "
         f"{data['seconds'].sum() / 3600:.1f} hours of a processor in all"),
        ("Why this recipe", "`docs/mnist1d_recipe.md`, which `python -m archgym.experiments.mnist1d_recipes` makes"),
        ("File", f"envs/tables/nasbench_mnist1d.parquet, sha256 {data['checksum'][:16]}, Apache-2.0")], numbers=False)


def _epochs():
    data = records()
    last = data["valid"][EPOCHS[-1]].mean(1)
    rows = []
    for epoch in EPOCHS:
        valid, test = data["valid"][epoch], data["test"][epoch]
        mean = valid.mean(1)
        others = [np.delete(data["valid"][EPOCHS[-1]], s, 1).mean(1) for s in range(valid.shape[1])]
        rows.append((epoch, f"{np.median(mean):.1f}", f"{np.quantile(mean, 0.99):.1f}", f"{mean.max():.1f}",
                     f"{agreement(valid):.2f}",
                     f"{np.mean([kendall_tau(valid[:, s], other) for s, other in enumerate(others)]):.2f}",
                     f"{np.mean([kendall_tau_of_best(valid[:, s], other) for s, other in enumerate(others)]):.2f}",
                     f"{kendall_tau(test.mean(1), last):.2f}"))
    yield table(("epoch", "median", "99 %", "best", "seeds: rho", "final: tau", "best tenth", "test: tau"), rows)
    yield ("Median, 99 % quantile and best of the classes' mean validation accuracy in percent. *Seeds*: Spearman's "
           "rank correlation of two trainings of the same class, mean of the three pairs. *Final*: Kendall's tau of "
           "one training after that epoch with the other two after the last, and the same among the tenth that is best by "
           "these. *Test*: tau of the mean test accuracy after that epoch with the final mean validation accuracy.")


def _beside():
    ours, first = records()["valid"][EPOCHS[-1]].mean(1), _first_codes()
    rows = []
    for dataset in ("cifar10", "cifar100", "imagenet16-120"):
        theirs = np.nanmean(nasbench201(dataset)["accuracy"], axis=1)[first]
        found = kendall_tau_interval(ours, theirs)
        rows.append((dataset, f"{found.estimate:.2f} ({found.low:.2f} to {found.high:.2f})",
                     f"{spearman_rho(ours, theirs):.2f}", f"{kendall_tau_of_best(ours, theirs):.2f}"))
    yield table(("NAS-Bench-201 on", "tau", "rho", "tau, its best tenth"), rows)
    yield ("Do the cells that learn images learn sequences? Mean validation accuracies of the classes' first cells, "
           "against ours; intervals are 95 %, over classes.")


def _first_codes():
    """(classes,) the code of the first genome of each row."""
    rows = records()["rows"].row_of_code
    _, first = np.unique(rows, return_index=True)
    return first


def _best():
    data = records()
    valid, test = data["valid"][EPOCHS[-1]], data["test"][EPOCHS[-1]]
    order = np.argsort(-valid.mean(1), kind="stable")[:5]
    genomes = np.stack(np.unravel_index(_first_codes(), (5,) * 6), 1)
    yield table(("cell", "validation", "seeds", "test", "parameters"), [
        (_code(SPACE.format(SPACE.decode(tuple(genomes[i].tolist())))), f"{valid[i].mean():.2f}",
         ", ".join(f"{v:.1f}" for v in valid[i]), f"{test[i].mean():.2f}", f"{data['parameters'][i, 0]:,.0f}")
        for i in order])
    yield "By the mean validation accuracy of the three trainings, in percent."


def _code(text):
    """In a cell of a table, where a bar would end the cell."""
    return f"`{text}`".replace("|", "\\|")


def _search(sweep, entry, figures):
    budget = int(sweep.budget(entry.label).evaluations)
    baseline = entry.task.random_baseline(budget)
    rows, above = [], []
    for agent in sweep.agents:
        found = sweep.results(entry.label, agent.label)
        if not len(found):
            continue
        rng = generator(0, entry.task.id, agent.label, "card")
        cells = []
        for values in (found.incumbents[:, -1], found.holdout[:, -1]):
            interval = stats.bootstrap(values, rng)
            cells.append(f"{interval.estimate:.2f} ({interval.low:.2f} to {interval.high:.2f})")
        if interval.low > baseline.holdout_mean:
            above.append(agent.label)
        rows.append((agent.label, *cells, len(found)))
    rows.append(("random search, exact", f"{baseline.mean:.2f}", f"{baseline.holdout_mean:.2f}", "all"))
    yield table((f"after {budget} evaluations", "what the search saw", "holdout", "seeds"), rows)
    yield (f"By the holdout, {listed(above) if above else 'no agent'} {'ends' if len(above) < 2 else 'end'} above the "
           "exact mean of random search, interval and all.")
    yield (f"Percent, means with 95 % intervals over seeds; {HELD}. What a search saw is the luckiest of its "
           "trainings: only the holdout says which cell is better.")
    random = baseline.curve(np.unique(np.geomspace(1, baseline.n, 60).astype(int)))
    yield figures.save(incumbents(sweep, entry, "accuracy (%)", random), "search",
                       "Accuracy of the incumbent against evaluations")
    yield ("Above: mean accuracy of the incumbent, left what the search saw, right the holdout, with 95 % intervals "
           "over seeds; dotted, the mean of random search from its closed form.")
