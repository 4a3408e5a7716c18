"""What members do through the API: the same as on the pages, with the same refusals."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from common import outbox
from community import actions as community
from community.models import Answer, Circle, Comment, Flag, Question, Vote
from desk import actions as desk
from people import actions as people
from people.models import Person
from rewards import actions as rewards
from rewards.models import Gift, Redemption, Transfer
from rewards.queries import balance_of

TITLE = "Port-in stuck in review for three days"
BODY = "I sent the request on Saturday and paid the fee, nothing has moved since."
HELP = "Take the photo of your card again in daylight, that is usually what is wrong."


@dataclass
class Program:
    """A program that holds somebody's key."""

    key: str
    language: str = "en"

    def __call__(self, method: str, path: str, given: Any = None, **headers: str):
        body = {} if given is None else {"data": json.dumps(given)}
        return Client().generic(
            method,
            f"/api/v1/{path}",
            body.get("data", ""),
            content_type="application/json",
            headers={
                "authorization": f"Bearer {self.key}",
                "accept-language": self.language,
                **headers,
            },
        )

    def get(self, path: str):
        return self("GET", path)

    def post(self, path: str, given: Any = None):
        return self("POST", path, {} if given is None else given)

    def patch(self, path: str, given: Any):
        return self("PATCH", path, given)

    def delete(self, path: str):
        return self("DELETE", path)


@pytest.fixture
def program_of() -> Callable[..., Program]:
    def make(person: Person, scope: str = "write", language: str = "en") -> Program:
        now = timezone.now()
        people.accept_terms(person=person, at=now)
        _key, secret = people.make_api_key(
            person=person, name="Test", scope=scope, days=30, at=now
        )
        return Program(secret, language)

    return make


@pytest.fixture
def circle(site: None) -> Circle:
    return Circle.objects.get(slug="general")


@pytest.fixture
def question(circle: Circle, asker: Person) -> Question:
    return community.ask(
        person=asker,
        title=TITLE,
        body=BODY,
        circle=circle,
        tags=["port-in"],
        at=timezone.now() - timedelta(days=2),
    )


@pytest.fixture
def answer(question: Question, helper: Person) -> Answer:
    return community.answer(
        person=helper,
        question=question,
        body=HELP,
        at=timezone.now() - timedelta(days=1),
    )


@pytest.fixture
def comment(answer: Answer, asker: Person) -> Comment:
    return community.comment(
        person=asker,
        post=answer,
        body="That was it, thank you.",
        at=timezone.now() - timedelta(hours=1),
    )


def asking(**fields: Any) -> dict[str, Any]:
    return {"title": TITLE, "body": BODY, "circle": "general", "tags": []} | fields


# Asking, answering, commenting


def test_a_program_asks_and_is_told_where_it_stands(program_of, asker, circle):
    response = program_of(asker).post("questions/", asking(tags=["port-in", "App"]))

    question = Question.objects.get()
    read = response.json()
    assert response.status_code == 201
    assert read["id"] == question.pk
    assert read["url"] == question.get_absolute_url()
    assert sorted(read["tags"]) == ["app", "port-in"]
    assert read["mine"]["follows"] is True
    assert question.author == asker
    assert [step["kind"] for step in read["trace"]] == ["asked"]


def test_a_program_that_may_only_read_changes_nothing(program_of, asker, circle):
    reader = program_of(asker, scope="read")

    response = reader.post("questions/", asking())

    assert response.status_code == 403
    assert response.json()["code"] == "key-only-reads"
    assert reader.get("me/").status_code == 200
    assert not Question.objects.exists()


def test_a_visitor_changes_nothing(client, circle):
    response = client.post(
        "/api/v1/questions/", asking(), content_type="application/json"
    )

    assert response.status_code == 401
    assert response.json()["code"] == "sign-in-first"
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert not Question.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"title": "Too short"}, "title-too-short"),
        ({"body": "short"}, "body-too-short"),
        ({"body": "x" * 30_001}, "text-too-long"),
        ({"title": "Turned \u202e around by hidden characters"}, "reordered-text"),
        ({"title": "A bell \x07 rings in this question"}, "unprintable-text"),
        ({"tags": ["a", "b", "c", "d", "e", "f"]}, "too-many-tags"),
        ({"tags": ["<script>"]}, "tag-not-usable"),
        ({"circle": "nowhere"}, "no-such-circle"),
    ],
)
def test_the_refusals_are_the_pages_own(program_of, asker, circle, wrong, code):
    response = program_of(asker).post("questions/", asking(**wrong))

    assert response.status_code == 400
    assert response.json()["code"] == code
    assert response.json()["detail"]
    assert not Question.objects.exists()


