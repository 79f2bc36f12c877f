"""`archgym export`: the network of a design as an ONNX file."""

from pathlib import Path
from typing import Annotated

import typer

from archgym.errors import ArchGymError

from .values import Json, Task, TaskOptions, as_json, genome_of, open_task


def command(
    task: Task,
    design: Annotated[str, typer.Argument(metavar="DESIGN", show_default=False, help=(
        "The design as text, as choice=option,choice=option,..., or as a genome 3-0-1-...; quote it."))],
    out: Annotated[Path, typer.Option("--out", metavar="FILE.onnx", show_default=False, help="Where to write it.")],
    task_option: TaskOptions = None,
    json: Json = False,
):
    """Write the network of a design as ONNX, with initial weights.

    The task says what stands around the design: the shape of a sample, the classes, the skeleton.

    \b
    archgym export Train-v0 3-1-3-3-1-3 --out cell.onnx
    archgym export TrainingFree-v0 3-1-3-3-1-3 -t data=digits -t "skeleton=channels: 8, cells: 1" --out cell.onnx
    """
    if out.suffix != ".onnx":
        raise ArchGymError(f"--out {out}: the file's name ends in .onnx")
    if not out.parent.is_dir():
        raise ArchGymError(f"--out {out}: there is no folder {out.parent}")
    opened = open_task(task, task_option)
    genome = genome_of(opened.space, design)
    opened.evaluator.export(opened.space.decode(genome), out)
    text = opened.space.text_of(genome)
    print(as_json({"onnx": str(out), "task": opened.id, "genome": opened.space.genome_text(genome), "text": text})
          if json else f"{out}: {text}")
