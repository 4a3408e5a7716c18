"""A gift many want opens at one moment: turns are drawn, kept, and passed on."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from common import outbox
from people.models import Notification
from rewards import actions, numbers
from rewards.actions import queueing, redeeming
from rewards.errors import NotEnoughPoints, OnlyByTurns, RoomNotOpen, SoldOut
from rewards.models import Place, Redemption, WaitingRoom
from rewards.queries import drops

pytestmark = pytest.mark.django_db


@pytest.fixture
def drop(make_gift, clock):
    """Two units, in half an hour."""
    return make_gift(
        slug="earbuds",
        stock=2,
        is_drop=True,
        opens_at=clock.now + timedelta(minutes=30),
    )


@pytest.fixture
def crowd(rule, make_person, clock):
    """People who can pay for one each."""
    rule("article_credit", points=20, daily_cap=None)

    def make(size):
        people = [make_person(f"guest{number}") for number in range(size)]
        for number, person in enumerate(people):
            actions.award(
                event="article_credit",
                person=person,
                source_type="answer",
                source_id=number,
                at=clock.now,
            )
        return people

    return make


@pytest.fixture
def enter(drop, clock):
    return lambda person: queueing.enter_room(person=person, gift=drop, at=clock.now)


@pytest.fixture
def look(clock):
    """The timer comes by."""

    def look(**later):
        clock.move(**(later or {"seconds": 5}))
        return queueing.look_after_rooms(at=clock.now)

    return look


def states(drop):
    places = Place.objects.filter(room=drop.pk).order_by("number")
    return [place.state for place in places]


def told(kind):
    return Notification.objects.filter(kind=f"rewards.{kind}").count()


def test_turns_are_given_by_lot_to_all_who_came_before_the_opening(
    crowd, enter, drop, look
):
    people = crowd(6)
    for person in people:
        enter(person)
    by_lot = list(Place.objects.order_by("lot").values_list("person_id", flat=True))
    assert look() == 0
    assert not Redemption.objects.exists()

    assert look(minutes=30) == 2

    places = list(Place.objects.order_by("number"))
    assert [place.person_id for place in places] == by_lot
    assert [place.number for place in places] == [1, 2, 3, 4, 5, 6]
    assert states(drop) == ["served"] * 2 + ["waiting"] * 4
    assert {order.state for order in Redemption.objects.all()} == {"held"}
    assert told("drop_turn") == 2


def test_lots_are_not_the_order_of_arrival(crowd, enter):
    """Of 12 people, by arrival once in 479,001,600 times."""
    people = crowd(12)
    for person in people:
        enter(person)

    by_lot = list(Place.objects.order_by("lot").values_list("person_id", flat=True))

    assert by_lot != [person.pk for person in people]


def test_who_comes_later_stands_at_the_end_in_the_order_of_arrival(
    crowd, enter, drop, look, clock
):
    people = crowd(5)
    for person in people[:3]:
        enter(person)
    look(minutes=31)
    for person in people[3:]:
        clock.move(seconds=1)
        enter(person)

    look()

    late = Place.objects.filter(person__in=people[3:]).order_by("number")
    assert [(place.number, place.person) for place in late] == [
        (4, people[3]),
        (5, people[4]),
    ]


def test_leaving_and_coming_back_draws_no_second_lot(crowd, enter, drop):
    (person,) = crowd(1)
    first = enter(person).lot

    queueing.leave_room(person=person, gift=drop)
    assert enter(person).lot == first
    assert Place.objects.count() == 1


def test_coming_back_after_the_opening_is_the_end_of_the_queue(
    crowd, enter, drop, look
):
    people = crowd(4)
    for person in people:
        enter(person)
    look(minutes=31)
    waits = Place.objects.filter(state="waiting").order_by("number").first()

    queueing.leave_room(person=waits.person, gift=drop)
    enter(waits.person)
    look()

    waits.refresh_from_db()
    assert waits.number == 5


def test_a_hold_that_runs_out_goes_to_the_next(crowd, enter, drop, look, clock):
    for person in crowd(4):
        enter(person)
    look(minutes=31)
    first = Redemption.objects.order_by("pk").first()
    redeeming.confirm(redemption=first, person=first.person, at=clock.now)
    clock.move(minutes=15)
    redeeming.lapse_holds(at=clock.now)

    assert look() == 1

    assert states(drop) == ["served"] * 3 + ["waiting"]
    assert sorted(Redemption.objects.values_list("state", flat=True)) == [
        "held",
        "lapsed",
        "ordered",
    ]


def test_when_all_are_bought_everybody_who_waits_is_told_once(
    crowd, enter, drop, look, clock
):
    for person in crowd(5):
        enter(person)
    look(minutes=31)
    for order in Redemption.objects.all():
        redeeming.confirm(redemption=order, person=order.person, at=clock.now)

    for _ in range(2):
        look()
        outbox.drain(at=clock.now)

    assert told("drop_sold_out") == 3
    assert states(drop) == ["served"] * 2 + ["passed"] * 3
    assert WaitingRoom.objects.get().sold_out_at is not None


def test_while_somebody_still_holds_one_nobody_is_sent_home(
    crowd, enter, drop, look, clock
):
    for person in crowd(3):
        enter(person)
    look(minutes=31)
    look()

    outbox.drain(at=clock.now)

    assert told("drop_sold_out") == 0
    assert WaitingRoom.objects.get().sold_out_at is None


def test_who_spent_the_points_meanwhile_is_passed_over_and_the_next_gets_it(
    crowd, enter, drop, look, redeem, make_gift
):
    people = crowd(3)
    for person in people:
        enter(person)
    first = Place.objects.order_by("lot").first()
    redeem(first.person, make_gift())

    look(minutes=31)

    assert states(drop) == ["passed", "served", "served"]
    assert told("drop_passed") == 1


def test_a_killed_round_is_gone_on_with(crowd, enter, drop, look, monkeypatch):
    for person in crowd(3):
        enter(person)
    serve = queueing._serve_next

    def die(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(queueing, "_serve_next", die)
    with pytest.raises(KeyboardInterrupt):
        look(minutes=31)
    monkeypatch.setattr(queueing, "_serve_next", serve)

    assert look() == 2
    assert [place.number for place in Place.objects.order_by("number")] == [1, 2, 3]


def test_two_lookers_at_once_do_one_round(crowd, enter, drop, clock):
    enter(*crowd(1))
    clock.move(minutes=31)
    room = WaitingRoom.objects.get()

    given = [queueing.look_after(room, at=clock.now) for _ in range(2)]

    assert given == [1, 0]


def test_a_drop_is_had_by_turns_alone(crowd, drop, clock, redeem):
    (person,) = crowd(1)
    clock.move(minutes=31)

    with pytest.raises(OnlyByTurns):
        redeem(person, drop)
    with pytest.raises(OnlyByTurns):
        redeeming.hold(person=person, gift=drop, key="k", at=clock.now)
    assert not Redemption.objects.exists()


def test_who_may_not_have_the_gift_may_not_wait_for_it(
    enter, stranger, drop, crowd, clock
):
    with pytest.raises(NotEnoughPoints):
        enter(stranger)
    (person,) = crowd(1)
    clock.move(minutes=-31)
    with pytest.raises(RoomNotOpen):
        enter(person)
    clock.move(minutes=62)
    drop.stock = 0
    drop.save()
    with pytest.raises(SoldOut):
        enter(person)


def test_the_place_is_the_same_on_every_device(
    crowd, drop, client_of, clock, rewind_to_now
):
    (person,) = crowd(1)
    rewind_to_now(drop)
    phone, laptop = client_of(person), client_of(person)
    address = reverse("rewards:waiting", args=[drop.slug])

    entered = phone.post(reverse("rewards:enter_room", args=[drop.slug]))
    assert entered["Location"] == address
    for browser in (phone, laptop, phone):
        page = browser.get(address).content.decode()
        assert "You are in" in page
        assert 'http-equiv="refresh"' in page
    assert Place.objects.count() == 1


def test_the_page_leads_to_what_is_held_when_the_turn_has_come(
    crowd, drop, client_of, rewind_to_now
):
    (person,) = crowd(1)
    rewind_to_now(drop)
    browser = client_of(person)
    browser.post(reverse("rewards:enter_room", args=[drop.slug]))
    drop.opens_at = timezone.now() - timedelta(seconds=1)
    drop.save()
    queueing.look_after_rooms(at=timezone.now())
    address = reverse("rewards:waiting", args=[drop.slug])

    order = Redemption.objects.get()
    assert browser.get(address)["Location"] == order.get_absolute_url()
    by_script = browser.get(address, headers={"HX-Request": "true"})
    assert by_script["HX-Redirect"] == order.get_absolute_url()


def test_the_gift_page_says_how_it_is_given(drop, crowd, client_of, rewind_to_now):
    (person,) = crowd(1)
    rewind_to_now(drop)

    page = client_of(person).get(drop.get_absolute_url()).content.decode()

    assert "Enter the waiting room" in page
    assert "drawn by lot" in page
    assert 'name="key"' not in page


@pytest.fixture
def rewind_to_now():
    """Let the drop open half an hour from the real now, as pages ask the real clock."""

    def rewind(gift):
        gift.opens_at = timezone.now() + timedelta(minutes=30)
        gift.save()

    return rewind


def test_a_poll_costs_the_same_however_many_wait(
    crowd, enter, drop, look, clock, client_of, django_assert_max_num_queries
):
    people = crowd(12)
    drop.opens_at = timezone.now() - timedelta(minutes=1)
    drop.save()
    address = reverse("rewards:waiting", args=[drop.slug])

    def counted(person):
        browser = client_of(person)
        browser.get(address)
        with django_assert_max_num_queries(15) as captured:
            assert "ahead of you" in browser.get(address).content.decode()
        return len(captured)

    def come(some):
        for person in some:
            queueing.enter_room(person=person, gift=drop, at=timezone.now())
        WaitingRoom.objects.update(looked_after_at=None)
        queueing.look_after_rooms(at=timezone.now())

    come(people[:3])
    few = counted(people[2])
    come(people[3:])

    assert counted(people[11]) == few


def test_the_more_wait_the_less_often_each_asks(crowd, enter, drop, look, clock):
    place = enter(*crowd(1))
    look(minutes=31)
    place = drops.place_of(place.person, drop)
    asks = []
    for waiting in (5, 60_000, 10_000_000):
        place.room.waiting, place.room.served, place.number = waiting, 0, waiting
        asks.append(drops.queue_of(place, drop, at=clock.now).ask_again)

    assert asks == [10, 600, 600]
    assert 60_000 / asks[1] <= numbers.POLLS_A_SECOND


def test_managers_see_how_a_drop_goes(crowd, enter, drop, look, client_of, manager):
    for person in crowd(3):
        enter(person)
    look(minutes=31)

    page = client_of(manager).get(reverse("rewards_holds")).content.decode()

    assert drop.title in page
    assert "guest" in page
    guest = client_of(Place.objects.first().person)
    assert guest.get(reverse("rewards_holds")).status_code == 404
