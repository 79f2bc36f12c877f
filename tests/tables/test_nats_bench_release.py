"""A folder of NATS-Bench's release becomes a task that measures what its pickles record."""

import math
import os

import nats_folder
import numpy as np
import pytest
from nats_folder import SEEDS, accuracy, seeds_of

import archgym
from archgym import Budget
from archgym.errors import ArchGymError
from archgym.tables.declare import declare
from archgym.tables.read import read
from archgym.tables.store import save

CELLS = ["|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_1x1~0|skip_connect~1|skip_connect~2|",
         *(f"|none~0|+|none~0|none~1|+|none~0|none~1|{op}~2|" for op in ("none", "skip_connect", "nor_conv_3x3"))]
SIZES = ["8:8:8:8:8", "8:8:8:8:16", "64:64:64:64:64"]
KINDS = {"NASBench201": (CELLS, ("12", "200")), "NATSBenchSize": (SIZES, ("01", "12", "90"))}
TRAININGS = {"cifar10": ("cifar10-valid", "cifar10", "ori-test"), "cifar100": ("cifar100", "cifar100", "x-test"),
             "ImageNet16-120": ("ImageNet16-120", "ImageNet16-120", "x-test")}


@pytest.fixture(scope="module", params=KINDS)
def released(request, tmp_path_factory):
    """(space, texts, lengths, a task of each data set)."""
    texts, lengths = KINDS[request.param]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARCHGYM_CACHE", str(tmp_path_factory.mktemp("cache")))
        folder = nats_folder.write(tmp_path_factory.mktemp("release") / "simple", texts, lengths)
        for dataset in TRAININGS:
            imported(folder, request.param, name=f"nats-{dataset}", where={"dataset": dataset})
        yield request.param, texts, [int(length) for length in lengths], {
            dataset: lambda dataset=dataset, **options: archgym.task(f"nats-{dataset}", **options)
            for dataset in TRAININGS}


def imported(folder, space, **options):
    declaration = declare(folder, {"space": space, "sample": True, **options})
    save(declaration, *read(declaration))
    return declaration


@pytest.mark.parametrize("dataset", TRAININGS)
def test_a_measurement_is_the_last_epoch_of_one_training(released, dataset):
    _, texts, lengths, tasks = released
    searched, held, images = TRAININGS[dataset]
    task = tasks[dataset]()
    assert task.evaluator.fidelities == tuple(lengths)
    for index, text in enumerate(texts):
        for epochs in lengths:
            for place, seed in enumerate(seeds_of(index, lengths[-1], lengths[-1])):
                recorded = SEEDS[0] if epochs != lengths[-1] else seed
                found = task.measure(text, fidelity=epochs, seed=place, holdout=True)
                tests = [accuracy(index, lengths[-1], held, s, images, lengths[-1] - 1)
                         for s in seeds_of(index, lengths[-1], lengths[-1])]
                assert found.values == pytest.approx({
                    "val_accuracy": accuracy(index, epochs, searched, recorded, "x-valid", epochs - 1),
                    "test_accuracy": np.mean(tests), "latency": 0.01 + index, "parameters": 0.25 + index,
                    "flops": 12.5 + index})
                assert found.cost == pytest.approx(epochs * (10 + index) + 2)  # training, and one validation pass


def test_a_shorter_training_is_a_task_of_its_own(released):
    _, texts, lengths, tasks = released
    task = tasks["cifar100"](fidelity=12)
    run = archgym.run(task, "random", Budget(cost=9_000, overshoot="allow"))
    assert sum(run.trajectory.cost) > 9_000 and task.evaluator.seeds == 1
    assert task.measure(texts[0]).cost == 12 * 10 + 2


def test_where_the_records_come_from_is_told(released):
    *_, tasks = released
    about = tasks["cifar10"]().about
    assert "NATS-Bench" in about.source + about.paper and "MIT" in about.licence and "2009.00437" in about.paper
    assert math.isfinite(tasks["cifar10"]().optimum) and "test_accuracy" in about.holdout_note


def test_architectures_that_lack_are_named_unless_it_is_a_sample(tmp_path):
    folder = nats_folder.write(tmp_path / "some", CELLS, ("12", "200"), indexes=(0, 2))
    with pytest.raises(ArchGymError, match="15,623 of the 15,625 designs of NASBench201 have no row; .*sample"):
        imported(folder, "NASBench201", sample=False)
    assert len(read(declare(folder, {"space": "NASBench201", "sample": True}))[1].genomes) == 2


def rewritten(folder, **more):
    content = nats_folder.records(0, CELLS[0], ("12", "200"))
    content["200"] |= more
    return nats_folder.put(folder, "000000", content)


def without(what):
    content = nats_folder.records(0, CELLS[0], ("12", "200"))["200"]["all_results"]
    return {key: {k: v for k, v in one.items() if k != what} for key, one in content.items()}


@pytest.mark.parametrize("damage, words", [
    (lambda folder: (folder / "meta.pickle.pbz2").unlink(), "no meta.pickle.pbz2, so it is no folder of NATS-Bench"),
    (lambda folder: (folder / "000000.pickle.pbz2").write_bytes(b"BZh9"), "000000.* cannot be decompressed"),
    (lambda folder: nats_folder.put(folder, "000000", os.system), "000000.* no records .* names posix.system"),
    (lambda folder: nats_folder.put(folder, "000000", {"12": {}}), "000000.* no training of 200 epochs, only"),
    (lambda folder: nats_folder.put(folder, "000000", [1]), "000000.* no training of 12 epochs, only of none"),
    (lambda folder: rewritten(folder, arch_str=CELLS[1]), "000000.pickle.pbz2 holds .* where meta.pickle.pbz2 lists"),
    (lambda folder: rewritten(folder, all_results=without("eval_times")), "000000.pickle.pbz2: no 'eval_times'"),
    (lambda folder: rewritten(folder, dataset_seed={}), "simple: columns validation_200_1, .* lack .*\n  row 1: "),
])
def test_a_damaged_folder_is_told_where(tmp_path, damage, words):
    folder = nats_folder.write(tmp_path / "simple", CELLS, ("12", "200"))
    damage(folder)
    with pytest.raises(ArchGymError, match=words):
        imported(folder, "NASBench201")


def test_what_was_not_trained_on_one_data_set_can_be_imported_for_another(tmp_path):
    folder = nats_folder.write(tmp_path / "simple", CELLS, ("12", "200"))
    rewritten(folder, dataset_seed={"cifar100": [777]})
    declaration = declare(folder, {"space": "NASBench201", "sample": True, "where": {"dataset": "cifar100"}})
    found = read(declaration)[1].columns["metrics/val_accuracy/200"]
    assert sorted((~np.isnan(found)).sum(axis=1)) == [1, 2, 2, 3]


def test_a_folder_of_another_space_is_refused(tmp_path):
    folder = nats_folder.write(tmp_path / "simple", CELLS, ("12", "200"))
    with pytest.raises(ArchGymError, match="no training of 1 epochs, only of 12, 200; is the folder of this space"):
        imported(folder, "NATSBenchSize")
    with pytest.raises(ArchGymError, match="is a folder, and DARTS knows of no release that comes as one"):
        imported(folder, "DARTS")
    with pytest.raises(ArchGymError, match="of which space are its designs"):
        declare(folder, {})
