"""The page of an agent."""

import inspect
import re
import sys

from ..agent import AskTellAgent, agent_name, documented
from ..registry import agent_class, agents
from .console import heading, labelled, prose, table
from .summaries import first_line


class AgentPage:
    def __init__(self, name):
        cls = agent_class(name)
        doc = inspect.getdoc(sys.modules[cls.__module__]) or ""
        own = cls.__doc__ if cls.__doc__ and not cls.__doc__.startswith(f"{cls.__name__}(") else ""
        self.facts = {
            "name": agent_name(cls) if ":" not in name and not name.endswith(".py") else name,
            "summary": first_line(doc or own), "about": _rest(doc) if doc else _rest(inspect.cleandoc(own or "")),
            "note": inspect.cleandoc(own) if own and doc else "",
            "paper": paper_of(doc or own or ""), "style": "ask and tell" if issubclass(cls, AskTellAgent) else "search",
            "hyperparameters": [
                {"name": h.name, "kind": h.kind.__name__, "default": h.default, "allowed": h.domain(),
                 "tuned_over": list(h.over), "doc": h.doc} for h in documented(cls)],
            "file": inspect.getsourcefile(cls),
        }

    def draw(self, console):
        facts = self.facts
        heading(console, facts["name"])
        prose(console, facts["summary"] + ".")
        for text in (facts["about"], facts["note"]):
            if text:
                console.print()
                prose(console, text)
        console.print()
        if facts["hyperparameters"]:
            self.draw_hyperparameters(console)
        else:
            console.print("It has no hyper-parameters.")
        console.print()
        # What a name with a colon says already is not to be given again.
        variant = facts["name"].partition(":")[0] in agents() and ":" in facts["name"]
        first = None if variant else next(iter(facts["hyperparameters"]), None)
        options = f" -o {first['name']}={_written(first['default'])}" if first else ""
        labelled(console, [("File", facts["file"]), ("Try", f"archgym run NASBench201-v0 {facts['name']}{options}")])

    def draw_hyperparameters(self, console):
        heading(console, "Hyper-parameters", "set with -o name=value")
        hypers = self.facts["hyperparameters"]
        if console.width >= 90:
            table(console, ["name", "default", "allowed", "tuned over", "what it is"],
                  [(h["name"], _written(h["default"]), h["allowed"], _range(h), h["doc"]) for h in hypers], indent=2)
            return
        labelled(console, [(f"  {h['name']}", f"{_written(h['default'])} by default; {h['allowed']}; tuned over "
                            f"{_range(h)}. {h['doc']}") for h in hypers])


def _range(hyper):
    return ", ".join(_written(value) for value in hyper["tuned_over"])


def _written(value):
    """As one writes it after -o name=."""
    return str(value).lower() if isinstance(value, bool) else "null" if value is None else str(value)


def _rest(doc):
    return doc.partition("\n\n")[2].strip()


def paper_of(doc) -> str:
    """The first paragraph that cites a year; empty where none does."""
    for paragraph in doc.split("\n\n")[1:]:
        if re.search(r"\b(19|20)\d\d\b", paragraph):
            return re.split(r"(?<=\d{4})[.,;](?:\s|$)", " ".join(paragraph.split()))[0].rstrip(".")
    return ""
