"""Staff say which words mean the same; the next search knows."""

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse

from search import queries
from search.models import SynonymGroup
from search.setup import setup_synonyms

LIST = "wagtailsnippets_search_synonymgroup"


@pytest.fixture
def same():
    """Make a group; those of the furnished site are put aside."""
    SynonymGroup.objects.all().delete()
    return lambda terms: SynonymGroup.objects.create(terms=terms)


def test_points_finds_what_was_written_in_chinese_and_the_other_way_round(
    same, put, found
):
    put(1, "积分兑换规则", language="zh-hans")
    put(2, "How points are earned")
    assert found("points") == ["How points are earned"]

    same("积分, points")

    assert found("points") == ["How points are earned", "积分兑换规则"]
    assert found("积分", prefer="zh-hans") == [
        "积分兑换规则",
        "How points are earned",
    ]


def test_terms_of_several_words_mean_the_same_only_together(same, put, found):
    same("reward points, 积分")
    put(1, "积分兑换规则", language="zh-hans")

    assert found("reward points") == ["积分兑换规则"]
    assert found("reward") == []


def test_several_words_are_found_only_together(same, put, found):
    same("日包, day pass")
    put(1, "A day pass for Europe")
    put(2, "The day I forgot to pass by")
    put(3, "One day")

    assert "One day" not in found("日包")


def test_the_word_itself_comes_before_what_means_the_same(same, put, found):
    same("top up, recharge")
    put(1, "Recharge your line")
    put(2, "Top up your line")

    assert found("recharge")[0] == "Recharge your line"
    assert found("top up")[0] == "Top up your line"


def test_the_words_that_were_meant_are_marked(same, put):
    same("积分, points")
    put(1, "How points are earned")

    (hit,) = queries.search("积分").hits

    assert "<mark>points</mark>" in hit.title_html


def test_a_changed_group_counts_for_the_next_search(same, put, found):
    put(1, "Hotspot settings")
    group = same("热点, hotspot")
    assert found("热点") == ["Hotspot settings"]

    group.delete()

    assert found("热点") == []


def test_editors_write_groups_in_the_admin(editor, client_of, put, found):
    put(1, "Femtocell at home")
    office = client_of(editor)

    office.post(reverse(f"{LIST}:add"), {"terms": "家庭基站，femtocell"})

    assert found("家庭基站") == ["Femtocell at home"]
    assert "家庭基站, femtocell" in office.get(reverse(f"{LIST}:list")).text


def test_who_may_not_edit_articles_may_not_edit_synonyms(moderator, client_of):
    assert not moderator.has_perm("search.change_synonymgroup")

    response = client_of(moderator).post(
        reverse(f"{LIST}:add"), {"terms": "家庭基站，femtocell"}
    )

    assert response.status_code == 302
    assert not SynonymGroup.objects.filter(terms__contains="femtocell").exists()


def test_managers_may_too(manager):
    assert manager.has_perm("search.add_synonymgroup")
    assert Permission.objects.filter(codename="add_synonymgroup").exists()


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        ("points", "at least two"),
        ("points, point", "at least two"),
        ("points, how", "“how”"),
        (f"points, {'x' * 60}", "“xxx"),
        (", ".join(f"word{n}" for n in range(20)), "At most 12"),
    ],
)
def test_a_group_that_would_do_nothing_is_refused(terms, why):
    with pytest.raises(ValidationError, match=why):
        SynonymGroup(terms=terms).full_clean()


def test_a_new_site_knows_some_and_leaves_later_ones_alone(same, put, found):
    setup_synonyms()
    assert SynonymGroup.objects.count() > 10
    put(1, "积分兑换规则", language="zh-hans")
    assert found("points") == ["积分兑换规则"]

    SynonymGroup.objects.exclude(pk=SynonymGroup.objects.first().pk).delete()
    setup_synonyms()

    assert SynonymGroup.objects.count() == 1


def test_every_group_of_a_new_site_is_one_staff_could_have_written(same):
    setup_synonyms()

    for group in SynonymGroup.objects.all():
        group.full_clean()


@pytest.mark.django_db(transaction=True)
def test_searching_goes_on_when_the_database_knows_no_synonyms(put, found, monkeypatch):
    put(1, "Roaming")
    table = SynonymGroup._meta.db_table
    with connection.schema_editor() as editor:
        editor.alter_db_table(SynonymGroup, table, f"{table}_away")
    try:
        assert found("roaming") == ["Roaming"]
    finally:
        with connection.schema_editor() as editor:
            editor.alter_db_table(SynonymGroup, f"{table}_away", table)


def test_a_word_only_staff_know_is_not_cut_in_a_sentence(same, put, found):
    put(1, "漫游日包怎么选", language="zh-hans")
    put(2, "三日内包邮", question="每日发货，包装完好。", language="zh-hans")

    same("日包, day pass")

    assert found("日包扣了两次") == ["漫游日包怎么选"]
