"""The front door in one language, and plain pages such as the privacy policy."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField

from kb.blocks import HallTiles
from kb.models.drawn import DrawnPage
from kb.models.pages import KbPage


class HallPage(KbPage):
    """One per language, made by setup_site; an editor arranges what stands in it."""

    headline = models.CharField(_("headline"), max_length=80)
    search_hint = models.CharField(
        _("example in the search box"), max_length=80, blank=True
    )
    popular_searches = models.TextField(
        _("popular searches"),
        max_length=400,
        blank=True,
        help_text=_("One a line; at most six are shown."),
    )
    introduction = models.CharField(
        _("description"),
        max_length=200,
        blank=True,
        help_text=_("What search engines show under the name of the hall."),
    )
    tiles = StreamField(HallTiles(), verbose_name=_("tiles"), blank=True)

    content_panels = [
        *KbPage.content_panels,
        MultiFieldPanel(
            [
                FieldPanel("headline"),
                FieldPanel("search_hint"),
                FieldPanel("popular_searches"),
                FieldPanel("introduction"),
            ],
            heading=_("Search"),
        ),
        FieldPanel("tiles"),
    ]
    is_creatable = False
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["kb.TopicIndexPage", "kb.PlainPage"]
    template = "kb/hall.html"
    nav_current = "hall"

    class Meta:
        verbose_name = _("service hall")
        verbose_name_plural = _("service halls")

    @property
    def popular(self) -> list[str]:
        lines = (line.strip() for line in self.popular_searches.splitlines())
        return [line for line in lines if line][:6]


class PlainPage(DrawnPage):
    """A page beside the knowledge base: privacy, terms, how the hall works."""

    introduction = models.CharField(_("introduction"), max_length=300, blank=True)

    content_panels = [
        *KbPage.content_panels,
        FieldPanel("introduction"),
        FieldPanel("body"),
    ]
    parent_page_types = ["kb.HallPage"]
    subpage_types: list[str] = []
    template = "kb/plain.html"
    nav_current = ""

    class Meta:
        verbose_name = _("plain page")
        verbose_name_plural = _("plain pages")
