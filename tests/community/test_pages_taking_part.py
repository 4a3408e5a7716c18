import pytest
from django.test import Client

from community import actions
from community.models import Answer, Comment, Flag, Question, Vote

pytestmark = pytest.mark.django_db

HELP = "Take the photo again in daylight, that is what was wrong with mine."


@pytest.fixture
def answer(make_answer):
    return make_answer()


@pytest.fixture
def mine(client_of, asker):
    return client_of(asker)


@pytest.fixture
def theirs(client_of, stranger):
    return client_of(stranger)


# Answering


def test_an_answer_leads_to_itself(theirs, question):
    page = theirs.post(f"/en/questions/{question.pk}/answer/", {"body": HELP})

    posted = Answer.objects.get()
    assert page.status_code == 302
    assert page["Location"] == f"{question.get_absolute_url()}#answer-{posted.pk}"


def test_an_answer_is_taken_under_the_other_prefix_too(theirs, question):
    page = theirs.post(f"/zh-hans/questions/{question.pk}/answer/", {"body": HELP})

    assert page.status_code == 302
    assert page["Location"].startswith(question.get_absolute_url())


def test_a_refused_answer_stays_in_its_form(theirs, question):
    short = theirs.post(f"/en/questions/{question.pk}/answer/", {"body": "Me too!"})
    long = theirs.post(f"/en/questions/{question.pk}/answer/", {"body": "b" * 30_001})

    assert short.status_code == long.status_code == 400
    assert "Me too!" in short.text
    assert "at least 20 characters" in short.text
    assert "1 character too long" in long.text
    assert "b" * 30_001 in long.text
    assert not Answer.objects.exists()


def test_visitors_are_sent_to_sign_in_and_back_to_the_form(question):
    page = Client().get(f"/en/questions/{question.pk}/answer/")

    assert page.status_code == 302
    assert page["Location"] == (
        f"/accounts/login/?next=%2Fen%2Fquestions%2F{question.pk}%2Fanswer%2F"
    )


# Commenting


def test_a_comment_is_said_with_and_without_script(theirs, mine, question, answer):
    plain = theirs.post(
        f"/en/answers/{answer.pk}/comment/", {"body": "Worked for me <b>too</b>"}
    )
    swapped = mine.post(
        f"/en/questions/{question.pk}/comment/",
        {"body": "It is an older phone by the way"},
        headers={"HX-Request": "true"},
    )

    said = Comment.objects.get(answer=answer)
    assert plain.status_code == 302
    assert plain["Location"].endswith(f"#comment-{said.pk}")
    assert swapped.status_code == 200
    assert f'id="comments-questions-{question.pk}"' in swapped.text
    assert "It is an older phone" in swapped.text
    assert 'hx-swap-oob="true"' in swapped.text
    assert "csrfmiddlewaretoken" in swapped.text
    page = Client().get(question.get_absolute_url()).text
    assert "Worked for me &lt;b&gt;too&lt;/b&gt;" in page


def test_a_refused_comment_is_kept_where_it_was_typed(theirs, answer):
    url = f"/en/answers/{answer.pk}/comment/"

    plain = theirs.post(url, {"body": "c" * 1_001})
    swapped = theirs.post(url, {"body": "no"}, headers={"HX-Request": "true"})

    assert plain.status_code == swapped.status_code == 400
    assert "c" * 1_001 in plain.text
    assert swapped["HX-Retarget"] == f"#reply-answers-{answer.pk}"
    assert "at least" in swapped.text
    assert ">\nno</textarea>" in swapped.text
    assert not Comment.objects.exists()


def test_comments_have_no_comments(theirs, mine, question):
    said = actions.comment(
        person=question.author,
        post=question,
        body="It is an older phone",
        at=question.created_at,
    )

    assert theirs.post(f"/en/comments/{said.pk}/comment/").status_code == 404
    assert theirs.post(f"/en/comments/{said.pk}/vote/").status_code == 404
    assert theirs.get(f"/en/comments/{said.pk}/history/").status_code == 404
    assert theirs.get(f"/en/comments/{said.pk}/")["Location"].endswith(
        f"#comment-{said.pk}"
    )


