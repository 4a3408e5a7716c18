"""What Wagtail's admin and page serving do differently here."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from wagtail import hooks
from wagtail.models import Page


@hooks.register("before_serve_page")
def speak_the_readers_language(
    _page: Page, request: HttpRequest, _args: Any, _kwargs: Any
) -> None:
    """The prefix has found the page; a signed-in person's choice decides the words."""
    user = getattr(request, "user", None)
    chosen = user.language if user is not None and user.is_authenticated else ""
    if chosen in dict(settings.LANGUAGES):
        translation.activate(chosen)
        request.LANGUAGE_CODE = chosen
