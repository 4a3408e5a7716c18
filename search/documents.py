"""What search keeps of an article or a question, and what it gives back."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.functional import cached_property
from django.utils.html import escape
from django.utils.safestring import SafeString

from search.analyser import Highlighter

# How much a word counts by where it stands. Question and article share one scale, so
# that a title is a title in both.
SECTION_WEIGHTS: Mapping[str, float] = {
    "title": 5.0,
    "tags": 2.0,
    "summary": 2.0,
    "accepted": 1.5,
    "question": 1.5,
    "body": 1.0,
    "answers": 0.7,
}
# The parts a snippet is cut from, the most helpful first.
SNIPPET_SECTIONS = ("accepted", "summary", "question", "body", "answers")
SNIPPET_SOURCE_CHARS = 2_000
SNIPPET_CHARS = 160


@dataclass(frozen=True, slots=True)
class Document:
    """One article or question as every engine receives it.

    `words`, `grams` and `characters` hold, per section, what the analyser made of it
    (`indexes.analysed`), separated by spaces; an engine splits them at the spaces and
    never sees the text. `filters` are exact values; `shown` is what a result list
    needs, kept as it is. `gist` is the beginning of it in the writer's own words, for
    engines that look at meaning.
    """

    id: str
    words: Mapping[str, str]
    grams: Mapping[str, str]
    characters: Mapping[str, str]
    filters: Mapping[str, Sequence[str]]
    prior: float
    day: int
    shown: Mapping[str, Any]
    gist: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """One row of a result list. Making it costs no query."""

    id: str
    pk: str
    kind: str
    title: str
    title_html: SafeString
    snippet_html: SafeString
    url: str
    language: str
    snippet_from: str = ""
    status: str = ""
    votes: int = 0
    answers: int = 0
    helpful_percent: int | None = None
    tags: Sequence[str] = ()
    circle: str = ""
    circle_names: Mapping[str, str] = field(default_factory=dict)
    asked_at: datetime | None = None
    checked_on: date | None = None
    score: float = 0.0

    @property
    def is_article(self) -> bool:
        return self.kind == "article"


@dataclass(frozen=True)
class Results:
    """A page of hits and what is known about all of them.

    `relaxed`: some hits lack some of the words; `by_meaning`: some may lack them all.
    `degraded`: the index could not be used, and the database answered more simply.
    `read_as`: what was searched for instead, because nobody wrote what was typed
    (jifen). `guess`: what may have been meant, and would find something. `pinned`: what
    staff put first for this search; none of it is among the hits.
    """

    text: str
    hits: Sequence[Hit]
    total: int
    page: int
    per_page: int
    counts_by_kind: Mapping[str, int]
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    circle_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    known_text: str = ""
    read_as: str = ""
    guess: str = ""
    pinned: Sequence[Hit] = ()
    relaxed: bool = False
    by_meaning: bool = False
    degraded: bool = False

    @cached_property
    def pages(self) -> int:
        return max(1, math.ceil(self.total / self.per_page))


def hit_from_shown(
    shown: Mapping[str, Any],
    highlighter: Highlighter,
    score: float = 0.0,
    *,
    with_snippet: bool = True,
) -> Hit:
    """The row for a document, with the words asked for marked."""
    texts = shown["texts"] if with_snippet else {}
    section, snippet = _snippet(texts, highlighter)
    asked_at, checked_on = shown["asked_at"], shown["checked_on"]
    return Hit(
        id=shown["id"],
        pk=shown["pk"],
        kind=shown["kind"],
        title=shown["title"],
        title_html=highlighter.mark(shown["title"], 300),
        snippet_html=snippet,
        snippet_from=section,
        url=shown["url"],
        language=shown["language"],
        status=shown["status"],
        votes=shown["votes"],
        answers=shown["answers"],
        helpful_percent=shown["helpful_percent"],
        tags=shown["tag_names"],
        circle=shown["circle"],
        circle_names=shown["circle_names"],
        asked_at=datetime.fromisoformat(asked_at) if asked_at else None,
        checked_on=date.fromisoformat(checked_on) if checked_on else None,
        score=score,
    )


def _snippet(
    texts: Mapping[str, str], highlighter: Highlighter
) -> tuple[str, SafeString]:
    """The section that holds most of the words, cut to what a row can show."""
    best, most = "", -1
    for section in SNIPPET_SECTIONS:
        if text := texts.get(section):
            variety = highlighter.variety(text)
            if variety > most:
                best, most = section, variety
    if not best:
        return "", escape("")
    return best, highlighter.mark(texts[best], SNIPPET_CHARS)
