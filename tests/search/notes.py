"""Search's own model stands in for those of the rooms above."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from common.outbox import drain
from search.indexes import HallIndex
from search.models import QueryLog


class NoteIndex(HallIndex):
    """Notes are questions; some are hidden, some can't be read."""

    kind = "question"

    def get_model(self) -> type[QueryLog]:
        return QueryLog

    def index_queryset(self, using: str | None = None) -> Any:  # noqa: ARG002
        return QueryLog.objects.exclude(visitor="hidden")

    def prepare_title(self, note: QueryLog) -> str:
        if note.visitor == "broken":
            raise ZeroDivisionError
        return note.text

    def prepare_language(self, note: QueryLog) -> str:
        return note.language

    def prepare_url(self, note: QueryLog) -> str:
        return f"/notes/{note.pk}/"


def work() -> int:
    """What the worker does."""
    return drain(at=timezone.now() + timedelta(seconds=1), kinds=["search.index"])
