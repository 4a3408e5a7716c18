"""The parts an editor builds an article from. Raw HTML is not one of them."""

import re
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _, pgettext_lazy
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock

from common import markdown

TEXT_FEATURES = [
    "h2",
    "h3",
    "bold",
    "italic",
    "ol",
    "ul",
    "link",
    "document-link",
    "code",
    "hr",
]
POST_HEADING = re.compile("<(/?)h([3-6])>")
LINE_FEATURES = ["bold", "italic", "link", "document-link", "code"]
SHORT_FEATURES = [*LINE_FEATURES, "ol", "ul"]


def as_article_html(post_html: str) -> str:
    """Rendered Markdown for an article: posts begin at <h3>, articles at <h2>.

    In clean HTML a literal tag is always the renderer's own: typed ones are escaped.
    """
    html = POST_HEADING.sub(lambda tag: f"<{tag[1]}h{int(tag[2]) - 1}>", post_html)
    html = html.replace("<table>", '<table class="table">')
    # Editors vouch for their links, unlike members.
    return html.replace('rel="nofollow ugc noopener"', 'rel="noopener"')


class MarkdownBlock(blocks.TextBlock):
    """Markdown as members write it: what drafts from threads and imports bring."""

    def render_basic(self, value: str, *_context: Any, **_kwargs: Any) -> SafeString:
        html = as_article_html(markdown.render(value).html)
        return mark_safe(html)  # noqa: S308  cleaned by render

    class Meta:
        icon = "code"
        label = _("Markdown")


class PictureBlock(blocks.StructBlock):
    picture = ImageBlock(label=_("picture"))
    caption = blocks.CharBlock(label=_("caption"), required=False, max_length=200)

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "kb/blocks/picture.html"


class StepBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("what to do"), max_length=160)
    text = blocks.RichTextBlock(label=_("how"), features=SHORT_FEATURES, required=False)
    picture = ImageBlock(label=_("picture"), required=False)
    caption = blocks.CharBlock(label=_("caption"), required=False, max_length=200)

    class Meta:
        icon = "list-ol"
        label = _("Step")


class StepsBlock(blocks.StructBlock):
    steps = blocks.ListBlock(StepBlock(), label=_("steps"), min_num=1)

    class Meta:
        icon = "list-ol"
        label = _("Steps")
        template = "kb/blocks/steps.html"


class CalloutBlock(blocks.StructBlock):
    kind = blocks.ChoiceBlock(
        label=_("kind"),
        choices=[("note", _("Note")), ("tip", _("Tip")), ("warning", _("Warning"))],
        default="note",
    )
    title = blocks.CharBlock(label=_("title"), required=False, max_length=160)
    text = blocks.RichTextBlock(label=_("text"), features=SHORT_FEATURES)

    class Meta:
        icon = "info-circle"
        label = _("Callout")
        template = "kb/blocks/callout.html"


class TableBlock(TypedTableBlock):
    text = blocks.CharBlock(label=_("Text"), required=False)
    number = blocks.CharBlock(label=_("Number"), required=False)
    rich = blocks.RichTextBlock(
        label=_("Formatted text"), features=LINE_FEATURES, required=False
    )

    class Meta:
        icon = "table"
        label = _("Table")
        template = "kb/blocks/table.html"


class FaqItemBlock(blocks.StructBlock):
    question = blocks.CharBlock(label=_("question"), max_length=200)
    answer = blocks.RichTextBlock(label=_("answer"), features=SHORT_FEATURES)

    class Meta:
        icon = "help"
        label = _("Question")


class FaqBlock(blocks.StructBlock):
    title = blocks.CharBlock(
        label=_("title"),
        required=False,
        max_length=100,
        help_text=_("Empty: “Common questions”."),
    )
    items = blocks.ListBlock(FaqItemBlock(), label=_("questions"), min_num=1)

    class Meta:
        icon = "help"
        label = pgettext_lazy("block", "Questions and answers")
        template = "kb/blocks/faq.html"


class FileBlock(blocks.StructBlock):
    file = DocumentChooserBlock(label=_("file"))
    about = blocks.CharBlock(label=_("what it is"), required=False, max_length=200)

    class Meta:
        icon = "doc-full"
        label = _("File")
        template = "kb/blocks/file.html"


class ArticleBody(blocks.StreamBlock):
    text = blocks.RichTextBlock(label=_("Text"), features=TEXT_FEATURES, icon="pilcrow")
    steps = StepsBlock()
    callout = CalloutBlock()
    picture = PictureBlock()
    table = TableBlock()
    faq = FaqBlock()
    file = FileBlock()
    markdown = MarkdownBlock(max_length=60_000)


# Only what the sprite holds can be shown; the names are the sprite's.
ICONS = [
    ("book-2", _("Book")),
    ("message-circle-question", _("Question")),
    ("message-2", _("Speech")),
    ("ticket", _("Ticket")),
    ("gift", _("Gift")),
    ("point", _("Coin")),
    ("map-pin", _("Place")),
    ("phone", _("Telephone")),
    ("mail", _("Letter")),
    ("users-plus", _("People")),
    ("headset", _("Headset")),
    ("wifi", _("Wi-Fi")),
    ("router", _("Router")),
    ("plane", _("Aeroplane")),
    ("home", _("House")),
    ("lock", pgettext_lazy("icon", "Lock")),
    ("clock", _("Clock")),
    ("search", _("Magnifying glass")),
    ("alert-triangle", _("Warning sign")),
    ("building-arch", _("Arch")),
]

# Addresses below the language prefix: the public contract, whoever answers them.
PLACES = {
    "articles": ("kb/", "book-2", _("Articles")),
    "ask": ("questions/ask/", "message-circle-question", _("Ask")),
    "questions": ("questions/", "message-2", _("Questions")),
    "tickets": ("tickets/", "ticket", _("My tickets")),
    "rewards": ("rewards/", "gift", _("Rewards")),
    "leaders": ("leaders/", "users-plus", _("Leaders")),
}


class TileBlock(blocks.StructBlock):
    """A door on the hall page: a label, a few small words and an icon."""

    title = blocks.CharBlock(label=_("title"), max_length=30)
    note = blocks.CharBlock(label=_("small words"), max_length=40, required=False)
    icon = blocks.ChoiceBlock(label=_("icon"), choices=ICONS, default="book-2")


class PlaceTileBlock(TileBlock):
    place = blocks.ChoiceBlock(
        label=_("leads to"),
        choices=[(key, label) for key, (_path, _icon, label) in PLACES.items()],
    )

    class Meta:
        icon = "home"
        label = _("Part of the hall")


class PageTileBlock(TileBlock):
    page = blocks.PageChooserBlock(label=_("page"))

    class Meta:
        icon = "doc-empty"
        label = _("Topic, article or page")


class LinkTileBlock(TileBlock):
    url = blocks.URLBlock(label=_("address"))

    class Meta:
        icon = "link"
        label = _("Another site")


class PhoneTileBlock(TileBlock):
    number = blocks.RegexBlock(
        regex=r"^\+?[0-9][0-9 -]{2,19}$",
        label=_("telephone number"),
        error_messages={"invalid": _("Digits, spaces and hyphens, for example 10066.")},
    )

    class Meta:
        icon = "mobile-alt"
        label = _("Telephone")


class HallTiles(blocks.StreamBlock):
    place = PlaceTileBlock()
    page = PageTileBlock()
    link = LinkTileBlock()
    phone = PhoneTileBlock()
