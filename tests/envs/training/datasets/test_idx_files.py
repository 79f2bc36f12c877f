"""IDX files: every number comes back, and what is no such file says so."""

import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from tiny_sets import CODES, idx, write_idx

from archgym import ArchGymError
from archgym.envs.training.datasets import _idx_files
from archgym.envs.training.sources import load

IMAGES = np.random.default_rng(0).integers(256, size=(70, 3, 5), dtype=np.uint8)
LABELS = np.arange(70) % 10


@given(st.sampled_from(sorted(CODES)).flatmap(
    lambda dtype: arrays.arrays(dtype, arrays.array_shapes(max_dims=4, min_side=0))), st.booleans())
@settings(max_examples=40)
def test_an_array_comes_back(tmp_path_factory, array, compressed):
    file = tmp_path_factory.mktemp("idx") / "file"
    file.write_bytes(gzip.compress(idx(array)) if compressed else idx(array))
    found = _idx_files.read(file)
    assert found.shape == array.shape and found.dtype.kind == array.dtype.kind
    np.testing.assert_array_equal(found, array)


@pytest.mark.parametrize("name", ["idx", "mnist", "fashion-mnist"])
@pytest.mark.parametrize("compressed", [False, True])
def test_images_and_labels_come_back_one_by_one(tmp_path, name, compressed):
    write_idx(tmp_path, (IMAGES[:50], LABELS[:50]), (IMAGES[50:], LABELS[50:]), compressed)
    data = load(name, {"folder": str(tmp_path)})
    assert data.shape == (1, 3, 5) and data.classes == 10 and [len(data.train[1]), len(data.valid[1])] == [40, 10]
    trained = IMAGES[np.random.default_rng(0).permutation(50)[10:]]
    mean, deviation = trained.mean(), trained.std()
    for split, images in (("train", trained), ("test", IMAGES[50:])):
        np.testing.assert_allclose(getattr(data, split)[0][:, 0] * deviation + mean, images, atol=1e-4)
    assert (data.test[1] == LABELS[50:]).all()
    seen = {tuple(image.ravel()): label for image, label in zip(IMAGES, LABELS)}
    for x, y in (data.train, data.valid):
        assert [seen[tuple(image.ravel())] for image in np.rint(x * deviation + mean).astype(int)] == y.tolist()


def test_the_same_files_give_the_same_bytes_compressed_or_not(tmp_path):
    prints = []
    for compressed in (False, True):
        (folder := tmp_path / str(compressed)).mkdir()
        write_idx(folder, (IMAGES, LABELS), (IMAGES, LABELS), compressed)
        prints.append(load("mnist", {"folder": str(folder), "train": 20, "test": 15}).fingerprint)
    assert prints[0] == prints[1]


def test_other_spellings_of_the_names_are_found_and_two_sets_in_a_folder_are_not_mixed(tmp_path):
    write_idx(tmp_path, (IMAGES, LABELS), (IMAGES, LABELS))
    for path in list(tmp_path.iterdir()):
        path.rename(tmp_path / ("emnist-digits-" + path.name.replace("-idx", ".idx").replace("t10k", "test")))
    assert len(load("idx", {"folder": str(tmp_path)}).test[0]) == 70
    write_idx(tmp_path, (IMAGES, LABELS), (IMAGES, LABELS))
    with pytest.raises(ArchGymError, match="one file of images to train with, and has emnist.* and train-images"):
        load("idx", {"folder": str(tmp_path)})


@pytest.mark.parametrize("spoil, complaint", [
    (lambda content: b"", "begins with nothing"), (lambda content: b"PK\3\4" + content, "begins with 50 4b 03 04"),
    (lambda content: b"\0\0\x07" + content[3:], "begins with 00 00 07 03"), (lambda content: content[:10], "no IDX"),
    (lambda content: content[:-1], r"announces 50 x 3 x 5 numbers, 750 bytes; 749 follow. Was it cut off\?"),
    (lambda content: content + b"\0", "751 follow"), (lambda content: gzip.compress(content)[:-9], "decompressed"),
    (lambda content: content[:3] + b"\x01" + content[4:], "follow")])
def test_a_damaged_file_is_named_with_its_fault(tmp_path, spoil, complaint):
    write_idx(tmp_path, (IMAGES[:50], LABELS[:50]), (IMAGES[50:], LABELS[50:]))
    file = tmp_path / "train-images-idx3-ubyte"
    file.write_bytes(spoil(file.read_bytes()))
    with pytest.raises(ArchGymError, match=f"train-images-idx3-ubyte .*{complaint}"):
        load("mnist", {"folder": str(tmp_path)})


@pytest.mark.parametrize("train, complaint", [
    ((IMAGES[:50], LABELS[:49]), "50 inputs and 49 labels"), ((IMAGES[:50], LABELS[:50] + 1), "with 10 classes"),
    ((LABELS[:50], LABELS[:50]), "images are bytes"), ((IMAGES[:50], IMAGES[:50]), "labels are one number an image")])
def test_files_that_do_not_belong_together_say_so(tmp_path, train, complaint):
    write_idx(tmp_path, train, (IMAGES[50:], LABELS[50:]))
    with pytest.raises(ArchGymError, match=complaint):
        load("mnist", {"folder": str(tmp_path)})


def test_labels_that_begin_at_one_are_refused_where_classes_are_counted(tmp_path):
    write_idx(tmp_path, (IMAGES, LABELS + 1), (IMAGES, LABELS + 1))
    with pytest.raises(ArchGymError, match="begin at 1"):
        load("idx", {"folder": str(tmp_path)})
