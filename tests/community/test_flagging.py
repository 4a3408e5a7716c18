import pytest

from common.errors import NotAllowed, TooMany
from community import actions, errors, queries
from community.models import Flag

pytestmark = pytest.mark.django_db


@pytest.fixture
def answer(make_answer):
    return make_answer()


def flagged(post, person, at, **fields):
    values = {"reason": "spam", "note": ""} | fields
    return actions.flag(person=person, post=post, at=at, **values)


def test_one_person_flags_a_post_once(answer, stranger, clock):
    first = flagged(answer, stranger, clock.now, note="Sells numbers")
    second = flagged(answer, stranger, clock.now, reason="rude")

    assert first == second
    assert list(queries.open_flags()) == [first]
    assert queries.open_flags().get().note == "Sells numbers"


def test_nobody_flags_their_own_post(answer, helper, clock):
    with pytest.raises(errors.OwnPost):
        flagged(answer, helper, clock.now)
    assert not Flag.objects.exists()


def test_a_flag_has_one_of_the_reasons(answer, stranger, clock):
    with pytest.raises(errors.NotAReason):
        flagged(answer, stranger, clock.now, reason="ugly")


def test_an_upheld_flag_hides_the_post_and_settles_all_flags_on_it(
    answer, question, asker, stranger, moderator, clock
):
    flag = flagged(answer, stranger, clock.now)
    flagged(answer, asker, clock.now, reason="rude")

    actions.uphold_flag(flag=flag, by=moderator, at=clock.now)

    answer.refresh_from_db()
    question.refresh_from_db()
    assert answer.state == "hidden"
    assert question.answer_count == 0
    assert not queries.open_flags().exists()
    assert Flag.objects.filter(state="upheld", handled_by=moderator).count() == 2


def test_a_dismissed_flag_leaves_the_post(answer, stranger, moderator, clock):
    flag = flagged(answer, stranger, clock.now)

    settled = actions.dismiss_flag(flag=flag, by=moderator, at=clock.now)

    answer.refresh_from_db()
    assert (settled.state, answer.state) == ("dismissed", "visible")


def test_only_moderators_decide_and_never_about_themselves(
    question, make_answer, stranger, asker, moderator, clock
):
    theirs = make_answer(by=moderator)
    flag = flagged(theirs, stranger, clock.now)

    with pytest.raises(NotAllowed):
        actions.dismiss_flag(flag=flag, by=asker, at=clock.now)
    with pytest.raises(NotAllowed):
        actions.hide_post(post=theirs, by=asker, at=clock.now)
    with pytest.raises(errors.OwnPost):
        actions.dismiss_flag(flag=flag, by=moderator, at=clock.now)
    flag.refresh_from_db()
    assert flag.state == "open"


def test_hidden_is_seen_by_its_author_and_moderators_only(
    question, asker, stranger, moderator, clock
):
    actions.hide_post(post=question, by=moderator, at=clock.now, reason="Private data")

    assert queries.find_question(question.pk, asker) == question
    assert queries.find_question(question.pk, moderator) == question
    with pytest.raises(type(question).DoesNotExist):
        queries.find_question(question.pk, stranger)

    actions.unhide_post(post=question, by=moderator, at=clock.now)
    assert queries.find_question(question.pk, stranger) == question


def test_hiding_an_accepted_answer_reopens_the_thread(
    question, answer, asker, moderator, clock
):
    actions.accept(person=asker, answer=answer, at=clock.now)

    actions.hide_post(post=answer, by=moderator, at=clock.now)

    question.refresh_from_db()
    assert question.status == "open"


def test_the_sixth_flag_in_an_hour_waits(
    question, make_crowd, make_answer, stranger, clock
):
    answers = [make_answer(by=neighbour) for neighbour in make_crowd(6)]
    for answer in answers[:5]:
        flagged(answer, stranger, clock.now)

    with pytest.raises(TooMany):
        flagged(answers[5], stranger, clock.now)
