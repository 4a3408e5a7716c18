"""The community's addresses, under the language's prefix.

What changes something is a verb under the post: questions/7/vote/, answers/9/accept/.
Verbs stand before the slug, so a thread titled "Edit" keeps a page of its own.
"""

from django.urls import path, register_converter

from common.converters import RowId
from community.addresses import VERBS, spelled_slug
from community.models import Answer, Comment, Question
from community.views import (
    answering,
    asking,
    editing,
    judging,
    lists,
    removing,
    staff,
    threads,
    uploading,
)

app_name = "community"

KINDS: dict[str, type] = {
    "questions": Question,
    "answers": Answer,
    "comments": Comment,
}


class Kind:
    """Which sort of post; takes the model or its word in addresses."""

    regex = "|".join(KINDS)

    def to_python(self, value: str) -> type:
        return KINDS[value]

    def to_url(self, value: str | type) -> str:
        if isinstance(value, str):
            return value
        return f"{value.__name__.lower()}s"


class ThreadSlug:
    """Any one segment that is no verb."""

    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        if value in VERBS:
            # Somebody left the last slash out.
            raise ValueError
        return value.removesuffix("-")

    def to_url(self, value: str) -> str:
        return spelled_slug(value)


register_converter(RowId, "post_id")
register_converter(Kind, "post_kind")
register_converter(ThreadSlug, "thread_slug")

any_post = "<post_kind:kind>/<post_id:pk>"
question = "questions/<post_id:pk>"

about_posts = [
    path(f"{any_post}/vote/", judging.vote, name="vote"),
    path(f"{any_post}/comment/", answering.comment, name="comment"),
    path(f"{any_post}/edit/", editing.edit, name="edit"),
    path(f"{any_post}/history/", threads.history, name="history"),
    path(f"{any_post}/flag/", removing.flag, name="flag"),
    path(f"{any_post}/remove/", removing.remove, name="remove"),
    path(f"{any_post}/delete/", removing.delete, name="delete"),
    path(f"{any_post}/restore/", removing.restore, name="restore"),
    path(f"{any_post}/hide/", removing.hide, name="hide"),
]
about_questions = [
    path(f"{question}/answer/", answering.answer, name="answer"),
    path(f"{question}/accept/", judging.accept_in_thread, name="accept_in_thread"),
    path(f"{question}/unaccept/", judging.unaccept, name="unaccept"),
    path(f"{question}/reopen/", judging.reopen, name="reopen"),
    path(f"{question}/follow/", judging.follow, name="follow"),
    path(f"{question}/me-too/", judging.me_too, name="me_too"),
    path(f"{question}/place/", staff.place, name="place"),
    path(f"{question}/merge/", staff.merge, name="merge"),
    path(f"{question}/article/", staff.make_article, name="make_article"),
]

urlpatterns = [
    path("questions/", lists.questions, name="questions"),
    path("questions/ask/", asking.ask, name="ask"),
    path("questions/similar/", asking.similar, name="similar"),
    path("questions/preview/", asking.preview, name="preview"),
    path("questions/tagged/<slug:slug>/", lists.tagged, name="tagged"),
    path("circles/<slug:slug>/", lists.circle, name="circle"),
    *about_posts,
    *about_questions,
    path("answers/<post_id:pk>/accept/", judging.accept, name="accept"),
    path("answers/<post_id:pk>/", threads.answer_page, name="answer_page"),
    path("comments/<post_id:pk>/", threads.comment_page, name="comment_page"),
    path("questions/<post_id:pk>/", threads.thread, name="question"),
    path(f"{question}/<thread_slug:slug>/", threads.thread, name="thread"),
    # Without the last slash, too, a wrong address leads to the right one in one step.
    path("questions/<post_id:pk>", threads.thread),
    path(f"{question}/<thread_slug:slug>", threads.thread),
    path("uploads/", uploading.uploads, name="uploads"),
    path(
        "uploads/private/",
        uploading.uploads,
        {"is_private": True},
        name="private_uploads",
    ),
]
