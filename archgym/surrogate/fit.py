"""Fitting a surrogate on a sweep, and its errors on designs that the fit did not see."""

from dataclasses import asdict, dataclass

import numpy as np

from .. import streams
from ..errors import ArchGymError, unknown
from ..models import forest
from ..models.parameters import Parameters
from ..reward import Rewarded
from ..sweep.designs import measured_designs
from ..task import Accuracy

FEWEST = 50  # designs that measured soundly
WITNESSES = 8  # designs whose text is kept, to notice a space that changed since


@dataclass
class Fitted:
    known: dict
    """What about.json holds, plain."""
    arrays: dict[str, np.ndarray]
    accuracy: list[Accuracy]


def fit(sweep, label: str | None = None, *, trees: int = 100, held_out: float = 0.2, seed: int = 0) -> Fitted:
    """A forest of a task's metrics on the designs that a sweep measured on it.

    label: the task's in the sweep; may be left out where the sweep has one task.
    held_out: share of the designs, drawn with `seed`, that are kept for the errors and not learned from.
    Raises ArchGymError where there are too few designs. The forest that was tested is the one that is kept.
    """
    if not isinstance(trees, int) or trees < 1 or not 0 < held_out < 1:
        raise ArchGymError(f"a forest has one tree or more, and holds out a share between 0 and 1; got {trees} "
                           f"and {held_out}")
    entry = _entry(sweep, label)
    task = entry.task
    found = measured_designs(sweep, entry.label)
    if found.ok.sum() < FEWEST:
        raise ArchGymError(f"{sweep.folder} holds {int(found.ok.sum())} different designs of {entry.label} that "
                           f"measured soundly; a surrogate wants {FEWEST} or more")
    rng = streams.generator(seed, task.id, "surrogate")
    order = rng.permutation(len(found))
    cut = max(1, round(held_out * len(found)))
    held, learned = np.sort(order[:cut]), np.sort(order[cut:])
    parameters = Parameters.of(task.space, _some(found.genomes, learned))
    columns = parameters.columns(parameters.picks(found.genomes))
    evaluator = task.evaluator.evaluator if isinstance(task.evaluator, Rewarded) else task.evaluator
    outputs = np.stack([found.metrics[m.name] for m in evaluator.metrics], axis=1)
    sound = found.ok[learned]
    scales = Scales.of(outputs[learned][sound])
    grown = forest.fitted(columns[learned][sound], scales.inner(outputs[learned][sound]), trees, _number(rng))
    arrays = {f"metrics/{name}": array for name, array in grown.arrays().items()}
    arrays |= {f"scales/{name}": array for name, array in vars(scales).items()}
    right = None
    if not sound.all():
        feasible = forest.fitted(columns[learned], sound[:, None].astype(float), trees, _number(rng))
        arrays |= {f"feasible/{name}": array for name, array in feasible.arrays().items()}
        right = float(((feasible.predict(columns[held])[:, 0] >= 0.5) == found.ok[held]).mean())
    tried = held[found.ok[held]]
    predicted = scales.outer(grown.predict(columns[tried]))
    accuracy = _accuracy([m.name for m in evaluator.metrics], outputs[tried], predicted)
    known = {
        "parent": {"name": entry.name, "options": entry.options, "id": task.id,
                   "fingerprint": entry.facts["fingerprint"],
                   "source": task.about.source, "licence": task.about.licence, "paper": task.about.paper},
        "sweep": {"name": str(sweep.manifest.get("name") or sweep.folder.name),
                  "archgym": sweep.manifest["versions"]["archgym"]},
        "trees": trees, "seed": seed, "learned": len(learned), "held_out": len(held), "feasible_right": right,
        "infeasible": int((~found.ok).sum()),
        "metrics": [{"name": m.name, "unit": m.unit, "goal": m.goal, "doc": m.doc} for m in evaluator.metrics],
        "parameters": [asdict(p) for p in parameters],
        "witnesses": [[list(map(int, genome)), task.space.text_of(tuple(map(int, genome)))]
                      for genome in _some(found.genomes, learned[:WITNESSES])],
        "accuracy": [asdict(a) for a in accuracy]}
    return Fitted(known, arrays, accuracy)


@dataclass(frozen=True)
class Scales:
    """How metrics are learned: less their mean, over their deviation; in the logarithm of those never 0 or below.

    log, center, spread: (metrics,) each.
    """

    log: np.ndarray
    center: np.ndarray
    spread: np.ndarray

    @classmethod
    def of(cls, values) -> "Scales":
        """values: (N, metrics) that are learned from."""
        log = (values > 0).all(axis=0)
        values = _logarithms(values, log)
        spread = values.std(axis=0)
        return cls(log, values.mean(axis=0), np.where(spread > 0, spread, 1.0))

    def inner(self, values):
        """(N, metrics) what the forest learns."""
        return (_logarithms(values, self.log) - self.center) / self.spread

    def outer(self, values):
        """(..., metrics) in the metrics' own units."""
        values = self.center + self.spread * values
        values[..., self.log] = np.exp(values[..., self.log])
        return values


def _logarithms(values, which):
    values = values.copy()
    values[:, which] = np.log(values[:, which])
    return values


def _accuracy(names, measured, predicted) -> list[Accuracy]:
    """Errors of (designs, metrics) predictions."""
    from scipy.stats import kendalltau

    found = []
    for name, truth, guess in zip(names, measured.T, predicted.T):
        error, spread, size = ((guess - truth) ** 2).mean(), truth.var(), np.abs(truth).mean()
        found.append(Accuracy(name, float(np.sqrt(error) / size) if size else None,
                              float(1 - error / spread) if spread else None,
                              float(kendalltau(truth, guess).statistic) if spread and np.ptp(guess) else None,
                              len(truth)))
    return found


def _entry(sweep, label):
    known = {entry.label: entry for entry in sweep.tasks}
    if label is None and len(known) > 1:
        raise ArchGymError(f"{sweep.folder} has {len(known)} tasks; say which with --task: {', '.join(known)}")
    if label is not None and label not in known:
        raise unknown(f"task of {sweep.folder}:", label, known)
    return known[label] if label is not None else next(iter(known.values()))


def _some(genomes, rows):
    return genomes[rows] if isinstance(genomes, np.ndarray) else [genomes[i] for i in rows]


def _number(rng):
    return int(rng.integers(2**31))
