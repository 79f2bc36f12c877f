"""Language and Gutenberg: every letter is read back, and no label is given away by what another has too."""

import numpy as np
import pytest

from archgym import ArchGymError
from archgym.envs.training.datasets.gutenberg import phrases
from archgym.envs.training.datasets.language import words
from archgym.envs.training.sources import load

LANGUAGES = {"dutch": "abcd", "english": "efgh", "swedish": "ijkl"}


def made_up(letters, count):
    rng = np.random.default_rng(ord(letters[0]))
    return {"".join(rng.choice(list(letters), 6)) for _ in range(count)}


@pytest.fixture(scope="module")
def languages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("languages")
    for language, letters in LANGUAGES.items():
        found = [*sorted(made_up(letters, 60)), "shared", "Zürich", "ümlaut", "yodels", "seven"]
        (folder / f"{language}.txt").write_text("\n".join(found), encoding="utf-8")
    return folder


def spelled(x):
    """Four words of each (1, 24, 24) image, whose rows have one letter each."""
    assert ((x == x.max()).sum(axis=3) == 1).all()
    letters = ["".join(chr(97 + i) for i in row) for row in x[:, 0].argmax(axis=2)]
    return [[text[i:i + 6] for i in range(0, 24, 6)] for text in letters]


def test_words_of_a_language_are_read_back_and_serve_one_split_alone(languages):
    options = {"folder": str(languages), "train": 300, "valid": 200, "test": 100}
    data = load("language", options)
    assert data.shape == (1, 24, 24) and data.classes == 3
    own, used = [made_up(letters, 60) for letters in LANGUAGES.values()], {}
    for split, count in (("train", 300), ("valid", 200), ("test", 100)):
        x, y = getattr(data, split)
        assert len(x) == count and np.ptp(np.bincount(y)) <= 1
        for four, label in zip(spelled(x), y):
            assert set(four) <= own[label]
            used.setdefault(split, set()).update(four)
    assert not used["train"] & used["valid"] and not (used["train"] | used["valid"]) & used["test"]
    assert load("language", options).fingerprint == data.fingerprint


def test_only_words_of_six_letters_from_a_to_x_of_one_language_count():
    found = words({"a": ["Garden garden's über, MARKET\nhouses-banana ümlaut"], "b": ["market gardens flower"]})
    assert found == {"a": ["banana", "garden", "houses"], "b": ["flower"]}


def test_a_language_of_few_words_is_named(languages, tmp_path):
    for language in LANGUAGES:
        (tmp_path / language).write_text((languages / f"{language}.txt").read_text())
    (tmp_path / "short").write_text("banana")
    with pytest.raises(ArchGymError, match="short has 1 words of six letters.*at least 22"):
        load("language", {"folder": str(tmp_path)})


@pytest.mark.parametrize("text, expected", [
    ("Such sweet sorrow, that", ["such__sweet_sorrow", "sweet_sorrowthat__"]),
    ("The lady doth protest, methinks", ["the___lady__doth__"]),
    ("CHAPTER II\nScene iv: old man sea", ["old___man___sea___"]), ("élan vital été", ["elan__vital_ete___"]),
    ("one two 3 three", ["one___two___three_"]), ("we are of two or more", []),
    ("licence\n*** START OF THE PROJECT GUTENBERG EBOOK PLATO ***\nold man sea\n"
     "*** END OF THE PROJECT GUTENBERG EBOOK PLATO ***\nmore words here", ["old___man___sea___"])])
def test_phrases_are_three_words_in_a_row(text, expected):
    assert phrases(text) == expected


@pytest.fixture(scope="module")
def authors(tmp_path_factory):
    folder = tmp_path_factory.mktemp("authors")
    for author, letters in LANGUAGES.items():
        (folder / author).mkdir()
        for book in range(2):
            rng = np.random.default_rng((ord(letters[0]), book))
            text = " ".join("".join(rng.choice(list(letters), rng.integers(3, 7))) for _ in range(120))
            (folder / author / f"book{book}.txt").write_text(f"call me what you may\n{text}")
    return folder


def test_phrases_of_an_author_are_read_back_and_each_is_in_one_split(authors):
    data = load("gutenberg", {"folder": str(authors)})
    assert data.shape == (1, 27, 18) and data.classes == 3
    symbols, seen = "abcdefghijklmnopqrstuvwxyz_", []
    own = [{phrase for book in (authors / author).iterdir() for phrase in phrases(book.read_text())}
           for author in LANGUAGES]
    for split in ("train", "valid", "test"):
        x, y = getattr(data, split)
        assert ((x == x.max()).sum(axis=2) == 1).all() and len(set(np.bincount(y))) == 1
        for codes, label in zip(x[:, 0].argmax(axis=1), y):
            seen.append("".join(symbols[i] for i in codes))
            assert seen[-1] in own[label]
    assert len(seen) == len(set(seen)) and not {"call__what__you___", "what__you___may___"} & set(seen)
    sizes = [len(getattr(data, split)[0]) // 3 for split in ("train", "valid", "test")]
    each = min(len(phrases - set.union(*(o for o in own if o is not phrases))) for phrases in own)
    assert sum(sizes) == each and sizes[2] == each // 12 and sizes[1] == (each - sizes[2]) // 4
    few = load("gutenberg", {"folder": str(authors), "train": 20, "test": 5})
    assert [len(few.train[0]), len(few.test[0])] == [20, 5] and (few.valid[1] == data.valid[1]).all()


def test_texts_that_cannot_be_told_apart_or_read_say_so(authors, tmp_path):
    (tmp_path / "plato.txt").write_text("old man sea")
    with pytest.raises(ArchGymError, match="1 files or folders of texts; at least two"):
        load("gutenberg", {"folder": str(tmp_path)})
    (tmp_path / "homer.txt").write_text("old man sea")
    with pytest.raises(ArchGymError, match="has 0 phrases.*at least 12"):
        load("gutenberg", {"folder": str(tmp_path)})
    (tmp_path / "homer.txt").write_bytes("Zürich".encode("latin1"))
    with pytest.raises(ArchGymError, match="homer.txt is no text in UTF-8"):
        load("gutenberg", {"folder": str(tmp_path)})
    with pytest.raises(ArchGymError, match="train samples; 100,000 were asked for"):
        load("gutenberg", {"folder": str(authors), "train": 100_000})
