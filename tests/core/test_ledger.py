"""The accounts of a run against accounts kept a second time, and how they do not depend on how proposals are sent."""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import archgym
from archgym import Agent, Batch, Budget, Choice, EvaluationFailed, Evaluator, Infeasible, Measurement, Metric, Proposal
from archgym.evaluator import Measurements
from archgym.product import ProductSpace
from archgym.testing import Ladders, toy

SPACE = ProductSpace((Choice(("tenths",), (0, 1, 2, 7)), Choice(("kind",), ("good", "bad", "broken"))))
FIDELITIES = (1, 3, 10)


pytestmark = pytest.mark.filterwarnings("ignore:the budget of")


class Priced(Evaluator):
    """Costs tenths a unit of fidelity; bad designs are infeasible, broken ones diverge, half way through."""

    metrics = (Metric("value"), Metric("size", goal="min"))
    fidelities = FIDELITIES
    seeds = 3
    instant = True
    fingerprint = "priced"

    def seeds_of(self, design):
        return 2 + design[0] % 2

    def evaluate(self, design, *, fidelity, seed):
        tenths, kind = design
        cost = tenths * (10 if fidelity is None else fidelity) / 10
        if kind == "bad":
            raise Infeasible("bad")
        if kind == "broken":
            failure = EvaluationFailed("broken")
            failure.cost = cost / 2
            raise failure
        return Measurement({"value": tenths + seed / 10 + (fidelity or 10), "size": float(tenths)}, cost)


class Columns(Priced):
    """The same with columns of its own."""

    def evaluate_many(self, designs, *, fidelity, seeds):
        kinds = [design[1] for design in designs]
        tenths = np.array([float(design[0]) for design in designs])
        bad = np.array([kind != "good" for kind in kinds])
        statuses = [{"good": "ok", "bad": "infeasible", "broken": "failed"}[kind] for kind in kinds]
        errors = [None if kind == "good" else kind for kind in kinds]
        cost = np.select([[k == "bad" for k in kinds], [k == "broken" for k in kinds]], [0.0, tenths / 2], tenths)
        values = np.where(bad, np.nan, tenths + np.asarray(seeds) / 10 + 10)
        return Measurements({"value": values, "size": np.where(bad, np.nan, tenths)}, cost, statuses, errors)


def priced(evaluator=None):
    return archgym.task(space=SPACE, evaluate=evaluator or Priced(), name="priced", worst=-1.0)


@dataclass
class Sends(Agent):
    """Sends these proposals, so many a call."""

    proposals: tuple = ()
    chunks: tuple = (1,)

    def search(self, bench):
        waiting, sizes = list(self.proposals), list(self.chunks)
        while waiting:
            size = sizes[0] if len(sizes) == 1 else sizes.pop(0)
            bench.measure(waiting[:size])
            del waiting[:size]


genomes = st.tuples(st.integers(0, 3), st.integers(0, 2))
proposals = st.lists(st.builds(Proposal, genomes, st.sampled_from((None, *FIDELITIES))), max_size=25)
chunkings = st.lists(st.integers(1, 6), min_size=30, max_size=30)
budgets = st.builds(
    Budget, evaluations=st.none() | st.integers(1, 20), cost=st.none() | st.integers(1, 60).map(lambda n: n / 10),
    fidelity_units=st.none() | st.integers(1, 80).map(lambda n: n / 10), overshoot=st.sampled_from(("refuse", "allow")),
).filter(lambda b: b.limited)


