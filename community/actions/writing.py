"""From what somebody typed to what is stored."""

from datetime import datetime
from typing import TypedDict

from common import markdown
from common.text import clean_body, clean_line, han_share
from community import numbers, queries
from community.errors import BodyTooShort, TitleTooShort


class Written(TypedDict):
    body: str
    body_html: str
    body_text: str
    renderer_version: int


def clean_title(title: str) -> str:
    title = clean_line(title, numbers.TITLE_MOST)
    least = _least(title, numbers.TITLE_LEAST, numbers.TITLE_LEAST_HAN)
    if len(title) < least:
        raise TitleTooShort(least=least)
    return title


def written(body: str) -> Written:
    """A question's or an answer's text with its clean HTML."""
    return _written(
        clean_body(body, numbers.BODY_MOST), numbers.BODY_LEAST, numbers.BODY_LEAST_HAN
    )


def written_shortly(body: str) -> Written:
    """A comment's text with its clean HTML."""
    return _written(
        clean_body(body, numbers.COMMENT_MOST),
        numbers.COMMENT_LEAST,
        numbers.COMMENT_LEAST_HAN,
    )


def is_news(at: datetime, now: datetime) -> bool:
    """Whether this happens today, not in a past that is being written down.

    Demonstrations and restored histories pass moments long gone: they neither
    wake anybody up nor count as a flood.
    """
    return (now - at).total_seconds() < 86_400


def _written(body: str, least: int, least_han: int) -> Written:
    body = body.strip()
    rendered = markdown.render(body, queries.picture_sizes)
    least = _least(body, least, least_han)
    # Markdown that shows nothing, such as a lone link definition, is no post.
    if len(body) < least or not (rendered.text or "<img" in rendered.html):
        raise BodyTooShort(least=least)
    return Written(
        body=body,
        body_html=rendered.html,
        body_text=rendered.text,
        renderer_version=markdown.RENDERER_VERSION,
    )


def _least(text: str, latin: int, han: int) -> int:
    return han if han_share(text) > numbers.HAN_SHARE else latin
