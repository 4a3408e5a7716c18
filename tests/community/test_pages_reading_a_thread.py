import json
import re
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community import actions, differences, urls
from community.addresses import VERBS
from community.models import Answer, Question

pytestmark = pytest.mark.django_db

BIGGEST_ID = 2**63 - 1
# Question, answers, comments, tags, trace and its people, articles, related threads;
# what rooms above show beside them included.
MOST_QUERIES = 14
MOST_QUERIES_OF_A_MEMBER = 24


@pytest.fixture
def visitor():
    return Client()


@pytest.fixture
def solved(question, make_answer, asker, clock):
    """A thread that went through a whole conversation in an hour."""
    answer = make_answer(at=clock.move(minutes=46))
    actions.accept(person=asker, answer=answer, at=clock.move(minutes=14))
    question.refresh_from_db()
    return question


def graphs_in(html):
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    return {graph["@type"]: graph for graph in map(json.loads, blocks)}


# Addresses


def test_a_thread_is_read_at_its_own_address(visitor, question):
    page = visitor.get(question.get_absolute_url())

    assert page.status_code == 200
    assert "<h1" in page.text
    assert question.title in page.text


@pytest.mark.parametrize(
    "slug", ["", "another-slug/", "another-slug", "携号转网/", "edit-/"]
)
def test_a_wrong_or_missing_slug_leads_there_in_one_step(visitor, question, slug):
    page = visitor.get(f"/en/questions/{question.pk}/{slug}")

    assert page.status_code == 301
    assert page["Location"] == question.get_absolute_url()


def test_an_address_without_slashes_at_its_end_leads_there_in_one_step(
    visitor, question
):
    for url in (
        f"/zh-hans/questions/{question.pk}",
        question.get_absolute_url().rstrip("/"),
    ):
        page = visitor.get(url)
        assert page.status_code == 301
        assert page["Location"] == question.get_absolute_url()


def test_a_verb_without_its_slash_is_still_a_verb(visitor, question):
    page = visitor.get(f"/en/questions/{question.pk}/edit")

    assert page["Location"] == f"/en/questions/{question.pk}/edit/"


def test_the_other_language_prefix_leads_to_the_threads_own(visitor, question):
    url = question.get_absolute_url()

    page = visitor.get(url.replace("/en/", "/zh-hans/"), {"page": 1})

    assert page.status_code == 301
    assert page["Location"] == f"{url}?page=1"


def test_a_thread_titled_like_a_verb_keeps_a_page_of_its_own(visitor, question):
    Question.objects.filter(pk=question.pk).update(slug="edit")
    question.refresh_from_db()

    page = visitor.get(question.get_absolute_url())

    assert question.get_absolute_url().endswith("/edit-/")
    assert page.status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        f"/en/questions/{BIGGEST_ID}/",
        f"/en/questions/{BIGGEST_ID + 1}/",
        f"/en/questions/{'9' * 5000}/",
        "/en/questions/0/",
        "/en/questions/007/",
        f"/en/answers/{BIGGEST_ID}/",
        "/en/answers/99999999999999999999/history/",
    ],
)
def test_there_is_nothing_at_impossible_numbers(visitor, question, address):
    assert visitor.get(address).status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "2", "1e9", "x", "99999999999", ""])
def test_there_is_nothing_on_impossible_pages(visitor, question, page):
    answer = visitor.get(question.get_absolute_url(), {"page": page})

    assert answer.status_code == 404


def test_a_merged_thread_leads_to_the_one_that_stayed(
    visitor, make_question, moderator, clock
):
    stays = make_question()
    goes = make_question(title="Port-in has been in review since Saturday")
    actions.merge_questions(duplicate=goes, into=stays, by=moderator, at=clock.now)

    page = visitor.get(goes.get_absolute_url())

    assert page.status_code == 301
    assert page["Location"] == stays.get_absolute_url()


def test_an_answers_short_address_leads_to_its_place(visitor, question, make_answer):
    answer = make_answer()

    page = visitor.get(f"/en/answers/{answer.pk}/")

    assert page.status_code == 302
    assert page["Location"] == f"{question.get_absolute_url()}#answer-{answer.pk}"


