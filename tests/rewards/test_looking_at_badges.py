"""The pages of badges: for everybody, and for managers who decide about them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from people.actions import create_person
from rewards.actions import badges as actions
from rewards.actions.recognising import recognise
from rewards.badge_wording import conditions, criteria
from rewards.models import Badge, BadgeHolding
from rewards.models.badges import Tier
from rewards.queries.badges import best_badges, holders_of, public_badges

pytestmark = pytest.mark.django_db


@pytest.fixture
def badge(rules):
    return Badge.objects.create(
        slug="good-helper",
        name_en="Good helper",
        name_zh="好帮手",
        feat=Badge.Feat.ACCEPTED,
        bronze=1,
        silver=1000,
        state=Badge.State.IN_FORCE,
    )


@pytest.fixture
def hold(badge, clock):
    """Let somebody have a badge, without having done anything for it."""

    def hold(person, *, badge=badge, tier=Tier.BRONZE, series="", at=None):
        return BadgeHolding.objects.create(
            badge=badge, person=person, tier=tier, series=series, since=at or clock.now
        )

    return hold


@pytest.fixture
def crowd(clock):
    def crowd(size):
        return [
            create_person(
                handle=f"holder{n:03}", display_name=f"Holder {n:03}", at=clock.now
            )
            for n in range(size)
        ]

    return crowd


def test_the_rule_is_said_in_both_languages(badge, circle):
    badge.circle = circle
    badge.window, badge.window_days, badge.valid_days = "days", 30, 90

    with translation.override("en"):
        assert [words for _tier, _css, words in criteria(badge)] == [
            "1 accepted answer, in the circle “General”, within 30 days.",
            "1,000 accepted answers, in the circle “General”, within 30 days.",
        ]
        assert conditions(badge) == [
            "Valid for 90 days; earned again, it stays.",
            "Goes when its cause is undone, such as an answer deleted.",
        ]
    with translation.override("zh-hans"):
        assert criteria(badge)[0][2] == "在圈子“综合”中，30 天内，1 次被采纳。"


@pytest.mark.parametrize("feat", [feat for feat in Badge.Feat.values if feat])
def test_every_rule_has_words_in_both_languages(badge, feat):
    badge.feat, badge.minutes, badge.bronze, badge.silver = feat, 5, 3, None

    said = {}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            [(_tier, _css, said[language])] = criteria(badge)

    assert "3" in said["en"]
    assert "3" in said["zh-hans"]
    assert said["en"] != said["zh-hans"]


def test_visitors_see_what_badges_are_given_for_and_who_has_them(
    badge, hold, helper, client
):
    hold(helper)

    every = client.get(reverse("rewards:badges")).content.decode()
    one = client.get(badge.get_absolute_url()).content.decode()

    assert "Good helper" in every
    assert "1 member has it" in every
    assert "1 accepted answer." in one
    assert helper.name in one
    assert "csrfmiddlewaretoken" not in every + one


def test_a_draft_is_nobodys_business(badge, client):
    Badge.objects.filter(pk=badge.pk).update(state=Badge.State.DRAFT)

    assert client.get(badge.get_absolute_url()).status_code == 404
    assert "Good helper" not in client.get(reverse("rewards:badges")).content.decode()


def test_a_retired_badge_stays_shown(badge, hold, helper, client):
    hold(helper)
    Badge.objects.filter(pk=badge.pk).update(state=Badge.State.RETIRED)

    assert "Not given any more" in client.get(badge.get_absolute_url()).content.decode()
    assert "Good helper" in client.get(helper.get_absolute_url()).content.decode()


def test_a_long_list_of_holders_is_read_in_pieces_without_gaps(
    badge, hold, crowd, client, clock, monkeypatch
):
    monkeypatch.setattr("rewards.numbers.BADGE_HOLDERS_SHOWN", 4)
    for n, person in enumerate(crowd(10)):
        # Some of them at the very same moment.
        hold(person, at=clock.now - timedelta(hours=n // 3))

    seen, after = [], ""
    for _piece in range(3):
        piece = holders_of(badge, after=after)
        seen += [row.person.handle for row in piece.rows]
        after = piece.next

    assert len(seen) == len(set(seen)) == 10
    assert after == ""
    first = client.get(badge.get_absolute_url()).content.decode()
    assert 'rel="next"' in first


@pytest.mark.parametrize(
    "after", ["x", "20260101T000000.000000-", "1-1", "20260101T000000.000000-9" * 9]
)
def test_a_made_up_end_of_a_list_is_not_found(badge, client, after):
    address = badge.get_absolute_url()

    assert client.get(address, {"after": after}).status_code == 404


def test_a_yearly_badge_lists_its_years(badge, hold, helper, stranger, client):
    Badge.objects.filter(pk=badge.pk).update(window="year", name_en="Helper of {year}")
    hold(helper, series="2025")
    hold(stranger, series="2026")
    address = badge.get_absolute_url()

    newest = client.get(address).content.decode()
    before = client.get(address, {"year": "2025"}).content.decode()

    assert "Helper of 2026" in newest
    assert stranger.name in newest
    assert helper.name not in newest
    assert helper.name in before
    assert '<meta name="robots" content="noindex">' in before
    assert client.get(address, {"year": "1999"}).status_code == 404


def test_badges_stand_on_the_profile_and_the_best_three_beside_the_name(
    badge, hold, helper, client
):
    for n, tier in enumerate((Tier.BRONZE, Tier.GOLD, Tier.SILVER, Tier.BRONZE)):
        other = Badge.objects.create(
            slug=f"other-{n}",
            name_en=f"Other {n}",
            name_zh="其他",
            feat="answers",
            bronze=1,
            state=Badge.State.IN_FORCE,
        )
        hold(helper, badge=other, tier=tier)

    words = client.get(helper.get_absolute_url()).content.decode()

    beside = words[words.index('class="medals"') :]
    beside = beside[: beside.index("</span>\n")]
    assert "Level and badges" in words
    best = best_badges([helper])[helper.pk]
    assert [one.tier for one in best] == [Tier.GOLD, Tier.SILVER, Tier.BRONZE]
    assert "Other 1" in beside


def test_a_page_kept_for_visitors_shows_a_badge_as_soon_as_it_is_earned(
    badge, help_somebody, helper, client, clock
):
    before = client.get(helper.get_absolute_url()).content.decode()
    help_somebody()
    recognise(at=clock.now)

    after = client.get(helper.get_absolute_url()).content.decode()

    assert "Good helper" not in before
    assert "Good helper" in after


def test_more_holders_and_badges_cost_no_more_queries(
    badge, hold, crowd, django_assert_num_queries
):
    for person in crowd(20):
        hold(person)

    with django_assert_num_queries(1):
        assert len(holders_of(badge).rows) == 20
    with django_assert_num_queries(2):
        public_badges()


def test_managers_look_before_they_enable(
    badge, help_somebody, helper, client_of, manager, moderator
):
    Badge.objects.filter(pk=badge.pk).update(state=Badge.State.DRAFT)
    help_somebody()
    browser = client_of(manager)
    address = reverse("rewards_badge", args=[badge.pk])

    plain = browser.get(address).content.decode()
    seen = browser.get(address, {"preview": "1"}).content.decode()

    assert "member would get it now" not in plain
    assert "1 member would get it now" in " ".join(seen.split())
    assert helper.name in seen
    browser.post(reverse("rewards_badge_enable", args=[badge.pk]))
    badge.refresh_from_db()
    assert badge.is_in_force


@pytest.mark.parametrize("name", ["enable", "retire", "give"])
def test_nobody_else_decides_about_badges(badge, client_of, moderator, name):
    answer = client_of(moderator).post(
        reverse(f"rewards_badge_{name}", args=[badge.pk]), {"handle": "xiaoman"}
    )

    assert answer.status_code in (302, 403)
    badge.refresh_from_db()
    assert badge.is_in_force
    assert not BadgeHolding.objects.exists()


def test_managers_give_a_badge_by_hand_and_take_it_back(
    badge, client_of, manager, helper, client
):
    Badge.objects.filter(pk=badge.pk).update(feat="", bronze=None, silver=None)
    browser = client_of(manager)

    browser.post(
        reverse("rewards_badge_give", args=[badge.pk]),
        {"handle": "@xiaoman", "tier": "3", "reason": "Welcomed newcomers"},
    )
    assert "Welcomed newcomers" in client.get(badge.get_absolute_url()).content.decode()

    holding = BadgeHolding.objects.get(person=helper, tier=Tier.GOLD)
    browser.post(
        reverse("rewards_badge_take", args=[holding.pk]), {"reason": "By mistake"}
    )
    holding.refresh_from_db()
    assert holding.tier is None


def test_a_badge_is_made_in_the_admin_without_code(client_of, manager):
    answer = client_of(manager).post(
        reverse("wagtailsnippets_rewards_badge:add"),
        {
            "name_en": "Night owl",
            "name_zh": "夜猫子",
            "slug": "night-owl",
            "picture": "star",
            "feat": "answers",
            "window": "ever",
            "bronze": "5",
            "is_taken_back": "on",
        },
    )

    assert answer.status_code == 302
    made = Badge.objects.get(slug="night-owl")
    assert made.is_draft
    assert made.bronze == 5


def test_the_api_lists_the_badges_of_a_member(badge, hold, helper, client):
    hold(helper)

    told = client.get(f"/api/v1/members/{helper.handle}/badges/").json()

    assert [(row["badge"], row["tier"]) for row in told["items"]] == [
        ("good-helper", "bronze")
    ]


def test_nobody_keeps_a_badge_they_were_given_twice(badge, hold, helper, clock):
    from django.db import IntegrityError, transaction

    hold(helper)

    with pytest.raises(IntegrityError), transaction.atomic():
        hold(helper)
    assert actions.look_at(badge=badge, people=[helper.pk], at=clock.now) == 1
