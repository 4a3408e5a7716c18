"""Was it helpful? Asked of everybody, remembered of nobody."""

import pytest
from django.test import Client
from django.urls import reverse

from kb import actions, queries
from kb.errors import NotYetPublic
from kb.models import ArticleFeedback, ArticleTally
from kb.signals import article_helped


@pytest.fixture
def address(article) -> str:
    return reverse("kb:feedback", args=[article.pk])


def _counts(article) -> tuple[int, int]:
    tally = queries.tally(article)
    return tally.helpful_count, tally.unhelpful_count


def test_a_reader_without_script_says_yes_and_is_thanked(client, article, address):
    response = client.post(address, {"helpful": "yes"}, follow=True)

    assert "Thank you" in response.content.decode()
    assert _counts(article) == (1, 0)


def test_the_form_fits_into_the_article(client, article, address):
    response = client.get(address, headers={"HX-Request": "true"})

    html = response.content.decode()
    assert "csrfmiddlewaretoken" in html
    assert "<html" not in html
    assert response["Cache-Control"] == "private, no-store"
    assert (
        f'hx-get="{address}"' in client.get(article.get_absolute_url()).content.decode()
    )


def test_saying_it_twice_counts_once(client, article, address):
    for _time in range(2):
        client.post(address, {"helpful": "yes"})

    assert _counts(article) == (1, 0)


def test_two_readers_count_twice(article, address):
    Client(REMOTE_ADDR="192.0.2.1").post(address, {"helpful": "yes"})
    Client(REMOTE_ADDR="192.0.2.2").post(address, {"helpful": "no"})

    assert _counts(article) == (1, 1)


def test_a_reader_may_change_their_mind(client, article, address):
    client.post(address, {"helpful": "yes"})
    client.post(address, {"helpful": "no"})

    assert _counts(article) == (0, 1)
    assert ArticleFeedback.objects.get().is_helpful is False


def test_who_says_no_is_asked_why_and_counted_once(client, article, address):
    asked = client.post(address, {"helpful": "no"}, follow=True).content.decode()
    told = client.post(
        address,
        {"helpful": "no", "reason": "outdated", "note": "The fee is gone."},
        follow=True,
    ).content.decode()

    assert "What was wrong?" in asked
    assert "Our editors read this" in told
    given = ArticleFeedback.objects.get()
    assert (given.reason, given.note) == ("outdated", "The fee is gone.")
    assert _counts(article) == (0, 1)


def test_what_was_typed_too_long_stays_in_the_form(client, address):
    note = "x" * 501

    response = client.post(address, {"helpful": "no", "note": note})

    assert response.status_code == 400
    assert note in response.content.decode()
    assert not ArticleFeedback.objects.exists()


def test_the_next_day_the_reader_is_a_stranger(client, article, address, time_machine):
    time_machine.move_to("2026-11-22T10:00:00+08:00")
    client.post(address, {"helpful": "yes"})
    time_machine.move_to("2026-11-23T10:00:00+08:00")
    client.post(address, {"helpful": "yes"})

    first, second = ArticleFeedback.objects.values_list("voter_key", flat=True)
    assert first != second
    assert _counts(article) == (2, 0)


def test_no_cookie_and_no_address_is_kept_of_a_reader(client, address):
    client.post(address, {"helpful": "yes"}, REMOTE_ADDR="192.0.2.77")

    stored = ArticleFeedback.objects.values().get()
    assert "192.0.2.77" not in str(stored)
    assert "sessionid" not in client.cookies


def test_without_the_forms_token_nothing_is_counted(article, address):
    stranger = Client(enforce_csrf_checks=True)

    response = stranger.post(address, {"helpful": "yes"})

    assert response.status_code == 403
    assert _counts(article) == (0, 0)


def test_a_flood_is_refused(client, address):
    for _time in range(20):
        client.post(address, {"helpful": "yes"})

    response = client.post(address, {"helpful": "yes"})

    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0


def test_a_draft_takes_no_feedback(client, make_draft, clock):
    draft = make_draft()

    response = client.post(reverse("kb:feedback", args=[draft.pk]), {"helpful": "yes"})

    assert response.status_code == 404
    with pytest.raises(NotYetPublic):
        actions.give_feedback(
            article=draft, is_helpful=True, voter_key="k", at=clock.now
        )
    assert not ArticleTally.objects.exists()


def test_every_helpful_vote_is_announced_with_the_count(article, clock):
    heard = []

    def listen(count, **_kwargs):
        heard.append(count)

    article_helped.connect(listen)
    try:
        for reader, helped in [("a", True), ("b", False), ("c", True), ("c", True)]:
            actions.give_feedback(
                article=article, is_helpful=helped, voter_key=reader, at=clock.now
            )
    finally:
        article_helped.disconnect(listen)

    assert heard == [1, 2]


def test_publishing_again_keeps_the_counts(article, editor, clock):
    actions.give_feedback(article=article, is_helpful=True, voter_key="a", at=clock.now)

    actions.publish_article(article=article, by=editor)

    assert _counts(article) == (1, 0)


@pytest.mark.parametrize("number", [0, 2**31, 2**63, 10**24])
def test_an_article_nobody_could_have_numbered_is_not_found(client, site, number):
    assert client.get(f"/en/articles/{number}/feedback/").status_code == 404
    assert client.post(f"/en/articles/{number}/feedback/").status_code == 404
