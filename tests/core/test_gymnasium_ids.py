"""The ids of Gymnasium are there whichever of the two is imported first, and importing archgym alone loads no Gymnasium."""

import subprocess
import sys

import pytest

MADE = "env = gymnasium.make('archgym/NASBench201-v0', budget=5); env.reset(seed=0); print(env.unwrapped.spec.id)"


@pytest.mark.parametrize("imports", ["import archgym, gymnasium", "import gymnasium, archgym",
                                     "import archgym; from gymnasium import spaces; import gymnasium",
                                     "import archgym; import archgym.environment; import gymnasium"])
def test_ids_are_there_in_either_order_of_import(root, imports):
    done = subprocess.run([sys.executable, "-c", f"{imports}\n{MADE}"], capture_output=True, text=True, cwd=root)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "archgym/NASBench201-v0"


def test_gymnasium_finds_archgym_by_the_module_in_an_id(root):
    code = f"import gymnasium\n{MADE.replace('archgym/NAS', 'archgym:archgym/NAS', 1)}"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=root).returncode == 0


def test_importing_archgym_loads_no_gymnasium_and_leaves_its_module_as_it_is(root):
    code = ("import sys, archgym; assert 'gymnasium' not in sys.modules\n"
            "import gymnasium, importlib; assert gymnasium.__spec__.name == 'gymnasium' and gymnasium.__file__\n"
            "assert not [f for f in sys.meta_path if type(f).__module__.startswith('archgym')]\n"
            "importlib.reload(gymnasium)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root)
    assert done.returncode == 0, done.stderr
