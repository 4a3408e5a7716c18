"""What people type, made fit to keep: one form of Unicode, nothing hidden, not endless.

Lengths are counted in characters, so that 携号转网 is as long as "port".
"""

import re
import unicodedata

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _, ngettext_lazy
from pypinyin import lazy_pinyin

from common.errors import Refused

MAX_BODY_CHARS = 30_000
# Vietnamese and pointed Hebrew need four at most; more is there to smear the page.
MAX_MARKS = 6

_LINE_BREAK = re.compile("\r\n?|\u2028|\u2029")
# Controls except tab and newline, lone surrogates, and what XML (feeds) cannot carry.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
# These reorder what follows, so that a reader sees something else than what is there.
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Zero width: of no use in a line, and good for making two lines look alike.
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
_HAN = re.compile(
    "[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_CHINESE_FROM = 0.3


class BadText(Refused):
    """Text that cannot be kept as it was typed."""

    title = _("This text could not be kept as it is")


class UnprintableText(BadText):
    sentence = _(
        "The text holds characters that cannot be shown, probably from copying."
        " Nothing was saved. Delete what looks odd, or type that part again."
    )


class ReorderedText(BadText):
    sentence = _(
        "The text holds hidden characters that turn the reading direction around."
        " Nothing was saved. Type that part again instead of pasting it."
    )


class SmearedText(BadText):
    sentence = _(
        "The text stacks too many accents on one letter. Nothing was saved. Remove"
        " them and send it again."
    )


class TextTooLong(BadText):
    """`excess` characters more than `allowed`."""

    sentence = ngettext_lazy(
        "This is %(excess)d character too long; %(allowed)d are allowed. Nothing was"
        " saved. Shorten it and send it again.",
        "This is %(excess)d characters too long; %(allowed)d are allowed. Nothing was"
        " saved. Shorten it and send it again.",
        "excess",
    )


def clean_line(value: str, max_chars: int, *, nfkc: bool = False) -> str:
    """One line: every run of white space becomes one space, none at the ends.

    With `nfkc` full-width letters become ordinary ones (ＶＩＰ -> VIP), for names and
    tags. Raises BadText.
    """
    line = _INVISIBLE.sub("", _printable(_LINE_BREAK.sub("\n", value)))
    line = unicodedata.normalize("NFKC" if nfkc else "NFC", line)
    return _short_enough(" ".join(line.split()), max_chars)


def clean_body(value: str, max_chars: int = MAX_BODY_CHARS) -> str:
    """Several lines, ending in \\n, without empty ones around. Raises BadText."""
    body = _printable(_LINE_BREAK.sub("\n", value).removeprefix("\ufeff"))
    body = unicodedata.normalize("NFC", body).strip("\n").rstrip()
    if not _INVISIBLE.sub("", body).strip():
        return ""
    return _short_enough(body, max_chars)


def _printable(text: str) -> str:
    if _UNPRINTABLE.search(text):
        raise UnprintableText
    if _REORDERING.search(text):
        raise ReorderedText
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks > MAX_MARKS:
            raise SmearedText
    return text


def _short_enough(text: str, max_chars: int) -> str:
    if len(text) > max_chars:
        raise TextTooLong(excess=len(text) - max_chars, allowed=max_chars)
    return text


def han_share(text: str) -> float:
    """How much of the letters and digits is Chinese, from 0 to 1."""
    letters = sum(character.isalnum() for character in text)
    return len(_HAN.findall(text)) / letters if letters else 0.0


def detect_language(title: str) -> str:
    return "zh-hans" if han_share(title) > _CHINESE_FROM else "en"


def pinyin_slug(text: str, max_length: int = 80) -> str:
    """Readable ASCII for an address: "携号转网 FAQ" -> "xie-hao-zhuan-wang-faq".

    Cut between words. Never empty: what leaves nothing readable becomes "x".
    """
    text = unicodedata.normalize("NFKC", text[: max_length * 2])
    parts = (re.sub(r"['’]", "", part) for part in lazy_pinyin(text, errors="default"))
    words = slugify(" ".join(parts)).replace("_", "-").split("-")
    slug = ""
    for word in filter(None, words):
        longer = f"{slug}-{word}" if slug else word[:max_length]
        if len(longer) > max_length:
            break
        slug = longer
    return slug or "x"


def excerpt(text: str, chars: int) -> str:
    """The beginning in one line, at most that many characters, cut between words."""
    line = " ".join(text.split())
    if len(line) <= chars:
        return line
    cut = line[: chars - 1]
    space = cut.rfind(" ")
    # Chinese has no spaces: cut there only when little is lost.
    if line[chars - 1] != " " and space > chars * 3 // 4:
        cut = cut[:space]
    return cut.rstrip(" ,.;:，。；：、") + "…"
