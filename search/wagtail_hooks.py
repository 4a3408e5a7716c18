"""Search inside Wagtail: the words that mean the same, what stands first, and what
searches led to."""

from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from search.forms import PinForm
from search.models import PinnedResults, SynonymGroup
from search.staff_screens import SearchesMenuItem, searches


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


@hooks.register("register_admin_urls")
def report_address() -> list[URLPattern]:
    return [path("reports/searches/", searches, name="search_report")]


@hooks.register("register_reports_menu_item")
def searches_in_reports() -> MenuItem:
    return SearchesMenuItem(
        _("Searches"),
        reverse_lazy("search_report"),
        name="searches",
        icon_name="search",
        order=120,
    )


register_snippet(SynonymViewSet)
register_snippet(PinViewSet)
