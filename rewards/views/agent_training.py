"""Lessons, tests and certificates."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import Refused
from rewards import actions, queries
from rewards.forms_agents import TestForm
from rewards.models import Ability, TestTry
from rewards.models.agents import JOINED
from rewards.views.agent_door import AgentRequest, agent_page, as_html, standing


@require_safe
@standing(*JOINED)
def training(request: AgentRequest) -> HttpResponse:
    rows = queries.abilities_of(request.user, timezone.now())
    return agent_page(request, "training", {"rows": rows, "term": request.term})


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
        "lesson": as_html(found.lesson),
        "article": article if article and article.live else None,
        "form": form,
    }
    return agent_page(request, "ability", context, status=status)


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
    return agent_page(request, "certificate", context)


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
