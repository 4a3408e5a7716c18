"""What makes a field of any room's page a search box with suggestions."""

from django import template
from django.forms.utils import flatatt
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def suggesting() -> SafeString:
    """Attributes of the field: where the script asks, and the words it needs."""
    return flatatt(
        {
            "data-suggest": reverse("search:suggestions"),
            "data-suggest-name": _("Suggestions"),
            "data-suggest-recent": _("Recent searches"),
            "data-suggest-forget": _("Clear recent searches"),
        }
    )