def test_a_refusal_speaks_the_member_s_language(program_of, asker, circle):
    in_english = program_of(asker).post("questions/", asking(title="Too short"))
    in_chinese = program_of(asker, language="zh-CN").post(
        "questions/", asking(title="Too short")
    )
    people.change_language(person=asker, language="zh-hans")
    their_own = program_of(asker).post("questions/", asking(title="Too short"))

    assert "at least 15 characters" in in_english.json()["detail"]
    assert "15" in in_chinese.json()["detail"]
    assert in_chinese.json()["detail"] == their_own.json()["detail"]
    assert in_chinese.json()["code"] == in_english.json()["code"]


def test_the_sixth_question_of_a_day_waits_as_on_the_page(program_of, asker, circle):
    program = program_of(asker)

    answers = [
        program.post("questions/", asking(body=f"{BODY} ({number})"))
        for number in range(6)
    ]

    assert [one.status_code for one in answers] == [201] * 5 + [429]
    assert int(answers[-1]["Retry-After"]) > 3600
    assert answers[-1].json()["code"] == "posting-too-fast"


def test_the_same_question_twice_is_one(program_of, asker, circle):
    program = program_of(asker)

    first, second = (program.post("questions/", asking()) for _try in range(2))

    assert (first.status_code, second.status_code) == (201, 409)
    assert Question.objects.count() == 1


def test_a_newcomer_s_links_are_counted_here_too(program_of, make_person, circle):
    newcomer = make_person("newcomer", at=timezone.now() - timedelta(hours=1))
    links = " ".join(f"https://shop{number}.example/buy" for number in range(3))

    response = program_of(newcomer).post("questions/", asking(body=f"{BODY} {links}"))

    assert response.status_code == 400
    assert response.json()["code"] == "too-many-links"


def test_a_program_answers_and_comments(program_of, helper, asker, question):
    answered = program_of(helper).post(
        f"questions/{question.pk}/answers/", {"body": HELP}
    )
    said = program_of(asker).post(
        f"answers/{answered.json()['id']}/comments/", {"body": "Thank you."}
    )
    asked_back = program_of(helper).post(
        f"questions/{question.pk}/comments/", {"body": "Which phone is it?"}
    )

    assert answered.status_code == said.status_code == asked_back.status_code == 201
    assert answered.json()["voice"] == "member"
    assert said.json()["author"]["handle"] == asker.handle
    question.refresh_from_db()
    assert (question.answer_count, question.comment_count) == (1, 1)


def test_hostile_markdown_is_as_harmless_as_on_the_page(program_of, asker, circle):
    body = f"{BODY} <script>alert(1)</script> [x](javascript:alert(1))"

    read = program_of(asker).post("questions/", asking(body=body)).json()

    assert "<script" not in read["body_html"]
    assert 'href="javascript' not in read["body_html"]


# Editing and removing


def test_an_author_improves_a_question_in_part(program_of, asker, question):
    response = program_of(asker).patch(
        f"questions/{question.pk}/", {"title": "Port-in stuck in review for a week"}
    )

    question.refresh_from_db()
    assert response.status_code == 200
    assert question.title == "Port-in stuck in review for a week"
    assert question.body == BODY
    assert [tag.slug for tag in question.tags.all()] == ["port-in"]
    assert question.revisions.count() == 1


@pytest.mark.parametrize("kind", ["questions", "answers", "comments"])
def test_nobody_changes_what_another_wrote(
    program_of, stranger, question, answer, comment, kind
):
    post = {"questions": question, "answers": answer, "comments": comment}[kind]
    intruder = program_of(stranger)

    edited = intruder.patch(f"{kind}/{post.pk}/", {"body": f"{BODY} Buy my phone."})
    deleted = intruder.delete(f"{kind}/{post.pk}/")
    restored = intruder.post(f"{kind}/{post.pk}/restore/")

    post.refresh_from_db()
    assert edited.status_code == deleted.status_code == 403
    assert edited.json()["code"] == "not-your-post"
    # It was never away, so bringing it back changes nothing.
    assert restored.status_code == 200
    assert post.state == "visible"
    assert "Buy my phone" not in post.body


