"""The faces as Gymnasium environments: what they show, what they accept, what an episode is worth."""

import logging
import warnings

import gymnasium
import numpy as np
import pytest
from growing import Masked, Trees, both, letters, masked, trees
from gymnasium.error import ResetNeeded
from gymnasium.utils.env_checker import check_env
from hypothesis import given
from hypothesis import strategies as st

import archgym
from archgym import ArchGymError, Bench, Budget, Proposal, environment
from archgym.encoding import one_hot
from archgym.environment import make_env
from archgym.errors import IllegalGenome, UnknownName

TOYS = {"trees": trees, "masked": masked, "letters": letters, "both": both}
FACES = ("construct", "select")


@pytest.fixture(scope="module", autouse=True)
def toy_ids():
    for name, task in TOYS.items():
        gymnasium.register(f"toys/{name}-v0", lambda task=task, **options: make_env(task(), **options))
    yield
    for name in TOYS:
        del gymnasium.registry[f"toys/{name}-v0"]


def bench(task, seed=0, **budget):
    return Bench(task.memo, Budget(**budget), seed, task.id, "test")


def episode(env, actions):
    """The results of reset and of every step."""
    return [env.reset(), *(env.step(action) for action in actions)]


def walk(env, draw):
    """Legal steps until the episode ends: (raw picks, the last step's result)."""
    env.reset()
    picks = []
    while True:
        picks.append(int(draw(np.flatnonzero(env.unwrapped.action_masks()).tolist())))
        result = env.step(picks[-1])
        if result[2]:
            return tuple(picks), result


# Gymnasium's own check, and how environments are named.


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("name, options", [
    ("archgym/NASBench201-v0", {}), ("archgym/NASBench201-v0", {"noise": "mean"}), ("toys/trees-v0", {}),
    ("toys/masked-v0", {}), ("toys/both-v0", {}), ("toys/trees-v0", {"budget": 40})])
def test_gymnasiums_own_check_has_nothing_to_say(name, options, face):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(gymnasium.make(name, face=face, **options).unwrapped)


@pytest.mark.parametrize("name", ["archgym/NASBench201-v0", "archgym:archgym/NASBench201-v0"])
def test_a_task_is_an_environment_by_its_name_and_options(name):
    env = gymnasium.make(name, face="construct", dataset="cifar100", budget=3)
    env.reset(seed=0)
    for _ in range(6):
        *_, info = env.step(3)
    task = archgym.task("NASBench201-v0", dataset="cifar100")
    assert info["trial"]["values"] in [task.measure((3,) * 6, seed=seed).values for seed in range(3)]


@pytest.mark.parametrize("budget", [2, {"evaluations": 2}, Budget(evaluations=2)])
def test_a_budget_is_a_number_a_dict_or_a_budget(budget):
    assert make_env(letters(), budget=budget).bench.remaining.evaluations == 2


def test_without_a_budget_nothing_is_limited_and_it_is_said_once(caplog):
    environment._say_unlimited.cache_clear()
    with caplog.at_level(logging.WARNING):
        envs = [make_env(letters(), face="select") for _ in range(3)]
    assert len(caplog.records) == 1 and "not limited" in caplog.text
    assert envs[0].bench.remaining.evaluations == np.inf


def test_an_unlimited_environment_keeps_no_trials():
    env = make_env(letters(), face="select")
    for _ in range(50):
        env.reset()
        env.step([0] * 6)
    assert not env.bench._records and not env.bench._clock


@pytest.mark.parametrize("call, words", [
    (lambda: make_env(letters(), face="build"), "unknown face 'build'. Allowed: construct, edit, joint, select"),
    (lambda: make_env("NASBench201-v0", datset="cifar10"), "did you mean 'dataset'"),
    (lambda: make_env("NASBench201-v0", strct=True), "did you mean 'strict'"),
    (lambda: make_env("NASBench201-v0", dataset="imagenet"), "did you mean 'imagenet16-120'"),
    (lambda: make_env("NASBench210-v0"), "did you mean 'NASBench201-v0'"),
    (lambda: make_env(letters(), strct=True), "did you mean 'strict'"),
    (lambda: make_env(letters(), budget={"evaluation": 3}), "did you mean 'evaluations'"),
    (lambda: make_env(letters(), budget=0), "evaluations must be a positive number"),
    (lambda: make_env(letters(), last=0), "last must be a whole number"),
    (lambda: bench(letters()).env("construct", strct=True), "did you mean 'strict'"),
    (lambda: bench(letters()).env("slect"), "did you mean 'select'"),
    (lambda: bench(letters()).env("select", last=3), "option of face select"),
    (lambda: bench(letters()).env("select", num_envs=0), "num_envs must be")])
