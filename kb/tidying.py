"""Markdown of other systems, made ours: no HTML, links that lead here."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from markdownify import markdownify

from common.text import pinyin_slug
from kb.bodies import anchor_of

# What stands in code is an example: nothing in it is touched.
CODE = re.compile(r"^(?:```|~~~).*?^(?:```|~~~)[ \t]*$|`[^`\n]+`", re.DOTALL | re.M)
CODE_GOES_HERE = re.compile("\x00(\\d+)\x00")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
ANCHOR = re.compile(
    r"""<a\s+(?:id|name)=["']?([^\s"'>]*)[^>]*>\s*</a>""", re.IGNORECASE
)
BLOCK = re.compile(
    r"<(table|div|figure|ul|ol|p|h[1-6]|blockquote)\b[^>]*>.*?</\1>",
    re.DOTALL | re.IGNORECASE,
)
KEY = re.compile(r"<kbd>(.*?)</kbd>", re.IGNORECASE)
BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
TAG = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.IGNORECASE)
# {.link-download}, {: .note}, {#anchor}: classes of the other system's templates.
ATTRIBUTES = re.compile(r"\{[.:#][^{}\n]*\}")
NAME_OF_HEADING = re.compile(r"\{[^}]*#([\w-]+)[^}]*\}")
PICTURE = re.compile(r"!\[([^\]]*)\]\(\s*([^)\s]+)[^)]*\)")
LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(\s*([^)\s]+)([^)]*)\)")
# Leavings of wrong conversions, and marks that turn the reading direction around.
UNREADABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
FIRST_HEADING = re.compile(r"\A\s*# +(.+?)\s*#*\s*\n+")
HEADING = re.compile(r"^#{1,6} +(.+?)\s*#*\s*$", re.M)
SAFE = re.compile(r"(?:https?://|mailto:|tel:|/)", re.IGNORECASE)

# The address of the article a link of the other system means; "" if there is none.
Resolver = Callable[[str], str]


@dataclass
class Tidied:
    text: str
    pictures_left_out: int = 0
    # Targets that are no article here, not yet at least.
    unknown_targets: list[str] = field(default_factory=list)


def tidy(source: str, title: str, resolve: Resolver) -> Tidied:
    """Markdown that our renderer shows as its writer meant it."""
    tidied = Tidied("")
    body = UNREADABLE.sub("", source.replace("\r\n", "\n"))
    body = FIRST_HEADING.sub(lambda m: "" if _same(m[1], title) else m[0], body)
    code: list[str] = []

    def put_away(found: re.Match[str]) -> str:
        code.append(found[0])
        return f"\x00{len(code) - 1}\x00"

    def with_code(text: str) -> str:
        return CODE_GOES_HERE.sub(lambda place: code[int(place[1])], text)

    body = CODE.sub(put_away, body)
    anchors = _anchors(with_code(body))
    body = _linked(_without_html(body), anchors, resolve, tidied)
    tidied.text = re.sub(r"\n{3,}", "\n\n", with_code(body)).strip()
    return tidied


def _anchors(body: str) -> dict[str, str]:
    """By the name that links in this text may use, the heading's id on our page.

    A heading's name is made of its words, here cut off sooner than elsewhere, or given
    as {#name}; or an empty <a id> stands shortly before it.
    """
    anchors: dict[str, str] = {}
    for heading in HEADING.finditer(body):
        words = _words(heading[1])
        anchor = anchor_of(words)
        anchors |= {anchor: anchor, pinyin_slug(words, max_length=200): anchor}
        if given := NAME_OF_HEADING.search(heading[1]):
            anchors[given[1]] = anchor
    for named in ANCHOR.finditer(body):
        if heading_after := HEADING.search(body, named.end()):
            anchors.setdefault(named[1], anchor_of(_words(heading_after[1])))
    return anchors


def _words(heading: str) -> str:
    return re.sub("[`*]", "", _without_html(heading))


def _same(heading: str, title: str) -> bool:
    return "".join(heading.split()).casefold() == "".join(title.split()).casefold()


def _without_html(text: str) -> str:
    text = ANCHOR.sub("", COMMENT.sub("", text))
    if "<" in text:
        text = BLOCK.sub(_block_as_markdown, text)
        text = KEY.sub(r"`\1`", text)
        text = TAG.sub("", BREAK.sub(" ", text))
    return ATTRIBUTES.sub("", text)


def _block_as_markdown(block: re.Match[str]) -> str:
    written = markdownify(
        block[0],
        heading_style="ATX",
        escape_asterisks=False,
        escape_underscores=False,
        escape_misc=False,
    )
    return f"\n\n{written.strip()}\n\n"


def _linked(
    text: str, anchors: Mapping[str, str], resolve: Resolver, tidied: Tidied
) -> str:
    def picture(found: re.Match[str]) -> str:
        """Its file did not come along; its description did."""
        if SAFE.match(found[2]):
            return found[0]
        tidied.pictures_left_out += 1
        alt = " ".join(found[1].split())
        return f"*({alt})*" if alt else ""

    def link(found: re.Match[str]) -> str:
        words, target, rest = found[1], found[2], found[3]
        if SAFE.match(target):
            return found[0]
        if target.startswith("#") and (place := anchors.get(target[1:])):
            return f"[{words}](#{place}{rest})"
        if address := resolve(target):
            return f"[{words}]({address}{rest})"
        tidied.unknown_targets.append(target)
        return words

    return LINK.sub(link, PICTURE.sub(picture, text))
