"""Who answers whom, for managers to explore: picture, table and file."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common import spreadsheets
from common.site_day import site_day
from community.models import Circle, Tag
from people.models import Person
from people.requests import SignedInRequest
from rewards.network import Arc, Picture, picture_around, picture_of
from rewards.queries import help_network as queries
from rewards.views.staff import furniture, require

PERMISSION = "rewards.manage_agents"
DEFAULT_DAYS = 90


@require_safe
def page(request: SignedInRequest) -> HttpResponse:
    require(request, PERMISSION)
    chosen = _chosen(request)
    network = queries.help_network(at=timezone.now(), **chosen)
    circles, topics = queries.circles_and_topics()
    person = chosen["around"]
    context = {
        "network": network,
        "listed": network.lines[: queries.LINES_LISTED],
        "picture": _picture(network, person),
        "chosen": chosen,
        "person": person,
        "circles": circles,
        "topics": topics,
        "periods": queries.PERIODS,
        "most_people": queries.PEOPLE_DRAWN,
        "most_answers": queries.ANSWERS_READ,
        "parameters": request.GET.urlencode(),
        **furniture(_("Who answers whom"), "group"),
    }
    return render(request, "rewards/admin/help_network.html", context)


@require_safe
def as_file(request: SignedInRequest) -> HttpResponse:
    """The lines the page draws; names as they are shown, so that a person reads it."""
    require(request, PERMISSION)
    now = timezone.now()
    network = queries.help_network(at=now, **_chosen(request))
    heads = (_("Helper"), _("handle"), _("Asker"), _("handle"))
    rows = [
        (
            line.helper.name,
            line.helper.handle,
            line.asker.name,
            line.asker.handle,
            line.answers,
            line.accepted,
        )
        for line in network.lines
    ]
    return spreadsheets.as_file(
        f"help-network-{site_day(now).isoformat()}.csv",
        [(*heads, _("Answers"), _("Accepted")), *rows],
    )


def _chosen(request: SignedInRequest) -> dict[str, Any]:
    days = request.GET.get("days", "")
    tag, circle = request.GET.get("topic", ""), request.GET.get("circle", "")
    handle = request.GET.get("person", "")
    known = {str(period): period for period in queries.PERIODS}
    return {
        "days": known.get(days, DEFAULT_DAYS),
        "tag": get_object_or_404(Tag, slug=tag) if tag else None,
        "circle": get_object_or_404(Circle, slug=circle) if circle else None,
        "around": get_object_or_404(Person, handle=handle) if handle else None,
    }


def _picture(network: queries.Network, person: Person | None) -> Picture:
    arcs = [
        Arc(line.helper.pk, line.asker.pk, line.answers, is_gift=True)
        for line in network.lines
    ]
    names = {pk: one.name for pk, one in network.people.items()}
    if person is not None and person.pk in names:
        return picture_around(person.pk, names, arcs)
    return picture_of(names, arcs)
