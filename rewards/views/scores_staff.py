"""How the leader score is made, for managers: look at a change, then apply it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from people.requests import SignedInRequest
from rewards.actions.adopting import adopt_score_model
from rewards.actions.previewing import preview
from rewards.forms_scores import ScoreModelForm
from rewards.queries.leaders import moves_with_people, score_models
from rewards.views.staff import furniture, require


@require_http_methods(["GET", "HEAD", "POST"])
def score_model(request: SignedInRequest) -> HttpResponse:
    """The figures in force; a change is compared first and applied by a second step."""
    require(request, "rewards.manage_agents")
    form = ScoreModelForm(request.POST or None)
    comparison, is_waiting = None, False
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        if "apply" in request.POST:
            made = adopt_score_model(by=request.user, values=form.cleaned_data, at=now)
            said = _("Version %(version)s is used from the next night on.")
            messages.success(request, said % {"version": made})
            return redirect("rewards_score_model")
        comparison = preview(model=form.instance.as_model(), at=now)
        is_waiting = comparison is None
    context = {
        "form": form,
        "comparison": comparison,
        "moves": moves_with_people(comparison.moves) if comparison else [],
        "is_waiting": is_waiting,
        "versions": score_models(),
        **furniture(_("Leader score"), "cogs"),
    }
    status = 422 if form.errors else 200
    return render(request, "rewards/admin/score_model.html", context, status=status)
