import pytest
from haystack import connections

from community import actions
from community.models import Question
from community.search_indexes import find_questions, visible_questions

pytestmark = pytest.mark.django_db


def document_of(question):
    index = connections["default"].get_unified_index().get_index(Question)
    return index.document(index.index_queryset().get(pk=question.pk))


def test_a_thread_is_one_document_with_its_accepted_answer_apart(
    make_question, make_answer, asker, stranger, clock
):
    question = make_question(tags=["port-in"])
    accepted = make_answer(
        question=question, body="Photograph the card again in daylight."
    )
    make_answer(
        question=question, by=stranger, body="Wait until Monday, offices are closed."
    )
    actions.accept(person=asker, answer=accepted, at=clock.now)

    shown = document_of(question).shown

    assert shown["title"] == question.title
    assert "daylight" in shown["texts"]["accepted"]
    assert "Monday" in shown["texts"]["answers"]
    assert "daylight" not in shown["texts"]["answers"]
    assert (shown["status"], shown["answers"]) == ("solved", 2)
    assert (shown["circle"], shown["tag_names"]) == ("general", ["port-in"])


def test_a_removed_answer_is_not_found(make_question, make_answer, helper, clock):
    question = make_question()
    answer = make_answer(question=question, body="A secret word: xylophone, honestly.")
    actions.delete(person=helper, post=answer, at=clock.now)

    assert "xylophone" not in str(document_of(question))


def test_only_what_anybody_may_see_is_indexed(make_question, asker, moderator, clock):
    kept, gone, hidden = make_question(), make_question(), make_question()
    actions.delete(person=asker, post=gone, at=clock.now)
    actions.hide_post(post=hidden, by=moderator, at=clock.now)
    index = connections["default"].get_unified_index().get_index(Question)

    assert list(index.index_queryset()) == [kept]
    assert visible_questions([kept.pk, gone.pk, hidden.pk]) == {kept.pk}


def test_many_documents_cost_no_more_queries(
    make_question, make_answer, make_crowd, django_assert_num_queries
):
    index = connections["default"].get_unified_index().get_index(Question)
    crowd = make_crowd(6)
    make_answer(question=make_question(tags=["a1"]))

    with django_assert_num_queries(3):
        [index.document(one) for one in index.index_queryset()]
    for neighbour in crowd:
        make_answer(by=neighbour, question=make_question(by=neighbour, tags=["a1"]))
    with django_assert_num_queries(3):
        assert len([index.document(one) for one in index.index_queryset()]) == 7


@pytest.mark.parametrize(
    ("title", "asked"),
    [
        ("Port-in stuck in review for three days", "port-in review"),
        ("携号转网提交三天还在审核中", "携号转网 审核"),
    ],
)
def test_the_database_finds_threads_while_there_is_no_index(
    make_question, asker, clock, title, asked
):
    question = make_question(title=title)
    gone = make_question(title=f"{title}（二）")
    actions.delete(person=asker, post=gone, at=clock.now)

    hits = find_questions(asked, None, 10)

    assert [hit.pk for hit in hits] == [str(question.pk)]
    assert find_questions(asked, question.language, 10)
    assert not find_questions("zebra crossing", None, 10)
    assert not find_questions("  ", None, 10)


@pytest.mark.parametrize(
    "change", ["ask", "answer", "accept", "unaccept", "edit", "vote", "delete"]
)
def test_every_visible_change_reaches_the_index(
    change, make_question, make_answer, asker, helper, stranger, clock
):
    from common.models import OutboxRow

    question = make_question()
    answer = make_answer(question=question)
    if change == "unaccept":
        actions.accept(person=asker, answer=answer, at=clock.now)
    OutboxRow.objects.all().delete()

    match change:
        case "ask":
            question = make_question()
        case "answer":
            make_answer(question=question)
        case "accept":
            actions.accept(person=asker, answer=answer, at=clock.now)
        case "unaccept":
            actions.unaccept(person=asker, question=question, at=clock.now)
        case "edit":
            actions.edit_answer(
                person=helper,
                answer=answer,
                body="Switch it off and on again, then wait.",
                at=clock.now,
            )
        case "vote":
            actions.vote(person=stranger, post=answer, value=1, at=clock.now)
        case "delete":
            actions.delete(person=helper, post=answer, at=clock.now)

    key = f"search:community.question:{question.pk}"
    assert OutboxRow.objects.filter(key=key).exists()


def test_a_thread_is_narrowed_down_by_its_names(make_question, asker, helper, clock):
    from search.registries import author_finder

    question = make_question(tags=["携号转网"])
    asked_by = author_finder()
    filters = document_of(question).filters

    assert asked_by(asker.handle.upper()) in filters["by"]
    assert asked_by(helper.handle) not in filters["by"]
    assert asked_by("nobody-here") == ""
    assert "携号转网" in filters["tag_word"]
    assert question.circle.slug in filters["circle_word"]
    assert question.circle.name_zh in filters["circle_word"]


def test_nobody_is_found_by_the_handle_of_an_erased_person(asker, clock):
    from people.actions import erase_person
    from search.registries import author_finder

    handle = asker.handle
    erase_person(person=asker, at=clock.now)
    asker.refresh_from_db()

    assert author_finder()(handle) == ""
    assert author_finder()(asker.handle) == ""
