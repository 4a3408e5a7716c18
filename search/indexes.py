"""How a room makes its objects findable.

A room writes one class in `<room>/search_indexes.py`:

    from search.indexes import HallIndex

    from community.models import Question


    class QuestionIndex(HallIndex):
        kind = "question"

        def get_model(self):
            return Question

        def index_queryset(self, using=None):
            '''Only what anybody may see, with all a document needs: a batch of 1,000
            questions should cost a handful of queries.'''
            return (
                Question.objects.visible_to(None)
                .select_related("circle", "accepted_answer")
                .prefetch_related("tags", visible_answers_prefetch)
            )

        def prepare_title(self, question):      # required, plain text
            return question.title

        def prepare_language(self, question):   # required: en or zh-hans
            return question.language

        def prepare_url(self, question):        # required, in the question's language
            return question.get_absolute_url()

        def prepare_question(self, question):   # sections: plain text (body_text)
            return question.body_text

        def prepare_accepted(self, question):
            return question.accepted_answer.body_text if ... else ""

        def prepare_answers(self, question):    # the others, one below the other
            return "\\n".join(...)

        def prepare_status(self, question):     # open answered ticket solved closed
            return question.status

        def prepare_tag_names(self, question):  # shown and searched
            return [tag.name for tag in question.tags.all()]

        # and as they apply: prepare_tags (slugs, to filter by), prepare_circle (slug),
        # prepare_circle_names ({"en": …, "zh-hans": …}), prepare_author (a key, see
        # `registries.author`), prepare_votes, prepare_answer_count,
        # prepare_asked_at (datetime)

An article sets `kind = "article"` and gives `prepare_summary`, `prepare_body`,
`prepare_checked_on` (date) and `prepare_helpful_percent` instead. Everything not given
is empty. Text is segmented here, once, for every engine.

`raise haystack.exceptions.SkipDocument` from any of them leaves an object out. Then:

- after every change that a result list or a search could notice, in the transaction of
  the change: `search.actions.touch("community.question", question.pk)`, or after an
  import `touch_many("community.question", pks)`; for objects that became visible,
  changed or vanished alike;
- in `apps.ready()`: `search.registries.fallback` and `still_visible`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import chain
from math import log1p
from typing import Any, ClassVar

from django.db.models import Model
from django.utils.timezone import is_aware
from haystack import connections, indexes
from haystack.constants import DJANGO_CT, DJANGO_ID, ID
from haystack.utils import get_model_ct

from search import analyser
from search.documents import (
    SECTION_WEIGHTS,
    SNIPPET_SECTIONS,
    SNIPPET_SOURCE_CHARS,
    Document,
    Hit,
    hit_from_shown,
)
from search.meaning import GIST_CHARS


class HallIndex(indexes.SearchIndex):
    """Base of the rooms' indexes; see the recipe above."""

    kind: ClassVar[str] = ""

    # Haystack insists on one field with document=True: here every section's tokens.
    text = indexes.CharField(document=True)
    title = indexes.CharField()
    language = indexes.CharField()
    url = indexes.CharField(indexed=False)
    summary = indexes.CharField(default="")
    body = indexes.CharField(default="")
    question = indexes.CharField(default="")
    accepted = indexes.CharField(default="")
    answers = indexes.CharField(default="")
    status = indexes.CharField(default="")
    circle = indexes.CharField(default="")
    tags = indexes.MultiValueField(default=())
    tag_names = indexes.MultiValueField(default=())
    votes = indexes.IntegerField(default=0)
    answer_count = indexes.IntegerField(default=0)
    helpful_percent = indexes.IntegerField(null=True)
    asked_at = indexes.DateTimeField(null=True)
    checked_on = indexes.DateField(null=True)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # Haystack collects classes with this mark from every search_indexes module.
        cls.haystack_use_for_indexing = bool(cls.kind)

    def prepare_circle_names(self, _thing: Any) -> dict[str, str]:
        """The circle's name in both languages."""
        return {}

    def prepare_author(self, _thing: Any) -> str:
        """A key of who wrote it, as `registries.author` finds it by handle."""
        return ""

    def prepare_text(self, _thing: Any) -> str:
        """Filled from the sections by `prepare`."""
        return ""

    def prepare(self, obj: Any) -> dict[str, Any]:
        """Haystack's data; `text` holds tokens, for engines that know one field."""
        data = self._facts(obj)
        data["streams"] = analysed(_sections(data))
        data["text"] = " ".join(data["streams"]["words"].values())
        self.prepared_data = data
        return data

    def _facts(self, thing: Any) -> dict[str, Any]:
        data = super().prepare(thing)
        data["kind"] = self.kind
        data["circle_names"] = self.prepare_circle_names(thing)
        data["author"] = self.prepare_author(thing)
        return data

    def shown(self, thing: Model) -> dict[str, Any]:
        """What a row shows of the object, without segmenting its text."""
        return _shown(self._facts(thing))

    def document(self, thing: Model) -> Document:
        """The object as every engine receives it."""
        data = self.full_prepare(thing)
        label = data[DJANGO_CT]
        asked_at: datetime | None = data.get("asked_at")
        checked_on: date | None = data.get("checked_on")
        moment = checked_on or asked_at
        return Document(
            id=data[ID],
            **data["streams"],
            filters={
                "kind": [self.kind],
                "language": [data["language"]],
                "model": [label],
                "status": _given(data["status"]),
                "circle": _given(data["circle"]),
                "tag": list(data["tags"] or ()),
                "tag_word": _spellings(data["tags"], data["tag_names"]),
                "circle_word": _spellings(
                    [data["circle"]], data["circle_names"].values()
                ),
                "by": _given(data["author"]),
            },
            prior=_prior(self.kind, data["status"], int(data["votes"] or 0)),
            day=moment.toordinal() if moment else 0,
            shown=_shown(data),
            gist=_gist(data),
        )


