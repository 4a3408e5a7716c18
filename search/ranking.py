"""What makes one hit better than another, whichever engine does the counting.

BM25F with three streams of a text: its words; its neighbours, which tell who stands
close to whom; and its Chinese characters, which count for as much as the text is short,
since in a long one nearly every character occurs. All numbers here are the same for
every site and language; `manage.py evaluate_search` says what they are worth.
"""

from bisect import bisect
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import log1p

import numpy as np
from numpy.typing import NDArray

from search.documents import SECTION_WEIGHTS, Document

# How soon more of the same word stops counting, and how much length counts.
K1, B = 1.2, 0.6
# A title of this many words weighs what SECTION_WEIGHTS says, a shorter one more.
TITLE_WORDS, TITLE_B = 8, 0.5
# What a word inside another (国际 in 国际漫游) and one said in passing (how, the, 怎么)
# are worth beside one that tells.
PIECE_WORTH, PASSING_WORTH = 0.5, 0.3
HAN_GRAM_WORTH, LATIN_GRAM_WORTH = 0.3, 0.2
# A text of this many Chinese characters gives each this worth, a longer one less.
CHARACTER_WORTH, SHORT_TEXT_CHARS = 0.8, 14
# For engines that can't compute with that, the steps it is rounded to.
CHARACTER_LEVELS = (0.1, 0.2, 0.3, 0.45, 0.6, 0.75, 0.9, 1.05, 1.2, 1.4, 1.6, 1.9)

# What a word is worth that is there only as a synonym, in parts, or as its characters.
SYNONYM_WORTH, PART_WORTH, SCATTERED_WORTH = 0.8, 0.6, 0.3
# With fewer hits than this that have every word, those with some of them follow. To
# have every word is worth something by itself, and much if they stand side by side as
# asked; in a long text all of them may stand by chance.
ENOUGH, COMPLETE_WORTH, PHRASE_WORTH = 10, 1.15, 2.5
# "Some" means this share of what the words found anywhere say together, by rarity. When
# fewer than this share of the words stand anywhere, nothing here is about it.
SOME_SHARE, KNOWN_SHARE = 0.1, 1 / 3
PREFERRED_LANGUAGE = 1.15
# What is as young as the youngest thing there is worth so much more, half of it with
# every year of age.
FRESH_WORTH, FRESH_HALF_LIFE_DAYS = 0.04, 365
# If meaning is asked for, a text that says the very same gets so much of what the best
# gets for its words. When few texts have every word, those near enough are found even
# if they have none, but not more than so many.
MEANING_WORTH, NEAREST = 0.75, 100


@dataclass(frozen=True, slots=True)
class Weighed:
    """Each stream's terms with their weights over all sections, and the lengths."""

    words: Mapping[str, float]
    grams: Mapping[str, float]
    characters: Mapping[str, float]
    length: float
    han_chars: int


def weighed(document: Document) -> Weighed:
    """What BM25F would sum when asking, summed when indexing."""
    words: Counter[str] = Counter()
    grams: Counter[str] = Counter()
    characters: Counter[str] = Counter()
    length, han_chars = 0.0, 0
    for section, text in document.words.items():
        terms = text.split()
        weight = SECTION_WEIGHTS[section]
        if section == "title":
            weight /= 1 - TITLE_B + TITLE_B * len(terms) / TITLE_WORDS
        length += weight * len(terms)
        _add(words, terms, weight)
        _add(grams, document.grams.get(section, "").split(), weight)
        singly = document.characters.get(section, "").split()
        han_chars += len(singly)
        _add(characters, singly, weight)
    return Weighed(words, grams, characters, length, han_chars)


def rarity(documents: int, frequency: int) -> float:
    """How much a term says. One that stands everywhere still says a little."""
    return log1p(max(documents, frequency) / frequency)


def freshness(ages_days: NDArray[np.float32]) -> NDArray[np.float32]:
    """What scores are multiplied with, by age."""
    fading = np.exp2(-ages_days / np.float32(FRESH_HALF_LIFE_DAYS))
    return 1 + np.float32(FRESH_WORTH) * fading


def near_enough(near: NDArray[np.float32], least: float) -> NDArray[np.bool_]:
    """What is found by its meaning alone."""
    if len(near) > NEAREST:
        least = max(least, float(np.partition(near, -NEAREST)[-NEAREST]))
    return near >= least


def worth_of_meaning(
    near: NDArray[np.float32], scores: NDArray[np.float32]
) -> NDArray[np.float32]:
    """What hits get beside the scores that their words have."""
    best = float(scores.max(initial=0)) or 1.0
    return np.float32(MEANING_WORTH * best) * np.maximum(near, 0)


def gram_worth(gram: str) -> float:
    return LATIN_GRAM_WORTH if "_" in gram else HAN_GRAM_WORTH


def _add(weights: Counter[str], terms: list[str], weight: float) -> None:
    for term, count in Counter(terms).items():
        weights[term] += weight * count  # type: ignore[assignment] # floats here


def character_level(weight: float, han_chars: int) -> int:
    """What a character is worth in a text, as a place in CHARACTER_LEVELS; -1 in a
    text so long that it says nothing."""
    gain = weight * (K1 + 1) / (weight + K1 * han_chars / SHORT_TEXT_CHARS)
    return bisect(_BETWEEN_LEVELS, gain) - 1


_BETWEEN_LEVELS = [
    (lower + upper) / 2 for lower, upper in pairwise((0.0, *CHARACTER_LEVELS))
]