@pytest.mark.parametrize("number", [2, 3, 4])
def test_a_very_long_thread_is_read_to_its_end(visitor, question, make_answer, number):
    answer = make_answer(question=question)
    fields = {
        field.attname: getattr(answer, field.attname)
        for field in Answer._meta.concrete_fields
        if not field.primary_key
    }
    Answer.objects.bulk_create([Answer(**fields) for _ in range(110)])
    Question.objects.filter(pk=question.pk).update(answer_count=111)

    page = visitor.get(f"{question.get_absolute_url()}?page={number}")

    assert page.status_code == 200
    assert f"?page={number - 1}" in page.text or number == 2


# What is not there, or not for everybody


def test_a_deleted_thread_leaves_a_tombstone_without_its_words(
    visitor, make_question, moderator, clock
):
    question = make_question(title="Where the treasure lies buried", body="X" * 40)
    actions.delete(person=moderator, post=question, at=clock.now, reason="Off topic")

    page = visitor.get(question.get_absolute_url())

    assert page.status_code == 410
    assert "The moderators removed it on" in page.text
    assert "Off topic" in page.text
    assert "treasure" not in page.text.replace(question.slug, "")
    assert "X" * 40 not in page.text
    assert "Restore" not in page.text
    assert '<meta name="robots" content="noindex">' in page.text


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_nobody_learns_a_deleted_title_from_its_number(
    visitor, make_question, moderator, clock, language
):
    question = make_question(title="Where the treasure lies buried")
    actions.delete(person=moderator, post=question, at=clock.now)

    answers = [
        visitor.get(f"/{language}/questions/{question.pk}/{rest}")
        for rest in ("", "x/", "?page=2")
    ]

    assert [answer.status_code for answer in answers] == [410] * 3
    assert not any("treasure" in answer.text for answer in answers)


@pytest.mark.parametrize(("state", "status"), [("hidden", 404), ("deleted", 410)])
def test_nor_from_a_question_that_was_merged_into_it(
    visitor, make_question, moderator, clock, state, status
):
    kept = make_question(title="Where the treasure lies buried")
    merged = make_question(title="Which question came second here")
    actions.merge_questions(duplicate=merged, into=kept, by=moderator, at=clock.now)
    Question.objects.filter(pk=kept.pk).update(state=state)

    answer = visitor.get(f"/en/questions/{merged.pk}/")

    assert answer.status_code == status
    assert "treasure" not in answer.text


def test_a_tombstone_names_the_ticket_and_the_author(visitor, question, asker, clock):
    actions.add_event(
        question=question,
        kind="ticket_opened",
        key="ticket-1",
        at=clock.now,
        data={"ticket": "K7QJ2M4X"},
    )
    actions.delete(person=asker, post=question, at=clock.now)

    page = visitor.get(question.get_absolute_url())

    assert "Its author removed it on" in page.text
    assert "K7QJ2M4X" in page.text


