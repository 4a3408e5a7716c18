"""Which campaign counts for what somebody did."""

from datetime import datetime

from community.models import Answer
from rewards.actions.claims import Cause
from rewards.models import Campaign


def best_campaign(cause: Cause, at: datetime) -> Campaign | None:
    """The running campaign that gives most for this cause; they do not add up.

    Campaigns are about answers. In one query when none is running.
    """
    if cause.source_type != "answer":
        return None
    running = Campaign.objects.running(at).prefetch_related("tags", "circles")
    best_first = running.order_by("-factor_percent", "pk")
    for campaign in best_first:
        if campaign.events and cause.event not in campaign.events:
            continue
        if _is_about(campaign, cause):
            return campaign
    return None


def _is_about(campaign: Campaign, cause: Cause) -> bool:
    tags = {tag.pk for tag in campaign.tags.all()}
    circles = {circle.pk for circle in campaign.circles.all()}
    if not tags and not circles:
        return True
    if not cause.source_id.isdigit():
        return False
    answers = Answer.objects.select_related("question")
    answer = answers.filter(pk=int(cause.source_id)).first()
    if answer is None:
        return False
    if circles and answer.question.circle_id not in circles:
        return False
    return not tags or answer.question.tags.filter(pk__in=tags).exists()
