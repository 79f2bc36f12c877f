"""Files are put in place whole, or not at all."""

import pytest

from archgym.whole import write_text, write_whole


def test_a_file_takes_the_place_of_another(tmp_path):
    write_text(tmp_path / "a.txt", "before")
    write_text(tmp_path / "a.txt", "naïve ±")
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "naïve ±" and len(list(tmp_path.iterdir())) == 1


def test_what_fails_half_way_leaves_the_old_file_and_nothing_beside(tmp_path):
    def half(file):
        file.write(b"half")
        raise KeyboardInterrupt

    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "a", half)
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a", b"old")]
