"""Every snippet of the README and of docs/ runs.

Python blocks are executed page by page, in order, in a folder of their own; a block that begins with `# name.py` or
`# name.yaml` is written there as that file first. `sh` blocks hold archgym commands, which must succeed.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page):
    return [(kind, body) for kind, body in BLOCK.findall(page.read_text(encoding="utf-8"))
            if kind in ("python", "sh", "yaml")]


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p)], ids=lambda p: p.name)
def test_every_snippet_of_the_page_runs(page, tmp_path):
    environment = os.environ | {"ARCHGYM_CACHE": str(tmp_path / "cache"), "PYTHONPATH": str(ROOT),
                                "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))}
    for kind, body in blocks(page):
        if named := re.match(r"# ([\w./-]+\.(?:py|yaml))\n", body):
            (tmp_path / named[1]).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / named[1]).write_text(body)
        command = [sys.executable, "-c", body] if kind == "python" else ["bash", "-euc", body]
        if kind == "yaml":
            continue
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{page.name}:\n{body}\n{done.stdout}\n{done.stderr}"


def test_the_plug_in_story_fits_on_a_screen():
    story = next(body for kind, body in blocks(ROOT / "README.md") if body.startswith("# hill.py"))
    assert len(story.splitlines()) <= 30


def test_every_page_that_is_linked_is_there():
    for page in PAGES:
        for target in re.findall(r"\]\((?!\w+:)([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
