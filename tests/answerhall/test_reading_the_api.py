"""What programs read without signing in, and what they are never shown."""

import json
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.utils import timezone

from common import outbox
from community import actions as community
from community.models import Answer, Circle, Question
from people.actions import change_names, erase_person
from people.models import Person

BODY = "I sent the request on Saturday and paid the fee, nothing has moved since."
HELP = "Take the photo of your card again in daylight, that is usually what is wrong."


@pytest.fixture
def circle(site: None) -> Circle:
    return Circle.objects.get(slug="general")


@pytest.fixture
def make_question(circle: Circle, asker: Person) -> Callable[..., Question]:
    numbers = count(1)

    def make(**fields: Any) -> Question:
        number = next(numbers)
        values = {
            "person": asker,
            "title": f"Port-in stuck in review for {number} days",
            "body": f"{BODY} ({number})",
            "circle": circle,
            "tags": [],
            # Nobody asks six times a day; these are from the past weeks.
            "at": timezone.now() - timedelta(days=50 - number),
        }
        return community.ask(**(values | fields))

    return make


@pytest.fixture
def make_answer(helper: Person) -> Callable[..., Answer]:
    numbers = count(1)

    def make(question: Question, **fields: Any) -> Answer:
        number = next(numbers)
        values = {
            "person": helper,
            "question": question,
            "body": f"{HELP} ({number})",
            "at": question.created_at + timedelta(hours=number),
        }
        return community.answer(**(values | fields))

    return make


@pytest.fixture
def thread(
    make_question: Callable[..., Question], make_answer: Callable[..., Answer]
) -> Question:
    """Asked with a tag, answered, commented, accepted."""
    question = make_question(tags=["port-in"])
    answer = make_answer(question)
    community.comment(
        person=question.author,
        post=answer,
        body="That was it, thank you.",
        at=answer.created_at + timedelta(hours=1),
    )
    community.accept(
        person=question.author,
        answer=answer,
        at=answer.created_at + timedelta(hours=2),
    )
    return Question.objects.get(pk=question.pk)


def everything_said(response: Any) -> str:
    return json.dumps(response.json(), ensure_ascii=False)


# Lists


def test_a_visitor_reads_the_list_of_questions(client, thread):
    response = client.get("/api/v1/questions/?language=en")

    (row,) = response.json()["items"]
    assert response.status_code == 200
    assert row["id"] == thread.pk
    assert row["status"] == "solved"
    assert row["tags"] == ["port-in"]
    assert row["url"] == thread.get_absolute_url()
    assert row["author"]["handle"] == "linjian"
    assert response.json()["next"] is None


def test_a_list_holds_one_language_the_reader_s_own(client, make_question):
    make_question()
    make_question(title="携号转网一直显示审核中怎么办")

    def titles(accepts: str, query: str = "") -> list[str]:
        response = client.get(
            f"/api/v1/questions/{query}", headers={"accept-language": accepts}
        )
        return [row["title"] for row in response.json()["items"]]

    raw = client.get("/api/v1/questions/?language=zh-hans").content.decode()
    assert "携号转网" in raw
    assert titles("zh-CN") == ["携号转网一直显示审核中怎么办"]
    assert titles("en") == ["Port-in stuck in review for 1 days"]
    assert titles("zh-CN", "?language=en") == ["Port-in stuck in review for 1 days"]


def test_following_next_shows_every_question_once(client, make_question):
    asked = [make_question().pk for _number in range(7)]

    seen, address = [], "/api/v1/questions/?limit=3&sort=newest"
    while address:
        piece = client.get(address).json()
        seen.append([row["id"] for row in piece["items"]])
        address = piece["next"]

    assert [len(ids) for ids in seen] == [3, 3, 1]
    assert sum(seen, []) == asked[::-1]


