"""`archgym new`: a small file that works, and its test."""

import keyword
import re
import sys
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from archgym.errors import ArchGymError, unknown

KINDS = {"agent": ".py", "task": ".py", "sweep": ".yaml"}
NEXT = {
    "agent": ("archgym check FILE:CLASS", "archgym run NASBench201-v0 FILE:CLASS", "pytest TEST"),
    "task": ("archgym check FILE:MODULE", "archgym show FILE:MODULE", "archgym run FILE:MODULE local-search",
             "pytest TEST"),
    "sweep": ("archgym sweep FILE", "pytest TEST"),
}


def command(
    kind: Annotated[str, typer.Argument(metavar="agent|task|sweep", show_default=False, help="What to begin.")],
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False, help=(
        "What to call it, such as my-agent; the file becomes my_agent.py."))],
    folder: Annotated[Path, typer.Option("--dir", metavar="DIR", help="Where to write it.")] = Path("."),
):
    """Begin an agent, a task or a sweep of your own.

    Writes a small file that works, to be changed step by step, and its test beside it.

    \b
    archgym new agent my-agent
    archgym new task my-task --dir plugins
    archgym new sweep my-sweep
    """
    if kind not in KINDS:
        raise unknown("kind", kind, KINDS)
    words = _words(kind, name, folder)
    written = {folder / words["FILE"]: f"{kind}{KINDS[kind]}", folder / words["TEST"]: f"test_{kind}.py"}
    if there := [str(path) for path in written if path.exists()]:
        raise ArchGymError(f"{' and '.join(there)} {'is' if len(there) == 1 else 'are'} there already, and nothing is "
                           "overwritten; take another name, or another --dir")
    folder.mkdir(parents=True, exist_ok=True)
    for path, template in written.items():
        path.write_text(_filled(template, words), encoding="utf-8")
    print(f"Wrote {' and '.join(map(str, written))}. Next:")
    here = words | {key: str(folder / words[key]) for key in ("FILE", "TEST")}
    for line in NEXT[kind]:
        print("  " + _replaced(line, here))


def _words(kind, name, folder) -> dict[str, str]:
    """What the templates' capitals stand for."""
    stem = re.sub(r"\.(py|ya?ml)$", "", name)
    stem = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", stem).lower().replace("-", "_")
    if not stem.isidentifier() or not stem.isascii() or keyword.iskeyword(stem):
        raise ArchGymError(f"{name!r} is no name for a Python file; use letters, digits and dashes, such as my-{kind}")
    if KINDS[kind] == ".py" and (stem in sys.stdlib_module_names or _is_installed(stem, folder)):
        raise ArchGymError(f"a file {stem}.py would hide the Python module {stem!r} from all that runs beside it; "
                           f"take another name, such as my-{stem.replace('_', '-')}")
    return {"CLASS": "".join(part.capitalize() for part in stem.split("_")), "MODULE": stem,
            "TASK": stem.replace("_", "-"), "FILE": f"{stem}{KINDS[kind]}", "TEST": f"test_{stem}.py"}


def _is_installed(stem, folder) -> bool:
    spec = find_spec(stem)
    return spec is not None and not (spec.origin and Path(spec.origin).parent == folder.resolve())


def _filled(template, words):
    return _replaced((files(__package__) / "templates" / f"{template}.txt").read_text(encoding="utf-8"), words)


def _replaced(text, words):
    return re.sub(r"\b(CLASS|MODULE|TASK|FILE|TEST)\b", lambda match: words[match[1]], text)
