"""Search strategies on einspace through an evaluator that only looks at graphs."""

import pytest

import archgym
from archgym import Budget
from archgym.environment import make_env
from archgym.testing import check_space


def depth_and_skips(space):
    """Value of a design: normalised chains with skip connections are good, weights cost a little."""
    def value(design):
        graph = space.graph(design)
        norms, adds = (sum(label == name for label in graph.labels) for name in ("norm", "add_tensors"))
        return min(norms, 4) + 2 * min(adds, 3) - len(graph.labels) / 50

    return value


@pytest.fixture(scope="module", params=[(3, 32, 32), (4, 60)], ids=["images", "sequences"])
def task(request):
    space = archgym.space("einspace", input=request.param)
    return archgym.task(space=space, evaluate=depth_and_skips(space))


@pytest.mark.parametrize("agent", ["random", "regularized-evolution", "local-search", "reinforce"])
def test_an_agent_searches(task, agent):
    run = archgym.run(task, agent, Budget(evaluations=150), seed=1)
    assert len(run.trajectory.value) == 150
    again = archgym.run(task, agent, Budget(evaluations=150), seed=1)
    assert again.trajectory.value.tolist() == run.trajectory.value.tolist()


def test_evolution_beats_random_search(task):
    evolution = archgym.agent("regularized-evolution", population=30, tournament=5)
    best = {name: sum(archgym.run(task, agent, Budget(evaluations=300), seed=s).incumbent.value for s in range(3))
            for name, agent in (("random", "random"), ("evolution", evolution))}
    assert best["evolution"] > best["random"]


@pytest.mark.parametrize("options", [{}, {"input": (4, 60)}, {"input": (1, 2, 2), "max_depth": 1, "max_nodes": 5}])
def test_the_space_keeps_every_promise_of_a_space(options):
    kept = check_space(archgym.space("einspace", **options), samples=24)
    assert not kept.untried or "max_nodes" not in options


@pytest.mark.parametrize("face", ["construct", "select"])
def test_an_environment_builds_networks_choice_by_choice_or_whole(task, face):
    env = make_env(task, face, worst=-10.0)
    env.action_space.seed(3)
    ended = 0
    _, info = env.reset(seed=3)
    for _ in range(400):
        action = env.action_space.sample(info["action_mask"]) if face == "construct" else env.action_space.sample()
        *_, terminated, truncated, info = env.step(action)
        if terminated or truncated:
            ended += 1
            _, info = env.reset()
    assert ended > 3
