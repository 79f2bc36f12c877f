"""What archgym.stats offers, and what it costs to import."""

import subprocess
import sys

import pytest

import archgym.stats


@pytest.mark.parametrize("name", archgym.stats.__all__)
def test_every_name_that_is_listed_is_there(name):
    assert callable(getattr(archgym.stats, name))


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'mode'"):
        archgym.stats.mode  # noqa: B018


def test_importing_everything_loads_no_scipy(root):
    code = "import sys, archgym; known = {*sys.modules}; from archgym.stats import *; import json; "
    code += "print(any(m.partition('.')[0] == 'scipy' for m in {*sys.modules} - known))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert done.stdout.strip() == "False"
