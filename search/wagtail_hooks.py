"""Search inside Wagtail: the words that mean the same."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from search.models import SynonymGroup


class SynonymViewSet(SnippetViewSet):
    model = SynonymGroup
    icon = "search"
    menu_label = _("Synonyms")
    menu_order = 340
    add_to_admin_menu = True
    list_display = ["terms"]
    search_fields = ["terms"]
    panels = [FieldPanel("terms")]


register_snippet(SynonymViewSet)
