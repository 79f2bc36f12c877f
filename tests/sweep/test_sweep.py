"""A sweep runs what is missing, keeps what is finished, and tells what went wrong."""

import json
import os
import resource
import subprocess
import sys
from itertools import cycle
from pathlib import Path
from time import perf_counter

import numpy as np
import pyarrow.parquet as pq
import pytest

import archgym
from archgym.sweep import execute as sweeping
from archgym.sweep import plan, store
from archgym.sweep.execute import execute
from archgym.sweep.verify import verify

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PLUGIN = str(HERE / "slow_plugin.py")


def made(tasks=("NASBench201-v0",), agents=("random", "regularized-evolution"), seeds=3, evaluations=40, **more):
    return plan.from_dict({"tasks": list(tasks), "agents": list(agents), "seeds": seeds,
                           "budget": {"evaluations": evaluations}} | more)


def plugged(*names):
    return [f"{PLUGIN}:{name}" for name in names]


def bytes_of(folder):
    return {p.name: p.read_bytes() for p in sorted((folder / "runs").glob("*.parquet"))}


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ARCHGYM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("ARCHGYM_TEST_LOG", str(tmp_path / "log"))
    (tmp_path / "log").touch()


def test_a_sweep_equals_its_runs_made_one_by_one(tmp_path):
    sweep = execute(made(), tmp_path / "out", workers=2)
    assert sweep.finished == sweep.planned == 6 and not sweep.failures
    for agent in ("random", "regularized-evolution"):
        results = sweep.results("NASBench201-v0", agent)
        for seed, values in zip(results.seeds, results.values):
            alone = archgym.run("NASBench201-v0", agent, archgym.Budget(evaluations=40), int(seed))
            assert np.array_equal(alone.trajectory.value, values)


def test_one_process_and_two_write_the_same_bytes(tmp_path):
    execute(made(), tmp_path / "one", workers=1)
    execute(made(), tmp_path / "two", workers=2)
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two") and bytes_of(tmp_path / "one")


def test_the_clock_of_a_sweep_adds_up_and_stands_still_where_nothing_runs(tmp_path):
    def clocked(seeds):
        start = perf_counter()
        return execute(made(seeds=seeds), tmp_path / "out").manifest["seconds"], perf_counter() - start

    first, took = clocked(1)
    second, more = clocked(2)
    assert 0 < first["wall"] < took and first["wall"] < second["wall"] < first["wall"] + more
    assert 0 < first["cpu"] < second["cpu"]
    assert clocked(2)[0] == second


def test_a_folder_of_before_clocks_does_not_pretend_to_know(tmp_path):
    execute(made(seeds=1), tmp_path / "out")
    file = tmp_path / "out" / "manifest.json"
    file.write_text(json.dumps({k: v for k, v in json.loads(file.read_text()).items() if k != "seconds"}))
    assert execute(made(seeds=2), tmp_path / "out").manifest["seconds"] is None


def test_a_sweep_of_as_many_runs_as_workers_ends(tmp_path):
    body = ("from archgym.sweep import plan, execute\n"
            "few = {'tasks': ['NASBench201-v0'], 'agents': ['random'], 'seeds': 2, 'budget': {'evaluations': 5}}\n"
            "execute.execute(plan.from_dict(few), 'few', workers=2)")
    done = subprocess.run([sys.executable, "-c", body], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)},
                          capture_output=True, text=True, timeout=300)  # seconds; one that hangs would never end
    assert done.returncode == 0 and len(bytes_of(tmp_path / "few")) == 2, done.stderr


def test_a_wider_plan_runs_only_what_is_new(tmp_path):
    execute(made(seeds=2), tmp_path, workers=1)
    before = {p: p.stat().st_mtime_ns for p in (tmp_path / "runs").glob("*.parquet")}
    seen = []
    sweep = execute(made(seeds=3, agents=("random", "regularized-evolution", "local-search")), tmp_path, workers=1,
                    progress=lambda p: seen.append((p.kept, p.done)))
    assert seen[0] == (4, 4) and sweep.finished == 9
    assert all(p.stat().st_mtime_ns == t for p, t in before.items())