def test_an_author_takes_a_comment_away_and_brings_it_back(program_of, asker, comment):
    program = program_of(asker)

    gone = program.delete(f"comments/{comment.pk}/?reason=Not+needed")
    comment.refresh_from_db()
    state, reason = comment.state, comment.deleted_reason
    back = program.post(f"comments/{comment.pk}/restore/")

    comment.refresh_from_db()
    assert gone.status_code == 204
    assert gone.content == b""
    assert (state, reason) == ("deleted", "Not needed")
    assert back.json()["state"] == comment.state == "visible"


def test_a_question_others_answered_stays(program_of, asker, question, answer):
    response = program_of(asker).delete(f"questions/{question.pk}/")

    question.refresh_from_db()
    assert response.status_code == 403
    assert response.json()["code"] == "others-have-answered"
    assert question.is_visible


def test_what_moderators_remove_by_session_stands_in_the_log(
    moderator, client_of, answer
):
    from wagtail.models import ModelLogEntry

    browser = client_of(moderator)

    response = browser.delete(f"/api/v1/answers/{answer.pk}/?reason=Advertising")

    answer.refresh_from_db()
    assert response.status_code == 204
    assert answer.state == "deleted"
    assert ModelLogEntry.objects.get().action == "community.delete"


# Judging


def test_a_vote_counts_once_however_often_it_is_sent(program_of, stranger, answer):
    program = program_of(stranger)

    counts = [
        program.post(f"answers/{answer.pk}/vote/", {"value": 1}).json()
        for _try in range(3)
    ]
    taken_back = program.post(f"answers/{answer.pk}/vote/", {"value": 0}).json()

    assert counts == [{"votes": 1, "my_vote": 1}] * 3
    assert taken_back == {"votes": 0, "my_vote": 0}
    assert not Vote.objects.exists()


def test_nobody_votes_for_themselves(program_of, helper, answer):
    response = program_of(helper).post(f"answers/{answer.pk}/vote/", {"value": 1})

    assert response.status_code == 403
    assert response.json()["code"] == "own-post"
    assert not Vote.objects.exists()


def test_voting_down_needs_reputation(program_of, stranger, answer):
    response = program_of(stranger).post(f"answers/{answer.pk}/vote/", {"value": -1})

    assert response.status_code == 403
    assert response.json()["code"] == "not-enough-reputation"
    assert response.json()["needed"] == 125


def test_the_asker_accepts_and_thinks_again(program_of, asker, question, answer):
    program = program_of(asker)

    accepted = program.post(f"answers/{answer.pk}/accept/").json()
    again = program.post(f"answers/{answer.pk}/accept/").json()
    opened = program.post(f"questions/{question.pk}/unaccept/").json()

    assert accepted == again
    assert accepted["accepted_answer"] == answer.pk
    assert accepted["status"] == "solved"
    assert opened["accepted_answer"] is None
    assert opened["status"] == "answered"
    kinds = list(question.events.order_by("seq").values_list("kind", flat=True))
    assert kinds == ["asked", "answered", "accepted", "solved", "unaccepted"]


def test_only_the_asker_accepts(program_of, helper, stranger, question, answer):
    for person in (helper, stranger):
        response = program_of(person).post(f"answers/{answer.pk}/accept/")
        assert response.status_code == 403
    question.refresh_from_db()
    assert question.accepted_answer is None


def test_following_and_me_too_are_switched_on_and_off(program_of, stranger, question):
    program = program_of(stranger)
    place = f"questions/{question.pk}"

    assert program.post(f"{place}/follow/", {"on": True}).json() == {"follows": True}
    assert program.post(f"{place}/me-too/", {"on": True}).json()["me_too"] == 1
    assert program.get(f"{place}/").json()["mine"] == {
        "vote": 0,
        "follows": True,
        "has_me_too": True,
        "may_edit": False,
        "may_accept": False,
    }
    assert program.post(f"{place}/follow/", {"on": False}).json() == {"follows": False}
    assert program.post(f"{place}/me-too/", {"on": False}).json()["me_too"] == 0