# Judging


def test_a_vote_counts_and_is_taken_back(theirs, answer):
    url = f"/en/answers/{answer.pk}/vote/"

    voted = theirs.post(url, {"value": "1"})
    answer.refresh_from_db()
    assert voted.status_code == 302
    assert voted["Location"].endswith(f"#answer-{answer.pk}")
    assert answer.vote_score == 1

    swapped = theirs.post(url, {"value": "0"}, headers={"HX-Request": "true"})
    answer.refresh_from_db()
    assert answer.vote_score == 0
    assert swapped.text.strip().startswith("<form")
    assert 'aria-pressed="true"' not in swapped.text


@pytest.mark.parametrize(
    "value", ["", "2", "-2", "1.0", "true", "１", " 1", "[]", None]
)
def test_only_three_votes_exist(theirs, answer, value):
    data = {} if value is None else {"value": value}

    page = theirs.post(f"/en/answers/{answer.pk}/vote/", data)

    assert page.status_code == 400
    assert not Vote.objects.exists()


def test_two_votes_in_one_form_are_none(theirs, answer):
    page = theirs.post(f"/en/answers/{answer.pk}/vote/", {"value": ["1", "-1"]})

    assert page.status_code == 400
    assert not Vote.objects.exists()


def test_nobody_votes_on_their_own_post(mine, question, client_of, helper, answer):
    own_question = mine.post(f"/en/questions/{question.pk}/vote/", {"value": "1"})
    own_answer = client_of(helper).post(
        f"/en/answers/{answer.pk}/vote/", {"value": "1"}, headers={"HX-Request": "true"}
    )

    assert own_question.status_code == own_answer.status_code == 403
    assert "your own post" in own_question.text
    assert own_answer["HX-Retarget"] == "#toasts"
    assert not Vote.objects.exists()


def test_the_asker_accepts_and_takes_it_back(mine, question, answer):
    accepted = mine.post(f"/en/answers/{answer.pk}/accept/")
    question.refresh_from_db()
    assert accepted.status_code == 302
    assert question.accepted_answer == answer
    assert question.status == "solved"

    mine.post(f"/en/answers/{answer.pk}/accept/", {"value": "0"})
    question.refresh_from_db()
    assert question.accepted_answer is None
    assert question.status == "answered"


def test_accepting_may_be_addressed_by_the_question(mine, question, answer):
    url = f"/en/questions/{question.pk}"

    mine.post(f"{url}/accept/", {"answer": answer.pk})
    question.refresh_from_db()
    assert question.accepted_answer == answer

    mine.post(f"{url}/unaccept/")
    question.refresh_from_db()
    assert question.accepted_answer is None
    for wrong in ("", "x", "-1", "9" * 30, "①"):
        assert mine.post(f"{url}/accept/", {"answer": wrong}).status_code == 400


def test_others_cannot_accept(theirs, client_of, helper, question, answer):
    by_stranger = theirs.post(f"/en/answers/{answer.pk}/accept/")
    by_helper = client_of(helper).post(f"/en/answers/{answer.pk}/accept/")

    assert by_stranger.status_code == by_helper.status_code == 403
    question.refresh_from_db()
    assert question.accepted_answer is None


def test_an_old_page_takes_back_nothing(mine, question, answer, make_answer, stranger):
    other = make_answer(by=stranger)
    mine.post(f"/en/answers/{other.pk}/accept/")

    mine.post(f"/en/answers/{answer.pk}/accept/", {"value": "0"})

    question.refresh_from_db()
    assert question.accepted_answer == other


def test_the_asker_opens_again_what_staff_took_for_solved(
    mine, theirs, question, make_answer, desk_agent, clock
):
    official = make_answer(by=desk_agent, voice="official")
    actions.settle_officially(
        question=question, answer=official, by=desk_agent, at=clock.now
    )
    url = f"/en/questions/{question.pk}/reopen/"
    assert url in mine.get(question.get_absolute_url()).text
    assert url not in theirs.get(question.get_absolute_url()).text

    assert theirs.post(url).status_code == 403
    assert mine.post(url).status_code == 302
    question.refresh_from_db()
    assert question.solved_at is None
    assert mine.post(url).status_code == 409


