"""Training-free scores a second on one core: NAS-Bench-201 cells on 8 x 8 digits, building and drawing weights included."""

from time import process_time

import archgym
from archgym import streams
from archgym.envs.training.training_free import SCORES

DESIGNS = 20
BATCH = 32
SKELETONS = {"8 channels, one cell a stage": "channels: 8, cells: 1", "the published skeleton": ""}


def rate(score, skeleton, designs=DESIGNS):
    task = archgym.task("TrainingFree-v0", score=score, skeleton=skeleton, batch=BATCH)
    u = streams.uniform(0)
    cells = [task.space.decode(task.space.sample(u)) for _ in range(designs)]
    task.measure(cells[0])
    started = process_time()
    for cell in cells:
        task.measure(cell)
    return designs / (process_time() - started)


def measure():
    for words, skeleton in SKELETONS.items():
        found = {score: rate(score, skeleton, DESIGNS if skeleton else 3) for score in SCORES}
        yield (f"training-free scores a second, {words}", "50 for the small ones",
               ", ".join(f"{score} {each:.1f}" for score, each in found.items()), f"batch of {BATCH}, processor time, one thread")


if __name__ == "__main__":
    for row in measure():
        print(" | ".join(row), flush=True)
