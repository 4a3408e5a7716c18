import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import ModelLogEntry

from community import actions, queries
from community.models import Answer, ArticleSource, Circle, Flag, Question, Tag
from kb.models import ArticlePage

pytestmark = pytest.mark.django_db

QUEUE = "/admin/moderation/"


@pytest.fixture
def answer(make_answer):
    return make_answer(body="Buy <b>cheap numbers</b> from my own shop, call me now!")


@pytest.fixture
def flag(answer, stranger):
    return actions.flag(
        person=stranger,
        post=answer,
        reason="spam",
        note="<script>alert(1)</script>",
        at=timezone.now(),
    )


def logged():
    return list(ModelLogEntry.objects.order_by("pk").values_list("action", flat=True))


# The queue


def test_moderators_see_what_was_reported_and_why(client_of, moderator, flag, stranger):
    page = client_of(moderator).get(QUEUE)

    assert page.status_code == 200
    assert "Buy &lt;b&gt;cheap numbers" in page.text
    assert "Advertising or spam" in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    assert "<script>alert(1)" not in page.text
    assert stranger.name in page.text


def test_an_upheld_report_hides_the_post_and_is_logged(
    client_of, moderator, flag, answer
):
    page = client_of(moderator).post(
        f"{QUEUE}flags/{flag.pk}/uphold/", {"reason": "Advertising"}
    )

    answer.refresh_from_db()
    flag.refresh_from_db()
    assert page.status_code == 302
    assert (answer.state, answer.deleted_reason) == ("hidden", "Advertising")
    assert (flag.state, flag.handled_by) == ("upheld", moderator)
    assert logged() == ["community.uphold"]


def test_a_dismissed_report_leaves_the_post(client_of, moderator, flag, answer):
    client_of(moderator).post(f"{QUEUE}flags/{flag.pk}/dismiss/")

    answer.refresh_from_db()
    flag.refresh_from_db()
    assert answer.is_visible
    assert flag.state == "dismissed"
    assert logged() == ["community.dismiss"]


def test_waiting_posts_are_published_or_hidden(
    client_of, moderator, question, answer, clock
):
    Question.objects.filter(pk=question.pk).update(state="pending")
    Answer.objects.filter(pk=answer.pk).update(state="pending")
    client = client_of(moderator)
    assert question.title in client.get(QUEUE).text

    client.post(f"{QUEUE}questions/{question.pk}/publish/")
    client.post(f"{QUEUE}answers/{answer.pk}/hide/", {"reason": "Advertising"})

    question.refresh_from_db()
    answer.refresh_from_db()
    assert question.is_visible
    assert answer.state == "hidden"
    assert client.post(f"{QUEUE}people/1/hide/").status_code == 404


def test_what_was_held_back_longest_comes_first(
    client_of, moderator, make_question, make_crowd, clock
):
    held = [
        make_question(
            by=one, title=f"Held back as number {n}", at=clock.move(minutes=1)
        )
        for n, one in enumerate(make_crowd(3))
    ]
    Question.objects.update(state="pending")

    assert queries.waiting_posts(limit=2) == held[:2]
    assert queries.waiting().held_back == 3
    page = client_of(moderator).get(QUEUE).text
    assert page.index(held[0].title) < page.index(held[2].title)


def test_removed_questions_are_listed(client_of, moderator, question, clock):
    actions.delete(person=moderator, post=question, at=clock.now, reason="Doubled")

    page = client_of(moderator).get(f"{QUEUE}removed/")

    assert question.title in page.text
    assert "Doubled" in page.text


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("get", ""),
        ("get", "removed/"),
        ("post", "flags/{flag}/uphold/"),
        ("post", "flags/{flag}/dismiss/"),
        ("post", "answers/{answer}/publish/"),
        ("post", "answers/{answer}/hide/"),
    ],
)
def test_the_queue_is_the_moderators(
    client_of, editor, desk_agent, stranger, flag, answer, method, address
):
    url = QUEUE + address.format(flag=flag.pk, answer=answer.pk)

    for person in (editor, desk_agent):
        assert getattr(client_of(person), method)(url).status_code == 403
    for client in (client_of(stranger), Client()):
        assert getattr(client, method)(url).status_code in (302, 403, 404)
    answer.refresh_from_db()
    assert answer.is_visible
    assert Flag.objects.get().state == "open"


