"""MANAS: its least squares against the normal equations, EXP3's sums, the law it starts from, and what it comes to."""

from collections import Counter

import numpy as np
import pytest

import archgym
from archgym import Bench, Budget, Choice, ProductSpace
from archgym.testing import Expressions, Ladders, toy
from archgym.testing.law import chi_square


def started(task, evaluations=1, seed=0, **hyperparameters):
    agent = archgym.agent("manas", **hyperparameters)
    bench = Bench(task.memo, Budget(evaluations=evaluations), seed, task.id, "manas")
    agent.setup(bench)
    return agent, bench


@pytest.mark.parametrize("space, fails", [(Ladders(), 0.0), (Ladders(), 0.4), (Expressions(), 0.2)],
                         ids=["product", "product with failures", "grammar"])
def test_coefficients_solve_the_normal_equations(space, fails):
    """Ridge regression of centred values on counts of (choice or sort, option); failures count as the lowest so far."""
    agent, bench = started(toy(space, fails=fails), 40)
    counts, values = [], []
    for _ in range(40):
        agent.tell(trials := bench.measure(agent.ask(1)))
        if trials[0].ok or values:
            counts.append(Counter(agent.drawn.steps))
            values.append(trials[0].value if trials[0].ok else min(values))
    columns = [(name, i) for name, row in agent.rows.items() for i in range(
        len(space.sorts[name]) if name in space.sorts else
        next(len(c.options) for c in space.choices if c.path == name))]
    x = np.array([[count[column] for column in columns] for count in counts], float)
    y = np.array(values) - np.mean(values)
    exact = np.linalg.solve(x.T @ x + 1e-3 * np.eye(len(columns)), x.T @ y)
    ours = [agent.credits.coefficients[agent.rows[name] + i] for name, i in columns]
    np.testing.assert_allclose(ours, exact, rtol=1e-5, atol=1e-6)


def test_options_are_drawn_by_the_inverse_of_their_rank():
    agent, _ = started(toy(ProductSpace((Choice(("x",), tuple("abcd"), weights=(0.4, 0.2, 0.2, 0.2)),))))
    agent.walk()
    agent.credits.coefficients = [-1.0, 3.0, 0.5, 0.5]  # ranks 4, 1, 2, 2
    found = Counter(agent.walk().genome[0] for _ in range(20_000))
    mass = np.array([0.4 / 4, 0.2, 0.2 / 2, 0.2 / 2])
    assert chi_square([found[i] for i in range(4)], mass / mass.sum()) > 1e-3


@pytest.mark.parametrize("credit", ["least-squares", "importance"])
@pytest.mark.parametrize("space", [Ladders(), Expressions(2, 5, ("one", "two", "sum", "half"))], ids=lambda s: s.name)
def test_the_first_draws_follow_the_law_of_the_space(space, credit):
    task = toy(space)
    rows = task.population()
    at = {tuple(map(int, genome)): i for i, genome in enumerate(rows.genomes)}
    agent, _ = started(task, credit=credit)
    counts = np.zeros(len(at))
    for _ in range(3_000):
        counts[at[agent.walk().genome]] += 1
    assert chi_square(counts, rows.weights) > 1e-3


def test_exp3_divides_each_reward_by_the_probability_of_what_was_taken():
    agent, bench = started(toy(Ladders()), 30, credit="importance")
    sums = [np.zeros(len(choice.options)) for choice in Ladders.choices]
    shares = [dict(zip(c.law[0], c.law[2])) for c in Ladders.choices]
    laws = [np.array([share.get(i, 0.0) for i in range(len(total))]) for share, total in zip(shares, sums)]
    values = []
    for t in range(30):
        trial, = bench.measure(agent.ask(1))
        agent.tell([trial])
        reward = np.mean([(v < trial.value) + (v == trial.value) / 2 for v in values]) if values else 0.5
        values.append(trial.value)
        for total, law, pick in zip(sums, laws, trial.genome):
            policy = law * np.exp(np.sqrt(np.log(len(law)) / (len(law) * max(t, 1))) * total)
            total[pick] += reward * policy.sum() / policy[pick]
    for choice, total in zip(Ladders.choices, sums):
        assert agent.rows[choice.path][1] == pytest.approx(total.tolist())


@pytest.mark.parametrize("credit", ["least-squares", "importance"])
def test_nothing_is_measured_twice(credit):
    t = archgym.run(toy(Ladders()), "manas", Budget(evaluations=72), 0, credit=credit).trajectory
    assert len(set(map(t.genome, range(72)))) == 72 == Ladders().size


def test_a_sum_of_options_is_understood():
    space = ProductSpace(tuple(Choice((i,), tuple(range(6))) for i in range(8)))
    task = archgym.task(space=space, evaluate=lambda picks: float(sum((i + 1) * p for i, p in enumerate(picks))))
    t = archgym.run(task, "manas", Budget(evaluations=300), 0).trajectory
    assert t.value[200:].mean() > 1.25 * t.value[:20].mean()


@pytest.mark.parametrize("dataset", ["cifar10", "cifar100"])
def test_it_beats_random_search_on_the_real_table(dataset):
    """P(better after 1,000 evaluations), ties half: at least .75."""
    task, seeds = archgym.task("NASBench201-v0", dataset=dataset, noise="mean"), range(10)
    ours, random = ([archgym.run(task, agent, Budget(evaluations=1_000), seed).incumbent.value for seed in seeds]
                    for agent in ("manas", "random"))
    assert np.mean([(a > b) + (a == b) / 2 for a in ours for b in random]) >= 0.75
