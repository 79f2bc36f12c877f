"""Four words of six letters as 1 x 24 x 24; the label is their language.

Geada, Towers, Forshaw, Atapour-Abarghouei & McGough, "Insights from the Use of Previously Unseen Neural Architecture
Search Datasets", CVPR 2024; read here: the description of the data in their repository cvpr-nas-datasets, whose ten
languages come from the dictionaries of aspell. A row is a place in the four words, a column the letter there, a to x;
words with other letters are left out, and here those of several languages too. Words to train with, to validate with
and to test on are different ones: 1,000, 500 and 700 of each language (published: 1,500 and 700), or fewer in
proportion, where a language has not so many.
"""

import re

import numpy as np

from archgym.errors import ArchGymError

from ..data import Data, standardized_bytes
from ._held_back import SEED
from ._letters import alone, codes, drawn, one_hot, texts
from ._place import place

ORIGIN = ("It holds a file for each language, such as english.txt: a list of words or any text, in UTF-8. Debian's "
          "packages wamerican, wngerman, wfrench and their like lay lists into /usr/share/dict: copy them from there.")
ALPHABET = "abcdefghijklmnopqrstuvwx"
WORDS = (1000, 500, 700)
AT_LEAST = 22


def load(folder: str = "", train: int = 45_000, valid: int = 15_000, test: int = 10_000) -> Data:
    found = words(texts("language", place("language", folder, ORIGIN)))
    fewest = min(map(len, found.values()))
    if fewest < AT_LEAST:
        least = min(found, key=lambda language: len(found[language]))
        raise ArchGymError(f"data set language: {least} has {fewest} words of six letters from a to x that no other "
                           f"language has; at least {AT_LEAST} are needed")
    ends = np.cumsum([count * min(fewest, sum(WORDS)) // sum(WORDS) for count in WORDS])
    pools = np.array([drawn(codes(own, ALPHABET), ends[-1], label) for label, own in enumerate(found.values())])
    made = [compose(pool, count, np.random.default_rng((SEED, len(found), which)))
            for which, (pool, count) in enumerate(zip(np.split(pools, ends[:-1], axis=1), (train, valid, test)))]
    sizes = ", ".join(f"{size:,}" for size in np.diff(ends, prepend=0))
    return standardized_bytes("language", *made, len(found), f"of the words, {sizes} a language, drawn by seed {SEED}")


def words(of: dict[str, list[str]]) -> dict[str, list[str]]:
    """Language -> its words of six letters from a to x that no other language has, sorted."""
    return alone({language: {word for text in texts for word in re.findall(r"[^\W\d_]+", text.lower())
                             if re.fullmatch("[a-x]{6}", word)} for language, texts in of.items()})


def compose(pool, count, rng):
    """(images (count, 1, 24, 24), labels) from (languages, words, 6) letters; labels are equally frequent."""
    labels = rng.permutation(np.arange(count) % len(pool))
    picked = pool[labels[:, None], rng.integers(pool.shape[1], size=(count, 4))]
    return one_hot(picked.reshape(count, 24), len(ALPHABET))[:, None], labels
