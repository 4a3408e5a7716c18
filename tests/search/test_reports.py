"""Staff learn from searches: what is missing, what is opened, what serves."""

import csv
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from common.site_day import site_day
from search import actions, registries, reports
from search.models import QueryLog
from search.reports import Logged, lines

TODAY = date(2026, 5, 4)


def looked(
    text,
    visitor="one",
    *,
    day=TODAY,
    results=5,
    opened=None,
    opened_id="",
    asked=False,
    language="en",
):
    looked.pk += 1
    return Logged(
        looked.pk, day, visitor, text, language, results, opened, opened_id, asked
    )


looked.pk = 0


def only(*rows):
    (line,) = [line for line in lines(rows) if line.text == rows[0].text]
    return line


def test_looking_twice_at_the_same_list_is_one_search():
    line = only(looked("roaming", opened=2), looked("roaming"))

    assert (line.searches, line.opened, line.mean_place) == (1, 1, 2.0)
    assert line.opened_percent == 100


def test_another_visitor_day_or_language_is_another_search():
    found = lines(
        [
            looked("roaming", opened=1),
            looked("roaming", "two"),
            looked("roaming", day=TODAY + timedelta(days=1), opened=4),
            looked("roaming", language="zh-hans"),
        ]
    )

    assert [(line.language, line.searches) for line in found] == [
        ("en", 3),
        ("zh-hans", 1),
    ]
    assert found[0].opened_percent == 67
    assert found[0].mean_place == 2.5
    assert found[0].last_on == TODAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("rows", "judged"),
    [
        ([looked("roaming", opened=1)], "served"),
        ([looked("roaming", opened=1), looked("bill")], "served"),
        ([looked("roaming", opened=1, asked=True)], "failed"),
        ([looked("roaming", asked=True)], "failed"),
        ([looked("roaming", results=0)], "failed"),
        ([looked("roaming"), looked("data abroad")], "failed"),
        ([looked("roaming"), looked("bill"), looked("roaming")], "unknown"),
        ([looked("roaming")], "unknown"),
        ([looked("roaming"), looked("bill", "two")], "unknown"),
        ([looked("roaming"), looked("x", day=TODAY + timedelta(days=1))], "unknown"),
    ],
)
def test_what_served_and_what_failed(rows, judged):
    line = only(*rows)

    assert (line.served, line.failed) == {
        "served": (1, 0),
        "failed": (0, 1),
        "unknown": (0, 0),
    }[judged]


def test_words_of_which_little_is_known_are_not_judged():
    twice = [looked("rare", str(n), opened=1) for n in range(2)]
    often = [looked("bill", str(n), results=0) for n in range(3)]
    better = [looked("top up", str(n), opened=1) for n in range(3)]

    judged = reports.by_satisfaction(lines([*twice, *often, *better]))

    assert [(line.text, line.served_percent) for line in judged] == [
        ("bill", 0),
        ("top up", 100),
    ]


def test_what_is_wanted_most_in_vain_comes_first():
    found = lines(
        [
            looked("wombat", "one", results=0),
            looked("zebra", "one", results=0),
            looked("zebra", "two", results=0),
            looked("roaming"),
        ]
    )

    assert [line.text for line in reports.in_vain(found)] == ["zebra", "wombat"]


def test_votes_on_the_pages_opened_are_counted_once_a_page(db):
    @registries.helped("kb.articlepage")
    def votes_on(pks):
        assert sorted(pks) == [1, 2]
        return {1: (9, 10), 2: (1, 10)}

    line = only(
        looked("roaming", "a", opened=1, opened_id="kb.articlepage.1"),
        looked("roaming", "b", opened=1, opened_id="kb.articlepage.1"),
        looked("roaming", "c", opened=2, opened_id="kb.articlepage.2"),
        looked("roaming", "d", opened=3, opened_id="community.question.7"),
    )
    reports.add_votes([line])

    assert line.helpful_percent == 50


# On the page and in the log


