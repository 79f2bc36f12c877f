"""What a surrogate's prediction takes beside its simulator, and how far it is off on designs drawn afresh."""

import os
import tempfile
from pathlib import Path
from time import process_time

import numpy as np

import archgym
from archgym.evaluator import Designs
from archgym.reward import Rewarded
from archgym.surrogate.fit import fit
from archgym.surrogate.folder import SURROGATES
from archgym.sweep import plan
from archgym.sweep.execute import execute
from archgym.sweep.load import Sweep

LEARNED, FRESH, SINGLE = 4000, 500, 100
TASKS = (("DRAMController-v0", {"trace": "mixed", "requests": 10_000}), ("SoC-v0", {"workload": "edge-detection"}))


def times(evaluator, designs) -> tuple[float, float, object]:
    """(microseconds a design one by one, the same in a batch, the batch's measurements); the least of 3."""
    alone, batch = [], []
    some = [designs[i] for i in range(SINGLE)]
    for _ in range(3):
        started = process_time()
        for design in some:
            evaluator.evaluate(design, fidelity=None, seed=0)
        between = process_time()
        found = evaluator.evaluate_many(designs, fidelity=None, seeds=[0] * len(designs))
        alone.append(1e6 * (between - started) / SINGLE)
        batch.append(1e6 * (process_time() - between) / len(designs))
    return min(alone), min(batch), found


def measure():
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ARCHGYM_CACHE"] = folder
        for name, options in TASKS:
            execute(plan.from_dict({"tasks": [{"name": name, "options": options}], "agents": ["random"], "seeds": 1,
                                    "budget": {"evaluations": LEARNED}}), Path(folder) / name)
            fitted = fit(Sweep(Path(folder) / name))
            SURROGATES.save("forest", fitted.known, fitted.arrays, replace=True)
            parent, forest = archgym.task(name, **options).evaluator, archgym.task("forest").evaluator
            if isinstance(parent, Rewarded):
                parent, forest = parent.evaluator, forest.evaluator
            space = archgym.task(name, **options).space
            designs = Designs(space, space.sample_many(np.random.default_rng(1), FRESH))
            one, many, measured = times(parent, designs)
            quick, quicker, predicted = times(forest, designs)
            off = [f"{m.name} {np.sqrt(np.mean((predicted.values[m.name] - t) ** 2)) / np.abs(t).mean():.2%}"
                   for m in parent.metrics if (t := measured.values[m.name]).std()]
            yield (f"Surrogate of {name}, a prediction: one by one / in batches of {FRESH}", "-",
                   f"{quick:.0f} / {quicker:.0f} µs against the simulator's {one:.0f} / {many:.0f} µs; root mean "
                   f"squared error on {FRESH} fresh random designs, of the mean: {', '.join(off)}",
                   f"100 trees on 80 % of {LEARNED:,} random designs; "
                   f"{', '.join(f'{k}={v}' for k, v in options.items())}; "
                   "processor time, least of 3")


if __name__ == "__main__":
    for row in measure():
        print(" | ".join(row))
