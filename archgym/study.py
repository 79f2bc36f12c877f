"""Studies: questions that the field has asked of search strategies, each answered by one command.

A study NAME is a sweep file NAME.yaml in a collection of experiments and, beside it, a program of the same name
(hyphens become underscores) that makes its page. The program's docstring says what is asked and after which paper;
`QUICK` holds what a short run changes in the sweep file; `sections(sweep, figures)` yields (title, blocks of Markdown).
"""

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType

from . import registry
from .errors import ArchGymError, unknown
from .whole import write_text


@dataclass(frozen=True)
class LeftOut:
    """A task or an agent of a study that cannot be opened here, and why."""

    kind: str
    name: str
    why: str

    def __str__(self):
        return f"{self.kind} {self.name}: {self.why}"


@dataclass(frozen=True)
class Study:
    name: str
    file: Path
    """Its sweep file."""
    module: str

    @cached_property
    def program(self) -> ModuleType:
        return importlib.import_module(self.module)

    @cached_property
    def content(self) -> dict:
        """What the sweep file holds."""
        import yaml

        return yaml.safe_load(self.file.read_text(encoding="utf-8"))

    @property
    def title(self) -> str:
        return self.program.__doc__.strip().splitlines()[0].rstrip(".")

    def planned(self, quick: bool = False, **changes) -> tuple["object", list[LeftOut]]:
        """(the plan, what was left out of it since it is not installed). changes: other keys of the sweep file.

        ArchGymError where no task or no agent is left.
        """
        from .sweep.plan import from_dict

        content = self.content | (self.program.QUICK if quick else {}) | changes
        left_out = []
        for kind, opened in (("task", registry.task), ("agent", registry.agent)):
            content[kind + "s"] = [item for item in content[kind + "s"] if _opens(kind, item, opened, left_out)]
            if not content[kind + "s"]:
                raise ArchGymError(f"study {self.name}: none of its {kind}s can be opened here:\n"
                                   + "\n".join(str(each) for each in left_out))
        return from_dict(content, self.file.name, folder=self.file.parent), left_out


def _opens(kind, item, opened, left_out):
    item = {"name": item} if isinstance(item, str) else item
    try:
        opened(item["name"], **item.get("options", {}))
    except ArchGymError as why:
        left_out.append(LeftOut(kind, item.get("label", item["name"]), str(why)))
        return False
    return True


def studies() -> dict[str, Study]:
    """Name -> study, of the sweep files that have a program beside them; none is imported."""
    from .sweep.builtin import builtin

    programs = registry.modules("experiments")
    found = {}
    for name, file in builtin().items():
        beside = file.with_name(name.replace("-", "_") + ".py")
        module = next((module for module, path in programs.items() if Path(path) == beside), None)
        if module:
            found[name] = Study(name, file, module)
    return found


def study(name: str) -> Study:
    """The study of that name; ArchGymError names the nearest."""
    known = studies()
    if name not in known:
        raise unknown("study", name, known, "'archgym reproduce' lists all.")
    return known[name]


def reproduce(asked: Study, folder: "Path | str", *, quick: bool = False, workers: int = 1,
              progress: Callable = lambda p: None, **changes) -> Path:
    """Run what the folder lacks of a study and write its page; returns the page's path. The same runs, the same page.

    KeyboardInterrupt ends the workers; calling this again goes on.
    """
    from .sweep.execute import execute

    plan, left_out = asked.planned(quick, **changes)
    return write(asked, execute(plan, folder, workers, progress), left_out, quick)


def write(asked: Study, sweep, left_out: list[LeftOut], quick: bool = False) -> Path:
    """The page of a study's runs, in Markdown, with its figures beside it in a folder of the same name."""
    from .report.style import drawing
    from .study_page import Figures, closing, opening

    if not sweep.finished:
        raise ArchGymError(f"{sweep.folder}: no run of study {asked.name} is finished"
                           + "".join(f"\n{f.agent} on {f.task}: {f.error}" for f in sweep.failures[:3]))
    stem = asked.name.replace("-", "_")
    with drawing():
        figures = Figures(sweep.folder, stem)
        sections = list(_sections(asked.program, sweep, figures))
    blocks = [f"# {asked.title}", *opening(asked, sweep, left_out, quick), *sections, *closing(asked, sweep)]
    page = sweep.folder / f"{stem}.md"
    write_text(page, "\n\n".join(blocks) + "\n")
    return page


def _sections(program, sweep, figures) -> Iterator[str]:
    for title, blocks in program.sections(sweep, figures):
        yield f"## {title}"
        yield from blocks
