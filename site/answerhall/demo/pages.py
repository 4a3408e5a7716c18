"""The editors' half of the demo: documents, the hall's doors, topics, articles."""

import json
import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from markdown_it import MarkdownIt
from wagtail.models import Locale

from answerhall.demo import pictures
from common.text import pinyin_slug
from community.models import Tag
from kb.actions import publish_page
from kb.models import (
    ArticleImage,
    ArticlePage,
    HallPage,
    HallSettings,
    PlainPage,
    TopicIndexPage,
    TopicPage,
)
from people.models import Person

FOLDER = Path(__file__).parent
MARKDOWN = MarkdownIt("commonmark")

Linked = dict[tuple[str, str], ArticlePage]


def arrange_hall(language: str) -> None:
    row = _read(language)["hall"]
    hall = _in(language, HallPage)
    hall.headline = row["headline"]
    hall.search_hint = row["search_hint"]
    hall.popular_searches = "\n".join(row["popular_searches"])
    hall.introduction = row["introduction"]
    publish_page(hall)


def make_documents(language: str, at: datetime) -> None:
    """How the hall works, privacy, terms, licence: linked from every footer."""
    read = _read(language)
    settings = HallSettings.load()
    for key, value in read["operator"].items():
        setattr(settings, key, value)
    hall = _in(language, HallPage)
    for row in read["document"]:
        page = PlainPage(
            title=row["title"],
            slug=row["slug"],
            introduction=row["introduction"],
            locale=hall.locale,
            body=_stream([{"type": "text", "body": row["body"]}]),
        )
        field = f"{row['key']}_page"
        other = getattr(settings, field)
        if other is not None:
            page.translation_key = other.translation_key
        hall.add_child(instance=page)
        publish_page(page, at=at)
        if language == "en":
            setattr(settings, field, page.page_ptr)
    settings.save()


def make_topic(language: str, row: dict[str, Any]) -> TopicPage:
    index = _in(language, TopicIndexPage)
    known = TopicPage.objects.child_of(index).filter(slug=row["slug"]).first()
    if known is not None:
        return known
    topic = TopicPage(
        title=row["title"],
        slug=row["slug"],
        summary=row["summary"],
        icon=row["icon"],
        tags=_tag_slugs(row["tags"]),
        locale=index.locale,
    )
    index.add_child(instance=topic)
    publish_page(topic)
    return topic


def publish_article(
    linked: Linked,
    language: str,
    row: dict[str, Any],
    topic: TopicPage | None,
    author: Person,
    at: datetime,
    draft: ArticlePage | None = None,
) -> None:
    """Publish the article of this row, under `topic` or in place of `draft`."""
    article = draft or ArticlePage(locale=_in(language, TopicIndexPage).locale)
    article.title = row["title"]
    article.slug = row["slug"]
    article.summary = row["summary"]
    article.body = _stream(row["block"])
    article.checked_on = at.date() if draft else _checked_on(row, at)
    article.author = author
    article.tags = _tag_slugs(row["tags"])
    for (key, other), page in linked.items():
        if key == row["key"] and other != language:
            article.translation_key = page.translation_key
    if topic is not None:
        topic.add_child(instance=article)
    publish_page(article, by=author, at=at)
    linked[row["key"], language] = article


def _checked_on(row: dict[str, Any], at: datetime) -> date:
    days = row["published_days_ago"] - row["checked_days_ago"]
    return (at + timedelta(days=days)).date()


def _in(language: str, kind: Any) -> Any:
    locale = Locale.objects.get(language_code=language)
    return kind.objects.get(locale=locale)


def _read(language: str) -> dict[str, Any]:
    folder = language.replace("-", "_")
    with (FOLDER / folder / "hall.toml").open("rb") as file:
        return tomllib.load(file)


def _tag_slugs(names: list[str]) -> list[str]:
    known = dict(Tag.objects.filter(name__in=names).values_list("name", "slug"))
    return [known.get(name) or pinyin_slug(name) for name in names]


def _stream(blocks: list[dict[str, Any]]) -> str:
    """StreamField's stored form of the demo's blocks."""
    return json.dumps([BLOCKS[block["type"]](block) for block in blocks])


def _text(block: dict[str, Any]) -> dict[str, Any]:
    return {"type": "text", "value": MARKDOWN.render(block["body"])}


def _steps(block: dict[str, Any]) -> dict[str, Any]:
    steps = [
        {
            "title": step["title"],
            "text": MARKDOWN.render(step["body"]),
            **_picture(step),
        }
        for step in block["steps"]
    ]
    return {"type": "steps", "value": {"steps": steps}}


def _picture(step: dict[str, Any]) -> dict[str, Any]:
    name = step.get("picture")
    if not name:
        return {}
    title = f"demo {name}"
    image = ArticleImage.objects.filter(title=title).first()
    if image is None:
        file = ImageFile(ContentFile(pictures.draw(name)), name=f"{name}.png")
        image = ArticleImage.objects.create(title=title, file=file)
    shown = {"image": image.pk, "decorative": False, "alt_text": step["title"]}
    return {"picture": shown}


def _callout(block: dict[str, Any]) -> dict[str, Any]:
    text = MARKDOWN.render(block["body"])
    value = {"kind": block["kind"], "title": block.get("title", ""), "text": text}
    return {"type": "callout", "value": value}


def _table(block: dict[str, Any]) -> dict[str, Any]:
    columns = [{"type": "text", "heading": head} for head in block["head"]]
    rows = [{"values": [str(cell) for cell in row]} for row in block["rows"]]
    value = {"columns": columns, "rows": rows, "caption": block.get("caption", "")}
    return {"type": "table", "value": value}


def _faq(block: dict[str, Any]) -> dict[str, Any]:
    items = [
        {"question": item["question"], "answer": MARKDOWN.render(item["answer"])}
        for item in block["items"]
    ]
    return {"type": "faq", "value": {"title": "", "items": items}}


BLOCKS = {
    "text": _text,
    "steps": _steps,
    "callout": _callout,
    "table": _table,
    "faq": _faq,
}
