"""Parts of pages that are kept until something changes that they show."""

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.utils.safestring import SafeString

from common.freshness import kept_part, named, shows

register = template.Library()


@register.tag("kept")
def kept(parser: Parser, token: Token) -> "KeptNode":
    """{% kept "row" of question by level shows_circle %} … {% endkept %}

    Keeps what is inside as common.freshness.kept_part says. `of` names the rows it
    shows (whom it introduces by their avatar is noticed), `by` what it differs by.
    """
    _tag, name, *words = token.split_contents()
    split = words.index("by") if "by" in words else len(words)
    subjects = [word for word in words[:split] if word != "of"]
    node = KeptNode(
        parser.compile_filter(name),
        [parser.compile_filter(word) for word in subjects],
        [parser.compile_filter(word) for word in words[split + 1 :]],
        parser.parse(("endkept",)),
    )
    parser.delete_first_token()
    return node


class KeptNode(template.Node):
    def __init__(
        self,
        name: FilterExpression,
        subjects: list[FilterExpression],
        differences: list[FilterExpression],
        nodelist: NodeList,
    ) -> None:
        self.name = name
        self.subjects = subjects
        self.differences = differences
        self.nodelist = nodelist

    def render(self, context: template.Context) -> SafeString:
        subjects = [one for part in self.subjects if (one := part.resolve(context))]
        key = (
            self.name.resolve(context),
            *(one if isinstance(one, str) else named(one, one.pk) for one in subjects),
            *(str(part.resolve(context)) for part in self.differences),
        )

        def make() -> SafeString:
            shows(*subjects)
            return self.nodelist.render(context)

        return kept_part(key, make)
