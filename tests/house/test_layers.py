"""Who may import whom, read from the source of every module."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import archgym

ROOT = Path(__file__).resolve().parents[2]
COLLECTIONS = ("spaces", "envs", "agents", "experiments")
FORBIDDEN = {
    "archgym": COLLECTIONS,
    "spaces": ("envs", "agents", "experiments"),
    "envs": ("agents", "experiments"),
    "agents": ("envs", "experiments"),
    "experiments": (),
}
SEEDED = {"Random", "default_rng", "SeedSequence", "PCG64", "Philox", "SFC64", "MT19937"}
WATCHED = {"seed", "getstate", "setstate", "get_state", "set_state"}
HEAVY = ("numpy", "scipy", "pyarrow", "gymnasium", "torch", "matplotlib", "pandas", "optuna", "nevergrad", "grakel")


def sources(*folders):
    """(path within the checkout, source) of every module; what the scaffold copies is text, not a module."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "templates" not in path.parts:
                yield path.relative_to(ROOT), path.read_text(encoding="utf-8")


def imports(path, source):
    """(line, is it relative, what is imported as a dotted name) of every import, wherever it stands."""
    package = ["archgym", *path.parent.parts[path.parts[0] == "archgym" :]]
    for node in ast.walk(ast.parse(source, str(path))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, False, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            for alias in node.names:
                yield node.lineno, node.level > 0, ".".join(filter(None, [*base, node.module, alias.name]))
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "import_module":
            if isinstance(node.args[0], ast.Constant):
                yield node.lineno, False, node.args[0].value


def forbidden_imports(path, source):
    for line, _, name in imports(path, source):
        top, _, rest = name.partition(".")
        if top in COLLECTIONS:
            yield f"{path}:{line} imports {name}, which is archgym.{name} once it is installed"
        elif top == "archgym" and rest.split(".")[0] in FORBIDDEN[path.parts[0]]:
            yield f"{path}:{line} imports {name}"


def misspelt_imports(path, source):
    """In a collection: the framework absolutely, a collection relatively."""
    for line, relative, name in imports(path, source):
        top, _, rest = name.partition(".")
        if top == "archgym" and relative != (rest.split(".")[0] in COLLECTIONS):
            yield f"{path}:{line} imports {name} {'relatively' if relative else 'absolutely'}"


def shared_randomness(path, source):
    """Draws from a generator that the whole process shares, or from one that nobody seeded.

    The conformance kit sets and compares the shared state, to catch an agent that draws from it; it draws nothing. An
    agent may lend a library another bit generator in the place of the shared one, or put back the state that a library
    draws from.
    """
    allowed = {"default_rng", "get_bit_generator", "set_bit_generator"} | WATCHED
    if path.parts[:2] != ("archgym", "testing"):
        allowed -= {"seed"}
    tree = ast.parse(source, str(path))
    modules = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.split(".")[0]
                modules |= {alias.asname: alias.name} if alias.asname else {top: top}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            modules |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}

    def dotted(node):
        if isinstance(node, ast.Attribute):
            return f"{dotted(node.value)}.{node.attr}"
        return modules.get(node.id, "") if isinstance(node, ast.Name) else ""

    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            module, _, name = dotted(node.func).rpartition(".")
            unseeded = name in SEEDED and not (node.args or node.keywords)
            if module in ("random", "numpy.random") and (unseeded or name[0].islower() and name not in allowed):
                yield f"{path}:{node.lineno} calls {module}.{name}"


def complaints(rule, *folders):
    return [complaint for path, source in sources(*folders) for complaint in rule(path, source)]


def test_the_framework_imports_no_collection():
    assert complaints(forbidden_imports, "archgym") == []


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_collection_imports_only_the_collections_below_it(collection):
    assert complaints(forbidden_imports, collection) == []


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_collection_imports_the_framework_absolutely_and_collections_relatively(collection):
    assert complaints(misspelt_imports, collection) == []


def test_no_module_draws_from_global_random_state():
    assert complaints(shared_randomness, "archgym", *COLLECTIONS) == []


