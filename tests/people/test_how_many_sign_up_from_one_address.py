"""Three newcomers a day from one network address, or as the operator says."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from common.models import LimitWindow
from people.models import Person
from tests.people.conftest import DETAILS

SIGN_UP = "/accounts/signup/"


@pytest.fixture
def sign_up():
    def fill_in(email: str, address: str = "192.0.2.7", **headers: str):
        details = DETAILS | {"email": email, "display_name": "Anna", "handle": "anna-b"}
        details["handle"] += str(Person.objects.count())
        return Client(REMOTE_ADDR=address, headers=headers).post(SIGN_UP, details)

    return fill_in


@pytest.fixture
def three_came(sign_up, db):
    return [sign_up(f"{n}@example.com").status_code for n in range(3)]


def test_the_fourth_of_a_day_waits_and_keeps_what_was_typed(three_came, sign_up):
    fourth = sign_up("fourth@example.com")

    page = fourth.content.decode()
    assert three_came == [302] * 3
    assert fourth.status_code == 429
    assert 0 < int(fourth["Retry-After"]) <= 86_400
    assert "Several accounts were opened from your internet connection" in page
    assert 'value="fourth@example.com"' in page
    assert 'value="Anna"' in page
    assert Person.objects.count() == len(mail.outbox) == 3


def test_in_chinese_too(three_came, sign_up):
    fourth = sign_up("fourth@example.com", **{"accept-language": "zh-hans"})

    assert fourth.status_code == 429
    assert "今天已经有人从您所在的网络注册了好几个账号" in fourth.content.decode()


def test_a_day_later_they_come_in(db, sign_up):
    with time_machine.travel(timezone.now()) as clock:
        for n in range(4):
            sign_up(f"{n}@example.com")
        clock.shift(timedelta(days=1, seconds=1))

        assert sign_up("4@example.com").status_code == 302


def test_another_address_is_another_matter(three_came, sign_up):
    assert sign_up("fourth@example.com", "192.0.2.8").status_code == 302


def test_a_form_with_mistakes_is_no_sign_up(db, sign_up):
    for _try in range(5):
        answer = Client(REMOTE_ADDR="192.0.2.7").post(
            SIGN_UP, DETAILS | {"handle": "admin"}
        )
        assert answer.status_code == 200

    assert sign_up("first@example.com").status_code == 302


def test_a_forged_forwarded_for_opens_no_more(three_came, sign_up):
    answer = sign_up("fourth@example.com", **{"x-forwarded-for": "198.51.100.1"})

    assert answer.status_code == 429


def test_whose_address_is_known_is_told_by_no_difference(three_came, sign_up):
    """Somebody with an account is answered like somebody without."""
    known, unknown = sign_up("0@example.com"), sign_up("new@example.com")

    assert known.status_code == unknown.status_code == 429


def test_one_ipv6_network_is_one_place(db, sign_up):
    answers = [
        sign_up(f"{n}@example.com", f"2001:db8:1:2::{n + 1:x}").status_code
        for n in range(4)
    ]

    assert answers == [302, 302, 302, 429]
    assert sign_up("4@example.com", "2001:db8:1:3::1").status_code == 302


def test_nobody_reads_the_address_out_of_the_counters(db, sign_up, settings):
    sign_up("one@example.com")
    before = set(LimitWindow.objects.values_list("key", flat=True))
    settings.SECRET_KEY = "another-key-another-key-another-key-another-key-50"

    sign_up("two@example.com")

    # The same address under another key is another row: trying all is no use.
    rows = LimitWindow.objects.exclude(key__in=before)
    assert rows.count() == 1
    assert "192.0.2.7" not in str(list(LimitWindow.objects.values()))


def test_zero_lets_everybody_in(db, sign_up, settings):
    settings.ANSWERHALL_SIGNUPS_PER_ADDRESS = 0

    answers = [sign_up(f"{n}@example.com").status_code for n in range(5)]

    assert answers == [302] * 5