@pytest.mark.parametrize("sort", ["newest", "active", "unanswered", "votes"])
def test_every_sort_can_be_read_to_its_end(client, make_question, sort):
    for _number in range(5):
        make_question()

    first = client.get(f"/api/v1/questions/?limit=2&sort={sort}").json()
    second = client.get(first["next"]).json()
    third = client.get(second["next"]).json()

    ids = [row["id"] for piece in (first, second, third) for row in piece["items"]]
    assert len(set(ids)) == 5
    assert third["next"] is None


def test_a_question_asked_meanwhile_moves_nothing(client, make_question):
    for _number in range(4):
        make_question()
    first = client.get("/api/v1/questions/?limit=2").json()

    make_question()
    second = client.get(first["next"]).json()

    ids = [row["id"] for piece in (first, second) for row in piece["items"]]
    assert len(set(ids)) == 4


def test_more_questions_cost_no_more_queries(
    client, make_question, django_assert_max_num_queries
):
    for _number in range(3):
        make_question(tags=["port-in", "app"])

    def queries_of_a_page() -> int:
        with django_assert_max_num_queries(20) as counted:
            assert client.get("/api/v1/questions/?limit=100").status_code == 200
        return len(counted)

    few = queries_of_a_page()
    for _number in range(12):
        make_question(tags=["port-in", "app"])

    assert queries_of_a_page() == few


def test_a_list_can_be_of_a_tag_or_a_circle(client, thread, make_question):
    make_question()

    of_tag = client.get("/api/v1/questions/?tag=port-in").json()["items"]
    of_circle = client.get("/api/v1/questions/?circle=general").json()["items"]

    assert [row["id"] for row in of_tag] == [thread.pk]
    assert len(of_circle) == 2
    assert client.get("/api/v1/questions/?tag=nothing").status_code == 404
    assert client.get("/api/v1/questions/?circle=nothing").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "limit=101",
        "limit=0",
        "limit=-1",
        "limit=99999999999999999999",
        "limit=x",
        "limit=1e3",
        "limit=",
        "sort=random",
        "language=fr",
        "cursor=x",
        "cursor=%00",
        "cursor=WyJjcmVhdGVkX2F0LHBrIiwiMDAwMS0wMS0wMVQwMDowMDowMCswMDowMCIsMV0",
        "cursor=" + "A" * 700,
        "limit=1&limit=2",
        "tag=%ed%a0%80",
    ],
)
def test_nonsense_in_an_address_is_refused(client, site, query):
    response = client.get(f"/api/v1/questions/?{query}")

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


def test_a_cursor_of_one_list_opens_no_other(client, make_question):
    for _number in range(3):
        make_question()
    by_votes = client.get("/api/v1/questions/?sort=votes&limit=1").json()["next"]

    response = client.get(by_votes.replace("sort=votes", "sort=newest"))

    assert response.status_code == 400
    assert response.json()["code"] == "not-a-cursor"


# One thread


def test_a_visitor_reads_a_whole_thread(client, thread):
    read = client.get(f"/api/v1/questions/{thread.pk}/").json()

    (answer,) = read["answers"]["items"]
    (comment,) = answer["comments"]
    assert read["body"].startswith("I sent the request")
    assert read["body_html"].startswith("<p>")
    assert read["mine"] is None
    assert answer["is_accepted"] is True
    assert answer["author"]["handle"] == "xiaoman"
    assert answer["my_vote"] is None
    assert comment["body"] == "That was it, thank you."
    assert [step["kind"] for step in read["trace"]] == [
        "asked",
        "answered",
        "accepted",
        "solved",
    ]
    assert read["trace"][1]["sentence"] == "Xiaoman was the first to answer."


def test_the_trace_speaks_the_reader_s_language(client, thread):
    read = client.get(
        f"/api/v1/questions/{thread.pk}/", headers={"accept-language": "zh-CN"}
    )

    assert read["Content-Language"] == "zh-hans"
    assert "Xiaoman" in read.json()["trace"][1]["sentence"]
    assert "first to answer" not in everything_said(read)


