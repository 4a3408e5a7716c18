"""Articles of other systems: one topic a source, the same article never twice."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from common import markdown
from common.text import BadText, clean_body, clean_line, excerpt, han_share
from kb.actions.filing import add_article, add_topic
from kb.fields import MAX_TAGS, tag_slugs
from kb.models import ArticlePage, TopicPage
from kb.tidying import Tidied, tidy

# Imported texts are kept whole: this only stops a file that is no article.
MAX_IMPORTED_CHARS = 1_000_000
TITLE_TAG_CHARS = 70
REQUIRED = ("source", "key", "lang", "title", "body_md")
LANGUAGES = {
    "en": "en",
    "zh": "zh-hans",
    "zh-cn": "zh-hans",
    "zh-hans": "zh-hans",
}


class MalformedRow(Exception):
    """A line that is not an article; says what is wrong with it."""


@dataclass(frozen=True)
class ArticleRow:
    source: str
    key: str
    language: str
    title: str
    summary: str
    tags: list[str]
    body: str

    @classmethod
    def read(cls, line: str | bytes) -> "ArticleRow":
        """Raises MalformedRow."""
        try:
            row = json.loads(line)
        except ValueError as error:
            raise MalformedRow(f"this is not JSON ({error})") from error
        if not isinstance(row, dict):
            raise MalformedRow("this is not an object")
        texts = {name: _text(row, name) for name in REQUIRED}
        summary, categories = row.get("summary") or "", row.get("categories") or []
        if not isinstance(summary, str) or not _all_text(categories):
            raise MalformedRow("“summary” or “categories” has another form than text")
        return cls(
            source=texts["source"].strip(),
            key=texts["key"].strip(),
            language=LANGUAGES.get(texts["lang"].lower().replace("_", "-"), ""),
            title=texts["title"],
            summary=summary,
            tags=tag_slugs(categories)[:MAX_TAGS],
            body=texts["body_md"],
        )


def _text(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise MalformedRow(f"“{name}” is missing or is not text")
    return value


def _all_text(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


@dataclass
class ArticleImport:
    """One run over one file, in one language.

    `done` counts articles that are new, updated or unchanged; `skipped` counts the
    others by reason.
    """

    language: str
    at: datetime
    done: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    pictures_left_out: int = 0
    _topics: dict[str, TopicPage] = field(default_factory=dict)
    _addresses: dict[tuple[str, str], str] = field(default_factory=dict)
    # By source and title, the key of the article that had the title first.
    _first_of_title: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Links between articles need every address; a few bytes each."""
        known = ArticlePage.objects.in_language(self.language).exclude(source="")
        shown = ("source", "source_id", "title", "language", "url_path")
        for article in known.only(*shown).order_by("pk"):
            self._remember(article)

    @transaction.atomic
    def take(self, rows: Iterable[ArticleRow]) -> list[ArticleRow]:
        """Import these rows, all or none; return those that link to unknown articles.

        Take them again when the file has been read: their targets may be there then.
        """
        rows = list(rows)
        known = self._known(rows)
        hopeful = []
        for row in rows:
            if row.language != self.language:
                self.skipped["in another language"] += 1
                continue
            try:
                tidied, fields = self._fields(row)
            except BadText:
                self.skipped["with characters that cannot be shown"] += 1
                continue
            article = known.get((row.source, row.key))
            if article is None:
                known[row.source, row.key] = self._add(row, fields)
                self.done["new"] += 1
            else:
                self._bring_up_to_date(article, fields)
            self.pictures_left_out += tidied.pictures_left_out
            if tidied.unknown_targets:
                hopeful.append(row)
        return hopeful

    @transaction.atomic
    def link(self, rows: Iterable[ArticleRow]) -> None:
        """Make the links of rows taken before to articles that came after them."""
        rows = list(rows)
        known = self._known(rows)
        for row in rows:
            article = known.get((row.source, row.key))
            if article is None or _is_edited_here(article):
                continue
            _tidied, fields = self._fields(row)
            if _differs(article, fields):
                article.body = fields["body"]
                article.save()

    def _known(self, rows: list[ArticleRow]) -> dict[tuple[str, str], ArticlePage]:
        found = ArticlePage.objects.in_language(self.language).filter(
            source__in={row.source for row in rows},
            source_id__in={row.key for row in rows},
        )
        return {(article.source, article.source_id): article for article in found}

    def _fields(self, row: ArticleRow) -> tuple[Tidied, dict[str, Any]]:
        """Raises BadText."""
        tidied = tidy(
            row.body, row.title, lambda target: self._resolve(row.source, target)
        )
        text = clean_body(tidied.text, MAX_IMPORTED_CHARS)
        title = clean_line(row.title, 255)
        summary = self._summary(row)
        return tidied, {
            "title": title,
            "seo_title": self._title_tag(row, title, summary),
            "summary": summary,
            "body": [{"type": "markdown", "value": text}],
            "tags": row.tags,
        }

    def _summary(self, row: ArticleRow) -> str:
        """None rather than one that was never translated."""
        summary = excerpt(markdown.render(row.summary).text, 300)
        is_foreign = self.language == "zh-hans" and not han_share(summary)
        return "" if is_foreign else summary

    def _title_tag(self, row: ArticleRow, title: str, summary: str) -> str:
        """What tells an article from another of the same title in a list of results."""
        first = self._first_of_title.get((row.source, title), row.key)
        if first == row.key:
            return ""
        return excerpt(f"{title}: {summary or row.key}", TITLE_TAG_CHARS)

    def _add(self, row: ArticleRow, fields: dict[str, Any]) -> ArticlePage:
        twin = ArticlePage.objects.filter(source=row.source, source_id=row.key)
        article = add_article(
            topic=self._topic(row.source),
            published_at=self.at,
            source=row.source,
            source_id=row.key,
            translation_of=twin.exclude(language=self.language).first(),
            **fields,
        )
        self._remember(article)
        return article

    def _bring_up_to_date(self, article: ArticlePage, fields: dict[str, Any]) -> None:
        """What an editor has touched since is theirs."""
        if not _differs(article, fields):
            self.done["unchanged"] += 1
        elif _is_edited_here(article):
            self.skipped["edited here since"] += 1
        else:
            for name, value in fields.items():
                setattr(article, name, value)
            article.last_published_at = self.at
            article.save()
            self.done["updated"] += 1

    def _topic(self, source: str) -> TopicPage:
        if source not in self._topics:
            topics = TopicPage.objects.filter(source=source)
            topic = topics.filter(locale__language_code=self.language).first()
            self._topics[source] = topic or add_topic(
                language=self.language,
                title=re.sub(r"[-_]+", " ", source).capitalize(),
                source=source,
                translation_of=topics.first(),
            )
        return self._topics[source]

    def _remember(self, article: ArticlePage) -> None:
        address = article.get_absolute_url()
        self._addresses[article.source, article.source_id] = address
        same = (article.source, article.title)
        self._first_of_title.setdefault(same, article.source_id)

    def _resolve(self, source: str, target: str) -> str:
        """Other systems link by key (#a11y-icon) or by file (en/text/calc/sum.html)."""
        path, _hash, anchor = target.partition("#")
        names = path.rpartition(".")[0].split("/") if "." in path else path.split("/")
        candidates = ["-".join(names[start:]) for start in range(len(names))]
        for key in (anchor if not path else "", *candidates):
            if key and (address := self._addresses.get((source, key))):
                return address
        return ""


def _is_edited_here(article: ArticlePage) -> bool:
    return article.latest_revision_id is not None or not article.live


def _differs(article: ArticlePage, fields: dict[str, Any]) -> bool:
    same_words = all(
        getattr(article, name) == fields[name]
        for name in ("title", "seo_title", "summary", "tags")
    )
    stored = [
        {"type": block["type"], "value": block["value"]}
        for block in article.body.raw_data
    ]
    return not same_words or stored != fields["body"]
