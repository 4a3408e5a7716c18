"""The agents' side of the programme: invitation, bench, training, line, report."""

import re
from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import Refused
from common.http import is_htmx, post_only
from common.markdown import render as rendered
from common.site_day import site_day
from common.text import MAX_BODY_CHARS, clean_body
from community.forms import AnswerForm
from community.models import Question
from people.requests import SignedInRequest
from rewards import actions, queries
from rewards.forms_agents import LineForm, NoteForm, ReplyForm, TestForm, TopicsForm
from rewards.models import (
    Ability,
    AgentTerm,
    CannedReply,
    Notice,
    Programme,
    ProgrammeTerms,
    State,
    TestTry,
)
from rewards.models.agents import JOINED, SERVING
from rewards.months import month_bounds, months_later
from rewards.views.agent_chart import answers_chart

MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])", re.ASCII)
View = Callable[..., HttpResponse]


class AgentRequest(SignedInRequest):
    """A signed-in request of somebody who stands in the programme."""

    term: AgentTerm


def standing(*states: str) -> Callable[[View], View]:
    """Only for who stands there now, asked of the database each time; else a 404.

    Nothing behind it is kept by browsers or proxies, so leaving works at once.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def seen(request: AgentRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            term = queries.term_of(request.user)
            if term is None or term.state not in states:
                raise Http404
            term.person = request.user
            request.term = term
            return view(request, *args, **kwargs)

        return login_required(cache_control(private=True, no_store=True)(seen))

    return decorate


serving = standing(*SERVING)


@require_safe
@standing(State.INVITED, *JOINED)
def bench(request: AgentRequest) -> HttpResponse:
    """The bench, or what stands before it: an invitation, training, a break."""
    if request.term.state == State.INVITED:
        return redirect("rewards:agent_invitation")
    if not request.term.is_serving:
        return _before_the_bench(request)
    found = queries.bench(request.term, timezone.now(), request.GET.get("page", 1))
    return _page(request, "bench", {"bench": found})


@require_http_methods(["GET", "HEAD", "POST"])
@standing(State.INVITED)
def invitation(request: AgentRequest) -> HttpResponse:
    form = NoteForm(request.POST or None)
    if request.method == "POST":
        now = timezone.now()
        if "decline" in request.POST and form.is_valid():
            note = form.cleaned_data["note"]
            actions.decline_invitation(person=request.user, note=note, at=now)
            messages.success(request, _("Thank you for telling us. Nothing changes."))
            return redirect("people:me")
        if "accept" in request.POST:
            terms = get_object_or_404(ProgrammeTerms, pk=_number(request, "terms"))
            actions.accept_invitation(
                person=request.user, terms=terms, language=_language(), at=now
            )
            messages.success(request, _("Welcome! This is your bench."))
            return redirect("rewards:agent_bench")
    context = {"form": form, **_terms(), "figures": Programme.figures()}
    return _page(request, "invitation", context)


@require_http_methods(["GET", "HEAD", "POST"])
@standing(*JOINED)
def terms(request: AgentRequest) -> HttpResponse:
    """The version in force, and the form that agrees to it."""
    if request.method == "POST":
        chosen = get_object_or_404(ProgrammeTerms, pk=_number(request, "terms"))
        actions.agree_to_terms(
            person=request.user,
            terms=chosen,
            language=_language(),
            at=timezone.now(),
        )
        messages.success(request, _("Thank you. You agreed to the newest terms."))
        return redirect("rewards:agent_bench")
    return _page(request, "terms", _terms())


@post_only
@standing(*JOINED)
def change(request: AgentRequest) -> HttpResponse:
    """Take a break, come back, or leave."""
    person, now = request.user, timezone.now()
    note = NoteForm(request.POST)
    why = note.cleaned_data["note"] if note.is_valid() else ""
    if "leave" in request.POST:
        actions.end_agent(person=person, by=person, note=why, at=now)
        messages.success(
            request, _("You have left the programme. Thank you for all your help.")
        )
        return redirect("people:me")
    if "pause" in request.POST:
        actions.pause_agent(person=person, by=person, note=why, at=now)
        messages.success(request, _("Enjoy your break. Come back whenever you like."))
    elif "resume" in request.POST:
        actions.resume_agent(person=person, by=person, at=now)
        messages.success(request, _("Welcome back."))
    return redirect("rewards:agent_bench")


@require_http_methods(["GET", "HEAD", "POST"])
@serving
def topics(request: AgentRequest) -> HttpResponse:
    chosen, _are_chosen = queries.topics_of(request.user)
    offered = queries.topics_offered(_language(), chosen)
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
    return _page(request, "topics", {"form": form})


@require_safe
@serving
def notice(request: AgentRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    found = get_object_or_404(queries.notices_out(now), pk=pk)
    context = {
        "notice": found,
        "body": _html(found.body),
        "is_secret": found.public_at is None or found.public_at > now,
        "form": LineForm(),
    }
    return _page(request, "notice", context)


@require_http_methods(["GET", "HEAD", "POST"])
@serving
def line(request: AgentRequest) -> HttpResponse:
    form = LineForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        about = _number(request, "notice")
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
    return _page(request, "line", {"form": form, "page": page}, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@serving
def replies(request: AgentRequest, pk: int | None = None) -> HttpResponse:
    """Canned replies; with a pk, the form changes that one of one's own."""
    mine = None
    initial: dict[str, Any] = {"language": _language()}
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
    return _page(request, "replies", context, status=form.status)


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
    return _page(request, part, context)


