"""Texts of the user's, by who or what wrote them, and their letters as one-hot images."""

from pathlib import Path

import numpy as np

from archgym.errors import ArchGymError

from ._held_back import SEED


def texts(name: str, folder: Path) -> dict[str, list[str]]:
    """Label -> texts, in the order of the labels: a file is a label, or a folder of files is one. UTF-8."""
    found = {}
    for entry in sorted(folder.iterdir()):
        if not entry.name.startswith("."):
            files = sorted(entry.iterdir()) if entry.is_dir() else [entry]
            found.setdefault(entry.stem, []).extend(text(name, f) for f in files if not f.name.startswith("."))
    if len(found) < 2:
        raise ArchGymError(f"data set {name}: {folder} has {len(found)} files or folders of texts; at least two are "
                           "told apart")
    return found


def text(name, file) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (UnicodeDecodeError, OSError) as why:
        raise ArchGymError(f"data set {name}: {file} is no text in UTF-8: {why}") from None


def alone(of: dict[str, set]) -> dict[str, list]:
    """What each label has and no other label, sorted."""
    counts = {}
    for found in of.values():
        for each in found:
            counts[each] = counts.get(each, 0) + 1
    return {label: sorted(each for each in found if counts[each] == 1) for label, found in of.items()}


def codes(words: list[str], alphabet: str) -> np.ndarray:
    """(N, length) places in the alphabet, for words of one length."""
    place = np.zeros(128, np.uint8)
    place[[ord(letter) for letter in alphabet]] = range(len(alphabet))
    return place[np.frombuffer("".join(words).encode("ascii"), np.uint8)].reshape(len(words), -1)


def drawn(rows: np.ndarray, count: int, label: int) -> np.ndarray:
    """`count` of a label's rows, in random order."""
    return rows[np.random.default_rng((SEED, label)).permutation(len(rows))[:count]]


def one_hot(codes: np.ndarray, symbols: int) -> np.ndarray:
    """(N, length, symbols) bytes, a one in each row."""
    return np.equal(codes[..., None], np.arange(symbols, dtype=np.uint8)).astype(np.uint8)