def test_a_narrower_plan_takes_nothing_away(tmp_path):
    execute(made(seeds=3), tmp_path, workers=1)
    sweep = execute(made(seeds=1, agents=("random",)), tmp_path, workers=1)
    assert sweep.finished == sweep.planned == 6 and len(sweep.agents) == 2


@pytest.mark.parametrize("change, word", [
    ({"evaluations": 50}, "budget"), ({"duplicates": "free"}, "duplicates"),
    ({"agents": [{"name": "local-search", "label": "random"}]}, "'random'")])
def test_a_plan_that_contradicts_the_folder_is_refused(tmp_path, change, word):
    execute(made(agents=("random",), seeds=1), tmp_path, workers=1)
    with pytest.raises(archgym.ArchGymError, match=word):
        execute(made(**{"agents": ("random",), "seeds": 1} | change), tmp_path, workers=1)


def test_an_edited_agent_file_is_a_new_agent_and_never_a_stale_result(tmp_path):
    file = tmp_path / "mine.py"
    text = ('from dataclasses import dataclass\nfrom archgym import AskTellAgent, Proposal\n\n\n@dataclass\n'
            'class Mine(AskTellAgent):\n    def ask(self, n):\n        return [Proposal(({}, 0, 0, 0, 0, 0))]\n')
    values = []
    for pick in (0, 3):
        file.write_text(text.format(pick))
        script = ("import sys, archgym; from archgym.sweep import plan; from archgym.sweep.execute import execute\n"
                  "p = plan.from_dict({'tasks': ['NASBench201-v0'], 'agents': [{'name': sys.argv[1], 'label': 'mine'}], "
                  "'seeds': 1, 'budget': {'evaluations': 2}})\n"
                  "s = execute(p, sys.argv[2], 1)\nprint(s.results('NASBench201-v0', 'mine').values[0, 0], s.planned)")
        done = subprocess.run([sys.executable, "-c", script, str(file), str(tmp_path / "out")], capture_output=True,
                              text=True, check=True)
        values.append(done.stdout.split())
    assert values[0][0] != values[1][0] and values[0][1] == values[1][1] == "1"
    assert len(list((tmp_path / "out" / "runs").glob("*.parquet"))) == 2  # the old run is kept, but is no cell's


@pytest.mark.parametrize("agent, word", [
    ("Raises", "RuntimeError: an agent that raises"), ("Illegal", "IllegalGenome"),
    ("ReturnsNothing", "AgentError"), ])
def test_a_run_that_fails_is_stored_with_its_traceback_and_the_others_go_on(tmp_path, agent, word):
    messages = []
    sweep = execute(made((f"{PLUGIN}:breaks",), ("local-search", *plugged(agent)), seeds=1, evaluations=1), tmp_path,
                    workers=1, progress=lambda p: messages.append(p.message))
    failure, = [f for f in sweep.failures if agent in f.agent]
    assert word in failure.error and "Traceback" in failure.traceback
    assert any(m and word.split(":")[0] in m for m in messages)
    assert sweep.finished + len(sweep.failures) == 2


def test_an_evaluator_that_breaks_fails_its_runs_and_no_others(tmp_path):
    sweep = execute(made((*plugged("breaks", "not_a_number"), "NASBench201-v0"), ("random",), seeds=2, evaluations=60),
                    tmp_path, workers=2)
    assert sweep.finished == 2 and len(sweep.failures) == 4
    errors = " ".join(f.error for f in sweep.failures)
    assert "an evaluator that breaks" in errors and "not a finite number" in errors


def test_a_worker_that_dies_fails_the_run_that_killed_it_and_no_other(tmp_path):
    sweep = execute(made((f"{PLUGIN}:breaks",), ("random", *plugged("KillsItsWorker")), seeds=4, evaluations=1),
                    tmp_path, workers=2)
    killed = [f for f in sweep.failures if "died" in f.error]
    assert [(f.seed, "signal 9" in f.error) for f in killed] == [(1, True)]
    finished = {(r.agent, r.seed) for r in sweep.runs}
    assert {seed for agent, seed in finished if "Kills" in agent} == {0, 2, 3}


