import pytest
from django.contrib.auth.models import AnonymousUser

from community import actions, queries
from community.models import Answer, Question
from people.models import Person

pytestmark = pytest.mark.django_db

VISITOR = AnonymousUser()


def found(question, person=VISITOR):
    return queries.find_question(question.pk, person)


def page_for(question, person=VISITOR, page=1):
    return queries.thread_page(found(question, person), person, page)


def copies_of(answer, size):
    """Many answers at once; the page does not care how they came."""
    fields = {
        name: getattr(answer, name)
        for name in ("question", "author", "body", "body_html", "body_text")
    }
    made = Answer.objects.bulk_create(
        Answer(
            **fields,
            renderer_version=answer.renderer_version,
            created_at=answer.created_at,
        )
        for _ in range(size)
    )
    Question.objects.filter(pk=answer.question_id).update(answer_count=size + 1)
    return made


def test_answers_stand_accepted_first_then_official_then_by_votes(
    question, make_answer, asker, helper, stranger, desk_agent, clock
):
    plain = make_answer()
    liked = make_answer(by=stranger)
    accepted = make_answer()
    official = actions.post_official_answer(
        person=desk_agent,
        question=question,
        body="We have repaired the line this morning.",
        at=clock.now,
    )
    actions.vote(person=asker, post=liked, value=1, at=clock.now)
    actions.accept(person=asker, answer=accepted, at=clock.now)

    page = page_for(question)

    assert [shown.answer for shown in page.answers] == [
        accepted,
        official,
        liked,
        plain,
    ]
    assert [shown.is_accepted for shown in page.answers] == [True, False, False, False]


def test_a_reader_sees_their_own_marks(question, make_answer, asker, stranger, clock):
    answer = make_answer()
    actions.vote(person=stranger, post=answer, value=1, at=clock.now)
    actions.vote(person=stranger, post=question, value=1, at=clock.now)
    actions.follow(person=stranger, question=question, at=clock.now)
    actions.me_too(person=stranger, question=question, on=True, at=clock.now)

    mine, visitors = page_for(question, stranger), page_for(question)

    assert (mine.my_vote, mine.follows, mine.has_me_too) == (1, True, True)
    assert mine.answers[0].my_vote == 1
    assert (visitors.my_vote, visitors.follows, visitors.has_me_too) == (
        0,
        False,
        False,
    )


def test_a_page_offers_what_its_reader_may_do(
    question, make_answer, asker, helper, stranger, moderator, editor, clock
):
    answer = make_answer()

    asking, helping, strange = (
        page_for(question, person) for person in (asker, helper, stranger)
    )

    assert asking.may_edit
    assert asking.answers[0].may_accept
    assert not asking.answers[0].may_edit
    assert helping.answers[0].may_edit
    assert not helping.answers[0].may_accept
    assert not strange.may_edit
    assert not strange.answers[0].may_delete
    assert page_for(question, moderator).answers[0].may_delete
    assert not page_for(question, editor).may_draft_article
    actions.accept(person=asker, answer=answer, at=clock.now)
    assert page_for(question, editor).may_draft_article
    assert not page_for(question, asker).may_draft_article
    assert page_for(question, asker).may_reopen


def test_a_moderator_is_not_offered_their_own_answer(question, make_answer, moderator):
    make_answer(by=moderator)

    assert not page_for(question, moderator).answers[0].may_accept


def test_comments_stand_where_they_were_made(
    question, make_answer, asker, helper, clock
):
    answer = make_answer()
    on_question = actions.comment(
        person=helper, post=question, body="Which model?", at=clock.now
    )
    on_answer = actions.comment(
        person=asker, post=answer, body="Thank you!", at=clock.now
    )

    page = page_for(question)

    assert page.comments == [on_question]
    assert page.answers[0].comments == [on_answer]


def test_the_trace_names_people_and_the_time_between(
    question, make_answer, asker, helper, clock
):
    answer = make_answer(at=clock.move(minutes=46))
    actions.accept(person=asker, answer=answer, at=clock.now)

    asked, answered, accepted, _solved = page_for(question).events

    assert asked.gap is None
    assert answered.gap.total_seconds() == pytest.approx(46 * 60, abs=60)
    assert (accepted.actor, accepted.subject) == (asker, helper)


def test_removed_answers_and_comments_are_for_moderators(
    question, make_answer, helper, stranger, moderator, clock
):
    answer = make_answer()
    actions.delete(person=moderator, post=answer, at=clock.now)

    assert page_for(question).answers == []
    assert page_for(question, stranger).answers == []
    (kept,) = page_for(question, moderator).answers
    assert kept.may_restore


def test_thirty_answers_stand_on_a_page_and_every_answer_knows_its_own(
    question, make_answer
):
    made = copies_of(make_answer(), 70)

    page = page_for(question, page=3)

    assert page.page_count == 3
    assert len(page.answers) == 11
    assert [shown.answer for shown in page.answers] == made[-11:]
    assert queries.page_of_answer(made[0]) == 1
    assert queries.page_of_answer(made[29]) == 2
    assert queries.page_of_answer(made[-1]) == 3
    assert page_for(question, page=99).answers == []


def test_a_longer_thread_costs_no_more_queries(
    make_question,
    make_answer,
    helper,
    asker,
    stranger,
    clock,
    django_assert_num_queries,
):
    question = make_question(tags=["port-in", "esim", "app"])
    make_question(tags=["app"])
    answer = make_answer(question=question)
    actions.accept(person=asker, answer=answer, at=clock.now)
    copies_of(answer, 25)
    for post in (question, answer):
        actions.comment(person=stranger, post=post, body="Is it so?", at=clock.now)
    visitors_copy = found(question)
    with django_assert_num_queries(7):
        queries.thread_page(visitors_copy, VISITOR)

    copies_of(answer, 300)
    for number in range(5):
        actions.comment(
            person=asker, post=answer, body=f"Remark {number}", at=clock.move(hours=1)
        )

    with django_assert_num_queries(7):
        page = queries.thread_page(visitors_copy, VISITOR)
        for shown in page.answers:
            assert shown.answer.author.name
            assert shown.answer.author.tally.reputation
            assert shown.answer.get_absolute_url()
            assert shown.answer.body_html
    somebody = Person.objects.get(pk=stranger.pk)
    somebody.is_staff  # noqa: B018  reads the permissions, once a request
    with django_assert_num_queries(10):
        queries.thread_page(visitors_copy, somebody)


def test_finding_a_question_is_one_query(question, django_assert_num_queries):
    with django_assert_num_queries(1):
        kept = found(question)
        assert kept.author.name
        assert kept.circle.name


def test_related_threads_share_the_rarest_tags_and_the_language(
    make_question, make_answer, asker, stranger, clock
):
    question = make_question(tags=["app", "port-in"])
    near = make_question(tags=["app", "port-in"], by=stranger)
    also = make_question(tags=["port-in"], by=stranger)
    make_question(title="携号转网要等多久", tags=["port-in"], by=stranger)
    make_question(tags=["roaming"], by=stranger)
    gone = make_question(tags=["port-in"], by=stranger)
    actions.delete(person=stranger, post=gone, at=clock.now)

    related = page_for(question).related

    assert [one.id for one in related] == [near.pk, also.pk]
