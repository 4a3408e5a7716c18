"""Articles written outside /admin/: Markdown and plain data become an editor's blocks.

A part is a dictionary with a "type" and that type's fields, all text in Markdown:

    text, markdown   body
    steps            steps: [{title, body, picture, caption}]
    callout          kind (note, tip, warning), title, body
    picture          picture, caption
    table            caption, head: [str], rows: [[str]]
    faq              title, items: [{question, answer}]

A picture is a key of the pictures handed in; one that is not there is left out.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from common import markdown
from kb.blocks import as_article_html
from kb.models import ArticleImage

Part = Mapping[str, Any]


def stream_from(
    parts: Iterable[Part], pictures: Mapping[str, ArticleImage] | None = None
) -> list[dict[str, Any]]:
    """The value of an article's body. Raises ValueError for an unknown part."""
    pictures = pictures or {}
    return [
        {"type": part["type"], "value": _value(part, pictures)}
        for part in parts
        if part["type"] != "picture" or part["picture"] in pictures
    ]


def _value(part: Part, pictures: Mapping[str, ArticleImage]) -> Any:
    match part["type"]:
        case "text":
            return _rich(part["body"])
        case "markdown":
            return part["body"]
        case "steps":
            return {"steps": [_step(step, pictures) for step in part["steps"]]}
        case "callout":
            return {
                "kind": part.get("kind", "note"),
                "title": part.get("title", ""),
                "text": _rich(part["body"]),
            }
        case "picture":
            return {
                "picture": _picture(part["picture"], pictures),
                "caption": part.get("caption", ""),
            }
        case "table":
            return _table(part)
        case "faq":
            items = [
                {"question": item["question"], "answer": _rich(item["answer"])}
                for item in part["items"]
            ]
            return {"title": part.get("title", ""), "items": items}
    raise ValueError(f"An article has no part called {part['type']!r}")


def _step(step: Part, pictures: Mapping[str, ArticleImage]) -> dict[str, Any]:
    return {
        "title": step["title"],
        "text": _rich(step.get("body", "")),
        "picture": _picture(step.get("picture", ""), pictures),
        "caption": step.get("caption", ""),
    }


def _picture(name: str, pictures: Mapping[str, ArticleImage]) -> dict[str, Any] | None:
    image = pictures.get(name)
    if image is None:
        return None
    alt = image.description
    return {"image": image.pk, "alt_text": alt, "decorative": not alt}


def _table(part: Part) -> dict[str, Any]:
    return {
        "caption": part.get("caption", ""),
        "columns": [{"type": "text", "heading": heading} for heading in part["head"]],
        "rows": [{"values": list(row)} for row in part["rows"]],
    }


def _rich(source: str) -> str:
    """Markdown as the rich text an editor goes on with."""
    return as_article_html(markdown.render(source).html)