def accounts(sent, budget, duplicates):
    """What should be recorded, and why it ends: plain rules on exact fractions.

    A row is (genome, fidelity column, which measurement of its kind, charged, cost).
    """
    limits = {name: Fraction(getattr(budget, name)).limit_denominator(1000) if getattr(budget, name) else None
              for name in ("evaluations", "cost", "fidelity_units")}
    spent, seen, rows, refused = dict.fromkeys(limits, Fraction(0)), Counter(), [], 0
    for proposal in sent:
        if any(limit is not None and spent[name] >= limit for name, limit in limits.items()):
            return rows, refused, "budget"
        fidelity = 10 if proposal.fidelity is None else proposal.fidelity
        tenths, kind = SPACE.choices[0].options[proposal.genome[0]], SPACE.choices[1].options[proposal.genome[1]]
        cost = Fraction(tenths * fidelity, 10) * {"good": 1, "bad": 0, "broken": Fraction(1, 2)}[kind]
        column = 0 if fidelity == 10 else fidelity
        times = seen[proposal.genome, fidelity]
        if times and duplicates == "refuse":
            refused += 1
            continue
        if times and duplicates == "free":
            rows.append((proposal.genome, column, 0, False, float(cost)))
            continue
        price = {"evaluations": 1, "cost": cost, "fidelity_units": Fraction(fidelity, 10)}
        if budget.overshoot == "refuse" and any(limit is not None and spent[name] + price[name] > limit
                                                for name, limit in limits.items()):
            return rows, refused, "budget"
        seen[proposal.genome, fidelity] += 1
        for name in spent:
            spent[name] += price[name]
        rows.append((proposal.genome, column, times, True, float(cost)))
    return rows, refused, "finished"


@settings(max_examples=400)
@given(proposals, chunkings, budgets, st.sampled_from(("charge", "free", "refuse")))
def test_every_run_keeps_the_accounts_that_the_rules_ask_for(sent, chunks, budget, duplicates):
    run = archgym.run(priced(), Sends(tuple(sent), tuple(chunks)), budget, duplicates=duplicates)
    rows, refused, stop = accounts(sent, budget, duplicates)
    found = run.trajectory
    given_rows = list(zip(found.genomes, found.fidelity.tolist(), found.charged.tolist()))
    assert given_rows == [(genome, fidelity, charged) for genome, fidelity, _, charged, _ in rows]
    assert found.cost.tolist() == pytest.approx([cost for *_, cost in rows])
    assert run.refused == refused
    # a budget that is spent to the last by the last proposal was not asked again
    assert run.stop == stop

    orders = {}
    for i, (genome, fidelity, times, _, _) in enumerate(rows):
        design = SPACE.decode(genome)
        status = {"good": "ok", "bad": "infeasible", "broken": "failed"}[design[1]]
        assert found.status[i] == status and found.error[i] == (None if status == "ok" else design[1])
        seed = int(found.seed[i])
        assert orders.setdefault((genome, fidelity, times % (2 + design[0] % 2)), seed) == seed
        if status == "ok":
            assert found.value[i] == found.metrics["value"][i] == design[0] + seed / 10 + (fidelity or 10)
        else:
            assert found.value[i] == -1.0 and np.isnan(found.metrics["value"][i])
    for genome, fidelity, _ in orders:
        seeds = [seed for (g, f, _), seed in orders.items() if (g, f) == (genome, fidelity)]
        assert len(set(seeds)) == len(seeds)


@pytest.mark.parametrize("chunks", [(1,), (50,)])
@pytest.mark.parametrize("overshoot", ["refuse", "allow"])
@pytest.mark.parametrize("sent, limits, rows", [
    ((Proposal((1, 0), 1),) * 20, {"cost": 0.3}, 3),  # 0.1 + 0.1 + 0.1 is more than 0.3 in floats
    ((Proposal((1, 0), 1),) * 20, {"cost": 1.0}, 10),  # and ten times 0.1 less than 1
    ((Proposal((3, 0), 1), *(Proposal((0, 0), 1),) * 9), {"cost": 0.7}, 1),  # free designs after that are not measured
    ((Proposal((1, 0), 1),) * 20, {"fidelity_units": 1}, 10),
    ((Proposal((1, 0), 3),) * 20, {"fidelity_units": 0.9}, 3),
    ((Proposal((1, 0)),) * 20, {"fidelity_units": 2, "evaluations": 3}, 2),
    ((Proposal((1, 0)),) * 20, {"fidelity_units": 4, "evaluations": 3}, 3),
])
def test_a_budget_that_is_spent_to_the_last_is_spent(sent, limits, rows, overshoot, chunks):
    run = archgym.run(priced(), Sends(sent, chunks), Budget(**limits, overshoot=overshoot))
    assert len(run.trajectory) == rows and run.stop == "budget"


