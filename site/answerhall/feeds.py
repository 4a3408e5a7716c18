"""Atom feeds: newest questions of a list, tag or circle, newest posts of a thread."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
)
from django.urls import reverse
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from answerhall.context import hall_facts
from answerhall.languages import CODES
from common.freshness import alike_for_visitors, shows
from common.structured import absolute
from community import queries
from community.freshness import questions_in
from community.models import Answer, Circle, PostState, Question, Tag
from people.models import Person

ENTRIES_PER_FEED = 30
# What an empty feed says: nothing has happened in it yet.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_BROWSER_CODES = {"en": "en", "zh-hans": "zh-Hans"}


@dataclass(frozen=True)
class Entry:
    """`path` is where it is read; `lasting` the address that outlives a new title."""

    path: str
    lasting: str
    title: str
    html: str
    author: Person
    written_at: datetime
    edited_at: datetime | None


class HallFeed(Atom1Feed):
    def root_attributes(self) -> dict[str, Any]:
        # Pictures and links in posts are relative to the hall.
        return {**super().root_attributes(), "xml:base": f"{settings.BASE_URL}/"}

    def latest_post_date(self) -> datetime:
        return max((item["updateddate"] for item in self.items), default=NEVER)


@require_safe
@alike_for_visitors
def questions(request: HttpRequest, language: str) -> HttpResponse:
    _speak(language)
    return _newest(request, language, _("Newest questions"), "community:questions")


@require_safe
@alike_for_visitors
def tagged(request: HttpRequest, language: str, slug: str) -> HttpResponse:
    _speak(language)
    try:
        tag = queries.find_tag(slug)
    except Tag.DoesNotExist as nothing:
        raise Http404 from nothing
    if tag.slug != slug:
        return _moved("feed_of_a_tag", language, tag.slug)
    title = _("Questions about %(tag)s") % {"tag": tag.name}
    return _newest(request, language, title, "community:tagged", tag=tag)


@require_safe
@alike_for_visitors
def circle(request: HttpRequest, language: str, slug: str) -> HttpResponse:
    _speak(language)
    try:
        place = queries.find_circle(slug)
    except Circle.DoesNotExist as nothing:
        raise Http404 from nothing
    title = _("Questions in %(circle)s") % {"circle": place.name}
    return _newest(request, language, title, "community:circle", circle=place)


@require_safe
@alike_for_visitors
def thread(request: HttpRequest, language: str, pk: int) -> HttpResponse:
    """The question and its newest answers; where it moved to, or that it is gone."""
    _speak(language)
    question = Question.objects.select_related("author", "merged_into").filter(pk=pk)
    found = question.first()
    if found is None or found.state in (PostState.HIDDEN, PostState.PENDING):
        raise Http404
    shows(found)
    if found.state == PostState.MERGED and found.merged_into is not None:
        stays = found.merged_into
        return _moved("feed_of_a_thread", stays.language, stays.pk)
    if found.state != PostState.VISIBLE:
        return HttpResponse(status=410, content_type="text/plain")
    if found.language != language:
        return _moved("feed_of_a_thread", found.language, pk)
    answers = found.answers.filter(state=PostState.VISIBLE).select_related("author")
    newest = list(answers.order_by("-created_at", "-pk")[: ENTRIES_PER_FEED - 1])
    for answer in newest:
        answer.question = found
    entries = [*map(_of_answer, newest), _of_question(found)]
    return _written(request, language, found.title, found.get_absolute_url(), entries)


def _newest(
    request: HttpRequest,
    language: str,
    title: str,
    list_name: str,
    **place: Tag | Circle,
) -> HttpResponse:
    shows(questions_in(language))
    rows = queries.question_list(language=language, **place)  # type: ignore[arg-type]
    rows = rows.select_related("author").defer("body", "body_text")[:ENTRIES_PER_FEED]
    path = reverse(list_name, args=[one.slug for one in place.values()])
    return _written(request, language, title, path, map(_of_question, rows))


def _of_question(question: Question) -> Entry:
    return Entry(
        question.get_absolute_url(),
        reverse("community:question", args=[question.pk]),
        question.title,
        question.body_html,
        question.author,
        question.created_at,
        question.edited_at,
    )


def _of_answer(answer: Answer) -> Entry:
    return Entry(
        # Leads to its place, whichever page of the thread that is by then.
        reverse("community:answer_page", args=[answer.pk]),
        reverse("community:answer_page", args=[answer.pk]),
        _("Answer by %(name)s") % {"name": answer.author.name},
        answer.body_html,
        answer.author,
        answer.created_at,
        answer.edited_at,
    )


def _written(
    request: HttpRequest,
    language: str,
    title: str,
    path: str,
    entries: Iterable[Entry],
) -> HttpResponse:
    own = absolute(request.path)
    feed = HallFeed(
        title=f"{title} · {hall_facts(language).name}",
        link=absolute(path),
        description=None,
        language=_BROWSER_CODES[language],
        feed_url=own,
        feed_guid=own,
    )
    for entry in entries:
        shows(entry.author)
        feed.add_item(
            title=entry.title,
            link=absolute(entry.path),
            unique_id=absolute(entry.lasting),
            description=entry.html,
            author_name=entry.author.name,
            author_link=absolute(entry.author.get_absolute_url()),
            pubdate=entry.written_at,
            updateddate=entry.edited_at or entry.written_at,
        )
    response = HttpResponse(content_type=feed.content_type)
    feed.write(response, "utf-8")
    return response


def _speak(language: str) -> None:
    if language not in CODES:
        raise Http404
    translation.activate(language)


def _moved(name: str, *args: object) -> HttpResponse:
    return HttpResponsePermanentRedirect(reverse(name, args=args))
