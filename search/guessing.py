"""What somebody may have meant: pinyin, typing errors, characters that sound alike.

Guesses are made of words that stand in titles and tags of public things, and of those
staff wrote down as synonyms; of nothing else, since a guess is shown to anybody.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache

import rjieba
from pypinyin import lazy_pinyin

from search.analyser import is_han, normalise, typed_words

MAX_GUESSED_CHARS = 60
# The letters a word must have for one or two of them to be wrong.
ONE_WRONG_FROM, TWO_WRONG_FROM = 4, 8
HAN_WORD = range(2, 7)

_letters = re.compile(r"[a-z]+(?:'[a-z]+)*", re.IGNORECASE)
_han_runs = re.compile("[\u4e00-\u9fff]{2,}")
_alphabet = "abcdefghijklmnopqrstuvwxyz"


def telling_words(texts: Iterable[str]) -> list[str]:
    """The words of titles and tags that a guess may be made of."""
    found = []
    for text in texts:
        for word in typed_words(normalise(text)):
            if is_han(word):
                if len(word) in HAN_WORD:
                    found.append(word)
            elif word.isascii() and word.isalpha() and len(word) >= ONE_WRONG_FROM:
                found.append(word)
    return found


@lru_cache(maxsize=100_000)
def sound(word: str) -> str:
    """A Chinese word in pinyin, without tones: 积分 is jifen."""
    return "".join(lazy_pinyin(word))


def vocabulary_of(counts: Mapping[str, int], more: Sequence[str]) -> "Vocabulary":
    """The vocabulary of these counts; made once as long as they are the same object."""
    global _latest
    for_counts, for_more, vocabulary = _latest
    if for_counts is not counts or for_more != more:
        vocabulary = Vocabulary(counts, more)
        _latest = counts, more, vocabulary
    return vocabulary


class Vocabulary:
    """Words and how many titles and tags hold them."""

    def __init__(self, counts: Mapping[str, int], more: Iterable[str] = ()) -> None:
        self.counts = dict(counts)
        for word in telling_words(more):
            self.counts.setdefault(word, 1)

    def read_as_pinyin(self, text: str, unknown: Collection[str]) -> str:
        """The text with what can be read as pinyin in characters, "" if nothing can.

        Only words nobody wrote (`unknown`) are read so; neighbours may be one word
        (ji fen) and one may be several (jifenduihuan).
        """
        pieces, changed = [], False
        for run, are_unknown in _unknown_runs(text[:MAX_GUESSED_CHARS], unknown):
            read = self._read(run) if are_unknown else ""
            changed = changed or bool(read)
            pieces.append(read or run)
        return "".join(pieces) if changed else ""

    def corrected(self, text: str, unknown: Collection[str]) -> str:
        """The text with typing errors mended, "" if there is nothing to mend."""
        start = text[:MAX_GUESSED_CHARS]

        def nearest(word: re.Match[str]) -> str:
            typed = word[0].lower()
            return (self._nearest(typed) if typed in unknown else "") or word[0]

        mended = _letters.sub(nearest, start)
        mended = _han_runs.sub(lambda run: self._sounding_alike(run[0]), mended)
        return mended + text[MAX_GUESSED_CHARS:] if mended != start else ""

    @cached_property
    def _by_sound(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for word in sorted(self.counts, key=lambda word: (-self.counts[word], word)):
            if is_han(word):
                found.setdefault(sound(word), []).append(word)
        return found

    @cached_property
    def _by_beginning(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for word in self.counts:
            if not is_han(word):
                found.setdefault(word[0], []).append(word)
        return found

    def _read(self, run: str) -> str:
        """The whole run as words of the vocabulary, in as few as possible."""
        typed = "".join(_letters.findall(run)).replace("'", "").lower()
        # best[end]: the words that the letters up to there can be read as
        best: dict[int, list[str]] = {0: []}
        for end in range(1, len(typed) + 1):
            for start in range(end):
                words = self._by_sound.get(typed[start:end])
                if words and start in best:
                    read = [*best[start], words[0]]
                    if end not in best or len(read) < len(best[end]):
                        best[end] = read
        return " ".join(best.get(len(typed), ()))

    def _nearest(self, typed: str) -> str:
        """The commonest word one error away; two, if it is long."""
        if len(typed) < ONE_WRONG_FROM:
            return ""
        near = {word for word in _one_error_away(typed) if word in self.counts}
        if not near and len(typed) >= TWO_WRONG_FROM:
            near = {
                word
                for word in self._by_beginning.get(typed[0], ())
                if abs(len(word) - len(typed)) <= 2 and _errors(typed, word) <= 2
            }
        return max(near, key=lambda word: (self.counts[word], word), default="")

    def _sounding_alike(self, run: str) -> str:
        """The run with pieces that are no words in place of words of the same sound."""
        place = 0
        while place < len(run):
            for size in (4, 3, 2):
                piece = run[place : place + size]
                if len(piece) < size or piece in self.counts or rjieba.has_word(piece):
                    continue
                alike = [
                    word
                    for word in self._by_sound.get(sound(normalise(piece)), ())
                    if len(word) == size
                ]
                if alike:
                    run = run[:place] + alike[0] + run[place + size :]
                    place += size - 1
                    break
            place += 1
        return run


def _unknown_runs(text: str, unknown: Collection[str]) -> list[tuple[str, bool]]:
    """(stretch, whether it is made of unknown words only), in order."""
    runs: list[tuple[str, bool]] = []
    at = 0
    for word in _letters.finditer(text):
        is_unknown = word[0].lower() in unknown
        between = text[at : word.start()]
        if is_unknown and runs and runs[-1][1] and not between.strip():
            runs[-1] = (runs[-1][0] + between + word[0], True)
        else:
            runs += [(between, False), (word[0], is_unknown)]
        at = word.end()
    return [*runs, (text[at:], False)]


def _one_error_away(word: str) -> set[str]:
    """Every spelling with a letter left out, doubled, wrong or two swapped."""
    splits = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    found = {start + end[1:] for start, end in splits if end}
    found |= {start + end[1] + end[0] + end[2:] for start, end in splits if end[1:]}
    for letter in _alphabet:
        found |= {start + letter + end[1:] for start, end in splits if end}
        found |= {start + letter + end for start, end in splits}
    return found - {word}


def _errors(one: str, other: str) -> int:
    """How many letters were left out, added, wrong, or swapped with the next."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        before, above, row = row, before, [at]
        for place, wanted in enumerate(other, start=1):
            cost = min(
                before[place] + 1,
                row[place - 1] + 1,
                before[place - 1] + (letter != wanted),
            )
            if (
                at > 1
                and place > 1
                and letter == other[place - 2]
                and one[at - 2] == wanted
            ):
                cost = min(cost, above[place - 2] + 1)
            row.append(cost)
    return row[-1]


_latest: tuple[Mapping[str, int], Sequence[str], Vocabulary] = ({}, (), Vocabulary({}))
