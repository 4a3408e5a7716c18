"""So many points in a month: then nothing more is given, nor promised."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from people.models import Notification
from rewards import actions, queries
from rewards.actions.watching import watch_budget
from rewards.errors import BudgetSpent
from rewards.models import Entry, PointsTerms, Pot, Transfer
from tests.conftest import Clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Clock:
    """The tenth of a month, at ten on the site: the month is what this is about."""
    return Clock(datetime(2026, 9, 10, 10, tzinfo=ZoneInfo("Asia/Shanghai")))


@pytest.fixture
def budget(rules, clock):
    def put(points: int | None, **terms) -> None:
        PointsTerms.objects.update(monthly_budget=points, **terms)
        actions.follow_the_terms(at=clock.now)

    return put


def issued() -> int:
    given = Entry.objects.filter(
        debit__kind="issued", transfer__reversed_by__isnull=True
    )
    return sum(given.values_list("amount", flat=True))


def test_at_the_ceiling_nothing_more_is_given(budget, help_somebody, points, helper):
    budget(50)

    for _turn in range(4):
        help_somebody()

    assert points(helper) == 40
    assert issued() == 40


def test_a_smaller_award_still_fits(
    budget, help_somebody, vote, stranger, points, helper
):
    budget(43)
    answers = [help_somebody() for _turn in range(3)]

    vote(stranger, answers[0])
    vote(stranger, answers[1])

    assert points(helper) == 42


def test_what_was_not_given_is_not_given_later(
    budget, help_somebody, unaccept, points, helper, clock
):
    budget(20)
    first, second = help_somebody(), help_somebody()
    assert points(helper) == 20

    unaccept(first)

    assert points(helper) == 0
    award = Transfer.objects.get(kind="award", source_id=str(second.pk))
    assert award.data["refused"] == 20
    clock.move(days=31)
    watch_budget(at=clock.now)
    assert points(helper) == 0


def test_what_is_taken_back_may_be_given_to_somebody_else(
    budget, help_somebody, unaccept, points, stranger
):
    budget(20)
    answer = help_somebody()
    unaccept(answer)

    help_somebody(by=stranger)

    assert points(stranger) == 20


def test_accepting_again_and_again_uses_no_budget_up(
    budget, help_somebody, accept, unaccept, points, helper
):
    budget(20)
    answer = help_somebody()

    for _turn in range(3):
        unaccept(answer)
        accept(answer)

    assert points(helper) == 20


def test_the_next_month_has_its_own_budget(
    budget, help_somebody, points, helper, clock
):
    budget(20)
    help_somebody()
    help_somebody()
    assert points(helper) == 20
    clock.now = datetime(2026, 9, 30, 23, 59, tzinfo=ZoneInfo("Asia/Shanghai"))
    help_somebody()
    assert points(helper) == 20

    clock.move(minutes=5)
    help_somebody()

    assert points(helper) == 40
    assert set(Pot.objects.values_list("key", flat=True)) == {
        "month:2026-09",
        "month:2026-10",
    }


def test_a_budget_set_in_the_middle_counts_what_was_given_before(
    budget, help_somebody, points, helper
):
    help_somebody()

    budget(45)
    help_somebody()
    help_somebody()

    assert points(helper) == 40


def test_more_budget_is_there_at_once_and_less_never_below_what_was_given(
    budget, help_somebody, points, helper
):
    budget(20)
    help_somebody()
    budget(10)
    assert Pot.objects.get().points == 20
    help_somebody()
    assert points(helper) == 20

    budget(60)
    help_somebody()

    assert points(helper) == 40


def test_no_budget_is_no_limit(budget, help_somebody, points, helper):
    budget(20)
    budget(None)

    for _turn in range(3):
        help_somebody()

    assert points(helper) == 60


def test_an_award_by_hand_is_refused_rather_than_forgotten(
    budget, manager, helper, clock
):
    budget(20)

    with pytest.raises(BudgetSpent):
        actions.propose_award(
            person=helper, points=21, reason="Fair", by=manager, key="k", at=clock.now
        )

    assert not helper.manual_awards.exists()


def test_managers_hear_at_eighty_percent_and_at_the_ceiling_once_each(
    budget, help_somebody, manager, clock
):
    def told() -> list[str]:
        mine = Notification.objects.filter(person=manager, kind__contains="budget")
        return list(mine.order_by("pk").values_list("kind", flat=True))

    budget(100)
    for _turn in range(3):
        help_somebody()
    watch_budget(at=clock.now)
    assert told() == []

    help_somebody()
    for _turn in range(2):
        watch_budget(at=clock.now)
    assert told() == ["rewards.budget_low"]

    help_somebody()
    for _turn in range(2):
        watch_budget(at=clock.now)
    assert told() == ["rewards.budget_low", "rewards.budget_used_up"]

    for language, words in (("en", "points are given out"), ("zh-hans", "积分")):
        page = _page_of_notifications(manager, language)
        assert words in page


def _page_of_notifications(person, language: str) -> str:
    from django.utils import translation

    from people.registries import notification_kinds

    with translation.override(language):
        return " ".join(
            notification_kinds()[one.kind].sentence(one.data)
            for one in Notification.objects.filter(person=person)
        )


def test_members_are_told_and_nothing_is_promised_until_the_next_month(
    budget, help_somebody, client, make_question, clock, monkeypatch
):
    question = make_question()
    budget(20)
    assert "earns 20 points" in client.get(question.get_absolute_url()).content.decode()
    help_somebody()
    watch_budget(at=clock.now)
    _today_is(clock, monkeypatch)

    assert queries.expected_award("accepted") == 0
    home = client.get("/en/rewards/").content.decode()
    assert "This month’s points are all given out" in home
    assert "October 1, 2026" in home or "Oct. 1, 2026" in home
    assert "How to earn" not in home

    clock.now = datetime(2026, 10, 1, 0, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
    watch_budget(at=clock.now)
    _today_is(clock, monkeypatch)
    assert queries.expected_award("accepted") == 20
    assert "all given out" not in client.get("/en/rewards/").content.decode()


def _today_is(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.now)


def test_the_report_says_how_much_is_used(
    budget, help_somebody, manager, client_of, clock, monkeypatch
):
    budget(50)
    help_somebody()
    help_somebody()
    _today_is(clock, monkeypatch)

    page = client_of(manager).get(reverse("rewards_report")).content.decode()

    assert "40 of 50 points are given out (80 %)" in page


def test_a_manager_changes_the_budget_in_the_admin(manager, client_of, rules):
    terms = PointsTerms.current()
    address = reverse("wagtailsnippets_rewards_pointsterms:edit", args=[terms.pk])
    form = {
        field.name: getattr(terms, field.name)
        for field in PointsTerms._meta.fields
        if field.editable
    } | {"monthly_budget": 1000, "currency": "EUR"}

    client_of(manager).post(address, form)

    assert PointsTerms.current().monthly_budget == 1000
    assert PointsTerms.current().currency == "EUR"
    assert Pot.objects.get().points == 1000


def test_the_pot_of_a_month_is_split_so_that_many_can_take_at_once(budget):
    budget(100_000)

    pieces = list(Pot.objects.get().pieces.values_list("left", flat=True))

    assert sum(pieces) == 100_000
    assert len(pieces) == 128
    assert max(pieces) - min(pieces) <= 1


def test_crumbs_of_many_pieces_make_one_award(budget, help_somebody, points, helper):
    budget(100)
    pot = Pot.objects.get()
    pot.pieces.all().delete()
    for _piece in range(10):
        pot.pieces.create(left=10)

    for _turn in range(6):
        help_somebody()

    assert points(helper) == 100
    assert issued() == 100


def test_points_held_from_last_month_are_no_new_points(
    budget, rule, help_somebody, points, helper, clock
):
    budget(20)
    rule("accepted", vest_days=7)
    help_somebody()

    clock.move(days=8)
    actions.vest_points(at=clock.now)

    assert points(helper) == 20
    assert Pot.objects.get().pieces.get().left == 0


def test_what_was_given_while_there_was_no_budget_counts_when_one_is_set_again(
    budget, help_somebody, points, helper
):
    budget(60)
    help_somebody()
    budget(None)
    help_somebody()
    assert points(helper) == 40

    budget(60)
    help_somebody()
    help_somebody()

    assert points(helper) == 60


def test_what_comes_back_of_it_may_be_given_again_after_any_change_of_mind(
    budget, help_somebody, unaccept, points, stranger
):
    budget(20)
    answer = help_somebody()
    budget(None)
    budget(20)
    unaccept(answer)

    help_somebody(by=stranger)
    help_somebody(by=stranger)

    assert points(stranger) == 20
