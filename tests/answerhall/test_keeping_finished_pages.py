"""Visitors get pages that were made before, and never one that is no longer true."""

import gzip
from datetime import timedelta

import pytest
import time_machine
from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory
from django.utils import timezone
from django.utils.http import http_date, parse_http_date

from answerhall.page_cache import PageCache
from common.freshness import ChangeMarks, marks, places
from community import actions
from community.models import Circle, Question
from kb.actions import add_topic, create_draft_article
from kb.models import ArticlePage, HallSettings
from people import actions as people
from rewards.setup import setup_rules


class Hall:
    """A web server with a page cache; says what a visitor gets."""

    def __init__(self, seconds=60, most_bytes=10_000_000):
        self.asked_django = 0
        self.viewed = []
        django = WSGIHandler()

        def counting(environ, start_response):
            self.asked_django += 1
            return django(environ, start_response)

        self.cache = PageCache(
            counting,
            marks=marks(),
            seconds=seconds,
            most_bytes=most_bytes,
            viewed=lambda pk, _environ: self.viewed.append(pk),
        )

    def get(self, path, method="GET", **headers):
        environ = RequestFactory().generic(method, path, **headers).environ
        said = {}

        def start_response(status, pairs, _exc_info=None):
            said.update(status=int(status[:3]), headers=dict(pairs))

        body = b"".join(self.cache(environ, start_response))
        if said["headers"].get("Content-Encoding") == "gzip" and body:
            body = gzip.decompress(body)
        return said["status"], said["headers"], body.decode()

    def status(self, path, **headers):
        return self.get(path, **headers)[1].get("Cache-Status")


HIT, MISS = "answerhall; hit", "answerhall; fwd=miss; stored"


@pytest.fixture
def hall(site):
    return Hall()


