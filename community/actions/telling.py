"""What others must learn later: the search index and the people who follow."""

from datetime import datetime

from django.utils import timezone

from common import outbox
from common.freshness import changed
from community.actions.writing import is_news
from community.freshness import questions_in
from community.models import Answer, Comment, Question
from people.models import Person
from search.actions import touch

TELL = "community.tell"


def index_again(question: Question) -> None:
    """Have the thread's document and its kept pages made anew."""
    touch("community.question", question.pk)
    changed(question, questions_in(question.language))


def is_history(post: Question | Answer | Comment) -> bool:
    """Imported, or said in an imported thread: it earns nothing and wakes nobody."""
    if isinstance(post, Comment):
        return post.is_imported or is_history(post.place)
    if isinstance(post, Answer):
        return post.is_imported or post.question.is_imported
    return post.is_imported


def tell(
    what: str,
    post: Question | Answer | Comment,
    at: datetime,
    *,
    by: Person | None = None,
    once_per: int | str = "",
    **data: str,
) -> None:
    """Queue a notification about a post; who gets it is decided when it is sent.

    `once_per` tells two facts of one kind about one post apart, such as a second
    acceptance. History is not news: nobody is told about imports or the far past.
    """
    now = timezone.now()
    if is_history(post) or not is_news(at, now):
        return
    kind = post._meta.model_name
    key = f"{what}:{kind}:{post.pk}:{once_per}"
    payload = {
        "what": what,
        "kind": kind,
        "post": post.pk,
        "by": by.pk if by else None,
        "key": key,
        "at": at.isoformat(),
        "data": data,
    }
    outbox.put(TELL, key, payload, at=min(at, now))
