"""kill -9 at twenty random moments, on tables and on a noisy 50 ms evaluator that counts its calls; 1 process and 2."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))


def measure():
    from sweep.kills import disturb, slow_plan, table_plan

    found = []
    for name, plan, longest in (("tables", table_plan(), 2.0), ("slow", slow_plan(), 3.0)):
        for workers in (1, 2):
            with tempfile.TemporaryDirectory() as folder:
                found.append((name, workers, disturb(plan, Path(folder), 20, workers, workers, longest)))
    sound = all(o.identical and not o.completed_twice for _, _, o in found)
    yield ("kill -9 at twenty random moments, on tables and on a noisy 50 ms evaluator that counts its calls; "
           "1 process against 2",
           "trajectories byte-identical to an undisturbed sweep; no completed slow evaluation run twice",
           ("as asked: " if sound else "NOT as asked: ") + "; ".join(
               f"{name}, {workers} {'process' if workers == 1 else 'processes'}: {o.runs} files "
               f"{'identical' if o.identical else 'DIFFERENT'}" +
               (f", {o.completed_twice} of {o.calls} calls repeated" if o.calls else "") for name, workers, o in found),
           "80 kills: the whole process group, the parent, or a worker; the undisturbed sweep used the other number of "
           "processes")


if __name__ == "__main__":
    for row in measure():
        print(" | ".join(row))
