"""Sitemaps: an index by kind and language, and files written while they are read.

A file holds a range of ids: it is found without counting what lies before it, keeps its
address, and is no larger on a site of a million threads than on one of a thousand.
Baidu reads no index and refuses files over 50,000 addresses or 10 MB: `sitemap_urls`
lists the files, and the ranges keep them smaller.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Protocol

from django.conf import settings
from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.html import escape
from django.views.decorators.http import require_safe
from wagtail.models import Page, PageLogEntry

from answerhall.languages import CODES
from common.freshness import alike_for_visitors, kept_part, shows
from common.structured import HREFLANG, absolute
from community import indexing
from community.freshness import listings_in, questions_in
from community.models import Answer, Circle, Question
from community.queries import open_circles
from kb.freshness import ARTICLES
from kb.models.pages import HALL_DEPTH
from people.freshness import MEMBERS

# Rows asked for at once while a file is written.
ROWS = 1_000
# Files up to this many addresses are made whole, and kept like pages.
FEW = 2_000

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
)
FOOT = "</urlset>\n"
XML = "application/xml; charset=utf-8"
MAIN_LISTS = ("community:questions", "rewards:leaders", "rewards:home")
LEFT_THE_TREE = ("wagtail.delete", "wagtail.move", "wagtail.unpublish")


@dataclass(frozen=True)
class Entry:
    path: str
    changed_at: datetime | None = None
    versions: dict[str, str] = field(default_factory=dict)  # language -> path


@dataclass(frozen=True)
class File:
    """`changed_at` is None where nobody could tell; so is the fingerprint."""

    kind: str
    language: str
    number: int
    addresses: int
    changed_at: datetime | None = None
    fingerprint: str = ""

    @property
    def url(self) -> str:
        place = [self.kind, self.language, self.number]
        return absolute(reverse("sitemap_file", args=place))


class Kind(Protocol):
    def files(self, language: str) -> list[File]:
        """Those that hold something, in their order."""

    def file(self, language: str, number: int) -> File | None: ...

    def entries(self, language: str, number: int) -> Iterator[Entry]: ...

    def shown(self, language: str) -> str:
        """What changes when an address enters or leaves."""


class Questions:
    kind = "questions"
    ids = 20_000

    def files(self, language: str) -> list[File]:
        return [self._file(language, row) for row in self._counted(language)]

    def file(self, language: str, number: int) -> File | None:
        rows = _within(self._counted(language), number, self.ids)
        return next((self._file(language, row) for row in rows), None)

    def _counted(self, language: str) -> QuerySet:
        """By the index alone: what is in each file, and what last moved in it."""
        listed = Q(is_indexable=True)
        rows = Question.objects.filter(
            language=language, listing_changed_at__isnull=False
        )
        return (
            rows.order_by()
            .values(place=F("pk") / self.ids)
            .annotate(
                addresses=Count("pk", filter=listed),
                words_at=Max("words_changed_at", filter=listed),
                moved_at=Max("listing_changed_at"),
            )
            .filter(addresses__gt=0)
            .order_by("place")
        )

    def _file(self, language: str, row: dict) -> File:
        number, addresses = row["place"] + 1, row["addresses"]
        changed_at = max(filter(None, (row["words_at"], row["moved_at"])))
        # Whatever enters, leaves or changes moves one of these two.
        said = f"{settings.BASE_URL} {language} {number} {addresses} {changed_at}"
        digest = blake2b(said.encode(), digest_size=12).hexdigest()
        return File(self.kind, language, number, addresses, changed_at, f'W/"{digest}"')

    def entries(self, language: str, number: int) -> Iterator[Entry]:
        threads = indexing.indexable_threads(language).only(
            "slug", "language", "created_at", "words_changed_at"
        )
        for thread in _in_order(threads, *_bounds(number, self.ids)):
            yield Entry(thread.get_absolute_url(), thread.said_at)

    def shown(self, language: str) -> str:
        return listings_in(language)


class Members:
    kind = "members"
    # Names in Chinese take nine letters a character, in six addresses each.
    ids = 2_500

    def files(self, language: str) -> list[File]:
        rows = indexing.indexable_members()
        return _counted_files(self.kind, language, rows, self.ids)

    def file(self, language: str, number: int) -> File | None:
        rows = _within(indexing.indexable_members(), number, self.ids)
        return next(iter(_counted_files(self.kind, language, rows, self.ids)), None)

    def entries(self, language: str, number: int) -> Iterator[Entry]:
        members = (
            indexing.indexable_members()
            .annotate(answered_at=_newest(Answer), asked_at=_newest(Question))
            .select_related("person")
            .only("person__handle")
        )
        for member in _in_order(members, *_bounds(number, self.ids)):
            versions = _in_each_language("people:profile", member.person.handle)
            moments = filter(None, (member.answered_at, member.asked_at))
            yield Entry(versions[language], max(moments, default=None), versions)

    def shown(self, language: str) -> str:  # noqa: ARG002  one community in both
        return MEMBERS


class Tags:
    kind = "tags"
    ids = 20_000

    def files(self, language: str) -> list[File]:
        rows = indexing.indexable_tags(language)
        return _counted_files(self.kind, language, rows, self.ids)

    def file(self, language: str, number: int) -> File | None:
        rows = _within(indexing.indexable_tags(language), number, self.ids)
        return next(iter(_counted_files(self.kind, language, rows, self.ids)), None)

    def entries(self, language: str, number: int) -> Iterator[Entry]:
        tags = indexing.indexable_tags(language).only("slug")
        for tag in _in_order(tags, *_bounds(number, self.ids)):
            with translation.override(language):
                address = tag.get_absolute_url()
            yield Entry(address)

    def shown(self, language: str) -> str:
        return questions_in(language)


class Lists:
    """The main ones, and each circle somebody asked in."""

    kind = "lists"

    def files(self, language: str) -> list[File]:
        return [File(self.kind, language, 1, len(self._paths(language)))]

    def file(self, language: str, number: int) -> File | None:
        return self.files(language)[0] if number == 1 else None

    def entries(self, language: str, number: int) -> Iterator[Entry]:  # noqa: ARG002
        return map(Entry, self._paths(language))

    def _paths(self, language: str) -> list[str]:
        circles = self._circles(language)
        # An empty list is kept out of search engines.
        lists = MAIN_LISTS if circles else MAIN_LISTS[1:]
        with translation.override(language):
            paths = [reverse(name) for name in lists]
            return [*paths, *(one.get_absolute_url() for one in circles)]

    def _circles(self, language: str) -> list[Circle]:
        threads = Question.objects.visible().filter(language=language)
        asked_in = threads.order_by().values("circle").distinct()
        return list(open_circles().filter(pk__in=asked_in))

    def shown(self, language: str) -> str:
        return questions_in(language)


class Pages:
    """Halls, topics, articles and plain pages: what editors wrote and published."""

    kind = "pages"
    ids = 5_000

    def files(self, language: str) -> list[File]:
        return self._files(language, _published(language))

    def file(self, language: str, number: int) -> File | None:
        rows = _within(_published(language), number, self.ids)
        return next(iter(self._files(language, rows)), None)

    def _files(self, language: str, rows: QuerySet) -> list[File]:
        left = PageLogEntry.objects.filter(action__in=LEFT_THE_TREE)
        left_at = left.aggregate(at=Max("timestamp"))["at"]
        counted = (
            rows.order_by()
            .values(place=F("pk") / self.ids)
            .annotate(addresses=Count("pk"), published_at=Max("last_published_at"))
            .order_by("place")
        )
        return [
            File(
                self.kind,
                language,
                row["place"] + 1,
                row["addresses"],
                max(filter(None, (row["published_at"], left_at)), default=None),
            )
            for row in counted
        ]

    def entries(self, language: str, number: int) -> Iterator[Entry]:
        first, last = _bounds(number, self.ids)
        pages = _published(language).only(
            "url_path", "translation_key", "last_published_at"
        )
        for chunk in _chunks(pages, first, last):
            keys = [page.translation_key for page in chunk]
            versions: dict = {key: {} for key in keys}
            for code in CODES:
                found = _published(code).filter(translation_key__in=keys)
                for key, path in found.values_list("translation_key", "url_path"):
                    versions[key][code] = _page_path(code, path)
            for page in chunk:
                address = _page_path(language, page.url_path)
                translated = versions[page.translation_key]
                yield Entry(
                    address,
                    page.last_published_at,
                    translated if len(translated) > 1 else {},
                )

    def shown(self, language: str) -> str:  # noqa: ARG002  editors change little
        return ARTICLES


KINDS: dict[str, Kind] = {
    kind.kind: kind for kind in (Pages(), Lists(), Questions(), Tags(), Members())
}
FILE_PATTERN = (
    rf"^sitemap-(?P<kind>{'|'.join(KINDS)})-(?P<language>{'|'.join(CODES)})"
    r"-(?P<number>[1-9][0-9]{0,8})\.xml$"
)


def all_files() -> list[File]:
    return [
        file
        for kind in KINDS.values()
        for language in CODES
        for file in kind.files(language)
    ]


@require_safe
@alike_for_visitors
def index(request: HttpRequest) -> HttpResponse:
    """Which files there are. Asked anew once a minute, whatever changes meanwhile."""
    files = kept_part(("sitemap files",), all_files)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
        *(
            f"<sitemap><loc>{escape(file.url)}</loc>{_lastmod(file.changed_at)}"
            "</sitemap>"
            for file in files
        ),
        "</sitemapindex>",
    ]
    return HttpResponse("\n".join(lines), content_type=XML)


@require_safe
@alike_for_visitors
def sitemap_file(
    request: HttpRequest, kind: str, language: str, number: str
) -> HttpResponseBase:
    made = KINDS[kind]
    file = made.file(language, int(number))
    if file is None:
        raise Http404
    shows(made.shown(language))
    if file.fingerprint and file.addresses > FEW:
        not_changed = get_conditional_response(request, etag=file.fingerprint)
        if not_changed is not None:
            return not_changed
    written = _written(made.entries(language, file.number))
    if file.addresses <= FEW:
        return HttpResponse(b"".join(written), content_type=XML)
    response = StreamingHttpResponse(written, content_type=XML)
    if file.fingerprint:
        response.headers["ETag"] = file.fingerprint
    return response


def _written(entries: Iterable[Entry]) -> Iterator[bytes]:
    yield HEAD.encode()
    lines: list[str] = []
    for entry in entries:
        lines.append(_line(entry))
        if len(lines) == ROWS:
            yield "".join(lines).encode()
            lines.clear()
    yield "".join([*lines, FOOT]).encode()


def _line(entry: Entry) -> str:
    url = f"<url><loc>{escape(absolute(entry.path))}</loc>{_lastmod(entry.changed_at)}"
    versions = {HREFLANG[code]: path for code, path in entry.versions.items()}
    if versions:
        versions["x-default"] = entry.versions.get("en", entry.path)
    links = (
        f'<xhtml:link rel="alternate" hreflang="{code}" '
        f'href="{escape(absolute(path))}"/>'
        for code, path in versions.items()
    )
    return f"{url}{''.join(links)}</url>\n"


def _lastmod(moment: datetime | None) -> str:
    if moment is None:
        return ""
    return f"<lastmod>{moment.isoformat(timespec='seconds')}</lastmod>"


def _bounds(number: int, ids: int) -> tuple[int, int]:
    """First and last id of a file; the first file holds 1 to ids - 1."""
    return (number - 1) * ids, number * ids - 1


def _within(rows: QuerySet, number: int, ids: int) -> QuerySet:
    first, last = _bounds(number, ids)
    return rows.filter(pk__gte=first, pk__lte=last)


def _in_order(rows: QuerySet, first: int, last: int) -> Iterator:
    for chunk in _chunks(rows, first, last):
        yield from chunk


def _chunks(rows: QuerySet, first: int, last: int) -> Iterator[list]:
    """From the last id seen on: no OFFSET, and no cursor kept open while a slow
    reader reads."""
    after = first - 1
    while True:
        chunk = list(rows.filter(pk__gt=after, pk__lte=last).order_by("pk")[:ROWS])
        if not chunk:
            return
        yield chunk
        after = chunk[-1].pk


def _counted_files(kind: str, language: str, rows: QuerySet, ids: int) -> list[File]:
    counted = rows.order_by().values(place=F("pk") / ids).annotate(n=Count("pk"))
    return [
        File(kind, language, row["place"] + 1, row["n"])
        for row in counted.order_by("place")
    ]


def _newest(model: type[Answer] | type[Question]) -> Subquery:
    mine = model.objects.visible().filter(author=OuterRef("pk"))
    return Subquery(mine.order_by("-created_at").values("created_at")[:1])


def _published(language: str) -> QuerySet[Page]:
    return (
        Page.objects.live()
        .public()
        .filter(depth__gte=HALL_DEPTH, locale__language_code=language)
    )


def _page_path(language: str, url_path: str) -> str:
    return f"/{language}/{url_path.split('/', 2)[2]}"


def _in_each_language(name: str, *args: str) -> dict[str, str]:
    addresses = {}
    for code in CODES:
        with translation.override(code):
            addresses[code] = reverse(name, args=args)
    return addresses