@pytest.mark.parametrize("verb", ["uphold", "dismiss"])
def test_decisions_are_no_gets_and_need_the_token(client_of, moderator, flag, verb):
    url = f"{QUEUE}flags/{flag.pk}/{verb}/"
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client_of(moderator).cookies

    assert client_of(moderator).get(url).status_code == 405
    assert strict.post(url).status_code == 403
    flag.refresh_from_db()
    assert flag.state == "open"


# Circles and tags


def test_managers_make_and_close_circles(client_of, manager, circle):
    client = client_of(manager)

    made = client.post(
        "/admin/circles/new/",
        {
            "slug": "roaming",
            "name_en": "Roaming",
            "name_zh": "漫游",
            "position": "3",
            "is_open": "on",
        },
    )
    roaming = Circle.objects.get(slug="roaming")
    client.post(
        f"/admin/circles/edit/{roaming.pk}/",
        {
            "slug": "roaming",
            "name_en": "Roaming abroad",
            "name_zh": "漫游",
            "position": "3",
        },
    )

    roaming.refresh_from_db()
    assert made.status_code == 302
    assert (roaming.name_en, roaming.is_open) == ("Roaming abroad", False)
    ask = client.get("/en/questions/ask/")
    assert '<option value="roaming">' not in ask.text


def test_managers_join_two_tags(client_of, manager, make_question):
    question = make_question(tags=["E sim"])
    other = make_question(title="Which phones can do this at all", tags=["eSIM"])
    tag, canonical = Tag.objects.get(name="E sim"), Tag.objects.get(name="eSIM")

    page = client_of(manager).post(
        f"/admin/tags/edit/{tag.pk}/",
        {
            "name": "E sim",
            "slug": tag.slug,
            "language": "en",
            "synonym_of": canonical.slug,
            "translation_of": "",
        },
    )

    tag.refresh_from_db()
    canonical.refresh_from_db()
    assert page.status_code == 302
    assert tag.synonym_of == canonical
    assert canonical.question_count == 2
    assert list(question.tags.all()) == list(other.tags.all()) == [canonical]


def test_a_renamed_tag_is_found_by_its_new_name(client_of, manager, make_question):
    make_question(tags=["roamin"])
    make_question(title="Which phones can do this at all", tags=["bill"])
    tag = Tag.objects.get(name="roamin")
    client = client_of(manager)
    values = {"slug": "roaming", "language": "en", "synonym_of": ""}

    taken = client.post(f"/admin/tags/edit/{tag.pk}/", values | {"name": "ＢＩＬＬ"})
    client.post(f"/admin/tags/edit/{tag.pk}/", values | {"name": "Roaming"})

    tag.refresh_from_db()
    assert taken.status_code == 200
    assert "There is a tag of this name already." in taken.text
    assert (tag.name, tag.name_key, tag.slug) == ("Roaming", "roaming", "roaming")


@pytest.mark.parametrize("place", ["circles", "tags"])
def test_circles_and_tags_are_the_managers(
    client_of, moderator, editor, manager, circle, place
):
    for person in (moderator, editor):
        page = client_of(person).post(f"/admin/{place}/new/", {"slug": "mine"})
        assert page.status_code in (302, 403, 404)
        assert "/admin/circles/" not in client_of(person).get("/admin/").text
    assert client_of(manager).get(f"/admin/{place}/").status_code == 200
    assert not Circle.objects.filter(slug="mine").exists()
    assert not Tag.objects.filter(slug="mine").exists()


def test_nobody_deletes_a_circle(client_of, manager, circle):
    client_of(manager).post(f"/admin/circles/delete/{circle.pk}/")

    assert Circle.objects.filter(pk=circle.pk).exists()


# On the thread's own page


def test_moderators_hide_delete_and_restore_in_place(
    client_of, moderator, question, answer
):
    client, url = client_of(moderator), f"/en/answers/{answer.pk}"

    asks = client.get(f"{url}/remove/")
    client.post(f"{url}/hide/", {"reason": "Advertising"})
    answer.refresh_from_db()
    assert f"{url}/hide/" in asks.text
    assert answer.state == "hidden"
    assert "only its author and the moderators" in (
        client.get(question.get_absolute_url()).text
    )

    client.post(f"{url}/restore/")
    client.post(f"{url}/delete/")
    answer.refresh_from_db()
    assert answer.state == "deleted"
    assert logged() == ["community.hide", "community.restore", "community.delete"]


