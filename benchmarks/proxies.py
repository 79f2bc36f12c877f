"""Training-free scores a second on one core: NAS-Bench-201 cells on 8 x 8 digits, building and drawing weights included."""

from time import process_time

import archgym
from archgym import streams
from archgym.envs.training.training_free import SCORES

DESIGNS, REPEATS, BATCH = 20, 3, 32
SKELETON = "channels: 8, cells: 1"


def rate(score):
    task = archgym.task("TrainingFree-v0", score=score, skeleton=SKELETON, batch=BATCH, device="cpu")
    u = streams.uniform(0)
    cells = [task.space.decode(task.space.sample(u)) for _ in range(DESIGNS)]
    task.measure(cells[0])
    least = [float("inf")] * DESIGNS
    for _ in range(REPEATS):
        for i, cell in enumerate(cells):
            started = process_time()
            task.measure(cell)
            least[i] = min(least[i], process_time() - started)
    return DESIGNS / sum(least)


def measure():
    yield ("training-free scores a second, 8 channels, one cell a stage", "50 for the small ones",
           ", ".join(f"{score} {rate(score):.1f}" for score in SCORES),
           f"batch of {BATCH}, processor time, one thread, least of {REPEATS} runs of each design")


if __name__ == "__main__":
    for row in measure():
        print(" | ".join(row), flush=True)
