"""Markdown as people write it, turned into HTML that is safe to keep and show.

Two fences, one behind the other: the parser takes no HTML, and nh3 lets only the tags
below through. Posts are rendered when they are saved, never when they are read.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

# Raise it when the same source gives other HTML: stored posts are then rendered anew.
RENDERER_VERSION = 3

# Deeper quotes and lists are left out: nobody can read them, and they cost time.
MAX_NESTING = 20
# <h1> and <h2> belong to the page around the post.
FIRST_HEADING = 3
LAST_HEADING = 6

_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
}
_TAGS = {
    *("a", "blockquote", "br", "code", "em", "hr", "img", "li", "ol", "p", "pre", "s"),
    *("h3", "h4", "h5", "h6", "strong", "ul"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
# What links in posts say to search engines, as stored and for somebody trusted.
_OF_A_STRANGER, _OF_SOMEBODY_TRUSTED = "nofollow ugc noopener", "ugc noopener"
_LINK_TO_NOWHERE = re.compile(
    rf'<a(?: title="[^"]*")? rel="{_OF_A_STRANGER}">(.*?)</a>', re.DOTALL
)
_SCHEMES = {"http", "https", "mailto", "tel"}
# Pictures come from this site alone: others would tell their server who reads what.
_OUR_PICTURE = re.compile(r"/(?:media|uploads|[a-z-]+/uploads)/[\w%./-]+", re.ASCII)
# ASCII alone: Chinese goes on right after an address, without a space.
_WEB_ADDRESS = re.compile(r"https?://[!#-&(-;=?-\[\]_a-z~]+", re.IGNORECASE)


# From the addresses of pictures of ours to the width and height of those it knows.
SizesOf = Callable[[Collection[str]], Mapping[str, tuple[int, int]]]


@dataclass(frozen=True)
class Rendered:
    """Clean HTML, and the words alone for search and excerpts."""

    html: str
    text: str


def render(source: str, sizes_of: SizesOf | None = None) -> Rendered:
    """Clean HTML. Pictures whose size is known keep their room while they load."""
    tokens = _markdown.parse(source)
    if sizes_of is not None:
        _give_room(tokens, sizes_of)
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    html = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel=_OF_A_STRANGER,
        generic_attribute_prefixes=set(),
    )
    return Rendered(_with_manners(html).strip(), _words(tokens))


def with_trusted_links(html: str) -> str:
    """Stored HTML for the page of somebody whose links search engines may follow.

    A typed ">" is stored as "&gt;", so nothing but the end of our own tag is replaced.
    """
    return html.replace(f' rel="{_OF_A_STRANGER}">', f' rel="{_OF_SOMEBODY_TRUSTED}">')


def count_links(html: str) -> int:
    return html.count("<a ")


def count_images(html: str) -> int:
    return html.count("<img ")


def _with_manners(html: str) -> str:
    """Wide parts scroll on their own, with the keyboard too; pictures load when near.

    A link whose address was taken away keeps its words. In clean HTML a literal tag is
    always one of ours: typed ones are escaped.
    """
    html = _LINK_TO_NOWHERE.sub(r"\1", html)
    html = html.replace("<img ", '<img loading="lazy" decoding="async" ')
    html = html.replace("<pre>", '<pre tabindex="0">')
    html = html.replace("<table>", '<div class="table-wrap" tabindex="0"><table>')
    return html.replace("</table>", "</table></div>")


def _give_room(tokens: Iterable[Token], sizes_of: SizesOf) -> None:
    pictures = [
        child
        for token in tokens
        for child in token.children or []
        if child.type == "image"
    ]
    if not pictures:
        return
    sizes = sizes_of({str(picture.attrGet("src")) for picture in pictures})
    for picture in pictures:
        size = sizes.get(str(picture.attrGet("src")))
        if size is not None:
            width, height = size
            picture.attrs |= {"width": str(width), "height": str(height)}


def _words(tokens: Iterable[Token]) -> str:
    lines = []
    for token in tokens:
        if token.type == "inline":
            lines.append("".join(_inline_words(token.children or [])))
        elif token.type in ("fence", "code_block"):
            lines.append(token.content.rstrip("\n"))
    return "\n".join(line for line in lines if line.strip())


def _inline_words(tokens: list[Token]) -> Iterable[str]:
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            yield "\n"
        elif token.type in ("text", "code_inline", "image"):
            yield token.content


def _lower_headings(state: StateCore) -> None:
    """Headings begin below the page's own and never skip a level on the way down."""
    open_levels: list[int] = []
    for token in state.tokens:
        if token.type == "heading_open":
            level = int(token.tag[1])
            while open_levels and open_levels[-1] >= level:
                open_levels.pop()
            open_levels.append(level)
            shown = min(FIRST_HEADING + len(open_levels) - 1, LAST_HEADING)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{shown}"