def test_authors_find_the_way_back_on_the_tombstone(client_of, question, asker, clock):
    actions.delete(person=asker, post=question, at=clock.now)
    mine = client_of(asker)

    page = mine.get(question.get_absolute_url())
    back = mine.post(f"/en/questions/{question.pk}/restore/")

    assert page.status_code == 410
    assert f"/en/questions/{question.pk}/restore/" in page.text
    assert back.status_code == 302
    assert Client().get(question.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("state", ["hidden", "pending"])
def test_hidden_threads_exist_only_for_author_and_moderators(
    visitor, client_of, question, asker, stranger, moderator, state
):
    Question.objects.filter(pk=question.pk).update(state=state)
    url = question.get_absolute_url()

    assert visitor.get(url).status_code == 404
    assert client_of(stranger).get(url).status_code == 404
    assert client_of(moderator).get(url).status_code == 200
    mine = client_of(asker).get(url)
    assert mine.status_code == 200
    assert "Only its author and the moderators can see it." in mine.text
    assert '<meta name="robots" content="noindex">' in mine.text


@pytest.mark.parametrize("verb", ["history", "flag", "edit", "answer", "remove"])
def test_side_doors_of_a_hidden_thread_are_closed_too(
    client_of, question, make_answer, stranger, verb
):
    answer = make_answer()
    Question.objects.filter(pk=question.pk).update(state="hidden")
    client = client_of(stranger)

    assert client.get(f"/en/questions/{question.pk}/{verb}/").status_code == 404
    if verb != "answer":
        assert client.get(f"/en/answers/{answer.pk}/{verb}/").status_code == 404
    assert client.get(f"/en/answers/{answer.pk}/").status_code == 404


def test_a_deleted_answer_leaves_the_page(visitor, question, make_answer, moderator):
    answer = make_answer(body="Write to me at my own private address instead.")
    actions.delete(person=moderator, post=answer, at=timezone.now())

    page = visitor.get(question.get_absolute_url())

    assert "private address" not in page.text
    assert visitor.get(f"/en/answers/{answer.pk}/history/").status_code == 404


# What the page says


def test_the_trace_tells_each_step_in_order(visitor, solved):
    html = visitor.get(solved.get_absolute_url()).text

    events = re.findall(r'data-event="([a-z_]+)"', html)
    assert events == ["asked", "answered", "accepted", "solved"]
    assert re.search(r'class="trace".*<ol class="trace-steps">', html, re.DOTALL)
    line = html.split('<ol class="trace-line">')[1].split("</ol>")[0]
    assert "data-event" not in line
    assert "46 min" in line
    assert "Solved in <b>1 hour</b>" in html


def test_the_trace_speaks_the_readers_language(client_of, solved, stranger):
    stranger.language = "zh-hans"
    stranger.save()

    html = client_of(stranger).get(solved.get_absolute_url()).text

    assert '<html lang="zh-Hans">' in html
    assert '<h1 lang="en">' in html
    assert "第一个回答" in html
    assert "was the first to answer" not in html


def test_answers_stand_accepted_first_then_official_then_by_votes(
    visitor, question, make_answer, asker, stranger, editor, clock
):
    plain = make_answer()
    liked = make_answer(by=stranger)
    actions.vote(person=asker, post=liked, value=1, at=clock.now)
    official = make_answer(by=editor, voice="official")
    accepted = make_answer()
    actions.accept(person=asker, answer=accepted, at=clock.now)

    html = visitor.get(question.get_absolute_url()).text

    order = [int(pk) for pk in re.findall(r'id="answer-(\d+)"', html)]
    assert order == [accepted.pk, official.pk, liked.pk, plain.pk]
    assert "Accepted: this solved it" in html
    assert "Official answer" in html


def test_the_three_voices_are_told_apart_by_words(
    visitor, question, make_answer, helper, stranger, editor, clock
):
    from people.actions import set_standing

    make_answer(by=helper)
    set_standing(person=stranger, standing="agent", at=clock.now)
    make_answer(by=stranger)
    make_answer(by=editor, voice="official")

    html = visitor.get(question.get_absolute_url()).text

    assert 'class="answer is-agent"' in html
    assert 'class="answer is-official"' in html
    for words in ("Service agent", "Official", "Member"):
        assert words in html


def test_visitors_get_links_to_sign_in_instead_of_forms(visitor, solved):
    page = visitor.get(solved.get_absolute_url())

    assert "csrfmiddlewaretoken" not in page.text
    assert "<form" not in page.text.split("<main")[1]
    assert "/accounts/login/?next=%2Fen%2Fquestions%2F" in page.text
    assert "sessionid" not in page.cookies
    assert "csrftoken" not in page.cookies


def test_members_get_forms_that_work_without_script(client_of, solved, stranger):
    html = client_of(stranger).get(solved.get_absolute_url()).text

    assert f'action="/en/questions/{solved.pk}/answer/"' in html
    assert f'action="/en/questions/{solved.pk}/me-too/"' in html
    assert "csrfmiddlewaretoken" in html
    assert f"/en/questions/{solved.pk}/article/" not in html
    assert f"/en/questions/{solved.pk}/merge/" not in html


def test_staff_find_what_only_they_may_do(client_of, solved, moderator, editor):
    moderates = client_of(moderator).get(solved.get_absolute_url()).text
    edits = client_of(editor).get(solved.get_absolute_url()).text

    assert f"/en/questions/{solved.pk}/merge/" in moderates
    assert f"/en/questions/{solved.pk}/article/" not in moderates
    assert f"/en/questions/{solved.pk}/article/" in edits
    assert f"/en/questions/{solved.pk}/merge/" not in edits


def test_an_edited_post_links_to_its_history(visitor, question, asker, clock):
    actions.edit_question(
        person=asker,
        question=question,
        title=question.title,
        body="I sent the request on <Sunday> and paid the fee at the counter.",
        tags=[],
        at=clock.now + timedelta(minutes=1),
        note="It was Sunday",
    )

    page = visitor.get(question.get_absolute_url())
    history = visitor.get(f"/en/questions/{question.pk}/history/")

    assert f"/en/questions/{question.pk}/history/" in page.text
    assert "<del>Saturday</del>" in history.text
    assert "&lt;" in history.text
    assert "<Sunday>" not in history.text
    assert "It was Sunday" in history.text
    assert '<meta name="robots" content="noindex">' in history.text


def test_a_long_rewrite_is_shown_as_out_with_the_old_in_with_the_new():
    """Comparing it word by word would take as long as both texts multiplied."""
    marked = differences.marked("x " + "a b " * 7_000, "x " + "b a " * 7_000)

    assert marked.count("<del>") == marked.count("<ins>") == 1
    assert marked.startswith("x <del>a b a b")


# What search engines are told


def test_a_thread_names_itself_once_and_for_all(visitor, question):
    html = " ".join(visitor.get(question.get_absolute_url()).text.split())

    url = f"http://127.0.0.1:8000{question.get_absolute_url()}"
    assert html.count('rel="canonical"') == 1
    assert f'<link rel="canonical" href="{url}">' in html
    assert f'<meta property="og:url" content="{url}">' in html
    assert html.count("<h1") == 1
    assert f"<title>{question.title}" in html
    assert f'<meta name="description" content="{question.title}' in html


def test_structured_data_tells_what_the_page_shows(
    visitor, solved, make_answer, asker, helper, clock
):
    other = make_answer(by=asker)
    accepted = solved.accepted_answer
    actions.comment(
        person=asker, post=accepted, body="That was it, thank you!", at=clock.now
    )

    graphs = graphs_in(visitor.get(solved.get_absolute_url()).text)

    told = graphs["QAPage"]["mainEntity"]
    url = f"http://127.0.0.1:8000{solved.get_absolute_url()}"
    assert told["@type"] == "Question"
    assert told["name"] == solved.title
    assert told["answerCount"] == 2
    assert told["acceptedAnswer"]["url"] == f"{url}#answer-{accepted.pk}"
    assert told["acceptedAnswer"]["text"] == accepted.body_text
    assert told["acceptedAnswer"]["author"]["name"] == helper.name
    assert told["acceptedAnswer"]["comment"][0]["text"] == "That was it, thank you!"
    assert [one["url"] for one in told["suggestedAnswer"]] == [
        f"{url}#answer-{other.pk}"
    ]
    trail = graphs["BreadcrumbList"]["itemListElement"]
    assert [item["name"] for item in trail] == ["Questions", "General", solved.title]


def test_dates_in_structured_data_have_a_zone(visitor, solved, asker, clock):
    answer = solved.accepted_answer
    actions.edit_answer(
        person=answer.author,
        answer=answer,
        body=f"{answer.body} It takes a day.",
        at=clock.move(minutes=5),
    )

    told = graphs_in(visitor.get(solved.get_absolute_url()).text)["QAPage"]

    asked, answered = told["mainEntity"], told["mainEntity"]["acceptedAnswer"]
    assert datetime.fromisoformat(asked["datePublished"]).tzinfo is not None
    modified = datetime.fromisoformat(answered["dateModified"])
    assert modified == clock.now.replace(microsecond=0)


def test_an_answer_that_is_only_a_picture_is_no_text_to_a_machine(
    visitor, question, make_answer
):
    answer = make_answer()
    picture = '<p><img loading="lazy" src="/en/uploads/a.png" alt=""></p>'
    Answer.objects.filter(pk=answer.pk).update(body_text="", body_html=picture)

    told = graphs_in(visitor.get(question.get_absolute_url()).text)["QAPage"]

    assert told["mainEntity"]["answerCount"] == 1
    assert "suggestedAnswer" not in told["mainEntity"]


def test_pictures_of_a_post_are_told(visitor, question):
    Question.objects.filter(pk=question.pk).update(
        body_html='<p><img loading="lazy" src="/en/uploads/a.png?x=1&amp;y=2"></p>'
    )

    told = graphs_in(visitor.get(question.get_absolute_url()).text)["QAPage"]

    assert told["mainEntity"]["image"] == [
        "http://127.0.0.1:8000/en/uploads/a.png?x=1&y=2"
    ]


def test_an_erased_author_has_no_page_to_lead_to(visitor, question, stranger, clock):
    from people.actions import erase_person

    actions.answer(
        person=stranger,
        question=question,
        body="Wait another day, it took me four.",
        at=clock.now,
    )
    before = graphs_in(visitor.get(question.get_absolute_url()).text)["QAPage"]
    erase_person(person=stranger, at=clock.now)
    after = graphs_in(visitor.get(question.get_absolute_url()).text)["QAPage"]

    assert before["mainEntity"]["suggestedAnswer"][0]["author"]["url"]
    assert "url" not in after["mainEntity"]["suggestedAnswer"][0]["author"]


def test_structured_data_cannot_be_broken_out_of(visitor, make_question):
    question = make_question(
        title="</script><script>alert(1)</script> <!-- in the title",
        body="</script><img src=x onerror=alert(2)> \u2028 <!--<script> and more words",
    )

    html = visitor.get(question.get_absolute_url()).text

    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "<!--<script>" not in html
    assert graphs_in(html)["QAPage"]["mainEntity"]["name"] == question.title


# What it costs


def queries_for(client, url):
    """How many it takes once everything is warm."""
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_more_answers_and_comments_cost_a_visitor_no_more_queries(
    visitor, solved, make_answer, make_crowd, clock
):
    question, url = solved, solved.get_absolute_url()
    few = queries_for(visitor, url)

    for person in make_crowd(12):
        answer = make_answer(by=person)
        actions.comment(
            person=person, post=answer, body="And this as well", at=clock.now
        )
        actions.comment(
            person=person, post=question, body="Same thing here", at=clock.now
        )

    assert visitor.get(url).text.count('<article class="answer') == 13
    assert queries_for(visitor, url) == few <= MOST_QUERIES


def test_more_answers_cost_a_member_no_more_queries(
    client_of, solved, make_answer, make_crowd, stranger
):
    client, url = client_of(stranger), solved.get_absolute_url()
    few = queries_for(client, url)

    for person in make_crowd(12):
        make_answer(by=person)

    assert queries_for(client, url) == few <= MOST_QUERIES_OF_A_MEMBER


def test_a_long_thread_is_read_in_pages(visitor, question, helper):
    moment = timezone.now()
    Answer.objects.bulk_create(
        Answer(
            question=question,
            author=helper,
            body=f"Number {number}",
            body_html=f"<p>Number {number}</p>",
            body_text=f"Number {number}",
            renderer_version=1,
            created_at=moment,
        )
        for number in range(31)
    )
    Question.objects.filter(pk=question.pk).update(answer_count=31)
    last = Answer.objects.order_by("pk").last()
    url = question.get_absolute_url()

    first, second = visitor.get(url), visitor.get(url, {"page": 2})

    assert first.text.count('class="answer"') == 30
    assert second.text.count('class="answer"') == 1
    assert f'<link rel="canonical" href="http://127.0.0.1:8000{url}?page=2">' in (
        second.text
    )
    assert f"<title>{question.title} · page 2 · " in second.text
    assert '<meta name="description"' in " ".join(second.text.split())
    assert "– Number 30" in second.text
    told = graphs_in(second.text)["QAPage"]["mainEntity"]
    assert told["answerCount"] == 31
    assert [one["url"] for one in told["suggestedAnswer"]] == [
        f"http://127.0.0.1:8000{url}?page=2#answer-{last.pk}"
    ]
    assert visitor.get(f"/en/answers/{last.pk}/")["Location"] == (
        f"{url}?page=2#answer-{last.pk}"
    )
    assert visitor.get(url, {"page": 3}).status_code == 404


def test_no_verb_can_be_taken_for_a_threads_slug():
    routes = [*urls.about_posts, *urls.about_questions]

    assert {str(route.pattern).rstrip("/").rpartition("/")[2] for route in routes} == (
        VERBS
    )
