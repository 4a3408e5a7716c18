"""The engine for many machines: OpenSearch, asked over HTTP.

It gets our words, separated by spaces, so it needs no plugin and no dictionary. An
alias is what everybody searches; a rebuild fills a new index and moves the alias. Who
writes holds a lease, a document in an index of its own.
"""

import logging
import secrets
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from itertools import islice
from math import log
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from haystack.backends import BaseEngine
from opensearchpy import OpenSearch
from opensearchpy.exceptions import (
    ConflictError,
    NotFoundError,
    OpenSearchException,
)
from opensearchpy.helpers import bulk

from search import ranking
from search.analyser import ANALYSER_VERSION
from search.documents import Document
from search.engines import asking
from search.engines.asking import (
    AllOf,
    AnyOf,
    Begins,
    BestOf,
    Candidate,
    Flat,
    Node,
    Since,
    Tallied,
    Term,
    Times,
    ToRank,
    ToTally,
    terms_in,
)
from search.engines.base import (
    COMMAND_WAIT_SECONDS,
    Found,
    HallBackend,
    HallQuery,
    Health,
    Wanted,
)
from search.errors import IndexBroken, IndexBusy, IndexMissing
from search.guessing import telling_words

logger = logging.getLogger(__name__)

# Raised when what a document holds in the index changes.
LAYOUT_VERSION = 1
LAYOUT = f"{LAYOUT_VERSION}.{ANALYSER_VERSION}"
# A visitor waits no longer for an answer; the database gives one then.
SEARCH_SECONDS, WRITE_SECONDS = 5, 60
IN_TIME = {"request_timeout": SEARCH_SECONDS}
# What doesn't answer is asked again this often, not with every search.
RETRY_SECONDS = 5.0
# Whoever writes says so again before this is over, or somebody else may.
LEASE_SECONDS = 120.0
LOCK_POLL_SECONDS = 0.1
BULK = 500
# Pages reach 500 hits deep; Haystack's update_index --remove reads all of them.
RESULT_WINDOW = 1_000_000
FACET_VALUES, TAGS_COUNTED = 200, 12
TITLE_WORDS, TITLE_WORDS_SECONDS = 50_000, 60.0

Query = dict[str, Any]
NOTHING: Query = {"match_none": {}}


def _index_body(shards: int, replicas: int) -> dict[str, Any]:
    counted = {
        "type": "text",
        "analyzer": "spaces",
        "similarity": "hall",
        "index_options": "freqs",
    }
    exact, number = {"type": "keyword"}, {"type": "integer"}
    return {
        "settings": {
            "index": {
                "number_of_shards": shards,
                "number_of_replicas": replicas,
                "max_result_window": RESULT_WINDOW,
                "similarity": {
                    "hall": {"type": "BM25", "k1": ranking.K1, "b": ranking.B}
                },
            },
            "analysis": {
                "analyzer": {"spaces": {"type": "custom", "tokenizer": "whitespace"}}
            },
        },
        "mappings": {
            "dynamic": False,
            "properties": {
                "words": counted,
                "grams": counted,
                "characters": exact,
                "levels": exact,
                "filters": exact,
                "title_words": exact,
                "id": exact,
                "prior": {"type": "float"},
                "day": number,
                "shown": {"type": "object", "enabled": False},
            },
        },
    }


