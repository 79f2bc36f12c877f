"""One line about everything that has a name, read from the sources: listing a hundred tasks imports none of them."""

import ast
from functools import cache
from importlib import import_module
from pathlib import Path

from .. import registry

KINDS = ("tasks", "agents", "spaces", "experiments")


def listed(kind: str) -> list[dict]:
    """[{kind, name, summary, where}] of "tasks", "agents", "spaces" or "experiments", by name."""
    names = _named(kind)
    found = [{"kind": kind[:-1], "name": name, "summary": _summary(kind, name, place), "where": str(place)}
             for name, place in names.items()]
    return sorted(found + (_imported(names) if kind == "tasks" else []), key=lambda entry: entry["name"])


def _imported(known):
    from ..errors import ArchGymError
    from ..surrogate.folder import SURROGATES
    from ..tables.folder import TABLES

    def told(name, kind):
        module = import_module(f"archgym.{kind}.task")
        try:
            return module.summary(name).rstrip(".")
        except ArchGymError as why:
            return str(why)

    return [{"kind": "task", "name": name, "summary": told(name, kind), "where": str(shelf.folder() / name)}
            for kind, shelf in (("tables", TABLES), ("surrogate", SURROGATES)) for name in shelf.names()
            if name not in known]


def _named(kind):
    if kind == "experiments":
        from ..sweep.builtin import builtin

        return builtin()
    return registry.agents() if kind == "agents" else registry.marked(kind)


def _summary(kind, name, place):
    if kind == "experiments":
        return comment_of(place)[0]
    tree = _parsed(registry.modules(kind)[place])
    if kind == "agents":
        return first_line(ast.get_docstring(tree))
    for node in tree.body:
        for mark in getattr(node, "decorator_list", ()):
            if isinstance(mark, ast.Call) and mark.args and getattr(mark.args[0], "value", None) == name:
                return first_line(ast.get_docstring(node))
    return ""


@cache
def _parsed(path):
    return ast.parse(Path(path).read_text(encoding="utf-8"))


def first_line(doc) -> str:
    """The summary of a docstring, without the full stop."""
    return " ".join((doc or "").strip().split("\n\n")[0].split()).rstrip(".")


def comment_of(path) -> list[str]:
    """The comment at the head of a sweep file, a line each, at least one."""
    lines = []
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("# ").strip())
    return lines or [""]