def test_bad_input_is_named_with_its_remedy(call, words):
    with pytest.raises(ArchGymError) as error:
        call()
    assert words in str(error.value)


def test_an_unknown_face_is_an_unknown_name():
    with pytest.raises(UnknownName):
        gymnasium.make("archgym/NASBench201-v0", face="build")


@pytest.mark.parametrize("face", FACES)
def test_a_task_whose_worst_value_is_not_finite_needs_one(face):
    task = archgym.task(space=Masked(), evaluate=lambda design: 1.0)
    with pytest.raises(ArchGymError, match="worst="):
        make_env(task, face=face)
    env = make_env(task, face=face, worst=-5.0)
    env.reset()
    assert env.step([9] * 4 if face == "select" else 9)[1] == -5.0


# construct.


def test_an_episode_is_worth_what_measuring_its_design_is_worth():
    task = archgym.task("NASBench201-v0")
    genomes = [(0, 1, 2, 3, 4, 0), (3,) * 6, (3,) * 6, (1, 3, 3, 2, 2, 4)]
    env = bench(task, seed=5).env("construct")
    trials = bench(task, seed=5).measure([Proposal(genome) for genome in genomes])
    for genome, trial in zip(genomes, trials):
        (_, *steps, last) = episode(env, genome)
        assert [step[1:4] for step in steps] == [(0.0, False, False)] * 5
        assert last[1:4] == (trial.value, True, False)
        assert last[4]["trial"] == {
            "id": trial.id, "value": trial.value, "values": trial.values, "cost": trial.cost, "status": "ok",
            "error": None, "seed": trial.seed, "genome": genome, "design": task.space.text_of(genome)}


def test_nothing_of_the_holdout_is_shown():
    task = archgym.task("NASBench201-v0")
    _, (*_, info) = walk(bench(task).env("construct"), lambda legal: legal[0])
    assert set(info["trial"]["values"]) == {m.name for m in task.evaluator.metrics if m.split == "search"}


@given(st.data())
def test_the_mask_is_what_the_build_allows_and_the_clean_design_is_measured(data):
    env = bench(trees()).env("construct")
    space, build = env.space, env.space.build()
    choice, ended = next(build), None

    def draw(legal):
        nonlocal choice, ended
        assert choice == env.choice
        assert legal == choice.legal_picks()
        pick = data.draw(st.sampled_from(legal))
        try:
            choice = build.send(choice.options[pick])
        except StopIteration as stop:
            ended = stop.value
        except (archgym.DeadEnd, archgym.Reject):
            ended = "nothing"
        return pick

    _, (_, reward, *_, info) = walk(env, draw)
    if ended == "nothing":
        assert (info["trial"]["status"], info["trial"]["genome"], reward) == ("infeasible", (), -1.0)
    else:
        assert info["trial"]["genome"] == space.encode(ended)
        assert space.decode(info["trial"]["genome"]) == ended
        assert info["trial"]["design"] == space.format(ended)


@given(st.sampled_from(sorted(TOYS)), st.lists(st.integers(-2, 6), max_size=40))
def test_whatever_is_done_is_answered_within_the_observation_space_by_a_finite_reward(name, actions):
    env = bench(TOYS[name]()).env("construct")
    observation, info = env.reset()
    for action in actions:
        assert observation in env.observation_space
        assert np.array_equal(observation[env.columns["legal"]], info["action_mask"])
        assert np.array_equal(env.action_masks(), info["action_mask"].astype(bool))
        observation, reward, terminated, truncated, info = env.step(action)
        assert np.isfinite(reward) and not truncated
        if terminated:
            assert observation in env.observation_space and not info["action_mask"].any()
            observation, info = env.reset()


