"""`archgym surrogate`: a task that predicts what another would measure, learned from a sweep."""

from typing import Annotated

import typer

from archgym.errors import ArchGymError

from .status import Folder
from .values import Json, as_json


def command(
    folder: Folder,
    task: Annotated[str | None, typer.Option("--task", metavar="LABEL", show_default=False, help=(
        "Which task of the sweep; may be left out where it has one."))] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", show_default=False, help=(
        "What to call the surrogate; the task's label and -surrogate where not given."))] = None,
    trees: Annotated[int, typer.Option("--trees", metavar="N", help="Trees of the forest.")] = 100,
    held_out: Annotated[float, typer.Option("--held-out", metavar="SHARE", help=(
        "Share of the designs that the errors are measured on, and nothing is learned from."))] = 0.2,
    seed: Annotated[int, typer.Option("--seed", help="Draws what is held out, and grows the trees.")] = 0,
    replace: Annotated[bool, typer.Option("--replace", help="Take the place of a surrogate of that name.")] = False,
    json: Json = False,
):
    """Make a task that predicts, by a random forest, of a sweep.

    All metrics of the designs that the sweep's runs measured are learned; which designs are infeasible, too. The
    surrogate is kept in the cache folder with its errors on designs held out.

    \b
    archgym surrogate my-sweep
    archgym surrogate my-sweep --task DRAM --name dram-forest
    """
    from .. import registry
    from ..report.text import slug
    from ..surrogate.fit import fit
    from ..surrogate.folder import SURROGATES
    from ..sweep.load import Sweep
    from .progress import waiting

    with waiting(f"fitting on {folder}"):
        sweep = Sweep(folder)
        fitted = fit(sweep, task, trees=trees, held_out=held_out, seed=seed)
    name = name or f"{slug(task or sweep.tasks[0].label)}-surrogate"
    if name in {*registry.marked("tasks"), *registry.agents(), *registry.marked("spaces"), *registry.imported_tables()}:
        raise ArchGymError(f"there is something else called {name!r}; give the surrogate another name with --name")
    known = SURROGATES.save(name, fitted.known, fitted.arrays, replace)
    if json:
        print(as_json(known))
        return
    from .console import page

    print(f"Fitted {name!r} on {known['learned']:,} designs of {known['parent']['name']}; {known['held_out']:,} were "
          "held out.")
    console = page()
    accuracy_table(console, fitted.accuracy)
    if known["feasible_right"] is not None:
        console.print(f"Feasible or not was told right on {known['feasible_right']:.1%} of them.")
    console.print("Next:")
    for line in (f"archgym show {name}", f"archgym run {name} local-search"):
        console.print("  " + line, markup=False, highlight=False)


def accuracy_table(console, accuracy):
    """Errors of a task that predicts, a line a metric."""
    from .console import table

    def told(x, words):
        return "-" if x is None else format(x, words)

    table(console, ["metric", ("RMSE, of the mean", "right"), ("R2", "right"), ("Kendall tau", "right"),
                    ("designs", "right")],
          [(a.metric, told(a.rmse, ".2%"), told(a.r2, ".4f"), told(a.tau, ".3f"), f"{a.designs:,}") for a in accuracy],
          indent=2)