def test_a_flag_reaches_the_moderators(program_of, stranger, answer):
    program = program_of(stranger)
    place = f"answers/{answer.pk}/flag/"

    flagged = program.post(place, {"reason": "spam", "note": "A shop."})
    nonsense = program.post(place, {"reason": "because"})

    assert flagged.json() == {"reason": "spam", "state": "open"}
    assert nonsense.json()["code"] == "not-a-reason"
    assert Flag.objects.get().note == "A shop."


# What is sent is taken literally


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("vote/", {"value": "1"}),
        ("vote/", {"value": True}),
        ("vote/", {"value": 1.0}),
        ("vote/", {"value": [1]}),
        ("vote/", {"value": None}),
        ("vote/", {"value": 2}),
        ("vote/", {"value": 10**400}),
        ("vote/", {}),
        ("vote/", []),
        ("vote/", 1),
        ("vote/", None),
        ("vote/", "x"),
        ("follow/", {"on": 1}),
        ("follow/", {"on": "true"}),
        ("follow/", {"on": []}),
        ("me-too/", {"on": 0}),
        ("me-too/", {"on": None}),
        ("answers/", {"body": 7}),
        ("answers/", {"body": ["x" * 40]}),
        ("answers/", {"body": {"en": HELP}}),
        ("comments/", {"body": True}),
        ("flag/", {"reason": ["spam"]}),
    ],
)
def test_a_value_of_the_wrong_kind_changes_nothing(
    program_of, stranger, question, path, given
):
    response = program_of(stranger).post(f"questions/{question.pk}/{path}", given)

    question.refresh_from_db()
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert not Vote.objects.exists()
    assert not Flag.objects.exists()
    assert question.answer_count == question.comment_count == 0
    assert question.me_too_count == 0
    assert question.follower_count == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{'title': 1}",
        b'{"value": NaN}',
        b'{"value": Infinity}',
        b'{"value": 1, "value": 0}',
        b'{"value": 1}{"value": 1}',
        b'\xff\xfe{"value": 1}',
        '{"value": 1}'.encode("utf-16"),
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"value": ' + b"1" * 10_000 + b"}",
        b'{"value": 1, "x": "\\ud800"}',
        b'{"value": 1, "\\ud800": 1}',
        b'{"value": 1, "x": [["\\u0000"]]}',
        b'{"value": 1, "x": "\xed\xa0\x80"}',
    ],
)
def test_what_is_no_clean_json_is_refused(program_of, stranger, question, body):
    program = program_of(stranger)

    response = Client().generic(
        "POST",
        f"/api/v1/questions/{question.pk}/vote/",
        body,
        content_type="application/json",
        headers={"authorization": f"Bearer {program.key}"},
    )

    assert response.status_code == 400
    assert response.json()["detail"]
    assert not Vote.objects.exists()


@pytest.mark.parametrize(
    "media_type",
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "application/xml",
    ],
)
def test_only_json_is_taken(program_of, stranger, question, media_type):
    response = Client().generic(
        "POST",
        f"/api/v1/questions/{question.pk}/vote/",
        b'{"value": 1}',
        content_type=media_type,
        headers={"authorization": f"Bearer {program_of(stranger).key}"},
    )

    assert response.status_code == 415
    assert response["Content-Type"] == "application/problem+json"
    assert not Vote.objects.exists()


def test_a_body_of_two_megabytes_is_too_large(program_of, asker, circle):
    response = program_of(asker).post("questions/", asking(body="x" * 2_000_000))

    assert response.status_code == 413
    assert response.json()["code"] == "request-too-large"


EXTRA = [
    "id",
    "author",
    "author_id",
    "person",
    "state",
    "is_staff",
    "is_superuser",
    "standing",
    "voice",
    "language",
    "vote_score",
    "reputation",
    "created_at",
    "at",
    "source",
    "solved_at",
    "accepted_answer",
    "answer_count",
]


def test_fields_nobody_asked_for_are_never_assigned(
    program_of, asker, stranger, circle
):
    given = asking(**dict.fromkeys(EXTRA, stranger.pk))

    response = program_of(asker).post("questions/", given)

    question = Question.objects.get(pk=response.json()["id"])
    assert response.status_code == 201
    assert question.author == asker
    assert question.state == "visible"
    assert question.language == "en"
    assert (question.vote_score, question.answer_count) == (0, 0)
    assert question.source == ""
    assert question.solved_at is question.accepted_answer is None
    assert abs(timezone.now() - question.created_at) < timedelta(minutes=1)
    fresh = Person.objects.get(pk=asker.pk)
    assert not fresh.is_superuser
    assert fresh.standing == "member"


