"""The page of a space."""

import inspect
import math

from .. import registry
from ..drawing.text import lines
from ..errors import ArchGymError
from ..space import Space
from ..streams import uniform
from .console import heading, labelled, prose, table
from .summaries import first_line
from .values import genome_of

MOST_CHOICES = 40  # shown one by one
LONGEST = 600  # characters of a design
COUNTED = 100_000  # designs up to which distinct keys are counted


class SpacePage:
    def __init__(self, name, design=None, seed=None):
        self.space = registry.space(name)
        self.asked = design is not None
        doc = inspect.getdoc(type(self.space)) or ""
        self.genome = genome = chosen(self.space, design, seed)
        self.facts = {
            "name": name, "summary": first_line(doc), "about": doc.partition("\n\n")[2].strip(),
            **size_of(self.space), "law": self.space.law, "choices": choices_of(self.space),
            "sorts": {sort: list(options) for sort, options in self.space.sorts.items()},
            "sample": {"genome": self.space.genome_text(genome), "text": self.space.text_of(genome),
                       "key": key_of(self.space, genome)},
        }

    def draw(self, console):
        facts = self.facts
        heading(console, facts["name"])
        if facts["summary"]:
            prose(console, facts["summary"] + ".")
        if facts["about"]:
            console.print()
            prose(console, facts["about"])
        console.print()
        labelled(console, [("Size", size_in_words(facts)), ("Law", facts["law"])])
        console.print()
        draw_choices(console, self.space)
        sample = facts["sample"]
        heading(console, "The design" if self.asked else "A random design")
        labelled(console, [("  text", _shortened(sample["text"])), ("  genome", _shortened(sample["genome"])),
                           ("  key", _shortened(sample["key"]) if sample["key"] != sample["genome"] else "")])
        from rich.text import Text

        console.print()
        for line in lines(self.space.drawing_of(self.genome)):
            console.print(Text(f"  {line}"), no_wrap=True, overflow="ellipsis")


def draw_choices(console, space: Space):
    """The choices of a product space that has few, the sorts of choices elsewhere, with what they decide where known."""
    choices = choices_of(space)
    if not choices or len(choices) > MOST_CHOICES:
        heading(console, "Sorts of choices",
                f"{len(choices)} choices" if choices else "which are asked depends on earlier picks")
        _table(console, "sort", [(sort, options, space.meaning.get(sort, "")) for sort, options in space.sorts.items()])
    elif len({tuple(c["options"]) for c in choices}) == 1 and len(choices) > 1:
        heading(console, f"Choices ({len(choices)}), all with the same options")
        labelled(console, [("  choices", ", ".join(c["name"] for c in choices)),
                           ("  options", _options(choices[0]["options"]))])
    else:
        heading(console, f"Choices ({len(choices)})")
        _table(console, "choice", [(c["name"], c["options"], c["meaning"]) for c in choices])
    console.print()


def _table(console, what, rows):
    """(name, options, what it decides); the last column only where something is known."""
    if any(meaning for *_, meaning in rows):
        table(console, [what, "options", "what it decides"],
              [(name, _options(options), meaning) for name, options, meaning in rows], indent=2)
    else:
        table(console, [what, "options"], [(name, _options(options)) for name, options, _ in rows], indent=2)


def chosen(space: Space, design: str | None, seed: int | None) -> tuple[int, ...]:
    """The genome of a design that somebody wrote, or of a random one."""
    if design is None:
        return space.sample(uniform(seed or 0))
    if seed is not None:
        raise ArchGymError("--design and --seed name two designs; give one of them")
    return genome_of(space, design)


def _shortened(text):
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST // 2]} ... ({len(text):,} characters; --json has all of them)"


def _options(options):
    whole = all(isinstance(option, int) for option in options)
    if len(options) > 30 and whole and list(options) == list(range(options[0], options[-1] + 1)):
        return f"{options[0]} to {options[-1]}"
    shown = [str(o) for o in options]
    return ", ".join(shown if len(shown) <= 30 else [*shown[:14], f"... {len(shown) - 28} more ...", *shown[-14:]])


def choices_of(space: Space) -> list[dict]:
    """The choices of a product space; empty where they depend on picks."""
    return [{"name": c.name, "sort": c.sort_name, "options": [c.options[i] for i in c.legal_picks()],
             "ordered": c.ordered, "weights": None if c.weights is None else list(c.weights),
             "meaning": space.meaning.get(c.name) or space.meaning.get(c.sort_name, "")}
            for c in getattr(space, "choices", ())]


def size_of(space: Space) -> dict:
    """How many genomes, and how many distinct designs by key where they are quickly counted."""
    distinct = None
    if space.size is not None and space.size <= COUNTED and type(space).key is not Space.key:
        distinct = len({space.key_of(genome) for genome in space.enumerate()})
    return {"size": space.size, "distinct": distinct}


def size_in_words(facts) -> str:
    if facts["size"] is None:
        return "not known, or without bound"
    size = facts["size"]
    words = f"{size:,} genomes" if size < 10**12 else f"about 10^{math.log10(size):.1f} genomes"
    return words + (f", {facts['distinct']:,} distinct designs by key" if facts["distinct"] not in (None, size) else "")


def key_of(space, genome):
    try:
        return space.key_of(genome)
    except ArchGymError:  # a space without `answer`
        return space.genome_text(genome)
