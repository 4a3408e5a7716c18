"""What the knowledge base's pages show around their own fields."""

from typing import Any

from django import template
from django.conf import settings
from django.template.context import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext as _

from common import structured
from common.paging import CappedPage, page_of
from common.sharing import SharePicture
from common.structured import HREFLANG, absolute, as_script, breadcrumbs, pictures
from common.text import excerpt
from kb import queries
from kb.blocks import PLACES
from kb.bodies import SPRITE, Body
from kb.models import ArticlePage, ArticleTally, TopicPage
from kb.models.drawn import DrawnPage
from kb.models.pages import KbPage
from kb.sharing import picture_of

register = template.Library()

# What browsers call our languages.
LANG = {"en": "en", "zh-hans": "zh-Hans"}
OG_LOCALE = {"en": "en_US", "zh-hans": "zh_CN"}


@register.simple_tag(takes_context=True)
def page_body(context: Context, page: DrawnPage) -> Body:
    """Drawn when it was saved, or just now for a preview."""
    is_preview = getattr(context["request"], "is_preview", False)
    return page.fresh_body() if is_preview else page.drawn_body


@register.simple_tag
def body_icon(name: str) -> SafeString:
    """An icon inside a body: kb.bodies.shown fills in where the sprite lies."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', SPRITE, name
    )


@register.filter
def lang(page: KbPage) -> str:
    """For lang="…": an article keeps its language under either interface."""
    return LANG[page.content_language]


@register.simple_tag
def full_address(page: KbPage) -> str:
    return settings.BASE_URL + page.get_absolute_url()


@register.simple_tag(takes_context=True)
def canonical_address(context: Context, page: KbPage) -> str:
    """A later page of a topic's list is canonical to itself."""
    address = settings.BASE_URL + page.get_absolute_url()
    number = later_page(context, page)
    return f"{address}?page={number}" if number else address


@register.simple_tag(takes_context=True)
def later_page(context: Context, page: KbPage) -> str:
    """Which page of a topic's list this is; "" for the first one."""
    number = context["request"].GET.get("page", "1")
    is_later = isinstance(page, TopicPage) and number.isdecimal() and number != "1"
    return number if is_later else ""


@register.filter
def og_locale(page: KbPage) -> str:
    return OG_LOCALE[page.content_language]


def _around(page: KbPage) -> queries.Surroundings:
    """Asked once a page: for its text, its data, its head and the language switcher."""
    if not hasattr(page, "kb_surroundings"):
        page.kb_surroundings = queries.surroundings(page)
    return page.kb_surroundings


@register.simple_tag
def breadcrumb(page: KbPage) -> list[queries.Crumb]:
    return _around(page).crumbs


@register.simple_tag
def alternates(page: KbPage) -> SafeString:
    return structured.alternates(_around(page).versions)


@register.simple_tag
def address_in(page: KbPage, language: str) -> str:
    """This page's translation, or what comes closest in the other tree."""
    versions = _around(page).versions
    if language in versions:
        return versions[language]
    is_below_index = page.depth is not None and page.depth > 3
    return f"/{language}/kb/" if is_below_index else f"/{language}/"


@register.filter
def title_tag(page: KbPage) -> str:
    """What editors wrote for search engines, or the title."""
    return page.seo_title or page.title


@register.filter
def description(page: KbPage) -> str:
    """What editors wrote for search engines, their summary, or how the page begins."""
    for field in ("search_description", "summary", "introduction"):
        if words := getattr(page, field, ""):
            return words
    if isinstance(page, ArticlePage):
        return excerpt(page.body_text, 160)
    if isinstance(page, TopicPage):
        return _("Official articles about: %(topic)s") % {"topic": page.title}
    return page.title


@register.simple_tag
def topics_of(page: KbPage) -> list[TopicPage]:
    """Those with something to read in them."""
    topics = queries.topics(page.content_language)
    return [topic for topic in topics if topic.article_count]


@register.simple_tag(takes_context=True)
def articles_of(context: Context, topic: TopicPage) -> CappedPage:
    return page_of(queries.article_list(topic), context["request"].GET.get("page"))


@register.simple_tag
def related_articles(article: ArticlePage) -> list[ArticlePage]:
    return queries.related_articles(article)


@register.simple_tag
def lately_checked(page: KbPage) -> list[ArticlePage]:
    return queries.lately_checked(page.content_language)


@register.simple_tag
def tally(article: ArticlePage) -> ArticleTally:
    return queries.tally(article)


@register.simple_tag
def tile_address(tile: Any) -> str:
    """Where a door leads; "" for a page that is gone or not published."""
    value = tile.value
    match tile.block_type:
        case "place":
            path, _icon, _label = PLACES[value["place"]]
            return f"/{get_language()}/{path}"
        case "page":
            page = value["page"]
            return page.specific.get_absolute_url() if page and page.live else ""
        case "phone":
            return "tel:" + value["number"].replace(" ", "").replace("-", "")
        case _:
            return value["url"]


@register.simple_tag(takes_context=True)
def article_json_ld(context: Context, page: ArticlePage, body: Body) -> SafeString:
    """Article and its breadcrumb, as search engines read them."""
    address = settings.BASE_URL + page.get_absolute_url()
    operator = _operator(context["hall"])
    author = page.author
    article: dict[str, Any] = {
        "@type": "Article",
        "headline": page.title,
        "description": description(page),
        "inLanguage": HREFLANG[page.content_language],
        "mainEntityOfPage": address,
        "url": address,
        "author": operator
        if author is None
        else {
            "@type": "Person",
            "name": author.name,
            "url": settings.BASE_URL + author.get_absolute_url(),
        },
        "publisher": operator,
    }
    if page.live:
        article["datePublished"] = _iso(page.first_published_at)
        article["dateModified"] = _iso(page.last_published_at)
    if picture := first_picture(body):
        article["image"] = picture
    elif page.live:
        article["image"] = picture_of(page).url
    return as_script(article, _breadcrumb_list(page))


@register.simple_tag
def breadcrumb_json_ld(page: KbPage) -> SafeString:
    return as_script(_breadcrumb_list(page))


@register.simple_tag(takes_context=True)
def hall_json_ld(context: Context, page: KbPage) -> SafeString:
    hall = context["hall"]
    address = settings.BASE_URL + page.get_absolute_url()
    organization = {**_operator(hall), "url": address}
    website = {
        "@type": "WebSite",
        "name": hall.name,
        "url": address,
        "inLanguage": HREFLANG[page.content_language],
    }
    return as_script(website, organization)


@register.simple_tag
def share_picture(page: KbPage) -> SharePicture:
    return picture_of(page)


@register.simple_tag
def first_picture(body: Body) -> str:
    """The absolute address of the first picture in a body, or ""."""
    return next(iter(pictures(str(body.html))), "")


def _operator(hall: Any) -> dict[str, Any]:
    operator = {
        "@type": "Organization",
        "name": hall.operator,
        "url": settings.BASE_URL + "/",
    }
    logo = hall.logo_url or static("answerhall/icon.svg")
    return operator | {"logo": absolute(logo)}


def _breadcrumb_list(page: KbPage) -> dict[str, Any]:
    above = [(crumb.title, crumb.url) for crumb in breadcrumb(page)]
    return breadcrumbs([*above, (page.title, page.get_absolute_url())])


def _iso(moment: Any) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds")
