"""Three consecutive words of three to six letters as 1 x 27 x 18; the label is who wrote them.

Geada, Towers, Forshaw, Atapour-Abarghouei & McGough, "Insights from the Use of Previously Unseen Neural Architecture
Search Datasets", CVPR 2024; read here: the description of the data in their repository cvpr-nas-datasets, where six
authors' books are of Project Gutenberg. A column is a place in the three words, each filled up to six letters; a row is
the symbol there, a to z and the filling. Accents are taken off; punctuation, headings in capitals, words of structure
and Roman numerals are left out, and so are phrases of several authors. All authors have as many phrases, 12,100 as
published or fewer: a twelfth to test on, a quarter of the others to validate with. Phrases overlap in the text, as in
the original, so that a word and its neighbor may occur in two of the splits.
"""

import re
import unicodedata

import numpy as np

from archgym.errors import ArchGymError

from ..data import SPLITS, Data, standardized_bytes
from ._held_back import SEED, some
from ._letters import alone, codes, drawn, one_hot, texts
from ._place import place

ORIGIN = ("It holds a text file for each author, or a folder of text files, in UTF-8, such as plato/republic.txt; "
          "plain texts of books are at https://www.gutenberg.org.")
ALPHABET = "abcdefghijklmnopqrstuvwxyz_"
MOST = 12_100
AT_LEAST = 12
STRUCTURE = {"prologue", "epilogue", "chapter", "scene", "act"}
BOOK = re.compile(r"\*\*\* ?START OF [^\n]*\*\*\*(.*?)(?:\*\*\* ?END OF |\Z)", re.DOTALL)
"""What stands between the lines that Project Gutenberg puts around a book."""


def load(folder: str = "", train: int | None = None, valid: int | None = None, test: int | None = None) -> Data:
    books = texts("gutenberg", place("gutenberg", folder, ORIGIN))
    found = alone({author: {phrase for text in own for phrase in phrases(text)} for author, own in books.items()})
    each = min(MOST, *map(len, found.values()))
    if each < AT_LEAST:
        least = min(found, key=lambda author: len(found[author]))
        raise ArchGymError(f"data set gutenberg: {least} has {each} phrases of three words of three to six letters "
                           f"that no other has; at least {AT_LEAST} are needed")
    last = each // 12
    sizes = each - last - (each - last) // 4, (each - last) // 4, last
    pools = np.array([drawn(codes(own, ALPHABET), each, label) for label, own in enumerate(found.values())])
    made = []
    parts = np.split(pools, np.cumsum(sizes)[:-1], axis=1)
    for split, count, part in zip(SPLITS, (train, valid, test), parts):
        images = one_hot(part.reshape(-1, 18), len(ALPHABET)).transpose(0, 2, 1)[:, None]
        made.append(some("gutenberg", split, images, np.repeat(np.arange(len(found)), part.shape[1]), count))
    cut = f"of the phrases, {', '.join(f'{size:,}' for size in sizes)} an author, drawn by seed {SEED}"
    return standardized_bytes("gutenberg", *made, len(found), cut)


def phrases(text: str) -> list[str]:
    """All three consecutive words of three to six letters, each filled up to six, in a row."""
    if book := BOOK.search(text):
        text = book[1]
    lines = (line for line in text.splitlines() if not line.isupper())
    plain = "".join(c for c in unicodedata.normalize("NFKD", "\n".join(lines)) if not unicodedata.combining(c)).lower()
    found = [word for word in re.findall("[a-z]+", plain) if word not in STRUCTURE and not numeral(word)]
    return ["".join(word.ljust(6, "_") for word in three) for three in zip(found, found[1:], found[2:])
            if all(3 <= len(word) <= 6 for word in three)]


def numeral(word) -> bool:
    """Of a chapter; I is a word."""
    return word != "i" and re.fullmatch("[ivx]+", word) is not None