def test_moderators_move_a_thread_to_its_language_and_circle(
    client_of, moderator, question
):
    Circle.objects.create(slug="roaming", name_en="Roaming", name_zh="漫游")
    old = question.get_absolute_url()

    page = client_of(moderator).post(
        f"/en/questions/{question.pk}/place/",
        {"circle": "roaming", "language": "zh-hans"},
    )

    question.refresh_from_db()
    assert page["Location"] == question.get_absolute_url()
    assert question.get_absolute_url().startswith("/zh-hans/")
    assert question.circle.slug == "roaming"
    assert Client().get(old)["Location"] == question.get_absolute_url()


def test_moderators_merge_by_number_or_address(client_of, moderator, make_question):
    stays = make_question()
    goes = make_question(title="Port-in has been in review since Saturday")
    client, url = client_of(moderator), f"/en/questions/{goes.pk}/merge/"

    unknown = client.post(url, {"into": "no such thing"})
    itself = client.post(url, {"into": str(goes.pk)})
    merged = client.post(
        url, {"into": f"https://hall.example{stays.get_absolute_url()}"}
    )

    assert unknown.status_code == itself.status_code == 400
    assert "no visible question with this number" in unknown.text
    goes.refresh_from_db()
    assert merged["Location"] == stays.get_absolute_url()
    assert goes.merged_into == stays


@pytest.mark.parametrize("verb", ["place", "merge", "article"])
def test_members_neither_move_nor_merge_nor_draft(
    client_of, stranger, asker, question, verb
):
    for person in (stranger, asker):
        url = f"/en/questions/{question.pk}/{verb}/"
        assert client_of(person).get(url).status_code == 403
        assert client_of(person).post(url, {"into": "1"}).status_code == 403


def test_an_editor_turns_a_solved_thread_into_a_draft(
    client_of, editor, asker, question, make_answer, clock
):
    from kb.queries import topics

    answer = make_answer()
    client, url = client_of(editor), f"/en/questions/{question.pk}/article/"
    assert client.get(url).status_code == 409
    actions.accept(person=asker, answer=answer, at=clock.now)
    topic = make_topic()

    form = client.get(url)
    without = client.post(url, {"topic": topic.pk})
    made = client.post(url, {"topic": topic.pk, "answers": [answer.pk]})

    article = ArticlePage.objects.get()
    assert "checked" in form.text
    assert without.status_code == 400
    assert made["Location"] == f"/admin/pages/{article.pk}/edit/"
    assert not article.live
    assert ArticleSource.objects.get(article=article).answer == answer
    assert topics("en")


def test_one_click_in_the_thread_makes_the_suggested_draft(
    client_of, editor, asker, stranger, make_question, make_answer, clock
):
    question = make_question(tags=["esim"])
    make_answer(question=question, by=stranger)
    answer = make_answer(question=question)
    make_topic("Accounts")
    topic = make_topic("Phones", tags=["esim", "sim"])
    url = f"/en/questions/{question.pk}/article/"
    client = client_of(editor)
    assert "as_suggested" not in client.get(question.get_absolute_url()).text
    actions.accept(person=asker, answer=answer, at=clock.now)

    offered = client.get(question.get_absolute_url())
    made = client.post(url, {"as_suggested": "1"})
    again = client.post(url, {"as_suggested": "1"})

    article = ArticlePage.objects.get()
    assert f'action="{url}"' in offered.text
    assert "as_suggested" in offered.text
    assert made["Location"] == again["Location"] == f"/admin/pages/{article.pk}/edit/"
    assert article.get_parent().pk == topic.pk
    assert [one.answer for one in ArticleSource.objects.all()] == [answer]
    assert "as_suggested" not in client_of(asker).get(question.get_absolute_url()).text


def test_without_a_topic_one_click_says_what_is_missing(
    client_of, editor, asker, question, make_answer, clock
):
    from kb.models import TopicPage

    actions.accept(person=asker, answer=make_answer(), at=clock.now)
    TopicPage.objects.all().delete()

    refused = client_of(editor).post(
        f"/en/questions/{question.pk}/article/", {"as_suggested": "1"}
    )

    assert refused.status_code == 400
    assert "Choose the topic it will stand in." in refused.text
    assert not ArticlePage.objects.exists()


def make_topic(title="Porting", tags=()):
    from kb.models import TopicPage
    from kb.queries import topic_index

    index = topic_index("en")
    return index.add_child(
        instance=TopicPage(
            title=title, slug=title.lower(), tags=list(tags), locale=index.locale
        )
    )
