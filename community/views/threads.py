"""A thread's page, what is left of a removed one, and its history."""

import re

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_safe

from common.freshness import (
    alike_for_visitors,
    counts_as_view,
    named,
    says_since,
    shows,
)
from common.paging import CappedPage, CappedPaginator, page_of
from common.structured import as_script
from common.text import excerpt
from community import numbers, permissions, queries, steps, structured
from community.differences import changed
from community.forms import AnswerForm
from community.models import Answer, Comment, PostState, Question
from community.sharing import picture_of
from community.views.finding import (
    PostKind,
    address_of,
    find_any_post,
    find_post,
    sign_in_url,
    thread_of,
)
from kb.freshness import ARTICLES

DESCRIPTION_CHARS = 155
VERSIONS_PER_PAGE = 10
_PAGE = re.compile("[1-9][0-9]{0,4}")


@require_safe
@alike_for_visitors
def thread(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:  # noqa: ARG001
    """The page, or a 301 to its one address, or a 410 with the tombstone."""
    found = question = _found(request, pk)
    if question.state == PostState.MERGED and question.merged_into_id is not None:
        question = _found(request, question.merged_into_id)
    # Before anything leads to its address, which spells out the title.
    if question.state == PostState.DELETED:
        return _gone(request, question)
    if question != found or request.path != question.get_absolute_url():
        return _moved(request, question)
    return _shown(request, question)


def _found(request: HttpRequest, pk: int) -> Question:
    try:
        return queries.find_question(pk, request.user)
    except Question.DoesNotExist as nothing:
        raise Http404 from nothing


@require_safe
def answer_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The short address of an answer: leads to its place in the thread."""
    return redirect(address_of(find_post(Answer, pk, request)))


@require_safe
def comment_page(request: HttpRequest, pk: int) -> HttpResponse:
    return redirect(address_of(find_post(Comment, pk, request)))


@require_safe
def history(request: HttpRequest, kind: PostKind, pk: int) -> HttpResponse:
    """Every version, newest first, each marked with what it changed."""
    post = find_any_post(kind, pk, request)
    if isinstance(post, Comment):
        raise Http404
    versions = queries.history(post)
    newest_first = list(zip(versions, [None, *versions], strict=False))[::-1]
    rows = page_of(newest_first, request.GET.get("page"), VERSIONS_PER_PAGE)
    context = {
        "question": thread_of(post),
        "back": address_of(post),
        "changes": [changed(version, before) for version, before in rows],
        "rows": rows,
        "nav_current": "questions",
    }
    return render(request, "community/history.html", context)


def _moved(request: HttpRequest, question: Question) -> HttpResponse:
    query = request.META.get("QUERY_STRING", "")
    url = question.get_absolute_url()
    return HttpResponsePermanentRedirect(f"{url}?{query}" if query else url)


def _gone(request: HttpRequest, question: Question) -> HttpResponse:
    may_restore = request.user.is_authenticated and permissions.may_restore(
        request.user, question, timezone.now()
    )
    context = {
        "tombstone": queries.tombstone(question),
        "question": question,
        "may_restore": may_restore,
        "may_moderate": permissions.may_moderate(request.user),
        "nav_current": "questions",
        "other_language_url": _in_the_other_language(question),
    }
    return render(request, "community/gone.html", context, status=410)


def _shown(request: HttpRequest, question: Question) -> HttpResponse:
    page = queries.thread_page(question, request.user, _page_number(request))
    if page.page > page.page_count:
        raise Http404
    shows(question, ARTICLES, *(named(Question, one.id) for one in page.related))
    says_since(question.said_at)
    counts_as_view(question.pk)
    first_page = question.get_absolute_url()
    own = f"{first_page}?page={page.page}" if page.page > 1 else first_page
    paginator = CappedPaginator(page.answers, numbers.ANSWERS_PER_PAGE, page.page_count)
    with translation.override(question.language):
        list_url = reverse("community:questions")
        circle_url = question.circle.get_absolute_url()
    context = {
        "question": question,
        "page": page,
        "trace": steps.trace_of(question, page.events, _links_of(page)),
        "answers_pager": CappedPage(
            page.answers, page.page, paginator, has_next=page.page < page.page_count
        ),
        "asker_note": _about_the_asker(question),
        "may_restore": page.may_moderate and not question.is_visible,
        "answer_form": AnswerForm(),
        "description": _description(page),
        "canonical": settings.BASE_URL + own,
        "is_indexable": question.is_visible and question.is_indexable,
        "structured": as_script(*structured.thread_graphs(page))
        if question.is_visible
        else "",
        "first_page": first_page,
        "list_url": list_url,
        "circle_url": circle_url,
        "picture": picture_of(question),
        "upload_url": reverse("community:uploads"),
        "sign_in": sign_in_url(own),
        "nav_current": "questions",
        "other_language_url": _language_switch(request, question),
    }
    return render(request, "community/thread.html", context)


def _description(page: queries.ThreadPage) -> str:
    """The question; a later page begins with what its first answer says."""
    words = page.question.body_text
    if page.page > 1 and page.answers:
        words = page.answers[0].answer.body_text
    return excerpt(f"{page.question.title} – {words}", DESCRIPTION_CHARS)


def _page_number(request: HttpRequest) -> int:
    wanted = request.GET.get("page", "1")
    if not _PAGE.fullmatch(wanted):
        raise Http404
    return int(wanted)


def _language_switch(request: HttpRequest, question: Question) -> str:
    """A thread has one address: members change the words around it, visitors leave."""
    if request.user.is_authenticated:
        return request.get_full_path()
    return _in_the_other_language(question)


def _in_the_other_language(question: Question) -> str:
    other = "en" if question.language == "zh-hans" else "zh-hans"
    with translation.override(other):
        return reverse("community:questions")


def _links_of(page: queries.ThreadPage) -> steps.Links:
    return steps.Links(
        answers={seen.answer.pk for seen in page.answers},
        articles={article.id: article.url for article in page.articles},
    )


def _about_the_asker(question: Question) -> str:
    tally = getattr(question.author, "tally", None)
    if tally is None or question.is_imported:
        return ""
    asked = ngettext(
        "%(number)d question", "%(number)d questions", tally.question_count
    ) % {"number": tally.question_count}
    answered = ngettext(
        "%(number)d answer", "%(number)d answers", tally.answer_count
    ) % {"number": tally.answer_count}
    return _("Here since %(year)s · %(asked)s, %(answered)s") % {
        "year": question.author.date_joined.year,
        "asked": asked,
        "answered": answered,
    }
