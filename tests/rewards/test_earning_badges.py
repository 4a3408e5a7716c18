"""Badges: given by rules nobody has to program, taken when a cause is undone."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from common.errors import NotAllowed
from common.outbox import drain
from common.site_day import site_day
from community import actions as community
from community.models import Answer, Flag, Question
from people.actions import erase_person
from people.models import Notification
from people.queries import sentence_of
from rewards import numbers
from rewards.actions import badges as actions
from rewards.actions.recognising import recognise
from rewards.errors import (
    BadgeByRule,
    BadgeNotADraft,
    BadgeNotInForce,
    BadgeReasonMissing,
    BadgeToYourself,
)
from rewards.models import Badge, BadgeEvent, BadgeHolding, Touch
from rewards.models.badges import Tier
from rewards.queries.badges import preview
from rewards.queries.feats import reached

pytestmark = pytest.mark.django_db
Feat, Window = Badge.Feat, Badge.Window


@pytest.fixture
def make_badge(rules, manager, clock):
    """A badge in force, whose rule is a valid one."""

    def make(*, enabled=True, **fields):
        values = {
            "slug": f"badge-{Badge.objects.count() + 1}",
            "name_en": "Helper",
            "name_zh": "热心人",
            "feat": Feat.ACCEPTED,
            "bronze": 1,
        } | fields
        badge = Badge(**values)
        badge.full_clean()
        badge.save()
        if enabled:
            badge = actions.enable(badge=badge, by=manager, at=clock.now)
            drain(at=clock.now)
        return badge

    return make


@pytest.fixture
def look(clock):
    """What the timer does: look at everybody of whom something changed."""
    return lambda: recognise(at=clock.now)


@pytest.fixture
def tier_of(helper):
    def tier_of(badge, person=None, series=""):
        held = BadgeHolding.objects.filter(
            badge=badge, person=person or helper, series=series
        )
        return held.values_list("tier", flat=True).first()

    return tier_of


def test_an_accepted_answer_earns_the_badge_once(
    make_badge, help_somebody, look, tier_of, helper
):
    badge = make_badge()
    help_somebody()

    look()
    look()

    assert tier_of(badge) == Tier.BRONZE
    assert BadgeEvent.objects.filter(badge=badge, person=helper).count() == 1
    told = Notification.objects.get(person=helper, kind=actions.KIND)
    assert sentence_of(told, "en") == "You earned the badge “Helper”."
    assert sentence_of(told, "zh-hans").startswith("您")


def test_a_higher_tier_replaces_the_lower_one(make_badge, help_somebody, look, tier_of):
    badge = make_badge(bronze=1, silver=2, gold=5)
    help_somebody()
    look()
    assert tier_of(badge) == Tier.BRONZE

    help_somebody()
    look()

    assert tier_of(badge) == Tier.SILVER
    tiers = BadgeEvent.objects.order_by("number").values_list("tier", flat=True)
    assert list(tiers) == [Tier.BRONZE, Tier.SILVER]


def test_who_earned_it_before_gets_it_when_it_is_enabled(
    make_badge, help_somebody, tier_of
):
    help_somebody()

    badge = make_badge()

    assert tier_of(badge) == Tier.BRONZE


def test_everybody_gets_it_in_pieces_that_go_on_after_each_other(
    make_badge, help_somebody, neighbours, monkeypatch
):
    monkeypatch.setattr("rewards.numbers.BADGE_PEOPLE_AT_ONCE", 2)
    for person in neighbours(5):
        help_somebody(by=person)

    badge = make_badge()

    assert BadgeHolding.objects.filter(badge=badge, tier=Tier.BRONZE).count() == 5


def test_an_acceptance_withdrawn_takes_the_badge_back(
    make_badge, help_somebody, unaccept, look, tier_of, helper
):
    badge = make_badge()
    answer = help_somebody()
    look()

    unaccept(answer)
    look()

    assert tier_of(badge) is None
    kinds = BadgeEvent.objects.filter(person=helper).order_by("number")
    assert [one.kind for one in kinds] == ["earned", "undone"]


def test_a_badge_whose_rule_says_so_stays_whatever_is_undone(
    make_badge, help_somebody, unaccept, look, tier_of
):
    badge = make_badge(is_taken_back=False)
    answer = help_somebody()
    look()

    unaccept(answer)
    look()

    assert tier_of(badge) == Tier.BRONZE


def test_what_is_earned_again_is_not_told_twice(
    make_badge, help_somebody, accept, unaccept, look, tier_of, helper
):
    badge = make_badge()
    answer = help_somebody()
    look()
    unaccept(answer)
    look()

    accept(answer)
    look()

    assert tier_of(badge) == Tier.BRONZE
    assert Notification.objects.filter(person=helper, kind=actions.KIND).count() == 1


def test_deleting_and_restoring_the_question_takes_and_gives(
    make_badge, help_somebody, look, tier_of, moderator, clock
):
    badge = make_badge()
    question = help_somebody().question
    look()

    community.delete(person=moderator, post=question, at=clock.now)
    look()
    assert tier_of(badge) is None

    question = Question.objects.get(pk=question.pk)
    community.restore(person=moderator, post=question, at=clock.now)
    look()
    assert tier_of(badge) == Tier.BRONZE


def test_nobody_earns_by_answering_themselves(
    make_badge, make_question, make_answer, look, tier_of, asker
):
    badge = make_badge(feat=Feat.ANSWERS)
    make_answer(question=make_question(by=asker), by=asker)

    look()

    assert tier_of(badge, asker) is None


def test_first_answers_must_be_first_and_in_time(
    make_badge, make_question, make_answer, look, tier_of, stranger, clock
):
    badge = make_badge(feat=Feat.FIRST_ANSWERS, minutes=5)
    fast = make_question()
    make_answer(question=fast)
    make_answer(question=fast, by=stranger)
    slow = make_question(at=clock.move(minutes=1))
    clock.move(minutes=6)
    make_answer(question=slow, by=stranger)

    look()

    assert tier_of(badge) == Tier.BRONZE
    assert tier_of(badge, stranger) is None


def test_a_rescue_waited_a_day(
    make_badge, make_question, make_answer, accept, look, tier_of, clock
):
    badge = make_badge(feat=Feat.RESCUES)
    question = make_question(at=clock.now - timedelta(hours=25))
    accept(make_answer(question=question))

    look()

    assert tier_of(badge) == Tier.BRONZE


def test_votes_up_count_until_they_are_taken_back(
    make_badge, answer, vote, look, tier_of, stranger
):
    badge = make_badge(feat=Feat.UP_VOTES)
    vote(stranger, answer)
    look()
    assert tier_of(badge) == Tier.BRONZE

    vote(stranger, Answer.objects.get(pk=answer.pk), 0)
    look()
    assert tier_of(badge) is None


def test_asking_well_counts_when_somebody_else_solved_it(
    make_badge, help_somebody, look, tier_of, asker
):
    badge = make_badge(feat=Feat.SOLVED_QUESTIONS)
    help_somebody(asker=asker)

    look()

    assert tier_of(badge, asker) == Tier.BRONZE


def test_a_flag_counts_when_moderators_agree(
    make_badge, answer, look, tier_of, stranger, moderator, clock
):
    badge = make_badge(feat=Feat.UPHELD_FLAGS)
    flag = community.flag(
        person=stranger, post=answer, reason=Flag.Reason.SPAM, note="", at=clock.now
    )
    look()
    assert tier_of(badge, stranger) is None

    community.uphold_flag(flag=flag, by=moderator, at=clock.now)
    look()
    assert tier_of(badge, stranger) == Tier.BRONZE


def test_an_edit_counts_as_long_as_nobody_put_it_back(
    make_badge, answer, look, tier_of, moderator, clock
):
    badge = make_badge(feat=Feat.EDITS)
    before = answer.body
    better = before + " And restart the phone once."
    community.edit_answer(
        person=moderator, answer=answer, body=better, note="", at=clock.now
    )
    look()
    assert tier_of(badge, moderator) == Tier.BRONZE

    community.edit_answer(
        person=answer.author,
        answer=Answer.objects.get(pk=answer.pk),
        body=before,
        note="",
        at=clock.move(minutes=1),
    )
    look()
    assert tier_of(badge, moderator) is None


def test_days_in_a_row_break_at_a_day_without(
    make_badge, make_question, make_answer, look, tier_of, clock
):
    badge = make_badge(feat=Feat.DAYS_IN_A_ROW, bronze=2, silver=3)
    start = clock.now - timedelta(days=10)
    for day in (0, 1, 3, 4):
        at = start + timedelta(days=day)
        make_answer(question=make_question(at=at), at=at + timedelta(minutes=30))

    look()

    assert tier_of(badge) == Tier.BRONZE


def test_topics_are_counted_once_however_they_are_called(
    make_badge, make_question, make_answer, accept, look, tier_of
):
    badge = make_badge(feat=Feat.TOPICS, bronze=1, silver=2)
    for tags in (["esim"], ["esim"]):
        accept(make_answer(question=make_question(tags=tags)))
    look()
    assert tier_of(badge) == Tier.BRONZE

    accept(make_answer(question=make_question(tags=["roaming"])))
    look()
    assert tier_of(badge) == Tier.SILVER


def test_a_yearly_badge_is_earned_anew_each_year(
    make_badge, help_somebody, look, tier_of, clock
):
    badge = make_badge(window=Window.YEAR, name_en="Helper of {year}")
    help_somebody()
    this_year = str(site_day(clock.now).year)
    look()
    assert tier_of(badge, series=this_year) == Tier.BRONZE

    clock.move(days=370)
    look()
    next_year = str(site_day(clock.now).year)
    assert tier_of(badge, series=next_year) is None
    assert badge.name_of(this_year) == f"Helper of {this_year}"
    assert badge.name == "Helper of the year"


def test_within_days_wants_them_close_together(
    make_badge, make_question, make_answer, look, tier_of, clock
):
    badge = make_badge(feat=Feat.ANSWERS, window=Window.DAYS, window_days=3, bronze=2)
    start = clock.now - timedelta(days=20)
    for day in (0, 5):
        at = start + timedelta(days=day)
        make_answer(question=make_question(at=at), at=at + timedelta(minutes=5))
    look()
    assert tier_of(badge) is None

    at = start + timedelta(days=7)
    make_answer(question=make_question(at=at), at=at + timedelta(minutes=5))
    look()
    assert tier_of(badge) == Tier.BRONZE


def test_an_expiring_badge_ends_unless_it_is_earned_again(
    make_badge, make_question, make_answer, look, tier_of, helper, clock
):
    badge = make_badge(
        feat=Feat.ANSWERS, window=Window.DAYS, window_days=2, valid_days=10
    )
    make_answer()
    look()
    first_end = BadgeHolding.objects.get(badge=badge, person=helper).expires_at

    clock.move(days=8)
    make_answer(question=make_question(at=clock.now))
    look()
    assert BadgeHolding.objects.get(badge=badge, person=helper).expires_at > first_end

    clock.move(days=9)
    assert actions.end_badges(at=clock.now) == 0
    clock.move(days=2)
    assert actions.end_badges(at=clock.now) == 1
    assert actions.end_badges(at=clock.now) == 0
    assert tier_of(badge) is None
    newest = BadgeEvent.objects.order_by("-number").first()
    assert newest.kind == BadgeEvent.Kind.ENDED


def test_only_what_happened_in_the_place_of_the_rule_counts(
    make_badge, make_question, make_answer, accept, look, tier_of, circle
):
    from community.models import Tag

    accept(make_answer(question=make_question(tags=["esim"])))
    esim = Tag.objects.get(slug="esim")
    here = make_badge(tag=esim, circle=circle, language="en")
    elsewhere = make_badge(language="zh-hans")
    look()

    assert tier_of(here) == Tier.BRONZE
    assert tier_of(elsewhere) is None


def test_what_was_imported_counts_only_where_the_rule_says_so(
    make_badge, help_somebody, look, tier_of, helper
):
    answer = help_somebody()
    Answer.objects.filter(pk=answer.pk).update(source="old", source_id="1")

    no = make_badge()
    yes = make_badge(counts_imported=True)

    assert tier_of(no) is None
    assert tier_of(yes) == Tier.BRONZE


def test_a_preview_says_who_would_get_it_and_gives_nothing(
    make_badge, help_somebody, helper, clock
):
    help_somebody()
    draft = make_badge(enabled=False, bronze=1, silver=9)

    seen = preview(draft, at=clock.now)

    assert (seen.people, seen.some, seen.is_more) == (1, [helper], False)
    assert seen.by_tier == [("bronze", 1), ("silver", 0)]
    assert not BadgeHolding.objects.exists()


def test_a_preview_says_when_it_did_not_look_at_everybody(
    make_badge, make_answer, neighbours, manager, client_of, clock, monkeypatch
):
    for person in neighbours(3):
        make_answer(by=person)
    draft = make_badge(enabled=False, feat="answers", bronze=1, silver=9)
    page = reverse("rewards_badge", args=[draft.pk]) + "?preview=1"
    whole = client_of(manager).get(page).text
    monkeypatch.setattr(numbers, "BADGE_PREVIEW_MOST", 2)
    monkeypatch.setattr(numbers, "BADGE_PEOPLE_AT_ONCE", 2)

    part = client_of(manager).get(page).text

    assert "3 members would get it now" in whole
    assert "were not looked at" not in whole
    assert "2 members would get it now" in part
    assert "of the first 2 members who come into question" in part


def test_a_draft_and_a_retired_badge_are_given_to_nobody(
    make_badge, help_somebody, look, tier_of, manager, neighbours, clock
):
    draft = make_badge(enabled=False)
    retired = make_badge()
    early = neighbours(1)[0]
    help_somebody(by=early)
    look()
    actions.retire(badge=retired, by=manager, at=clock.now)

    help_somebody()
    look()

    assert tier_of(draft) is None
    assert tier_of(retired) is None
    assert tier_of(retired, early) == Tier.BRONZE


def test_only_managers_decide_about_badges(make_badge, moderator, manager, clock):
    badge = make_badge(enabled=False)

    with pytest.raises(NotAllowed):
        actions.enable(badge=badge, by=moderator, at=clock.now)
    actions.enable(badge=badge, by=manager, at=clock.now)
    with pytest.raises(BadgeNotADraft):
        actions.enable(badge=badge, by=manager, at=clock.now)
    with pytest.raises(NotAllowed):
        actions.retire(badge=badge, by=moderator, at=clock.now)
    actions.retire(badge=badge, by=manager, at=clock.now)
    with pytest.raises(BadgeNotInForce):
        actions.retire(badge=badge, by=manager, at=clock.now)


def test_our_team_gives_a_badge_with_a_reason_and_takes_it_with_one(
    make_badge, manager, helper, tier_of, clock
):
    badge = make_badge(feat="", bronze=None)
    give = {"badge": badge, "tier": Tier.GOLD, "by": manager, "at": clock.now}

    with pytest.raises(BadgeReasonMissing):
        actions.give(person=helper, reason=" ", **give)
    with pytest.raises(BadgeToYourself):
        actions.give(person=manager, reason="Me", **give)
    holding = actions.give(person=helper, reason="Ran the meeting", **give)
    assert tier_of(badge) == Tier.GOLD

    with pytest.raises(BadgeReasonMissing):
        actions.take(holding=holding, reason="", by=manager, at=clock.now)
    actions.take(holding=holding, reason="By mistake", by=manager, at=clock.now)
    assert tier_of(badge) is None


def test_what_a_rule_decides_nobody_gives_by_hand(make_badge, manager, helper, clock):
    badge = make_badge()

    with pytest.raises(BadgeByRule):
        actions.give(
            badge=badge,
            person=helper,
            tier=Tier.GOLD,
            reason="A friend",
            by=manager,
            at=clock.now,
        )


def test_the_history_cannot_be_rewritten(make_badge, help_somebody, look):
    make_badge()
    help_somebody()
    look()

    with pytest.raises(DatabaseError), transaction.atomic():
        BadgeEvent.objects.update(tier=Tier.GOLD)
    with pytest.raises(DatabaseError), transaction.atomic():
        BadgeEvent.objects.all().delete()


def test_who_is_erased_loses_badges_and_the_words_about_them(
    make_badge, manager, helper, tier_of, clock
):
    badge = make_badge(feat="", bronze=None)
    actions.give(
        badge=badge,
        person=helper,
        tier=Tier.GOLD,
        reason="Lives in Ulm",
        by=manager,
        at=clock.now,
    )

    erase_person(person=helper, at=clock.now)

    assert tier_of(badge) is None
    assert not BadgeEvent.objects.exclude(reason="").exists()


def test_what_changed_is_looked_at_however_long_nobody_looked(
    make_badge, help_somebody, look, tier_of, clock, monkeypatch
):
    monkeypatch.setattr("rewards.numbers.TOUCHES_AT_ONCE", 1)
    badge = make_badge(bronze=3)
    for _time in range(3):
        help_somebody()
    clock.move(days=3)

    look()

    assert tier_of(badge) == Tier.BRONZE
    assert not Touch.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"bronze": None}, "bronze"),
        ({"bronze": 5, "silver": 5}, "gold"),
        ({"minutes": 5}, "minutes"),
        ({"window": "days"}, "window_days"),
        ({"feat": "topics", "window": "days", "window_days": 3}, "window"),
        ({"valid_days": 30}, "valid_days"),
        ({"feat": "edits", "language": "en"}, "language"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_at_its_field(make_badge, wrong, field):
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError) as refusal:
        make_badge(enabled=False, **wrong)

    assert field in refusal.value.message_dict


def test_the_rule_of_a_badge_in_force_stays_as_it_is(make_badge):
    from django.core.exceptions import ValidationError

    badge = make_badge()
    badge.bronze = 2
    with pytest.raises(ValidationError):
        badge.full_clean()

    badge.refresh_from_db()
    badge.name_en = "Kind helper"
    badge.full_clean()


def test_more_people_cost_no_more_queries(
    make_badge, help_somebody, neighbours, clock, django_assert_num_queries
):
    badge = make_badge()
    people = neighbours(12)
    for person in people:
        help_somebody(by=person)
    ids = [person.pk for person in people]

    with django_assert_num_queries(1):
        found = reached(badge, ids, at=clock.now)

    assert len(found) == 12
