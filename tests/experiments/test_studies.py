"""Studies: found with their sweep files, run small from end to end, their computations against plain ones."""

from itertools import product

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import archgym
from archgym import registry, study, study_page
from archgym.errors import ArchGymError
from archgym.experiments import ancestry, poisoned_space, relative_improvement, search_phase

SMALL = {"seeds": 2, "budget": {"evaluations": 12}, "agents": ["random", "local-search", "simulated-annealing"]}
TRAINED = {"einspace_mnist1d": {"budget": {"evaluations": 2}}}  # a second or so an evaluation
NAMES = ["ablations", "ancestry", "einspace_mnist1d", "nasbench-mnist1d", "poisoned-space", "relative-improvement",
         "search-phase", "seeds-and-ranks"]


def small(name, folder, **changes):
    """The page of a study at a size that takes a moment: one task, two seeds."""
    asked = study.study(name)
    tasks = asked.planned(quick=True)[0].tasks[:1]
    tasks = [{"name": t.name, "label": t.label, "options": t.options} for t in tasks]
    changes = SMALL | TRAINED.get(name, {}) | {"tasks": tasks} | changes
    return study.reproduce(asked, folder, quick=True, **changes)


def test_every_study_asks_a_question_of_agents_and_tasks_that_there_are():
    assert sorted(study.studies()) == NAMES
    for each in study.studies().values():
        content = yaml.safe_load(each.file.read_text(encoding="utf-8"))
        assert each.title.endswith("?")
        for item in content["agents"]:
            registry.agent_class(item if isinstance(item, str) else item["name"])
        for item in content["tasks"]:
            assert callable(registry.task_factory(item["name"]))


def test_the_quick_size_is_smaller():
    asked = study.study("ancestry")
    quick, whole = asked.planned(quick=True)[0], asked.planned()[0]
    assert len(quick.cells) < len(whole.cells) and quick.tasks[0].budget.evaluations < whole.tasks[0].budget.evaluations


@pytest.mark.parametrize("name", NAMES)
def test_a_study_runs_from_end_to_end_and_its_page_shows_what_it_links_to(name, tmp_path):
    page = small(name, tmp_path)
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"# {study.study(name).title}") and "what these runs took" in text and "## Checklist" in text
    assert "for you to answer" in text and "2 seeds: too few" in text and "nan" not in text
    for target in (part.split(")")[0] for part in text.split("](")[1:]):
        assert (tmp_path / target).is_file()


def test_the_same_runs_give_the_same_page_and_nothing_is_run_again(tmp_path):
    page = small("ancestry", tmp_path)
    before, text = {f: f.stat().st_mtime_ns for f in (tmp_path / "runs").iterdir()}, page.read_bytes()
    assert small("ancestry", tmp_path).read_bytes() == text
    assert {f: f.stat().st_mtime_ns for f in (tmp_path / "runs").iterdir()} == before


def test_what_is_not_installed_is_left_out_by_name_and_the_rest_runs(tmp_path):
    page = small("search-phase", tmp_path, agents=["random", "local-serch"])
    text = page.read_text(encoding="utf-8")
    assert "Left out: agent local-serch: " in text
    assert "did you mean 'local-search'" in text.lower() and "| random |" in text


def test_a_study_without_any_agent_left_says_why():
    with pytest.raises(ArchGymError, match="none of its agents can be opened here:\nagent nobody: "):
        study.study("ancestry").planned(agents=["nobody"])


# Poison.

@pytest.fixture(scope="module")
def poisoned():
    return poisoned_space.poisoned_nasbench201(copies=2)


def test_a_poisoned_pick_is_worth_the_worst_option_in_its_place(poisoned):
    plain = archgym.task("NASBench201-v0", noise="mean")

    def worst(genome):
        rows = product(*(range(5) if pick >= 5 else [pick] for pick in genome))
        return min(plain.measure(row).values["val_accuracy"] for row in rows)

    for genome in [(0, 1, 2, 3, 4, 5), (6, 5, 3, 3, 1, 4), (3, 3, 3, 3, 3, 3), (5, 2, 6, 2, 5, 2)]:
        assert poisoned.measure(genome).values["val_accuracy"] == worst(genome)


