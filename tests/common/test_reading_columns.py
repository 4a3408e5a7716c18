"""Many rows as a few columns of numbers."""

import numpy as np
import pytest
from django.contrib.auth.models import Group

from common import columns
from common.columns import Column, read_columns
from people.models import Person

NAMES = {"person": Column.ID, "joined": Column.MOMENT, "active": Column.FLAG}


@pytest.fixture
def people(db, make_person):
    return [make_person(f"reader{number}") for number in range(7)]


def read(**more):
    rows = Person.objects.filter(handle__startswith="reader", **more).order_by("pk")
    return read_columns(rows.values_list("pk", "date_joined", "is_active"), **NAMES)


def test_every_row_is_read_with_its_values(people):
    Person.objects.filter(pk=people[3].pk).update(is_active=False)

    found = read()

    assert found["person"].tolist() == [person.pk for person in people]
    # Databases know microseconds; a float is a little off either side of one.
    joined = [person.date_joined.timestamp() for person in people]
    assert found["joined"].tolist() == pytest.approx(joined, abs=1e-6, rel=0)
    assert found["active"].tolist() == [True] * 3 + [False] + [True] * 3
    assert [found[name].dtype for name in NAMES] == [np.int64, np.float64, np.bool_]


@pytest.mark.parametrize("rows", [1, 3, 7, 8])
def test_blocks_join_without_a_seam(people, rows, monkeypatch):
    monkeypatch.setattr(columns, "BLOCK_ROWS", rows)

    assert read()["person"].tolist() == [person.pk for person in people]


def test_nothing_is_columns_of_nothing(people):
    found = read(handle="nobody")

    assert [len(values) for values in found.values()] == [0, 0, 0]
    assert found["active"].dtype == np.bool_


def test_no_words_or_gaps_pass_for_numbers(db):
    Group.objects.create(name="Words")

    with pytest.raises((ValueError, TypeError)):
        read_columns(Group.objects.values_list("name"), name=Column.ID)
