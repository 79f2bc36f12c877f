"""Copies stepped together on arrays, against the same copies stepped one by one on a ledger of their own."""

import warnings

import gymnasium
import numpy as np
import pytest
from growing import letters, masked, trees
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode
from hypothesis import given, settings
from hypothesis import strategies as st

import archgym
from archgym import ArchGymError, Bench, Budget, BudgetSpent
from archgym.environment import make_vec_env
from archgym.errors import IllegalGenome
from archgym.sweep import store
from archgym.testing import Ladders, toy

FACES = ("construct", "edit", "joint")
TASKS = {"table": lambda: archgym.task("NASBench201-v0"), "masked": masked,
         "failing": lambda: toy(Ladders(), seeds=3, fails=0.5, worst=-1.0)}


def bench(task, seed=0, **budget):
    return Bench(task.memo, Budget(**budget), seed, task.id, "test")


def one_by_one(task, face, count, seed=0, **budget):
    """(bench, environments) of as many single environments, as Gymnasium steps them."""
    ledger = bench(task, seed, **budget)
    return ledger, gymnasium.vector.SyncVectorEnv([lambda: ledger.env(face)] * count)


def random_actions(envs, rng, illegal=0.0):
    """An action a copy: legal ones, and anything at all with a probability."""
    masks = envs.action_masks()
    nvec = getattr(envs.single_action_space, "nvec", None)
    blocks = np.split(masks, np.cumsum(nvec)[:-1], axis=1) if nvec is not None else [masks]
    actions = np.array([[rng.choice(np.flatnonzero(row)) for row in block] for block in blocks])
    wild = rng.random(actions.shape) < illegal
    actions[wild] = rng.integers(-3, max(block.shape[1] for block in blocks) + 3, wild.sum())
    return actions.T if nvec is not None else actions[0]


def assert_same(ours, theirs):
    """Results of a step: arrays, and of the infos what both have."""
    for mine, other in zip(ours[:-1], theirs[:-1]):
        np.testing.assert_array_equal(mine, other)
        assert mine.dtype == other.dtype
    mine, other = ours[-1], theirs[-1]
    np.testing.assert_array_equal(mine["action_mask"], other["action_mask"])
    assert ("trial" in mine) == ("trial" in other)
    for i in np.flatnonzero(mine.get("_trial", ())):
        for name in ("id", "value", "cost", "status", "error", "seed"):
            assert mine["trial"][name][i] == other["trial"][name][i], name
        row = mine["trial"]["genome"][i].tolist()
        assert row == (list(other["trial"]["genome"][i]) or [-1] * len(row))
        if mine["trial"]["status"][i] == "ok":
            for name, column in mine["trial"]["values"].items():
                assert column[i] == other["trial"]["values"][name][i]
    if "trial" in mine:
        np.testing.assert_array_equal(mine["_trial"], other["_trial"])


def assert_same_ledger(ours, theirs):
    assert ours.remaining[:3] == theirs.remaining[:3]
    paths = [archgym.trajectory.build(b._records, b._clock, [m.name for m in b.metrics]) for b in (ours, theirs)]
    assert [p.genome(i) for p in paths[:1] for i in range(len(p))] == [paths[1].genome(i) for i in range(len(paths[1]))]
    assert store.digest(paths[0]) == store.digest(paths[1])


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("name", TASKS)
@settings(max_examples=8)
@given(st.integers(1, 6), st.integers(0, 1_000), st.sampled_from([0.0, 0.1]),
       st.sampled_from([{}, {"evaluations": 10_000}, {"cost": 1e9}]))
def test_copies_see_and_record_what_they_would_one_by_one(name, face, count, seed, illegal, budget):
    task, rng = TASKS[name](), np.random.default_rng(seed)
    ours = bench(task, seed, **budget)
    envs = ours.env(face, num_envs=count)
    theirs, singles = one_by_one(task, face, count, seed, **budget)
    assert_same(envs.reset(), singles.reset())
    for step in range(26):
        if step == 18:
            assert_same(envs.reset(seed=seed), singles.reset(seed=seed))
        actions = random_actions(envs, rng, illegal)
        assert_same(envs.step(actions), singles.step(actions))
    assert_same_ledger(ours, theirs)
    assert ours.env("edit").reset()[0].tolist() == theirs.env("edit").reset()[0].tolist()