@pytest.fixture
def question(site, asker, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        return actions.ask(
            person=asker,
            title="Why is my port-in stuck in review?",
            body="It has said in review for three days now and nobody calls.",
            circle=Circle.objects.first(),
            tags=["porting"],
            at=timezone.now(),
        )


@pytest.fixture
def commit(django_capture_on_commit_callbacks):
    """What happens inside is committed when it ends."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_the_second_visitor_gets_the_page_the_first_one_got(hall, question):
    first = hall.get(question.get_absolute_url())
    second = hall.get(question.get_absolute_url())

    assert hall.asked_django == 1
    assert first[1]["Cache-Status"] == MISS
    assert second[1]["Cache-Status"] == HIT
    assert (first[0], first[2]) == (second[0], second[2])
    assert "stuck in review" in second[2]


@pytest.mark.parametrize(
    "path",
    [
        "/en/",
        "/zh-hans/",
        "/en/kb/",
        "/en/questions/",
        "/en/questions/?sort=votes",
        "/zh-hans/questions/",
        "/en/questions/tagged/porting/",
        "/en/circles/general/",
        "/en/members/linjian/",
        "/en/leaders/",
        "/feeds/en/questions.atom",
        "/sitemap.xml",
        "/sitemap-lists-en-1.xml",
        "/sitemap-tags-en-1.xml",
    ],
)
def test_these_pages_are_kept(hall, question, path):
    if path.startswith("/en/circles"):
        path = question.circle.get_absolute_url()

    assert hall.status(path) == MISS
    assert hall.status(path) == HIT


@pytest.mark.parametrize(
    "path",
    [
        "/en/search/?q=review",
        "/en/questions/ask/",
        "/accounts/login/",
        "/en/questions/?utm_source=weixin",
        "/en/questions/?sort=nonsense",
        "/en/nowhere/",
    ],
)
def test_these_pages_are_not(hall, question, path):
    assert hall.status(path) is None
    assert hall.status(path) is None


def test_a_new_answer_is_seen_at_once(hall, question, helper, commit):
    hall.get(question.get_absolute_url())
    hall.get("/en/questions/")

    with commit():
        actions.answer(
            person=helper,
            question=question,
            body="Take the photo of your card again in daylight.",
            at=timezone.now(),
        )

    assert "in daylight" in hall.get(question.get_absolute_url())[2]
    assert "pill is-answered" in hall.get("/en/questions/")[2]


def test_another_thread_stays_as_it_was_made(hall, question, stranger, commit):
    hall.get(question.get_absolute_url())

    with commit():
        actions.ask(
            person=stranger,
            title="Can two phones share one data plan?",
            body="My tablet and my phone should use the same plan, is that possible?",
            circle=question.circle,
            tags=[],
            at=timezone.now(),
        )

    assert hall.status(question.get_absolute_url()) == HIT


def test_what_is_deleted_or_hidden_is_gone_at_once(
    hall, question, asker, moderator, commit
):
    pages = [question.get_absolute_url(), "/en/questions/", "/feeds/en/questions.atom"]
    pages += ["/sitemap-lists-en-1.xml", "/en/members/linjian/", "/en/"]
    for path in pages:
        hall.get(path)

    with commit():
        actions.hide_post(by=moderator, post=question, reason="", at=timezone.now())

    assert hall.get(pages[0])[0] == 404
    for path in pages[1:]:
        assert "stuck-in-review" not in hall.get(path)[2], path

    question.refresh_from_db()
    with commit():
        actions.unhide_post(by=moderator, post=question, at=timezone.now())
    question.refresh_from_db()
    assert hall.get(pages[0])[0] == 200
    with commit():
        actions.delete(person=asker, post=question, at=timezone.now())
    assert hall.get(pages[0])[0] == 410


def test_a_change_while_a_page_is_made_is_not_missed(
    hall, question, asker, commit, monkeypatch
):
    """The page was read before the change and finished after it."""
    path = question.get_absolute_url()
    real = hall.cache.application

    def slow(environ, start_response):
        body = list(real(environ, start_response))
        with commit():
            actions.edit_question(
                person=asker,
                question=question,
                title="Why is my port-in still stuck in review?",
                body=question.body + " Still nothing.",
                tags=["porting"],
                note="",
                at=timezone.now(),
            )
        return body

    monkeypatch.setattr(hall.cache, "application", slow)
    assert "still stuck" not in hall.get(path)[2]
    monkeypatch.setattr(hall.cache, "application", real)

    assert hall.get(path)[0] == 301
    question.refresh_from_db()
    assert "still stuck" in hall.get(question.get_absolute_url())[2]


def test_votes_comments_and_acceptance_are_seen_at_once(
    hall, question, asker, helper, stranger, commit
):
    path, at = question.get_absolute_url(), timezone.now()
    with commit():
        answer = actions.answer(
            person=helper,
            question=question,
            body="Send the photo again, please.",
            at=at,
        )
    hall.get(path)
    changes = [
        lambda: actions.vote(person=stranger, post=answer, value=1, at=at),
        lambda: actions.comment(
            person=stranger, post=answer, body="That helped me as well.", at=at
        ),
        lambda: actions.me_too(person=stranger, question=question, on=True, at=at),
        lambda: actions.accept(person=asker, answer=answer, at=at),
    ]

    for change in changes:
        with commit():
            change()
        assert hall.status(path) == MISS
        assert hall.status(path) == HIT


def test_a_member_with_a_new_name_is_called_by_it_everywhere(
    hall, question, asker, commit
):
    pages = [question.get_absolute_url(), "/en/questions/", "/en/members/linjian/"]
    for path in pages:
        hall.get(path)

    with commit():
        people.change_names(
            person=asker,
            display_name="Captain Lin",
            handle=asker.handle,
            at=timezone.now(),
        )

    for path in pages:
        assert "Captain Lin" in hall.get(path)[2], path


def test_an_agents_badge_comes_and_goes_on_kept_pages(
    hall, question, asker, helper, commit
):
    with commit():
        answer = actions.answer(
            person=helper,
            question=question,
            body="Take the photo of your card again in daylight.",
            at=timezone.now(),
        )
        actions.accept(person=asker, answer=answer, at=timezone.now())
    pages = [question.get_absolute_url(), "/en/", helper.get_absolute_url()]
    badge = "voice is-agent"

    for standing in ("agent", "member"):
        for path in pages:
            hall.get(path)
            assert hall.status(path) == HIT
        with commit():
            people.set_standing(person=helper, standing=standing, at=timezone.now())

        shown = [badge in hall.get(path)[2] for path in pages]
        assert shown == [standing == "agent"] * len(pages)


def test_an_article_that_is_taken_down_is_gone_at_once(hall, editor, commit):
    with commit():
        topic = add_topic(language="en", title="Bills", slug="bills", tags=[])
        article = create_draft_article(
            title="Read your bill",
            summary="What each line means.",
            body_markdown="The first line is the plan.",
            language="en",
            topic=topic,
            by=editor,
            at=timezone.now(),
        )
        article.get_latest_revision().publish()
    article = ArticlePage.objects.get(pk=article.pk)
    path = article.get_absolute_url()
    assert hall.get(path)[0] == 200
    assert hall.status(path) == HIT

    with commit():
        article.unpublish()

    assert hall.get(path)[0] == 404


def test_the_operators_new_name_stands_on_every_page(hall, question, commit):
    hall.get("/en/questions/")

    with commit():
        settings = HallSettings.load()
        settings.hall_name_en = "Linwan Hall"
        settings.save()

    assert "Linwan Hall" in hall.get("/en/questions/")[2]


def test_a_rule_that_changes_is_told_in_threads_at_once(hall, question, commit):
    setup_rules()
    from rewards.models import EarnRule

    hall.get(question.get_absolute_url())

    with commit():
        rule = EarnRule.objects.get(event=EarnRule.Event.ACCEPTED)
        rule.points = 77
        rule.save()

    assert "77" in hall.get(question.get_absolute_url())[2]


def test_signed_in_members_always_get_their_own_page(hall, question, asker, client_of):
    session = client_of(asker).cookies["sessionid"].value
    cookie = {"HTTP_COOKIE": f"sessionid={session}"}

    mine = hall.get(question.get_absolute_url(), **cookie)
    visitors = hall.get(question.get_absolute_url())
    mine_again = hall.get(question.get_absolute_url(), **cookie)

    assert "csrfmiddlewaretoken" in mine[2]
    assert "Cache-Status" not in mine[1]
    assert "csrfmiddlewaretoken" not in visitors[2]
    assert visitors[1]["Cache-Status"] == MISS
    assert "csrfmiddlewaretoken" in mine_again[2]
    assert "no-store" in mine_again[1]["Cache-Control"]


def test_the_two_languages_and_two_hosts_never_mix(hall, question):
    hall.get("/en/questions/")

    assert hall.status("/zh-hans/questions/") == MISS
    assert hall.status("/en/questions/", HTTP_HOST="localhost") == MISS
    assert hall.get("/en/questions/", HTTP_HOST="evil.example")[0] == 400


def test_who_takes_gzip_gets_it_and_who_does_not_does_not(hall, question):
    path = question.get_absolute_url()

    packed = hall.get(path, HTTP_ACCEPT_ENCODING="gzip, br")
    plain = hall.get(path)

    assert packed[1]["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain[1]
    assert packed[2] == plain[2]


def test_a_browser_that_has_the_page_is_told_so(hall, question, helper, commit):
    path = question.get_absolute_url()
    etag = hall.get(path)[1]["ETag"]

    status, headers, body = hall.get(path, HTTP_IF_NONE_MATCH=etag)
    assert (status, body) == (304, "")
    assert headers["ETag"] == etag

    with commit():
        actions.answer(
            person=helper,
            question=question,
            body="Send the photo again, please.",
            at=timezone.now(),
        )
    assert hall.get(path, HTTP_IF_NONE_MATCH=etag)[0] == 200


def test_a_browser_that_has_the_page_is_told_so_even_if_nobody_came_before(
    hall, question
):
    path = question.get_absolute_url()
    etag = hall.get(path)[1]["ETag"]
    another = Hall()

    assert another.get(path, HTTP_IF_NONE_MATCH=etag)[0] == 304
    assert another.status(path) == HIT


@pytest.fixture
def old_question(question):
    """Nobody has said anything in it for an hour."""
    an_hour_ago = timezone.now() - timedelta(hours=1)
    Question.objects.update(created_at=an_hour_ago, words_changed_at=an_hour_ago)
    question.refresh_from_db()
    return question


def test_a_reader_who_only_has_a_date_is_told_whether_the_words_changed(
    hall, old_question, helper, commit
):
    path = old_question.get_absolute_url()
    date = hall.get(path)[1]["Last-Modified"]
    assert parse_http_date(date) == int(old_question.said_at.timestamp())

    status, headers, body = hall.get(path, HTTP_IF_MODIFIED_SINCE=date)
    assert (status, body) == (304, "")
    assert headers["Last-Modified"] == date
    assert hall.get(path, HTTP_IF_MODIFIED_SINCE="yesterday")[0] == 200
    assert hall.get(path, HTTP_IF_MODIFIED_SINCE=http_date(0))[0] == 200
    # Who can name the page is asked for the name.
    stale = {"HTTP_IF_MODIFIED_SINCE": date, "HTTP_IF_NONE_MATCH": 'W/"other"'}
    assert hall.get(path, **stale)[0] == 200

    with commit():
        actions.answer(
            person=helper,
            question=old_question,
            body="Send the photo again, please.",
            at=timezone.now(),
        )
    assert hall.get(path, HTTP_IF_MODIFIED_SINCE=date)[0] == 200


def test_a_page_that_changed_this_second_names_no_date(hall, question):
    now = timezone.now()
    Question.objects.update(words_changed_at=now)

    with time_machine.travel(now, tick=False):
        assert "Last-Modified" not in hall.get(question.get_absolute_url())[1]
    with time_machine.travel(now + timedelta(seconds=1), tick=False):
        headers = Hall().get(question.get_absolute_url())[1]
    assert parse_http_date(headers["Last-Modified"]) == int(now.timestamp())


def test_a_list_names_no_date(hall, old_question):
    """What left it would not show in one."""
    assert "Last-Modified" not in hall.get("/en/questions/")[1]


def test_a_head_request_has_no_body_and_leaves_nothing_behind(hall, question):
    path = question.get_absolute_url()

    assert hall.status(path, method="HEAD") is None
    assert hall.status(path) == MISS
    assert hall.get(path, method="HEAD")[2] == ""


def test_pages_grow_old_by_themselves(site, question):
    hall = Hall(seconds=0)

    hall.get(question.get_absolute_url())

    assert hall.status(question.get_absolute_url()) == MISS


def test_the_oldest_pages_make_room(site, question):
    hall = Hall(most_bytes=30_000)
    lists = [f"/en/questions/?sort={sort}" for sort in ("newest", "active", "votes")]
    for path in lists * 2:
        hall.get(path)
    hall.get(question.get_absolute_url())

    assert hall.status(question.get_absolute_url()) == HIT
    assert hall.status(lists[0]) == MISS


def test_every_reader_counts_as_a_view_also_of_a_kept_page(
    hall, question, stranger, client_of
):
    path = question.get_absolute_url()
    session = client_of(stranger).cookies["sessionid"].value

    hall.get(path)
    hall.get(path)
    hall.get(path, HTTP_COOKIE=f"sessionid={session}")
    hall.get(path, method="HEAD")
    hall.get("/en/questions/")

    assert hall.viewed == [question.pk] * 3


def test_a_thread_that_is_gone_is_not_viewed(hall, question, asker, commit):
    with commit():
        actions.delete(person=asker, post=question, at=timezone.now())

    hall.get(question.get_absolute_url())

    assert hall.viewed == []


def test_two_processes_share_their_marks(tmp_path):
    here, there = ChangeMarks(tmp_path / "changes"), ChangeMarks(tmp_path / "changes")
    page = places(["question:7"])
    made_at = there.clock()

    here.mark(["question:8"])
    assert there.unchanged(page, made_at)

    here.mark(["question:7"])
    assert not there.unchanged(page, made_at)
    assert there.unchanged(page, there.clock())