def test_a_longer_thread_costs_no_more_queries(
    client, thread, make_answer, django_assert_max_num_queries
):
    def queries_of_the_thread() -> int:
        with django_assert_max_num_queries(25) as counted:
            assert client.get(f"/api/v1/questions/{thread.pk}/").status_code == 200
        return len(counted)

    few = queries_of_the_thread()
    for number in range(40):
        answer = make_answer(thread)
        community.comment(
            person=thread.author,
            post=answer,
            body=f"I tried that, remark number {number}.",
            at=answer.created_at + timedelta(minutes=5),
        )

    assert queries_of_the_thread() == few


def test_many_answers_come_in_pieces_the_accepted_one_first(
    client, thread, make_answer
):
    for _number in range(34):
        make_answer(thread)

    read = client.get(f"/api/v1/questions/{thread.pk}/").json()
    rest = client.get(read["answers"]["next"]).json()

    ids = [answer["id"] for answer in read["answers"]["items"] + rest["items"]]
    assert len(read["answers"]["items"]) == 30
    assert len(set(ids)) == 35
    assert ids[0] == thread.accepted_answer_id
    assert rest["next"] is None


def test_a_long_talk_is_cut_and_has_a_list_of_its_own(client, thread):
    answer = thread.accepted_answer
    for number in range(12):
        community.comment(
            person=thread.author,
            post=answer,
            body=f"One more thing, number {number}.",
            at=answer.created_at + timedelta(hours=3 + number),
        )

    read = client.get(f"/api/v1/answers/{answer.pk}/").json()
    listed = client.get(f"/api/v1/answers/{answer.pk}/comments/?limit=100").json()

    assert len(read["comments"]) == 10
    assert read["comment_count"] == len(listed["items"]) == 13


def test_a_comment_has_an_address(client, thread):
    comment = thread.accepted_answer.comments.get()

    assert client.get(f"/api/v1/comments/{comment.pk}/").json()["id"] == comment.pk
    assert client.get(f"/api/v1/questions/{thread.pk}/comments/").json()["items"] == []


# What nobody is shown


def test_a_deleted_thread_leaves_a_tombstone_without_its_words(
    client, thread, moderator
):
    community.delete(
        person=moderator, post=thread, at=timezone.now(), reason="Advertising"
    )

    response = client.get(f"/api/v1/questions/{thread.pk}/")

    assert response.status_code == 410
    assert response.json()["code"] == "was-deleted"
    assert response.json()["reason"] == "Advertising"
    assert "request on Saturday" not in everything_said(response)
    assert thread.title not in everything_said(response)
    for below in ("answers", "comments"):
        address = f"/api/v1/questions/{thread.pk}/{below}/"
        assert client.get(address).status_code == 404
    assert (
        client.get(f"/api/v1/answers/{thread.accepted_answer_id}/").status_code == 404
    )


def test_a_hidden_thread_is_there_for_its_author_only(
    client, client_of, thread, moderator, asker, stranger
):
    community.hide_post(post=thread, by=moderator, at=timezone.now())
    address = f"/api/v1/questions/{thread.pk}/"

    assert client.get(address).status_code == 404
    assert client_of(stranger).get(address).status_code == 404
    assert client_of(asker).get(address).json()["state"] == "hidden"
    assert client_of(moderator).get(address).json()["state"] == "hidden"
    assert client.get("/api/v1/questions/").json()["items"] == []
    assert client.get("/api/v1/tags/").json()["items"] == []


