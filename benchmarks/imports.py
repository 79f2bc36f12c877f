"""What it costs to import archgym and to print its help, in fresh processes."""

import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

# The first of the processes writes the bytecode that the others read, as on any machine that may write it.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def seconds(command, times=11):
    found = []
    for _ in range(times):
        started = perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
        found.append(perf_counter() - started)
    return median(found[1:])


def measure():
    bare = seconds([sys.executable, "-c", "pass"])
    numpy = seconds([sys.executable, "-c", "import numpy"])
    gym = seconds([sys.executable, "-c", "import gymnasium"])
    light = seconds([sys.executable, "-c", "import archgym"])
    shown = seconds([str(Path(sys.executable).with_name("archgym")), "--help"])
    yield ("`import archgym` / `archgym --help`", "0.2 s / 0.35 s", f"{light:.2f} s / {shown:.2f} s",
           f"median of 10 fresh processes; a bare interpreter takes {bare:.2f} s, `import numpy` {numpy:.2f} s, `import gymnasium` {gym:.2f} s")


if __name__ == "__main__":
    for row in measure():
        print(" | ".join(row))
