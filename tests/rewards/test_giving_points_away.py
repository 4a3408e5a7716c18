"""To a good cause, for good; or to another member, once a year."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress

from people.models import Notification
from rewards import actions, errors
from rewards.models import Case, Charity, FairPlayRules, Lot, PointsTerms, Transfer

pytestmark = pytest.mark.django_db


@pytest.fixture
def charity(rules) -> Charity:
    return Charity.objects.create(
        slug="trees", title_en="Trees for the desert", title_zh="沙漠植树"
    )


@pytest.fixture
def give(clock):
    def give(person, charity, points=10, key="form"):
        return actions.donate(
            person=person, charity=charity, points=points, key=key, at=clock.now
        )

    return give


@pytest.fixture
def pass_on(clock, rules):
    def pass_on(person, to, points=10):
        return actions.pass_on(person=person, to=to, points=points, at=clock.now)

    return pass_on


# Good causes


def test_points_go_to_a_good_cause_and_the_page_says_how_many(
    give, charity, help_somebody, helper, points, client_of, client
):
    help_somebody()
    help_somebody()

    give(helper, charity, 30)

    assert points(helper) == 10
    page = client.get(charity.get_absolute_url()).content.decode()
    assert "30" in page
    assert helper.handle not in page
    history = client_of(helper).get("/en/rewards/history/").content.decode()
    assert "You gave points to “Trees for the desert”" in history
    assert charity.get_absolute_url() in history


def test_one_form_gives_once(give, charity, help_somebody, helper, points):
    help_somebody()

    assert give(helper, charity) == give(helper, charity)

    assert points(helper) == 10


def test_nobody_gives_more_than_they_have_nor_less_than_the_least(
    give, charity, help_somebody, helper, points
):
    help_somebody()

    with pytest.raises(errors.PointsMissing) as refusal:
        give(helper, charity, 21)
    assert "20 points" in str(refusal.value)
    for little in (9, 0, -10):
        with pytest.raises(errors.DonationTooSmall):
            give(helper, charity, little)

    assert points(helper) == 20


def test_held_points_are_not_given(give, charity, rule, help_somebody, helper):
    rule("accepted", vest_days=7)
    help_somebody()

    with pytest.raises(errors.PointsMissing):
        give(helper, charity)


def test_a_cause_off_the_list_takes_nothing(
    give, charity, help_somebody, helper, client
):
    help_somebody()
    Charity.objects.update(listed=False)

    with pytest.raises(errors.CharityClosed):
        give(helper, charity)
    assert client.get(charity.get_absolute_url()).status_code == 404
    assert charity.title_en not in client.get("/en/rewards/causes/").content.decode()


def test_the_oldest_points_are_given_first(give, charity, help_somebody, helper, clock):
    help_somebody()
    clock.move(days=2)
    help_somebody()

    give(helper, charity, 25)

    lots = Lot.objects.filter(account__owner=helper).order_by("expires_at")
    assert [lot.remaining for lot in lots] == [0, 15]


def test_what_was_given_and_then_taken_back_is_owed(
    give, charity, help_somebody, unaccept, helper, purse
):
    answer = help_somebody()
    give(helper, charity, 20)

    unaccept(answer)

    assert (purse(helper).spendable, purse(helper).debt) == (0, 20)


def test_a_member_gives_on_the_page(
    charity, help_somebody, helper, client_of, points, client
):
    help_somebody()
    reader = client_of(helper)
    page = reader.get(charity.get_absolute_url())
    form = {"points": "15", "key": page.context["key"]}

    too_much = reader.post(
        f"{charity.get_absolute_url()}donate/", form | {"points": "99"}
    )
    assert too_much.status_code == 409
    assert 'value="99"' in too_much.content.decode()
    for wrong in ({"points": "x"}, {"key": ""}):
        reply = reader.post(f"{charity.get_absolute_url()}donate/", form | wrong)
        assert reply.status_code in (400, 409)
    for _click in range(2):
        reply = reader.post(f"{charity.get_absolute_url()}donate/", form)
        assert reply.status_code == 302

    assert points(helper) == 5
    assert client.post(f"{charity.get_absolute_url()}donate/", form).status_code == 302
    assert Transfer.objects.filter(kind="donate").count() == 1


def test_the_page_reads_chinese(charity, client):
    page = client.get("/zh-hans/rewards/causes/").content.decode()

    assert "沙漠植树" in page


def test_more_causes_and_gifts_cost_no_more_queries(
    give, charity, help_somebody, helper, client, django_assert_max_num_queries
):
    help_somebody()
    give(helper, charity)
    for number in range(12):
        Charity.objects.create(slug=f"c{number}", title_en=f"Cause {number}")
    client.get("/en/rewards/causes/")

    with django_assert_max_num_queries(12):
        client.get("/en/rewards/causes/")


# To another member


def test_points_go_to_another_member_and_both_are_told(
    pass_on, help_somebody, helper, stranger, points, client_of
):
    help_somebody()

    pass_on(helper, stranger, 15)

    assert (points(helper), points(stranger)) == (5, 15)
    assert Notification.objects.filter(person=helper, kind="rewards.pass_on").count()
    assert Notification.objects.filter(person=stranger, kind="rewards.receive").count()
    mine = client_of(helper).get("/en/rewards/history/").content.decode()
    theirs = client_of(stranger).get("/en/rewards/history/").content.decode()
    assert f"You passed points on to {stranger.name}" in mine
    assert f"{helper.name} passed points on to you" in theirs


def test_passed_on_points_keep_their_last_day(
    pass_on, help_somebody, helper, stranger, clock, points
):
    help_somebody()
    clock.move(days=40)
    help_somebody()
    before = sorted(
        Lot.objects.filter(account__owner=helper).values_list("expires_at", flat=True)
    )

    pass_on(helper, stranger, 30)

    theirs = Lot.objects.filter(account__owner=stranger).order_by("expires_at")
    assert [lot.expires_at for lot in theirs] == before
    assert [lot.remaining for lot in theirs] == [20, 10]
    actions.expire_points(at=before[0])
    assert points(stranger) == 10


def test_once_a_year_is_the_most(
    pass_on, help_somebody, helper, stranger, asker, clock, points
):
    help_somebody()
    first = pass_on(helper, stranger, 5)

    assert pass_on(helper, stranger, 5) == first
    with pytest.raises(errors.PassedOnAlready):
        pass_on(helper, stranger, 6)
    with pytest.raises(errors.PassedOnAlready):
        pass_on(helper, asker, 5)
    assert points(helper) == 15
    clock.move(days=366)
    actions.expire_points(at=clock.now)
    help_somebody()
    pass_on(helper, asker, 5)

    assert points(asker) == 5


def test_no_more_than_the_terms_let(pass_on, help_somebody, helper, stranger):
    help_somebody()
    PointsTerms.objects.update(pass_on_most=10)
    with pytest.raises(errors.TooMuchToPassOn):
        pass_on(helper, stranger, 11)
    with pytest.raises(errors.PointsMissing):
        pass_on(helper, stranger, 0)
    PointsTerms.objects.update(pass_on_most=0)
    with pytest.raises(errors.PassingOnClosed):
        pass_on(helper, stranger, 1)


def test_nobody_collects_from_many(
    pass_on, help_somebody, helper, stranger, asker, points
):
    PointsTerms.objects.update(pass_on_most=20)
    help_somebody(by=helper)
    help_somebody(by=stranger)
    pass_on(helper, asker, 15)

    with pytest.raises(errors.ReceivesTooMuch):
        pass_on(stranger, asker, 6)
    pass_on(stranger, asker, 5)

    assert points(asker) == 20


@pytest.mark.parametrize("who", ["giver", "receiver"])
@pytest.mark.parametrize(
    "lack", ["verified", "time", "life", "native", "distance from the points"]
)
def test_both_are_members_we_know(
    who, lack, pass_on, help_somebody, helper, stranger, clock, points
):
    help_somebody()
    person = helper if who == "giver" else stranger
    if lack == "verified":
        EmailAddress.objects.filter(user=person).update(verified=False)
    elif lack == "time":
        person.date_joined = clock.now - timedelta(days=29)
    elif lack == "life":
        person.is_active = False
    elif lack == "native":
        person.source, person.source_id = "old-forum", "7"
    else:
        person.is_superuser = True
    person.save()

    with pytest.raises(errors.NotAMemberLongEnough):
        pass_on(helper, stranger)

    assert points(stranger) == 0


def test_points_don_t_go_round_in_a_circle(
    pass_on, help_somebody, helper, stranger, clock
):
    help_somebody()
    pass_on(helper, stranger, 10)
    clock.move(days=400)
    help_somebody(by=stranger)

    with pytest.raises(errors.NotToEachOther):
        pass_on(stranger, helper, 5)
    with pytest.raises(errors.NotToYourself):
        pass_on(stranger, stranger, 5)


def test_who_accepts_each_other_all_the_time_passes_nothing_on(
    pass_on, help_somebody, helper, stranger
):
    for _turn in range(3):
        help_somebody(by=helper, asker=stranger)
        help_somebody(by=stranger, asker=helper)

    with pytest.raises(errors.NotToEachOther):
        pass_on(helper, stranger)


@pytest.mark.parametrize(("state", "refused"), [("open", True), ("released", False)])
def test_nothing_moves_while_fairness_is_in_question(
    state, refused, pass_on, help_somebody, helper, stranger, clock, points
):
    help_somebody()
    Case.objects.create(
        centre=stranger,
        rules=FairPlayRules.objects.create(),
        state=state,
        weight=4,
        opened_at=clock.now,
        grown_at=clock.now,
        decide_by=clock.now + timedelta(days=3),
        lapses_at=clock.now + timedelta(days=14),
        closed_at=None if refused else clock.now,
    )

    if refused:
        with pytest.raises(errors.NotToEachOther):
            pass_on(helper, stranger)
    else:
        pass_on(helper, stranger)

    assert points(stranger) == (0 if refused else 10)


def test_nobody_s_debt_is_paid_by_others(
    pass_on, help_somebody, unaccept, redeem, gift, helper, stranger, points, purse
):
    answer = help_somebody(by=stranger)
    redeem(stranger, gift)
    unaccept(answer)
    assert purse(stranger).debt == 20
    help_somebody()

    with pytest.raises(errors.ReceivesTooMuch):
        pass_on(helper, stranger)

    assert (points(helper), purse(stranger).debt) == (20, 20)


def test_passing_on_saves_nothing_from_being_taken_back(
    pass_on, help_somebody, unaccept, helper, stranger, purse, points
):
    answer = help_somebody()
    pass_on(helper, stranger, 20)

    unaccept(answer)

    assert (purse(helper).debt, points(stranger)) == (20, 20)


def test_a_member_passes_points_on_on_the_page(
    help_somebody, helper, stranger, client_of, points, client
):
    help_somebody()
    reader = client_of(helper)
    page = reader.get("/en/rewards/pass-on/")
    form = {"member": "nobody-here", "points": "7", "key": page.context["key"]}

    missing = reader.post("/en/rewards/pass-on/send/", form)
    assert missing.status_code == 400
    assert "nobody-here" in missing.content.decode()
    reply = reader.post(
        "/en/rewards/pass-on/send/", form | {"member": f"@{stranger.handle}"}
    )

    assert reply.status_code == 302
    assert (points(helper), points(stranger)) == (13, 7)
    assert client.get("/en/rewards/pass-on/").status_code == 302
    assert client.post("/en/rewards/pass-on/send/", form).status_code == 302


def test_a_member_is_found_however_their_handle_is_typed(
    help_somebody, helper, stranger, client_of, points
):
    help_somebody()
    reader = client_of(helper)
    key = reader.get("/en/rewards/pass-on/").context["key"]
    typed = "＠" + "".join(chr(ord(letter) + 0xFEE0) for letter in stranger.handle)
    send = "/zh-hans/rewards/pass-on/send/"

    unreadable = reader.post(send, {"member": "a\0b", "points": "７", "key": key})
    assert unreadable.status_code == 400
    assert points(helper) == 20

    reader.post(send, {"member": typed.upper(), "points": " ７ ", "key": key})

    assert (points(helper), points(stranger)) == (13, 7)


def test_who_left_is_not_named(
    pass_on, help_somebody, helper, stranger, client_of, clock
):
    from people.actions import erase_person

    help_somebody()
    pass_on(helper, stranger, 5)
    handle = stranger.handle
    erase_person(person=stranger, at=clock.now)

    page = client_of(helper).get("/en/rewards/history/").content.decode()

    assert "You passed points on to a member who left" in page
    assert handle not in page
