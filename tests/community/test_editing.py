import pytest

from common.errors import NotAllowed
from community import actions, errors, queries
from community.models import PostRevision, Tag

pytestmark = pytest.mark.django_db

NEW_TITLE = "Port-in in review for four days, can I cancel?"
NEW_BODY = "I sent it on Saturday, paid, and was told to wait. Is that normal?"


def edit(question, person, at, **changes):
    wanted = {
        "title": question.title,
        "body": question.body,
        "tags": [tag.name for tag in question.tags.all()],
    } | changes
    return actions.edit_question(person=person, question=question, at=at, **wanted)


def test_an_edit_keeps_how_it_read_before(make_question, asker, clock):
    question = make_question(tags=["port-in"])
    old = (question.title, question.body)

    edited = edit(
        question,
        asker,
        clock.move(hours=1),
        title=NEW_TITLE,
        body=NEW_BODY,
        tags=["review"],
        note="clearer",
    )

    first, second = queries.history(edited)
    assert (first.title, first.body, first.tags) == (*old, ["port-in"])
    assert (second.title, second.body, second.tags) == (NEW_TITLE, NEW_BODY, ["review"])
    assert (second.editor, second.note, second.at) == (asker, "clearer", clock.now)
    assert edited.slug == "port-in-in-review-for-four-days-can-i-cancel"
    assert edited.edited_at == clock.now
    assert dict(Tag.objects.values_list("name", "question_count")) == {
        "port-in": 0,
        "review": 1,
    }


def test_saving_without_a_change_keeps_no_version(question, asker, clock):
    edited = edit(question, asker, clock.now)

    assert edited.edited_at is None
    assert not PostRevision.objects.exists()


def test_a_moderator_may_edit_and_a_stranger_may_not(
    question, moderator, stranger, clock
):
    with pytest.raises(errors.NotYourPost):
        edit(question, stranger, clock.now, body=NEW_BODY)
    question.refresh_from_db()
    assert question.body != NEW_BODY

    assert edit(question, moderator, clock.now, body=NEW_BODY).body == NEW_BODY


def test_only_staff_change_the_language(question, asker, moderator, clock):
    with pytest.raises(NotAllowed):
        edit(question, asker, clock.now, language="zh-hans")

    assert (
        edit(question, moderator, clock.now, language="zh-hans").language == "zh-hans"
    )


def test_an_edit_is_held_to_what_a_new_question_is(question, asker, clock):
    with pytest.raises(errors.TitleTooShort):
        edit(question, asker, clock.now, title="Help")
    with pytest.raises(errors.BodyTooShort):
        edit(question, asker, clock.now, body="Help")


def test_a_newcomer_cannot_edit_links_in(make_person, make_question, clock):
    newcomer = make_person("newcomer", at=clock.now)
    question = make_question(by=newcomer, at=clock.now)
    links = " ".join(f"https://example.com/{number}" for number in range(3))

    with pytest.raises(errors.TooManyLinks):
        edit(question, newcomer, clock.now, body=links)


def test_an_answer_keeps_its_versions_and_its_voice(make_answer, helper, asker, clock):
    helper.standing = "agent"
    answer = make_answer()
    helper.standing = "member"

    edited = actions.edit_answer(
        person=helper, answer=answer, body=NEW_BODY, at=clock.move(minutes=1)
    )

    assert edited.voice == "agent"
    assert [version.body for version in queries.history(edited)] == [
        answer.body,
        NEW_BODY,
    ]
    with pytest.raises(errors.NotYourPost):
        actions.edit_answer(person=asker, answer=answer, body=NEW_BODY, at=clock.now)


def test_a_comment_is_edited_by_its_author_only(question, helper, asker, clock):
    remark = actions.comment(
        person=helper, post=question, body="Which phone is it?", at=clock.now
    )

    edited = actions.edit_comment(
        person=helper, comment=remark, body="Which model is it?", at=clock.now
    )

    assert edited.body_text == "Which model is it?"
    with pytest.raises(errors.NotYourPost):
        actions.edit_comment(
            person=asker, comment=remark, body="It is mine now", at=clock.now
        )


def test_what_was_written_before_cannot_be_rewritten(question, asker, clock):
    edit(question, asker, clock.now, body=NEW_BODY)

    with pytest.raises(Exception, match=r"(?i)append|only|refuse|change"):
        PostRevision.objects.update(body="It never said that.")
