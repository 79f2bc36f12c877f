"""The faces `edit` and `joint`: walks from design to design, each step of which is measured."""

import warnings

import gymnasium
import numpy as np
import pytest
from growing import letters, masked, trees
from gymnasium.error import ResetNeeded
from gymnasium.utils.env_checker import check_env
from hypothesis import given
from hypothesis import strategies as st

import archgym
from archgym import ArchGymError, Bench, Budget, BudgetSpent, Proposal
from archgym.encoding import one_hot
from archgym.environment import make_env
from archgym.errors import IllegalGenome
from archgym.testing import Ladders, OneDesign, toy

FACES = ("edit", "joint")


def bench(task, seed=0, **budget):
    return Bench(task.memo, Budget(**budget), seed, task.id, "test")


def design_of(env, observation):
    """The genome that an observation shows."""
    blocks = np.split(observation[env.columns["picks"]], np.cumsum([len(c.options) for c in env.space.choices])[:-1])
    assert all(block.sum() == 1 for block in blocks)
    return tuple(int(block.argmax()) for block in blocks)


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("options", [{}, {"noise": "mean"}, {"steps": 1}, {"budget": 40}])
def test_gymnasiums_own_check_has_nothing_to_say(face, options):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(gymnasium.make("archgym/NASBench201-v0", face=face, **options).unwrapped)


@given(st.lists(st.integers(0, 8), min_size=1, max_size=25), st.integers(0, 100))
def test_an_action_sets_one_pick_and_the_design_is_measured(actions, seed):
    task = masked()
    env, other = bench(task, seed).env("edit", steps=100), bench(task, seed)
    observation, info = env.reset()
    genome = design_of(env, observation)
    numbers = [(i, pick) for i, choice in enumerate(env.space.choices) for pick in range(len(choice.options))]
    for step, action in enumerate(actions):
        at, pick = numbers[action]
        if not info["action_mask"][action]:
            assert (at, pick) == (2, 1)  # the width of 8 is not allowed
            continue
        genome = (*genome[:at], pick, *genome[at + 1:])
        observation, reward, terminated, truncated, info = env.step(action)
        trial, = other.measure([Proposal(genome)])
        assert (reward, terminated, truncated) == (trial.value, False, False)
        assert info["trial"] == {"id": trial.id, "value": trial.value, "values": trial.values, "cost": trial.cost,
                                 "status": "ok", "error": None, "seed": trial.seed, "genome": genome,
                                 "design": task.space.text_of(genome)}
        assert design_of(env, observation) == genome and observation in env.observation_space


@given(st.data())
def test_a_joint_action_is_the_next_design(data):
    env = bench(masked()).env("joint")
    env.reset()
    for _ in range(3):
        genome = tuple(data.draw(st.sampled_from(choice.legal_picks())) for choice in env.space.choices)
        assert np.array(genome) in env.action_space
        observation, _, _, _, info = env.step(np.array(genome))
        assert design_of(env, observation) == info["trial"]["genome"] == genome


@pytest.mark.parametrize("face, action", [("edit", 0), ("joint", [0] * 6)])
def test_an_episode_is_a_number_of_measured_steps_and_a_reset_measures_nothing(face, action):
    ledger = bench(letters())
    env = ledger.env(face, steps=3)
    for _ in range(2):
        before = ledger._count
        observation, _ = env.reset()
        assert ledger._count == before and not observation[env.columns["measured"]].any()
        assert not observation[env.columns["metrics"]].any()
        results = [env.step(action) for _ in range(3)]
        assert [r[2] for r in results] == [False, False, True]
        assert [float(r[0][env.columns["done"]][0]) for r in results] == pytest.approx([1 / 3, 2 / 3, 1])
        with pytest.raises(ResetNeeded):
            env.step(action)
    assert ledger._count == 6


def test_episodes_begin_at_designs_drawn_by_the_law():
    env = bench(masked()).env("edit")
    starts = [design_of(env, env.reset()[0]) for _ in range(2_000)]
    counts = np.array(one_hot(env.space, starts)).mean(axis=0)
    np.testing.assert_allclose(counts, [0.5] * 4 + [2 / 3, 0, 1 / 3] + [0.5] * 2, atol=0.04)


def test_metrics_are_shown_within_the_range_measured_so_far():
    space = archgym.ProductSpace((archgym.Choice(("x",), (0.0, 10.0, 5.0, 20.0)),))
    task = archgym.task(space=space, worst=0.0, evaluate=lambda d: d[0])
    env = bench(task).env("edit")
    env.reset()
    shown = [float(env.step(action)[0][env.columns["metrics"]][0]) for action in (1, 1, 0, 2, 3, 1)]
    assert shown == [0.5, 0.5, 0.0, 0.5, 1.0, 0.5]
    env.reset()
    assert float(env.step(3)[0][env.columns["metrics"]][0]) == 1.0  # the range outlives an episode
    env.reset(seed=0)
    assert float(env.step(3)[0][env.columns["metrics"]][0]) == 0.5  # a seed begins anew


