"""The bench: open questions, notices, the staff line, canned replies."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import Refused
from common.http import is_htmx
from common.text import MAX_BODY_CHARS, clean_body
from community.forms import AnswerForm
from community.models import Question
from rewards import actions, queries
from rewards.forms_agents import LineForm, ReplyForm, TopicsForm
from rewards.models import CannedReply, Notice, ProgrammeTerms, State
from rewards.models.agents import JOINED
from rewards.views.agent_door import (
    AgentRequest,
    agent_page,
    as_html,
    posted_number,
    reader_language,
    serving,
    standing,
)


@require_safe
@standing(State.INVITED, *JOINED)
def bench(request: AgentRequest) -> HttpResponse:
    """The bench, or what stands before it: an invitation, training, a break."""
    if request.term.state == State.INVITED:
        return redirect("rewards:agent_invitation")
    if not request.term.is_serving:
        return _before_the_bench(request)
    found = queries.bench(request.term, timezone.now(), request.GET.get("page", 1))
    return agent_page(request, "bench", {"bench": found})


@require_http_methods(["GET", "HEAD", "POST"])
@serving
def topics(request: AgentRequest) -> HttpResponse:
    chosen, _are_chosen = queries.topics_of(request.user)
    offered = queries.topics_offered(reader_language(), chosen)
    form = TopicsForm(
        request.POST if request.method == "POST" else None,
        offered=offered,
        initial={"topics": [tag.pk for tag in chosen]},
    )
    if request.method == "POST" and form.is_valid():
        tags = form.cleaned_data["topics"]
        actions.choose_topics(person=request.user, tags=tags)
        messages.success(request, _("Your topics are saved."))
        return redirect("rewards:agent_bench")
    return agent_page(request, "topics", {"form": form})


@require_safe
@serving
def notice(request: AgentRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    found = get_object_or_404(queries.notices_out(now), pk=pk)
    context = {
        "notice": found,
        "body": as_html(found.body),
        "is_secret": found.public_at is None or found.public_at > now,
        "form": LineForm(),
    }
    return agent_page(request, "notice", context)


@require_http_methods(["GET", "HEAD", "POST"])
@serving
def line(request: AgentRequest) -> HttpResponse:
    form = LineForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        about = posted_number(request, "notice")
        if about:
            subject: Notice | None = queries.notices_out(now).filter(pk=about).first()
        else:
            subject = None
        try:
            actions.write_on_line(
                agent=request.user,
                by=request.user,
                body=form.cleaned_data["body"],
                notice=subject,
                at=now,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("rewards:agent_line")
    page = queries.line_of(request.user, request.GET.get("page", 1), for_staff=False)
    return agent_page(request, "line", {"form": form, "page": page}, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@serving
def replies(request: AgentRequest, pk: int | None = None) -> HttpResponse:
    """Canned replies; with a pk, the form changes that one of one's own."""
    mine = None
    initial: dict[str, Any] = {"language": reader_language()}
    if pk is not None:
        mine = get_object_or_404(CannedReply, pk=pk, owner=request.user)
        language = "zh-hans" if mine.title_zh and not mine.title_en else "en"
        suffix = "zh" if language == "zh-hans" else "en"
        initial = {
            "language": language,
            "title": getattr(mine, f"title_{suffix}"),
            "body": getattr(mine, f"body_{suffix}"),
        }
    form = ReplyForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        form = ReplyForm(initial=initial)
    elif mine is not None and "delete" in request.POST:
        actions.delete_reply(person=request.user, reply=mine)
        messages.success(request, _("The reply is deleted."))
        return redirect("rewards:agent_replies")
    elif form.is_valid():
        try:
            actions.keep_reply(person=request.user, reply=mine, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The reply is saved."))
            return redirect("rewards:agent_replies")
    rows = list(queries.replies_for(request.user))
    context = {"form": form, "rows": rows, "mine": mine}
    return agent_page(request, "replies", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@serving
def use_reply(request: AgentRequest, pk: int, question_id: int) -> HttpResponse:
    """Put a reply into the answer: in its place by htmx, or on a page of its own.

    What was typed already comes along and stays first.
    """
    reply = get_object_or_404(queries.replies_for(request.user), pk=pk)
    question = get_object_or_404(
        Question.objects.visible_to(request.user), pk=question_id
    )
    try:
        typed = clean_body(request.POST.get("body", ""), MAX_BODY_CHARS).rstrip()
    except Refused:
        typed = ""
    words = reply.body_for(question.language)
    body = f"{typed}\n\n{words}" if typed else words
    form = AnswerForm(initial={"body": body})
    context = {"question": question, "form": form, "reply": reply}
    part = "reply_inserted" if is_htmx(request) else "use_reply"
    return agent_page(request, part, context)


def _before_the_bench(request: AgentRequest) -> HttpResponse:
    rows = queries.abilities_of(request.user, timezone.now())
    last = request.term.steps.order_by("-number")[0]
    newest = ProgrammeTerms.newest()
    context = {
        "term": request.term,
        "rows": [(one, held) for one, held in rows if one.needed_for == "supported"],
        "last": last,
        "must_agree": newest is not None and newest.pk != request.term.terms_id,
    }
    return agent_page(request, "waiting", context)