def test_a_merged_thread_leads_to_the_other(client, thread, make_question, moderator):
    twin = make_question()
    community.merge_questions(
        duplicate=twin, into=thread, by=moderator, at=timezone.now()
    )

    response = client.get(f"/api/v1/questions/{twin.pk}/")

    assert response.status_code == 301
    assert response["Location"] == f"/api/v1/questions/{thread.pk}/"


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/",
        "/api/v1/nothing/",
        "/api/v2/questions/",
        "/api/v1/questions/0/",
        "/api/v1/questions/99999999999999999999/",
        "/api/v1/questions/9223372036854775807/",
        "/api/v1/questions/x/",
        "/api/v1/answers/1/",
        "/api/v1/articles/1/",
        "/api/v1/members/nobody/",
        "/api/v1/gifts/nothing/",
        "/api/v1/leaders/?topic=nothing",
    ],
)
def test_what_is_not_there_is_a_problem_in_json(client, site, address):
    response = client.get(address)

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "nothing-here"
    assert response["Cache-Control"] == "private, no-store"


# Circles, tags, people


def test_circles_and_tags_are_named_in_the_reader_s_language(client, thread):
    chinese = {"accept-language": "zh-CN"}

    circles = client.get("/api/v1/circles/", headers=chinese).json()["items"]
    tags = client.get("/api/v1/tags/?language=en").json()["items"]

    assert "general" in [circle["slug"] for circle in circles]
    assert tags == [
        {
            "slug": "port-in",
            "name": "port-in",
            "language": "en",
            "questions": 1,
            "url": "/en/questions/tagged/port-in/",
        }
    ]
    assert client.get("/api/v1/tags/port-in/").json() == tags[0]


def test_a_profile_tells_what_its_page_tells(client, thread, helper):
    read = client.get("/api/v1/members/xiaoman/").json()

    assert read["name"] == "Xiaoman"
    assert read["standing"] == "member"
    assert read["answers"] == read["accepted"] == 1
    assert read["reputation"] > 1
    assert read["strengths"][0]["tag"] == "port-in"


def test_no_answer_of_the_api_holds_an_e_mail_address(client, thread):
    for address in (
        "/api/v1/questions/",
        f"/api/v1/questions/{thread.pk}/",
        "/api/v1/members/linjian/",
        "/api/v1/members/xiaoman/",
        "/api/v1/leaders/",
        "/api/v1/search/?q=port",
    ):
        said = everything_said(client.get(address))
        assert "@example.com" not in said
        assert "password" not in said


def test_an_old_handle_leads_to_the_new_one(client, helper):
    change_names(
        person=helper, display_name="Xiaoman", handle="manman", at=timezone.now()
    )

    response = client.get("/api/v1/members/xiaoman/")

    assert response.status_code == 301
    assert response["Location"] == "/api/v1/members/manman/"


def test_who_has_left_is_gone_and_who_is_shut_out_is_not_there(
    client, helper, stranger
):
    erase_person(person=helper, at=timezone.now())
    Person.objects.filter(pk=stranger.pk).update(is_active=False)
    erased = Person.objects.get(pk=helper.pk)

    assert client.get(f"/api/v1/members/{erased.handle}/").status_code == 410
    assert client.get("/api/v1/members/laoxu/").status_code == 404


def test_an_empty_leaderboard_is_an_answer(client, site):
    read = client.get("/api/v1/leaders/").json()

    assert read["items"] == []
    assert sum(read["weights"].values()) == pytest.approx(1)


# Search


@pytest.fixture
def index(tmp_path, monkeypatch):
    from search import queries

    monkeypatch.setattr(queries.engine(), "path", tmp_path / "index")


def test_a_program_finds_what_the_page_finds(client, thread, index):
    outbox.drain(at=timezone.now())

    found = client.get("/api/v1/search/?q=photo in daylight&type=question").json()
    suggested = client.get("/api/v1/search/suggestions/?q=port-in rev").json()

    assert [hit["id"] for hit in found["items"]] == [thread.pk]
    assert "<mark>" in found["items"][0]["snippet_html"]
    assert found["degraded"] is False
    assert suggested["items"][0]["title"] == thread.title


