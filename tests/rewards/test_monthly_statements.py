"""A month of points: what there was, each posting, what was left, to the point."""

import csv
import io
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings, strategies as st

from common.spreadsheets import as_file
from community import actions as community
from people.actions import create_person
from rewards import actions, numbers
from rewards.models import Charity, EarnRule, PointsTerms, Transfer
from rewards.queries.balances import balance_over_time
from rewards.queries.points import Row
from rewards.queries.statement import statement_of, statement_page, statement_rows
from rewards.setup import setup_rules
from rewards.wording import why
from tests.conftest import Clock

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 9, 29, 10, tzinfo=ZONE))


def test_months_end_at_the_site_s_midnight(help_somebody, helper, clock):
    clock.now = datetime(2026, 9, 30, 23, 58, tzinfo=ZONE)
    help_somebody()
    clock.now = datetime(2026, 10, 1, 0, 1, tzinfo=ZONE)
    help_somebody()

    september = statement_of(helper, 2026, 9, at=clock.now)
    october = statement_of(helper, 2026, 10, at=clock.now)

    assert (september.opening.spendable, september.closing.spendable) == (0, 20)
    assert (october.opening.spendable, october.closing.spendable) == (20, 40)
    assert len(statement_rows(helper, september)) == 1
    assert (september.is_first, september.is_last) == (True, False)
    assert (october.is_first, october.is_last) == (False, True)


def test_the_month_is_the_site_s_wherever_its_reader_is(
    help_somebody, helper, client_of
):
    help_somebody()
    helper.time_zone = "America/Los_Angeles"
    helper.save()

    page = client_of(helper).get("/en/rewards/statements/2026/9/").content.decode()

    assert "Points in September 2026" in page
    assert "August 2026" not in page


@pytest.mark.parametrize(("year", "month"), [(2026, 8), (2026, 10), (2031, 1)])
def test_there_is_none_of_a_month_before_the_first_points_or_to_come(
    year, month, help_somebody, helper, clock
):
    help_somebody()

    with pytest.raises(ValueError, match="nothing happened"):
        statement_of(helper, year, month, at=clock.now)


def test_every_kind_of_posting_says_why_and_leads_to_its_cause(
    help_somebody, unaccept, rule, helper, stranger, manager, gift, redeem, clock
):
    rule("accepted", vest_days=2)
    for member in (helper, stranger):
        member.date_joined = clock.now - timedelta(days=99)
        member.save()
    answer = help_somebody()
    lost = help_somebody()
    unaccept(lost)
    clock.move(days=3)
    actions.vest_points(at=clock.now)
    actions.propose_award(
        person=helper, points=90, reason="Fair", by=manager, key="k", at=clock.now
    )
    actions.commend(answer=answer, points=5, reason="Ok", by=manager, at=clock.now)
    order = redeem(helper, gift)
    actions.cancel(redemption=order, by=manager, at=clock.now)
    charity = Charity.objects.create(slug="trees", title_en="Trees")
    actions.donate(person=helper, charity=charity, points=10, key="k", at=clock.now)
    actions.pass_on(person=helper, to=stranger, points=10, at=clock.now)
    clock.move(days=400)
    actions.expire_points(at=clock.now)

    found = {}
    for year, month in ((2026, 9), (2026, 10), (2027, 9), (2027, 10), (2027, 11)):
        try:
            statement = statement_of(helper, year, month, at=clock.now)
        except ValueError:
            continue
        for row in statement_rows(helper, statement):
            found[row.transfer.kind, row.transfer.reason] = (
                why(row),
                row.link.url if row.link else None,
            )

    thread = answer.get_absolute_url()
    assert found["award", "accepted"][0] == "Your answer was accepted"
    assert found["vest", "vest"] == ("Held points became yours to spend", thread)
    assert found["grant", "award"] == ("Our team gave you these points", None)
    assert found["grant", "commended"] == ("Our team commended your answer", thread)
    assert found["redeem", "redeem"] == (
        "You ordered “Day pass Asia”",
        order.get_absolute_url(),
    )
    assert found["cancel", "cancel"][1] == order.get_absolute_url()
    assert found["donate", "donate"] == (
        "You gave points to “Trees”",
        charity.get_absolute_url(),
    )
    assert found["pass_on", "pass_on"] == (
        f"You passed points on to {stranger.name}",
        stranger.get_absolute_url(),
    )
    assert found["reversal", "accepted"][1] == lost.get_absolute_url()
    assert found["expire", "expire"][0] == "These points had reached their last day"
    rows = Transfer.objects.filter(person=helper).values_list("kind", flat=True)
    assert {kind for kind, _reason in found} == set(rows)


