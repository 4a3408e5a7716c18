"""What a page says to whom it is shared with."""

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from common.sharing import HEIGHT, WIDTH, SharePicture, hall_picture

register = template.Library()


@register.simple_tag
def share_tags(picture: SharePicture) -> SafeString:
    return format_html(
        '<meta property="og:image" content="{}">\n'
        '<meta property="og:image:width" content="{}">\n'
        '<meta property="og:image:height" content="{}">\n'
        '<meta property="og:image:alt" content="{}">\n'
        '<meta name="twitter:card" content="summary_large_image">',
        picture.url,
        WIDTH,
        HEIGHT,
        picture.title,
    )


@register.simple_tag(takes_context=True)
def hall_share_tags(context: Context) -> SafeString:
    return share_tags(hall_picture(context["hall"].name, get_language() or "en"))
