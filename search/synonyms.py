"""Words that mean the same, as staff wrote them down, at the time of asking.

A group is a line: `积分, points, reward points`. Documents know nothing of it, so a
change counts for the next search without indexing anything again.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from search.analyser import Word, is_unknown, query_words

MAX_TERMS, MAX_TERM_CHARS = 12, 40

_between = re.compile("[,，、;；\n]")
# What a term is made of: `reward points` is two words, each by its first spelling.
Spoken = tuple[str, ...]


def terms_of(group: str) -> list[str]:
    """The words of a group as they were written."""
    return [term.strip() for term in _between.split(group) if term.strip()]


def spoken(term: str) -> Spoken:
    """A term as searching sees it; () if it only has words said in passing."""
    return tuple(word.forms[0] for word in query_words(term))


def with_synonyms(words: tuple[Word, ...], groups: Iterable[str]) -> tuple[Word, ...]:
    """The words, each with what would also satisfy it.

    Of several words that make one term (reward points), each is satisfied by the
    others of the group.
    """
    table = _table(tuple(groups))
    if not table:
        return words
    others: dict[int, list[Spoken]] = {}
    for place in range(len(words)):
        for form in words[place].forms:
            for term, same in table.get(form, ()):
                end = place + len(term)
                if _says(words[place:end], term):
                    for at in range(place, end):
                        others.setdefault(at, []).extend(same)
    return tuple(
        replace(word, others=tuple(dict.fromkeys(others[at]))) if at in others else word
        for at, word in enumerate(words)
    )


def all_terms(groups: Iterable[str]) -> list[str]:
    """Every term staff wrote down."""
    return [term for group in groups for term in terms_of(group)]


def uncut_terms(groups: Iterable[str]) -> frozenset[str]:
    """Chinese terms that are one word standing alone and may be cut in a sentence
    (日包扣了: 日, 包扣), because the dictionary doesn't know them."""
    return _uncut(tuple(groups))


@lru_cache(maxsize=8)
def _uncut(groups: tuple[str, ...]) -> frozenset[str]:
    terms = map(spoken, all_terms(groups))
    return frozenset(
        term[0] for term in terms if len(term) == 1 and is_unknown(term[0])
    )


def _says(words: Sequence[Word], term: Spoken) -> bool:
    return len(words) == len(term) and all(
        part in word.forms for word, part in zip(words, term, strict=True)
    )


@lru_cache(maxsize=8)
def _table(groups: tuple[str, ...]) -> Mapping[str, list[tuple[Spoken, list[Spoken]]]]:
    """First word of a term -> the whole term and the others of its group."""
    table: dict[str, list[tuple[Spoken, list[Spoken]]]] = {}
    for group in groups:
        all_of_it = list(dict.fromkeys(filter(None, map(spoken, terms_of(group)))))
        for term in all_of_it:
            same = [other for other in all_of_it if other != term]
            table.setdefault(term[0], []).append((term, same))
    return table
