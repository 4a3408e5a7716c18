"""Thirty, seven and one day before points expire their owner hears of it, once each."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from common import outbox
from common.site_day import start_of_site_day
from people.actions import MAIL_KIND
from people.models import Notification, NotificationChoice, Person
from rewards import actions
from rewards.actions import noticing
from rewards.models import ExpiryNotice, GiftLink, Lot

pytestmark = pytest.mark.django_db

LINK = re.compile(r"/[\w-]+/rewards/link/[\w-]+/")


@pytest.fixture
def lots(rule, helper, clock):
    """The helper has these points, which expire in so many days of the site."""
    rule("article_credit", points=20, daily_cap=None)

    def give(*days, person=helper):
        for number, left in enumerate(days):
            actions.award(
                event="article_credit",
                person=person,
                source_type="answer",
                source_id=f"{person.pk}-{number}-{left}",
                at=clock.now,
            )
            lot = Lot.objects.order_by("pk").last()
            lot.expires_at = start_of_site_day(clock.now) + timedelta(
                days=left, hours=12
            )
            lot.save()

    return give


@pytest.fixture
def tell(clock):
    def tell(**later):
        clock.move(**later)
        return noticing.tell_of_expiry(at=clock.now)

    return tell


def told():
    return list(
        Notification.objects.filter(kind=noticing.KIND)
        .order_by("pk")
        .values_list("data__points", flat=True)
    )


def test_one_hears_at_thirty_seven_and_one_day(lots, tell):
    lots(31)

    heard = [tell(), *(tell(days=1) for _ in range(31))]

    days = [number for number, people in enumerate(heard) if people]
    assert days == [1, 24, 30]
    assert told() == [20, 20, 20]


def test_asking_again_the_same_day_tells_nothing_twice(lots, tell):
    lots(7)

    assert [tell(), tell(hours=1), tell(hours=2)] == [1, 0, 0]


def test_all_that_expires_is_one_notice(lots, tell):
    lots(7, 7, 30, 1)

    assert tell() == 1

    assert told() == [80]
    assert ExpiryNotice.objects.count() == 6


def test_after_an_outage_nobody_hears_three_times(lots, tell):
    lots(20)

    assert tell(days=14) == 1

    assert told() == [20]
    assert tell(days=1) == 0


def test_spent_and_expired_points_are_no_news(lots, tell, redeem, gift, helper):
    lots(5)
    redeem(helper, gift)

    assert tell() == 0
    assert tell(days=6) == 0


def test_the_mail_is_in_the_readers_language_and_its_link_works_once(
    lots, tell, helper, make_gift, client, client_of, clock
):
    gift = make_gift(slug="dear", cost=20)
    make_gift(slug="cheap", cost=5)
    Person.objects.filter(pk=helper.pk).update(language="zh-hans")
    lots(7)
    tell()
    outbox.drain(at=clock.now, kinds=[MAIL_KIND])

    (letter,) = mail.outbox
    assert "亚洲日包" in letter.body
    assert "积分" in letter.subject
    (address,) = LINK.findall(letter.body)
    token = address.rstrip("/").rpartition("/")[2]
    assert token not in repr(list(GiftLink.objects.values()))
    assert token not in repr(list(Notification.objects.values()))
    # A mail scanner opens it, signed in as nobody: it stays unused.
    at_the_door = client.get(address)["Location"]
    assert at_the_door.endswith(f"?next={address}")
    GiftLink.objects.update(expires_at=timezone.now() + timedelta(days=1))

    browser = client_of(helper)
    assert browser.get(address)["Location"] == f"/zh-hans/rewards/{gift.slug}/"
    again = browser.get(address, follow=True)
    assert again.redirect_chain == [(f"/zh-hans/rewards/{gift.slug}/", 302)]
    assert "用过" in again.content.decode()


def test_a_link_is_its_readers(lots, tell, helper, stranger, client_of, clock):
    lots(7)
    path = noticing.link_for(person=helper, gift_id=None, at=timezone.now())

    answer = client_of(stranger).get(path)

    assert answer.status_code == 403
    assert "sent to somebody else" in answer.content.decode()
    assert GiftLink.objects.get().used_at is None


def test_a_link_that_is_none_leads_to_the_catalogue(helper, client_of, rules):
    answer = client_of(helper).get(reverse("rewards:link", args=["nonsense"]))

    assert answer["Location"] == reverse("rewards:home")


def test_an_old_link_says_so(helper, client_of, gift):
    long_ago = timezone.now() - timedelta(days=40)
    path = noticing.link_for(person=helper, gift_id=gift.pk, at=long_ago)

    page = client_of(helper).get(path, follow=True)

    assert "too old" in page.content.decode()
    assert page.redirect_chain == [(gift.get_absolute_url(), 302)]
    assert GiftLink.objects.get().used_at is None


def test_who_wants_no_mail_gets_none(lots, tell, helper, clock):
    NotificationChoice.objects.create(
        person=helper,
        kind=noticing.KIND,
        channel=NotificationChoice.Channel.MAIL,
        is_wanted=False,
    )
    lots(7)

    tell()
    outbox.drain(at=clock.now, kinds=[MAIL_KIND])

    assert told() == [20]
    assert mail.outbox == []


def test_more_people_cost_no_more_queries_to_find(
    lots, make_person, clock, django_assert_num_queries
):
    for size in (1, 6):
        for number in range(size):
            lots(7, person=make_person(f"saver{size}{number}"))
        with django_assert_num_queries(3):
            assert noticing._owners_to_tell(clock.now)


def test_who_is_erased_is_sent_nowhere(lots, tell, helper, clock):
    lots(7)
    tell()
    noticing.link_for(person=helper, gift_id=None, at=clock.now)

    noticing.forget_notices(person=helper, at=clock.now)

    assert not GiftLink.objects.exists()
    assert not ExpiryNotice.objects.exists()