# With a browser's session


def token_in(browser: Client) -> str:
    page = browser.get("/en/members/me/edit/").content.decode()
    found = re.search(r'name="csrfmiddlewaretoken"\s+value="([^"]+)"', page)
    assert found
    return found[1]


def test_a_session_needs_the_page_s_token(stranger, question):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(stranger, "django.contrib.auth.backends.ModelBackend")
    token = token_in(browser)

    def follow(**headers: str):
        return browser.post(
            f"/api/v1/questions/{question.pk}/follow/",
            {"on": True},
            content_type="application/json",
            headers=headers,
        )

    without = follow()
    wrong = follow(**{"x-csrftoken": "x" * 64})
    from_elsewhere = follow(**{"x-csrftoken": token, "origin": "https://evil.example"})
    question.refresh_from_db()
    before = question.follower_count
    with_it = follow(**{"x-csrftoken": token})

    assert [without.status_code, wrong.status_code, from_elsewhere.status_code] == [
        403,
        403,
        403,
    ]
    assert without.json()["code"] == "not-trusted"
    assert before == 1
    assert with_it.json() == {"follows": True}


def test_a_key_needs_no_token(program_of, stranger, question):
    program = program_of(stranger)

    response = Client(enforce_csrf_checks=True).post(
        f"/api/v1/questions/{question.pk}/follow/",
        {"on": True},
        content_type="application/json",
        headers={"authorization": f"Bearer {program.key}"},
    )

    assert response.status_code == 200


def test_new_terms_come_before_writing_by_session(client_of, stranger, question):
    from people.adapters import TERMS_DUE

    browser = client_of(stranger)
    session = browser.session
    session[TERMS_DUE] = True
    session.save()

    answers = [
        browser.generic(
            method,
            f"/api/v1/questions/{question.pk}/{path}",
            json.dumps({"on": True}),
            content_type="application/json",
        )
        for method, path in (("POST", "follow/"), ("PATCH", ""), ("DELETE", ""))
    ]

    assert {one.status_code for one in answers} == {403}
    assert {one.json()["code"] for one in answers} == {"terms-not-accepted"}
    assert browser.get(f"/api/v1/questions/{question.pk}/").status_code == 200


# Points, gifts and orders


@pytest.fixture
def gift(site: None) -> Gift:
    return Gift.objects.create(
        slug="day-pass", title_en="Day pass", title_zh="日包", cost=20, stock=2
    )


@pytest.fixture
def rich(helper: Person, question: Question, answer: Answer, clock) -> Person:
    """Somebody whose answer was accepted, which is worth 20 points."""
    from rewards.models import EarnRule

    EarnRule.objects.exclude(event="accepted").update(enabled=False)
    EarnRule.objects.filter(event="accepted").update(points=20, vest_days=0)
    community.accept(person=question.author, answer=answer, at=clock.now)
    assert balance_of(helper, at=clock.now).spendable == 20
    return helper


def test_visitors_see_gifts_and_members_whether_they_can_have_them(
    client, program_of, gift, stranger, rich
):
    (listed,) = client.get("/api/v1/gifts/").json()["items"]
    to_a_visitor = client.get("/api/v1/gifts/day-pass/").json()
    to_the_poor = program_of(stranger).get("gifts/day-pass/").json()
    to_the_rich = program_of(rich).get("gifts/day-pass/").json()

    assert listed["title"] == "Day pass"
    assert (listed["cost"], listed["left"]) == (20, 2)
    assert to_a_visitor["obstacle"] is to_the_rich["obstacle"] is None
    assert to_the_poor["obstacle"]["code"] == "not-enough-points"