class OpenSearchBackend(HallBackend):
    """One per thread; connections are shared by the whole process."""

    def __init__(self, connection_alias: str, **connection_options: Any) -> None:
        super().__init__(connection_alias, **connection_options)
        self._options = connection_options
        self.client = _client(
            tuple(connection_options["HOSTS"]), tuple(connection_options["LOGIN"])
        )
        self.name: str = connection_options["INDEX"]
        # Another version of the site has another alias, and keeps finding its own.
        self.alias = f"{self.name}-{LAYOUT}"
        self._lease = Lease(self.client, f"{self.name}-writer")
        self._rebuild = ""

    def find(self, wanted: Wanted) -> Found:
        with self._answering():
            return asking.find(wanted, Session(self.client, self.alias))

    def health(self) -> Health:
        try:
            with self._answering():
                counted = self.client.count(index=self.alias, params={**IN_TIME})
                changed_at = self._lease.changed_at()
        except IndexMissing as error:
            return Health("missing", detail=str(error))
        except IndexBroken as error:
            return Health("broken", detail=str(error))
        return Health("ok", documents=counted["count"], changed_at=changed_at)

    def title_words(self) -> Mapping[str, int]:
        key = (tuple(self._options["HOSTS"]), self.alias)
        read_at, words = _title_words.get(key, (0.0, {}))
        if not read_at or time.monotonic() - read_at > TITLE_WORDS_SECONDS:
            with self._answering():
                words = Session(self.client, self.alias).title_words()
            _title_words[key] = (time.monotonic(), words)
        return words

    def write(
        self,
        documents: Iterable[Document],
        gone: Iterable[str] = (),
        wait_seconds: float = 0.0,
    ) -> None:
        if self._rebuild:
            for batch in _batches(documents):
                self._lease.renew()
                self._put(self._rebuild, batch)
            return
        # All of them first: an error in one leaves the index as it was.
        latest = {document.id: document for document in documents}
        with self._lease.held(wait_seconds):
            if not self.client.indices.exists_alias(name=self.alias):
                self._switch_to(self._new_index())
            self._put(self.alias, latest.values(), {*gone} - {*latest}, refresh=True)
        self._forget_title_words()

    def empty(self, model_labels: Collection[str] | None) -> None:
        with self._lease.held(COMMAND_WAIT_SECONDS):
            if model_labels is None:
                self._switch_to(self._new_index())
            elif self.client.indices.exists_alias(name=self.alias):
                labels = [f"model={label}" for label in model_labels]
                self.client.delete_by_query(
                    index=self.alias,
                    body={"query": {"terms": {"filters": labels}}},
                    params={"refresh": "true"},
                )
        self._forget_title_words()

    @contextmanager
    def rebuilding(self, wait_seconds: float = COMMAND_WAIT_SECONDS) -> Iterator[None]:
        with self._lease.held(wait_seconds):
            self._sweep()
            index = self._new_index()
            self._rebuild = index
            try:
                yield
                self.client.indices.refresh(index=index)
                # Whoever paused for too long isn't the one who writes any more.
                self._lease.renew()
            except BaseException:
                self.client.indices.delete(index=index, params={"ignore": 404})
                raise
            finally:
                self._rebuild = ""
            self._switch_to(index)
        self._forget_title_words()

    @classmethod
    @contextmanager
    def scratch(cls) -> Iterator["OpenSearchBackend"]:
        options = settings.HAYSTACK_CONNECTIONS["default"]
        if "HOSTS" not in options:
            raise ImproperlyConfigured("ANSWERHALL_SEARCH_URL names no OpenSearch.")
        name = f"{options['INDEX']}-scratch-{secrets.token_hex(4)}"
        backend = cls("default", **{**options, "INDEX": name})
        try:
            yield backend
        finally:
            for index in (*backend.indices(), f"{name}-writer"):
                backend.client.indices.delete(index=index, params={"ignore": 404})

    def indices(self) -> list[str]:
        """All of this site, in use or not, of any version."""
        # Patterns would also hit sites whose name begins like ours.
        named = self.client.indices.get_alias(index=f"{self.name}-*")
        return [index for index in named if _is_of(index, self.name)]

    def index_in_use(self) -> str:
        """The one behind the alias, "" if there is none."""
        try:
            (index,) = self.client.indices.get_alias(name=self.alias)
        except (NotFoundError, ValueError):
            return ""
        return index

    def _new_index(self) -> str:
        index = f"{self.alias}-{secrets.token_hex(6)}"
        body = _index_body(self._options["SHARDS"], self._options["REPLICAS"])
        self.client.indices.create(index=index, body=body)
        return index

    def _switch_to(self, index: str) -> None:
        """Let everybody search this index from now on, in one step; remove others."""
        actions: list[dict] = [{"add": {"index": index, "alias": self.alias}}]
        if before := self.index_in_use():
            actions.append({"remove": {"index": before, "alias": self.alias}})
        self.client.indices.update_aliases(body={"actions": actions})
        self._remove(one for one in self.indices() if one != index)

    def _sweep(self) -> None:
        """Remove what killed rebuilds left. Only for whoever holds the lease.

        What another version of the site searches stays until we have an index, too.
        """
        in_use = self.index_in_use()
        ours = (one for one in self.indices() if one.startswith(f"{self.alias}-"))
        self._remove(one for one in ours if one != in_use)

    def _remove(self, indices: Iterable[str]) -> None:
        for index in indices:
            self.client.indices.delete(index=index, params={"ignore": 404})

    def _put(
        self,
        index: str,
        documents: Iterable[Document],
        gone: Iterable[str] = (),
        *,
        refresh: bool = False,
    ) -> None:
        actions: list[dict[str, Any]] = [
            {"_op_type": "delete", "_index": index, "_id": one} for one in gone
        ]
        actions += (
            {"_op_type": "index", "_index": index, "_id": one.id, **_source(one)}
            for one in documents
        )
        _count, errors = bulk(
            self.client,
            actions,
            chunk_size=BULK,
            raise_on_error=False,
            refresh="false",
        )
        wrong = [one for one in errors if one.get("delete", {}).get("status") != 404]
        if wrong:
            raise OpenSearchException(f"{len(wrong)} not indexed: {wrong[0]}")
        if refresh:
            self.client.indices.refresh(index=index)

    def _forget_title_words(self) -> None:
        _title_words.pop((tuple(self._options["HOSTS"]), self.alias), None)

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """Its errors as ours. What just failed is not asked again at once."""
        key = tuple(self._options["HOSTS"])
        failed_at, failure = _failures.get(key, (0.0, None))
        if failure is not None and time.monotonic() - failed_at < RETRY_SECONDS:
            raise failure
        try:
            yield
        except NotFoundError as error:
            raise IndexMissing("there is none") from error
        except OpenSearchException as error:
            logger.exception("OpenSearch doesn't answer")
            broken = IndexBroken(str(error) or type(error).__name__)
            _failures[key] = (time.monotonic(), broken)
            raise broken from error
        else:
            _failures.pop(key, None)