def test_what_was_hidden_is_never_found(client, thread, index, moderator):
    outbox.drain(at=timezone.now())
    community.hide_post(post=thread, by=moderator, at=timezone.now())

    assert client.get("/api/v1/search/?q=port-in").json()["items"] == []
    assert client.get("/api/v1/search/suggestions/?q=port-in").json()["items"] == []


@pytest.mark.parametrize("query", ["", "page=1", "q=x&page=51", "q=x&type=all&type=x"])
def test_a_search_without_sense_is_refused(client, site, query):
    assert client.get(f"/api/v1/search/?{query}").status_code == 400


# Articles


@pytest.fixture
def article(site):
    from kb import actions

    topic = actions.add_topic(language="en", title="Moving your number", slug="porting")
    return actions.add_article(
        topic=topic,
        title="Move your number to us",
        body=[{"type": "markdown", "value": "Text **CXXZ** first."}],
        published_at=timezone.now(),
    )


def test_a_visitor_reads_topics_and_articles(client, article):
    topics = client.get("/api/v1/topics/?language=en").json()["items"]
    listed = client.get("/api/v1/articles/?language=en&topic=porting").json()["items"]
    read = client.get(f"/api/v1/articles/{article.pk}/").json()

    assert {"slug": "porting", "articles": 1}.items() <= topics[-1].items()
    assert [row["id"] for row in listed] == [article.pk]
    assert "<strong>CXXZ</strong>" in read["body_html"]
    assert read["versions"] == {"en": article.get_absolute_url()}
    assert read["helpful_percent"] is None
    assert client.get("/api/v1/articles/?topic=nothing").status_code == 404


def test_a_draft_is_nowhere(client, article):
    article.unpublish()

    assert client.get(f"/api/v1/articles/{article.pk}/").status_code == 404
    assert client.get("/api/v1/articles/?language=en").json()["items"] == []


# Manners


def test_a_visitor_s_answer_may_be_stored_a_member_s_may_not(
    client, client_of, thread, asker
):
    for_all = client.get("/api/v1/questions/")
    for_one = client_of(asker).get("/api/v1/questions/")

    assert "public" in for_all["Cache-Control"]
    assert for_one["Cache-Control"].startswith("private, no-store")
    assert {"Authorization", "Cookie", "Accept-Language"} <= {
        name.strip() for name in for_all["Vary"].split(",")
    }


def test_other_sites_are_told_nothing_about_sharing(client, site):
    for origin in ("https://evil.example", "null", "http://testserver"):
        response = client.get("/api/v1/questions/", headers={"origin": origin})
        asked_first = client.options(
            "/api/v1/questions/",
            headers={"origin": origin, "access-control-request-method": "POST"},
        )
        for answer in (response, asked_first):
            assert not [
                name for name in answer.headers if name.startswith("Access-Control")
            ]
        assert asked_first.status_code == 405


def test_a_wrong_method_is_told_the_right_ones(client, thread):
    response = client.put(f"/api/v1/questions/{thread.pk}/")

    assert response.status_code == 405
    assert response["Allow"] == "DELETE, GET, HEAD, PATCH"
    assert response.json()["code"] == "not-this-method"


def test_a_head_is_answered_like_a_get(client, thread):
    response = client.head(f"/api/v1/questions/{thread.pk}/")

    assert response.status_code == 200
    assert response.content == b""


def test_a_visitor_who_reads_too_often_waits(client, site):
    for _try in range(120):
        assert client.get("/api/v1/circles/").status_code == 200

    response = client.get("/api/v1/circles/")

    assert response.status_code == 429
    assert 1 <= int(response["Retry-After"]) <= 60
    assert response.json()["code"] == "too-many"


def test_nobody_reads_more_by_lying_about_where_they_are(client, site):
    answers = {
        client.get(
            "/api/v1/circles/", headers={"x-forwarded-for": f"10.0.0.{number}"}
        ).status_code
        for number in range(121)
    }

    assert answers == {200, 429}
