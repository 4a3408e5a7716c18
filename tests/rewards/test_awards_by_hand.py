"""Points that staff decide about: with a reason, large ones by two, never their own."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from common.errors import NotAllowed
from people.actions import erase_person
from people.models import Notification
from rewards import actions, errors
from rewards.models import ManualAward, PointsTerms, Transfer

pytestmark = pytest.mark.django_db
REASON = "Explained eSIM to a whole family at the fair"


@pytest.fixture
def colleague(make_staff):
    return make_staff("second", "Managers")


@pytest.fixture
def propose(manager, helper, clock, rules):
    def act(points=50, **fields) -> ManualAward:
        values = {
            "person": helper,
            "reason": REASON,
            "by": manager,
            "key": f"k{ManualAward.objects.count()}",
        } | fields
        return actions.propose_award(points=points, at=clock.now, **values)

    return act


def test_a_small_award_is_given_at_once_and_says_why(
    propose, points, helper, client_of
):
    award = propose(100)

    assert award.state == "given"
    assert points(helper) == 100
    assert Notification.objects.filter(person=helper, kind="rewards.award_given")
    page = client_of(helper).get("/en/rewards/history/").content.decode()
    assert "Our team gave you these points" in page
    assert REASON in page


def test_a_large_one_waits_for_a_second_manager(
    propose, points, helper, manager, colleague, clock
):
    award = propose(101)
    assert (award.state, points(helper)) == ("pending", 0)

    with pytest.raises(errors.AwardNeedsAnother):
        actions.approve_award(award=award, by=manager, at=clock.now)
    assert points(helper) == 0
    actions.approve_award(award=award, by=colleague, at=clock.now)
    with pytest.raises(errors.AwardDecided):
        actions.approve_award(award=award, by=colleague, at=clock.now)

    assert points(helper) == 101
    award.refresh_from_db()
    assert (award.state, award.decided_by) == ("given", colleague)


def test_the_limit_is_data(propose, points, helper):
    PointsTerms.objects.update(approval_above=10)

    assert propose(11).state == "pending"
    assert propose(10).state == "given"
    assert points(helper) == 10


def test_a_second_manager_may_say_no_with_a_reason(
    propose, points, helper, colleague, clock
):
    award = propose(500)

    with pytest.raises(errors.AwardNeedsReason):
        actions.refuse_award(award=award, by=colleague, reason=" ", at=clock.now)
    actions.refuse_award(award=award, by=colleague, reason="Too much", at=clock.now)

    assert points(helper) == 0
    award.refresh_from_db()
    assert (award.state, award.decision) == ("refused", "Too much")


def test_nobody_awards_or_approves_their_own_points(
    propose, manager, colleague, clock, points
):
    with pytest.raises(errors.NotForYourself):
        propose(10, person=manager)
    award = propose(500, person=colleague)
    for act in (
        lambda: actions.approve_award(award=award, by=colleague, at=clock.now),
        lambda: actions.refuse_award(
            award=award, by=colleague, reason="Mine", at=clock.now
        ),
    ):
        with pytest.raises(errors.NotForYourself):
            act()

    assert points(colleague) == points(manager) == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        ManualAward.objects.filter(pk=award.pk).update(decided_by=colleague)
    with pytest.raises(IntegrityError), transaction.atomic():
        ManualAward.objects.filter(pk=award.pk).update(asked_by=colleague)


def test_the_same_form_twice_is_one_award(propose, points, helper):
    first = propose(30, key="form")
    again = propose(30, key="form")

    assert (first, points(helper)) == (again, 30)


def test_an_award_does_not_fill_the_day_of_who_gets_it(
    propose, help_somebody, rule, points, helper
):
    rule("accepted", daily_cap=20)
    propose(100)

    help_somebody()

    assert points(helper) == 120


def test_only_managers_award(propose, editor, helper, stranger, points):
    for person in (editor, helper):
        with pytest.raises(NotAllowed):
            propose(10, person=stranger, by=person)

    assert points(stranger) == 0


@pytest.mark.parametrize("amount", [0, -5, 1_000_001])
def test_an_award_is_some_points(propose, amount):
    with pytest.raises(errors.AwardOutOfBounds):
        propose(amount)


def test_who_left_is_given_nothing(propose, helper, clock):
    helper.is_active = False
    helper.save()

    with pytest.raises(errors.AwardToNobody):
        propose(10)


def test_an_award_can_be_taken_back_and_what_was_spent_is_owed(
    propose, helper, manager, redeem, gift, purse, clock, client_of
):
    award = propose(30)
    redeem(helper, gift)

    actions.revoke_award(award=award, by=manager, reason="Wrong person", at=clock.now)

    balance = purse(helper)
    assert (balance.spendable, balance.debt) == (0, 20)
    page = client_of(helper).get("/en/rewards/history/").content.decode()
    assert "Wrong person" in page
    with pytest.raises(errors.AwardDecided):
        actions.revoke_award(award=award, by=manager, reason="Again", at=clock.now)


def test_staff_commend_an_answer_with_five_to_fifty_points(
    answer, moderator, points, helper, clock, client_of
):
    for wrong in (4, 51):
        with pytest.raises(errors.AwardOutOfBounds):
            commend(answer, moderator, clock, points=wrong)

    commend(answer, moderator, clock, points=50)

    assert points(helper) == 50
    page = client_of(helper).get("/en/rewards/history/").content.decode()
    assert "Our team commended your answer" in page
    assert answer.question.title in page


def commend(answer, by, clock, points=20) -> ManualAward:
    return actions.commend(
        answer=answer, points=points, reason="Clear", by=by, at=clock.now
    )


def test_each_commends_an_answer_once(answer, moderator, editor, points, helper, clock):
    commend(answer, moderator, clock)
    with pytest.raises(errors.AlreadyCommended):
        commend(answer, moderator, clock)
    commend(answer, editor, clock)

    assert points(helper) == 40


def test_members_commend_nobody_and_staff_not_themselves(
    answer, make_answer, stranger, moderator, clock
):
    with pytest.raises(NotAllowed):
        commend(answer, stranger, clock)
    with pytest.raises(errors.NotForYourself):
        commend(make_answer(by=moderator), moderator, clock)


def test_what_is_hidden_is_not_commended(answer, moderator, clock):
    from community import actions as community

    community.delete(person=moderator, post=answer, at=clock.now)
    answer.refresh_from_db()

    with pytest.raises(errors.AwardToNobody):
        commend(answer, moderator, clock)


def test_the_erased_leave_no_sentence_behind(propose, helper, manager, clock):
    award = propose(10)

    erase_person(person=helper, at=clock.now)

    award.refresh_from_db()
    assert award.reason == ""


def test_somebody_s_own_data_names_their_awards(propose, helper):
    from rewards.queries import points_export

    propose(10)

    assert points_export(helper)["awards_by_hand"][0]["reason"] == REASON


# In the office


def test_a_manager_awards_and_another_agrees_on_the_page(
    manager, colleague, helper, client_of, points, rules
):
    office, other = client_of(manager), client_of(colleague)
    address = reverse("rewards_awards")
    key = office.get(address).context["key"]
    form = {"member": helper.handle, "points": "500", "reason": REASON, "key": key}

    office.post(reverse("rewards_propose"), form)
    award = ManualAward.objects.get()
    page = office.get(address).content.decode()
    assert "Waiting for a second manager" in page
    assert "Give the points" not in page
    own = office.post(reverse("rewards_decide", args=[award.pk]), {"approve": "1"})
    assert own.status_code == 403
    assert "Give the points" in other.get(address).content.decode()
    other.post(reverse("rewards_decide", args=[award.pk]), {"approve": "1"})

    assert points(helper) == 500


def test_what_was_typed_stays_when_it_is_refused(manager, client_of, rules):
    office = client_of(manager)
    form = {"member": "nobody-here", "points": "5", "reason": "x", "key": "k1"}

    reply = office.post(reverse("rewards_propose"), form)

    assert reply.status_code == 400
    assert "Nobody has this name here" in reply.content.decode()
    assert "nobody-here" in reply.content.decode()


def test_staff_without_the_points_may_commend_and_see_their_own_only(
    moderator, propose, client_of, answer, points, helper
):
    propose(10)
    office = client_of(moderator)

    page = office.get(reverse("rewards_awards")).content.decode()
    assert REASON not in page
    assert "Award points" not in page
    form = {"answer": answer.get_absolute_url(), "points": "5", "reason": "Clear"}
    office.post(reverse("rewards_commend"), form)

    assert points(helper) == 15
    assert "Clear" in office.get(reverse("rewards_awards")).content.decode()
    refused = office.post(reverse("rewards_propose"), {"member": helper.handle})
    assert refused.status_code in (302, 403)
    assert Transfer.objects.filter(kind="grant").count() == 2


def test_members_see_nothing_of_it(helper, client_of, propose):
    award = propose(500)

    for name, args in (("rewards_awards", []), ("rewards_report", [])):
        reply = client_of(helper).get(reverse(name, args=args))
        assert reply.status_code in (302, 403, 404)
    reply = client_of(helper).post(reverse("rewards_decide", args=[award.pk]))
    assert reply.status_code in (302, 403, 404)


def test_more_awards_cost_the_page_no_more_queries(
    propose, manager, colleague, client_of, django_assert_max_num_queries
):
    for _turn in range(3):
        propose(500)
    office = client_of(colleague)
    office.get(reverse("rewards_awards"))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        office.get(reverse("rewards_awards"))
    for _turn in range(8):
        propose(500)

    with django_assert_max_num_queries(len(few)):
        office.get(reverse("rewards_awards"))
