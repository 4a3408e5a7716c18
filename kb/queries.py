"""What pages and other rooms ask about articles. Only what anybody may read."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat, Left
from wagtail.models import Page, PageViewRestriction

from common.freshness import kept_part
from common.prepared import prepared
from kb.models import (
    ArticlePage,
    ArticleTally,
    HallPage,
    PlainPage,
    TopicIndexPage,
    TopicPage,
)
from kb.models.articles import ArticleQuerySet
from kb.models.pages import HALL_DEPTH, KbPage
from search.queries import search

# treebeard writes four characters a level: root, hall, index, topic, article.
TOPIC_PATH_CHARS = 4 * 4
HELPFUL_FROM_VOTES = 10
_LATELY_CHECKED = (F("checked_on").desc(nulls_last=True), "-pk")


def articles(language: str | None = None) -> ArticleQuerySet:
    """Published articles for lists: what a row shows.

    Pages are only ever restricted all together: who sees a list may open its rows.
    """
    found = ArticlePage.objects.live().for_rows()
    return found.in_language(language) if language else found


def visible_articles(pks: Collection[int]) -> set[int]:
    """Which of these anybody may read; two queries."""
    if _restricted():
        readable = ArticlePage.objects.readable().filter(pk__in=pks)
        return set(readable.values_list("pk", flat=True))
    return set(_published(tuple(pks)))


@prepared
def _restricted() -> QuerySet[PageViewRestriction]:
    return PageViewRestriction.objects.order_by("pk")[:1]


@prepared
def _published(pks: tuple[int, ...]) -> QuerySet[ArticlePage, int]:
    return ArticlePage.objects.live().filter(pk__in=pks).values_list("pk", flat=True)


def topics(language: str) -> list[TopicPage]:
    """Published topics in the editors' order, each with article_count; two queries."""
    found = (
        TopicPage.objects.live()
        .public()
        .filter(locale__language_code=language)
        .select_related("locale")
        .only("title", "url_path", "path", "summary", "icon", "locale__language_code")
        .order_by("path")
    )
    counts = dict(
        ArticlePage.objects.live()
        .in_language(language)
        .order_by()
        .values_list(Left("path", TOPIC_PATH_CHARS))
        .annotate(Count("pk"))
    )
    for topic in (listed := list(found)):
        topic.article_count = counts.get(topic.path, 0)
    return listed


def nearest_topics(text: str, language: str, limit: int = 3) -> list[TopicPage]:
    """Topics whose articles have these words, then those with most to read.

    For who found nothing: `text` are the words of the search that are known at all.
    """
    readable = [topic for topic in topics(language) if topic.article_count]
    told: Counter[str] = Counter()
    if text:
        hits = search(text, kind="article", language=language).hits
        paths = ArticlePage.objects.filter(pk__in=[hit.pk for hit in hits])
        told.update(
            path[:TOPIC_PATH_CHARS] for path in paths.values_list("path", flat=True)
        )
    readable.sort(key=lambda topic: (-told[topic.path], -topic.article_count))
    return readable[:limit]


def article_list(topic: TopicPage) -> QuerySet[ArticlePage]:
    """A topic's published articles by title; slice it or page through it."""
    return (
        articles(topic.locale.language_code)
        .filter(path__startswith=topic.path)
        .order_by("title", "pk")
    )


def articles_tagged(
    tags: Iterable[str], language: str, limit: int, *, but: int | None = None
) -> list[ArticlePage]:
    """Articles with any of these tags, those with most of them first; one query."""
    wanted = tuple(tags)
    return _sharing_tags(wanted, language, but or 0, limit=limit) if wanted else []


@prepared
def _sharing_tags(
    tags: tuple[str, ...], language: str, but_id: int, *, limit: int
) -> QuerySet[ArticlePage]:
    found = articles().in_language(language).tagged(tags).exclude(pk=but_id)
    found = found.annotate(shared=Count("tag_rows"))
    return found.order_by("-shared", *_LATELY_CHECKED)[:limit]


def are_public() -> bool:
    """Whether pages of other rooms may name articles; nobody asks the database twice.

    Pages are only ever restricted all together.
    """
    return kept_part(
        ("articles are public",), lambda: not PageViewRestriction.objects.exists()
    )


def articles_in_order(ids: Sequence[int], language: str) -> list[ArticlePage]:
    """Those of these that anybody may read, as they were named; one query."""
    if not ids or not are_public():
        return []
    found = {one.pk: one for one in _named(tuple(ids), language)}
    return [found[pk] for pk in ids if pk in found]


@prepared
def _named(ids: tuple[int, ...], language: str) -> QuerySet[ArticlePage]:
    return articles().in_language(language).filter(pk__in=ids)