def test_me_too_and_follow_go_on_and_off(theirs, question):
    url = f"/en/questions/{question.pk}"

    theirs.post(f"{url}/me-too/")
    swapped = theirs.post(
        f"{url}/follow/", {"value": "1"}, headers={"HX-Request": "true"}
    )
    question.refresh_from_db()
    assert question.me_too_count == 1
    assert question.follower_count == 2
    assert "Following" in swapped.text

    theirs.post(f"{url}/me-too/", {"value": "0"})
    theirs.post(f"{url}/follow/", {"value": "0"})
    question.refresh_from_db()
    assert question.me_too_count == 0
    assert question.follower_count == 1


def test_nobody_has_their_own_problem_twice(mine, question):
    assert mine.post(f"/en/questions/{question.pk}/me-too/").status_code == 403


# Editing and removing


def test_authors_edit_their_posts(mine, client_of, helper, question, answer):
    form = mine.get(f"/en/questions/{question.pk}/edit/")
    saved = mine.post(
        f"/en/questions/{question.pk}/edit/",
        {
            "title": "Port-in stuck in review for five days",
            "body": question.body,
            "tags": "port-in",
            "circle": "general",
            "note": "Still waiting",
        },
    )
    client_of(helper).post(f"/en/answers/{answer.pk}/edit/", {"body": HELP})

    question.refresh_from_db()
    answer.refresh_from_db()
    assert f'value="{question.title.replace("five", "three")}"' in form.text
    assert saved["Location"] == f"{question.get_absolute_url()}#question"
    assert question.title == "Port-in stuck in review for five days"
    assert answer.body == HELP


@pytest.mark.parametrize("verb", ["edit", "remove"])
def test_nobody_gets_the_form_for_anothers_post(theirs, question, answer, verb):
    for url in (f"/en/questions/{question.pk}", f"/en/answers/{answer.pk}"):
        page = theirs.get(f"{url}/{verb}/")

        assert page.status_code == 403
        assert "Only the author or a moderator" in page.text


def test_nobody_changes_anothers_post(theirs, question, answer):
    edit = {
        "title": "Taken over by somebody else",
        "body": HELP,
        "tags": "",
        "circle": "general",
    }

    for url in (f"/en/questions/{question.pk}", f"/en/answers/{answer.pk}"):
        assert theirs.post(f"{url}/edit/", edit).status_code == 403
        assert theirs.post(f"{url}/delete/").status_code == 403
        assert theirs.post(f"{url}/hide/").status_code == 403

    unchanged = Question.objects.get(pk=question.pk)
    assert (unchanged.title, unchanged.body) == (question.title, question.body)
    assert unchanged.state == "visible"
    assert Answer.objects.get(pk=answer.pk).body == answer.body
    assert Answer.objects.get(pk=answer.pk).is_visible


def test_removing_asks_once_and_can_be_undone(client_of, helper, question, answer):
    client = client_of(helper)

    asks = client.get(f"/en/answers/{answer.pk}/remove/")
    gone = client.post(f"/en/answers/{answer.pk}/delete/", {"reason": "Was wrong"})
    offers = client.get(gone["Location"])

    assert f"/en/answers/{answer.pk}/delete/" in asks.text
    assert Answer.objects.get(pk=answer.pk).state == "deleted"
    assert f"/en/answers/{answer.pk}/restore/" in offers.text
    assert "Was wrong" in offers.text

    client.post(f"/en/answers/{answer.pk}/restore/")
    assert Answer.objects.get(pk=answer.pk).is_visible


def test_others_cannot_bring_back_what_was_deleted(
    theirs, client_of, helper, answer, clock
):
    actions.delete(person=helper, post=answer, at=clock.now)

    assert theirs.post(f"/en/answers/{answer.pk}/restore/").status_code == 404
    assert theirs.get(f"/en/answers/{answer.pk}/remove/").status_code == 404
    assert Answer.objects.get(pk=answer.pk).state == "deleted"


