"""Earn, spend, cancel, expire, take back, repeat: the ledger holds in any order."""

import os
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from common.errors import Refused
from common.site_day import site_day
from people.actions import create_person
from people.models import Person
from rewards import actions, queries
from rewards.actions.checking import broken_promises
from rewards.actions.claims import apply_caps, claims_of
from rewards.models import (
    Account,
    Campaign,
    Charity,
    EarnRule,
    Entry,
    Gift,
    Lot,
    LotUse,
    ManualAward,
    PointsTerms,
    Pot,
    Redemption,
    Transfer,
    Voucher,
)

HELPERS = st.sampled_from(["xiaoman", "laoxu"])
ASKERS = st.sampled_from(["linjian", "zhoumin"])
POSTS = st.integers(1, 4)
VOTERS = st.integers(1, 6)
HOURS = st.sampled_from([1, 5, 11, 30, 24 * 4, 24 * 16, 24 * 33])
SMALL = st.sampled_from([None, 0, 25])
MANY = st.integers(0, 10_000)
IN_USE: dict[str, Any] = {"redemption__isnull": False, "voided_at": None}
# A longer search: ANSWERHALL_TEST_EXAMPLES=300 pytest tests/rewards/test_whatever…
EXAMPLES = int(os.environ.get("ANSWERHALL_TEST_EXAMPLES", "8"))


