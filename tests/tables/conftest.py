import pytest
from toy_table import write

from archgym.tables.declare import declare
from archgym.tables.read import read
from archgym.tables.store import save


@pytest.fixture
def imported(tmp_path, monkeypatch):
    """`imported(rows, ...)` writes a table and imports it; gives its task's name."""
    monkeypatch.setenv("ARCHGYM_CACHE", str(tmp_path / "cache"))

    def keep(*args, options=None, replace=False, **more):
        declaration = declare(write(tmp_path, *args, **more), options or {})
        save(declaration, *read(declaration), replace)
        return declaration.name

    return keep
