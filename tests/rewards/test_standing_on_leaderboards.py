"""Leaderboards by period, topic, circle and language; and who wants no place."""

from datetime import timedelta

import pytest
from django.urls import reverse

from common.site_day import site_day, start_of_site_day
from community import actions as community
from community.models import Answer, Question, Tag
from people.actions import erase_person
from rewards.actions.badges import enable
from rewards.actions.boards import make_boards
from rewards.actions.hiding import choose_hidden
from rewards.actions.recognising import recognise
from rewards.actions.scoring import score_leaders
from rewards.models import Badge, BoardPlace, LeaderBoard
from rewards.queries import boards as queries

pytestmark = pytest.mark.django_db
Period = LeaderBoard.Period


@pytest.fixture
def make(clock):
    """What the timer does."""

    def make(at=None):
        return make_boards(at=at or clock.now)

    return make


@pytest.fixture
def names(clock):
    def names(period, *, language="", circle=None, tag=None):
        found = queries.period_board(period, language=language, circle=circle, tag=tag)
        return [(row.rank, row.person.handle, row.worth) for row in found.rows]

    return names


@pytest.fixture
def page(client):
    """The words of a leaderboard, as a visitor or somebody signed in sees it."""

    def page(who=None, **asked):
        browser = who or client
        return browser.get(reverse("rewards:leaders"), asked).content.decode()

    return page


def test_help_is_worth_what_the_page_says(
    help_somebody, make_answer, vote, make, names, helper, stranger
):
    answer = help_somebody()
    vote(stranger, answer)
    make_answer(by=stranger)

    make()

    for period in Period:
        assert names(period) == [(1, "xiaoman", 13), (2, "laoxu", 1)]


def test_who_did_the_same_has_the_same_place(make_answer, make, names, neighbours):
    for person in neighbours(2):
        make_answer(by=person)

    make()

    assert [rank for rank, _who, _worth in names(Period.WEEK)] == [1, 1]


def test_a_week_a_month_and_a_year_hold_what_was_answered_in_them(
    make_question, make_answer, make, names, clock, helper
):
    long_ago = clock.now - timedelta(days=800)
    make_answer(
        question=make_question(at=long_ago), at=long_ago + timedelta(minutes=10)
    )

    make()

    assert names(Period.WEEK) == names(Period.MONTH) == names(Period.YEAR) == []
    assert names(Period.EVER) == [(1, "xiaoman", 1)]


def test_what_is_undone_later_leaves_the_day_it_was_answered_on(
    help_somebody, unaccept, make, names, moderator, clock
):
    answer = help_somebody()
    make()
    clock.move(days=2)

    unaccept(answer)
    make()
    assert names(Period.EVER) == [(1, "xiaoman", 1)]

    community.delete(
        person=moderator, post=Answer.objects.get(pk=answer.pk), at=clock.now
    )
    make(clock.move(days=1))
    assert names(Period.EVER) == []


def test_a_topic_counts_whatever_its_tag_is_called(
    make_question, make_answer, make, names
):
    make_answer(question=make_question(tags=["esim"]))
    make_answer(question=make_question(tags=["dianzika"]))
    english, other = Tag.objects.get(slug="esim"), Tag.objects.get(slug="dianzika")
    other.translation_of = english
    other.save()

    make()

    assert names(Period.WEEK, tag=english) == [(1, "xiaoman", 2)]


def test_circles_and_languages_have_their_own(
    make_question, make_answer, make, names, circle, helper, stranger
):
    make_answer(question=make_question(language=None))
    chinese = make_question(title="携号转网一直在审核，三天没有动静怎么办")
    make_answer(question=chinese, by=stranger)

    make()

    assert names(Period.WEEK, circle=circle) == [(1, "xiaoman", 1), (1, "laoxu", 1)]
    assert names(Period.WEEK, language="zh-hans") == [(1, "laoxu", 1)]
    assert names(Period.WEEK, circle=circle, language="en") == [(1, "xiaoman", 1)]


def test_nobody_stands_there_for_answering_themselves(
    make_question, make_answer, make, names, asker
):
    make_answer(question=make_question(by=asker), by=asker)

    make()

    assert names(Period.EVER) == []


def test_a_week_begins_on_monday_at_the_sites_midnight(make_answer, make, names, clock):
    monday = start_of_site_day(clock.now) - timedelta(days=clock.now.weekday())
    early, late = make_answer(), make_answer()
    Answer.objects.filter(pk=early.pk).update(
        created_at=monday - timedelta(microseconds=1)
    )
    Answer.objects.filter(pk=late.pk).update(created_at=monday)

    make(monday + timedelta(hours=1))

    assert names(Period.WEEK) == [(1, "xiaoman", 1)]


