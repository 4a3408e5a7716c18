"""Ask, answer, accept, vote, delete, buy, wait, in any order: points follow facts.

What is random here are people's doings in the community; the same for the ledger's own
actions is in test_whatever_happens_in_any_order.py.
"""

import os
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from common.errors import Refused
from community import actions as community
from community.models import Answer, Circle, Question, Vote
from people.actions import create_person
from people.models import Person
from rewards import actions
from rewards.actions.checking import broken_promises
from rewards.models import Account, Debt, EarnRule, Entry, Gift, Redemption, Transfer
from rewards.setup import setup_rules

MEMBERS = ("linjian", "xiaoman", "laoxu")
ANYBODY = st.sampled_from(MEMBERS)
ANY = st.integers(0, 1000)
# A longer search: ANSWERHALL_TEST_EXAMPLES=300 pytest tests/rewards/test_ledger…
EXAMPLES = int(os.environ.get("ANSWERHALL_TEST_EXAMPLES", "6"))
DAYS = st.sampled_from([0.02, 1, 2, 12, 31])


class Hall(RuleBasedStateMachine):
    """Three members help each other; every refusal must leave the ledger alone."""

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.now = timezone.now() - timedelta(days=900)
        self.numbers = count(1)

    def teardown(self) -> None:
        try:
            self.undo_everything()
        finally:
            transaction.set_rollback(True)
            self.example.__exit__(None, None, None)

    @initialize(held_days=st.sampled_from([0, 0, 2]))
    def open_the_hall(self, held_days: int) -> None:
        joined = self.now - timedelta(days=60)
        self.people = {
            handle: create_person(handle=handle, email=None, at=joined)
            for handle in (*MEMBERS, "boss")
        }
        Person.objects.filter(handle="boss").update(is_superuser=True)
        self.boss = Person.objects.get(handle="boss")
        self.circle = Circle.objects.create(slug="all", name_en="All", name_zh="全部")
        setup_rules()
        EarnRule.objects.update(
            daily_cap=50, expires_after_months=1, vest_days=held_days
        )
        self.gift = Gift.objects.create(slug="coffee", cost=15, stock=50)
        self.ask(who="linjian")
        self.answer(who="xiaoman", which=0)

    # What members do

    @rule(who=ANYBODY)
    def ask(self, who: str) -> None:
        self.attempt(
            lambda: community.ask(
                person=self.people[who],
                title="Port-in stuck in review for three days",
                body=f"Nothing has moved since Saturday. {next(self.numbers)}",
                circle=self.circle,
                tags=[],
                at=self.now,
            )
        )

    @rule(who=ANYBODY, which=ANY)
    def answer(self, who: str, which: int) -> None:
        question = self.pick(Question, which)
        self.attempt(
            lambda: community.answer(
                person=self.people[who],
                question=question,
                body=f"Take the photo again in daylight. {next(self.numbers)}",
                at=self.now,
            )
        )

    @rule(which=ANY)
    def accept(self, which: int) -> None:
        answer = self.pick(Answer, which)
        asker = answer.question.author
        self.attempt(lambda: community.accept(person=asker, answer=answer, at=self.now))

    @rule(which=ANY)
    def unaccept(self, which: int) -> None:
        question = self.pick(Question, which)
        self.attempt(
            lambda: community.unaccept(
                person=question.author, question=question, at=self.now
            )
        )

    @rule(who=ANYBODY, which=ANY, value=st.sampled_from([1, 1, 0]))
    def vote(self, who: str, which: int, value: int) -> None:
        answer = self.pick(Answer, which)
        self.attempt(
            lambda: community.vote(
                person=self.people[who], post=answer, value=value, at=self.now
            )
        )

    @rule(which=ANY, is_answer=st.booleans())
    def delete(self, which: int, is_answer: bool) -> None:
        post = self.pick(Answer if is_answer else Question, which)
        self.attempt(lambda: community.delete(person=self.boss, post=post, at=self.now))

    @rule(which=ANY, is_answer=st.booleans())
    def restore(self, which: int, is_answer: bool) -> None:
        post = self.pick(Answer if is_answer else Question, which)
        self.attempt(
            lambda: community.restore(person=self.boss, post=post, at=self.now)
        )

    @rule(who=ANYBODY)
    def order(self, who: str) -> None:
        self.attempt(
            lambda: actions.redeem(
                person=self.people[who],
                gift=self.gift,
                key=f"key{next(self.numbers)}",
                at=self.now,
            )
        )

    @rule(which=ANY, cancelled=st.booleans())
    def settle(self, which: int, cancelled: bool) -> None:
        orders = list(Redemption.objects.order_by("pk"))
        if not orders:
            return
        order = orders[which % len(orders)]
        act = actions.cancel if cancelled else actions.fulfil
        self.attempt(lambda: act(redemption=order, by=self.boss, at=self.now))

    @rule(days=DAYS, timers=st.booleans())
    def time_passes(self, days: float, timers: bool) -> None:
        self.now += timedelta(days=days)
        if timers:
            actions.vest_points(at=self.now)
            actions.expire_points(at=self.now)

    # What always holds

    @invariant()
    def every_promise_holds(self) -> None:
        assert broken_promises() == []

    @invariant()
    def points_are_paid_for_what_stands_and_for_nothing_else(self) -> None:
        expected = set()
        answers = Answer.objects.visible().filter(question__state="visible")
        for one in answers.select_related("question"):
            asker = one.question.author_id
            if one.author_id == asker:
                continue
            if one.question.accepted_answer_id == one.pk:
                expected.add(("accepted", one.author_id, str(one.pk), asker))
            for voter in Vote.objects.filter(answer=one, value=1):
                expected.add(("upvote", one.author_id, str(one.pk), voter.voter_id))
        standing = Transfer.objects.filter(kind="award", reversed_by=None)
        rescues = standing.filter(reason="rescue")
        causes = ("reason", "person_id", "source_id", "partner_id")
        paid = set(standing.exclude(reason="rescue").values_list(*causes))
        assert paid == expected
        assert {("accepted", *row[1:]) for row in rescues.values_list(*causes)} <= paid

    @invariant()
    def nobody_has_points_and_a_debt(self) -> None:
        owing = Debt.objects.filter(amount__gt=0).values("person")
        mine = Account.objects.filter(owner__in=owing, kind__in=["held", "spendable"])
        assert not mine.filter(balance__gt=0).exists()

    @invariant()
    def what_people_hold_is_what_came_less_what_went(self) -> None:
        for person in Person.objects.filter(handle__in=MEMBERS):
            moved = Entry.objects.filter(transfer__person=person)
            came = sum(e.amount for e in moved.filter(debit__owner=None))
            went = sum(e.amount for e in moved.filter(credit__owner=None))
            holds = sum(a.balance for a in person.accounts.all())
            assert holds == came - went

    def undo_everything(self) -> None:
        """When every cause is gone, nobody keeps a point, nor owes one never spent."""
        for question in Question.objects.visible():
            community.delete(person=self.boss, post=question, at=self.now)
        assert broken_promises() == []
        for person in Person.objects.filter(handle__in=MEMBERS):
            has = dict(person.accounts.values_list("kind", "balance"))
            orders = person.redemptions.exclude(state="cancelled")
            spent = sum(order.cost for order in orders)
            debt = Debt.objects.filter(pk=person.pk).first()
            assert has.get("held", 0) == has.get("spendable", 0) == 0
            assert (debt.amount if debt else 0) == spent

    # How it is done

    def pick(self, kind: type[Any], which: int) -> Any:
        posts = list(kind.objects.order_by("pk"))
        return posts[which % len(posts)]

    def attempt(self, act: Callable[[], object]) -> None:
        before = Transfer.objects.count()
        self.now += timedelta(minutes=1)
        try:
            with transaction.atomic():
                act()
        except Refused:
            assert Transfer.objects.count() == before


@pytest.mark.django_db
def test_points_follow_what_people_do() -> None:
    run_state_machine_as_test(
        Hall,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
