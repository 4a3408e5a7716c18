"""Templates whose unchanging parts are made once for each language.

What stands in a template as plain text, a translated phrase, an icon, a static file or
an address without arguments comes out alike for all who read the same language. The
loader puts such neighbours together when it has read a template: half of the work on a
page of many small parts. Other addresses are spelled by common.addresses, and sentences
are put together from their tokens once.
"""

from collections.abc import Callable, Iterable, Iterator
from copy import copy
from functools import lru_cache
from threading import RLock
from typing import Any, TypeVar

from django.template import Context, Template
from django.template.base import (
    FilterExpression,
    Node,
    NodeList,
    TextNode,
    TokenType,
)
from django.template.defaulttags import CommentNode, LoadNode, URLNode
from django.template.library import SimpleNode
from django.template.loaders import cached
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.templatetags.static import StaticNode
from django.urls import NoReverseMatch
from django.utils.functional import cached_property
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from common.addresses import address
from common.lookups import quicken, written

Tag = TypeVar("Tag", bound=Callable[..., str])


def unchanging(tag: Tag) -> Tag:
    """Mark a simple tag that for the same words always says the same."""
    tag.is_unchanging = True  # type: ignore[attr-defined]
    return tag


class Loader(cached.Loader):
    """Django's own, folding each template when it is first read."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._lock = RLock()

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        # Another thread would render a template half of which is folded.
        with self._lock:
            known = self.cache_key(template_name, skip) in self.get_template_cache
            template = super().get_template(template_name, skip)
            if not known:
                _fold(template.nodelist)
            return template


class Folded(Node):
    """Neighbours that come out alike in each language."""

    child_nodelists = ()

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.nodes = tuple(nodes)
        self.said: dict[str | None, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        language = get_language()
        if language not in self.said:
            parts = [str(node.render_annotated(context)) for node in self.nodes]
            self.said[language] = SafeString("".join(parts))
        return self.said[language]

    # Nothing that is kept can fail; what it is made of says where it stands.
    render_annotated = render


class Address(URLNode):
    """{% url %} of a page named in the template, by the memory of addresses."""

    def render(self, context: Context) -> str:
        args = [arg.resolve(context) for arg in self.args]
        if any(type(arg) is not int and not isinstance(arg, str) for arg in args):
            return super().render(context)
        try:
            url = address(self.view_name.resolve(context), *args)
        except NoReverseMatch:
            if self.asvar is None:
                raise
            url = ""
        if self.asvar is not None:
            context[self.asvar] = url
            return ""
        return conditional_escape(url) if context.autoescape else url


class Sentence(BlockTranslateNode):
    """{% blocktranslate %} with values, whose msgid is put together once."""

    @cached_property
    def msgid(self) -> tuple[str, list[str]]:
        return self.render_token_list(self.singular)

    @cached_property
    def msgid_of_many(self) -> tuple[str, list[str]]:
        return self.render_token_list(self.plural)

    def render(self, context: Context, nested: bool = False) -> str:
        given = {
            name: value.resolve(context) for name, value in self.extra_context.items()
        }
        text, names = self.msgid
        if self.counter is not None and self.countervar is not None:
            count = given[self.countervar] = self.counter.resolve(context)
            many, names_of_many = self.msgid_of_many
            if not isinstance(count, int):
                return super().render(context, nested)
            text = _of_many(text, many, count, get_language())
            names = [*names, *names_of_many]
        else:
            text = _phrase(text, get_language())
        said = {}
        for name in names:
            value = given[name] if name in given else context.get(name, "")
            said[name] = written(value, context)
        try:
            return text % said
        except (KeyError, ValueError):
            # A translation that doesn't fit: Django falls back to the msgid.
            return super().render(context, nested)


# A list says the same few sentences in each of its rows.
@lru_cache(maxsize=4096)
def _phrase(text: str, language: str | None) -> str:  # noqa: ARG001
    return gettext(text)


@lru_cache(maxsize=4096)
def _of_many(text: str, many: str, count: int, language: str | None) -> str:  # noqa: ARG001
    return ngettext(text, many, count)


def _fold(nodes: NodeList) -> None:
    """Put unchanging neighbours together, here and in all nodes below."""
    for node in nodes:
        quicken(node)
        for inner in _lists_in(node):
            _fold(inner)
    nodes[:] = map(_quicker, _put_together(nodes))


def _quicker(node: Node) -> Node:
    if isinstance(node, URLNode) and _is_fixed(node.view_name) and not node.kwargs:
        return _as(Address, node)
    if isinstance(node, BlockTranslateNode) and not node.message_context:
        return _as(Sentence, node) if node.asvar is None else node
    return node


def _as(kind: type[Node], node: Node) -> Node:
    """The same node, with another way to render it."""
    quicker = copy(node)
    quicker.__class__ = kind
    return quicker


def _lists_in(node: Node) -> Iterator[NodeList]:
    for value in vars(node).values():
        if isinstance(value, NodeList):
            yield value
    # {% if %} keeps its branches in pairs with their conditions.
    for _condition, branch in getattr(node, "conditions_nodelists", ()):
        yield branch


def _put_together(nodes: Iterable[Node]) -> Iterator[Node]:
    neighbours: list[Node] = []
    for node in nodes:
        if _is_unchanging(node):
            neighbours.append(node)
            continue
        yield from _as_one(neighbours)
        neighbours = []
        yield node
    yield from _as_one(neighbours)


def _as_one(neighbours: list[Node]) -> Iterator[Node]:
    if len(neighbours) == 1 and isinstance(neighbours[0], TextNode):
        yield neighbours[0]
    elif neighbours:
        yield Folded(neighbours)


def _is_unchanging(node: Node) -> bool:
    check = _CHECKS.get(type(node))
    return check is not None and check(node)


def _is_fixed(expression: FilterExpression | None) -> bool:
    """A phrase in quotes, or nothing."""
    if expression is None:
        return True
    literal = getattr(expression.var, "literal", expression.var)
    return isinstance(literal, str) and not expression.filters


def _is_fixed_phrase(node: TranslateNode) -> bool:
    parts = (node.filter_expression, node.message_context)
    return node.asvar is None and all(map(_is_fixed, parts))


def _is_fixed_block(node: BlockTranslateNode) -> bool:
    varies = node.asvar or node.extra_context or node.countervar
    words = all(token.token_type == TokenType.TEXT for token in node.singular)
    return not varies and words and _is_fixed(node.message_context)


def _is_fixed_tag(node: SimpleNode) -> bool:
    return (
        getattr(node.func, "is_unchanging", False)
        and node.target_var is None
        and not node.kwargs
        and all(map(_is_fixed, node.args))
    )


def _is_fixed_address(node: URLNode) -> bool:
    varies = node.args or node.kwargs or node.asvar
    return not varies and _is_fixed(node.view_name)


def _is_fixed_file(node: StaticNode) -> bool:
    return node.varname is None and _is_fixed(node.path)


_CHECKS: dict[type[Node], Callable[[Any], bool]] = {
    TextNode: lambda _node: True,
    CommentNode: lambda _node: True,
    LoadNode: lambda _node: True,
    TranslateNode: _is_fixed_phrase,
    BlockTranslateNode: _is_fixed_block,
    SimpleNode: _is_fixed_tag,
    StaticNode: _is_fixed_file,
    URLNode: _is_fixed_address,
}