def table(task, agent, budget, seed=0, **options):
    """All reproducible columns of a run."""
    t = archgym.run(task, agent, budget, seed, **options).trajectory
    return {"genomes": [t.genome(i) for i in range(len(t))], "fidelity": t.fidelity.tolist(), "seed": t.seed.tolist(),
            "status": list(t.status), "value": t.value.tolist(), "cost": t.cost.tolist(), "charged": t.charged.tolist(),
            "error": t.error, "parents": t.parents, "tag": t.tag} | {
                f"metric {name}": [repr(x) for x in column.tolist()] for name, column in t.metrics.items()}


@dataclass
class SendsRows(Agent):
    """Sends rows as batches of these sizes, or as single proposals where a size is 0."""

    rows: tuple = ()
    chunks: tuple = (1,)

    def search(self, bench):
        rows, sizes = np.array(self.rows, np.int16), list(self.chunks)
        while len(rows):
            size = sizes[0] if len(sizes) == 1 else sizes.pop(0)
            bench.measure(Batch(rows[:size]) if size else [Proposal(tuple(rows[0].tolist()))])
            rows = rows[max(size, 1):]


@given(st.lists(genomes, min_size=1, max_size=40), st.lists(st.integers(0, 9), min_size=40, max_size=40),
       st.integers(1, 40), st.integers(0, 5))
def test_batches_and_single_proposals_give_the_same_rows(rows, chunks, evaluations, seed):
    budget = Budget(evaluations=evaluations)
    one_by_one = table(priced(), Sends(tuple(map(Proposal, rows))), budget, seed)
    for task in (priced(Columns()), priced()):
        assert table(task, SendsRows(tuple(rows), tuple(chunks)), budget, seed) == one_by_one
        assert table(task, SendsRows(tuple(rows), (len(rows),)), budget, seed) == one_by_one


def test_random_search_on_the_table_measures_what_single_proposals_measure():
    task = archgym.task("NASBench201-v0")
    budget = Budget(evaluations=3_000)
    run = archgym.run(task, "random", budget, 7)
    sent = tuple(Proposal(run.trajectory.genome(i)) for i in range(len(run.trajectory)))
    assert isinstance(run.trajectory.genomes, np.ndarray) and len(sent) == 3_000
    assert table(task, "random", budget, 7) == table(task, Sends(sent, (37,)), budget, 7)
    assert max(Counter(p.genome for p in sent).values()) > 1  # some designs come again, and meet their next seed


def test_proposals_after_batches_count_where_the_batches_did():
    task, rows = archgym.task("NASBench201-v0"), ((1, 2, 3, 4, 0, 0),) * 9
    budget = Budget(evaluations=9)
    expected = table(task, SendsRows(rows, (0,)), budget)
    assert len(set(expected["seed"])) > 1
    for chunks in ((9,), (4, 0, 0, 1, 2, 0), (0, 0, 3, 0, 3)):
        assert table(task, SendsRows(rows, (*chunks, 0)), budget) == expected


