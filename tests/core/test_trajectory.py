"""A run's columns: incumbents, duplicates, and single trials joined with batches."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import archgym
from archgym import Budget, Measurement, Proposal, Trial
from archgym.evaluator import Measurements
from archgym.streams import generator
from archgym.sweep import store
from archgym.testing import Ladders, toy
from archgym.trajectory import build
from archgym.trial import Trials


def trials(rows):
    """Trials of (value or None where it failed, fidelity), one genome each."""
    return [Trial(i, (i,), -9.0 if value is None else value, value is not None,
                  Measurement({}, 1.0, "failed") if value is None else Measurement({"m": value}, 1.0),
                  0, Proposal((i,), fidelity)) for i, (value, fidelity) in enumerate(rows)]


def columns(rows, fidelities=()):
    return build(trials(rows), [0, 0.0, 0.0, len(rows), 1.0, 2.0], ["m"], fidelities)


rows = st.lists(st.tuples(st.none() | st.integers(-3, 3).map(float), st.sampled_from((None, 1, 3, 9))), min_size=1,
                max_size=12)


@given(rows)
def test_the_incumbent_is_the_best_of_the_highest_fidelity_so_far_the_earliest_on_ties(rows):
    found = columns(rows, (1, 3, 9)).incumbent_rows().tolist()
    mixed = len({fidelity or 9 for _, fidelity in rows}) > 1
    best = None
    for i, (value, fidelity) in enumerate(rows):
        # where fidelities are mixed a failed trial counts below all that did not fail
        level = -1 if mixed and value is None else fidelity or 9
        rank = (level, -9.0 if value is None else value)
        if best is None or rank > best[0]:
            best = (rank, i)
        assert found[i] == best[1]


@given(rows)
def test_incumbent_values_at_one_fidelity_are_a_running_maximum(rows):
    values = [-9.0 if value is None else value for value, _ in rows]
    assert columns([(v, None) for v, _ in rows]).incumbents().tolist() == np.maximum.accumulate(values).tolist()


def test_the_highest_fidelity_is_one_however_it_was_asked_for():
    found = columns([(1.0, 9), (2.0, None), (0.5, 9)], (1, 3, 9))
    assert found.fidelity.tolist() == [0, 0, 0]
    assert found.incumbent_rows().tolist() == [0, 1, 1]


def test_failed_trials_have_no_metrics_and_the_worst_value():
    found = columns([(1.0, None), (None, None)])
    assert found.status == ["ok", "failed"] and found.ok.tolist() == [True, False]
    np.testing.assert_array_equal(found.metrics["m"], [1.0, np.nan])
    assert found.value.tolist() == [1.0, -9.0]


def test_an_empty_run_has_empty_columns():
    found = build([], [], ["m"])
    assert len(found) == 0 and found.incumbents().tolist() == [] and found.incumbent_rows().tolist() == []
    assert found.metrics["m"].tolist() == [] and found.duplicates(Ladders()).tolist() == []


def test_batches_and_single_trials_are_joined_in_their_order():
    measured = Measurements({"m": np.array([3.0, np.nan])}, np.array([2.0, 2.0]), ["ok", "failed"], [None, "why"])
    batch = Trials(2, np.array([[5, 6], [7, 8]]), measured, np.array([3.0, -9.0]), np.array([1, 0]))
    one, two = trials([(1.0, 3), (None, None)])
    found = build([one, two, batch], [0, 0.0, 0.0, 4, 1.0, 2.0], ["m"])
    assert [found.genome(i) for i in range(4)] == [(0,), (1,), (5, 6), (7, 8)]
    assert found.status == ["ok", "failed", "ok", "failed"] and found.error == [None, None, None, "why"]
    assert found.seed.tolist() == [0, 0, 1, 0] and found.fidelity.tolist() == [3, 0, 0, 0]
    assert found.cost.tolist() == [1.0, 1.0, 2.0, 2.0]


def test_a_batch_indexes_as_trials():
    batch = Trials(2, np.array([[5, 6], [7, 8]]), Measurements({"m": np.array([3.0, 4.0])}, np.array([2.0, 2.5])),
                   np.array([3.0, 4.0]), np.array([1, 0]))
    trial = batch[-1]
    assert (trial.id, trial.genome, trial.value, trial.ok, trial.seed, trial.cost) == (3, (7, 8), 4.0, True, 0, 2.5)
    assert [t.id for t in batch[:2]] == [2, 3] and batch.best.id == 3


@pytest.mark.parametrize("agent", ["random", "regularized-evolution"])
def test_duplicates_are_designs_of_a_key_that_came_before(agent):
    task = archgym.task("NASBench201-v0")
    found = archgym.run(task, agent, Budget(evaluations=400), 3).trajectory
    seen, expected = set(), []
    for i in range(400):
        key = task.space.key(task.space.decode(found.genome(i)))
        expected.append(key in seen)
        seen.add(key)
    assert found.duplicates(task.space).tolist() == expected and sum(expected) > 3
    assert found.in_rows().duplicates(task.space).tolist() == expected


def test_the_same_design_at_another_fidelity_is_no_duplicate():
    class Rungs(archgym.Agent):
        def search(self, bench):
            for fidelity in (1, 3, 1, 9, None):
                bench.measure([Proposal((0, 0, 0, 0), fidelity)])

    task = toy(Ladders(), fidelities=(1, 3, 9))
    found = archgym.run(task, Rungs(), Budget(evaluations=9)).trajectory
    assert found.duplicates(task.space).tolist() == [False, False, True, False, True]
    assert found.in_rows().duplicates(task.space).tolist() == [False, False, True, False, True]


def test_rows_hold_the_same_genomes_where_these_have_one_length():
    found = build(trials([(1.0, None)] * 3), [0, 0.0, 0.0, 3, 1.0, 2.0], ["m"])
    assert [found.in_rows().genome(i) for i in range(3)] == found.genomes and store.digest(found.in_rows()) == store.digest(found)
    for genomes in ([], [(), ()], [(1, 2), (3,)]):
        found.genomes = genomes
        assert found.in_rows().genomes is genomes


def test_key_numbers_tell_designs_apart_by_key_in_small_spaces_and_in_large_ones():
    class Sums(archgym.ProductSpace):
        def key(self, design):
            return str(sum(design))

    rng = generator(0)
    for length in (3, 12, 40):  # remembered by code, codes without memory, hashes
        space = Sums(tuple(archgym.Choice((i,), (0, 1, 2, 3)) for i in range(length)))
        for _ in range(2):
            genomes = rng.integers(4, size=(200, length))
            numbers, sums = space.key_numbers(genomes), genomes.sum(axis=1)
            assert ((numbers[:, None] == numbers) == (sums[:, None] == sums)).all() and numbers.min() >= 0


def test_the_seconds_of_a_call_are_shared_among_its_trials():
    # two trials: 1 s of the agent, 2 s of the evaluator; two more: 2 s and 1 s
    found = build(trials([(1.0, None)] * 4), [0, 0.0, 0.0, 2, 1.0, 3.0, 4, 5.0, 6.0], ["m"])
    assert found.agent_seconds.tolist() == [0.5, 1.0, 2.0, 3.0]
    assert found.evaluator_seconds.tolist() == [1.0, 2.0, 2.5, 3.0]


def test_seconds_of_a_run_are_clocked_for_every_trial():
    found = archgym.run(toy(Ladders()), "regularized-evolution", Budget(evaluations=50)).trajectory
    for seconds in (found.agent_seconds, found.evaluator_seconds):
        assert len(seconds) == 50 and (np.diff(seconds) >= 0).all() and seconds[0] >= 0 < seconds[-1] < 60
