"""A site with a million posts: the threads there are, again and again.

    ANSWERHALL_STATE=/tmp/large .venv/bin/python benchmarks/filling.py [--posts 1000000]

Copies the questions of the site in ANSWERHALL_STATE with their answers, comments, tags
and events, each copy of all some hours older than the one before, until there are that
many posts; then benchmarks/pages.py says what pages cost there. Nobody is added, so the
members have written thousands each; the busiest thread has 5,000 answers. Use a copy of
a state folder: the search index and the ledger know nothing of it.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "site")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "answerhall.settings.dev")

import django  # noqa: E402

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.db.models import DateTimeField, Max, Model  # noqa: E402

from community.actions.reputation import recount  # noqa: E402
from community.models import (  # noqa: E402
    Answer,
    Comment,
    Question,
    QuestionEvent,
    Tag,
    Tagging,
)
from people.models import Person  # noqa: E402

POSTS = (Question, Answer, Comment)
COPIED = (*POSTS, Tagging, QuestionEvent)
BETWEEN_COPIES = timedelta(hours=5)
BUSIEST = 5_000  # answers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=1_000_000)
    wanted = parser.parse_args().posts
    rows = {model: list(model.objects.order_by("pk").values()) for model in COPIED}
    if not rows[Question]:
        sys.exit("There is nothing to copy in ANSWERHALL_STATE; run `make run` first.")
    began = time.perf_counter()
    make_one_busy(rows[Answer])
    step = {model: highest(model) + 1 for model in COPIED}
    there = sum(model.objects.count() for model in POSTS)
    copies = max(0, wanted - there) // sum(len(rows[model]) for model in POSTS)
    for copy in range(1, copies + 1):
        with transaction.atomic():
            for model in COPIED:
                shifted = (shift(row, model, copy, step) for row in rows[model])
                create(model, shifted)
    count()
    posts = sum(model.objects.count() for model in POSTS)
    print(f"{posts:,} posts, {time.perf_counter() - began:.0f} s")  # noqa: T201


def make_one_busy(answers: list[dict[str, Any]]) -> None:
    """As many answers to the first answered question as nobody will ever read."""
    one = answers[0]
    first = highest(Answer) + 1
    missing = BUSIEST - Answer.objects.filter(question_id=one["question_id"]).count()
    copies = ({**one, "id": first + n} for n in range(missing))
    with transaction.atomic():
        create(Answer, copies)
        Question.objects.filter(pk=one["question_id"]).update(answer_count=BUSIEST)


def shift(
    row: dict[str, Any], model: type[Model], copy: int, step: dict[type[Model], int]
) -> dict[str, Any]:
    """The row in this copy: other ids, and earlier."""
    shifted = dict(row)
    for field in model._meta.concrete_fields:
        name, value = field.attname, row[field.attname]
        target = model if field.primary_key else field.related_model
        if value is not None and target in step:
            shifted[name] = value + copy * step[target]
        elif value is not None and isinstance(field, DateTimeField):
            shifted[name] = value - copy * BETWEEN_COPIES
    if model is QuestionEvent:
        shifted["key"] = f"copy:{shifted['id']}"
    return shifted


def create(model: type[Model], rows: Iterable[dict[str, Any]]) -> None:
    model._default_manager.bulk_create((model(**row) for row in rows), batch_size=500)


def highest(model: type[Model]) -> int:
    return model._default_manager.aggregate(highest=Max("pk"))["highest"]


def count() -> None:
    """What the site keeps beside the posts."""
    for tag in Tag.objects.all():
        Tag.objects.filter(pk=tag.pk).update(
            question_count=Tagging.objects.filter(tag=tag).count()
        )
    with transaction.atomic():
        recount(Person.objects.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    main()
