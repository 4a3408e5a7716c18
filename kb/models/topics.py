"""Where articles stand: an index per hall, topics in it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel

from kb.blocks import ICONS
from kb.fields import TagSlugsField
from kb.models.pages import KbPage


class TopicIndexPage(KbPage):
    """/<lang>/kb/, made by setup_site."""

    introduction = models.CharField(_("introduction"), max_length=300, blank=True)

    content_panels = [*KbPage.content_panels, FieldPanel("introduction")]
    is_creatable = False
    parent_page_types = ["kb.HallPage"]
    subpage_types = ["kb.TopicPage"]
    template = "kb/topic_index.html"

    class Meta:
        verbose_name = _("topic index")
        verbose_name_plural = _("topic indexes")

    def _is_reserved(self, slug: str) -> bool:
        return slug != "kb"  # here, and only here, it is expected


class TopicPage(KbPage):
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    icon = models.CharField(_("icon"), max_length=40, choices=ICONS, default="book-2")
    tags = TagSlugsField(
        _("tags"),
        help_text=_("Between commas. Threads and articles meet through them."),
    )
    # Set for a topic made by an import: all articles of one source stand in it.
    source = models.CharField(max_length=60, blank=True, editable=False)

    content_panels = [
        *KbPage.content_panels,
        FieldPanel("summary"),
        FieldPanel("icon"),
        FieldPanel("tags"),
        HelpPanel(_("Add articles below this page.")),
    ]
    exclude_fields_in_copy = ["source"]
    parent_page_types = ["kb.TopicIndexPage"]
    subpage_types = ["kb.ArticlePage"]
    template = "kb/topic.html"

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