class OpenSearchEngine(BaseEngine):
    """What HAYSTACK_CONNECTIONS names."""

    backend = OpenSearchBackend
    query = HallQuery


# By hosts: when asking failed last, and how.
_failures: dict[tuple[str, ...], tuple[float, IndexBroken]] = {}
# By hosts and alias: when they were read, and how many titles have each word.
_title_words: dict[tuple[tuple[str, ...], str], tuple[float, Mapping[str, int]]] = {}


@lru_cache(maxsize=8)
def _client(hosts: tuple[str, ...], login: tuple[str, ...]) -> OpenSearch:
    return OpenSearch(
        hosts=list(hosts),
        http_auth=login or None,
        timeout=WRITE_SECONDS,
        max_retries=1,
        http_compress=True,
    )


def _is_of(index: str, name: str) -> bool:
    """Whether it is <name>-<layout>-<token>, not another site's <name>-two-…."""
    rest = index.removeprefix(f"{name}-").split("-")
    return index.startswith(f"{name}-") and len(rest) == 2 and rest[0][:1].isdigit()


def _batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    rest = iter(documents)
    while batch := list(islice(rest, BULK)):
        yield batch


def _source(document: Document) -> dict[str, Any]:
    counted = asking.counted(document)
    texts = (document.shown["title"], *document.shown["tag_names"])
    return {
        "id": document.id,
        "words": counted.words,
        "grams": counted.grams,
        "characters": list(counted.characters),
        "levels": list(counted.levels),
        "filters": [
            f"{name}={value}"
            for name, values in document.filters.items()
            for value in values
        ],
        "title_words": list(dict.fromkeys(telling_words(texts))),
        "prior": document.prior,
        "day": document.day,
        "shown": dict(document.shown),
    }


