"""Threads have been read."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import F

from community.models import Question

CHUNK = 500


def count_views(views: Mapping[int, int]) -> None:
    """Add so many views to these threads, by id.

    No page is made anew for it: the number on it is a minute old at most.
    """
    # In one order, so that two processes that write at once never block each other.
    rows = sorted(views.items())
    for start in range(0, len(rows), CHUNK):
        with transaction.atomic():
            for pk, number in rows[start : start + CHUNK]:
                Question.objects.filter(pk=pk).update(
                    view_count=F("view_count") + number
                )
