"""MARL: its gradient against finite differences, its start against the law, and what it learns."""

from types import SimpleNamespace

import numpy as np
import pytest

import archgym
from archgym import ArchGymError, Budget
from archgym.agents.marl import Team
from archgym.stats import probability_better
from archgym.testing import Expressions, Ladders, toy
from archgym.testing.law import chi_square

SETTINGS = SimpleNamespace(learning_rate=0.05, epochs=4, clip=0.2, entropy=0.3)


def moved_team(rng, features=3):
    """A team whose policies are anything, and the probabilities of an earlier one on some rows."""
    team = Team(Ladders().choices, features, SETTINGS)
    seen = rng.normal(size=(7, features))
    before = team.probabilities(seen)
    team.weights = 0.3 * rng.normal(size=team.weights.shape)
    return team, seen, before


def objective(team, seen, picks, advantages, before):
    """PPO's clipped objective and the entropy, as the papers write them, in loops."""
    total, now = 0.0, team.probabilities(seen)
    for n in range(len(seen)):
        for choice, pick in enumerate(picks[n]):
            ratio = now[n, choice, pick] / before[n, choice, pick]
            clipped = min(max(ratio, 1 - SETTINGS.clip), 1 + SETTINGS.clip)
            total += min(ratio * advantages[n], clipped * advantages[n])
            total -= SETTINGS.entropy * sum(p * np.log(p) for p in now[n, choice] if p > 0)
    return total / len(seen)


@pytest.mark.parametrize("seed", range(5))
def test_its_gradient_is_that_of_the_clipped_objective(seed):
    rng = np.random.default_rng(seed)
    team, seen, before = moved_team(rng)
    picks, advantages = team.act(seen, rng.random), rng.normal(size=7)
    found = team.gradient(seen, picks, advantages, before)
    numeric, weights = np.zeros_like(found), team.weights.copy()
    for at in np.ndindex(weights.shape):
        sides = []
        for step in (1e-6, -1e-6):
            team.weights = weights.copy()
            team.weights[at] += step
            sides.append(objective(team, seen, picks, advantages, before))
        numeric[at] = (sides[0] - sides[1]) / 2e-6
    np.testing.assert_allclose(found, numeric, atol=1e-7)


def test_a_team_begins_at_the_law_and_never_picks_what_is_not_legal():
    space, rng = Ladders(), np.random.default_rng(0)
    team = Team(space.choices, 2, SETTINGS)
    genomes = team.act(np.ones((3_000, 2)), rng.random)
    rows = toy(space).population()
    at = {tuple(map(int, genome)): i for i, genome in enumerate(rows.genomes)}
    counts = np.bincount([at[tuple(genome)] for genome in genomes.tolist()], minlength=len(at))
    assert chi_square(counts, rows.weights) > 1e-3


def test_it_learns_the_better_option():
    space = archgym.ProductSpace(tuple(archgym.Choice((i,), ("bad", "good", "worse")) for i in range(4)))
    task = archgym.task(space=space, evaluate=lambda design: design.count("good") - design.count("worse"))
    values = archgym.run(task, "marl", Budget(evaluations=600), 0, learning_rate=0.1).trajectory.value
    assert values[:20].mean() < 1 and (values[-40:] == 4).mean() > 0.9


def test_a_failed_design_is_rewarded_like_the_lowest_value_measured():
    space = archgym.ProductSpace((archgym.Choice(("x",), ("fails", "low", "high")),))

    def evaluate(design):
        if design == ("fails",):
            raise archgym.EvaluationFailed("always")
        return -100.0 if design == ("low",) else -50.0

    run = archgym.run(archgym.task(space=space, evaluate=evaluate), "marl", Budget(evaluations=600), 0,
                      learning_rate=0.1)
    assert [run.trajectory.genome(i)[0] for i in range(500, 600)].count(2) > 90


def test_an_open_space_is_refused_with_the_reason():
    with pytest.raises(ArchGymError, match="depend on earlier picks; 'ppo' and 'reinforce'"):
        archgym.run(toy(Expressions()), "marl", Budget(evaluations=10))


def test_every_evaluation_is_an_agents_own_and_the_budget_is_spent_to_the_last():
    run = archgym.run(toy(Ladders(), seeds=3), "marl", Budget(evaluations=87), 1)
    assert run.stop == "budget" and len(run.trajectory) == 87 and run.trajectory.ok.all()


@pytest.mark.parametrize("dataset", ["cifar10", "cifar100"])
def test_a_thousand_evaluations_beat_as_many_random_ones(dataset):
    task = archgym.task("NASBench201-v0", dataset=dataset, noise="mean")
    finals = {name: [archgym.run(task, name, Budget(evaluations=1_000), seed).trajectory.incumbents()[-1]
                     for seed in range(20)] for name in ("marl", "random")}
    assert probability_better(finals["marl"], finals["random"]).estimate > 0.75