def test_years_and_ever_are_made_once_a_day(make_answer, make, names, clock):
    make_answer()
    make()
    make_answer()

    make(clock.move(minutes=30))
    assert names(Period.WEEK) == [(1, "xiaoman", 2)]
    assert names(Period.EVER) == [(1, "xiaoman", 1)]

    make(clock.move(days=1))
    assert names(Period.EVER) == [(1, "xiaoman", 2)]


def test_who_is_tied_for_the_last_place_is_told_apart_by_what_was_accepted(
    help_somebody, make_answer, vote, make, names, monkeypatch, neighbours, stranger
):
    monkeypatch.setattr("rewards.numbers.BOARD_PLACES", 1)
    voted = make_answer()
    for voter in neighbours(5):
        vote(voter, voted)
    help_somebody(by=stranger)

    make()

    assert names(Period.WEEK) == [(1, "laoxu", 11)]


def test_imported_answers_are_found_though_nobody_announced_them(
    answer, make, names, clock
):
    make()
    long_ago = clock.now - timedelta(days=50)
    Answer.objects.bulk_create(
        [
            Answer(
                question=answer.question,
                author=answer.author,
                body="x",
                body_html="x",
                body_text="x",
                renderer_version=1,
                created_at=long_ago,
                source="old",
                source_id="1",
            )
        ]
    )

    make(clock.move(days=1))

    assert names(Period.EVER) == [(1, "xiaoman", 2)]


def test_places_won_since_the_day_before_are_shown(
    make_answer, accept, make, helper, stranger, clock
):
    first, second = make_answer(), make_answer(by=stranger)
    accept(first)
    make()
    clock.move(days=1)
    accept(second)
    for _more in range(2):
        make_answer(by=stranger, at=second.created_at)

    make()
    make(clock.move(minutes=30))

    place = BoardPlace.objects.get(board__key="ever||all", person=stranger)
    assert (place.rank, place.rank_before, place.moved) == (1, 2, 1)


def test_a_topic_asked_for_in_an_address_is_shown_to_visitors(
    make_question, make_answer, make, page, helper
):
    make_answer(question=make_question(tags=["esim"]))
    make()

    words = page(period="month", topic="esim")

    assert helper.name in words
    assert '<meta name="robots" content="noindex">' in words
    assert "csrfmiddlewaretoken" not in words


def test_a_board_leads_to_those_of_each_language_and_of_all(page):
    words = page(period="week", language="zh-hans")

    assert 'href="/en/leaders/?period=week&amp;language=en"' in words
    assert 'href="/en/leaders/?period=week">All languages' in " ".join(words.split())


def test_the_canonical_address_names_what_is_asked_for_in_one_order(page, circle):
    words = page(language="en", circle="general", period="week", more="x")

    address = "/en/leaders/?period=week&amp;circle=general&amp;language=en"
    assert address in words


@pytest.mark.parametrize(
    "asked",
    [
        {"period": "decade"},
        {"period": "week", "language": "fr"},
        {"period": "week", "circle": "nowhere"},
        {"period": "week", "topic": "nothing"},
        {"period": "week", "topic": "esim", "circle": "general"},
    ],
)
def test_what_there_is_not_is_not_found(client, circle, asked):
    assert client.get(reverse("rewards:leaders"), asked).status_code == 404


def test_i_see_my_place_though_i_am_not_among_the_best(
    help_somebody, make_answer, make, page, client_of, neighbours, monkeypatch, clock
):
    monkeypatch.setattr("rewards.numbers.BOARD_PLACES", 1)
    help_somebody()
    second, third = neighbours(2)
    for _time in range(2):
        make_answer(by=second)
    make_answer(by=third)
    make()

    words = page(client_of(third), period="ever")

    assert "Your place: 3 of 3, with 1." in words
    assert "Your place" not in page(period="ever")


def test_who_hides_is_gone_at_once_from_every_board_and_list(
    rules, help_somebody, make, page, client, client_of, helper, manager, clock
):
    badge = Badge.objects.create(
        slug="helper", name_en="Helper", name_zh="热心人", feat="accepted", bronze=1
    )
    enable(badge=badge, by=manager, at=clock.now)
    help_somebody()
    recognise(at=clock.now)
    score_leaders(at=clock.now)
    make()
    profile = helper.get_absolute_url()
    pages = [
        lambda: page(period="ever"),
        lambda: page(),
        lambda: client.get(badge.get_absolute_url()).content.decode(),
        lambda: client.get("/api/v1/leaders/").content.decode(),
    ]
    assert all(helper.handle in look() for look in pages)
    assert "Leader score" in client.get(profile).content.decode()

    mine = client_of(helper)
    mine.post(reverse("rewards:my_place"), {"hide": "yes"})

    assert not any(helper.handle in look() for look in pages)
    assert "Leader score" not in client.get(profile).content.decode()
    assert "Your place" not in page(mine, period="ever")
    make(clock.move(days=1))
    assert helper.handle not in page(period="ever")

    mine.post(reverse("rewards:my_place"), {"hide": "no"})
    make(clock.move(days=1))
    assert all(helper.handle in look() for look in pages)


