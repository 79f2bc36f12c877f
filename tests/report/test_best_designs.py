"""The best designs of a sweep: the Pareto set against brute force, what is told of designs, which parameters matter."""

import csv

import block_tasks
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archgym import streams
from archgym.report import best_designs, write
from archgym.report.best_designs import TOP
from archgym.report.findings import find
from archgym.report.front import front, objectives, undominated
from archgym.report.importance import importance
from archgym.sweep import plan
from archgym.sweep.designs import measured_designs
from archgym.sweep.execute import execute
from archgym.sweep.load import Sweep


@given(st.integers(1, 3).flatmap(lambda k: st.lists(st.tuples(*[st.integers(0, 4)] * k), min_size=1, max_size=25)))
def test_what_is_undominated_is_what_no_other_point_beats(points):
    points = np.array(points, float)
    for i, found in enumerate(undominated(points)):
        beaten = any((q >= points[i]).all() and (q > points[i]).any() for q in points)
        assert found == (not beaten)


def test_the_exact_front_is_that_of_every_sound_design():
    task = block_tasks.blocks()
    every = [m.values for g in task.space.enumerate() if (m := task.measure(g)).status == "ok"]
    points = np.array([[v["volume"], v["weight"]] for v in every])
    found = front(task, list(task.evaluator.metrics), points[:10])
    beaten = [any((q[0] >= p[0] and q[1] <= p[1]) and (q != p).any() for q in points) for p in points]
    assert found.exact.tolist() == sorted(map(list, {tuple(p) for p, b in zip(points.tolist(), beaten) if not b}))
    assert all((p <= q).all() for p, q in zip(found.points[found.on], found.points[found.on][1:]))


def test_metrics_that_order_designs_alike_are_not_set_against_each_other():
    task, values = block_tasks.blocks(), np.arange(30.0)
    assert [m.name for m in objectives(task, {"volume": values, "weight": values**2})] == ["volume"]
    assert [m.name for m in objectives(task, {"volume": values, "weight": values % 7})] == ["volume", "weight"]


def test_only_what_decides_the_value_is_important():
    space = block_tasks.Cuboid()
    genomes = np.array(list(space.enumerate()))
    rng = streams.generator(0, "test")
    found = importance(space, genomes, genomes[:, 1] ** 2.0, rng)
    assert found.names[0] == "height" and found.explained > 0.95
    assert found.share[0] > 1 and np.abs(found.share[1:]).max() < 0.05
    assert (found.low <= found.share).all() and (found.share <= found.high).all()
    assert importance(space, genomes[:20], genomes[:20, 1], rng) is None


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("best")
    content = {"tasks": [{"name": f"{block_tasks.__file__}:{name}", "label": name}
                         for name in ("light_blocks", "tower")],
               "agents": ["random", "local-search"], "seeds": 2, "budget": {"evaluations": 60}}
    execute(plan.from_dict(content), folder / "out")
    sweep = Sweep(folder / "out")
    return sweep, write(sweep, folder / "report").parent


def test_tasks_of_several_metrics_have_their_best_designs_on_the_page(reported):
    _, folder = reported
    page = (folder / "report.html").read_text()
    assert 'id="designs-light-blocks"' in page and 'id="designs-tower"' not in page
    assert f"The {TOP} best designs of" in page and "slack to weight 40" in page
    assert {"front-light-blocks.svg", "importance-light-blocks.svg"} <= {
        path.name for path in (folder / "figures").iterdir()}


def test_every_sound_design_is_in_the_table_with_its_raw_metrics(reported):
    sweep, folder = reported
    task = sweep.tasks[0].task
    with open(folder / "tables" / "designs-light-blocks.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    found = measured_designs(sweep, "light_blocks")
    assert len(rows) == found.ok.sum()
    weights = [float(row["weight"]) for row in rows]
    assert weights == sorted(weights)
    for row in rows[::10]:
        assert task.measure(row["design"]).values == {n: float(row[n]) for n in ("reward", "volume", "weight")}
        assert row["agent"] in ("random", "local-search") and row["on_front"] in ("true", "false")


def test_the_same_sweep_gives_the_same_numbers(reported):
    first, again = (best_designs.find(find(Sweep(reported[0].folder)))[0] for _ in range(2))
    assert first.importance.share.tolist() == again.importance.share.tolist()
    assert first.best.tolist() == again.best.tolist() and first.front.on.tolist() == again.front.on.tolist()