@pytest.fixture
def note(db):
    """Write a search into the log."""

    def write(text, results=1, days_ago=0, **fields):
        number = QueryLog.objects.count()
        return QueryLog.objects.create(
            key=f"{number:016x}",
            day=site_day(timezone.now()) - timedelta(days=days_ago),
            visitor=fields.pop("visitor", str(number)),
            text=text,
            language="en",
            results=results,
            **fields,
        )

    return write


def report(client, **parameters):
    return client.get(reverse("search_report"), parameters)


def test_a_report_costs_the_same_for_any_number(note, django_assert_num_queries):
    for number in range(60):
        note(f"words {number}")

    with django_assert_num_queries(1):
        assert len(reports.searched_since(date(2020, 1, 1))) == 60


@pytest.mark.parametrize("role", ["editor", "manager"])
def test_editors_and_managers_read_the_reports(note, client_of, request, role):
    client = client_of(request.getfixturevalue(role))
    note("zebra camera", results=0)
    note("roaming", opened=3)

    in_vain = report(client).text
    opened = report(client, show="opened").text

    assert "zebra camera" in in_vain
    assert "roaming" not in in_vain
    assert "100 %" in opened
    assert "3.0" in opened


@pytest.mark.parametrize("role", ["moderator", "desk_agent", "stranger"])
def test_others_do_not(note, client_of, request, role):
    note("zebra camera", results=0)

    for export in ("", "csv"):
        answer = report(client_of(request.getfixturevalue(role)), export=export)
        assert answer.status_code in (302, 403, 404)
        assert "zebra camera" not in answer.text


def test_the_period_is_chosen_and_nonsense_is_a_month(note, client_of, editor):
    client = client_of(editor)
    note("this week", results=0)
    note("this month", results=0, days_ago=20)
    note("long ago", results=0, days_ago=60)

    for days, wanted in [("7", 1), ("30", 2), ("90", 3), ("x", 2), ("-1", 2)]:
        said = report(client, days=days).text
        found = [w for w in ("this week", "this month", "long ago") if w in said]
        assert len(found) == wanted, days


def test_it_is_a_table_for_a_spreadsheet_that_runs_nothing(note, client_of, editor):
    note("=cmd|' /C calc'!A0", results=0)
    note("积分怎么用", results=0)

    answer = report(client_of(editor), export="csv")

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "searches-in-vain-" in answer["Content-Disposition"]
    rows = list(csv.reader(answer.content.decode("utf-8-sig").splitlines()))
    assert rows[0][:2] == ["Search", "Language"]
    assert sorted(row[0] for row in rows[1:]) == ["'=cmd|' /C calc'!A0", "积分怎么用"]


@pytest.mark.parametrize("show", ["in-vain", "opened", "satisfaction", "nonsense"])
def test_every_report_is_there_without_any_search(client_of, editor, show):
    assert "Nothing to report" in report(client_of(editor), show=show).text


def test_going_on_to_ask_is_noted(client, put):
    put(1, "Roaming")
    client.get("/en/search/?q=roaming")
    actions.write_log()
    row = QueryLog.objects.get()

    answer = client.post(f"/en/search/opened/?search={row.key}&place=ask")

    row.refresh_from_db()
    assert answer.status_code == 204
    assert (row.asked, row.opened) == (True, None)


def test_what_was_opened_is_noted_with_its_place(client, put):
    put(1, "Roaming")
    client.get("/en/search/?q=roaming")
    actions.write_log()
    row = QueryLog.objects.get()
    address = f"/en/search/opened/?search={row.key}"

    client.post(f"{address}&place=3&id=kb.articlepage.12")
    client.post(f"{address}&place=1&id=kb.articlepage.1")

    row.refresh_from_db()
    assert (row.opened, row.opened_id) == (3, "kb.articlepage.12")


@pytest.mark.parametrize("more", ["place=0", "place=1&id=x", "place=1&id=a.b.c", ""])
def test_nonsense_is_not_noted(client, put, more):
    put(1, "Roaming")
    client.get("/en/search/?q=roaming")
    actions.write_log()
    row = QueryLog.objects.get()

    answer = client.post(f"/en/search/opened/?search={row.key}&{more}")

    assert answer.status_code == 404
    row.refresh_from_db()
    assert row.opened is None