def test_an_observation_of_a_product_space_holds_the_sort_the_mask_the_share_and_all_picks():
    env = bench(masked()).env("construct")
    steps = [env.reset(), *(env.step(pick) for pick in (1, 0, 2, 1))]
    shown = [{name: result[0][part].tolist() for name, part in env.columns.items()} for result in steps]
    assert shown[0] == {"sort": [1, 0], "legal": [1, 1, 0], "depth": [0], "picks": [0] * 9}
    assert shown[2] == {"sort": [0, 1], "legal": [1, 0, 1], "depth": [0.5], "picks": [0, 1, 1, 0, 0, 0, 0, 0, 0]}
    assert shown[4] == {"sort": [0, 0], "legal": [0, 0, 0], "depth": [1],
                        "picks": one_hot(env.space, [(1, 0, 2, 1)])[0].tolist()}


def test_an_observation_of_an_open_space_holds_the_sort_the_mask_the_depths_and_the_last_picks():
    env = bench(trees()).env("construct", last=2)
    steps = [env.reset(), *(env.step(pick) for pick in (0, 2, 0, 1))]
    shown = [{name: result[0][part].tolist() for name, part in env.columns.items()} for result in steps]
    # Sorts in order: node (4 options), root (2), size (3): a pick's block has 9 columns.
    tree, wrap = [0, 0, 0, 0, 1, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0, 0, 0, 0]
    leaf, two = [1, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 1, 0]
    assert shown[0] == {"sort": [0, 1, 0], "legal": [1, 1, 0, 0], "depth": pytest.approx([1 / 9, 0]), "picks": [0] * 18}
    assert shown[2] == {"sort": [1, 0, 0], "legal": [1, 1, 1, 1], "depth": pytest.approx([4 / 12, 2 / 10]),
                        "picks": wrap + tree}
    assert shown[4]["picks"] == two + leaf
    assert shown[4]["sort"] == [0] * 3 and shown[4]["legal"] == [0] * 4