def test_a_question_with_answers_stays(mine, question, answer):
    page = mine.post(f"/en/questions/{question.pk}/delete/")

    assert page.status_code == 403
    assert "Other people have answered" in page.text


# Reporting


def test_a_post_is_reported_once_with_a_reason(theirs, question, answer):
    url = f"/en/answers/{answer.pk}/flag/"

    form = theirs.get(url)
    without = theirs.post(url, {"note": "It just is"})
    theirs.post(url, {"reason": "spam", "note": "Sells <b>numbers</b>"})
    theirs.post(url, {"reason": "rude"})

    assert form.status_code == 200
    assert without.status_code == 400
    assert "Please choose one of the reasons." in without.text
    assert "It just is" in without.text
    assert Flag.objects.get().reason == "spam"


def test_nobody_reports_themselves(mine, question):
    page = mine.post(f"/en/questions/{question.pk}/flag/", {"reason": "spam"})

    assert page.status_code == 403
    assert not Flag.objects.exists()


# Doors that only open one way


POSTS_ONLY = [
    "questions/{q}/vote/",
    "questions/{q}/comment/",
    "questions/{q}/delete/",
    "questions/{q}/restore/",
    "questions/{q}/hide/",
    "questions/{q}/accept/",
    "questions/{q}/unaccept/",
    "questions/{q}/reopen/",
    "questions/{q}/follow/",
    "questions/{q}/me-too/",
    "questions/preview/",
    "answers/{a}/vote/",
    "answers/{a}/accept/",
    "answers/{a}/comment/",
    "answers/{a}/delete/",
    "answers/{a}/restore/",
    "answers/{a}/hide/",
]
WITH_A_FORM = [
    "questions/ask/",
    "questions/{q}/answer/",
    "questions/{q}/edit/",
    "questions/{q}/flag/",
    "questions/{q}/place/",
    "questions/{q}/merge/",
    "questions/{q}/article/",
    "answers/{a}/edit/",
    "answers/{a}/flag/",
    "uploads/",
]


@pytest.mark.parametrize("address", POSTS_ONLY)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_change_is_never_a_get(mine, question, answer, address, language):
    url = f"/{language}/{address.format(q=question.pk, a=answer.pk)}"

    for client in (mine, Client()):
        page = client.get(url)
        assert page.status_code == 405
        assert page["Allow"] == "POST"


@pytest.mark.parametrize("address", POSTS_ONLY + WITH_A_FORM)
def test_no_change_without_the_forms_token(question, answer, asker, address):
    client = Client(enforce_csrf_checks=True)
    client.force_login(asker, "django.contrib.auth.backends.ModelBackend")
    before = Question.objects.values().get(pk=question.pk)

    page = client.post(
        f"/en/{address.format(q=question.pk, a=answer.pk)}",
        {"value": "1", "body": HELP, "reason": "spam", "answer": answer.pk},
        headers={"referer": f"http://testserver{question.get_absolute_url()}"},
    )

    assert page.status_code == 403
    assert "could not be trusted" in page.text
    assert HELP in page.text
    assert f'{question.get_absolute_url()}">Go back</a>' in page.text
    assert Question.objects.values().get(pk=question.pk) == before


@pytest.mark.parametrize("address", POSTS_ONLY[:-7])
def test_visitors_change_nothing_and_come_back_to_the_thread(question, address):
    page = Client().post(f"/en/{address.format(q=question.pk)}", {"value": "1"})

    assert page.status_code == 302
    assert page["Location"].startswith("/accounts/login/?next=%2Fen%2Fquestions%2F")
    assert Question.objects.get(pk=question.pk).is_visible


def test_a_visitor_whose_session_ended_is_sent_to_sign_in_by_htmx(question):
    page = Client().post(
        f"/en/questions/{question.pk}/follow/",
        {"value": "1"},
        headers={"HX-Request": "true"},
    )

    assert page.status_code == 204
    assert page["HX-Redirect"].startswith("/accounts/login/?next=")
