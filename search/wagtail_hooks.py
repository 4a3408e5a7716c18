"""Search inside Wagtail: the words that mean the same, what stands first."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from search.forms import PinForm
from search.models import PinnedResults, SynonymGroup


class SynonymViewSet(SnippetViewSet):
    model = SynonymGroup
    icon = "search"
    menu_label = _("Synonyms")
    menu_order = 340
    add_to_admin_menu = True
    list_display = ["terms"]
    search_fields = ["terms"]
    panels = [FieldPanel("terms")]


class PinViewSet(SnippetViewSet):
    model = PinnedResults
    icon = "pick"
    menu_label = _("Recommendations")
    menu_order = 341
    add_to_admin_menu = True
    list_display = ["queries", "how_many"]
    search_fields = ["queries"]
    copy_view_enabled = False
    edit_handler = ObjectList(
        [FieldPanel("queries"), FieldPanel("addresses")], base_form_class=PinForm
    )


register_snippet(SynonymViewSet)
register_snippet(PinViewSet)
