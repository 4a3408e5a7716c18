"""Above the answer form a thread says what an accepted answer is worth."""

import pytest

pytestmark = pytest.mark.django_db

WORTH = "An answer that is accepted earns 20 points."


def page(client, question) -> str:
    return client.get(question.get_absolute_url()).content.decode()


def test_a_thread_that_waits_says_what_an_answer_earns(
    make_question, client, client_of, helper
):
    question = make_question()

    assert WORTH in page(client, question)
    assert WORTH in page(client_of(helper), question)


def test_it_says_what_the_managers_rule_says_now(make_question, client, rule):
    rule("accepted", points=35)

    assert "earns 35 points" in page(client, make_question())


def test_a_rule_out_of_force_promises_nothing(make_question, client, rule):
    rule("accepted", enabled=False)

    assert "An answer that is accepted" not in page(client, make_question())


def test_a_solved_thread_promises_nothing(answer, accept, client):
    question = accept(answer)

    assert "An answer that is accepted" not in page(client, question)


def test_an_imported_thread_promises_nothing(make_question, client):
    question = make_question()
    type(question).objects.filter(pk=question.pk).update(source="se", source_id="7")

    assert "An answer that is accepted" not in page(client, question)
