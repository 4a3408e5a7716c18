"""Authors of imported posts: known, harmless, and without a key."""

import pytest

from people.actions import ImportedPerson, create_imported_people
from people.models import Person


def rows(count: int, name: str = "Old Hand") -> list[ImportedPerson]:
    return [ImportedPerson("se", str(n), name) for n in range(count)]


def test_everybody_gets_a_handle_of_their_own(db, clock):
    found = create_imported_people(rows(1200), at=clock.now)

    assert len(found) == 1200
    assert Person.objects.values("handle_skeleton").distinct().count() == 1200
    assert all(person.handle.startswith("old-hand-") for person in found.values())


def test_a_second_run_changes_nothing(db, clock):
    first = create_imported_people(rows(3), at=clock.now)

    second = create_imported_people(rows(5), at=clock.now)

    assert Person.objects.count() == 5
    assert {key: second[key].handle for key in first} == {
        key: person.handle for key, person in first.items()
    }


@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("林建", "lin-jian-"),
        ("Admin", "member-"),
        ("", "member-"),
        ("!!!", "member-"),
        ("Дмитрий", ""),
        ("x" * 300, "xxx"),
        ("me@spam.example", "me-spam-example-"),
    ],
)
def test_any_name_makes_a_plain_handle(db, clock, name, base):
    [person] = create_imported_people(rows(1, name), at=clock.now).values()

    assert person.handle.startswith(base)
    assert person.handle.isascii()
    assert len(person.handle) <= 30


def test_the_joining_date_and_the_words_about_oneself_come_along(db, clock):
    joined = clock.move(days=-4000)
    row = ImportedPerson("se", "7", "Ana", "Line one\r\nLine\x00 two", joined)

    [person] = create_imported_people([row], at=clock.move(days=4000)).values()

    assert person.date_joined == joined
    assert person.bio == "Line one\nLine two"
    assert person.is_imported


def test_a_thousand_people_cost_few_queries(db, clock, django_assert_max_num_queries):
    # SQLite takes some fifty rows an INSERT.
    with django_assert_max_num_queries(40):
        create_imported_people(rows(1000), at=clock.now)


def test_two_sources_are_not_mixed(db, clock):
    mixed = [ImportedPerson("se", "1", "A"), ImportedPerson("other", "1", "B")]

    with pytest.raises(ValueError, match="one source"):
        create_imported_people(mixed, at=clock.now)


def test_the_same_number_in_two_sources_is_two_people(db, clock):
    for source in ("se", "discourse"):
        create_imported_people([ImportedPerson(source, "1", "A")], at=clock.now)

    assert Person.objects.count() == 2
