"""Pages of a list that never count the whole table."""

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404

# Nobody reads further; a crawler that wants to has the sitemap.
MAX_PAGES = 50
_NUMBER = re.compile("[1-9][0-9]{0,5}")


class CappedPaginator(Paginator):
    """Counts at most as many rows as can be shown."""

    def __init__(self, rows: Any, per_page: int, max_pages: int) -> None:
        super().__init__(rows, per_page)
        self.max_pages = max_pages

    @cached_property
    def count(self) -> int:
        shown = self.object_list[: self.per_page * self.max_pages]
        return shown.count() if isinstance(shown, QuerySet) else len(shown)


class CappedPage(Page):
    """Knows whether there is a next page without a count, from one row too many."""

    def __init__(
        self, rows: Sequence, number: int, paginator: CappedPaginator, has_next: bool
    ) -> None:
        super().__init__(rows, number, paginator)
        self._has_next = has_next

    def has_next(self) -> bool:
        return self._has_next

    def next_page_number(self) -> int:
        return self.number + 1

    def previous_page_number(self) -> int:
        # Without asking how many there are: somebody just read a page beyond it.
        return self.number - 1


def page_of(
    queryset: Any,
    number: str | int | None,
    per_page: int = 20,
    max_pages: int = MAX_PAGES,
) -> CappedPage:
    """One page, in one query. 404 for what is no page number or lies too far."""
    wanted = str(number or "1")
    if not _NUMBER.fullmatch(wanted) or int(wanted) > max_pages:
        raise Http404
    page_number = int(wanted)
    start = (page_number - 1) * per_page
    rows = list(queryset[start : start + per_page + 1])
    if not rows and page_number > 1:
        raise Http404
    return CappedPage(
        rows[:per_page],
        page_number,
        CappedPaginator(queryset, per_page, max_pages),
        has_next=len(rows) > per_page and page_number < max_pages,
    )
