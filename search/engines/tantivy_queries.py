"""What is asked for, as tantivy's queries, and the fields they look into."""

from math import log

import tantivy
from django.conf import settings
from tantivy import Occur, Query

from search import ranking
from search.engines.asking import (
    AllOf,
    AnyOf,
    Begins,
    BestOf,
    Flat,
    Node,
    Since,
    Term,
    Times,
)

PREFIX_TERMS = 24
# What only ranks is read in this many documents, then it has said enough.
MOST_HELPING = 300_000

COUNTED, LISTED = "freq", "basic"
STREAMS = {
    "words": COUNTED,
    "grams": COUNTED,
    "characters": LISTED,
    "levels": LISTED,
    "filters": LISTED,
}
NOTHING = Query.empty_query()


def schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", tokenizer_name="raw", index_option=LISTED)
    for name in ("words", "grams"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option=COUNTED)
    for name in ("characters", "levels", "title_words"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option=LISTED)
    builder.add_json_field(
        "filters", fast=True, tokenizer_name="raw", index_option=LISTED
    )
    for name in ("weight", *(weight_for(code) for code, _ in settings.LANGUAGES)):
        builder.add_float_field(name, fast=True)
    builder.add_integer_field("day", fast=True, indexed=True)
    builder.add_bytes_field("shown", stored=True)
    return builder.build()


def weight_for(language: str) -> str:
    """The column with what scores are multiplied with for readers of a language."""
    return f"weight_{language.lower().replace('-', '_')}"


class Translation:
    """Of nodes into queries, over one state of an index. What it translated it keeps:
    the same words are asked for in several ways."""

    def __init__(
        self, searcher: tantivy.Searcher, schema: tantivy.Schema, all_documents: int
    ) -> None:
        """`all_documents` with those deleted: tantivy counts them when it asks how rare
        a term is."""
        self._searcher = searcher
        self._schema = schema
        self._all_documents = all_documents
        self._documents: int = searcher.num_docs
        self._counts: dict[tuple[str, str], int] = {}
        self._queries: dict[Node, Query] = {}
        self._helpers: dict[tuple[Node, ...], list[tuple[Occur, Query]]] = {}

    def query(self, node: Node) -> Query:
        kept = self._queries.get(node)
        if kept is None:
            kept = self._translated(node) if self.is_there(node) else NOTHING
            self._queries[node] = kept
        return kept

    def is_there(self, node: Node) -> bool:
        """False if it surely stands nowhere, which is cheap to know of terms."""
        match node:
            case Term():
                return self.count_of(node) > 0
            case Flat() | Times():
                return self.is_there(node.part)
            case AllOf():
                return all(map(self.is_there, node.needed))
            case AnyOf():
                return sum(map(self.is_there, node.parts)) >= node.at_least
            case BestOf():
                return any(map(self.is_there, node.parts))
            case Begins() | Since():
                return True

    def count_of(self, node: Term) -> int:
        """How many documents have it, or had it before they were deleted."""
        place = _place(node)
        count = self._counts.get(place)
        if count is None:
            count = self._counts[place] = self._searcher.doc_freq(*place)
        return count

    def _translated(self, node: Node) -> Query:
        match node:
            case Term():
                return self._term(node)
            case Begins():
                return self._begins(node)
            case Since():
                whole = tantivy.FieldType.Integer
                return Query.range_query(self._schema, "day", whole, node.day)
            case AnyOf():
                return self._any_of(node)
            case BestOf():
                return self._best_of(node)
            case AllOf():
                return self._all_of(node)
            case Flat():
                return Query.const_score_query(self.query(node.part), node.score)
            case Times():
                return Query.boost_query(self.query(node.part), node.factor)

    def _term(self, node: Term) -> Query:
        option = STREAMS[node.stream]
        query = Query.term_query(self._schema, *_place(node), option)
        if option != COUNTED:
            return query
        frequency = self.count_of(node)
        rarity = node.rarity or ranking.rarity(self._documents, frequency or 1)
        return Query.boost_query(
            query, node.worth * rarity / self._rarity_to_tantivy(frequency)
        )

    def _begins(self, node: Begins) -> Query:
        longer = self._searcher.terms_with_prefix(
            "words", node.start, limit=PREFIX_TERMS
        )
        terms = (Term("words", term, 1.0, node.rarity) for term, _count in longer)
        return self.query(BestOf(tuple(terms)))

    def _any_of(self, node: AnyOf) -> Query:
        parts = [
            (Occur.Should, self.query(part))
            for part in node.parts
            if self.is_there(part)
        ]
        if node.at_least == 1:
            return Query.boolean_query(parts)
        return Query.boolean_query(parts, node.at_least)

    def _best_of(self, node: BestOf) -> Query:
        parts = [self.query(part) for part in node.parts if self.is_there(part)]
        if len(parts) == 1:
            return parts[0]
        return Query.disjunction_max_query(parts)

    def _all_of(self, node: AllOf) -> Query:
        needed = [(Occur.Must, self.query(part)) for part in node.needed]
        barred = [(Occur.MustNot, self.query(part)) for part in node.barred]
        if not needed:
            needed = [(Occur.Must, Query.const_score_query(Query.all_query(), 0.0))]
        if node.helping not in self._helpers:
            self._helpers[node.helping] = self._helping(node.helping)
        helping = self._helpers[node.helping]
        return Query.boolean_query([*needed, *helping, *barred])

    def _helping(self, nodes: tuple[Node, ...]) -> list[tuple[Occur, Query]]:
        """What stands in few documents says most and costs least: the rarest first,
        as many as can be read in time."""
        counts = [(self._count_at_most(node), node) for node in nodes]
        counts.sort(key=lambda one: one[0])
        found: list[tuple[Occur, Query]] = []
        read = 0
        for count, node in counts:
            read += count
            if read > MOST_HELPING:
                break
            if count:
                found.append((Occur.Should, self.query(node)))
        return found

    def _count_at_most(self, node: Node) -> int:
        """How many documents a clue stands in. Words, which may count in several ways,
        are always read."""
        if isinstance(node, Flat):
            node = node.part
        return self.count_of(node) if isinstance(node, Term) else 1

    def _rarity_to_tantivy(self, frequency: int) -> float:
        """What tantivy multiplies a term's score with."""
        others = self._all_documents - frequency
        return log(1 + (others + 0.5) / (frequency + 0.5))


def _place(node: Term) -> tuple[str, str]:
    """The field, and what stands in it."""
    if node.stream != "filters":
        return node.stream, node.term
    name, _, value = node.term.partition("=")
    return f"filters.{name}", value


def simplest(node: Node) -> Node | None:
    """The words a node asks for, None if it asks for anything else, too: tantivy is
    quick where nothing but words is asked for."""
    match node:
        case AllOf(needed=(words,), helping=(), barred=()):
            return words
        case _:
            return None