def test_a_cause_nobody_may_see_is_not_named(
    help_somebody, make_question, make_answer, accept, helper, moderator, clock
):
    question = make_question(title="My neighbour's router password")
    answer = make_answer(question=question)
    accept(answer)
    community.delete(person=moderator, post=question, at=clock.now)
    statement = statement_of(helper, 2026, 9, at=clock.now)

    rows = statement_rows(helper, statement)

    assert [row.link for row in rows] == [None] * len(rows)
    assert all(row.is_hidden for row in rows)


def test_the_page_and_the_file_say_the_same(help_somebody, helper, client_of, clock):
    help_somebody()
    reader = client_of(helper)

    page = reader.get("/en/rewards/statements/2026/9/")
    file = reader.get("/en/rewards/statements/2026/9/csv/")

    assert "Points in September 2026" in page.content.decode()
    text = file.content.decode("utf-8")
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row[-1] for row in rows[1:]] == ["0", "20", "20"]
    assert rows[2][1] == "Your answer was accepted"
    assert rows[2][3].startswith("http://testserver/en/questions/")
    assert reader.get("/zh-hans/rewards/statements/2026/9/").status_code == 200


def test_a_title_can_t_run_in_a_spreadsheet(
    make_question, make_answer, accept, helper, client_of
):
    accept(make_answer(question=make_question(title="=cmd|' /C calc'!A0 and more")))

    file = client_of(helper).get("/en/rewards/statements/2026/9/csv/").content.decode()

    assert "'=cmd" in file
    assert '"=cmd' not in file


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "＝", "＠"])
def test_neither_can_the_name_of_who_passed_points_on(begins, stranger):
    stranger.display_name = f"{begins}HYPERLINK(1)"
    sentence = why(Row(Transfer(kind="receive"), partner=stranger))
    assert sentence.startswith(begins)

    text = as_file("points.csv", [["At the end", 5, -5], [sentence]]).content.decode()

    assert f"'{begins}HYPERLINK" in text
    assert "At the end,5,-5" in text


def test_an_award_by_hand_is_in_the_file_with_its_reason(
    helper, manager, client_of, clock, rules
):
    actions.propose_award(
        person=helper, points=9, reason="=Kind", by=manager, key="k", at=clock.now
    )

    file = client_of(helper).get("/en/rewards/statements/2026/9/csv/").content.decode()

    assert "Our team gave you these points · =Kind" in file


def test_a_statement_is_nobody_else_s(help_somebody, helper, client, client_of, asker):
    help_somebody()

    assert client.get("/en/rewards/statements/2026/9/").status_code == 302
    assert client.get("/en/rewards/statements/2026/9/csv/").status_code == 302
    assert client_of(asker).get("/en/rewards/statements/2026/9/").status_code == 404
    for wrong in ("2026/13", "2026/0", "0/1", "9999/1", "99999/1"):
        address = f"/en/rewards/statements/{wrong}/"
        assert client_of(helper).get(address).status_code == 404
    reply = client_of(helper).get("/en/rewards/statements/2026/9/")
    assert "no-store" in reply["Cache-Control"]


