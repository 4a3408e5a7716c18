"""Text of other communities made into ours."""

import re
import unicodedata

import nh3
from bs4 import BeautifulSoup
from markdownify import MarkdownConverter

# Everything in Unicode's "other" classes but line breaks and tabs: NUL, control
# characters, lone surrogates, private use.
_UNUSABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]"
)
_BLANK_LINES = re.compile(r"\n{3,}")


class _Converter(MarkdownConverter):
    class Options:
        heading_style = "ATX"
        bullets = "-"
        strip = ("script", "style")
        escape_misc = True


def usable(text: str) -> str:
    """The text without characters no database or page wants, composed (NFC)."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _UNUSABLE.sub("", unified))


def one_line(text: str, most: int) -> str:
    return " ".join(usable(text).split())[:most].rstrip()


def markdown_of(html: str) -> str:
    """Markdown with the same content. Kept whole, however long it is."""
    html = usable(html)
    try:
        soup = BeautifulSoup(html, "html.parser")
        found = _Converter().convert_soup(soup)
    except RecursionError:
        # Nested thousands deep: the words matter more than the boxes around them.
        found = nh3.clean(html, tags=set())
    return _BLANK_LINES.sub("\n\n", found).strip()