def test_proposals_after_batches_keep_their_tags_and_parents():
    told = []

    class Mixed(Agent):
        def search(self, bench):
            bench.measure(Batch(np.array([[0, 0], [1, 0]])))
            told.extend(bench.measure([Proposal((2, 0), None, "child", (0, 1))]))
            bench.measure([Proposal((2, 0), 3, "low"), Proposal([2, 0], 10, "top")])
            with pytest.raises(archgym.ArchGymError, match="asks for fidelity 7; allowed: None or 1, 3, 10"):
                bench.measure([Proposal((2, 0), 7)])

    run = archgym.run(priced(Columns()), Mixed(), Budget(evaluations=9))
    assert run.trajectory.tag == [None, None, "child", "low", "top"] and run.trajectory.parents[2] == (0, 1)
    assert run.trajectory.fidelity.tolist() == [0, 0, 0, 3, 0]
    assert [(trial.id, trial.tag, trial.parents) for trial in told] == [(2, "child", (0, 1))]


def test_two_agents_with_one_seed_meet_the_same_noise():
    task = archgym.task("NASBench201-v0")
    genome = next(g for g in task.space.enumerate() if task.evaluator.seeds_of(task.space.decode(g)) == 3)
    others = tuple(Proposal((4, 4, 4, 4, 4, i)) for i in range(5))

    class Another(Sends):
        pass

    for seed in range(8):
        direct = table(task, Sends((Proposal(genome),) * 4), Budget(evaluations=9), seed)
        late = table(task, Another((*others, *(Proposal(genome),) * 4), (3,)), Budget(evaluations=9), seed)
        assert direct["seed"] == late["seed"][5:] and direct["value"] == late["value"][5:]
    orders = {tuple(table(task, Sends((Proposal(genome),) * 3), Budget(evaluations=3), s)["seed"]) for s in range(40)}
    assert len(orders) == 6


def test_tags_and_parents_are_kept_as_they_were_given():
    sent = (Proposal((0, 0), tag="start"), Proposal((1, 0), None, "child", (0,)), Proposal((2, 0), 3, None, (0, 1)))
    t = archgym.run(priced(), Sends(sent, (3,)), Budget(evaluations=5)).trajectory
    assert (t.tag, t.parents, t.fidelity.tolist()) == (["start", "child", None], [(), (0,), (0, 1)], [0, 0, 3])


def test_a_trial_tells_what_was_measured():
    seen = []

    class Looks(Agent):
        def search(self, bench):
            seen.extend(bench.measure([Proposal((3, 0), 3, "t", ()), Proposal((1, 1)), Proposal((3, 2), 1)]))

    archgym.run(priced(), Looks(), Budget(evaluations=3))
    good, bad, broken = seen
    assert (good.id, good.genome, good.ok, good.fidelity, good.tag) == (0, (3, 0), True, 3, "t")
    assert dict(good.values) == {"value": good.value, "size": 7.0} and good.cost == pytest.approx(2.1)
    assert (bad.ok, bad.status, bad.error, bad.value, bad.cost) == (False, "infeasible", "bad", -1.0, 0.0)
    assert dict(bad.values) == {}
    assert (broken.ok, broken.status, broken.cost) == (False, "failed", pytest.approx(0.35))


@pytest.mark.parametrize("duplicates", ["free", "refuse"])
def test_ten_thousand_uncharged_proposals_in_a_row_end_the_run(duplicates):
    class Stubborn(archgym.AskTellAgent):
        def setup(self, bench):
            self.asked = 0

        def ask(self, n):
            self.asked += 1
            # after 5,000 something new, and the count begins again
            return [Proposal((1, 0) if self.asked == 5_000 else (0, 0))]

    run = archgym.run(priced(), Stubborn(), Budget(evaluations=50), duplicates=duplicates)
    assert run.stop == "exhausted"
    assert run.trajectory.charged.sum() == 2
    uncharged = run.refused if duplicates == "refuse" else (~run.trajectory.charged).sum()
    assert uncharged == 4_998 + 9_999