def related_articles(article: ArticlePage, limit: int = 5) -> list[ArticlePage]:
    """As search found them; else by shared tags, then from the same topic. At most
    four queries."""
    language = article.content_language
    alike = article.similar["article"][:limit]
    if found := articles_in_order(alike, language):
        return found
    related = articles_tagged(article.tags, language, limit, but=article.pk)
    if len(related) < limit:
        known = (article.pk, *(other.pk for other in related))
        topic = article.path[:TOPIC_PATH_CHARS]
        # A path is written in digits and capital letters.
        neighbours = _between(topic, f"{topic}ZZZZ", language, known, limit=limit)
        related += neighbours[: limit - len(related)]
    return related


@prepared
def _between(
    first: str, last: str, language: str, but_ids: tuple[int, ...], *, limit: int
) -> QuerySet[ArticlePage]:
    found = articles().in_language(language).exclude(pk__in=but_ids)
    found = found.filter(path__gte=first, path__lte=last)
    return found.order_by(*_LATELY_CHECKED)[:limit]


def lately_checked(language: str, limit: int = 5) -> list[ArticlePage]:
    """What editors looked at last; one query."""
    checked = articles(language).filter(checked_on__isnull=False)
    return list(checked.order_by("-checked_on", "-pk")[:limit])


def tally(article: ArticlePage) -> ArticleTally:
    """Readers' votes; all zero while nobody has voted."""
    return ArticleTally.objects.filter(article=article).first() or ArticleTally(
        article=article
    )


def helpful_percent(article: ArticlePage) -> int | None:
    """Known from the first ten votes on; fewer say little. Join `tally` before."""
    counted = getattr(article, "tally", None)
    if counted is None or counted.total < HELPFUL_FROM_VOTES:
        return None
    return round(100 * counted.helpful_count / counted.total)


def topic_index(language: str) -> TopicIndexPage | None:
    return (
        TopicIndexPage.objects.filter(locale__language_code=language)
        .select_related("locale")
        .first()
    )


def hall(language: str) -> HallPage | None:
    return (
        HallPage.objects.filter(locale__language_code=language)
        .select_related("locale")
        .first()
    )


@dataclass(frozen=True)
class Crumb:
    title: str
    url: str


@dataclass(frozen=True)
class Surroundings:
    """Where a page stands: the pages above it, and its published translations."""

    crumbs: list[Crumb]
    versions: dict[str, str]  # language -> address, the page itself among them


def surroundings(page: KbPage) -> Surroundings:
    """The hall comes first among the crumbs; one query."""
    above = [
        page.path[:end]
        for end in range(HALL_DEPTH * page.steplen, len(page.path), page.steplen)
    ]
    crumbs, versions = [], {}
    for path, title, url_path, language in _around(tuple(above) or ("",), page.pk):
        address = f"/{language}/{url_path.split('/', 2)[2]}"
        if path in above:
            crumbs.append(Crumb(title, address))
        else:
            versions[language] = address
    return Surroundings(crumbs, versions)


@prepared
def _around(above: tuple[str, ...], page_id: int) -> QuerySet[Page, Any]:
    key = Page.objects.filter(pk=page_id).values("translation_key")
    version = Q(translation_key__in=key, live=True)
    found = Page.objects.filter(Q(path__in=above) | version)
    shown = ("path", "title", "url_path", "locale__language_code")
    return found.order_by("depth", "locale__language_code").values_list(*shown)


def translations(page: KbPage) -> dict[str, str]:
    """Language -> address of every published version of this page; one query."""
    return surroundings(page).versions


def page_at(language: str, path: str) -> KbPage | None:
    """The published page at this path below the hall; one query.

    Wagtail's own routing asks two or three times for every level of the path.
    """
    names = [name for name in path.split("/") if name]
    kind: type[KbPage]
    match names:
        case []:
            kind = HallPage
        case ["kb"]:
            kind = TopicIndexPage
        case [_name]:
            kind = PlainPage
        case ["kb", _topic]:
            kind = TopicPage
        case ["kb", _topic, _article]:
            kind = ArticlePage
        case _:
            return None
    end = "".join(f"{name}/" for name in names)
    found = _published_at(language, end, names[-1] if names else "", kind=kind)
    return next(iter(found), None)


@prepared
def _published_at(
    language: str, end: str, slug: str, *, kind: type[KbPage]
) -> QuerySet[KbPage]:
    """The slug has an index; an address begins with that of the language's hall."""
    hall = HallPage.objects.filter(locale__language_code=language)
    address = Concat(Subquery(hall.values("url_path")[:1]), Value(end))
    found = kind.objects.live().filter(locale__language_code=language)
    found = found.filter(url_path=address)
    if kind is not HallPage:
        found = found.filter(slug=slug)
    related = ["locale", "author"] if kind is ArticlePage else ["locale"]
    return found.select_related(*related).order_by("pk")[:1]
