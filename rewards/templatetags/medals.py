"""How a badge looks, and the tabs above all leaderboards."""

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from rewards.models import Badge, LeaderBoard

register = template.Library()


@register.simple_tag
def medal(badge: Badge, tier: str = "") -> SafeString:
    """The picture on its tier's metal; words beside it say the same."""
    return format_html(
        '<span class="medal{}" aria-hidden="true">'
        '<svg class="icon"><use href="{}#{}"/></svg></span>',
        f" is-{tier}" if tier else "",
        static("rewards/badges.svg"),
        badge.picture,
    )


@register.inclusion_tag("rewards/board_tabs.html")
def board_tabs(asked: object = None) -> dict[str, object]:
    """Links to the score and to every period; `asked` is the board shown, if any."""
    here = getattr(asked, "period", None)
    base = reverse("rewards:leaders")
    url_of = getattr(asked, "url", None)
    tabs = [(_("Score"), base, here is None)]
    for period in LeaderBoard.Period:
        url = url_of(period=period.value) if url_of else f"{base}?period={period.value}"
        tabs.append((str(period.label), url, here == period.value))
    return {"tabs": tabs}
