"""What the house puts into the heads of pages: where their feeds are."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks

from answerhall.languages import CODES, language_in_path
from community.models import Circle, Question, Tag


@hooks.register("list_head")
def feed_of_the_list(
    request: HttpRequest, circle: Circle | None, tag: Tag | None
) -> SafeString | str:
    """A tag's or a circle's; every page announces the one of all questions."""
    language = language_in_path(request.path_info) or CODES[0]
    if tag:
        address = reverse("feed_of_a_tag", args=[language, tag.slug])
        return _announced(address, tag.name)
    if circle:
        address = reverse("feed_of_a_circle", args=[language, circle.slug])
        return _announced(address, circle.name)
    return ""


@hooks.register("thread_head")
def feed_of_the_thread(request: HttpRequest, question: Question) -> SafeString | str:
    if not question.is_visible:
        return ""
    address = reverse("feed_of_a_thread", args=[question.language, question.pk])
    return _announced(address, question.title)


def _announced(address: str, title: str) -> SafeString:
    return format_html(
        '<link rel="alternate" type="application/atom+xml" href="{}" title="{}">',
        address,
        title,
    )
