"""Gymnasium ids `archgym/<task>`: there once both archgym and gymnasium are imported, in either order.

Gymnasium has no plug-in hook, and importing it costs more than importing archgym. So `import archgym` registers at once
where gymnasium is loaded, and otherwise waits for its import.
"""

import importlib.util
import sys


def register() -> None:
    """Register an id for every task; no task is imported for it."""
    import gymnasium

    from .registry import task_names

    for name in task_names():
        if f"archgym/{name}" not in gymnasium.registry:
            gymnasium.register(f"archgym/{name}", entry_point="archgym.environment:make_env",
                               vector_entry_point="archgym.environment:make_vec_env", kwargs={"task": name})


class _WhenImported:
    """A finder that finds nothing itself: it lets gymnasium's own loader do its work, and then registers."""

    def find_spec(self, name, path=None, target=None):
        if name != "gymnasium":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def load_and_register(module):
                load(module)
                register()

            spec.loader.exec_module = load_and_register
        return spec


def register_when_imported() -> None:
    if "gymnasium" in sys.modules:
        register()
    elif not any(isinstance(finder, _WhenImported) for finder in sys.meta_path):
        sys.meta_path.insert(0, _WhenImported())
