"""Text of other communities made into ours."""

import re
import unicodedata
import warnings
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import nh3
from bs4 import (
    BeautifulSoup,
    MarkupResemblesLocatorWarning,
    Tag,
    XMLParsedAsHTMLWarning,
)
from bs4.element import Declaration, Doctype, ProcessingInstruction
from markdownify import MarkdownConverter

from common import markdown
from common.text import MAX_MARKS

# What common.text refuses when somebody types it is left out of what they once typed
# elsewhere, so that an imported post can be edited here.
_UNUSABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    "\u202a-\u202e\u2066-\u2069]"
)
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
_LINE_BREAK = re.compile("\r\n?|\u2028|\u2029")
_BLANK_LINES = re.compile(r"\n{3,}")
_FENCES = re.compile("`{3,}")
_NOT_IN_ADDRESS = re.compile(r"[\s<>\\]")
_MARKS = re.compile(r"[\\`*_\[\]<>&]")
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)


class _Converter(MarkdownConverter):
    class Options:
        heading_style = "ATX"
        bullets = "-"
        # A line break in HTML is a space; in our Markdown it is a new line.
        wrap = True
        wrap_width = None
        escape_misc = True

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        address = el.get("href")
        words = text.strip()
        if "_noformat" in parent_tags or not words or not address:
            return text
        before = " " if text[0].isspace() else ""
        after = " " if text[-1].isspace() else ""
        if el.get_text().strip() == address:
            return f"{before}<{address}>{after}"
        return f"{before}[{words}]({_destination(str(address))}){after}"

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002
        words = _escaped(" ".join(str(el.get("alt") or "").split()))
        address = el.get("src")
        if not address or "emoji" in (el.get("class") or ()):
            return words
        return f"![{words}]({_destination(str(address))})"

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002
        if not text.strip():
            return ""
        inside = max((len(run) for run in _FENCES.findall(text)), default=2)
        fence = "`" * (inside + 1)
        return f"\n\n{fence}\n{text.strip(chr(10))}\n{fence}\n\n"


def usable(text: str) -> str:
    """The text without characters no database or page wants, composed (NFC)."""
    unified = _UNUSABLE.sub("", _LINE_BREAK.sub("\n", text))
    return _without_smears(unicodedata.normalize("NFC", unified))


def one_line(text: str, most: int) -> str:
    return " ".join(_INVISIBLE.sub("", usable(text)).split())[:most].rstrip()


def markdown_of(html: str, base: str = "") -> str:
    """Markdown with the same content. Kept whole, however long it is.

    Addresses without a host belong to `base`; without one, the words alone stay.
    """
    html = usable(html)
    try:
        found = str(_Converter().convert_soup(_soup(html, base)))
    except RecursionError:
        # Nested thousands deep: the words matter more than the boxes around them.
        found = nh3.clean(html, tags=set())
    # Once more, for what was written as a character reference.
    return _BLANK_LINES.sub("\n\n", usable(found)).strip()


def plain_of(html: str) -> str:
    """The words alone."""
    return markdown.render(markdown_of(html)).text


def address_of(source: str) -> str:
    """Where a community of this name lives on the web, if it is named by its host."""
    return f"https://{source}/" if _HOST.fullmatch(source) else ""


def _soup(html: str, base: str) -> BeautifulSoup:
    with warnings.catch_warnings():
        # A post may be a bare address, or begin like XML.
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        soup = BeautifulSoup(html, "html.parser")
    for part in soup.find_all(string=_is_no_text):
        part.extract()
    for tag in soup.find_all(["a", "img", "td", "th"]):
        # One cell may claim to be a thousand.
        tag.attrs.pop("colspan", None)
        for name in ("href", "src"):
            if name in tag.attrs:
                tag[name] = _whole_address(str(tag[name]), base)
    return soup


def _is_no_text(part: Any) -> bool:
    return isinstance(part, Declaration | Doctype | ProcessingInstruction)


def _whole_address(address: str, base: str) -> str:
    """The address with scheme and host; nothing if it would lead nowhere from here."""
    if address.startswith("#"):
        return ""
    try:
        whole = urljoin(base or "https:", address.strip())
        parts = urlsplit(whole)
    except ValueError:
        return ""
    reachable = parts.netloc if parts.scheme in ("http", "https") else parts.path
    usable_schemes = ("http", "https", "mailto", "tel")
    if parts.scheme not in usable_schemes or not reachable:
        return ""
    return _NOT_IN_ADDRESS.sub(lambda found: quote(found[0]), whole)


def _escaped(words: str) -> str:
    return _MARKS.sub(r"\\\g<0>", words)


def _destination(address: str) -> str:
    return f"<{address}>" if "(" in address or ")" in address else address


def _without_smears(text: str) -> str:
    """Without accents stacked higher than any script needs."""
    if text.isascii():
        return text
    marks, kept = 0, []
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks <= MAX_MARKS:
            kept.append(character)
    return "".join(kept)
