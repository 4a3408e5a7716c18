"""What a new site needs so that no question is left alone: a queue and three rules."""

from desk.models import EscalationRule, Queue

FIRST_RULES = (
    # kind, hours: what managers later change in /admin/ stays changed.
    (EscalationRule.Kind.UNANSWERED, 24),
    (EscalationRule.Kind.UNACCEPTED, 48),
    (EscalationRule.Kind.REQUESTED, 0),
)


def setup_desk() -> None:
    """Make the first queue and the first rules. Runs again without a change."""
    default_queue()
    if not EscalationRule.objects.exists():
        for position, (kind, hours) in enumerate(FIRST_RULES):
            EscalationRule.objects.create(kind=kind, hours=hours, position=position)


def default_queue() -> Queue:
    """The queue of whatever has no other: a ticket is never lost for want of one."""
    queue = Queue.objects.order_by("-is_default", "position", "slug").first()
    return queue or Queue.objects.create(
        slug="front-desk", name_en="Front desk", name_zh="综合服务台", is_default=True
    )
