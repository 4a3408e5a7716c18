import pytest
from django.utils import timezone

from common import markdown, timers
from community import actions
from community.models import Answer, Attachment, Comment, Question

pytestmark = pytest.mark.django_db


@pytest.fixture
def by_an_older_renderer(make_answer, stranger):
    """A question, an answer and a comment as they were stored once."""
    answer = make_answer(body="**Restart** the phone, then look at the network list.")
    actions.comment(
        person=stranger, post=answer, body="That *did* it.", at=timezone.now()
    )
    for model in (Question, Answer, Comment):
        model.objects.update(
            body_html="<p>old</p>", body_text="old", renderer_version=0
        )


def test_posts_of_an_older_renderer_are_rendered_anew(by_an_older_renderer):
    timers.run_due(timezone.now())

    for model in (Question, Answer, Comment):
        post = model.objects.get()
        assert post.renderer_version == markdown.RENDERER_VERSION
        assert post.body_html == markdown.render(post.body).html
        assert post.body_text == markdown.render(post.body).text
        assert post.edited_at is None
    assert actions.render_anew() == 0


def test_a_run_takes_no_more_than_it_was_told(by_an_older_renderer):
    assert actions.render_anew(most=2) == 2
    assert actions.render_anew(most=2) == 1


def test_pictures_of_old_posts_get_their_room(by_an_older_renderer, asker):
    Attachment.objects.bulk_create(
        [
            Attachment(
                owner=asker,
                file="uploads/screen.png",
                width=90,
                height=160,
                at=timezone.now(),
            )
        ]
    )
    Question.objects.update(body="See ![the screen](/media/uploads/screen.png)")

    actions.render_anew()

    assert 'width="90" height="160"' in Question.objects.get().body_html
