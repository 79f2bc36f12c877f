"""A lottery from end to end: what runs, what is kept, what is counted as a failure."""

import numpy as np
import pytest
from toys_of_lotteries import entered

from archgym.budget import Budget
from archgym.errors import ArchGymError
from archgym.lottery.findings import find
from archgym.lottery.play import FRESH, lottery, play
from archgym.lottery.scores import Scores
from archgym.lottery.tuning import REPEATS
from archgym.registry import agent
from archgym.run import run
from archgym.sweep.execute import execute
from archgym.sweep.plan import from_dict
from archgym.sweep.verify import incumbents


def sound(entrant):
    return [o for o in entrant.drawn if o["mode"] == "sound"]


def test_a_run_of_the_lottery_is_the_run_that_anybody_can_make(played):
    task, fickle = played.tasks[0], played.entrants[0]
    for options in sound(fickle):
        for seed in (0, 2):
            again = run(task.task, agent(fickle.name, **options), Budget(evaluations=6), seed)
            assert played.of(task.label, fickle.label(options))[seed] == again.incumbent.value


def test_what_is_refused_and_what_breaks_is_counted_and_stops_nothing(played):
    fickle = played.entrants[0]
    finals = played.drawn(played.tasks[0].label, fickle)
    for options, row in zip(fickle.drawn, finals):
        assert np.isfinite(row).all() if options["mode"] == "sound" else np.isnan(row).all()
    assert len(fickle.refused) == 4
    assert len(played.failed) == 4 * 3 * 2 and set(played.failed.values()) == {"RuntimeError: it broke"}
    cell = find(played).tasks[0].cells[fickle.name]
    assert cell.failed == 8 * 3 and np.isfinite(cell.finals).all()


def test_the_best_and_the_default_are_judged_with_seeds_that_chose_nothing(played):
    task, fickle = played.tasks[0], played.entrants[0]
    best = played.best(task.label, fickle)
    means = {o["step"]: played.of(task.label, fickle.label(o)).mean() for o in sound(fickle)}
    assert means[best["step"]] == max(means.values())
    for options in (best, fickle.default):
        assert len(played.judged(task.label, fickle.label(options))) == FRESH
    assert not set(played.fresh) & set(played.seeds)


def test_a_tuner_asks_for_configurations_and_pays_for_their_runs(played):
    task, fickle = played.tasks[0], played.entrants[0]
    assert len(played.tuned(task.label, fickle)) == REPEATS
    for one in played.tuned(task.label, fickle):
        assert len(one.options) == len(one.scores) >= 12  # what was asked for before is free
        for i, (options, score, paid) in enumerate(zip(one.options, one.scores, np.diff(one.cost, prepend=0))):
            if options["mode"] == "sound":
                assert score == played.of(task.label, fickle.label(options)).mean()
                assert paid == (0 if options in one.options[:i] else 3 * 6)
            else:
                assert np.isnan(score) and paid == 0
    assert played.tuned(task.label, played.entrants[1]) == []  # nothing to tune


def test_every_incumbent_can_be_measured_again(played):
    assert incumbents(played.sweep).faults == []


def test_a_wider_lottery_runs_only_what_is_new_and_keeps_what_was_there(place, tmp_path):
    small = entered(place, tasks=("hill",), configurations=4, seeds=2)
    play(small, tmp_path, 1)
    before = {p.name: p.stat().st_mtime_ns for p in (tmp_path / "runs").iterdir()}
    wide = entered(place, tasks=("valley",), configurations=4, seeds=2)
    found = play(wide, tmp_path, 1)
    after = {p.name: p.stat().st_mtime_ns for p in (tmp_path / "runs").iterdir()}
    assert before.items() <= after.items() and len(after) > len(before)
    assert [t.task.name for t in found.tasks] == ["hill12", "valley"]
    assert [e.name for e in found.entrants] == [e.name for e in small.entrants]
    again = play(small, tmp_path, 1)
    assert {p.name: p.stat().st_mtime_ns for p in (tmp_path / "runs").iterdir()} == after
    assert again.finals == found.finals


def test_a_folder_with_another_lottery_or_with_a_sweep_is_left_alone(played, place, tmp_path):
    with pytest.raises(ArchGymError, match="6 evaluations from seed 0 on, this one has 7 .* another --out"):
        play(entered(place, evaluations=7), played.folder, 1)
    execute(from_dict({"tasks": [f"{place}/toy.py:hill"], "agents": ["random"], "seeds": 1,
                       "budget": {"evaluations": 2}}), tmp_path)
    with pytest.raises(ArchGymError, match="holds a sweep and no lottery"):
        play(entered(place), tmp_path, 1)


@pytest.mark.parametrize("asked, words", [
    ({"configurations": 1}, "at least 2 configurations"), ({"seeds": 1}, "at least 2 seeds"),
    ({"evaluations": 0}, "--evaluations must be 1 or more"), ({"agents": ["random"]}, "has a hyper-parameter to draw"),
    ({"agents": ["genetic", "genetic"]}, "entered twice"), ({"tasks": ("hill", "hill")}, "named twice"),
    ({"agents": ["genetik"]}, "did you mean 'genetic'"), ({"first_seed": 2_000_000}, "below 1,000,000"),
    ({"tuner": "optunna"}, "did you mean 'optuna'"),
])
def test_what_cannot_be_played_says_why(place, asked, words):
    with pytest.raises(ArchGymError, match=words):
        entered(place, **asked)


def test_a_folder_without_a_lottery_says_so(tmp_path):
    with pytest.raises(ArchGymError, match="is not the folder of a lottery"):
        Scores(tmp_path)


def test_a_task_keeps_its_label_when_others_join():
    one = lottery([("NASBench201-v0", {"noise": "mean"})], ["genetic"])
    two = lottery([("NASBench201-v0", {"noise": "mean"}), ("NASBench201-v0", {"dataset": "cifar100"})], ["genetic"])
    assert one.tasks[0].label == two.tasks[0].label == "NASBench201-v0(noise=mean)"
