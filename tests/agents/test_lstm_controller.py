"""The LSTM controller: its law at the start, its update against a plain loop, grammars, and random search beaten."""

import numpy as np
import pytest

import archgym
from archgym import Budget, Choice, ProductSpace
from archgym.testing import Expressions, Ladders, toy
from archgym.testing.law import chi_square

torch = pytest.importorskip("torch")


def opened(task, evaluations, seed=0, **hyper):
    agent = archgym.agent("lstm-controller", **hyper)
    bench = archgym.Bench(task.memo, Budget(evaluations=evaluations), seed, task.id, "lstm-controller")
    agent.setup(bench)
    return agent, bench


def probability(agent, genome):
    """Of one design of a product space, by the controller step by step."""
    columns, tanh = [agent.columns[choice.path] for choice in agent.space.choices], agent.tanh_constant
    embedding, lstm, head = agent.policy
    total, token, state = torch.zeros(()), agent.width, None
    for block, pick, choice in zip(columns, genome, agent.space.choices):
        seen, state = lstm(embedding(torch.tensor([[token]])), state)
        logits = tanh * torch.tanh(head(seen[0, 0]))[block]
        law = torch.full((len(choice.options),), -torch.inf)
        for i, p in zip(choice.law[0], choice.law[2]):
            law[i] = np.log(p)
        total = total + (logits + law).log_softmax(0)[pick]
        token = block.start + pick
    return total


@pytest.mark.parametrize("space", [Ladders(), Expressions(2, 5, ("one", "two", "sum", "half"))], ids=lambda s: s.name)
def test_a_controller_that_says_nothing_draws_by_the_law_of_the_space(space):
    task = toy(space)
    rows = task.population()
    at = {tuple(map(int, genome)): i for i, genome in enumerate(rows.genomes)}
    agent, _ = opened(task, 10_000, tanh_constant=0.0, batch=2_000)
    counts = np.zeros(len(at))
    for proposal in agent.ask(2_000):
        counts[at[proposal.genome]] += 1
    assert chi_square(counts, rows.weights) > 1e-3


def test_designs_are_drawn_with_the_probabilities_that_the_heads_give():
    task = toy(Ladders())
    agent, _ = opened(task, 10_000, batch=2_000)
    with torch.no_grad():  # far from the law
        for weights in agent.policy.parameters():
            weights.mul_(6)
    rows = task.population()
    at = {tuple(map(int, genome)): i for i, genome in enumerate(rows.genomes)}
    law = np.array([probability(agent, genome).exp().item() for genome in at])
    assert law.sum() == pytest.approx(1, abs=1e-4) and abs(law - rows.weights).max() > 0.005
    counts = np.zeros(len(at))
    for proposal in agent.ask(2_000):
        counts[at[proposal.genome]] += 1
    assert chi_square(counts, law / law.sum()) > 1e-3


def test_an_update_is_one_step_of_adam_on_the_mean_gradient():
    """Of -log p (reward - baseline), rewards being ranks with the entropy's share, the baseline updated first."""
    task = toy(Ladders())
    agent, bench = opened(task, 100, entropy=0.01, momentum=0.9, batch=6)
    twin, _ = opened(task, 100, entropy=0.01, momentum=0.9, batch=6)
    average = 0.0
    for step in range(3):
        trials = bench.measure(agent.ask(6))
        before = 6 * step
        values = [t.value for t in bench._records]
        losses = []
        for i, trial in enumerate(trials, before):
            earlier = np.array(values[:i])
            reward = (np.mean(earlier < trial.value) + np.mean(earlier <= trial.value)) / 2 if i else 0.5
            # The heads see what was picked before, so that the entropy is that along the sequence.
            entropy, genome = 0.0, trial.genome
            for at, choice in enumerate(task.space.choices):
                logs = [probability(twin, (*genome[:at], p)).item() - probability(twin, genome[:at]).item()
                        for p in choice.law[0]]
                entropy -= sum(np.exp(x) * x for x in logs)
            reward += 0.01 * entropy
            average = 0.9 * average + 0.1 * reward
            losses.append(-probability(twin, genome) * (reward - average / (1 - 0.9 ** (i + 1))))
        twin.optimizer.zero_grad()
        (sum(losses) / 6).backward()
        twin.optimizer.step()
        agent.tell(trials)
        for ours, plain in zip(agent.policy.parameters(), twin.policy.parameters()):
            # Where a gradient is all rounding, Adam's first steps may go either way by the learning rate.
            assert (abs(ours - plain) < 1e-4).double().mean() > 0.97


def test_the_global_generator_is_left_alone():
    torch.manual_seed(5)
    before = torch.get_rng_state().clone()
    archgym.run(toy(Ladders()), "lstm-controller", Budget(evaluations=15), 0)
    assert torch.equal(before, torch.get_rng_state())


def test_it_keeps_to_the_batch_however_many_are_asked_for():
    agent, bench = opened(toy(Ladders()), 40, batch=10)
    sizes = []
    for n in (4, 100, 100, 3):
        proposals = agent.ask(n)
        sizes.append(len(proposals))
        agent.tell(bench.measure(proposals))
    assert sizes == [4, 6, 10, 3]


def test_choices_of_a_sort_share_a_head_in_a_grammar():
    space = Expressions(depth=None)
    agent, bench = opened(toy(space), 60)
    with pytest.raises(archgym.BudgetSpent):
        while True:
            agent.tell(bench.measure(agent.ask(bench.room())))
    assert agent.columns == {"factor": slice(0, 3), "node": slice(3, 9)} and len(bench._records) == 60


def test_a_sort_that_was_not_declared_is_named():
    class Undeclared(archgym.Space):
        sorts = {"op": ("a", "b")}

        def build(self):
            return (yield Choice(("size",), (1, 2, 3), sort="size"))

    with pytest.raises(archgym.ArchGymError, match=r"'size' with 3 options.*declare"):
        archgym.run(archgym.task(space=Undeclared(), evaluate=float, name="undeclared"), "lstm-controller",
                    Budget(evaluations=5))


def test_it_learns_the_better_option():
    space = ProductSpace(tuple(Choice((i,), ("bad", "good", "worse")) for i in range(4)))

    def evaluate(design):
        if design[0] == "bad":
            raise archgym.EvaluationFailed("always")
        return -1000.0 + design.count("good") - design.count("worse")

    t = archgym.run(archgym.task(space=space, evaluate=evaluate, name="options"), "lstm-controller",
                    Budget(evaluations=500), 0, learning_rate=0.01).trajectory
    assert np.mean([t.genome(i).count(1) for i in range(40)]) < 2 < 2.5 < np.mean(
        [t.genome(i).count(1) for i in range(400, 500)])


def test_it_beats_random_search():
    task = archgym.task("NASBench201-v0", noise="mean")
    best = [archgym.run(task, "lstm-controller", Budget(evaluations=400), seed).incumbent.value for seed in range(6)]
    assert np.mean(task.random_baseline(400).best.score(best)) > 0.7
