from datetime import timedelta

import pytest

from common.errors import TooMany
from common.text import BadText
from community import actions, errors, queries
from community.models import Question

pytestmark = pytest.mark.django_db

TITLE = "Port-in stuck in review for three days"
BODY = "I sent the request on Saturday and paid the fee, nothing has moved since."


def test_a_question_is_there_with_its_trace_and_its_asker_follows(
    asker, circle, clock, trace_of
):
    question = actions.ask(
        person=asker,
        title=TITLE,
        body=BODY,
        circle=circle,
        tags=["port-in"],
        at=clock.now,
    )

    question.refresh_from_db()
    assert question.status == "open"
    assert question.slug == "port-in-stuck-in-review-for-three-days"
    assert trace_of(question) == ["asked"]
    assert question.follows.get().person == asker
    assert question.follower_count == 1
    assert queries.tally_of(asker).question_count == 1


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("携号转网提交三天还在审核中，能撤销吗", "zh-hans"),
        ("eSIM 换手机后收不到验证码", "zh-hans"),
        ("What does 携号转网 mean in my contract?", "en"),
        ("Why is my bill so high this month?", "en"),
    ],
)
def test_the_title_decides_the_language(make_question, title, language):
    assert make_question(title=title).language == language


def test_a_given_language_wins(make_question):
    assert make_question(language="zh-hans").language == "zh-hans"


@pytest.mark.parametrize("title", ["Help me please", "怎么转网呢", "", "     "])
def test_a_title_that_says_nothing_is_refused(make_question, title):
    with pytest.raises(errors.TitleTooShort):
        make_question(title=title)
    assert not Question.objects.exists()


@pytest.mark.parametrize("title", ["Help me, please", "如何办理转网"])
def test_a_short_title_that_says_enough_is_taken(make_question, title):
    assert make_question(title=title).title == title


@pytest.mark.parametrize("title", ["a" * 151, "no\x00thing at all here", "\ud800" * 20])
def test_a_title_that_cannot_be_kept_is_refused(make_question, title):
    with pytest.raises(BadText):
        make_question(title=title)


@pytest.mark.parametrize(
    "body",
    ["Too short a text.", "一共只有七个字", "[x]: https://example.com/aaaaaaaaa"],
)
def test_a_body_that_says_nothing_is_refused(make_question, body):
    with pytest.raises(errors.BodyTooShort):
        make_question(body=body)


def test_30000_characters_are_taken_and_one_more_is_refused(make_question, stranger):
    make_question(body="x" * 30_000)

    with pytest.raises(BadText):
        make_question(by=stranger, body="x" * 30_001)
    assert Question.objects.count() == 1


def test_script_in_a_body_is_words_not_a_program(make_question):
    question = make_question(body="<script>alert(1)</script> **and** some more words")

    assert "<script" not in question.body_html
    assert "<strong>and</strong>" in question.body_html


def test_nobody_asks_in_a_closed_circle(make_question, circle):
    circle.is_open = False
    circle.save()

    with pytest.raises(errors.CircleClosed):
        make_question()


def test_the_same_text_twice_in_five_minutes_is_one_question(
    make_question, stranger, clock
):
    first = make_question(body=BODY, at=clock.now)

    with pytest.raises(errors.SamePostAgain) as refusal:
        make_question(body=BODY, at=clock.move(minutes=4))
    assert refusal.value.post == first
    make_question(by=stranger, body=BODY, at=clock.now)
    make_question(body=BODY, at=clock.move(minutes=2))


def test_the_sixth_question_in_a_day_waits(make_question, clock):
    for _ in range(5):
        make_question(at=clock.now)

    with pytest.raises(TooMany) as refusal:
        make_question(at=clock.move(hours=23))
    assert refusal.value.status == 429
    assert refusal.value.retry_after == 3600
    make_question(at=clock.move(hours=1))


def test_staff_may_ask_more(make_question, moderator):
    for _ in range(7):
        make_question(by=moderator)

    assert Question.objects.filter(author=moderator).count() == 7


def test_a_newcomer_asks_three_times_on_the_first_day(
    make_person, make_question, clock
):
    newcomer = make_person("newcomer", at=clock.now)
    for _ in range(3):
        make_question(by=newcomer, at=clock.now)

    with pytest.raises(errors.FirstDayLimit) as refusal:
        make_question(by=newcomer, at=clock.move(hours=20))
    assert refusal.value.retry_after == 4 * 3600
    assert "3" in str(refusal.value)
    make_question(by=newcomer, at=clock.move(hours=4))


def test_a_newcomer_puts_two_links_into_a_post_not_three(
    make_person, make_question, clock
):
    newcomer = make_person("newcomer", at=clock.now - timedelta(hours=1))
    two = "Look at https://a.example.com/ and https://b.example.com/ for the details."

    make_question(by=newcomer, body=two, at=clock.now)

    with pytest.raises(errors.TooManyLinks):
        make_question(by=newcomer, body=f"{two} https://c.example.com/", at=clock.now)


def test_members_of_long_standing_put_in_as_many_links_as_they_need(make_question):
    body = " ".join(f"https://example.com/{number}" for number in range(9))

    assert make_question(body=body).body_html.count("<a ") == 9


def test_a_newcomer_puts_in_one_picture_not_two(make_person, make_question, clock):
    newcomer = make_person("newcomer", at=clock.now)
    picture = "This is what I see: ![signal](/media/uploads/a1.png)"

    make_question(by=newcomer, body=picture, at=clock.now)

    with pytest.raises(errors.TooManyImages):
        make_question(by=newcomer, body=picture + "\n\n" + picture, at=clock.now)


def test_a_past_that_is_written_down_is_no_flood(make_question, asker, clock):
    long_ago = clock.now - timedelta(days=400)

    for day in range(7):
        make_question(at=long_ago + timedelta(days=day))

    assert Question.objects.filter(author=asker).count() == 7