def test_a_design_that_fails_is_worth_the_worst_is_shown_as_not_measured_and_the_walk_goes_on():
    env = bench(toy(Ladders(), fails=0.5, worst=-1.0)).env("edit", steps=40)
    env.reset()
    seen = set()
    for action in (0, 1, 2, 3, 4, 5, 6) * 5:
        observation, reward, terminated, _, info = env.step(action)
        ok = info["trial"]["status"] == "ok"
        seen.add(ok)
        assert not terminated and observation[env.columns["measured"]] == [float(ok)]
        if not ok:
            assert reward == -1.0 and not observation[env.columns["metrics"]].any()
            assert design_of(env, observation) == info["trial"]["genome"]
    assert seen == {True, False}


@pytest.mark.parametrize("face, action", [
    ("edit", 9), ("edit", -1), ("edit", 5), ("edit", 1.0), ("edit", "a"), ("edit", None), ("edit", [1]),
    ("joint", [0, 0, 1, 0]), ("joint", [0, 0, 3, 0]), ("joint", [0, -1, 0, 0]), ("joint", [0] * 3), ("joint", 3),
    ("joint", [0.5] * 4), ("joint", None)])
def test_an_illegal_action_ends_the_episode_at_the_worst_value_and_is_charged(face, action):
    ledger = bench(masked(), evaluations=3)
    env = ledger.env(face)
    before, _ = env.reset()
    observation, reward, terminated, truncated, info = env.step(action)
    assert (reward, terminated, truncated) == (env.worst, True, False)
    assert ledger.remaining.evaluations == 2 and np.array_equal(observation, before)
    assert info["trial"]["status"] == "infeasible" and info["trial"]["genome"] == () and info["trial"]["error"]
    strict = ledger.env(face, strict=True)
    strict.reset()
    with pytest.raises(IllegalGenome):
        strict.step(action)
    assert ledger.remaining.evaluations == 2
    strict.step(0 if face == "edit" else [0] * 4)


def test_the_mask_is_that_of_all_options_and_there_before_the_first_reset():
    legal = [True] * 4 + [True, False, True] + [True] * 2
    for face in FACES:
        env = bench(masked()).env(face)
        assert env.action_masks().tolist() == legal
        assert env.reset()[1]["action_mask"].astype(bool).tolist() == legal


def test_gymnasium_samples_edits_with_the_mask_in_info():
    env = bench(masked()).env("edit", strict=True)
    _, info = env.reset()
    for _ in range(10):
        *_, info = env.step(env.action_space.sample(info["action_mask"]))


@pytest.mark.parametrize("face, action", [("edit", 0), ("joint", [0] * 6)])
def test_the_budget_truncates_a_walk_and_then_raises(face, action):
    env = bench(letters(), evaluations=4).env(face, steps=3)
    env.reset()
    assert [env.step(action)[2:4] for _ in range(3)] == [(False, False)] * 2 + [(True, False)]
    env.reset()
    assert env.step(action)[2:4] == (False, True)
    with pytest.raises(ResetNeeded):
        env.step(action)
    with pytest.raises(BudgetSpent):
        env.reset()


def test_a_step_that_is_not_paid_for_raises_and_ends_the_episode():
    ledger = bench(letters(), evaluations=1)
    env = ledger.env("edit")
    env.reset()
    ledger.measure([Proposal((0,) * 6)])
    with pytest.raises(BudgetSpent):
        env.step(0)
    with pytest.raises(ResetNeeded):
        env.step(0)


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("call, words", [
    (lambda face: bench(trees()).env(face), "later choices depend on earlier picks: use face 'construct'"),
    (lambda face: make_env(archgym.task(space=archgym.ProductSpace(()), evaluate=lambda d: 1.0, worst=0.0), face=face),
     "nothing to edit"),
    (lambda face: make_env(letters(), face=face, steps=0), "steps must be a whole number"),
    (lambda face: make_env(letters(), face=face, step=3), "did you mean 'steps'"),
    (lambda face: make_env(toy(Ladders()), face=face), "worst=")])
def test_what_cannot_be_edited_is_told_with_the_reason(face, call, words):
    with pytest.raises(ArchGymError) as error:
        call(face)
    assert words in str(error.value)


def test_a_space_of_one_design_is_walked_in_place():
    env = bench(toy(OneDesign(), worst=0.0)).env("edit")
    env.reset()
    assert env.step(0)[4]["trial"]["genome"] == (0,)


@pytest.mark.parametrize("face", FACES)
def test_a_seed_gives_the_same_rollout_again(face):
    env = make_env(archgym.task("NASBench201-v0"), face=face, budget=500)

    def rollout(seed):
        seen = [env.reset(seed=seed)]
        while not seen[-1][2:3] == (True,):
            seen.append(env.step(env.action_space.sample()))
        return repr(seen)

    first = rollout(3)
    assert rollout(3) == first != rollout(4)
