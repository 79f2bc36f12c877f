"""The wheel holds the whole house, under one name."""

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parents[2]
COLLECTIONS = ("spaces", "envs", "agents", "experiments")
SHIPPED = {".py", ".yaml", ".html", ".css", ".js", ".parquet"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built from a copy, for setuptools puts what an earlier build left in the tree into the next wheel."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("archgym", *COLLECTIONS):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "LICENSE", "README.md"):
        if (ROOT / name).is_file():
            shutil.copy(ROOT / name, source)
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
        + ["--wheel-dir", out, source],
        check=True,
    )
    return next(out.glob("archgym-*.whl"))


@pytest.fixture(scope="module")
def held(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    folder = tmp_path_factory.mktemp("installed")
    zipfile.ZipFile(wheel).extractall(folder)
    return folder


def elsewhere(installed, code):
    """What `code` prints in a fresh interpreter that finds the wheel's files first, outside the checkout."""
    code = f"import sys; sys.path.insert(0, {str(installed)!r}); {code}"
    done = subprocess.run([sys.executable, "-c", code], cwd=installed.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize("folder", ["archgym", *COLLECTIONS])
def test_the_wheel_holds_every_module_template_and_sweep_file(held, folder):
    under = PurePosixPath("archgym") if folder in COLLECTIONS else PurePosixPath()
    tree = {
        str(under / path.relative_to(ROOT).as_posix())
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
        if path.suffix in SHIPPED or "templates" in path.parts
    }
    assert tree - held == set(), "name its package in pyproject.toml (packages, package-data)"


def test_the_wheel_puts_one_name_into_site_packages(held):
    assert {name.split("/")[0] for name in held if ".dist-info/" not in name} == {"archgym"}


def test_the_wheel_carries_the_licence(held):
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in held)


def test_an_installed_archgym_finds_its_collections_outside_the_checkout(installed):
    names = ["archgym", *(f"archgym.{collection}" for collection in COLLECTIONS)]
    printed = elsewhere(installed, f"import {', '.join(names)}; print(*(sys.modules[n].__file__ for n in {names}))")
    assert [Path(path).is_relative_to(installed) for path in printed] == [True] * len(names)


def test_every_entry_point_can_be_loaded(installed):
    text = next(installed.glob("*.dist-info/entry_points.txt")).read_text()
    targets = re.findall(r"^\w+ = ([\w.]+)", text, re.MULTILINE)
    assert len(targets) == 5
    elsewhere(installed, f"import {', '.join(targets)}")


def test_the_version_is_written_once(installed):
    [version] = elsewhere(installed, "import archgym; print(archgym.__version__)")
    assert next(installed.glob("*.dist-info")).name == f"archgym-{version}.dist-info"
