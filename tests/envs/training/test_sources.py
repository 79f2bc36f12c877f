"""Data sets by name: what is missing says what to put where, and options are those of the data set."""

from importlib import import_module
from inspect import signature

import pytest

from archgym import ArchGymError
from archgym.envs.training import sources
from archgym.envs.training.datasets import fashion_mnist

OPTIONS = {name: signature(import_module(f"archgym.envs.training.datasets.{module}").load).parameters
           for name, module in sources.names().items()}


def test_a_file_is_a_data_set(root):
    files = {path.stem.replace("_", "-") for path in (root / "envs" / "training" / "datasets").glob("[a-z]*.py")}
    assert set(sources.names()) == files and {"fashion-mnist", "cifar10", "mnist1d"} < files


@pytest.mark.parametrize("name", [name for name, options in OPTIONS.items() if "folder" in options])
def test_what_is_missing_says_where_it_comes_from_and_where_to_put_it(name, monkeypatch, tmp_path):
    monkeypatch.setattr(fashion_mnist, "DEBIAN", str(tmp_path / "not-installed"))
    with pytest.raises(ArchGymError, match="data_options='folder: PATH'.*(holds|is made of)") as why:
        sources.load(name)
    assert "downloads nothing" in str(why.value) and name in str(why.value)
    with pytest.raises(ArchGymError, match="there is no folder /no/such/place"):
        sources.load(name, {"folder": "/no/such/place"})
    (tmp_path / "empty").mkdir()
    with pytest.raises(ArchGymError, match="empty"):
        sources.load(name, {"folder": str(tmp_path / "empty")})


def test_the_package_of_debian_is_found_without_an_option(monkeypatch, tmp_path):
    monkeypatch.setattr(fashion_mnist, "DEBIAN", str(tmp_path))
    with pytest.raises(ArchGymError, match=f"{tmp_path} should have one file of images to train with, and has none"):
        sources.load("fashion-mnist")


@pytest.mark.parametrize("name, options, complaint", [
    ("mnist1D", {}, "did you mean 'mnist1d'"), ("digits", {"train": 5}, "It takes none"),
    ("cifar10", {"foldr": "x"}, "did you mean 'folder'"), ("cifar10", {"folder": 3}, "folder is text, got 3"),
    ("cifar10", {"train": "many"}, "train is a whole number, got 'many'"), ("cifar10", {"train": True}, "whole number"),
    ("cifar10", {"test": 0}, "test is at least 1, got 0")])
def test_options_that_do_not_fit_say_so(name, options, complaint):
    with pytest.raises(ArchGymError, match=complaint):
        sources.load(name, options)


def test_a_folder_is_named_once(tmp_path):
    with pytest.raises(ArchGymError, match="give it once"):
        sources.load(str(tmp_path), {"folder": "other"})


def test_every_parameter_of_a_data_set_has_a_default():
    assert all(option.default is not option.empty for options in OPTIONS.values() for option in options.values())