def test_many_poisoned_designs_measure_as_one_by_one(poisoned):
    from archgym.evaluator import Designs

    genomes = poisoned.space.sample_many(np.random.default_rng(0), 50)
    many = poisoned.evaluator.evaluate_many(Designs(poisoned.space, genomes), fidelity=None, seeds=np.zeros(50, int))
    for row, genome in enumerate(genomes):
        assert many[row] == poisoned.measure(genome)


def test_random_draws_of_a_poisoned_space_are_those_of_all_its_genomes(poisoned):
    assert poisoned_space.random_best(poisoned, 30) == pytest.approx(float(poisoned.random_baseline(30).mean))


def test_a_noisy_task_is_not_poisoned():
    with pytest.raises(ArchGymError, match="no noise"):
        poisoned_space.poisoned(archgym.task("NASBench201-v0"), 1, "x")


# Ancestry.

LABELS = ["a", "b", "a", "c", "d", "b"]
PARENTS = [(), (0,), (0, 1), (1,), (2,), ()]


def test_donors_popularity_and_lifetimes_of_a_family_drawn_by_hand():
    assert ancestry.donors(LABELS, PARENTS) == ([1, 2, 3, 4], ["a", "a", "b", "a"])
    assert ancestry.popularity(LABELS, PARENTS) == {"a": 3, "b": 1, "c": 0, "d": 0}
    assert sorted(ancestry.lifetimes(LABELS, PARENTS)) == [2, 4]  # b: 3 - 1, a: 4 - 0


def test_a_favorite_reigns_until_it_is_overtaken():
    labels, parents = list("ab") + ["x"] * 6, [(), (), (0,), (0,), (1,), (1,), (1,), (1,)]
    shares, lengths = ancestry.reigns(labels, parents, window=3)
    # Windows of donors: aab, abb, bbb, bbb.
    assert shares.tolist() == pytest.approx([2 / 3, 2 / 3, 1, 1]) and lengths.tolist() == [1, 3]


def test_picks_kept_from_the_parent_are_counted():
    assert ancestry.inherited([[0, 0], [0, 1], [1, 1]], [(), (0,), (0,)]) == pytest.approx(0.25)
    assert np.isnan(ancestry.inherited([[0]], [()]))


@given(st.lists(st.integers(0, 5), max_size=40), st.integers(1, 6))
def test_a_cache_hits_what_is_among_the_last_distinct_designs(labels, size):
    def plain(i):
        recent = list(dict.fromkeys(reversed(labels[:i])))
        return labels[i] in recent[:size]

    assert ancestry.hits(labels, size).tolist() == [plain(i) for i in range(len(labels))]
    assert ancestry.hits(labels).tolist() == [labels[i] in labels[:i] for i in range(len(labels))]


# Noise, signals, pages.

def test_narrowness_of_a_small_table():
    values, design = np.array([0, 0, 10, 12, 10, 12.0]), np.array([0, 0, 1, 1, 2, 2])
    noise, one, two = relative_improvement.narrowness(values, design)
    assert noise == pytest.approx(np.sqrt(2)) and (one, two) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert np.isnan(relative_improvement.narrowness(np.array([1.0, 2.0]), np.array([0, 1]))[0])


def test_signals_stand_in_the_order_of_the_designs():
    tasks = {name: archgym.task("NASBench201-v0", dataset=name, noise="mean") for name in ("cifar10", "cifar100")}
    found = search_phase.signals(tasks["cifar10"], tasks)
    genomes = list(tasks["cifar10"].space.enumerate())
    for at in (0, 777, 15_624):
        here, there = (tasks[name].measure(genomes[at]).values for name in tasks)
        signal, final = found["the same on cifar100"]
        assert signal[at] == there["val_accuracy"] and final[at] == here["val_accuracy"]
        assert found["parameters alone"][0][at] == here["parameters"]


def test_the_last_entry_of_a_run_that_ended_early_is_its_own():
    assert study_page.last(np.array([[1, 2, np.nan], [3, 4, 5.0]])).tolist() == [2, 5]
