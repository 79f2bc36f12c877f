import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from archgym.cli.app import app


@pytest.fixture
def cli(monkeypatch, tmp_path):
    """`cli("run", ...)` runs a command here and now, in a folder of its own; gives exit_code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("ARCHGYM_CACHE", str(tmp_path / "cache"))
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def shell(tmp_path):
    """`shell("list")` runs `archgym list` as a process of its own, in a folder of its own."""

    def start(*words, run=subprocess.run, **options):
        environment = os.environ | {"ARCHGYM_CACHE": str(tmp_path / "cache")} | options.pop("env", {})
        # A shell that starts the suite in the background ignores Ctrl-C, and a process inherits what is ignored.
        code = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        code += "from archgym.cli import main; main()"
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": tmp_path} | options
        return run([sys.executable, "-c", code, *map(str, words)], env=environment, **options)

    return start
