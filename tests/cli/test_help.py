"""What a newcomer reads first."""

import json
import re

import pytest

import archgym
from archgym.cli.app import COMMANDS, SECTIONS

HEAVY = ("numpy", "torch", "matplotlib", "pandas", "scipy", "pyarrow", "pydantic", "rich", "yaml", "sqlite3")


def test_help_lists_every_command_under_a_heading(cli):
    shown = cli("--help")
    assert shown.exit_code == 0
    assert sorted(name for names in SECTIONS.values() for name in names) == sorted(COMMANDS)
    for heading, names in SECTIONS.items():
        assert f"{heading}:" in shown.stdout
        for name in names:
            assert re.search(rf"^  {name} +[A-Z]\w+ [^.]+\.$", shown.stdout, re.MULTILINE), name


def test_no_command_at_all_shows_the_help(cli):
    shown = cli()
    assert shown.exit_code == 0 and shown.stdout.strip() == cli("--help").stdout.strip()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_explains_itself_with_an_example(cli, name):
    shown = cli(name, "--help")
    assert shown.exit_code == 0
    assert re.search(rf"^  archgym {name} ", shown.stdout, re.MULTILINE)
    assert "[required]" not in shown.stdout and "{" not in shown.stdout
    assert cli(name, "-h").stdout == shown.stdout


def test_the_version_is_archgyms(cli):
    assert cli("--version").stdout == f"archgym {archgym.__version__}\n"


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["--version"], []])
def test_help_imports_nothing_heavy(shell, words):
    done = shell(*words, env={"PYTHONPROFILEIMPORTTIME": "1"})
    assert done.returncode == 0
    imported = {line.rpartition("|")[2].strip().split(".")[0] for line in done.stderr.splitlines()}
    assert "typer" in imported and imported.isdisjoint(HEAVY)


def test_a_stream_without_our_letters_is_no_reason_to_stop(shell):
    done = shell("show", "NASBench201-v0", env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
    assert done.returncode == 0 and "90.93 ? 0.36" in done.stdout


def test_listing_imports_no_collection(shell):
    done = shell("list", "--json", env={"PYTHONPROFILEIMPORTTIME": "1"})
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    modules = {entry["where"] for entry in json.loads(done.stdout) if entry["kind"] != "experiment"}
    assert modules and imported.isdisjoint({*modules, "numpy", "yaml"})