@dataclass
class Lease:
    """Who may write, over all machines: a document that only one can change at a time.

    `until` is the clock of whoever writes; machines' clocks must agree within a minute.
    """

    client: OpenSearch
    index: str
    holder: str = ""

    @contextmanager
    def held(self, wait_seconds: float) -> Iterator[None]:
        """Be the one who writes. Raises IndexBusy."""
        deadline = time.monotonic() + wait_seconds
        holder = secrets.token_hex(8)
        while not self._take(holder):
            if time.monotonic() >= deadline:
                raise IndexBusy
            time.sleep(LOCK_POLL_SECONDS)
        self.holder = holder
        try:
            yield
        finally:
            self._release()
            self.holder = ""

    def renew(self) -> None:
        """Raises IndexBusy if somebody else has taken over."""
        if not self._take(self.holder):
            raise IndexBusy

    def changed_at(self) -> datetime | None:
        kept = self._kept()
        if kept is None:
            return None
        return datetime.fromtimestamp(kept["_source"]["changed_at"], tz=UTC)

    def _take(self, holder: str) -> bool:
        kept = self._kept()
        if kept is None:
            return self._write(holder, LEASE_SECONDS, {"op_type": "create"})
        source = kept["_source"]
        if source["holder"] != holder and source["until"] > time.time():
            return False
        return self._write(holder, LEASE_SECONDS, _unchanged(kept))

    def _release(self) -> None:
        kept = self._kept()
        if kept is not None and kept["_source"]["holder"] == self.holder:
            self._write("", 0.0, _unchanged(kept))

    def _kept(self) -> Mapping[str, Any] | None:
        try:
            return self.client.get(index=self.index, id="writer")
        except NotFoundError:
            return None

    def _write(self, holder: str, seconds: float, params: Mapping[str, Any]) -> bool:
        now = time.time()
        said = {"holder": holder, "until": now + seconds, "changed_at": now}
        try:
            self.client.index(
                index=self.index, id="writer", body=said, params=dict(params)
            )
        except ConflictError:
            return False
        return True


