"""Managers and editors see how many pages search engines may keep, day by day."""

import csv
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from answerhall.counting import count_indexable_pages
from answerhall.models import IndexablePages
from common.site_day import site_day
from common.timers import names, run_due
from community import actions
from community.models import Circle

REPORT = "indexable_pages_report"


@pytest.fixture
def thread(site, asker, helper):
    question = actions.ask(
        person=asker,
        title="Why is my port-in stuck in review?",
        body="It has said in review for three days now and nobody calls.",
        circle=Circle.objects.first(),
        tags=["porting"],
        at=timezone.now(),
    )
    actions.answer(
        person=helper,
        question=question,
        body="Take the photo of your card again in daylight, that is what was wrong.",
        at=timezone.now(),
    )
    return question


def counted(at, kind="questions", language="en"):
    return IndexablePages.objects.get(
        on=site_day(at), kind=kind, language=language
    ).count


def test_each_day_keeps_its_last_count(thread, moderator):
    today = timezone.now()
    tomorrow = today + timedelta(days=1)

    count_indexable_pages(today)
    assert counted(today) == 1
    assert counted(today, "tags") == 1
    assert counted(today, language="zh-hans") == 0

    actions.hide_post(post=thread, by=moderator, at=today)
    count_indexable_pages(tomorrow)
    assert (counted(today), counted(tomorrow)) == (1, 0)

    count_indexable_pages(today)
    assert counted(today) == 0


def test_a_timer_counts(thread, clock):
    assert "indexable_pages" in names()

    run_due(clock.now, only=["indexable_pages"])
    run_due(clock.move(days=1), only=["indexable_pages"])

    assert IndexablePages.objects.values("on").distinct().count() == 2


@pytest.mark.parametrize("role", ["manager", "editor"])
def test_they_see_it_in_the_reports(thread, client_of, request, role):
    person = request.getfixturevalue(role)
    count_indexable_pages(timezone.now())
    client = client_of(person)

    page = client.get(reverse(REPORT))
    export = client.get(reverse(REPORT), {"export": "csv"})

    assert page.status_code == 200
    assert "Pages search engines may keep" in page.text
    rows = list(csv.DictReader(export.getvalue().decode().splitlines()))
    wanted = ("Questions", "English")
    (row,) = [one for one in rows if (one["Kind"], one["Language"]) == wanted]
    assert row["Pages"] == "1"
    assert row["Day"] == site_day(timezone.now()).isoformat()


@pytest.mark.parametrize("role", ["moderator", "desk_agent", "stranger"])
def test_others_do_not(thread, client_of, request, role):
    person = request.getfixturevalue(role)
    count_indexable_pages(timezone.now())

    answer = client_of(person).get(reverse(REPORT), {"export": "csv"})

    assert answer.status_code in (302, 403, 404)
    assert not answer.get("Content-Type", "").startswith("text/csv")
