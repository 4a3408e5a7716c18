import pytest

from common.errors import NotAllowed
from community import actions, errors, queries
from community.models import ArticleSource
from community.signals import article_credited
from kb import actions as kb_actions
from kb.models import ArticlePage

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic(site):
    return kb_actions.add_topic(language="en", title="Moving your number")


@pytest.fixture
def answer(make_answer):
    return make_answer()


@pytest.fixture
def solved(question, answer, asker, clock):
    return actions.accept(person=asker, answer=answer, at=clock.now)


def draft(question, answers, topic, by, at):
    return actions.draft_article(
        question=question, answers=answers, topic=topic, by=by, at=at
    )


def test_an_editor_turns_a_solved_thread_into_a_draft(
    solved, answer, topic, editor, helper, clock
):
    article = draft(solved, [answer], topic, editor, clock.now)

    source = ArticleSource.objects.get()
    assert not article.live
    assert article.title == solved.title
    assert (source.question, source.answer, source.person) == (solved, answer, helper)
    assert source.credited_at is None


def test_a_second_click_gives_the_same_draft(solved, answer, topic, editor, clock):
    first = draft(solved, [answer], topic, editor, clock.now)
    second = draft(solved, [answer], topic, editor, clock.now)

    assert first.pk == second.pk
    assert ArticlePage.objects.count() == 1


def test_only_editors_only_solved_threads_only_their_answers(
    make_question, make_answer, solved, answer, topic, editor, moderator, clock
):
    other = make_question()
    elsewhere = make_answer(question=other)

    with pytest.raises(NotAllowed):
        draft(solved, [answer], topic, moderator, clock.now)
    with pytest.raises(errors.NotSolvedYet):
        draft(other, [elsewhere], topic, editor, clock.now)
    with pytest.raises(errors.NotInThisThread):
        draft(solved, [elsewhere], topic, editor, clock.now)
    assert not ArticlePage.objects.exists()


def test_publication_thanks_each_helper_once(
    solved, answer, topic, editor, clock, trace_of, heard
):
    credited = heard(article_credited)
    article = draft(solved, [answer], topic, editor, clock.now)
    assert not credited

    article = kb_actions.publish_article(article=article, by=editor)
    kb_actions.unpublish_article(article=article, by=editor)
    article.refresh_from_db()
    kb_actions.publish_article(article=article, by=editor)

    assert [(one["source"].answer, one["question"]) for one in credited] == [
        (answer, solved)
    ]
    assert trace_of(solved)[-1] == "article_published"
    assert trace_of(solved).count("article_published") == 1
    assert ArticleSource.objects.get().credited_at is not None


def test_a_second_article_after_the_first_was_thrown_away_pays_nobody_again(
    solved, answer, topic, editor, clock, heard
):
    credited = heard(article_credited)
    first = draft(solved, [answer], topic, editor, clock.now)
    kb_actions.publish_article(article=first, by=editor)
    ArticlePage.objects.get(pk=first.pk).delete()

    second = draft(solved, [answer], topic, editor, clock.now)
    kb_actions.publish_article(article=second, by=editor)

    assert len(credited) == 1


def test_the_thread_links_to_the_article_once_it_is_public(
    solved, answer, topic, editor, helper, clock
):
    article = draft(solved, [answer], topic, editor, clock.now)
    assert queries.thread_page(solved, helper).articles == []

    kb_actions.publish_article(article=article, by=editor)

    links = queries.thread_page(solved, helper).articles
    assert [(link.title, link.url) for link in links] == [
        (article.title, ArticlePage.objects.get().get_url())
    ]


def test_the_thread_leads_to_no_article_that_was_taken_down(
    solved, answer, topic, editor, clock, client
):
    article = draft(solved, [answer], topic, editor, clock.now)
    article = kb_actions.publish_article(article=article, by=editor)
    address = article.get_url()
    thread = solved.get_absolute_url()
    step = f'class="trace-word" href="{address}"'
    assert step in client.get(thread).text

    kb_actions.unpublish_article(article=article, by=editor)
    without = client.get(thread).text
    assert address not in without
    assert 'data-event="article_published"' in without

    article.refresh_from_db()
    kb_actions.publish_article(article=article, by=editor)
    assert step in client.get(thread).text
