r"""The final table as LaTeX, to be read with `\input` in a paper that uses the booktabs package."""

import math

from .final import entries, labels, shown
from .text import count, grouped, latex

ROOM = 108
"""Characters that stand side by side on a page of two columns, in the size of footnotes."""


def save(tasks, split, path):
    """Tasks side by side as far as the page reaches, further ones below."""
    runs = {cell.runs for found in tasks for cell in found.ran.values()}
    alike = runs.pop() if len(runs) == 1 else None
    words = [
        rf"Mean $\pm$ standard deviation and median over {latex(count(alike)) if alike else '$r$'} runs of the "
        + ("best search value" if split == "search" else "holdout score of the incumbent")
        + ".",
        r"Bold: not worse than the best (rank-sum test, Holm, 5\,\%).",
    ]
    laws = sorted({grouped(t.baseline.words.split(";")[-1].strip()) for t in tasks if t.baseline is not None})
    if laws:
        words.append(f"Random search: {latex('; '.join(laws))}.")
    without = [t.label for t in tasks if not t.has_holdout]
    if without:
        words.append(f"No holdout on {latex(', '.join(without))}: what agents saw is what is reported.")
    parts = "\n\n\\medskip\n".join(_tabular(some, split, alike is None) for some in blocks(tasks, split))
    path.write_text(
        "% needs \\usepackage{booktabs}\n\\begin{table*}\n\\centering\n\\footnotesize\n\\setlength{\\tabcolsep}{4pt}\n"
        f"\\caption{{{' '.join(words)}}}\n\\label{{tab:final-{split}}}\n{parts}\n\\end{{table*}}\n",
        encoding="utf-8",
    )


def blocks(tasks, split):
    """The tasks in groups that fit the page's width."""
    used = first = max((len(label) for label in labels(tasks, split)), default=8) + 2
    groups = []
    for found in tasks:
        width = max(len(found.heading) + len(found.unit) + 4, 27)
        if not groups or used + width > ROOM:
            groups.append([])
            used = first
        groups[-1].append(found)
        used += width
    return groups


def _tabular(tasks, split, with_runs):
    by_task = [entries(found, split) for found in tasks]
    span = 3 if with_runs else 2
    heads = [rf"\multicolumn{{{span}}}{{c}}{{{latex(found.heading)}{_unit(found)}}}" for found in tasks]
    rules = [rf"\cmidrule(lr){{{2 + span * i}-{1 + span * (i + 1)}}}" for i in range(len(tasks))]
    lines = [rf"\begin{{tabular}}{{l{'r' * span * len(tasks)}}}", r"\toprule", _row(["", *heads]), "".join(rules)]
    lines += [_row(["agent", *["mean", "median", "$r$"][:span] * len(tasks)]), r"\midrule"]
    ruled = False
    for label in labels(tasks, split):
        of = [task.get(label) for task in by_task]
        if not ruled and any(entry is not None and entry.kind != "agent" for entry in of):
            lines.append(r"\midrule")
            ruled = True
        cells = [cell for found, entry in zip(tasks, of) for cell in _cells(found, entry)[:span]]
        lines.append(_row([latex(label), *cells]))
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}"])


def _cells(found, entry):
    """Mean, median and runs of one agent on one task."""
    if entry is None:
        return ["---", "---", ""]
    mean, median = map(latex, shown(found, entry))
    return [
        rf"\textbf{{{mean}}}" if entry.not_worse else mean,
        median if math.isfinite(entry.median) or entry.kind == "agent" else "",
        "" if entry.runs is None else latex(count(entry.runs)),
    ]


def _row(cells):
    return " & ".join(cells) + r" \\"


def _unit(found):
    return f" ({latex(found.unit)})" if found.unit else ""