def test_an_order_is_paid_once_however_often_it_is_sent(program_of, rich, gift, clock):
    program = program_of(rich)

    orders = [
        program.post("gifts/day-pass/redeem/", {"key": "order-1", "agreed_cost": 20})
        for _try in range(3)
    ]

    assert {order.status_code for order in orders} == {201}
    assert len({order.json()["id"] for order in orders}) == 1
    assert Redemption.objects.count() == 1
    assert balance_of(rich, at=clock.now).spendable == 0
    assert balance_of(rich, at=clock.now).reserved == 20
    gift.refresh_from_db()
    assert gift.stock == 1


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({}, 400, "misunderstood"),
        ({"key": ""}, 400, "misunderstood"),
        ({"key": "x" * 81}, 400, "misunderstood"),
        ({"key": "a b"}, 400, "misunderstood"),
        ({"key": "k\n"}, 400, "misunderstood"),
        ({"key": 7}, 400, "misunderstood"),
        ({"key": "k", "agreed_cost": "20"}, 400, "misunderstood"),
        ({"key": "k", "agreed_cost": 1}, 409, "cost-changed"),
        ({"key": "k", "agreed_cost": -20}, 400, "misunderstood"),
    ],
)
def test_an_order_that_is_not_as_agreed_costs_nothing(
    program_of, rich, gift, clock, given, status, code
):
    response = program_of(rich).post("gifts/day-pass/redeem/", given)

    assert response.status_code == status
    assert response.json()["code"] == code
    assert balance_of(rich, at=clock.now).spendable == 20
    assert not Redemption.objects.exists()


@pytest.mark.parametrize("extra", ["cost", "quantity", "person", "state", "points"])
def test_nobody_changes_what_a_gift_costs(program_of, rich, gift, clock, extra):
    given = {"key": "order-1", extra: 0}

    order = program_of(rich).post("gifts/day-pass/redeem/", given).json()

    assert order["cost"] == 20
    assert balance_of(rich, at=clock.now).spendable == 0


def test_too_few_points_are_told_how_many_are_missing(program_of, stranger, gift):
    response = program_of(stranger).post("gifts/day-pass/redeem/", {"key": "order-1"})

    assert response.status_code == 409
    assert response.json()["code"] == "not-enough-points"
    assert response.json()["missing"] == 20
    assert not Redemption.objects.exists()


@pytest.fixture
def drop(gift: Gift, clock) -> Gift:
    gift.is_drop, gift.opens_at = True, timezone.now() - timedelta(minutes=1)
    gift.save()
    return gift


def test_a_gift_that_goes_by_turns_says_so_and_is_not_sold_otherwise(
    client, program_of, rich, drop, clock
):
    listed = client.get("/api/v1/gifts/day-pass/").json()["waiting_room"]
    program = program_of(rich)
    seen = program.get("gifts/day-pass/").json()
    refused = [
        program.post(f"gifts/day-pass/{act}/", {"key": act})
        for act in ("redeem", "hold")
    ]

    assert listed["url"].endswith("/rewards/day-pass/waiting/")
    assert seen["obstacle"]["code"] == "only-by-turns"
    assert {one.status_code for one in refused} == {409}
    assert {one.json()["code"] for one in refused} == {"only-by-turns"}
    assert refused[0]["Content-Type"] == "application/problem+json"
    assert balance_of(rich, at=clock.now).spendable == 20


def test_before_its_room_opens_a_drop_says_when(program_of, rich, stranger, drop):
    drop.opens_at = timezone.now() + timedelta(days=1)
    drop.save()

    seen = program_of(rich).get("gifts/day-pass/").json()
    poor = program_of(stranger).get("gifts/day-pass/").json()

    assert seen["obstacle"]["code"] == "room-not-open"
    early = program_of(rich).post("gifts/day-pass/redeem/", {"key": "early"})
    assert early.json()["code"] == "only-by-turns"
    assert seen["waiting_room"]["opens_at"] < seen["waiting_room"]["gift_opens_at"]
    assert poor["obstacle"]["code"] == "not-enough-points"


def test_a_gift_without_a_room_has_none(client, gift):
    assert client.get("/api/v1/gifts/day-pass/").json()["waiting_room"] is None


def test_a_gift_is_kept_and_confirmed_or_let_go(program_of, rich, stranger, gift):
    program, others = program_of(rich), program_of(stranger)
    held = program.post("gifts/day-pass/hold/", {"key": "h1"}).json()
    address = f"me/orders/{held['id']}"

    assert (held["state"], held["code"]) == ("held", "")
    assert held["held_until"] > held["at"]
    assert others.post(f"{address}/confirm/", {}).status_code == 404
    assert others.post(f"{address}/let-go/", {}).status_code == 404
    assert program.post(f"{address}/let-go/", {}).json()["state"] == "lapsed"
    late = program.post(f"{address}/confirm/", {})
    assert (late.status_code, late.json()["code"]) == (409, "hold-ended")

    again = program.post("gifts/day-pass/hold/", {"key": "h2"}).json()
    for _try in range(2):
        order = program.post(f"me/orders/{again['id']}/confirm/", {}).json()
        assert (order["state"], order["held_until"]) == ("ordered", None)
    gift.refresh_from_db()
    assert gift.stock == 1