def test_pages_go_on_where_the_last_one_ended(help_somebody, helper, clock, rule):
    rule("accepted", daily_cap=None)
    for _turn in range(numbers.STATEMENT_ROWS + 3):
        help_somebody()
    statement = statement_of(helper, 2026, 9, at=clock.now)

    first = statement_page(helper, statement, 1)
    second = statement_page(helper, statement, 2)

    assert [row.balance for row in first.object_list][:2] == [20, 40]
    last = first.object_list[-1].balance
    assert [row.balance for row in second.object_list] == [
        last + 20,
        last + 40,
        last + 60,
    ]
    assert last + 60 == statement.closing.spendable


def test_more_lines_cost_no_more_queries(help_somebody, helper, clock):
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            statement = statement_of(helper, 2026, 9, at=clock.now)
            statement_page(helper, statement, 1)
        return len(asked)

    for _turn in range(2):
        help_somebody()
    few = cost()
    for _turn in range(9):
        help_somebody()

    assert cost() == few


DAYS = st.integers(1, 25)
ACT = st.sampled_from(["earn", "lose", "donate", "wait", "vest", "expire", "award"])


@given(acts=st.lists(st.tuples(ACT, DAYS), max_size=25), held=st.sampled_from([0, 5]))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_happens_it_adds_up(acts, held):
    """opening + postings = closing = the next opening; the days say the same."""
    with transaction.atomic():
        _check_that_it_adds_up(acts, held)
        transaction.set_rollback(True)


def _check_that_it_adds_up(acts, held) -> None:
    start = now = datetime(2025, 1, 3, 12, tzinfo=ZONE)
    person, other, boss = (
        create_person(handle=handle, email=None, at=start)
        for handle in ("reader", "asker2", "boss")
    )
    boss.is_superuser = True
    boss.save()
    setup_rules()
    EarnRule.objects.update(vest_days=held, expires_after_months=2, daily_cap=50)
    PointsTerms.objects.update(donate_least=1)
    charity = Charity.objects.create(slug="t", title_en="Trees")
    for number, (act, days) in enumerate(acts):
        now += timedelta(days=days)
        cause = {
            "event": "upvote",
            "person": person,
            "source_type": "answer",
            "source_id": str(number % 3),
            "partner": other,
            "at": now,
        }
        if act == "earn":
            actions.award(**cause)
        elif act == "lose":
            actions.take_back(**cause)
        elif act == "vest":
            actions.vest_points(at=now)
        elif act == "expire":
            actions.expire_points(at=now)
        elif act == "award":
            actions.propose_award(
                person=person, points=9, reason="x", by=boss, key=f"{number}", at=now
            )
        elif act == "donate":
            with transaction.atomic():
                try:
                    actions.donate(
                        person=person,
                        charity=charity,
                        points=3,
                        key=f"{number}",
                        at=now,
                    )
                except actions.donating.PointsMissing:
                    transaction.set_rollback(True)
    carried = None
    lines = 0
    month = start.replace(day=1)
    while month <= now:
        try:
            one = statement_of(person, month.year, month.month, at=now)
        except ValueError:
            assert carried is None
        else:
            rows = statement_rows(person, one)
            lines += len(rows)
            free = one.opening.spendable + sum(row.change for row in rows)
            kept = one.opening.held + sum(row.change_held for row in rows)
            assert (free, kept) == (one.closing.spendable, one.closing.held)
            assert carried is None or one.opening == carried
            carried = one.closing
        month = (month + timedelta(days=32)).replace(day=1)
    has = dict(person.accounts.values_list("kind", "balance"))
    if carried is not None:
        assert carried.spendable == has.get("spendable", 0)
        assert carried.held == has.get("held", 0)
    ends = balance_over_time(person, days=90, at=now)
    assert (ends[-1].spendable, ends[-1].held) == (
        has.get("spendable", 0),
        has.get("held", 0),
    )
    assert lines <= Transfer.objects.filter(person=person).count()