def test_a_refused_duplicate_tells_nothing():
    told = []

    class Again(archgym.AskTellAgent):
        def ask(self, n):
            return [Proposal((0, 0))]

        def tell(self, trials):
            told.extend(trials)
            if len(told) == 3:
                raise StopIteration

    with pytest.raises(StopIteration):
        archgym.run(priced(), Again(), Budget(evaluations=5), duplicates="refuse")
    assert [(t.id, t.ok, t.value, t.status, t.charged) for t in told[1:]] == [(-1, False, -1.0, "refused", False)] * 2


def test_a_free_duplicate_shows_the_first_measurement_again():
    run = archgym.run(priced(), Sends((Proposal((3, 0)),) * 6, (4,)), Budget(evaluations=5), duplicates="free")
    assert len(set(run.trajectory.value)) == len(set(run.trajectory.seed)) == 1
    assert run.trajectory.charged.tolist() == [True] + [False] * 5


def test_duplicates_of_an_unknown_kind_are_refused():
    with pytest.raises(archgym.ArchGymError, match="duplicates must be one of charge, free, refuse, got 'ignore'"):
        archgym.run(priced(), "random", Budget(evaluations=1), duplicates="ignore")


def test_twins_are_one_design_to_an_evaluator_that_measures_keys():
    class Bags(ProductSpace):
        def key(self, design):
            return "".join(sorted(design))

    class ByKey(Evaluator):
        metrics, identity, instant, seeds, fingerprint = (Metric("value"),), "key", True, 3, "bags"

        def evaluate(self, design, *, fidelity, seed):
            return Measurement({"value": float(seed)})

    space = Bags(tuple(Choice((i,), ("a", "b", "c")) for i in range(3)))
    sent = tuple(map(Proposal, [(0, 1, 2), (2, 1, 0), (1, 0, 2), (0, 0, 0)]))
    t = archgym.run(archgym.task(space=space, evaluate=ByKey()), Sends(sent), Budget(evaluations=9)).trajectory
    assert sorted(t.seed[:3].tolist()) == [0, 1, 2]
    assert t.duplicates(space).tolist() == [False, True, True, False]
    free = archgym.run(archgym.task(space=space, evaluate=ByKey()), Sends(sent), Budget(evaluations=9),
                       duplicates="free")
    assert free.trajectory.charged.tolist() == [True, False, False, True]


def test_a_spent_budget_stays_spent_for_an_agent_that_goes_on_asking():
    class Swallows(Agent):
        def search(self, bench):
            for tenths in (1, 3, 0, 0, 1):  # the second is too dear, and ends the run
                try:
                    bench.measure([Proposal((tenths, 0))])
                except archgym.BudgetSpent:
                    assert bench.spent

    with pytest.warns(UserWarning, match="bought 1 evaluations of priced, fewer than 20"):
        run = archgym.run(priced(), Swallows(), Budget(cost=1.5))
    assert run.trajectory.genomes == [(1, 0)] and run.stop == "budget"


def test_an_agent_that_asks_for_ever_after_the_end_fails():
    class Deaf(Agent):
        def search(self, bench):
            while True:
                try:
                    bench.measure([Proposal((0, 0))])
                except Exception:
                    pass

    with pytest.raises(archgym.ArchGymError, match="agent .*Deaf.* asked 10,000 times more after its budget was spent"):
        archgym.run(priced(), Deaf(), Budget(evaluations=3))


def test_a_budget_of_seconds_ends_a_run():
    run = archgym.run(toy(Ladders()), "regularized-evolution", Budget(wall_seconds=0.05))
    assert run.stop == "budget" and len(run.trajectory) > 0


def test_what_remains_is_told():
    left = []

    class Counts(Agent):
        def search(self, bench):
            left.append(bench.remaining)
            bench.measure([Proposal((2, 0), 3)])
            left.append(bench.remaining)

    archgym.run(priced(), Counts(), Budget(evaluations=5, cost=2.0, fidelity_units=4))
    assert left[0][:3] == (5, 2.0, 4.0) and left[1][:3] == (4, pytest.approx(1.4), pytest.approx(3.7))
    assert left[0].wall_seconds == np.inf