@settings(max_examples=40)
@given(st.sampled_from(FACES), st.integers(1, 5), st.integers(1, 30), st.sampled_from(["evaluations", "cost"]),
       st.booleans())
def test_a_budget_that_ends_in_mid_step_truncates_who_is_not_paid_for(face, count, evaluations, limit, wild):
    task = archgym.task(space=letters().space, worst=0.0, evaluate=lambda d: {"value": float(d[0]), "cost": 1.0})
    ledger, rng = bench(task, **{limit: evaluations}), np.random.default_rng(evaluations)
    envs, results = ledger.env(face, num_envs=count), []
    envs.reset()
    with pytest.raises(BudgetSpent):
        for _ in range(1_000):
            results.append(envs.step(random_actions(envs, rng, 0.1 if wild and limit == "evaluations" else 0.0)))
    assert ledger.remaining[:2][limit == "cost"] == 0 and ledger._count == evaluations
    for _, _, _, truncations, info in results[:-1]:
        if not ledger.spent:
            assert not truncations.any()
    trials = [info["_trial"] for *_, info in results if "_trial" in info]
    assert sum(map(np.sum, trials)) == evaluations
    spending = next(i for i, (*_, truncations, _) in enumerate(results) if truncations.any())
    _, rewards, terminations, truncations, info = results[spending]
    paid = np.flatnonzero(info["_trial"])
    assert truncations[paid].tolist() == [False] * (len(paid) - 1) + [True]
    unpaid = truncations & ~info["_trial"]
    assert not terminations[unpaid].any() and not rewards[unpaid].any() and (np.flatnonzero(unpaid) > paid[-1]).all()
    with pytest.raises(BudgetSpent):
        envs.reset()


@pytest.mark.parametrize("face", FACES)
def test_a_step_of_which_nothing_is_paid_raises(face):
    ledger = bench(letters(), evaluations=2)
    envs = ledger.env(face, num_envs=2)
    envs.reset()
    for _ in range(5 if face == "construct" else 0):
        envs.step(np.zeros(2, int))
    ledger.measure([archgym.Proposal((0,) * 6)] * 2)
    with pytest.raises(BudgetSpent):
        envs.step(np.zeros(envs.action_space.shape, int))
    assert ledger._count == 2


@pytest.mark.parametrize("face", FACES)
def test_strict_raises_for_the_first_illegal_copy_and_changes_nothing(face):
    ledger = bench(masked(), evaluations=50)
    envs, other = (ledger.env(face, num_envs=3, strict=strict) for strict in (True, False))
    envs.reset()
    actions = np.zeros(envs.action_space.shape, int)
    actions[1] = 99
    with pytest.raises(IllegalGenome, match="allowed|illegal"):
        envs.step(actions)
    assert ledger.remaining.evaluations == 50
    other.reset()
    _, rewards, terminations, _, info = other.step(actions)
    assert terminations.tolist() == [False, True, False] and rewards[1] == other.worst
    assert info["trial"]["status"][1] == "infeasible" and info["trial"]["error"][1]


def test_the_reset_comes_with_the_step_after_an_episodes_last_and_ignores_its_action():
    envs = bench(letters()).env("construct", num_envs=2)
    assert envs.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP
    first, _ = envs.reset()
    for _ in range(6):
        _, rewards, terminations, *_ = envs.step([0, 0])
    assert rewards.tolist() == [1.0, 1.0] and terminations.all()
    observations, rewards, terminations, _, info = envs.step([99, 99])
    np.testing.assert_array_equal(observations, first)
    assert not rewards.any() and not terminations.any() and "trial" not in info


@pytest.mark.parametrize("face", FACES)
def test_what_is_handed_out_is_the_callers_own(face):
    task = archgym.task("NASBench201-v0")
    ledgers = [bench(task, evaluations=100) for _ in range(2)]
    envs, spoilt = (ledger.env(face, num_envs=3) for ledger in ledgers)
    rng = np.random.default_rng(0)
    results = [envs.reset(), spoilt.reset()]
    for _ in range(14):
        assert_same(*results)
        actions = random_actions(envs, rng)
        results[1][0][:] = 7
        results[1][-1]["action_mask"][:] = 0
        for column in results[1][-1].get("trial", {}).values():
            for part in column.values() if isinstance(column, dict) else [column]:
                part[:] = 0
        results = [envs.step(actions), spoilt.step(actions)]
    assert_same_ledger(*ledgers)