def test_another_s_order_does_not_exist(program_of, rich, stranger, gift):
    rewards.add_codes(gift=gift, codes=["SECRET-1"])
    Gift.objects.filter(pk=gift.pk).update(stock_mode="codes")
    mine = program_of(rich)
    order = mine.post("gifts/day-pass/redeem/", {"key": "order-1"}).json()
    others = program_of(stranger)

    assert order["code"] == "SECRET-1"
    assert mine.get(f"me/orders/{order['id']}/").json()["code"] == "SECRET-1"
    assert others.get(f"me/orders/{order['id']}/").status_code == 404
    assert others.get("me/orders/").json()["items"] == []
    replayed = others.post("gifts/day-pass/redeem/", {"key": "order-1"})
    assert replayed.json()["code"] == "key-of-another-order"


def test_a_member_reads_how_the_points_came_and_went(program_of, rich, gift):
    program = program_of(rich)
    program.post("gifts/day-pass/redeem/", {"key": "order-1"})

    lines = program.get("me/points/").json()["items"]
    me = program.get("me/").json()

    assert [(line["kind"], line["points"]) for line in lines] == [
        ("redeem", -20),
        ("award", 20),
    ]
    assert lines[0]["gift"] == "day-pass"
    assert lines[0]["sentence"] == "You ordered “Day pass”"
    assert lines[1]["sentence"] == "Your answer was accepted"
    assert me["points"] == {"spendable": 0, "held": 0, "reserved": 20}
    assert me["member"]["handle"] == rich.handle
    assert me["reputation"] == 16
    assert "email" not in json.dumps(me)


# Notifications and tickets


def test_a_member_reads_and_marks_notifications(program_of, asker, question, answer):
    outbox.drain(at=timezone.now())
    program = program_of(asker)
    people.mark_read(person=asker, at=timezone.now())
    for number in range(3):
        people.notify(
            person=asker,
            kind="question_solved",
            key=f"test-{number}",
            data={"title": f"Thread {number}"},
            at=timezone.now(),
        )

    unread = program.get("me/notifications/?unread=true").json()["items"]
    one = program.post("me/notifications/read/", {"id": unread[0]["id"]}).json()
    every = program.post("me/notifications/read/").json()

    assert [row["sentence"] for row in unread] == [
        "“Thread 2” is solved",
        "“Thread 1” is solved",
        "“Thread 0” is solved",
    ]
    assert one == {"unread_notifications": 2}
    assert every == {"unread_notifications": 0}


def test_nobody_marks_another_s_notifications(program_of, asker, stranger):
    told = people.notify(
        person=asker,
        kind="question_solved",
        key="test",
        data={"title": "Thread"},
        at=timezone.now(),
    )

    program_of(stranger).post("me/notifications/read/", {"id": told.pk})

    told.refresh_from_db()
    assert told.read_at is None
    listed = program_of(stranger).get("me/notifications/").json()["items"]
    assert told.pk not in [row["id"] for row in listed]


@pytest.fixture
def ticket(asker: Person, site: None):
    return desk.open_private_ticket(
        person=asker,
        subject="Charged after cancelling",
        body="My bill still shows the old plan.",
        at=timezone.now(),
    )


def test_a_member_reads_their_tickets_and_nobody_else_s(
    program_of, asker, stranger, ticket
):
    place = f"me/tickets/{ticket.reference}/"
    mine = program_of(asker)

    (row,) = mine.get("me/tickets/").json()["items"]
    read = mine.get(place).json()
    others = program_of(stranger).get(place)

    assert row["reference"] == ticket.reference
    assert read["steps"][0]["word"] == "You wrote to us"
    assert "old plan" in read["steps"][0]["html"]
    assert others.status_code == 404
    assert others.json()["code"] == "nothing-here"
    assert program_of(stranger).get("me/tickets/").json()["items"] == []


def test_our_desk_finds_others_tickets_in_the_admin_not_here(
    desk_agent, client_of, ticket
):
    response = client_of(desk_agent).get(f"/api/v1/me/tickets/{ticket.reference}/")

    assert response.status_code == 404


