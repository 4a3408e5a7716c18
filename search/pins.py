"""Which searches staff answered themselves: the same one in other words counts, too.

The list is read when somebody searches, and keys are made of it then: a change counts
for the next search, whatever the analyser was when it was written.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from search.synonyms import Spoken, spoken, terms_of

Row = tuple[str, Sequence[str]]


def key_of(text: str) -> Spoken:
    """The words of a search that tell, in no order: 如何兑换积分 is 积分兑换."""
    return tuple(sorted(spoken(text)))


def pinned_for(text: str, rows: Iterable[Row]) -> list[str]:
    """Ids of what is put first for this search, each once."""
    table = _table(tuple((queries, tuple(things)) for queries, things in rows))
    return table.get(key_of(text), []) if table else []


@lru_cache(maxsize=8)
def _table(rows: tuple[tuple[str, tuple[str, ...]], ...]) -> Mapping[Spoken, list[str]]:
    table: dict[Spoken, dict[str, None]] = {}
    for queries, things in rows:
        for text in terms_of(queries):
            table.setdefault(key_of(text), {}).update(dict.fromkeys(things))
    return {key: list(things) for key, things in table.items() if key}
