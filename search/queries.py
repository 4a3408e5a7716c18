"""Asking: one list over articles and questions, whatever becomes of the index."""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from django.db import DatabaseError
from django.db.models import Count, QuerySet
from haystack import connections

from common.prepared import prepared
from search import analyser, meaning, registries
from search.documents import Hit, Results, hit_from_shown
from search.engines.base import Clause, Found, HallBackend, Health, Wanted
from search.errors import IndexBroken, IndexMissing
from search.guessing import vocabulary_of
from search.indexes import public_hits
from search.models import PinnedResults, QueryLog, SynonymGroup
from search.operators import Typed, take_apart
from search.pins import pinned_for
from search.synonyms import all_terms, uncut_terms, with_synonyms

logger = logging.getLogger(__name__)

KINDS = ("article", "question")
FACETS = ("kind", "language", "status", "circle", "tag")
PER_PAGE = 10
MAX_PAGES = 50
FALLBACK_LIMIT = 50
# Suggestions of each kind, taken from so many of the best hits of any kind.
SUGGESTED = {"tag": 3, "article": 3, "question": 5}
LOOKED_AT = 24
NEWEST_IN_VAIN = 2000
AGES_DAYS = {"month": 31, "year": 366}


def search(
    text: str,
    *,
    kind: str = "all",
    language: str | None = None,
    prefer: str = "en",
    page: int = 1,
    per_page: int = PER_PAGE,
    status: str = "",
    circle: str = "",
    tag: str = "",
    age: str = "",
    today: date | None = None,
    is_typing: bool = False,
    with_clues: bool = True,
    backend: HallBackend | None = None,
) -> Results:
    """One page of what fits, best first. Costs a query for the synonyms, one for what
    staff put first, and one per kind shown.

    Never raises for any text. When the index can't be used the database answers, more
    simply, and `degraded` says so. `age` is a key of AGES_DAYS and needs `today`.
    `is_typing`: the last word may be unfinished, and only titles are wanted: nothing is
    counted, cut out or guessed. Without clues ranking is quicker and coarser.
    `backend` is asked instead of the site's engine.
    """
    groups = synonym_groups()
    typed = take_apart(text)
    pinned: list[Hit] = []
    if backend is None and not (typed.has_operators or status or circle or tag or age):
        pinned = _pinned(text, kind=kind, language=language, prefer=prefer)
    words = _words(typed.text, groups, complete_last=is_typing)
    nothing = Results(
        text,
        (),
        0,
        page,
        per_page,
        dict.fromkeys(("all", *KINDS), 0),
        pinned=pinned,
    )
    if not words and not typed.has_operators:
        return nothing
    filters = _filters(
        kind=kind, language=language, status=status, circle=circle, tag=tag
    )
    wanted = Wanted(
        words=words,
        clues=analyser.clues(typed.text, words) if with_clues else analyser.Clues(),
        filters=filters,
        must=_must(typed),
        must_not=_must_not(typed),
        since_day=_since(age, today),
        prefer=prefer,
        meaning=meaning.of_query(typed.text) if with_clues and not is_typing else None,
        facets=() if is_typing else FACETS,
        ages={} if is_typing else _ages(today),
        offset=(page - 1) * per_page,
        limit=per_page,
    )
    try:
        asked = _ask(backend or engine(), text, wanted, groups, guess=not is_typing)
    except (IndexMissing, IndexBroken):  # known, logged when it was noticed
        return _from_the_database(nothing, kind=kind, language=language, prefer=prefer)
    except Exception:
        logger.exception("Searching failed; the database answers")
        return _from_the_database(nothing, kind=kind, language=language, prefer=prefer)
    found = asked.found
    highlighter = analyser.Highlighter(found.marks)
    hits = [
        hit_from_shown(shown, highlighter, score, with_snippet=not is_typing)
        for shown, score in found.shown
    ]
    visible = _still_visible(hits)
    return replace(
        nothing,
        hits=_but(visible, pinned),
        total=found.total - len(hits) + len(visible),
        counts_by_kind=_by_kind(found.counts.get("kind", {}), hits, visible),
        counts=found.counts,
        circle_names=found.circle_names,
        known_text=_known_text(typed.text, found.known, words),
        relaxed=found.relaxed,
        by_meaning=found.by_meaning,
        read_as=asked.read_as,
        guess=asked.guess,
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What the engine found, and for what if it wasn't what was typed."""

    found: Found
    read_as: str = ""
    guess: str = ""


def _ask(
    backend: HallBackend,
    text: str,
    wanted: Wanted,
    groups: Sequence[str],
    *,
    guess: bool,
) -> Asked:
    """Ask; and if nobody wrote some of the words, ask for what they may stand for."""
    found = backend.find(wanted)
    if not wanted.words:
        return Asked(found)
    typed = take_apart(text)
    if not found.total and typed.phrases:
        # Many put a name in quotes who don't mean "only as it stands".
        wanted = replace(wanted, must=_must(replace(typed, phrases=())))
        found = replace(backend.find(wanted), relaxed=True)
    unknown = {word.typed for word in wanted.words if word not in found.known}
    if not unknown and found.total and not found.relaxed:
        return Asked(found)
    vocabulary = vocabulary_of(backend.title_words(), all_terms(groups))
    if read_as := vocabulary.read_as_pinyin(text, unknown):
        found_instead = backend.find(_for(read_as, wanted, groups))
        if found_instead.total:
            return Asked(found_instead, read_as=read_as)
    if guess and (meant := vocabulary.corrected(text, unknown)):
        found_instead = backend.find(replace(_for(meant, wanted, groups), facets=()))
        if found_instead.whole > found.whole:
            return Asked(found, guess=meant)
    return Asked(found)


def _for(text: str, wanted: Wanted, groups: Sequence[str]) -> Wanted:
    typed = take_apart(text)
    words = _words(typed.text, groups)
    return replace(
        wanted,
        words=words,
        clues=analyser.clues(typed.text, words),
        meaning=None if wanted.meaning is None else meaning.of_query(typed.text),
        must=_must(typed),
        must_not=_must_not(typed),
    )


def _must(typed: Typed) -> tuple[Clause, ...]:
    """What every hit must have."""
    clauses = [analyser.phrase_terms(phrase) for phrase in typed.phrases]
    clauses += [_filter_clause(*one) for one in typed.filters]
    return tuple(clause for clause in clauses if clause)


def _must_not(typed: Typed) -> tuple[Clause, ...]:
    clauses = [analyser.phrase_terms(words) for words in typed.without]
    clauses += [_filter_clause(*one) for one in typed.without_filters]
    return tuple(clause for clause in clauses if clause)


def _filter_clause(name: str, value: str) -> Clause:
    if name == "by":
        find = registries.author_finder()
        value = find(value) if find is not None else ""
    return (("filters", f"{name}={value}"),)


def _words(
    text: str, groups: Sequence[str], complete_last: bool = False
) -> tuple[analyser.Word, ...]:
    words = analyser.query_words(
        text, complete_last=complete_last, whole=uncut_terms(groups)
    )
    return with_synonyms(words, groups)


def titles(text: str, *, prefer: str, limit: int = 8) -> list[Hit]:
    """What fits a title that is still being typed."""
    found = search(text, prefer=prefer, per_page=limit, is_typing=True)
    return [*found.pinned, *found.hits][:limit]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What may be meant, while the first words are still being typed."""

    tags: Sequence[registries.FoundTag] = ()
    articles: Sequence[Hit] = ()
    questions: Sequence[Hit] = ()

    def __len__(self) -> int:
        return len(self.tags) + len(self.articles) + len(self.questions)


def suggestions(text: str, *, prefer: str) -> Suggestions:
    """A few of each kind, the best first. Costs a query more than a search."""
    found = search(
        text, prefer=prefer, per_page=LOOKED_AT, is_typing=True, with_clues=False
    )
    hits = [*found.pinned, *found.hits]
    return Suggestions(
        tags=registries.tags_begun(text, prefer, SUGGESTED["tag"]) if text else [],
        **{
            f"{kind}s": [hit for hit in hits if hit.kind == kind][: SUGGESTED[kind]]
            for kind in KINDS
        },
    )


@dataclass(frozen=True)
class Unmet:
    """Words that nothing was found for, and how many people looked for them."""

    text: str
    language: str
    people: int


def without_result(since: date, limit: int) -> list[Unmet]:
    """What was looked for in vain since that day, by most people first. One query.

    Only the newest searches count: statistics may be rough, but never slow.
    """
    newest = (
        QueryLog.objects.filter(day__gte=since, results=0)
        .order_by("-day", "-pk")
        .values("pk")[:NEWEST_IN_VAIN]
    )
    rows = (
        QueryLog.objects.filter(pk__in=newest)
        .values("text", "language")
        .annotate(people=Count("visitor", distinct=True))
        .order_by("-people", "text", "language")[:limit]
    )
    return [Unmet(**row) for row in rows]


def synonym_groups() -> list[str]:
    """What staff wrote down as the same; nothing if the database can't say."""
    try:
        return _all_groups()
    except DatabaseError as error:
        _say_once(f"Searching without synonyms: {error}")
        return []


@prepared
def _all_groups() -> QuerySet[SynonymGroup, str]:
    return SynonymGroup.objects.values_list("terms", flat=True)


@lru_cache(maxsize=16)
def _say_once(message: str) -> None:
    logger.warning(message)


def index_health() -> Health:
    """Whether the index answers; asking costs a few looks at the file system."""
    try:
        return engine().health()
    except Exception as error:
        logger.exception("The search engine doesn't answer")
        return Health("broken", detail=str(error))


def engine() -> HallBackend:
    """The engine that HAYSTACK_CONNECTIONS names."""
    return connections["default"].get_backend()


def _filters(**given: str | None) -> dict[str, Collection[str]]:
    return {name: [value] for name, value in given.items() if value and value != "all"}


def _since(age: str, today: date | None) -> int:
    return _ages(today).get(age, 0)


def _ages(today: date | None) -> dict[str, int]:
    if today is None:
        return {}
    return {
        age: (today - timedelta(days=days)).toordinal()
        for age, days in AGES_DAYS.items()
    }


def _pinned(text: str, *, kind: str, language: str | None, prefer: str) -> list[Hit]:
    """What staff put first for this search, in the preferred language before others."""
    try:
        ids = pinned_for(text, ((row.queries, row.things) for row in _all_pinned()))
        hits = public_hits(ids, text) if ids else []
    except DatabaseError as error:
        _say_once(f"Searching without recommendations: {error}")
        return []
    fitting = [
        hit
        for hit in hits
        if kind in ("all", hit.kind) and language in (None, hit.language)
    ]
    return sorted(fitting, key=lambda hit: hit.language != prefer)


@prepared
def _all_pinned() -> QuerySet[PinnedResults]:
    return PinnedResults.objects.all()


def _but(hits: Sequence[Hit], pinned: Sequence[Hit]) -> list[Hit]:
    shown_above = {hit.id for hit in pinned}
    return [hit for hit in hits if hit.id not in shown_above]


def _still_visible(hits: Sequence[Hit]) -> list[Hit]:
    """Without what was deleted or hidden since it was indexed: one query per kind."""
    gone: set[str] = set()
    for kind in {hit.kind for hit in hits}:
        check = registries.visible_check(kind)
        if check is not None:
            shown = {int(hit.pk): hit.id for hit in hits if hit.kind == kind}
            visible = check(list(shown))
            gone |= {one for pk, one in shown.items() if pk not in visible}
    return [hit for hit in hits if hit.id not in gone]


def _by_kind(
    counts: Mapping[str, int], hits: Sequence[Hit], visible: Sequence[Hit]
) -> dict[str, int]:
    kept = {hit.id for hit in visible}
    by_kind = {
        kind: counts.get(kind, 0)
        - sum(hit.kind == kind and hit.id not in kept for hit in hits)
        for kind in KINDS
    }
    return {"all": sum(by_kind.values()), **by_kind}


def _known_text(
    text: str, known: Sequence[analyser.Word], words: Sequence[analyser.Word]
) -> str:
    """The query without the words that stand nowhere, if that leaves some."""
    if not known or len(known) == len(words):
        return ""
    forms = {form for word in known for form in word.forms}
    return " ".join(
        typed
        for typed in analyser.typed_words(text)
        if forms.intersection(analyser.tokens(typed))
    )


def _from_the_database(
    nothing: Results, *, kind: str, language: str | None, prefer: str
) -> Results:
    """What the rooms' own queries find: articles first, preferred language first."""
    found: dict[str, list[Hit]] = {
        each: finder(take_apart(nothing.text).text, language, FALLBACK_LIMIT)
        for each, finder in sorted(registries.finders().items())
    }
    counts = {each: len(found.get(each, ())) for each in KINDS}
    hits = [
        hit for each in KINDS if kind in ("all", each) for hit in found.get(each, ())
    ]
    hits.sort(key=lambda hit: hit.language != prefer)
    start = (nothing.page - 1) * nothing.per_page
    return replace(
        nothing,
        hits=_but(hits[start : start + nothing.per_page], nothing.pinned),
        total=len(hits),
        counts_by_kind={"all": sum(counts.values()), **counts},
        degraded=True,
    )