def analysed(sections: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """`words`, `grams` and `characters` of a Document, per section."""
    found: dict[str, dict[str, str]] = {"words": {}, "grams": {}, "characters": {}}
    for name, text in sections.items():
        streams = analyser.streams(text)
        found["words"][name] = " ".join(streams.words)
        found["grams"][name] = " ".join(streams.grams)
        found["characters"][name] = " ".join(streams.characters)
    return found


def hits_of(things: Iterable[Model], text: str) -> list[Hit]:
    """Rows for objects somebody else found: for the database's fallback."""
    unified = connections["default"].get_unified_index()
    highlighter = analyser.Highlighter(analyser.query_tokens(text))
    return [
        hit_from_shown(unified.get_index(type(thing)).shown(thing), highlighter)
        for thing in things
    ]


def public_hits(ids: Sequence[str], text: str) -> list[Hit]:
    """Rows for those of these ids that anybody may see now, in their order.

    Asks the database, never the index: at most a few queries for each model.
    """
    by_label: dict[str, list[str]] = {}
    for one in ids:
        label, _dot, pk = one.rpartition(".")
        by_label.setdefault(label, []).append(pk)
    unified = connections["default"].get_unified_index()
    found: dict[str, Hit] = {}
    for model, index in unified.get_indexes().items():
        if pks := by_label.get(get_model_ct(model)):
            things = index.index_queryset().filter(pk__in=pks)
            found |= {hit.id: hit for hit in hits_of(things, text)}
    return [found[one] for one in dict.fromkeys(ids) if one in found]


def _shown(data: Mapping[str, Any]) -> dict[str, Any]:
    asked_at: datetime | None = data.get("asked_at")
    checked_on: date | None = data.get("checked_on")
    return {
        "id": data[ID],
        "pk": str(data[DJANGO_ID]),
        "kind": data["kind"],
        "title": data["title"],
        "language": data["language"],
        "url": data["url"],
        "status": data["status"] or "",
        "votes": int(data["votes"] or 0),
        "answers": int(data["answer_count"] or 0),
        "helpful_percent": data.get("helpful_percent"),
        "tags": list(data["tags"] or ()),
        "tag_names": list(data["tag_names"] or ()),
        "circle": data["circle"] or "",
        "circle_names": data["circle_names"],
        "asked_at": asked_at.isoformat() if asked_at else "",
        "checked_on": _day_of(checked_on) if checked_on else "",
        "texts": {
            section: " ".join((data.get(section) or "").split())[:SNIPPET_SOURCE_CHARS]
            for section in SNIPPET_SECTIONS
            if data.get(section)
        },
    }


def _gist(data: Mapping[str, Any]) -> str:
    """What it is about, in the words of who began it."""
    begun = (data.get(name) for name in ("title", "summary", "question", "body"))
    return "\n".join(filter(None, begun))[:GIST_CHARS]


def _sections(data: dict[str, Any]) -> dict[str, str]:
    texts = {name: data.get(name) or "" for name in SECTION_WEIGHTS if name != "tags"}
    texts["tags"] = " ".join(data.get("tag_names") or ())
    return texts


def _spellings(*kinds: Iterable[str | None] | None) -> Sequence[str]:
    """Names as `operators.take_apart` gives them, each once."""
    names = chain.from_iterable(kind or () for kind in kinds)
    spelled = (analyser.normalise(name).strip() for name in names if name)
    return list(dict.fromkeys(spelled))


def _given(value: str | None) -> Sequence[str]:
    return [value] if value else []


def _day_of(value: date) -> str:
    if isinstance(value, datetime):
        value = value.date() if is_aware(value) else value
    return value.isoformat()[:10]


def _prior(kind: str, status: str | None, votes: int) -> float:
    """A mild lift: the official article, then the solved question, among equals."""
    lift = 1.0
    if kind == "article":
        lift = 1.15
    elif status == "solved":
        lift = 1.06
    elif status == "open":
        lift = 0.97
    return lift * (1.0 + min(0.05, 0.012 * log1p(max(votes, 0))))