def test_a_failed_run_is_tried_again_by_the_next_call(tmp_path):
    flag = tmp_path / "flag"
    file = tmp_path / "sometimes.py"
    file.write_text(f"""
from dataclasses import dataclass
from pathlib import Path
from archgym import AskTellAgent, Proposal

@dataclass
class Sometimes(AskTellAgent):
    def ask(self, n):
        if not Path({str(flag)!r}).exists():
            raise RuntimeError("not yet")
        return [Proposal((0, 0, 0, 0, 0, 0))]
""")
    first = execute(made(agents=(str(file),), seeds=1, evaluations=2), tmp_path / "out", workers=1)
    assert len(first.failures) == 1
    flag.touch()
    second = execute(made(agents=(str(file),), seeds=1, evaluations=2), tmp_path / "out", workers=1)
    assert not second.failures and second.finished == 1


def test_an_evaluation_that_hangs_past_its_limit_is_a_failed_design_not_a_failed_run(tmp_path):
    sweep = execute(made((f"{PLUGIN}:hangs",), ("random",), seeds=1, evaluations=80), tmp_path, workers=1)
    run, = sweep.runs
    at = [i for i, s in enumerate(run.trajectory.status) if s == "failed"]
    assert at and all(run.trajectory.genome(i) == (0, 0, 0) for i in at)
    assert "longer than its limit of 0.3 s" in run.trajectory.error[at[0]]


def test_asking_for_what_was_measured_ends_as_exhausted_where_duplicates_are_free(tmp_path):
    sweep = execute(made((f"{PLUGIN}:breaks",), plugged("Repeats"), seeds=1, evaluations=5, duplicates="refuse"),
                    tmp_path, workers=1)
    assert [r.stop for r in sweep.runs] == ["exhausted"]


def test_what_an_agent_prints_does_not_disturb_the_sweep(tmp_path):
    sweep = execute(made((f"{PLUGIN}:breaks",), plugged("Prints"), seeds=1, evaluations=5), tmp_path, workers=1)
    assert sweep.finished == 1


@pytest.mark.parametrize("damage", ["cut", "altered"])
def test_a_damaged_run_file_is_named_and_made_anew(tmp_path, damage):
    sweep = execute(made(seeds=2), tmp_path, workers=1)
    good = bytes_of(tmp_path)
    path = store.run_file(tmp_path, sweep.runs[0].id)
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-100])
    else:
        table = pq.read_table(path)
        values = table["value"].to_numpy().copy()
        values[0] += 1
        changed = table.set_column(table.column_names.index("value"), "value", [values])
        pq.write_table(changed.replace_schema_metadata(table.schema.metadata), path)
    reread = archgym.load(tmp_path)
    assert reread.finished == 3 and path.name in reread.failures[0].error
    assert not verify(tmp_path)[0].passed
    assert execute(made(seeds=2), tmp_path, workers=1).finished == 4
    assert bytes_of(tmp_path) == good


def test_verify_passes_on_a_sound_sweep_and_names_a_forged_value(tmp_path):
    sweep = execute(made(seeds=2), tmp_path, workers=1)
    assert [level.passed for level in verify(tmp_path, runs=2)][:2] == [True, True]
    stored = sweep.runs[0]
    stored.trajectory.value = stored.trajectory.value.copy()
    stored.trajectory.value[5] = 99.0  # a better result than was measured, with a digest to match
    store.write_run(tmp_path, stored.id, stored.identity, stored.trajectory, stored.duplicate, stored.stop, 0)
    incumbents, trajectories, _ = verify(tmp_path, runs=4)
    assert not incumbents.passed and "99.0" in incumbents.faults[0]
    assert not trajectories.passed and "from evaluation 5" in trajectories.faults[0]


