"""Environments and the ledger: what is charged, when the budget ends an episode or a run, what is recorded."""

from dataclasses import dataclass

import gymnasium
import numpy as np
import pytest
from growing import letters, masked, trees

import archgym
from archgym import Agent, ArchGymError, Bench, Budget, BudgetSpent, Proposal
from archgym.environment import make_env
from archgym.sweep import store


def bench(task, seed=0, **options):
    budget = {name: options.pop(name) for name in ("evaluations", "cost", "fidelity_units") if name in options}
    return Bench(task.memo, Budget(**budget), seed, task.id, "test", **options)


def complete(env, pick=0):
    env.reset()
    while True:
        result = env.step(pick)
        if result[2]:
            return result


def priced(cost):
    """Every design costs the same declared cost."""
    return archgym.task(space=letters().space, worst=0.0,
                        evaluate=lambda design: {"value": float(design[0]), "cost": cost})


def test_the_step_that_spends_the_last_evaluation_is_truncated_and_reset_raises():
    env = bench(letters(), evaluations=2).env("construct")
    assert complete(env)[2:4] == (True, False)
    assert complete(env)[2:4] == (True, True)
    with pytest.raises(BudgetSpent):
        env.reset()


def test_the_step_whose_evaluation_is_not_paid_for_raises():
    ledger = bench(letters(), evaluations=1)
    env = ledger.env("construct")
    env.reset()
    for _ in range(5):
        env.step(0)
    ledger.measure([Proposal((1,) * 6)])
    with pytest.raises(BudgetSpent):
        env.step(0)
    with pytest.raises(BudgetSpent):
        env.reset()


def test_an_evaluation_that_would_overshoot_a_cost_is_not_revealed():
    env = bench(priced(2.0), cost=5.0).env("select")
    for _ in range(2):
        env.reset()
        assert env.step([0] * 6)[2:4] == (True, False)
    env.reset()
    with pytest.raises(BudgetSpent):
        env.step([0] * 6)
    assert env.bench.remaining.cost == 1.0


def test_an_evaluation_that_spends_a_cost_exactly_is_truncated():
    env = bench(priced(2.5), cost=5.0).env("select")
    env.reset()
    env.step([0] * 6)
    env.reset()
    assert env.step([0] * 6)[2:4] == (True, True)


def test_an_illegal_action_that_is_not_paid_for_raises():
    ledger = bench(letters(), evaluations=1)
    env = ledger.env("construct")
    env.reset()
    ledger.measure([Proposal((1,) * 6)])
    with pytest.raises(BudgetSpent):
        env.step(9)


def test_an_illegal_action_costs_an_evaluation_and_a_fidelity_unit_but_no_declared_cost():
    ledger = bench(priced(2.0), evaluations=9, cost=50.0, fidelity_units=9.0)
    ledger.forfeit("no design")
    assert ledger.remaining[:3] == (8, 50.0, 8.0)


def test_illegal_actions_without_end_exhaust_a_budget_of_cost():
    task = priced(1.0)

    @dataclass
    class Stubborn(Agent):
        def search(self, bench):
            env = bench.env("select")
            while True:
                env.reset()
                env.step([9] * 6)

    run = archgym.run(task, Stubborn(), Budget(cost=5.0))
    assert run.stop == "exhausted" and len(run.trajectory) == 9_999


def test_seeding_an_environment_of_its_own_starts_it_anew():
    env = make_env(letters(), face="select", budget=1)
    for seed in (0, 1):
        env.reset(seed=seed)
        env.step([0] * 6)
        with pytest.raises(BudgetSpent):
            env.reset()


def test_seeding_an_environment_of_a_bench_gives_nothing_back():
    env = bench(letters(), evaluations=1).env("select")
    env.reset(seed=0)
    env.step([0] * 6)
    with pytest.raises(BudgetSpent):
        env.reset(seed=0)


def test_environments_and_measure_share_one_ledger():
    ledger = bench(letters(), evaluations=3)
    one, other = ledger.env("construct"), ledger.env("select")
    complete(one)
    other.reset()
    *_, info = other.step([1] * 6)
    trial, = ledger.measure([Proposal((2,) * 6)])
    assert (info["trial"]["id"], trial.id) == (1, 2)
    for env in (one, other):
        with pytest.raises(BudgetSpent):
            env.reset()


