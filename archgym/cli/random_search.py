"""What random search reaches, for pages that show it beside something else."""

from ..errors import ArchGymError

SAMPLES = 2_000  # draws that stand for a space too large to enumerate: a page should not take longer than its reader

def baseline(task, n):
    """(the random baseline of n draws, None), or (None, why it is not known) where that costs more than a page may."""
    if not task.evaluator.instant:
        return None, "a measurement takes time"
    try:
        return task.random_baseline(n, samples=SAMPLES), None
    except ArchGymError as why:  # a random design failed, say, and the task names no worst value
        return None, str(why)
