"""Double points for some time: who gets them, how long they last, what caps say."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from community.models import Tag
from rewards import actions
from rewards.models import Campaign, Charity, Entry, PointsTerms, Pot, Transfer

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(rules, clock):
    """Double points, from now on for three days."""

    def make(**fields) -> Campaign:
        values = {
            "title_en": "Double points week",
            "title_zh": "双倍积分周",
            "factor_percent": 200,
            "starts_at": clock.now - timedelta(minutes=1),
            "ends_at": clock.now + timedelta(days=3),
        } | fields
        return Campaign.objects.create(**values)

    return make


def test_within_a_campaign_an_answer_earns_double(
    campaign, help_somebody, points, helper
):
    campaign()

    help_somebody()

    assert points(helper) == 40


def test_before_and_after_it_earns_as_always(
    campaign, help_somebody, points, helper, clock
):
    campaign(starts_at=clock.now + timedelta(days=1))
    campaign(
        starts_at=clock.now - timedelta(days=9), ends_at=clock.now - timedelta(days=2)
    )
    campaign(enabled=False)

    help_somebody()

    assert points(helper) == 20


def test_of_two_campaigns_the_larger_counts_and_they_do_not_add_up(
    campaign, help_somebody, points, helper
):
    campaign(factor_percent=150)
    campaign(factor_percent=300)

    help_somebody()

    assert points(helper) == 60


def test_a_campaign_for_votes_does_not_double_acceptances(
    campaign, help_somebody, vote, stranger, points, helper
):
    campaign(events=["upvote"])

    answer = help_somebody()
    vote(stranger, answer)

    assert points(helper) == 20 + 4


def test_a_campaign_may_be_about_one_circle_or_tag(
    campaign, make_question, make_answer, accept, points, helper, asker, circle
):
    make_question(tags=["5g"])
    tag = Tag.objects.get(slug="5g")
    about_tag = campaign()
    about_tag.tags.add(tag)

    accept(make_answer(question=make_question(tags=["5g"])))
    assert points(helper) == 40

    accept(make_answer(question=make_question(tags=["roaming"])))
    # The second for one asker earns half, and this one is not double.
    assert points(helper) == 40 + 10

    about_tag.tags.clear()
    about_tag.circles.add(circle)
    accept(make_answer(question=make_question()))
    assert points(helper) == 50 + 20 * 25 // 100 * 2


def test_shares_for_the_same_asker_stay_as_they_are(
    campaign, make_question, make_answer, accept, points, helper
):
    campaign()

    for _turn in range(4):
        accept(make_answer(question=make_question()))

    assert points(helper) == 40 + 20 + 10 + 0


def test_the_cap_of_the_day_counts_doubled_points_too(
    campaign, help_somebody, rule, points, helper
):
    rule("accepted", daily_cap=50)
    campaign()

    help_somebody()
    help_somebody()

    assert points(helper) == 50


def test_the_cap_of_one_answer_grows_with_the_factor(
    campaign, help_somebody, neighbours, vote, rule, points, helper
):
    rule("accepted", enabled=False)
    rule("upvote", per_post_cap=4)
    campaign()
    answer = help_somebody()

    for voter in neighbours(4):
        vote(voter, answer)

    assert points(helper) == 8


def test_what_was_earned_in_it_keeps_it_when_it_is_earned_again_after_the_end(
    campaign, help_somebody, accept, unaccept, clock, points, helper
):
    campaign()
    answer = help_somebody()
    clock.move(days=5)

    unaccept(answer)
    assert points(helper) == 0
    accept(answer)

    assert points(helper) == 40


def test_what_was_earned_before_it_does_not_become_double_by_earning_it_again(
    campaign, help_somebody, accept, unaccept, clock, points, helper
):
    answer = help_somebody()
    clock.move(days=1)
    campaign()

    unaccept(answer)
    accept(answer)

    assert points(helper) == 20


def test_an_edit_of_a_running_campaign_changes_the_next_award_only(
    campaign, help_somebody, points, helper
):
    running = campaign()
    help_somebody()
    running.factor_percent = 300
    running.save()

    help_somebody()

    assert points(helper) == 40 + 60


def test_when_its_budget_is_gone_the_rules_pay_as_always_and_never_more_later(
    campaign, help_somebody, unaccept, points, helper, clock
):
    running = campaign(budget=30)
    actions.follow_the_campaign(campaign=running, at=clock.now)

    first = help_somebody()
    assert points(helper) == 40
    help_somebody()
    assert points(helper) == 60

    # What comes back into the pot is for the next, not for who was refused.
    unaccept(first)
    assert points(helper) == 20
    help_somebody()
    assert points(helper) == 60
    assert Pot.objects.get(key=running.pot_key).points == 30


def test_without_budget_the_rule_pays_in_full_even_near_the_cap_of_the_day(
    campaign, help_somebody, unaccept, rule, points, helper, clock
):
    rule("accepted", daily_cap=50)
    first = help_somebody()
    running = campaign(budget=0, factor_percent=300)
    actions.follow_the_campaign(campaign=running, at=clock.now)

    help_somebody()
    assert points(helper) == 40
    unaccept(first)

    assert points(helper) == 20


def test_a_larger_budget_is_there_at_once_and_a_smaller_never_below_what_was_given(
    campaign, help_somebody, points, helper, clock
):
    running = campaign(budget=20)
    help_somebody()
    running.budget = 5
    running.save()
    actions.follow_the_campaign(campaign=running, at=clock.now)
    assert Pot.objects.get(key=running.pot_key).points == 20

    running.budget = 40
    running.save()
    actions.follow_the_campaign(campaign=running, at=clock.now)
    help_somebody()

    assert points(helper) == 80


def test_the_award_says_which_campaign_it_was_in_both_languages(
    campaign, help_somebody, client_of, helper
):
    campaign()
    help_somebody()
    reader = client_of(helper)

    english = reader.get("/en/rewards/history/").content.decode()
    chinese = reader.get("/zh-hans/rewards/history/").content.decode()

    assert "Your answer was accepted (Double points week: 200 %)" in english
    assert "双倍积分周" in chinese


def test_the_rewards_page_announces_what_is_running(campaign, client):
    campaign()
    campaign(title_en="Over long ago", enabled=False)

    page = client.get("/en/rewards/").content.decode()

    assert "Double points week" in page
    assert "200 % of the usual points. The day" in page
    assert "Over long ago" not in page


def test_how_to_earn_names_what_it_is_now_and_what_it_usually_is(campaign, client):
    campaign(events=["accepted"])
    campaign(factor_percent=500, enabled=False)

    page = client.get("/en/rewards/").content.decode()

    assert page.count("usually 20 points") == 1
    assert "usually 2 points" not in page
    assert "usually 10 points" not in page


def test_a_campaign_about_a_circle_says_so_and_promises_it_for_no_other(
    campaign, circle, client
):
    campaign().circles.add(circle)

    english = client.get("/en/rewards/").content.decode()
    chinese = client.get("/zh-hans/rewards/").content.decode()

    assert "Only about: General" in " ".join(english.split())
    assert "usually" not in english
    assert "综合" in chinese


def test_many_campaigns_cost_the_page_no_more_queries(
    campaign, circle, client, django_assert_max_num_queries
):
    for _one in range(2):
        campaign().circles.add(circle)
    with CaptureQueriesContext(connection) as few:
        client.get("/en/rewards/")
    for _one in range(10):
        campaign().circles.add(circle)

    with django_assert_max_num_queries(len(few)):
        client.get("/en/rewards/")


def test_no_campaign_running_costs_an_award_one_query(
    rules, helper, django_assert_max_num_queries, clock
):
    terms = PointsTerms.objects.count()
    assert terms == 1

    with django_assert_max_num_queries(24):
        actions.award(
            event="article_credit",
            person=helper,
            source_type="answer",
            source_id=1,
            at=clock.now,
        )

    assert Transfer.objects.filter(person=helper).count() == 1


def test_a_manager_makes_a_campaign_in_the_admin(manager, client_of, clock):
    office = client_of(manager)
    form = {
        "title_en": "Weekend",
        "title_zh": "周末",
        "factor_percent": "150",
        "starts_at": "2026-12-05 00:00",
        "ends_at": "2026-12-07 00:00",
        "events": ["accepted"],
        "budget": "500",
        "enabled": "on",
    }
    address = reverse("wagtailsnippets_rewards_campaign:add")

    wrong = office.post(address, form | {"ends_at": "2026-12-04 00:00"})
    assert wrong.status_code == 200
    assert not Campaign.objects.exists()
    office.post(address, form)

    made = Campaign.objects.get()
    assert (made.events, made.factor_percent) == (["accepted"], 150)
    assert Pot.objects.get(key=made.pot_key).points == 500


def test_what_people_decide_is_not_multiplied(
    campaign, manager, moderator, helper, points, clock, answer
):
    campaign()

    actions.propose_award(
        person=helper, points=50, reason="Fair", by=manager, key="a", at=clock.now
    )
    assert points(helper) == 50
    actions.commend(
        answer=answer, points=10, reason="Clear", by=moderator, at=clock.now
    )
    assert points(helper) == 60


@pytest.mark.parametrize("source", ["answer", "rewards.monthlybonus"])
def test_the_bonus_of_an_agent_is_what_its_band_says(
    campaign, rule, helper, points, clock, answer, source
):
    campaign()
    rule("agent_bonus", enabled=True, points=1)

    actions.award(
        event="agent_bonus",
        person=helper,
        source_type=source,
        source_id=answer.pk,
        points=300,
        at=clock.now,
    )

    assert points(helper) == 300


def test_giving_points_away_moves_as_many_as_were_typed(
    campaign, help_somebody, helper, points, purse, clock
):
    help_somebody()
    campaign()
    cause = Charity.objects.create(slug="trees", title_en="Trees", title_zh="树")

    actions.donate(person=helper, charity=cause, points=15, key="t", at=clock.now)

    assert points(helper) == 5
    given = Entry.objects.filter(credit__kind="donated")
    assert sum(given.values_list("amount", flat=True)) == 15


def test_nobody_else_does(editor, client_of, helper):
    address = reverse("wagtailsnippets_rewards_campaign:add")

    for person in (editor, helper):
        assert client_of(person).get(address).status_code in (302, 403, 404)
