"""What agents and staff say to each other, and who waits for an answer."""

from django.db.models import Case, Exists, F, OuterRef, When

from common.paging import CappedPage, page_of
from people.models import Person
from rewards.models import LineMessage

Number = str | int | None
ROWS_PER_PAGE = 50


def lines(number: Number) -> CappedPage:
    """Every line's last message: who waits longest first, then the newest. 2 queries.

    `object_list` holds pairs of a message and whether it waits.
    """
    waiting = LineMessage.objects.waiting().filter(pk=OuterRef("pk"))
    rows = (
        LineMessage.objects.newest_of_each_line()
        .exclude(body="")
        .select_related("agent", "author")
        .annotate(waits=Exists(waiting))
        .annotate(waits_from=Case(When(waits=True, then="at")))
        .order_by(F("waits_from").asc(nulls_last=True), "-pk")
    )
    page = page_of(rows, number, per_page=ROWS_PER_PAGE)
    page.object_list = [(row, row.waits) for row in page.object_list]
    return page


def line_of(agent: Person, number: Number, *, for_staff: bool) -> CappedPage:
    """An agent's line, newest first. What staff hid only staff still read."""
    rows = LineMessage.objects.filter(agent=agent)
    if not for_staff:
        rows = rows.filter(hidden_at=None)
    rows = rows.select_related("author", "notice", "hidden_by")
    return page_of(rows.order_by("-at", "-pk"), number, per_page=ROWS_PER_PAGE)


def waiting_on(agent: Person) -> LineMessage | None:
    """What the agent said last, if that waits for our team."""
    return LineMessage.objects.waiting().filter(agent=agent).first()


def lines_waiting() -> int:
    return LineMessage.objects.waiting().count()