@pytest.mark.parametrize(
    "rule, path, source",
    [
        (forbidden_imports, "archgym/sweep/plan.py", "from archgym.agents import random"),
        (forbidden_imports, "archgym/sweep/plan.py", "from ...archgym.envs import tables"),
        (forbidden_imports, "archgym/sweep/plan.py", "from ..agents.random import Random"),
        (forbidden_imports, "archgym/run.py", "def run():\n    from . import envs"),
        (forbidden_imports, "archgym/run.py", "import archgym.spaces.cell"),
        (forbidden_imports, "archgym/run.py", "import agents"),
        (forbidden_imports, "archgym/run.py", "import_module('archgym.envs')"),
        (forbidden_imports, "agents/local_search.py", "from ..envs.tables import nasbench201"),
        (forbidden_imports, "envs/tables/nasbench201.py", "from ...agents import random"),
        (forbidden_imports, "spaces/cell.py", "from .. import experiments"),
        (misspelt_imports, "envs/tables/nasbench201.py", "from archgym.spaces.cell import NASBench201"),
        (misspelt_imports, "envs/tables/nasbench201.py", "from ...evaluator import Evaluator"),
        (misspelt_imports, "agents/random.py", "from .. import space"),
        (shared_randomness, "agents/random.py", "import numpy as np\nnp.random.shuffle(x)"),
        (shared_randomness, "agents/random.py", "import numpy as np\nnp.random.default_rng()"),
        (shared_randomness, "agents/random.py", "from numpy.random import rand\nrand(3)"),
        (shared_randomness, "agents/random.py", "from numpy import random as r\nr.seed(3)"),
        (shared_randomness, "agents/random.py", "import random\nrandom.choice(x)"),
        (shared_randomness, "agents/random.py", "import random\nrandom.seed(3)"),
        (shared_randomness, "archgym/testing/agents.py", "import random\nrandom.random()"),
        (shared_randomness, "agents/random.py", "from random import Random\nRandom()"),
    ],
)
def test_the_rules_see_what_they_forbid(rule, path, source):
    assert len(list(rule(Path(path), source))) == 1


@pytest.mark.parametrize(
    "rule, path, source",
    [
        (forbidden_imports, "archgym/run.py", "from archgym.agent import Agent\nfrom .space import Space"),
        (forbidden_imports, "envs/tables/nasbench201.py", "from ...spaces.cell import NASBench201"),
        (misspelt_imports, "envs/tables/nasbench201.py", "from ...spaces.cell import A\nfrom archgym.task import Task"),
        (misspelt_imports, "agents/reinforce.py", "from .random import Random"),
        (shared_randomness, "agents/random.py", "import numpy as np\nnp.random.default_rng(3).random()"),
        (shared_randomness, "agents/random.py", "from .random import choice\nchoice()"),
        (shared_randomness, "archgym/testing/agents.py", "import numpy as np\nnp.random.get_state()"),
        (shared_randomness, "agents/random.py", "from random import Random\nRandom(3).choice(x)"),
    ],
)
def test_the_rules_let_pass_what_they_ask_for(rule, path, source):
    assert list(rule(Path(path), source)) == []


@pytest.mark.parametrize("code", ["", "archgym.registry.task_names(), archgym.registry.agent_names()"])
def test_importing_archgym_and_listing_names_loads_nothing_heavy(code):
    code = (f"import json, sys, archgym; {code or 'pass'}\n"
            f"print(json.dumps([name for name in {HEAVY} if name in sys.modules]))")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_what_editors_read_of_archgym_is_what_is_imported_on_use():
    tree = ast.parse((ROOT / "archgym" / "__init__.py").read_text(encoding="utf-8"))
    [block] = [node for node in tree.body
               if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"]
    said = {alias.name: node.module for node in block.body for alias in node.names}
    assert said == archgym._HOME
    assert sorted(said) == sorted(archgym.__all__)
    assert set(said) <= set(dir(archgym))


def test_a_function_of_archgym_is_not_hidden_by_the_submodule_of_its_name():
    code = ("import archgym.task, archgym.run, archgym.space, archgym.agent, archgym.sweep.load\nimport archgym\n"
            "names = ('task', 'run', 'space', 'agent', 'load')\n"
            "print(*(getattr(archgym, name).__name__ for name in names), archgym.Task.__name__)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["task", "run", "space", "agent", "load", "Task"]


def test_a_submodule_of_archgym_is_there_when_asked_for_and_a_misspelt_name_is_not():
    code = "import archgym\nprint(archgym.streams.word('a') > 0, hasattr(archgym, 'stream'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]
