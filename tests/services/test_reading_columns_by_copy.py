"""The same columns by COPY as row by row, and the same scores from them."""

import pytest
from django.db import connection
from django.utils import timezone

from common import columns
from common.columns import Column, read_columns
from community.models import Answer
from people.models import Person
from rewards.actions.scoring import score_leaders
from tests.common.test_reading_columns import (
    people,  # noqa: F401  a fixture
    test_blocks_join_without_a_seam,  # noqa: F401  here by COPY
    test_every_row_is_read_with_its_values,  # noqa: F401
    test_nothing_is_columns_of_nothing,  # noqa: F401
)
from tests.rewards.conftest import (
    accept,  # noqa: F401
    circle,  # noqa: F401
    clock,  # noqa: F401
    help_somebody,  # noqa: F401
    make_answer,  # noqa: F401
    make_question,  # noqa: F401
    neighbours,  # noqa: F401
    rules,  # noqa: F401
    vote,  # noqa: F401
)

pytestmark = [pytest.mark.services, pytest.mark.django_db]


def test_it_is_postgresql_here():
    assert connection.vendor == "postgresql"


def test_a_gap_in_a_column_is_an_error_and_no_number(make_person):
    make_person("reader1", email=None)

    rows = Person.objects.values_list("merged_into_id")
    with pytest.raises(ValueError, match="NULL somewhere"):
        read_columns(rows, person=Column.ID)


def test_a_column_of_another_type_is_an_error(make_person):
    make_person("reader1")

    with pytest.raises(ValueError, match="of another type"):
        read_columns(Person.objects.values_list("pk"), person=Column.SMALL)


def test_copy_and_cursor_give_the_same_scores(
    help_somebody,  # noqa: F811
    vote,  # noqa: F811
    stranger,
    clock,  # noqa: F811
    monkeypatch,
):
    for _ in range(3):
        vote(stranger, help_somebody())
    at = timezone.now()
    copied = score_leaders(at=at)
    monkeypatch.setattr(columns, "_copied", columns._fetched)

    fetched = score_leaders(at=at)

    fields = ("person", "score", "rank", "parts", "posts", "asker_count")
    assert list(copied.scores.values(*fields)) == list(fetched.scores.values(*fields))
    assert copied.answer_count == Answer.objects.count() == 3