@require_safe
@serving
def report(request: AgentRequest) -> HttpResponse:
    month = month_asked(request.GET.get("month", ""), timezone.now())
    reports = queries.reports_of(request.user, month=month)
    start = month_bounds(month)[0]
    after = months_later(start, 1).date()
    context = {
        "report": reports[-1],
        "before": reports[-2],
        "reports": reports,
        "chart": answers_chart(reports),
        "earlier": months_later(start, -1).date(),
        "later": after if after <= site_day(timezone.now()) else None,
    }
    return _page(request, "report", context)


@require_safe
@standing(*JOINED)
def training(request: AgentRequest) -> HttpResponse:
    rows = queries.abilities_of(request.user, timezone.now())
    return _page(request, "training", {"rows": rows, "term": request.term})


@require_http_methods(["GET", "HEAD", "POST"])
@standing(*JOINED)
def ability(request: AgentRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(
        Ability.objects.filter(enabled=True).prefetch_related("questions"), slug=slug
    )
    form = TestForm(request.POST if request.method == "POST" else None, ability=found)
    status = 200
    if request.method == "POST":
        status = form.status if not form.is_valid() else 200
        if form.is_valid():
            try:
                done = actions.take_test(
                    person=request.user,
                    ability=found,
                    choices=form.chosen,
                    at=timezone.now(),
                )
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = refusal.status
            else:
                return _after_test(request, done)
    article = found.article
    context = {
        "ability": found,
        "lesson": _html(found.lesson),
        "article": article if article and article.live else None,
        "form": form,
    }
    return _page(request, "ability", context, status=status)


@require_safe
@standing(*JOINED)
def certificate(request: AgentRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(
        TestTry.objects.select_related("ability"),
        pk=pk,
        person=request.user,
        passed=True,
    )
    ends = found.expires_at
    ended = ends is not None and ends <= timezone.now()
    context = {"certificate": found, "ended": ended}
    return _page(request, "certificate", context)


def month_asked(typed: str, now: datetime) -> date:
    """The first day of the month in an address; this month where it says none."""
    found = MONTH.fullmatch(typed)
    this_month = site_day(now).replace(day=1)
    if found is None:
        return this_month
    return min(date(int(found[1]), int(found[2]), 1), this_month)


def _after_test(request: AgentRequest, done: TestTry) -> HttpResponse:
    score = {"right": done.right_count, "all": done.question_count}
    if not done.passed:
        messages.warning(
            request,
            _("%(right)s of %(all)s right: not enough yet. Read it again.") % score,
        )
        return redirect("rewards:agent_ability", done.ability.slug)
    messages.success(request, _("%(right)s of %(all)s right: passed!") % score)
    return redirect("rewards:agent_training")


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
    return _page(request, "waiting", context)


def _terms() -> dict[str, Any]:
    newest = ProgrammeTerms.newest()
    return {
        "terms": newest,
        "terms_html": _html(newest.text) if newest else "",
    }


def _html(source: str) -> SafeString:
    return mark_safe(rendered(source).html)  # noqa: S308  cleaned by the renderer


def _language() -> str:
    return "zh-hans" if (get_language() or "").startswith("zh") else "en"


def _number(request: AgentRequest, name: str) -> int:
    typed = request.POST.get(name, "")
    return int(typed) if re.fullmatch(r"[0-9]{1,18}", typed, re.ASCII) else 0


def _page(
    request: AgentRequest, name: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    context = {"term": request.term, "nav_current": "agents"} | context
    template = f"rewards/agents/{name}.html"
    return render(request, template, context, status=status)