@pytest.mark.parametrize("face", FACES)
def test_some_copies_can_be_reset_alone(face):
    envs = bench(letters()).env(face, num_envs=3)
    envs.reset()
    before = envs.step(np.ones(envs.action_space.shape, int))[0]
    observations, _ = envs.reset(options={"reset_mask": np.array([False, True, False])})
    assert np.array_equal(observations[[0, 2]], before[[0, 2]]) and not np.array_equal(observations[1], before[1])


def test_copies_that_record_nothing_go_on_after_illegal_actions():
    envs = Bench(archgym.task("NASBench201-v0").memo, Budget(), 0, "task", "test", keep=False).env(num_envs=3)
    envs.reset()
    for step in range(20):
        _, _, terminations, _, info = envs.step(np.array([0, 1, 9 if step == 8 else 2]))
    assert terminations.tolist() == [True, True, False] and info["trial"]["id"].tolist() == [7, 8, -1]


@pytest.mark.parametrize("face", FACES)
def test_actions_of_another_shape_or_before_reset_are_refused(face):
    envs = bench(letters()).env(face, num_envs=3)
    with pytest.raises(ResetNeeded):
        envs.step(np.zeros(envs.action_space.shape, int))
    envs.reset()
    with pytest.raises(ArchGymError, match="shape"):
        envs.step(np.zeros(7, int))


@pytest.mark.parametrize("face", [*FACES, "select"])
@pytest.mark.parametrize("task", [lambda: archgym.task("NASBench201-v0"), trees])
def test_a_seed_gives_a_vector_of_its_own_bench_the_same_rollout_again(task, face):
    if task is trees and face in ("edit", "joint"):
        with pytest.raises(ArchGymError, match="use face"):
            make_vec_env(task(), 2, face=face)
        return
    envs = make_vec_env(task(), 3, face=face, budget=200)

    def rollout(seed):
        seen = [envs.reset(seed=seed)]
        envs.action_space.seed(seed)
        seen += [envs.step(envs.action_space.sample()) for _ in range(12)]
        return repr(seen), envs.unwrapped.bench.remaining

    first = rollout(3)
    assert first[1].evaluations < 200
    assert rollout(3)[0] == first[0] != rollout(4)[0]


def test_gymnasium_makes_a_vector_by_a_tasks_name():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        envs = gymnasium.make_vec("archgym/NASBench201-v0", num_envs=4, face="construct", dataset="cifar100", budget=8)
    envs.reset(seed=1)
    for _ in range(6):
        *_, info = envs.step(np.full(4, 3))
    task = archgym.task("NASBench201-v0", dataset="cifar100")
    possible = [task.measure((3,) * 6, seed=seed).values["val_accuracy"] for seed in range(3)]
    assert set(info["trial"]["values"]["val_accuracy"]) <= set(possible)
    assert envs.bench.remaining.evaluations == 4


def test_as_many_copies_as_fit_no_single_call_and_no_budget_that_ends():
    count = 70_000
    envs = make_vec_env("NASBench201-v0", count, "construct")
    envs.reset(seed=0)
    for _ in range(6):
        _, _, ended, truncated, infos = envs.step(np.zeros(count, int))
    assert ended.all() and not truncated.any()
    assert infos["trial"]["id"].tolist() == list(range(count))


def test_evaluators_get_genomes_row_by_row():
    class Rows(type(TASKS["table"]().evaluator)):
        def evaluate_many(self, designs, *, fidelity, seeds):
            assert designs.genomes.flags.c_contiguous
            return super().evaluate_many(designs, fidelity=fidelity, seeds=seeds)

    task = TASKS["table"]()
    task = archgym.task(space=task.space, evaluate=Rows("cifar10", "seed"), name="rows", worst=0.0)
    envs = make_vec_env(task, 3, "construct")
    envs.reset(seed=0)
    for _ in range(6):
        *_, infos = envs.step(np.zeros(3, int))
    assert infos["_trial"].all() and infos["trial"]["genome"].flags.c_contiguous