def test_who_stood_behind_somebody_who_hides_moves_up_at_once(
    help_somebody, make_answer, make, names, helper, neighbours, clock
):
    second, third, fourth = neighbours(3)
    help_somebody()
    make_answer(by=second)
    for person in (second, third):
        make_answer(by=person)
    make_answer(by=fourth)
    make()
    before = names(Period.WEEK)

    choose_hidden(person=helper, is_hidden=True, at=clock.now)

    assert [(rank, worth) for rank, _who, worth in before] == [
        (1, 11),
        (2, 2),
        (3, 1),
        (3, 1),
    ]
    assert [rank for rank, _who, _worth in names(Period.WEEK)] == [1, 2, 2]
    board = LeaderBoard.objects.get(key="week||all")
    assert (board.people, board.steps) == (3, [[11, 0], [2, 1], [1, 2]])
    mine = queries.my_place(board, third)
    assert (mine.rank, mine.of) == (2, 3)


def test_a_visitor_has_no_place_to_hide(client):
    answer = client.get(reverse("rewards:my_place"))

    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


def test_my_data_say_whether_i_hide_and_how_i_help(help_somebody, make, helper, clock):
    from people.registries import exports

    help_somebody()
    make()
    choose_hidden(person=helper, is_hidden=True, at=clock.now)

    told = exports()["badges"](helper)["leaderboards"]

    assert told["hidden_since"] == clock.now
    assert told["help_by_year"] == [
        {"year": site_day(clock.now).year, "answers": 1, "accepted": 1, "votes": 0}
    ]


def test_who_is_erased_stands_nowhere(help_somebody, make, names, helper, clock):
    help_somebody()
    make()

    erase_person(person=helper, at=clock.now)

    assert names(Period.EVER) == []
    make(clock.move(hours=1))
    assert names(Period.EVER) == []


def test_two_words_for_a_topic_on_one_question_count_its_answers_once(
    make_question, make_answer, make, names, client_of, page, monkeypatch, stranger
):
    monkeypatch.setattr("rewards.numbers.BOARD_PLACES", 1)
    english = make_question(tags=["esim"]).tags.get()
    other = make_question(tags=["dianzika"]).tags.get()
    other.translation_of = english
    other.save()
    make_answer(question=make_question(tags=["esim", "dianzika"]), by=stranger)
    for word in ("esim", "dianzika"):
        make_answer(question=make_question(tags=[word]))

    make()

    assert names(Period.WEEK, tag=english) == [(1, "xiaoman", 2)]
    words = page(client_of(stranger), period="week", topic="esim")
    assert "Your place: 2 of 2, with 1." in words


def test_who_is_not_among_the_best_of_a_circle_is_told_their_place_in_it(
    help_somebody, make_answer, make, page, client_of, neighbours, circle, monkeypatch
):
    monkeypatch.setattr("rewards.numbers.BOARD_PLACES", 1)
    help_somebody()
    (second,) = neighbours(1)
    make_answer(by=second)
    make()
    mine = client_of(second)

    assert "Your place: 2 of 2" in page(mine, period="week", circle="general")
    assert "Your place: 2 of 2" in page(mine, period="ever", language="en")
    assert "Your place" not in page(mine, period="ever", language="zh-hans")


def test_more_people_cost_a_page_no_more_queries(
    make_question,
    make_answer,
    make,
    client,
    neighbours,
    stranger,
    django_assert_max_num_queries,
):
    for person in neighbours(3):
        make_answer(by=person)
    make()
    address = f"{reverse('rewards:leaders')}?period=ever"
    client.get(address)
    with django_assert_max_num_queries(30) as few:
        client.get(f"{address}&x=1")
    question = make_question(by=stranger)
    for person in neighbours(9):
        make_answer(by=person, question=question)
    make()

    with django_assert_max_num_queries(len(few)):
        client.get(f"{address}&x=2")


def test_questions_hidden_later_take_their_answers_along(
    answer, make, names, moderator, clock
):
    make()
    question = Question.objects.get(pk=answer.question_id)
    community.delete(person=moderator, post=question, at=clock.now)

    make(clock.move(days=1))

    assert names(Period.EVER) == []
