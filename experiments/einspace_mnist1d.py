"""Does evolution find better networks than random sampling, where every design is trained?

Designs are derivations of einspace's grammar for sequences, with small caps; a measurement trains one on MNIST-1D for
20 epochs, and a search has 60 of them. Evolution starts from random designs, or, as Ericsson et al. do with known
networks, from one of two convolutions that fills its first population. Agents see the accuracy on 1,000 validation
samples; what they return is judged by the accuracy of the same training on 1,000 test samples.

Ericsson et al., "einspace: Searching for Neural Architectures from Fundamental Operations", NeurIPS 2024; the data
after Greydanus and Kobak, "Scaling Down Deep Learning with MNIST-1D", ICML 2024.
"""

import numpy as np

from archgym import stats
from archgym.study_page import last, table

from .incumbents import incumbents

QUICK = {"seeds": 2, "budget": {"evaluations": 6},
         "tasks": [{"name": "Train-v0", "label": "einspace on MNIST-1D",
                    "options": {"space": "einspace", "data": "mnist1d", "device": "cpu",
                                "space_options": {"max_parameters": 50000, "max_activations": 30000},
                                "recipe": {"epochs": 1, "optimizer": "adamw", "learning_rate": 0.01}}}]}


def sections(sweep, figures):
    entry = sweep.tasks[0]
    found = {a.label: sweep.results(entry.label, a.label) for a in sweep.agents}
    found = {label: results for label, results in found.items() if len(results)}
    yield "What was found", list(_found(sweep, entry, found, figures))
    yield "What was trained", list(_trained(sweep, entry, found))
    yield "The networks that were returned", list(_returned(sweep, entry))


def _found(sweep, entry, found, figures):
    rows, n = [], int(sweep.budget(entry.label).evaluations)
    for label, results in found.items():
        saw, held = last(results.incumbents), last(results.holdout)
        rows.append((label, ", ".join(f"{v:.1f}" for v in saw), f"{saw.mean():.1f}",
                     ", ".join(f"{v:.1f}" for v in held), f"{held.mean():.1f}"))
    yield table(("agent", "validation, each seed", "mean", "test, each seed", "mean"), rows)
    words = [f"Accuracies of the returned networks in percent, after {n} trainings."]
    if "random" in found:
        pooled = found["random"].values.ravel()
        best = float(np.dot(*stats.best_of(pooled[np.isfinite(pooled)], n, replace=False)))
        words.append(f"Of all {len(pooled)} designs that random search trained, the best of {n} has {best:.1f} on "
                     "average, without bias.")
    yield " ".join(words)
    yield figures.save(incumbents(sweep, entry, "accuracy (%)"), "search",
                       "Accuracy of the incumbent against trainings")
    yield "Above: means over seeds, and each seed as a thin line."


def _trained(sweep, entry, found):
    rows = []
    for label, results in found.items():
        ok = results.values[results.values > entry.task.worst]
        rows.append((label, int(results.evaluations.sum()), int(results.distinct.sum()), int(results.infeasible.sum()),
                     int(results.failed.sum()), f"{np.median(ok):.1f}" if len(ok) else "",
                     f"{results.cost.mean():,.0f}"))
    yield table(("agent", "trainings", "distinct", "infeasible", "failed", "median accuracy", "declared s a run"), rows)
    yield ("Over all seeds. A design that a run met before was charged again, and not trained again. The declared cost "
           "is samples x operations at 1 GFLOP/s.")


def _returned(sweep, entry):
    rows = []
    for run in sweep.runs:
        at = run.trajectory.incumbent_rows()[-1]
        metrics, genome = run.trajectory.metrics, tuple(run.trajectory.genomes[at])
        rows.append((f"{run.agent}, seed {run.seed}", f"{metrics['val_accuracy'][at]:.1f}",
                     f"{metrics['parameters'][at]:,.0f}", f"`{entry.task.space.text_of(genome)}`"))
    yield table(("run", "validation", "parameters", "derivation"), rows, numbers=False)