def test_the_last_pick_alone_can_be_shown():
    env = bench(trees()).env("construct", last=1)
    steps = [env.reset(), *(env.step(pick) for pick in (0, 2))]
    assert steps[2][0][env.columns["picks"]].tolist() == [0, 0, 1, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("task", [masked, trees])
def test_masks_are_there_before_the_first_reset_and_between_episodes(task):
    env = bench(task()).env("construct")
    first = env.action_masks()
    _, info = env.reset()
    assert first.dtype == bool and np.array_equal(first, info["action_mask"])
    env.step(9)
    assert np.array_equal(env.action_masks(), first)


def test_gymnasium_can_sample_with_the_mask_in_info():
    env = bench(masked()).env("construct")
    for _ in range(20):
        _, info = env.reset()
        terminated = False
        while not terminated:
            *_, terminated, _, info = env.step(env.action_space.sample(info["action_mask"]))
        assert info["trial"]["status"] == "ok"


@pytest.mark.parametrize("task", [masked, trees])
def test_what_is_handed_out_is_the_callers_own(task):
    env, spoilt = (bench(task()).env("construct") for _ in range(2))
    results = [env.reset(), spoilt.reset()]
    for pick in (0, 0, 0):
        results[1][0][:] = 7
        results[1][-1]["action_mask"][:] = 0
        results = [env.step(pick), spoilt.step(pick)]
        assert np.array_equal(results[0][0], results[1][0])
    results[1][-1].get("trial", {}).get("values", {}).clear()
    u = archgym.streams.uniform(0)
    trials = bench(task()).measure([Proposal(env.space.sample(u)) for _ in range(20)])
    assert all(trial.values for trial in trials if trial.ok) and any(trial.ok for trial in trials)


@pytest.mark.parametrize("action", [9, 4, -1, 1.0, "a", None, [1], np.array([0, 1]), np.int64(-5)])
@pytest.mark.parametrize("task", [letters, trees])
def test_an_illegal_action_ends_the_episode_at_the_worst_value_and_is_charged(task, action):
    ledger = bench(task(), evaluations=3)
    env = ledger.env("construct")
    env.reset()
    env.step(0)
    _, reward, terminated, truncated, info = env.step(action)
    assert (reward, terminated, truncated) == (env.worst, True, False)
    assert ledger.remaining.evaluations == 2
    assert info["trial"]["status"] == "infeasible" and info["trial"]["genome"] == ()
    assert "allowed: 0 (" in info["trial"]["error"]


@pytest.mark.parametrize("action", [0, np.int64(0), np.int8(0), np.array(0), True])
def test_a_whole_number_of_any_kind_is_an_action(action):
    env = bench(masked()).env("construct")
    env.reset()
    assert not env.step(action)[2]


def test_a_masked_option_is_illegal():
    env = bench(masked()).env("construct")
    *_, last = episode(env, (0, 0, 1))
    assert last[1:3] == (0.0, True) and last[4]["trial"]["status"] == "infeasible"


@pytest.mark.parametrize("task", [masked, trees])
def test_strict_raises_and_changes_nothing(task):
    ledger = bench(task(), evaluations=3)
    env = ledger.env("construct", strict=True)
    env.reset()
    with pytest.raises(IllegalGenome, match="allowed: 0 "):
        env.step(9)
    assert ledger.remaining.evaluations == 3
    _, (*_, info) = walk(env, lambda legal: legal[0])
    assert info["trial"]["status"] == "ok"


@pytest.mark.parametrize("picks, why", [
    ((1,), "DeadEnd"),
    ((0, 1, 1, 0, 2, 0, 2, 0, 2), "above 6"),  # three leaves of 3
])
def test_a_build_that_comes_to_nothing_ends_the_episode_like_an_illegal_action(picks, why):
    env = bench(trees(), evaluations=2).env("construct", strict=True)
    *_, (_, reward, terminated, _, info) = episode(env, picks)
    assert (reward, terminated) == (-1.0, True)
    assert why in info["trial"]["error"]


def test_a_design_without_end_is_rejected():
    class Endless(archgym.Space):
        sorts = {"more": ("more", "enough")}

        def build(self):
            picks = 0
            while (yield archgym.Choice((picks,), ("more", "enough"), sort="more")) == "more":
                picks += 1
            return picks

    task = archgym.task(space=Endless(), evaluate=float, worst=-1.0)
    env = bench(task).env("construct", max_picks=30)
    results = episode(env, [0] * 30)
    assert results[-1][1:3] == (-1.0, True) and "more than 30 picks" in results[-1][4]["trial"]["error"]
    assert episode(env, [0] * 29 + [1])[-1][1:3] == (29.0, True)


def test_abandoned_picks_are_not_in_the_genome_that_is_measured():
    env = bench(trees()).env("construct")
    # A trap, a wrap of a wrap of a leaf, and only then a leaf of size 2.
    *_, (_, reward, *_, info) = episode(env, (0, 3, 2, 2, 0, 0, 0, 1))
    assert info["trial"]["genome"] == (0, 0, 1)
    assert env.space.decode((0, 0, 1)) == ("leaf", 2)
    assert reward == 2 + 0.25 * info["trial"]["seed"]


def test_a_design_that_fails_is_worth_the_worst_and_keeps_its_genome():
    env = bench(trees()).env("construct")
    *_, (_, reward, terminated, _, info) = episode(env, (0, 0, 2))
    assert (reward, terminated) == (-1.0, True)
    assert info["trial"]["status"] == "infeasible" and info["trial"]["error"] == "too plain"
    assert info["trial"]["genome"] == (0, 0, 2)


def test_an_undeclared_sort_is_named():
    class Forgetful(Trees):
        sorts = {"node": ("leaf", "pair", "wrap", "trap"), "root": ("tree", "nothing")}

    env = make_env(archgym.task(space=Forgetful(), evaluate=tree_size, worst=0.0), budget=3)
    env.reset()
    env.step(0)
    with pytest.raises(ArchGymError, match="sort 'size' .* declare all"):
        env.step(0)


def tree_size(tree):
    return len(str(tree))


def test_a_space_without_choices_cannot_be_constructed():
    task = archgym.task(space=archgym.ProductSpace(()), evaluate=lambda design: 1.0, worst=0.0)
    with pytest.raises(ArchGymError, match="no choices"):
        make_env(task)


# select.


@given(st.data())
def test_a_selected_genome_is_measured_as_it_is(data):
    env = bench(masked(), seed=1).env("select")
    genome = tuple(data.draw(st.sampled_from(choice.legal_picks())) for choice in env.space.choices)
    assert np.array(genome) in env.action_space
    env.reset()
    observation, reward, terminated, truncated, info = env.step(np.array(genome))
    assert (observation, terminated, truncated) == (0, True, False)
    assert info["trial"]["genome"] == genome
    assert reward == bench(masked()).measure([Proposal(genome)])[0].value


@given(st.integers(0, 10_000))
def test_random_keys_are_decoded_by_the_space(seed):
    env = bench(trees()).env("select")
    env.action_space.seed(seed)
    keys = env.action_space.sample()
    env.reset()
    _, _, terminated, _, info = env.step(keys)
    assert terminated and info["trial"]["genome"] == env.space.from_vector(keys.tolist())


@pytest.mark.parametrize("task, action", [
    (masked, [0, 0, 1, 0]), (masked, [0, 0, 3, 0]), (masked, [0, -1, 0, 0]), (masked, [0, 0, 0]), (masked, 3),
    (masked, [0.5] * 4), (trees, [2.0] * 16), (trees, [float("nan")] * 16), (trees, [0.5] * 3), (trees, 0.5),
    (trees, ["a"] * 16), (trees, None)])
def test_an_illegal_genome_ends_the_episode_at_the_worst_value_and_is_charged(task, action):
    ledger = bench(task(), evaluations=3)
    env = ledger.env("select")
    env.reset()
    _, reward, terminated, truncated, info = env.step(action)
    assert (reward, terminated, truncated) == (env.worst, True, False)
    assert ledger.remaining.evaluations == 2
    assert info["trial"]["status"] == "infeasible" and info["trial"]["genome"] == () and info["trial"]["error"]
    strict = ledger.env("select", strict=True)
    strict.reset()
    with pytest.raises(IllegalGenome):
        strict.step(action)
    assert ledger.remaining.evaluations == 2


def test_the_masks_of_select_are_those_of_all_choices():
    assert bench(masked()).env("select").action_masks().tolist() == [True] * 4 + [True, False, True] + [True] * 2
    assert not hasattr(bench(trees()).env("select"), "action_masks")


@pytest.mark.parametrize("face, action", [("construct", 0), ("select", [0] * 6)])
def test_an_episode_that_has_ended_or_not_begun_takes_no_step(face, action):
    env = bench(letters()).env(face)
    with pytest.raises(ResetNeeded):
        env.step(action)
    env.reset()
    while not env.step(action)[2]:
        pass
    with pytest.raises(ResetNeeded):
        env.step(action)
    assert env.bench._count == 1


def test_a_reset_in_the_middle_of_an_episode_begins_another():
    for task, picks in ((letters(), (0,) * 6), (trees(), (0, 0, 1))):
        env = bench(task).env("construct")
        first = env.reset()[0]
        env.step(0)
        assert np.array_equal(env.reset()[0], first)
        *_, (*_, info) = [env.step(pick) for pick in picks]
        assert info["trial"]["genome"] == picks


# Seeds.


def rollout(env, seed, episodes=5):
    """Everything seen in some episodes of random actions."""
    seen = [env.reset(seed=seed)]
    for _ in range(episodes):
        while not seen[-1][2:3] == (True,):
            seen.append(env.step(env.action_space.sample()))
        seen.append(env.reset())
    return repr(seen)


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("name", ["archgym/NASBench201-v0", "toys/trees-v0"])
def test_a_seed_gives_the_same_rollout_again(name, face):
    env = gymnasium.make(name, face=face)
    first = rollout(env, 3)
    assert rollout(env, 3) == first
    assert rollout(gymnasium.make(name, face=face), 3) == first
    assert rollout(env, 4) != first


def test_an_unseeded_environment_tells_the_seed_that_repeats_it():
    env = make_env(archgym.task("NASBench201-v0"), budget=20)

    def values():
        return [walk(env, lambda legal: legal[3])[1][4]["trial"]["value"] for _ in range(10)]

    first = values()
    env.reset(seed=env.np_random_seed)
    assert values() == first
