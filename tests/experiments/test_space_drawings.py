"""The pictures of docs/spaces.md are those of the spaces as they are."""

from pathlib import Path
from xml.etree import ElementTree

from archgym.experiments import space_drawings

DOCS = Path(__file__).resolve().parents[2] / "docs"


def texts(path):
    return [element.text for element in ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}text")]


def test_every_picture_of_the_page_is_drawn_by_the_experiment_and_says_what_it_says_now(tmp_path, capsys):
    assert space_drawings.main([str(tmp_path / "new")]) == 0
    drawn = sorted(path.name for path in (tmp_path / "new").iterdir())
    kept = sorted(path.name for path in (DOCS / "spaces").iterdir())
    assert drawn == kept == sorted(f"{name}.svg" for name in space_drawings.PICTURES)
    assert sorted(Path(line).name for line in capsys.readouterr().out.split()) == drawn
    for name in drawn:
        assert texts(tmp_path / "new" / name) == texts(DOCS / "spaces" / name), f"{name}: run the experiment again"


def test_the_page_shows_every_picture_and_all_are_small():
    page = (DOCS / "spaces.md").read_text()
    assert all(f"(spaces/{name}.svg)" in page for name in space_drawings.PICTURES)
    assert sum(path.stat().st_size for path in (DOCS / "spaces").iterdir()) < 600_000
