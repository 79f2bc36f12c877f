"""A surrogate as a task of its own name: the parent's space and objective, the forest's predictions."""

import numpy as np

from .. import registry
from ..errors import ArchGymError, Infeasible
from ..evaluator import Evaluator, Measurement, Measurements, Metric
from ..models.forest import Forest
from ..models.parameters import Parameter, Parameters
from ..reward import Rewarded
from ..task import Accuracy, Objective, Task, TaskInfo
from .fit import Scales
from .folder import SURROGATES

UNLIKELY = "the surrogate takes it for infeasible: {share:.0%} of its trees"


def summary(name: str) -> str:
    """A line about a surrogate."""
    known = SURROGATES.about(name)
    return f"Predict what {known['parent']['name']} would measure, by a random forest that was fitted on a sweep"


def factory(name: str):
    """The function that opens a surrogate's task. It takes no options: they are the parent's of when it was fitted."""

    def open_surrogate() -> Task:
        return _open(name)

    open_surrogate.__doc__ = summary(name) + "."
    open_surrogate.__name__ = open_surrogate.__qualname__ = name
    return open_surrogate


class ForestEvaluator(Evaluator):
    """Predicts the metrics of a design. A design that more trees take for infeasible than not is infeasible."""

    instant = True
    cost_unit = "predictions"

    def __init__(self, known: dict, arrays: dict[str, np.ndarray], parameters: Parameters):
        self.space, self.parameters = parameters.space, parameters
        self.metrics = tuple(Metric(m["name"], m["unit"], m["goal"], doc=m["doc"]) for m in known["metrics"])
        self.fingerprint = f"surrogate:{known['name']}:sha256={known['checksum']}"
        self._scales = Scales(**_part("scales", arrays))
        self._forest = Forest(**_part("metrics", arrays))
        self._feasible = Forest(**_part("feasible", arrays)) if "feasible/roots" in arrays else None

    def evaluate(self, design, *, fidelity, seed):
        row = self.parameters.columns(self.parameters.picks([self.space.encode(design)]))[0]
        if self._feasible is not None and (share := float(self._feasible.predict_one(row)[0])) < 0.5:
            why = Infeasible(UNLIKELY.format(share=1 - share))
            why.cost = 1.0
            raise why
        found = self._scales.outer(self._forest.predict_one(row)).tolist()
        return Measurement({m.name: x for m, x in zip(self.metrics, found)}, 1.0)

    def evaluate_many(self, designs, *, fidelity, seeds):
        genomes = getattr(designs, "genomes", None)
        if genomes is None:
            genomes = [self.space.encode(design) for design in designs]
        columns = self.parameters.columns(self.parameters.picks(genomes))
        found = self._scales.outer(self._forest.predict(columns))
        values = {m.name: found[:, i].copy() for i, m in enumerate(self.metrics)}
        shares = np.ones(len(columns)) if self._feasible is None else self._feasible.predict(columns)[:, 0]
        if (shares >= 0.5).all():
            return Measurements(values, np.ones(len(columns)))
        for column in values.values():
            column[shares < 0.5] = np.nan
        return Measurements(values, np.ones(len(columns)), ["ok" if share >= 0.5 else "infeasible" for share in shares],
                            [None if share >= 0.5 else UNLIKELY.format(share=1 - share) for share in shares])


def _part(name, arrays) -> dict[str, np.ndarray]:
    return {key.partition("/")[2]: array for key, array in arrays.items() if key.startswith(name + "/")}


def _open(name) -> Task:
    known, arrays = SURROGATES.load(name)
    said = known["parent"]
    parent = registry.task(said["name"], **said["options"])
    evaluator = ForestEvaluator(known, arrays, _parameters(name, parent.space, known))
    if isinstance(parent.evaluator, Rewarded):
        evaluator = Rewarded(evaluator, parent.evaluator.reward)
    right = known["feasible_right"]
    changed = parent.fingerprint != said["fingerprint"]
    return Task(
        name, parent.space, evaluator, Objective(parent.objective.metric, parent.objective.goal, parent.objective.unit),
        worst=parent.worst,
        about=TaskInfo(
            summary=f"{known['trees']} trees in place of {said['id']}, fitted on {known['learned']:,} "
                    f"designs that the sweep {known['sweep']['name']!r} measured"
                    + (f"; it tells feasible designs from others on {right:.1%} of those held out"
                       if right is not None else "")
                    + ("; the parent measures differently today than in that sweep" if changed else ""),
            source=f"measurements of {said['name']}: {said['source']}", paper=said["paper"], licence=said["licence"],
            data_version=f"{said['fingerprint']}, archgym {known['sweep']['archgym']}",
            holdout_note="No holdout: what is predicted is what is reported; measure what was found with the parent.",
            accuracy=tuple(Accuracy(**a) for a in known["accuracy"])))


def _parameters(name, space, known) -> Parameters:
    """The parameters that the forest was fitted with. ArchGymError where the space is another today."""
    for genome, text in known["witnesses"]:
        try:
            now = space.text_of(tuple(genome))
        except ArchGymError as why:
            now = str(why)
        if now != text:
            raise ArchGymError(f"surrogate {name!r} was fitted when a design of {space.name} was {text}; now it is "
                               f"{now}: the space has changed; fit it again with --replace")
    return Parameters(space, [Parameter(tuple(p["path"]), p["options"], p["ordered"]) for p in known["parameters"]])
