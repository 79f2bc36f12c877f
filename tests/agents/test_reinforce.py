"""REINFORCE against NATS-Bench's update in numpy, its gradient against finite differences, and reference figures."""

import numpy as np
import pytest
from golden import digest

import archgym
from archgym import Budget
from archgym.streams import generator, uniform
from archgym.testing import Expressions, Ladders, toy
from archgym.testing.law import chi_square


def softmax(theta):
    e = np.exp(theta - theta.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def loss(theta, taken, advantage):
    return -advantage * np.log(softmax(theta)[range(len(taken)), taken]).sum()


def gradient(theta, taken, advantage):
    """Of the loss: advantage times (probabilities - one-hot of what was taken)."""
    return advantage * (softmax(theta) - np.eye(theta.shape[1])[taken])


def test_the_gradient_of_the_oracle_is_that_of_its_loss():
    rng = np.random.default_rng(0)
    theta, taken = rng.normal(size=(6, 5)), rng.integers(5, size=6)
    numeric = np.zeros_like(theta)
    for at in np.ndindex(theta.shape):
        step = np.zeros_like(theta)
        step[at] = 1e-6
        numeric[at] = (loss(theta + step, taken, 2.5) - loss(theta - step, taken, 2.5)) / 2e-6
    np.testing.assert_allclose(gradient(theta, taken, 2.5), numeric, atol=1e-8)


def nats_bench(task, rng, u, evaluations, learning_rate, momentum=0.9):
    """The baseline of NATS-Bench: softmax an edge, Adam, a bias-corrected average updated before the advantage."""
    theta = 1e-3 * np.stack([rng.standard_normal(5) for _ in range(6)])
    first, second, average, genomes = np.zeros((6, 5)), np.zeros((6, 5)), 0.0, []
    for t in range(1, evaluations + 1):
        taken = [int(np.searchsorted(np.cumsum(row), u(), side="right")) for row in softmax(theta)]
        reward = task.measure(tuple(taken)).values["val_accuracy"]
        average = momentum * average + (1 - momentum) * reward
        grad = gradient(theta, taken, reward - average / (1 - momentum**t))
        first = 0.9 * first + 0.1 * grad
        second = 0.999 * second + 0.001 * grad**2
        theta = theta - learning_rate * (first / (1 - 0.9**t)) / (np.sqrt(second / (1 - 0.999**t)) + 1e-8)
        genomes.append(tuple(taken))
    return genomes, theta


@pytest.mark.parametrize("learning_rate, momentum", [(0.01, 0.9), (0.1, 0.9), (0.5, 0.5)])
def test_it_follows_nats_benchs_update_step_by_step(learning_rate, momentum):
    task = archgym.task("NASBench201-v0", noise="mean")
    agent = archgym.agent("reinforce", learning_rate=learning_rate, momentum=momentum)
    bench = archgym.Bench(task.memo, Budget(evaluations=250), 9, task.id, "reinforce")
    with pytest.raises(archgym.BudgetSpent):
        agent.search(bench)
    labels = (9, task.id, "reinforce")
    genomes, theta = nats_bench(task, generator(*labels, "logits"), uniform(generator(*labels, "policy")), 250,
                                learning_rate, momentum)
    assert [trial.genome for trial in bench._records] == genomes
    np.testing.assert_allclose(np.reshape(agent.logits, (6, 5)), theta, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("space", [Ladders(), Expressions(2, 5, ("one", "two", "sum", "half"))], ids=lambda s: s.name)
def test_the_policy_starts_from_the_law_of_the_space(space):
    task = toy(space)
    rows = task.population()
    at = {tuple(map(int, genome)): i for i, genome in enumerate(rows.genomes)}
    counts = np.zeros(len(at))
    for seed in range(1_500):
        agent = archgym.agent("reinforce")
        agent.setup(archgym.Bench(task.memo, Budget(evaluations=1), seed, task.id, "reinforce"))
        proposal, = agent.ask(1)
        counts[at[proposal.genome]] += 1
    assert chi_square(counts, rows.weights) > 1e-3


def test_choices_of_a_sort_share_what_they_learn_in_a_grammar():
    task = toy(Expressions())
    agent = archgym.agent("reinforce")
    bench = archgym.Bench(task.memo, Budget(evaluations=60), 0, task.id, "reinforce")
    with pytest.raises(archgym.BudgetSpent):
        agent.search(bench)
    assert set(agent.rows) == {"node", "factor"}


def test_it_learns_the_better_option():
    space = archgym.ProductSpace(tuple(archgym.Choice((i,), ("bad", "good", "worse")) for i in range(4)))
    task = archgym.task(space=space, evaluate=lambda design: design.count("good") - design.count("worse"))
    run = archgym.run(task, "reinforce", Budget(evaluations=400), 0, learning_rate=0.1)
    assert run.trajectory.value[:20].mean() < 1 and (run.trajectory.value[-40:] == 4).mean() > 0.9


def test_a_failed_design_is_rewarded_like_the_worst_seen():
    space = archgym.ProductSpace((archgym.Choice(("x",), ("fails", "low", "high")),))

    def evaluate(design):
        if design == ("fails",):
            raise archgym.EvaluationFailed("always")
        return -100.0 if design == ("low",) else -50.0

    run = archgym.run(archgym.task(space=space, evaluate=evaluate), "reinforce", Budget(evaluations=400), 0,
                      learning_rate=0.1)
    last = [run.trajectory.genome(i)[0] for i in range(300, 400)]
    assert last.count(2) > 90


def test_a_plain_space_is_searched_like_one_with_weights_that_are_all_alike():
    def run(weights):
        space = archgym.ProductSpace(tuple(archgym.Choice((i,), tuple(range(4)), weights=weights) for i in range(5)))
        task = archgym.task(space=space, evaluate=lambda design: design[0] * design[1] - abs(design[2] - design[3]),
                            name="plain or not")
        return archgym.run(task, "reinforce", Budget(evaluations=300), 0, learning_rate=0.1).trajectory.genomes

    assert run(None) == run((1.0,) * 4)


def test_logits_that_an_exponential_could_not_bear_are_climbed_on():
    space = archgym.ProductSpace(tuple(archgym.Choice((i,), (0, 1)) for i in range(3)))
    task = archgym.task(space=space, evaluate=lambda design: 1e6 * sum(design))
    run = archgym.run(task, "reinforce", Budget(evaluations=200), 0, learning_rate=300.0)
    assert len(run.trajectory) == 200 and run.incumbent.value == 3e6


def test_a_space_without_a_choice_bears_any_learning_rate():
    task = archgym.task(space=archgym.ProductSpace(()), evaluate=lambda design: 1.0)
    assert len(archgym.run(task, "reinforce", Budget(evaluations=30), 0, learning_rate=300.0).trajectory) == 30


def test_mean_regrets_are_those_of_the_reference():
    """CIFAR-10, noise-free, learning rate 0.1: .647/.361/.180/.111 after 50/100/200/300 evaluations."""
    task, seeds = archgym.task("NASBench201-v0", noise="mean"), 100
    best = np.array([archgym.run(task, "reinforce", Budget(evaluations=300), seed, learning_rate=0.1)
                     .trajectory.incumbents() for seed in range(seeds)])
    regret = task.optimum - best[:, [49, 99, 199, 299]]
    error = regret.std(axis=0) * np.sqrt(1 / seeds + 1 / 200)
    assert (abs(regret.mean(axis=0) - [0.647, 0.361, 0.180, 0.111]) < 3.5 * error).all(), regret.mean(axis=0)


def test_a_seed_gives_the_trajectory_that_it_always_gave():
    assert digest("reinforce") == "c1dbb359d7887a37"