def test_a_full_disk_fails_runs_with_a_clear_error_and_keeps_what_was_finished(tmp_path):
    execute(made(seeds=1), tmp_path / "out", workers=1)
    kept = bytes_of(tmp_path / "out")
    script = ("import sys, resource; resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))\n"
              "from archgym.sweep.worker import perform; import json\n"
              "order = json.loads(sys.stdin.read())\n"
              "from pathlib import Path\nprint(json.dumps(perform(Path(sys.argv[1]), None, order)))")
    run_id, task, agent, seed, identity = made(seeds=2).cells[-1]
    order = {"id": run_id, "task": task.name, "task_options": {}, "agent": agent.name, "agent_options": {},
             "budget": {"evaluations": 40}, "seed": seed, "duplicates": "charge", "identity": identity}
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path / "out")], input=json.dumps(order),
                          capture_output=True, text=True)
    report = json.loads(done.stdout)
    assert "File too large" in report["error"]
    assert bytes_of(tmp_path / "out") == kept
    assert not list((tmp_path / "out" / "runs").glob(".*"))  # nothing half-written stays
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_two_sweeps_cannot_write_to_one_folder_at_once(tmp_path):
    held = open(tmp_path / ".lock", "w")
    import fcntl

    fcntl.flock(held, fcntl.LOCK_EX)
    with pytest.raises(archgym.ArchGymError, match="another sweep is writing"):
        execute(made(seeds=1), tmp_path, workers=1)


def test_a_folder_without_a_manifest_is_no_sweep(tmp_path):
    with pytest.raises(archgym.ArchGymError, match="not a sweep folder"):
        archgym.load(tmp_path)


def test_workers_run_numerical_libraries_on_one_thread(tmp_path):
    file = tmp_path / "threads.py"
    file.write_text("""
import os
from dataclasses import dataclass
from archgym import AskTellAgent, Proposal

@dataclass
class Threads(AskTellAgent):
    def ask(self, n):
        return [Proposal((0, 0, 0, 0, 0, 0), None, os.environ["OMP_NUM_THREADS"] + os.environ["OPENBLAS_NUM_THREADS"])]
""")
    sweep = execute(made(agents=(str(file),), seeds=1, evaluations=1), tmp_path / "out", workers=1)
    assert sweep.runs[0].trajectory.tag == ["11"]


def test_holdout_scores_the_incumbent_on_the_seeds_that_the_search_did_not_see(tmp_path):
    sweep = execute(made(seeds=2), tmp_path, workers=1)
    results = sweep.results("NASBench201-v0", "random")
    task = archgym.task("NASBench201-v0")
    for row, run in enumerate(r for r in sweep.runs if r.agent == "random"):
        best = run.trajectory.incumbent_rows()[-1]
        genome, seen = run.trajectory.genome(best), int(run.trajectory.seed[best])
        design = task.space.decode(genome)
        others = [task.measure(design, seed=s).values["val_accuracy"]
                  for s in range(task.evaluator.seeds_of(design)) if s != seen]
        assert results.holdout[row, -1] == pytest.approx(np.mean(others))


def test_environment_variables_of_this_process_are_left_alone(tmp_path):
    before = dict(os.environ)
    execute(made(seeds=1), tmp_path, workers=1)
    assert dict(os.environ) == before


@pytest.mark.parametrize("pace", [(0, 1), (0, 1, 1)], ids=["alike", "one is slower"])
def test_a_worker_stays_with_its_tasks_and_seeds_stay_together(pace, tmp_path):
    """Two workers, three tasks: two of them are opened once, and no task runs ahead of the others."""
    grid = plan.from_dict({"tasks": [{"name": "NASBench201-v0", "options": {"dataset": d}}
                                     for d in ("cifar10", "cifar100", "imagenet16-120")],
                           "agents": ["random", "local-search"], "seeds": 20, "budget": {"evaluations": 5}})

    class Worker:
        def __init__(self):
            self.orders, self.opened = [], set()

        def send(self, order):
            self.orders.append(order)
            self.opened.add(order["identity"]["task"])

    (tmp_path / "failed").mkdir()
    pool = sweeping._Pool(tmp_path, grid, 0, tmp_path, None, None)
    pool.wait(grid.cells)
    pool.workers = one, two = Worker(), Worker()
    turns, apart = cycle(pace), 0
    while pool.waiting:
        worker = pool.workers[next(turns)]
        worker.send(pool._take(worker))
        latest = max(order["seed"] for worker in pool.workers for order in worker.orders)
        apart = max(apart, latest - min((order["seed"] for order in pool.waiting), default=latest))
    assert sorted(o["id"] for o in [*one.orders, *two.orders]) == sorted(cell[0] for cell in grid.cells)
    assert len(one.opened) + len(two.opened) <= 4 and 1 <= apart <= sweeping.NEAR
