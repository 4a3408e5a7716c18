"""What points cost: owed in money, given and gone by month and rule."""

import csv
import io
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rewards import actions, queries
from rewards.models import Charity, PointsDay, PointsTerms
from rewards.money import in_money, money
from rewards.queries.balances import balance_over_time
from rewards.queries.report import report
from tests.conftest import Clock

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 8, 20, 10, tzinfo=ZONE))


@pytest.mark.parametrize(
    ("points", "hundred", "currency", "worth", "words"),
    [
        (1234, 100, "CNY", "12.34", "CNY 12.34"),
        (123_456_700, 100, "EUR", "1234567.00", "EUR 1,234,567.00"),
        (1250, 100, "JPY", "1250", "JPY 1,250"),
        (1250, 100, "KWD", "1.250", "KWD 1.250"),
        (5, 10, "CNY", "0.00", "CNY 0.00"),
        (15, 10, "CNY", "0.02", "CNY 0.02"),
        (0, 100, "CNY", "0.00", "CNY 0.00"),
    ],
)
def test_points_in_money(points, hundred, currency, worth, words):
    terms = PointsTerms(hundred_points_minor=hundred, currency=currency)

    assert in_money(points, terms) == Decimal(worth)
    assert str(in_money(points, terms)) == worth
    assert money(points, terms) == words.replace(" ", "\N{NO-BREAK SPACE}")


@pytest.fixture
def three_months(
    help_somebody, vote, unaccept, redeem, gift, helper, stranger, manager, clock
):
    """August: 40 + 2 given. September: 20 given, 20 back, 20 on a gift. October: 10
    to a good cause."""
    first = help_somebody()
    help_somebody()
    vote(stranger, first)
    clock.now = datetime(2026, 9, 3, 10, tzinfo=ZONE)
    lost = help_somebody()
    unaccept(lost)
    actions.fulfil(redemption=redeem(helper, gift), by=manager, at=clock.now)
    clock.now = datetime(2026, 10, 4, 10, tzinfo=ZONE)
    charity = Charity.objects.create(slug="trees", title_en="Trees")
    actions.donate(person=helper, charity=charity, points=10, key="k", at=clock.now)


@pytest.mark.parametrize("summed", [False, True])
def test_the_report_says_what_happened_summed_or_not(
    summed, three_months, helper, clock
):
    if summed:
        assert actions.sum_days(at=clock.now) > 40

    found = report(at=clock.now, months=12)

    august, september, october = found.months[-3:]
    assert (august.issued, august.burnt, august.owed) == (42, 0, 42)
    assert (september.issued, september.burnt, september.owed) == (20, 40, 22)
    assert september.flows["clawback"] == september.flows["redeemed"] == 20
    assert (october.flows["donated"], october.owed) == (10, 12)
    assert august.by_reason == {"accepted": 40, "upvote": 2}
    assert found.reasons == ["accepted", "upvote"]
    assert found.owed_in_all == 12 == queries.balance_of(helper, at=clock.now).spendable
    assert sum(month.issued for month in found.months[:-3]) == 0


def test_days_are_summed_once_and_only_when_they_are_over(three_months, clock):
    actions.sum_days(at=clock.now)
    before = list(PointsDay.objects.order_by("pk").values())

    assert actions.sum_days(at=clock.now) == 0

    assert list(PointsDay.objects.order_by("pk").values()) == before
    assert not PointsDay.objects.filter(day__gte=clock.now.date()).exists()
    clock.now = datetime(2026, 10, 5, 0, 30, tzinfo=ZONE)
    assert actions.sum_days(at=clock.now) == 0
    clock.move(hours=1)
    assert actions.sum_days(at=clock.now) == 1


def test_more_days_and_rules_cost_no_more_queries(three_months, clock):
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            report(at=clock.now, months=12)
        return len(asked)

    actions.sum_days(at=clock.now)
    few = cost()
    clock.move(days=20)
    actions.sum_days(at=clock.now)

    assert cost() == few <= 10


def test_managers_read_it_with_a_picture_and_as_a_file(
    three_months, manager, client_of, clock, monkeypatch
):
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.now)
    office = client_of(manager)

    page = office.get(reverse("rewards_report")).content.decode()
    file = office.get(reverse("rewards_report"), {"export": "csv"}).content.decode()

    assert "CNY\N{NO-BREAK SPACE}0.12" in page
    assert 'role="img"' in page
    assert "an answer is accepted" in page
    assert "Trees" in page
    rows = list(csv.reader(io.StringIO(file.removeprefix("\ufeff"))))
    assert rows[0][-1] == "CNY"
    assert ["2026-08", "issued", "accepted", "40", "0.40"] in rows
    assert ["2026-09", "redeemed", "", "20", "0.20"] in rows
    assert ["2026-10", "owed", "", "12", "0.12"] in rows


def test_nobody_else_reads_it(editor, helper, client_of):
    for person in (editor, helper):
        reply = client_of(person).get(reverse("rewards_report"))
        assert reply.status_code in (302, 403, 404)


# Balance over time


def test_a_balance_stays_until_it_changes(three_months, helper, clock):
    ends = balance_over_time(helper, days=60, at=clock.now)

    by_day = {end.day.isoformat(): end.spendable for end in ends}
    assert len(ends) == 60
    assert by_day["2026-08-31"] == by_day["2026-09-02"] == 42
    assert by_day["2026-09-03"] == by_day["2026-10-03"] == 22
    assert by_day["2026-10-04"] == 12


def test_the_picture_has_a_table_beside_it_and_periods_to_choose(
    three_months, helper, client_of, clock, monkeypatch
):
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.now)
    reader = client_of(helper)

    page = reader.get("/en/rewards/history/?days=30").content.decode()
    odd = reader.get("/en/rewards/history/?days=9999999").content.decode()

    assert "Balance over time" in page
    assert "Points to spend from Sept. 5, 2026 to Oct. 4, 2026: 22, then 12" in page
    assert "The same in numbers" in page
    assert 'aria-current="true"' in odd
    assert "/zh-hans/" in reader.get("/zh-hans/rewards/history/").content.decode()


def test_who_has_nothing_sees_no_empty_picture(asker, client_of, rules):
    page = client_of(asker).get("/en/rewards/history/").content.decode()

    assert "There were no points in this time" in page