def test_notes_for_colleagues_stay_with_the_desk(program_of, asker, ticket, desk_agent):
    desk.add_internal_note(
        ticket=ticket, by=desk_agent, body="A difficult customer.", at=timezone.now()
    )

    said = program_of(asker).get(f"me/tickets/{ticket.reference}/").content.decode()

    assert "difficult customer" not in said


def test_my_lists_cost_the_same_however_long(
    program_of, asker, site, django_assert_max_num_queries
):
    program = program_of(asker)
    numbers = count(1)

    def more(size: int) -> None:
        for number in (next(numbers) for _row in range(size)):
            people.notify(
                person=asker,
                kind="question_solved",
                key=f"test-{number}",
                data={"title": f"Thread {number}"},
                at=timezone.now(),
            )
            desk.open_private_ticket(
                person=asker,
                subject=f"Charged twice, number {number}",
                body="My bill still shows the old plan.",
                at=timezone.now() - timedelta(days=number),
            )

    def cost(path: str) -> int:
        with django_assert_max_num_queries(30) as counted:
            assert program.get(f"{path}?limit=100").status_code == 200
        return len(counted)

    more(2)
    # The first call of an hour notes that the key is used.
    program.get("me/")
    few = [cost(path) for path in ("me/notifications/", "me/tickets/")]
    more(10)

    assert [cost(path) for path in ("me/notifications/", "me/tickets/")] == few


# Who may do what, in one table

ACTS = {
    "ask": ("POST", "questions/", asking(body=f"{BODY} Again.")),
    "edit": ("PATCH", "questions/{question}/", {"title": f"{TITLE}, again"}),
    "delete": ("DELETE", "questions/{question}/", None),
    "answer": ("POST", "questions/{question}/answers/", {"body": f"{HELP} Really."}),
    "accept": ("POST", "answers/{answer}/accept/", {}),
    "edit the answer": ("PATCH", "answers/{answer}/", {"body": f"{HELP} Twice."}),
    "delete the answer": ("DELETE", "answers/{answer}/", None),
    "vote for the answer": ("POST", "answers/{answer}/vote/", {"value": 1}),
    "edit the comment": ("PATCH", "comments/{comment}/", {"body": "Never mind."}),
    "delete the comment": ("DELETE", "comments/{comment}/", None),
    "flag the answer": ("POST", "answers/{answer}/flag/", {"reason": "spam"}),
}
# The question is the asker's, as is the comment; the answer is the helper's.
MAY = {
    "visitor": set(),
    "asker": {
        "ask",
        "edit",
        "answer",
        "accept",
        "vote for the answer",
        "edit the comment",
        "delete the comment",
        "flag the answer",
    },
    "helper": {"ask", "answer", "edit the answer", "delete the answer"},
    "stranger": {"ask", "answer", "vote for the answer", "flag the answer"},
    "moderator": set(ACTS),
    "editor": {"ask", "answer", "accept", "vote for the answer", "flag the answer"},
}


@pytest.mark.parametrize("role", MAY)
def test_everybody_does_what_is_theirs_and_no_more(
    request, role, question, answer, comment, client_of, program_of
):
    person = None if role == "visitor" else request.getfixturevalue(role)
    posts = {"question": question.pk, "answer": answer.pk, "comment": comment.pk}
    if person is not None and not person.is_staff:
        send = program_of(person)
    else:
        browser = client_of(person) if person else Client()

        def send(method: str, path: str, given: Any):
            body = "" if given is None else json.dumps(given)
            media_type = "application/json"
            return browser.generic(method, f"/api/v1/{path}", body, media_type)

    done, refused = set(), set()
    for act, (method, path, given) in ACTS.items():
        before = transaction.savepoint()
        response = send(method, path.format(**posts), given)
        transaction.savepoint_rollback(before)
        (done if response.status_code < 300 else refused).add(act)
        assert response.status_code in (200, 201, 204, 403 if person else 401)

    assert done == MAY[role]
    assert refused == set(ACTS) - done


def test_no_transfer_was_made_by_reading(program_of, rich):
    before = Transfer.objects.count()
    program = program_of(rich, scope="read")

    for path in ("me/", "me/points/", "me/orders/", "gifts/", "leaders/"):
        assert program.get(path).status_code == 200

    assert Transfer.objects.count() == before