def _drop_cell_styles(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in ("th_open", "td_open"):
            token.attrs.pop("style", None)


def _keep_our_pictures(state: StateCore) -> None:
    """A picture from elsewhere becomes a link to it."""
    for block in state.tokens:
        if block.type != "inline" or not block.children:
            continue
        shown: list[Token] = []
        in_link = False
        for token in block.children:
            in_link = in_link or token.type == "link_open"
            if token.type == "image" and not _is_ours(str(token.attrGet("src"))):
                shown += _as_link(token, in_link)
            else:
                shown.append(token)
            in_link = in_link and token.type != "link_close"
        block.children = shown


def _mend_links(state: StateCore) -> None:
    """An address has one # at most."""
    for token in state.tokens:
        for child in token.children or []:
            if child.type == "link_open":
                place, mark, fragment = str(child.attrGet("href")).partition("#")
                child.attrSet("href", place + mark + fragment.replace("#", "%23"))


def _is_ours(address: str) -> bool:
    return bool(_OUR_PICTURE.fullmatch(address)) and ".." not in address


def _as_link(image: Token, in_link: bool) -> list[Token]:
    address = str(image.attrGet("src"))
    text = Token("text", "", 0, content=image.content or address)
    return [text] if in_link else _link(address, text)


def _link_bare_addresses(state: StateCore) -> None:
    """https://… in running text becomes a link, without the full stop after it."""
    for block in state.tokens:
        if block.type != "inline" or "://" not in block.content:
            continue
        shown: list[Token] = []
        in_link = False
        for token in block.children or []:
            in_link = in_link or token.type == "link_open"
            if token.type == "text" and not in_link and "://" in token.content:
                shown += _with_links(token.content)
            else:
                shown.append(token)
            in_link = in_link and token.type != "link_close"
        block.children = shown


def _with_links(text: str) -> Iterable[Token]:
    end = 0
    for match in _WEB_ADDRESS.finditer(text):
        address = match[0].rstrip(".,:;!?*_~")
        # "(see https://a.example/x)" closes a bracket the address never opened.
        unopened = address.count(")") - address.count("(")
        closing = len(address) - len(address.rstrip(")"))
        address = address[: len(address) - max(0, min(unopened, closing))]
        href = _markdown.normalizeLink(address)
        if not _markdown.validateLink(href):
            continue
        yield Token("text", "", 0, content=text[end : match.start()])
        yield from _link(href, Token("text", "", 0, content=address))
        end = match.start() + len(address)
    yield Token("text", "", 0, content=text[end:])


def _link(address: str, text: Token) -> list[Token]:
    return [
        Token("link_open", "a", 1, attrs={"href": address}),
        text,
        Token("link_close", "a", -1),
    ]


def _parser() -> MarkdownIt:
    # People press return where they mean a new line.
    options = {"html": False, "maxNesting": MAX_NESTING, "breaks": True}
    parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    parser.core.ruler.push("lower_headings", _lower_headings)
    parser.core.ruler.push("drop_cell_styles", _drop_cell_styles)
    parser.core.ruler.push("keep_our_pictures", _keep_our_pictures)
    parser.core.ruler.push("link_bare_addresses", _link_bare_addresses)
    parser.core.ruler.push("mend_links", _mend_links)
    return parser


_markdown = _parser()
