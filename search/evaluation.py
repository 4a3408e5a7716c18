"""How well search ranks, on sets of documents, queries and known answers.

A set is a folder: `corpus.jsonl.gz` (_id, title, text), `queries.jsonl` (_id, text) and
`qrels.tsv` (query-id, corpus-id, score; a heading first). Everything goes the way it
goes on the site: the same analyser, engine and query code, in an index of its own.
"""

import gzip
import json
import math
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from common.text import detect_language
from search import queries
from search.documents import Document
from search.engines.base import HallBackend
from search.indexes import analysed
from search.meaning import GIST_CHARS

HALVES = ("first", "second")
NDCG_AT, MRR_AT, RECALL_AT = 10, 10, 100
# Not a kind of the site's: no room is asked whether it may be seen.
KIND = "evaluation"


class BrokenSet(Exception):
    """A file of a set that is missing, ends too early or says something else."""


@dataclass(frozen=True, slots=True)
class Query:
    id: str
    text: str
    relevant: Mapping[str, float]


@dataclass(frozen=True)
class RelevanceSet:
    """Queries with what answers them; the documents stay in the file until read."""

    folder: Path
    queries: Sequence[Query]

    @property
    def language(self) -> str:
        """What most ask in, so the language of the page they would ask on."""
        spoken = Counter(detect_language(query.text) for query in self.queries)
        return spoken.most_common(1)[0][0]

    def texts(self) -> Iterator[tuple[str, str, str]]:
        """(id, title, text) of every document."""
        for row in _rows(self.folder / "corpus.jsonl.gz", "_id", "text"):
            yield str(row["_id"]), str(row.get("title") or ""), str(row["text"])


@dataclass(frozen=True, slots=True)
class Measured:
    """Means over the queries of a set."""

    documents: int
    queries: int
    ndcg10: float
    mrr10: float
    recall100: float


def sets_in(folder: Path) -> list[Path]:
    """The folder itself or those in it that hold a set."""
    found = [*folder.glob("corpus.jsonl.gz"), *folder.glob("*/corpus.jsonl.gz")]
    return sorted(path.parent for path in found)


def read_set(folder: Path, half: str = "") -> RelevanceSet:
    """A set, or a half of its queries that is always the same. Raises BrokenSet."""
    relevant: dict[str, dict[str, float]] = {}
    for query, document, gain in _judgements(folder / "qrels.tsv"):
        relevant.setdefault(query, {})[document] = gain
    asked = [
        Query(str(row["_id"]), str(row["text"]), relevant[str(row["_id"])])
        for row in _rows(folder / "queries.jsonl", "_id", "text")
        if str(row["_id"]) in relevant
    ]
    if half:
        wanted = HALVES.index(half)
        asked = [one for one in asked if zlib.crc32(one.id.encode()) % 2 == wanted]
    if not asked:
        raise BrokenSet(f"{folder} holds no query with a known answer")
    return RelevanceSet(folder, asked)


def evaluate(
    relevance_set: RelevanceSet,
    backend: HallBackend,
    *,
    on_document: Callable[[], object] = bool,
    on_query: Callable[[], object] = bool,
) -> Measured:
    """Index the set's documents and ask its queries. Raises BrokenSet."""
    titles: dict[str, str] = {}

    def documents() -> Iterator[Document]:
        for one, title, text in relevance_set.texts():
            titles[one] = title
            on_document()
            yield _document(one, title, text)

    with backend.rebuilding():
        backend.write(documents())
    sums, prefer = [0.0, 0.0, 0.0], relevance_set.language
    for query in relevance_set.queries:
        found = _ids_found(query, backend, titles, prefer)
        for place, value in enumerate(
            (ndcg(found, query.relevant), mrr(found, query.relevant),
             recall(found, query.relevant))
        ):  # fmt: skip
            sums[place] += value
        on_query()
    count = len(relevance_set.queries)
    return Measured(len(titles), count, *(value / count for value in sums))


def ndcg(
    found: Sequence[str], relevant: Mapping[str, float], at: int = NDCG_AT
) -> float:
    """Gains as they are, discounted by the logarithm of the place, of the best 1."""
    best = _discounted(sorted(relevant.values(), reverse=True)[:at])
    return _discounted(relevant.get(one, 0.0) for one in found[:at]) / best


def mrr(found: Sequence[str], relevant: Mapping[str, float], at: int = MRR_AT) -> float:
    """One through the place of the first that answers."""
    for place, one in enumerate(found[:at], start=1):
        if one in relevant:
            return 1 / place
    return 0.0


def recall(
    found: Sequence[str], relevant: Mapping[str, float], at: int = RECALL_AT
) -> float:
    """How much of what answers is among the first hundred."""
    return len(set(found[:at]) & set(relevant)) / len(relevant)


def _ids_found(
    query: Query, backend: HallBackend, titles: Mapping[str, str], prefer: str
) -> list[str]:
    # A thread's title asked as a query shall find other threads than its own.
    own = query.id.removeprefix("q")
    if titles.get(own, "").strip() != query.text.strip() or own == query.id:
        own = ""
    results = queries.search(
        query.text,
        prefer=prefer,
        per_page=RECALL_AT + 1,
        backend=backend,
    )
    if results.degraded:
        raise RuntimeError(f"The engine failed for {query.text!r}; see the log")
    return [hit.pk for hit in results.hits if hit.pk != own][:RECALL_AT]


def _document(one: str, title: str, text: str) -> Document:
    language = detect_language(title or text)
    label = f"search.{KIND}"
    return Document(
        id=f"{label}.{one}",
        **analysed({"title": title, "body": text}),
        filters={"kind": [KIND], "language": [language], "model": [label]},
        prior=1.0,
        gist=f"{title}\n{text}"[:GIST_CHARS],
        day=0,
        shown={
            "id": f"{label}.{one}",
            "pk": one,
            "kind": KIND,
            "title": title,
            "language": language,
            "url": "",
            "status": "",
            "votes": 0,
            "answers": 0,
            "helpful_percent": None,
            "tag_names": [],
            "circle": "",
            "circle_names": {},
            "asked_at": "",
            "checked_on": "",
            "texts": {},
        },
    )


def _discounted(gains: Iterable[float]) -> float:
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, 1))


def _judgements(file: Path) -> Iterator[tuple[str, str, float]]:
    """(query, document, gain), without those of no gain."""
    for number, line in _lines(file):
        if number == 1 or not line.strip():
            continue
        try:
            query, document, gain = line.rstrip("\r\n").split("\t")
            value = float(gain)
        except ValueError as error:
            raise BrokenSet(f"{file}, line {number}: not three columns") from error
        if value > 0:
            yield query, document, value


def _rows(file: Path, *needed: str) -> Iterator[dict[str, Any]]:
    for number, line in _lines(file):
        try:
            row = json.loads(line)
        except ValueError as error:
            raise BrokenSet(f"{file}, line {number}: {error}") from error
        missing = [name for name in needed if name not in row]
        if missing:
            raise BrokenSet(f"{file}, line {number}: no {missing[0]}")
        yield row


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    number = 0
    try:
        with _opened(file) as lines:
            for number, line in enumerate(lines, start=1):
                yield number, line
    except (ValueError, EOFError, OSError, zlib.error) as error:
        raise BrokenSet(f"{file}, line {number + 1}: {error}") from error


def _opened(file: Path) -> IO[str]:
    if file.suffix == ".gz":
        return gzip.open(file, "rt", encoding="utf-8")
    return file.open(encoding="utf-8")
