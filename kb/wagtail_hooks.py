"""What Wagtail's admin and page serving do differently here."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse_lazy
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.models import Page
from wagtail.query import PageQuerySet

from kb import queries, staff_screens


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


@hooks.register("search_nothing")
def topics_near_it(request: HttpRequest, known: str, **_search: object) -> SafeString:
    """Where to look for who found nothing."""
    language = translation.get_language() or "en"
    context = {"topics": queries.nearest_topics(known, language)}
    return render_to_string("kb/slots/nearest_topics.html", context, request)


@hooks.register("register_admin_urls")
def staff_addresses() -> list[URLPattern]:
    report = staff_screens.FeedbackReport
    return [
        path(
            "articles/<str:language>/",
            staff_screens.open_articles,
            name="kb_open_articles",
        ),
        path("reports/article-feedback/", report.as_view(), name="kb_feedback_report"),
        path(
            "reports/article-feedback/results/",
            report.as_view(results_only=True),
            name="kb_feedback_report_results",
        ),
    ]


class ArticlesMenu(SubmenuMenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("kb.edit_articles")


class FeedbackMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("kb.view_articlefeedback")


@hooks.register("register_admin_menu_item")
def articles_first() -> MenuItem:
    """Straight to the topics, in either language, without walking the page tree."""
    items = [
        MenuItem(
            name,
            reverse_lazy("kb_open_articles", args=[language]),
            name=f"articles-{language}",
            icon_name="doc-full",
            order=order,
        )
        for order, (language, name) in enumerate(settings.LANGUAGES)
    ]
    return ArticlesMenu(
        _("Articles"),
        Menu(items=items),
        name="articles",
        icon_name="openquote",
        order=50,
    )


@hooks.register("register_reports_menu_item")
def feedback_in_reports() -> MenuItem:
    return FeedbackMenuItem(
        _("Article feedback"),
        reverse_lazy("kb_feedback_report"),
        name="article-feedback",
        icon_name="comment",
        order=100,
    )


@hooks.register("construct_page_chooser_queryset")
def offer_drafts_to_editors_only(pages: PageQuerySet, request: HttpRequest) -> Any:
    """Wagtail offers every page to everybody who may enter the admin."""
    return pages if request.user.has_perm("kb.edit_articles") else pages.live()


@hooks.register("construct_main_menu")
def leave_out_wagtails_own_help(
    _request: HttpRequest, menu_items: list[MenuItem]
) -> None:
    """It explains Wagtail to its developers, not this house to its staff."""
    menu_items[:] = [item for item in menu_items if item.name != "help"]