def _unchanged(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {"if_seq_no": kept["_seq_no"], "if_primary_term": kept["_primary_term"]}


class Session:
    """The index while one search is answered."""

    most_with_clues = 1_000_000

    def __init__(self, client: OpenSearch, alias: str) -> None:
        self._client = client
        self._alias = alias
        self._frequencies: dict[Node, int] = {}

    @property
    def documents(self) -> int:
        return self._facts[0]

    @property
    def youngest_day(self) -> int:
        return self._facts[1]

    def frequencies(self, nodes: Sequence[Node]) -> list[int]:
        filters = {str(at): _holds(node) for at, node in enumerate(nodes)}
        asked: Query = {"size": 0, "track_total_hits": True}
        asked["aggs"] = {"youngest": {"max": {"field": "day"}}}
        if filters:
            asked["aggs"]["each"] = {"filters": {"filters": filters}}
        answer = self._search(asked)
        counted = answer["aggregations"]
        youngest = counted["youngest"]["value"]
        # Asked along with the first question, so that it costs nothing.
        self.__dict__.setdefault(
            "_facts", (answer["hits"]["total"]["value"], int(youngest or 0))
        )
        if not filters:
            return []
        buckets = counted["each"]["buckets"]
        counts = [buckets[str(at)]["doc_count"] for at in range(len(nodes))]
        self._frequencies.update(zip(nodes, counts, strict=True))
        return counts

    def tally(self, asked: Sequence[ToTally]) -> list[Tallied]:
        answers = self._search_all([_to_tally(one) for one in asked])
        return [
            _tallied(one, answer) for one, answer in zip(asked, answers, strict=True)
        ]

    def best(self, asked: Sequence[ToRank]) -> list[list[Candidate]]:
        terms = dict.fromkeys(t.plain for one in asked for t in terms_in(one.node))
        unknown = [term for term in terms if term not in self._frequencies]
        if unknown:
            self.frequencies(unknown)
        query = Translation(self._frequencies, self.documents).query
        answers = self._search_all(
            [_to_rank(query(one.node), one.limit, one.prefer) for one in asked]
        )
        return [
            [_candidate(hit, hit["_score"]) for hit in answer["hits"]["hits"]]
            for answer in answers
        ]

    def newest(self, node: Node, offset: int, limit: int) -> list[Candidate]:
        answer = self._search(
            {
                "query": _holds(node),
                "from": offset,
                "size": limit,
                "sort": [{"day": "desc"}, {"id": "asc"}],
                "_source": False,
                "docvalue_fields": ["day"],
            }
        )
        return [_candidate(hit, None) for hit in answer["hits"]["hits"]]

    def by_id(self, keys: Sequence[str]) -> list[str]:
        return sorted(keys)

    def shown(self, keys: Sequence[str]) -> list[Mapping[str, Any]]:
        if not keys:
            return []
        answer = self._client.mget(
            index=self._alias,
            body={"ids": list(keys)},
            params={"_source": "shown", **IN_TIME},
        )
        kept = {one["_id"]: one for one in answer["docs"] if one.get("found")}
        return [kept[key]["_source"]["shown"] for key in keys]

    def circle_names(self, circles: Collection[str]) -> dict[str, Mapping[str, str]]:
        answers = self._search_all(
            {
                "query": _holds(Term("filters", f"circle={circle}")),
                "size": 1,
                "_source": ["shown.circle_names"],
            }
            for circle in circles
        )
        return {
            circle: answer["hits"]["hits"][0]["_source"]["shown"]["circle_names"]
            for circle, answer in zip(circles, answers, strict=True)
        }

    def title_words(self) -> Mapping[str, int]:
        terms = {"field": "title_words", "size": TITLE_WORDS}
        answer = self._search({"size": 0, "aggs": {"words": {"terms": terms}}})
        buckets = answer["aggregations"]["words"]["buckets"]
        return {one["key"]: one["doc_count"] for one in buckets}

    @cached_property
    def _facts(self) -> tuple[int, int]:
        """How many documents, and the day of the youngest."""
        self.frequencies([])
        return self.__dict__["_facts"]

    def _search(self, asked: Query) -> Mapping[str, Any]:
        return self._client.search(index=self._alias, body=asked, params={**IN_TIME})

    def _search_all(self, asked: Iterable[Query]) -> list[Mapping[str, Any]]:
        """Several in one request. Raises what went wrong with any."""
        # Rarity over all shards, so that where a document lies doesn't count.
        lines = [part for one in asked for part in ({}, one)]
        if not lines:
            return []
        answers = self._client.msearch(
            index=self._alias,
            body=lines,
            params={"search_type": "dfs_query_then_fetch", **IN_TIME},
        )["responses"]
        for answer in answers:
            if answer.get("status") == 404:
                raise NotFoundError(404, "index_not_found_exception", answer)
            if "error" in answer:
                raise OpenSearchException(str(answer["error"]))
        return answers


def _to_tally(asked: ToTally) -> Query:
    counts: dict[str, Query] = {}
    for facet in asked.facets:
        size = TAGS_COUNTED if facet == "tag" else FACET_VALUES
        counts[f"facet.{facet}"] = {
            "terms": {"field": "filters", "include": f"{facet}=.*", "size": size}
        }
    for age, day in asked.ages.items():
        counts[f"age.{age}"] = {"filter": _holds(Since(day))}
    found: Query = {"size": 0, "track_total_hits": True, "query": _holds(asked.node)}
    if counts:
        found["aggs"] = counts
    return found


def _tallied(asked: ToTally, answer: Mapping[str, Any]) -> Tallied:
    counted = answer.get("aggregations", {})
    facets = {
        facet: {
            one["key"].removeprefix(f"{facet}="): one["doc_count"]
            for one in counted[f"facet.{facet}"]["buckets"]
        }
        for facet in asked.facets
    }
    ages = {age: counted[f"age.{age}"]["doc_count"] for age in asked.ages}
    return Tallied(answer["hits"]["total"]["value"], facets, ages)


def _to_rank(query: Query, limit: int, prefer: str) -> Query:
    lifts: list[Query] = [{"field_value_factor": {"field": "prior"}}]
    if prefer:
        lifts.append(
            {
                "filter": _holds(Term("filters", f"language={prefer}")),
                "weight": ranking.PREFERRED_LANGUAGE,
            }
        )
    return {
        "query": {
            "function_score": {
                "query": query,
                "functions": lifts,
                "score_mode": "multiply",
                "boost_mode": "multiply",
            }
        },
        "size": limit,
        "sort": ["_score", {"day": "desc"}, {"id": "asc"}],
        "track_scores": True,
        "track_total_hits": False,
        "_source": False,
        "docvalue_fields": ["day"],
    }


def _candidate(hit: Mapping[str, Any], score: float | None) -> Candidate:
    day = hit["fields"]["day"][0]
    return Candidate(hit["_id"], float(day) if score is None else score, day)


class Translation:
    """Of nodes into OpenSearch's queries.

    Lucene multiplies a term's score with how rare the term is. A synonym or a part
    shall count as the whole word does, so that is taken out again where the
    `frequencies` of terms are known.
    """

    def __init__(self, frequencies: Mapping[Node, int], documents: int) -> None:
        self._frequencies = frequencies
        self._documents = documents

    def query(self, node: Node) -> Query:
        match node:
            case Term():
                said = {"value": node.term, "boost": self._boost(node)}
                return {"term": {node.stream: said}}
            case Begins():
                begins = {"prefix": {"words": node.start}}
                return _flat(begins, node.rarity)
            case Since():
                return {"range": {"day": {"gte": node.day}}}
            case AnyOf():
                return self._any_of(node)
            case BestOf():
                parts = [self.query(part) for part in node.parts]
                return {"dis_max": {"queries": parts}} if parts else NOTHING
            case AllOf():
                return self._all_of(node)
            case Flat():
                return _flat(self.query(node.part), node.score)
            case Times():
                return {"bool": {"must": [self.query(node.part)], "boost": node.factor}}

    def _boost(self, node: Term) -> float:
        frequency = self._frequencies.get(node.plain, 0)
        if not frequency:
            return node.worth
        others = max(self._documents - frequency, 0)
        rarity_to_lucene = log(1 + (others + 0.5) / (frequency + 0.5))
        rarity = node.rarity or ranking.rarity(self._documents, frequency)
        return node.worth * rarity * (ranking.K1 + 1) / rarity_to_lucene

    def _any_of(self, node: AnyOf) -> Query:
        if len(node.parts) < node.at_least:
            return NOTHING
        parts = [self.query(part) for part in node.parts]
        return {"bool": {"should": parts, "minimum_should_match": node.at_least}}

    def _all_of(self, node: AllOf) -> Query:
        holding: list[Query] = []
        scoring: list[Query] = []
        for one in node.needed:
            if isinstance(one, Flat) and not one.score:
                holding.append(self.query(one.part))
            else:
                scoring.append(self.query(one))
        return {
            "bool": {
                "must": scoring,
                "filter": holding or [{"match_all": {}}],
                "should": [self.query(one) for one in node.helping],
                "must_not": [self.query(one) for one in node.barred],
            }
        }


def _flat(query: Query, score: float) -> Query:
    return {"constant_score": {"filter": query, "boost": score}}


_holds = Translation({}, 0).query