class Ledger(RuleBasedStateMachine):
    """Small caps and short lives, so that everything is met in a few steps."""

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.now = timezone.now() - timedelta(days=900)
        self.people: dict[str, Person] = {}
        self.expiries: dict[int, Any] = {}
        self.keys = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    @initialize(
        held_days=st.sampled_from([0, 3]),
        budget=st.sampled_from([None, None, 60, 150]),
    )
    def open_the_hall(self, held_days: int, budget: int | None) -> None:
        handles = ["xiaoman", "laoxu", "linjian", "zhoumin"]
        handles += [f"voter{number}" for number in range(1, 7)]
        for handle in handles:
            person = create_person(
                handle=handle, email=None, at=self.now - timedelta(days=90)
            )
            EmailAddress.objects.create(
                user=person, email=f"{handle}@example.com", verified=True
            )
            self.people[handle] = person
        self.boss, self.colleague = (self.manager(name) for name in ("boss", "second"))
        PointsTerms.objects.update_or_create(
            pk=1,
            defaults={
                "monthly_budget": budget,
                "approval_above": 10,
                "pass_on_most": 30,
                "donate_least": 1,
            },
        )
        self.charity = Charity.objects.create(slug="trees", title_en="Trees")
        EarnRule.objects.all().delete()
        everywhere = {"daily_cap": 50, "expires_after_months": 1}
        EarnRule.objects.create(
            event="accepted",
            points=20,
            fades_per_pair=True,
            vest_days=held_days,
            **everywhere,
        )
        EarnRule.objects.create(event="upvote", points=2, per_post_cap=6, **everywhere)
        self.gift = Gift.objects.create(slug="coffee", cost=25, stock=3)
        self.coded = Gift.objects.create(slug="film", cost=10, stock_mode="codes")
        actions.add_codes(gift=self.coded, codes=["A1", "B2"])

    # Earning and its undoing

    @rule(helper=HELPERS, asker=ASKERS, post=POSTS)
    def accept(self, helper: str, asker: str, post: int) -> None:
        cause = self.cause("accepted", helper, f"{helper}-{asker}-{post}", asker)
        self.twice(lambda: actions.award(**cause, at=self.now))

    @rule(helper=HELPERS, asker=ASKERS, post=POSTS)
    def unaccept(self, helper: str, asker: str, post: int) -> None:
        cause = self.cause("accepted", helper, f"{helper}-{asker}-{post}", asker)
        self.twice(lambda: actions.take_back(**cause, at=self.now))

    @rule(helper=HELPERS, post=POSTS, voter=VOTERS)
    def vote(self, helper: str, post: int, voter: int) -> None:
        cause = self.cause("upvote", helper, f"{helper}-{post}", f"voter{voter}")
        self.twice(lambda: actions.award(**cause, at=self.now))

    @rule(helper=HELPERS, post=POSTS, voter=VOTERS)
    def take_the_vote_back(self, helper: str, post: int, voter: int) -> None:
        cause = self.cause("upvote", helper, f"{helper}-{post}", f"voter{voter}")
        self.twice(lambda: actions.take_back(**cause, at=self.now))

    @rule(helper=HELPERS, post=POSTS)
    def delete_and_restore_the_post(self, helper: str, post: int) -> None:
        """What comes back is under the caps of the day it was earned first."""
        person = self.people[helper]
        lost = Transfer.objects.filter(
            kind="award",
            person=person,
            reason="upvote",
            source_id=f"{helper}-{post}",
            reversed_by__isnull=True,
        )
        votes = {one.partner_id: one.earned_at for one in lost.order_by("pk")}
        source = {"source_type": "answer", "source_id": f"{helper}-{post}"}
        where = {"event": "upvote", "person": person, "at": self.now} | source
        actions.take_back_from(**where)
        for partner, earned_at in votes.items():
            actions.award(**where, partner=partner, earned_at=earned_at)

    # Campaigns, budgets, and awards by hand

    @rule(
        factor=st.sampled_from([150, 200, 300]), budget=st.sampled_from([None, 0, 25])
    )
    def a_campaign_begins(self, factor: int, budget: int | None) -> None:
        campaign = Campaign.objects.create(
            title_en="Double points week",
            factor_percent=factor,
            starts_at=self.now,
            ends_at=self.now + timedelta(days=2),
            budget=budget,
        )
        self.twice(lambda: actions.follow_the_campaign(campaign=campaign, at=self.now))

    @rule(budget=st.sampled_from([None, 0, 40, 100, 400]))
    def the_budget_is_changed(self, budget: int | None) -> None:
        PointsTerms.objects.update(monthly_budget=budget)
        self.twice(lambda: actions.follow_the_terms(at=self.now))

    @rule(helper=HELPERS, points=st.sampled_from([5, 10, 11, 40]))
    def propose(self, helper: str, points: int) -> None:
        self.keys += 1
        proposal = {
            "person": self.people[helper],
            "points": points,
            "reason": "Helped at the fair",
            "by": self.boss,
            "key": f"award{self.keys}",
            "at": self.now,
        }
        self.or_not(lambda: self.twice(lambda: actions.propose_award(**proposal)))

    @precondition(lambda _: ManualAward.objects.filter(state="pending").exists())
    @rule(approved=st.booleans())
    def decide(self, approved: bool) -> None:
        award = ManualAward.objects.filter(state="pending").order_by("pk")[0]
        about = {"award": award, "by": self.colleague, "at": self.now}
        with pytest.raises(Refused):
            actions.approve_award(award=award, by=self.boss, at=self.now)
        if not approved:
            actions.refuse_award(**about, reason="Not this time")
        elif not self.or_not(lambda: actions.approve_award(**about)):
            return
        with pytest.raises(Refused):
            actions.approve_award(**about)

    @precondition(lambda _: ManualAward.objects.filter(state="given").exists())
    @rule(which=MANY)
    def revoke(self, which: int) -> None:
        awards = ManualAward.objects.filter(state="given").order_by("pk")
        award = awards[which % len(awards)]
        about = {"by": self.boss, "reason": "It was somebody else", "at": self.now}
        actions.revoke_award(award=award, **about)
        with pytest.raises(Refused):
            actions.revoke_award(award=award, **about)

    # Giving away

    @rule(helper=HELPERS, points=st.integers(1, 30))
    def donate(self, helper: str, points: int) -> None:
        self.keys += 1
        person, key = self.people[helper], f"gift{self.keys}"
        has = queries.balance_of(person, at=self.now).spendable
        gift = {"charity": self.charity, "points": points, "key": key}
        given = self.or_not(
            lambda: self.twice(
                lambda: actions.donate(person=person, **gift, at=self.now)
            )
        )
        assert given == (points <= has)
        left = queries.balance_of(person, at=self.now).spendable
        assert left == has - points * given

    @rule(giver=HELPERS, to=st.sampled_from(["xiaoman", "laoxu", "linjian"]))
    def pass_on(self, giver: str, to: str) -> None:
        person, other = self.people[giver], self.people[to]
        before = [
            queries.balance_of(who, at=self.now).spendable for who in (person, other)
        ]
        year = site_day(self.now).year
        first = not Transfer.objects.filter(
            idem_key=f"pass_on:{person.pk}:{year}"
        ).exists()
        given = self.or_not(
            lambda: self.twice(
                lambda: actions.pass_on(person=person, to=other, points=7, at=self.now)
            )
        )
        after = [
            queries.balance_of(who, at=self.now).spendable for who in (person, other)
        ]
        moved = 7 if given and first else 0
        assert after == [before[0] - moved, before[1] + moved]

    # Spending and its undoing

    @rule(helper=HELPERS)
    def carry_over(self, helper: str) -> None:
        person = self.people[helper]
        before = queries.balance_of(person, at=self.now)
        carried = None

        def act() -> None:
            nonlocal carried
            carried = actions.carry_over(person=person, at=self.now)

        if self.or_not(act):
            after = queries.balance_of(person, at=self.now)
            assert carried is not None
            assert after.spendable == before.spendable
            assert not self.or_not(act)

    @rule(helper=HELPERS, coded=st.booleans())
    def order(self, helper: str, coded: bool) -> None:
        person, gift = self.people[helper], self.coded if coded else self.gift
        self.keys += 1
        key = f"key{self.keys}"
        before = queries.balance_of(person, at=self.now).spendable
        stock = Gift.objects.get(pk=gift.pk).stock
        may = before >= gift.cost and stock > 0
        try:
            order = actions.redeem(person=person, gift=gift, key=key, at=self.now)
        except Refused:
            assert not may
            return
        assert may
        again = actions.redeem(person=person, gift=gift, key=key, at=self.now)
        assert again == order
        after = queries.balance_of(person, at=self.now).spendable
        assert after == before - gift.cost
        self.oldest_went_first(person, order)

    @precondition(lambda _: Redemption.objects.filter(state="ordered").exists())
    @rule(which=MANY, cancelled=st.booleans())
    def settle_an_order(self, which: int, cancelled: bool) -> None:
        orders = Redemption.objects.filter(state="ordered").order_by("pk")
        order = orders[which % len(orders)]
        settle = actions.cancel if cancelled else actions.fulfil
        settle(redemption=order, by=self.boss, at=self.now)
        for act in (actions.cancel, actions.fulfil):
            with pytest.raises(Refused):
                act(redemption=order, by=self.boss, at=self.now)

    @precondition(lambda _: Voucher.objects.filter(**IN_USE).exists())
    @rule(which=MANY)
    def void_a_code(self, which: int) -> None:
        codes = Voucher.objects.filter(**IN_USE).order_by("pk")
        order = codes[which % len(codes)].redemption
        void = {"by": self.boss, "reason": "It was used", "at": self.now}
        actions.void_code(redemption=order, **void)
        with pytest.raises(Refused):
            actions.void_code(redemption=order, **void)

    @rule(helper=HELPERS)
    def leave(self, helper: str) -> None:
        """As if erased; who comes back starts anew."""
        person = self.people[helper]
        self.twice(lambda: actions.close_purse(person=person, at=self.now))
        balance = queries.balance_of(person, at=self.now)
        assert balance.spendable == balance.held == balance.reserved == 0

    # Time

    @rule(hours=HOURS)
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def timers_run(self) -> None:
        self.twice(lambda: actions.vest_points(at=self.now))
        self.twice(lambda: actions.expire_points(at=self.now))
        self.twice(lambda: actions.sum_days(at=self.now))
        assert actions.sum_days(at=self.now) == 0
        due = Lot.objects.filter(remaining__gt=0, expires_at__lte=self.now)
        assert not due.exists()
        assert not Lot.objects.filter(vests_at__lte=self.now).exists()

    # What always holds

    @invariant()
    def every_promise_holds(self) -> None:
        assert broken_promises() == []

    @invariant()
    def everything_sums_to_zero(self) -> None:
        people = sum(Account.objects.values_list("balance", flat=True))
        made = self.hall("issued", given=True)
        gone = sum(
            self.hall(kind, given=False) - self.hall(kind, given=True)
            for kind in ("redeemed", "expired", "clawback", "donated", "passed_on")
        )
        assert people == made - gone

    @invariant()
    def nobody_is_paid_too_little_for_what_stands(self) -> None:
        """After any reversal the caps leave exactly what they would have left."""
        for handle in self.people.keys() & {"xiaoman", "laoxu"}:
            for claim in claims_of(self.people[handle].pk, Q()):
                assert apply_caps(claim) == 0, claim

    @invariant()
    def no_lot_lives_longer_or_shorter_than_it_was_given(self) -> None:
        for pk, expires_at in Lot.objects.values_list("pk", "expires_at"):
            assert self.expiries.setdefault(pk, expires_at) == expires_at

    @invariant()
    def no_budget_is_passed(self) -> None:
        for pot in Pot.objects.filter(key__startswith="month:"):
            month = pot.key.removeprefix("month:")
            given = Entry.objects.filter(
                transfer__data__month=month,
                transfer__reversed_by=None,
                debit__kind="issued",
            )
            assert sum(given.values_list("amount", flat=True)) <= pot.points

    @invariant()
    def no_gift_is_handed_out_twice(self) -> None:
        if not self.people:
            return
        live = Redemption.objects.exclude(state__in=Redemption.GAVE_BACK)
        left = Gift.objects.get(pk=self.gift.pk).stock
        assert live.filter(gift=self.gift).count() + left == 3
        used = Voucher.objects.filter(**IN_USE).count()
        assert live.filter(gift=self.coded).count() == used

    # How it is done

    def manager(self, handle: str) -> Person:
        person = create_person(handle=handle, email=None, at=self.now)
        Person.objects.filter(pk=person.pk).update(is_superuser=True)
        person.refresh_from_db()
        return person

    def or_not(self, act: Any) -> bool:
        """Whether it was done; what is refused changes nothing."""
        before = (Transfer.objects.count(), Entry.objects.count(), Lot.objects.count())
        try:
            with transaction.atomic():
                act()
        except Refused:
            after = Transfer.objects.count(), Entry.objects.count(), Lot.objects.count()
            assert after == before
            return False
        return True

    def cause(self, event: str, helper: str, source: str, partner: str) -> dict:
        return {
            "event": event,
            "person": self.people[helper],
            "source_type": "answer",
            "source_id": source,
            "partner": self.people[partner],
        }

    def twice(self, act: Any) -> None:
        """The second time changes nothing at all."""
        act()
        before = (Transfer.objects.count(), Entry.objects.count())
        act()
        assert (Transfer.objects.count(), Entry.objects.count()) == before

    def hall(self, kind: str, *, given: bool) -> int:
        side = "debit__kind" if given else "credit__kind"
        amounts = Entry.objects.filter(**{side: kind})
        return sum(amounts.values_list("amount", flat=True))

    def oldest_went_first(self, person: Person, order: Redemption) -> None:
        used = LotUse.objects.filter(transfer__idem_key=f"redeem:{order.pk}")
        last_used = max(use.lot.expires_at for use in used)
        kept = Lot.objects.filter(
            account__owner=person, account__kind="spendable", remaining__gt=0
        )
        assert all(lot.expires_at >= last_used for lot in kept)


@pytest.mark.django_db
def test_whatever_happens_the_ledger_holds() -> None:
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