def test_a_refused_duplicate_is_worth_the_worst_and_charges_nothing():
    ledger = bench(letters(), duplicates="refuse", evaluations=2)
    env = ledger.env("select")
    env.reset()
    assert env.step([0] * 6)[1] == 1.0
    env.reset()
    *_, reward, _, truncated, info = env.step([0] * 6)
    assert (reward, truncated, info["trial"]["status"]) == (0.0, False, "refused")
    assert ledger.remaining.evaluations == 1


def test_a_vector_of_environments_shares_the_ledger():
    ledger = bench(letters(), evaluations=10)
    envs = ledger.env("construct", num_envs=4)
    assert isinstance(envs, gymnasium.vector.VectorEnv) and envs.num_envs == 4
    observations, info = envs.reset(seed=0)
    assert observations.shape == (4, *envs.single_observation_space.shape)
    with pytest.raises(BudgetSpent):
        while True:
            *_, info = envs.step(np.zeros(4, int))
    assert ledger.remaining.evaluations == 0
    assert [record.id for record in ledger._records] == list(range(10))


def test_the_trials_of_a_vector_are_in_its_infos():
    envs = bench(trees()).env("construct", num_envs=3)
    envs.reset()
    for actions in ([0, 1, 0], [0, 0, 0], [1, 0, 2]):
        *_, infos = envs.step(np.array(actions))
        if infos.get("_trial", np.zeros(3))[1]:
            assert infos["trial"]["status"][1] == "infeasible" and infos["trial"]["genome"][1] == ()
    assert infos["_trial"].tolist() == [True, False, True]
    assert infos["trial"]["genome"][0] == (0, 0, 1)


@dataclass
class Wanderer(Agent):
    """Samples actions from the environment's own action space, legal or not."""

    face: str = "construct"
    masked: bool = False

    def search(self, bench):
        env = bench.env(self.face)
        while True:
            _, info = env.reset()
            ended = False
            while not ended:
                action = env.action_space.sample(info["action_mask"]) if self.masked else env.action_space.sample()
                *_, ended, _, info = env.step(action)


@pytest.mark.parametrize("task", [letters, masked, trees])
@pytest.mark.parametrize("agent", [Wanderer(), Wanderer("select"), Wanderer(masked=True)])
def test_a_run_through_an_environment_spends_its_budget_exactly_and_repeats_itself(task, agent):
    runs = [archgym.run(task(), agent, Budget(evaluations=40), seed=seed) for seed in (1, 1, 2)]
    assert [run.stop for run in runs] == ["budget"] * 3
    assert [len(run.trajectory) for run in runs] == [40] * 3
    digests = [store.digest(run.trajectory) for run in runs]
    assert digests[0] == digests[1] != digests[2]


def test_what_is_no_design_is_a_row_of_the_trajectory(tmp_path):
    run = archgym.run(masked(), Wanderer(), Budget(evaluations=60), seed=0)
    path = run.trajectory
    void = [i for i in range(60) if path.genome(i) == ()]
    assert 0 < len(void) < 60
    assert all(path.status[i] == "infeasible" and path.value[i] == 0.0 and path.charged[i] for i in void)
    assert all("is illegal at choice" in path.error[i] for i in void)
    assert path.duplicates(run.task.space)[void].tolist() == [False] + [True] * (len(void) - 1)
    assert run.incumbent.status == "ok" and run.incumbent.value == path.value.max()
    (tmp_path / "runs").mkdir()
    store.write_run(tmp_path, "run", {}, path, path.duplicates(run.task.space), run.stop, 0)
    again, duplicate, _ = store.read_run(tmp_path, "run")
    assert store.digest(again) == store.digest(path)
    assert np.array_equal(duplicate, path.duplicates(run.task.space))


def test_a_run_that_proposed_no_design_has_an_incumbent_that_says_so():
    @dataclass
    class Lost(Agent):
        def search(self, bench):
            env = bench.env("select")
            while True:
                env.reset()
                env.step([4] * 6)

    run = archgym.run("NASBench201-v0", Lost(), Budget(evaluations=2))
    assert run.incumbent.design is not None and run.incumbent.holdout
    run = archgym.run(letters(), Lost(), Budget(evaluations=2))
    assert run.incumbent.design is None and run.incumbent.text == "no design" and run.incumbent.holdout == {}
    assert "no design" in repr(run.incumbent)


def test_a_task_without_a_finite_worst_value_stops_a_run_that_wants_an_environment():
    task = archgym.task(space=letters().space, evaluate=lambda design: 1.0)
    with pytest.raises(ArchGymError, match="worst="):
        archgym.run(task, Wanderer(), Budget(evaluations=2))
