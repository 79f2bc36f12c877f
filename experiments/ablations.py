"""Which settings of an agent matter?

An ablation: two agents with one setting changed at a time against their published defaults, on the same tasks and seeds.
Regularized evolution (Real, Aggarwal, Huang, Le, "Regularized Evolution for Image Classifier Architecture Search", AAAI
2019) with other tournaments and another population; NAS-BOWL (Ru, Wan, Dong, Osborne, "Interpretable Neural Architecture
Search via Bayesian Optimisation with Weisfeiler-Lehman Kernels", ICLR 2021) with the depth of its subtrees fixed, where
the likelihood chooses it, and with batches of one design. Tables without noise, so that a difference is the setting's own.

Final values tell variants apart only where their runs do not all find the optimum; how soon they find it is asked for
every one of them.
"""

from archgym.report import targets, variants
from archgym.report.findings import find
from archgym.report.text import figures, listed, plural, probability, with_bracket
from archgym.study_page import table

QUICK = {"seeds": 5, "budget": {"evaluations": 60},
         "agents": [{"name": "regularized-evolution", "label": "evolution", "options": {"population": 20}},
                    {"name": "regularized-evolution", "label": "evolution, tournament of 2",
                     "options": {"population": 20, "tournament": 2}},
                    {"name": "nas-bowl", "label": "NAS-BOWL"},
                    {"name": "nas-bowl", "label": "NAS-BOWL, depth 0", "options": {"depth": 0}}]}


def sections(sweep, save):
    findings = find(sweep)
    compared = [c for c in variants.compare(findings) if c.split == "search"]
    yield "Where they end", list(_finals(compared, save)) or ["No agent of this sweep has several variants."]
    yield "How soon they find the best there is", list(_optima(findings, save))


def _finals(compared, save):
    for family in (families := list({c.family.reference: c.family for c in compared}.values())):
        some = [c for c in compared if c.family == family]
        tasks = list(dict.fromkeys(c.task for c in some))
        units = {c.unit for c in some if c.unit}
        decimals, told = variants.width_decimals(some), {}
        rows = []
        for variant in family.others:
            of = {c.task: c for c in some if c.variant == variant}
            if of:
                told[variant] = last = of.get(variants.ALL) or next(iter(of.values()))
                rows.append((variant, *(_difference(of.get(task), decimals) for task in tasks),
                             with_bracket(last.wins, probability)))
        unit = f", {listed(sorted(units))}" if len(units) == 1 else ""
        yield table((f"against {family.reference}{unit}", *tasks, "better on"), rows)
        yield _verdict(family, told)
    if families:
        yield ("By how much a variant's run ends better than the reference's of the same task and seed, mean over seeds; "
               "better on: the share of seeds on which it does, ties counted half, mean over tasks. 95 % bootstrap "
               "intervals over seeds. Nothing is corrected for the number of variants.")
        yield save.table("variants", ("agent", "reference", "variant", "task", "pairs", "better by", "low", "high",
                                      "better on", "low", "high"),
                         [(c.family.agent, c.family.reference, c.variant, c.task, c.pairs,
                           *(_numbers(c.difference)), *_numbers(c.wins)) for c in compared])


def _numbers(interval):
    return (None,) * 3 if interval is None else (interval.estimate, interval.low, interval.high)


def _difference(comparison, decimals):
    interval = comparison and comparison.difference
    if interval is None:
        return ""
    if interval.low == interval.high == 0:
        return "0"
    return with_bracket(interval, lambda x: variants.signed(x, decimals))


def _verdict(family, told):
    """What the comparisons over all tasks decide."""
    better = [name for name, c in told.items() if c.wins.low > 0.5]
    worse = [name for name, c in told.items() if c.wins.high < 0.5]
    words = [f"{what} than {family.reference}: {listed(names)}."
             for what, names in (("Better", better), ("Worse", worse)) if names]
    rest = len(told) - len(better) - len(worse)
    if rest:
        words.append(f"Not told apart from it by where runs end: {plural(rest, 'variant')}.")
    return " ".join(words)


def _optima(findings, save):
    reached = targets.find(findings)
    if not reached:
        yield "No task's population is known, so that nobody knows its best design."
        return
    tasks = [task for task in findings.ran if task.label in reached]
    rows, full = [], []
    for name in (entry.label for entry in findings.sweep.agents):
        cells = [name]
        for task in tasks:
            pairs = reached[task.label].get(name)
            cells.append("" if pairs is None else targets.told(*pairs[-1], task.cells[name].runs))
            if pairs is not None:
                interval, hits = pairs[-1]
                full.append((task.label, name, *_numbers(interval), hits, task.cells[name].runs))
        rows.append(cells)
    yield table(("evaluations until the optimum", *reached), rows)
    exact = [f"{figures(task.baseline.draws.draws_until(targets.of(task)[-1]))} on {task.label}" for task in tasks]
    yield (f"Expected, those of all runs over the runs that got there, with 95 % bootstrap intervals. Random search "
           f"needs {listed(exact)}.")
    yield save.table("optimum", ("task", "agent", "evaluations", "low", "high", "runs there", "runs"), full)
